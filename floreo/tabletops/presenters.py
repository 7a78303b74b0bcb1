"""The words of exercises."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core.ui.locale import moment, number
from floreo.core.wording import day_text, number_figures
from floreo.tabletops.logic import Score, State
from floreo.tabletops.models import Inject, Participant, Tabletop, TabletopFinding, VerdictChoice
from floreo.tabletops.recipients import is_recipient


def minutes_text(minutes: int) -> str:
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": number_figures(hours)}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number_figures(minutes)}


def when_text(tabletop: Tabletop) -> str:
    words = {"when": moment(tabletop.started_at or tabletop.planned_at), "long": minutes_text(tabletop.duration)}
    return _("%(when)s, %(long)s") % words


def state_text(tabletop: Tabletop) -> str:
    """How it is now, in one sentence."""
    due, done = tabletop.evaluation_due_on, tabletop.evaluated_on
    words = {
        "minute": tabletop.minute,
        "duration": tabletop.duration,
        "due": day_text(due) if due else "",
        "done": day_text(done) if done else "",
        "reason": tabletop.reason,
    }
    by_itself = _("Closed by the program, since nobody closed it. It is to be evaluated by %(due)s.")
    sentences = {
        State.RUNNING: _("Running: minute %(minute)d of %(duration)d."),
        State.PAUSED: _("Paused at minute %(minute)d of %(duration)d. Nothing is sent."),
        State.ENDED: by_itself if tabletop.ended_by_itself else _("Held. It is to be evaluated by %(due)s."),
        State.EVALUATED: _("Evaluated on %(done)s."),
        State.CANCELLED: _("Cancelled: %(reason)s"),
        State.PLANNED: _("Planned."),
    }
    return sentences[State(tabletop.state)] % words


def inject_text(inject: Inject) -> str:
    """Where an inject is in the schedule."""
    if inject.is_sent:
        words = {"minute": inject.sent_minute or 0, "by": inject.sent_by}
        if inject.sent_by:
            return _("Sent at minute %(minute)d by %(by)s") % words
        return _("Sent at minute %(minute)d") % words
    if inject.is_waiting:
        return _("Minute %(minute)d") % {"minute": inject.minute}
    return _("Skipped: %(reason)s") % {"reason": inject.reason}


def reach_text(participant: Participant) -> str:
    """How injects reach this participant."""
    if not participant.is_in:
        return str(participant.get_state_display())
    if is_recipient(participant):
        return _("By e-mail and on screen")
    if participant.pending_mail:
        return _("On screen; the e-mail address is not confirmed yet")
    return _("On screen only")


def share_text(share: Decimal | None) -> str:
    return _("Nothing was expected") if share is None else f"{number(share)} %"


def score_text(score: Score) -> str:
    """ "Met: 5 of 8 expected actions (62.5 %). Partly met: 2. Not met: 1." """
    if score.share is None:
        return _("Nothing was expected upon the injects that were sent.")
    words = {
        "met": score.met,
        "total": score.total,
        "share": share_text(score.share),
        "partly": score.partly,
        "not_met": score.not_met,
        "open": score.open,
    }
    text = (
        _("Met: %(met)d of %(total)d expected actions (%(share)s). Partly met: %(partly)d. Not met: %(not_met)d.")
        % words
    )
    return text + (" " + _("Not observed: %(open)d.") % words if score.open else "")


def verdict_text(verdict: str) -> str:
    return str(VerdictChoice(verdict).label) if verdict else _("Not observed")


def finding_text(finding: TabletopFinding) -> str:
    """What becomes of it, in one sentence."""
    words = {
        "who": finding.organisation.in_language("name") if finding.organisation else "",
        "day": day_text(finding.due_on) if finding.due_on else "",
    }
    if finding.closed_on is not None:
        return pgettext("a finding", "Closed on %(day)s.") % {"day": day_text(finding.closed_on)}
    if finding.became:
        return _("Action of the plan: %(who)s, by %(day)s.") % words if finding.due_on else _("Action of the plan.")
    if finding.is_followed:
        return _("Recommendation: %(who)s, by %(day)s.") % words
    return _("Not decided: who carries it out, and by when.")


def organisations_text(count: int) -> str:
    return ngettext("%(n)s organisation took part", "%(n)s organisations took part", count) % {
        "n": number_figures(count)
    }
