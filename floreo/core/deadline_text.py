"""Sentences about a clock, in the reader's language, from the parts that `core/deadlines: parts_of` gives and a row keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core.deadlines import Kind, Party, State, Unit, Which, Why
from floreo.core.ui import locale as ui
from floreo.core.wording import day_text, listed, number_figures, sentences

Parts = Mapping[str, Any]

_WHOLE_DAYS = frozenset({Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS})


def state_text(state: str) -> str:
    """The state in a few words: "Due soon"."""
    words = {
        State.DOES_NOT_APPLY: _("Does not apply"),
        State.NOT_KNOWN_YET: _("Not known yet"),
        State.NOT_STARTED: pgettext("a clock", "Not started"),
        State.RUNNING: pgettext("a clock", "Running"),
        State.DUE_SOON: _("Due soon"),
        State.PAUSED: pgettext("a clock", "Paused"),
        State.OVERDUE: pgettext("a clock", "Overdue"),
        State.MET: pgettext("a clock", "Met in time"),
        State.MET_LATE: pgettext("a clock", "Met late"),
    }
    return words[State(state)]


def title_text(parts: Parts) -> str:
    """What the clock is for; of a chain, which report of it."""
    titles = parts["titles"]
    title = str(titles.get(ui.language()) or next(iter(titles.values()), parts["key"]))
    if parts["is_progress"]:
        return _("%(title)s: progress report %(number)s") % {"title": title, "number": number_figures(parts["step"])}
    return title


def due_text(due: datetime, unit: str) -> str:
    """When it is due, as exactly as the law says: to the minute, or "at the end of 5 January 2027"."""
    if unit in _WHOLE_DAYS:
        return _("at the end of %(day)s") % {"day": day_text(timezone.localtime(due).date())}
    return pgettext("a clock is due", "%(moment)s") % {"moment": ui.moment(due)}


def sentence(parts: Parts) -> str:
    """When it is due and why, by which section of which law, and what else the reader must know of it."""
    return sentences(_state_sentence(parts), _law(parts), *_notes(parts))


def _state_sentence(parts: Parts) -> str:
    due, met, start = (datetime.fromisoformat(parts[n]) if parts[n] else None for n in ("due", "met", "start"))
    words = {
        "due": due_text(due, parts["unit"]) if due else "",
        "met": ui.moment(met) if met else "",
        "start": ui.moment(start) if start else "",
        "period": period_text(parts["number"], parts["unit"]),
        "after": _after(parts),
    }
    state = State(parts["state"])
    if state is State.DOES_NOT_APPLY:
        return _not_applied(parts)
    if state is State.NOT_KNOWN_YET:
        return _not_known(parts, words)
    if state is State.NOT_STARTED and start is None:
        return _("Not started. It will be due %(period)s %(after)s, which is not recorded yet.") % words
    if state is State.PAUSED:
        return (
            _("Paused: it is due %(period)s %(after)s (%(start)s), and time does not count while it is paused.") % words
        )
    if state is State.MET and due is None:
        return _("Met on %(met)s.") % words
    templates = {
        State.NOT_STARTED: _("Starts %(start)s and is due %(due)s: %(period)s %(after)s."),
        State.OVERDUE: _("Overdue. It was due %(due)s: %(period)s %(after)s (%(start)s)."),
        State.MET: _("Met on %(met)s. It was due %(due)s: %(period)s %(after)s (%(start)s)."),
        State.MET_LATE: _("Met late, on %(met)s. It was due %(due)s: %(period)s %(after)s (%(start)s)."),
    }
    return templates.get(state, _("Due %(due)s: %(period)s %(after)s (%(start)s).")) % words


def _not_applied(parts: Parts) -> str:
    if parts["why"] == Why.BEFORE_THE_LAW:
        day = day_text(date.fromisoformat(parts["holds_from"]))
        return _("Does not apply: the rule holds from %(day)s, and this began before.") % {"day": day}
    return _("Does not apply to this case. Decided by: %(fact)s.") % {"fact": fact_text(parts["decided_by"])}


def _not_known(parts: Parts, words: Mapping[str, str]) -> str:
    missing = listed([fact_text(each) for each in parts["missing"]])
    first = _("Not known yet whether it applies. Not recorded: %(facts)s.") % {"facts": missing}
    then = _("If it applies, it is due %(due)s: %(period)s %(after)s (%(start)s).") % words if words["due"] else ""
    return sentences(first, then)


def _law(parts: Parts) -> str:
    law = parts["law"].get(ui.language()) or next(iter(parts["law"].values()), "")
    if law and parts["section"]:
        return _("%(law)s, %(section)s.") % {"law": law, "section": parts["section"]}
    if law:
        return f"{law}."
    return _("The team set this deadline itself; no law does.") if parts["bound"] == Party.TEAM else ""


def _notes(parts: Parts) -> list[str]:
    notes = []
    if parts["is_progress"]:
        notes.append(_("A progress report is due because the incident was not resolved."))
    if parts["which"] == Which.LAST:
        notes.append(_("It is counted from the last one received."))
    if parts["paused_seconds"]:
        hours = number_figures(round(parts["paused_seconds"] / 3600, 1))
        notes.append(_("It was paused for %(hours)s hours, which do not count.") % {"hours": hours})
    if parts["moved"]:
        notes.append(_("The last day was not a working day, so the next working day counts."))
    if parts["newer_version_from"]:
        day = day_text(date.fromisoformat(parts["newer_version_from"]))
        notes.append(
            _("A newer version of the rule holds from %(day)s; this began under the earlier one.") % {"day": day}
        )
    if parts["beyond_holidays"]:
        notes.append(_("The holidays until then are not recorded, so it may be due later."))
    if parts["is_example"]:
        notes.append(_("This rule is an example and not a law of this country."))
    return notes


def period_text(number: int, unit: str) -> str:
    """ "24 hours", "3 working days"."""
    match Unit(unit):
        case Unit.HOURS:
            text = ngettext("%(n)s hour", "%(n)s hours", number)
        case Unit.WORKING_HOURS:
            text = ngettext("%(n)s working hour", "%(n)s working hours", number)
        case Unit.CALENDAR_DAYS:
            text = ngettext("%(n)s calendar day", "%(n)s calendar days", number)
        case Unit.WORKING_DAYS:
            text = ngettext("%(n)s working day", "%(n)s working days", number)
        case Unit.MONTHS:
            text = ngettext("%(n)s calendar month", "%(n)s calendar months", number)
    return text % {"n": number_figures(number)}


def _after(parts: Parts) -> str:
    """From when it is counted: "after the organisation became aware"."""
    name = parts["origin_name"]
    match Kind(parts["origin"]):
        case Kind.MOMENT:
            words = {
                "occurred": _("after the incident began"),
                "detected": _("after the incident was detected"),
                "aware": _("after the organisation became aware"),
                "notified": _("after the organisation notified"),
                "received": _("after the report was received"),
                "acknowledged": _("after the reporter was answered"),
                "triaged": _("after triage"),
                "contained": _("after the incident was contained"),
                "handled": _("after the incident was resolved"),
                "closed": _("after the case was closed"),
            }
        case Kind.SUBMISSION:
            words = {
                "early_warning": _("after the early warning was received"),
                "notification": _("after the incident notification was received"),
                "request": _("after the request was received"),
                "progress": _("after the progress report was received"),
                "final": _("after the final report was received"),
            }
        case Kind.CLOCK:
            if parts["is_progress"]:
                return _("after the report before it was due")
            due = parts["which"] == Which.DUE
            words = {name: (_("after “%(name)s” was due") if due else _("after “%(name)s” was met")) % {"name": name}}
    return words.get(name) or _("after “%(name)s”") % {"name": name}


def fact_text(fact: str) -> str:
    """The name of a fact that a law asks for; one that we have no words for is shown as the pack names it."""
    words = {
        "significant": _("whether the incident is significant"),
        "entity_class": _("class of the organisation under the law"),
        "sector": pgettext("fact", "sector"),
        "cross_border": _("whether it crosses the border"),
        "personal_data": _("whether personal data are concerned"),
        "service": _("service concerned"),
    }
    return words.get(fact, fact)
