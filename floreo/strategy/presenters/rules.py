"""The rules of status in words, in the order in which they are asked: the help page, and nothing else decides."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.strategy.logic import DUE_SOON_DAYS, HIGH, PERIOD_DAYS, SILENT_PERIODS, Rule, Status


@dataclass(frozen=True)
class RuleWords:
    """One rule: what it gives and when it fits."""

    rule: Rule
    status: Status
    when: str


def rules_in_order() -> list[RuleWords]:
    """Every rule; the first that fits decides. Numbers come from the code that decides."""
    return [
        RuleWords(Rule.CLOSED, Status.DONE, _("A person closed it, with the date and their name.")),
        RuleWords(Rule.CARRIED, Status.CARRIED, _("The next edition goes on with it.")),
        RuleWords(
            Rule.NO_REPORT,
            Status.NOT_KNOWN,
            _("Its edition has ended, and there is no update and no milestone that was reached."),
        ),
        RuleWords(Rule.ON_HOLD, Status.STALLED, _("It was put on hold, with a public reason.")),
        RuleWords(Rule.ACTION_OVERDUE, Status.LATE, _("Its due date has passed and it is not closed.")),
        RuleWords(
            Rule.MILESTONE_OVERDUE,
            Status.LATE,
            _("A milestone’s due date has passed and the milestone has not been reached."),
        ),
        RuleWords(Rule.SILENT, Status.STALLED, _silent()),
        RuleWords(Rule.TO_COME, Status.NOT_STARTED, _("Its start date is in the future.")),
        RuleWords(Rule.UNDATED, Status.NOT_STARTED, _("It has no dates, no milestones and no updates.")),
        RuleWords(Rule.EXPECTED_LATE, Status.AT_RISK, _("Its lead expects it after the due date.")),
        RuleWords(Rule.DUE_SOON_WITH_RISK, Status.AT_RISK, _with_risk()),
        RuleWords(Rule.DUE_SOON_UNHEARD, Status.AT_RISK, _unheard()),
        RuleWords(Rule.HOLDS, Status.ON_TRACK, _("On track: no date has been missed.")),
    ]


def _silent() -> str:
    text = _("It has started, and for more than %(days)d days there has been no update and no milestone was reached.")
    return text % {"days": SILENT_PERIODS * PERIOD_DAYS}


def _with_risk() -> str:
    text = _("The action or one of its milestones is due within %(days)d days, and a high risk is open.")
    high = _("A risk is high when its likelihood times its impact, each from 1 to 5, is %(high)d or more.")
    return f"{text % {'days': DUE_SOON_DAYS}} {high % {'high': HIGH}}"


def _unheard() -> str:
    text = _(
        "The action or one of its milestones is due within %(days)d days, and there has been no update "
        "for %(period)d days."
    )
    return text % {"days": DUE_SOON_DAYS, "period": PERIOD_DAYS}
