"""What an action's page says of it in words: the rule that fired with its dates, who leads and led, when it runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.wording import day_text, days_text, listed, number_figures, sentences, short_day, short_month
from floreo.organisations.models import Organisation
from floreo.strategy.logic import OVER, PERIOD_DAYS, SILENT_PERIODS, Rule, Status, StatusResult
from floreo.strategy.models import Action, Milestone, Participation, StatusChoice
from floreo.strategy.plan_terms import terms_of


def waiting_text(act: Action, needed: Iterable[Action]) -> str:
    """That it waits for a late action, which its status does not say: "" where none of them is late or stalled."""
    late = [each for each in needed if each.status in {Status.LATE, Status.STALLED}]
    if not late or act.closed_on is not None:
        return ""
    text = ngettext(
        "It waits for an action that is late or stalled: %(codes)s.",
        "It waits for actions that are late or stalled: %(codes)s.",
        len(late),
    )
    return text % {"codes": listed([each.code for each in late])}


def term_text(act: Action) -> str:
    """ "medium term: 24 months after approval on 1 March 2025"; "" without a term."""
    term = terms_of(act.edition).get(act.term) if act.term else None
    if term is None:
        return act.term
    approved = act.edition.approved_on
    words = {"term": term.label, "months": number_figures(term.months), "day": day_text(approved) if approved else ""}
    if approved is None:
        text = _("%(term)s: %(months)s months after approval, whose day is not known")
    else:
        text = _("%(term)s: %(months)s months after approval on %(day)s")
    return text % words


def why(act: Action, result: StatusResult, milestones: Iterable[Milestone], *, today: date) -> str:
    """The rule that decided the status, in words, with its dates."""
    text = {
        Rule.CLOSED: _closed,
        Rule.ON_HOLD: _on_hold,
        Rule.ACTION_OVERDUE: _overdue,
        Rule.MILESTONE_OVERDUE: _milestone_overdue,
        Rule.SILENT: _silent,
        Rule.EXPECTED_LATE: _expected_late,
        Rule.DUE_SOON_WITH_RISK: _due_soon_with_risk,
        Rule.DUE_SOON_UNHEARD: _due_soon_unheard,
        Rule.TO_COME: _to_come,
        Rule.UNDATED: _undated,
        Rule.HOLDS: _holds,
        Rule.SET_BY_HAND: _by_hand,
        Rule.CARRIED: _carried,
        Rule.NO_REPORT: _no_report,
    }
    return text[result.rule](act, result, list(milestones), today)


def _closed(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    closed = act.closed_on or result.since
    if closed is None:
        return _("It was closed.")
    text = _("It was closed on %(day)s.") % {"day": day_text(closed)}
    if act.due_on is None:
        return text
    days = (closed - act.due_on).days
    if days > 0:
        return sentences(text, _("That was %(days)s after it was due.") % {"days": days_text(days)})
    if days < 0:
        return sentences(text, _("That was %(days)s before it was due.") % {"days": days_text(-days)})
    return sentences(text, _("That was the day it was due."))


def _on_hold(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    if act.on_hold_since is None:
        return _("On hold.")
    return _("On hold since %(day)s.") % {"day": day_text(act.on_hold_since)}


def _overdue(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    due = result.since or act.due_on
    text = (
        _("It was due on %(day)s and is not closed.") % {"day": day_text(due)} if due else _("The due date has passed.")
    )
    return sentences(text, _expected(act))


def _expected(act: Action) -> str:
    if act.expected_on and (act.due_on is None or act.expected_on > act.due_on):
        return _("Its lead now expects it on %(day)s.") % {"day": day_text(act.expected_on)}
    return ""


def _milestone_overdue(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    missed = [m for m in milestones if m.due_on and m.reached_on is None and m.due_on < today]
    missed.sort(key=lambda m: (m.due_on or today, m.position))
    if not missed or missed[0].due_on is None:
        return _("The due date of a milestone has passed.")
    text = _("The milestone “%(title)s” was due on %(day)s and has not been reached.") % {
        "title": missed[0].in_language("title"),
        "day": day_text(missed[0].due_on),
    }
    others = len(missed) - 1
    if others:
        more = ngettext(
            "%(number)d other milestone is also late.", "%(number)d other milestones are also late.", others
        )
        text = sentences(text, more % {"number": others})
    if act.due_on:
        text = sentences(text, _("The action is due on %(day)s.") % {"day": day_text(act.due_on)})
    return text


def _silent(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    if result.since is None:
        return _("There has been no update for a long time.")
    since = _("No update since %(day)s.") % {"day": day_text(result.since)}
    limit = _("After %(days)d days without an update, an action counts as stalled.")
    return sentences(since, limit % {"days": SILENT_PERIODS * PERIOD_DAYS})


def _expected_late(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    if act.due_on is None or act.expected_on is None:
        return _("Its lead expects it after the due date.")
    return _("It is due on %(due)s, but its lead expects it on %(expected)s.") % {
        "due": day_text(act.due_on),
        "expected": day_text(act.expected_on),
    }


def _what_is_due(act: Action, result: StatusResult, milestones: list[Milestone]) -> str:
    """The thing that falls due on the day the rule names: a milestone, or the action itself."""
    day = result.since
    if day is None:
        return _("A due date is near.")
    for milestone in milestones:
        if milestone.due_on == day and milestone.reached_on is None:
            words = {"title": milestone.in_language("title"), "day": day_text(day)}
            return _("The milestone “%(title)s” is due on %(day)s.") % words
    return _("It is due on %(day)s.") % {"day": day_text(day)}


def _due_soon_with_risk(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    return sentences(_what_is_due(act, result, milestones), _("A high risk is open."))


def _due_soon_unheard(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    without_update = _("There has been no update for %(days)d days.") % {"days": PERIOD_DAYS}
    return sentences(_what_is_due(act, result, milestones), without_update)


def _to_come(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    if act.starts_on is None:
        return _("Its start date is in the future.")
    return _("It starts on %(day)s.") % {"day": day_text(act.starts_on)}


def _undated(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    return _("It has no dates and no milestones yet, so nothing can be late.")


def _holds(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    text = _("No date has been missed.")
    coming = sorted((m for m in milestones if m.due_on and m.reached_on is None), key=lambda m: m.due_on or today)
    if coming and coming[0].due_on:
        words = {"title": coming[0].in_language("title"), "day": day_text(coming[0].due_on)}
        return sentences(text, _("The next milestone is “%(title)s”, due on %(day)s.") % words)
    if act.due_on:
        return sentences(text, _("It is due on %(day)s.") % {"day": day_text(act.due_on)})
    return text


def _carried(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    follower = getattr(act, "carried_to", None)
    if follower is None or not follower.edition.is_public:
        return _("The next edition goes on with it.")
    words = {"code": follower.code, "edition": follower.edition.in_language("title")}
    return _("It goes on as action %(code)s of “%(edition)s”.") % words


def _no_report(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    if result.since is None:
        return _("Its edition has ended. No report was found that says what became of it.")
    words = {"day": day_text(result.since)}
    return _("Its edition ended on %(day)s. No report was found that says what became of it.") % words


def _by_hand(act: Action, result: StatusResult, milestones: list[Milestone], today: date) -> str:
    return by_hand(act)


def by_hand(act: Action) -> str:
    """ "Set by hand by NAME on DATE." """
    if not act.override_on:
        return ""
    words = {"name": act.override_by, "day": day_text(act.override_on), "status": status_word(act.override)}
    return _("%(name)s set the status “%(status)s” by override on %(day)s.") % words


def status_word(status: str) -> str:
    return str(StatusChoice(status).label)


def status_note(act: Action, *, today: date) -> str:
    """What goes beside the status word in a list: the days late, the month done, since when it is stalled."""
    result = act.status_result
    if result.since is None:
        return ""
    if result.status is Status.LATE and result.rule is not Rule.SET_BY_HAND:
        return days_text(result.days(today))
    if result.status is Status.DONE:
        return short_month(result.since)
    if result.status is Status.STALLED:
        return _("since %(day)s") % {"day": short_month(result.since)}
    return ""


def late_text(days: int) -> str:
    return _("by %(days)s") % {"days": days_text(days)}


def _is_over(milestone: Milestone) -> bool:
    """Whether nothing of its action is late any more."""
    return milestone.action_id is not None and milestone.action.status in OVER


def milestone_text(milestone: Milestone, *, today: date) -> str:
    """ "Reached 30 Mar 2026, 1 day early"; "Due 15 Oct 2026, 40 days late"."""
    due, reached = milestone.due_on, milestone.reached_on
    if reached:
        text = _("Reached %(day)s") % {"day": short_day(reached)}
        if due is None or due == reached:
            return text
        days = (reached - due).days
        words = {"text": text, "days": days_text(abs(days))}
        return (_("%(text)s, %(days)s late") if days > 0 else _("%(text)s, %(days)s early")) % words
    if due is None:
        return _("No date yet")
    text = _("Due %(day)s") % {"day": short_day(due)}
    if due < today and not _is_over(milestone):
        return _("%(text)s, %(days)s late") % {"text": text, "days": days_text((today - due).days)}
    return text


def milestone_status(milestone: Milestone, *, today: date) -> Status:
    """Which shape a milestone shows: reached, late, or still to come."""
    if milestone.reached_on:
        return Status.DONE
    is_late = milestone.due_on and milestone.due_on < today and not _is_over(milestone)
    return Status.LATE if is_late else Status.NOT_STARTED


def reached_text(milestones: Iterable[Milestone]) -> str:
    """ "2 of 4 reached"."""
    rows = list(milestones)
    words = {"reached": sum(1 for m in rows if m.reached_on), "total": len(rows)}
    return _("%(reached)d of %(total)d reached") % words


def name_then(organisation: Organisation, day: date | None) -> str:
    """What a body was called on a day; its name today when nobody knows the day."""
    then = organisation.name_on(day) if day else organisation.name
    return organisation.in_language("name") if then == organisation.name else then


def lead_since(current: Participation | None, earlier: Iterable[Participation]) -> str:
    """ "since 1 Jun 2026; before that the Computer Services Office". Earlier leads come newest first."""
    parts = []
    if current is not None and current.starts_on:
        parts.append(_("since %(day)s") % {"day": short_day(current.starts_on)})
    names = [name_then(p.organisation, p.ends_on or p.starts_on) for p in earlier]
    if names:
        parts.append(_("previously %(names)s") % {"names": listed(names)})
    return "; ".join(parts)


def successor_text(organisation: Organisation) -> str:
    """Where a lead has been merged away, who acts for it now."""
    successor = organisation.successor()
    if successor.pk == organisation.pk:
        return ""
    return _("now part of %(name)s") % {"name": successor.in_language("name")}
