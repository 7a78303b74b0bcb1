"""Sentences about cases: lines of the log, how long something took, what gave a severity. Made again for each reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, pgettext

from floreo.core.sectors import Sector
from floreo.core.ui import locale as ui
from floreo.core.wording import colon, listed, number_figures, sentences
from floreo.incidents import taxonomy
from floreo.incidents.models import (
    Case,
    CaseSeverity,
    CaseState,
    LogEntry,
    PartOf,
    SubmissionKind,
    WaitingFor,
)
from floreo.incidents.observables import defanged

Facts = Mapping[str, Any]


# --- Times --------------------------------------------------------------------------------------------------------


def span_text(span: timedelta) -> str:
    """ "3 h 20 min", "2 days 3 h", "12 days": as exactly as is of use."""
    minutes = max(int(span.total_seconds() // 60), 0)
    hours, days = minutes // 60, minutes // 1440
    if days >= 7:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": number_figures(days)}
    if days:
        left = hours - 24 * days
        whole = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return pgettext("a span", "%(days)s %(hours)s h") % {"days": whole, "hours": left} if left else whole
    if hours:
        left = minutes - 60 * hours
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": left} if left else _("%s h") % hours
    return _("%s min") % minutes


def moment_text(iso: str) -> str:
    return ui.moment(datetime.fromisoformat(iso)) if iso else _("not known")


# --- The log ------------------------------------------------------------------------------------------------------


def log_text(line: LogEntry) -> str:
    """What the line says, in the reader's language; a note as it was written."""
    known = _LOG.get(line.what)
    return sentences(known(line.facts) if known else "", line.text)


def _choice(choices: Any, value: object) -> str:
    return str(choices(value).label) if value in choices.values else str(value or "–")


def yes_text(value: object) -> str:
    if value is None:
        return _("not known")
    return _("Yes") if value else _("No")


_FIELDS: Mapping[str, tuple[Callable[[], str], Callable[[object], str]]] = {
    "severity": (lambda: _("Severity"), lambda v: _choice(CaseSeverity, v)),
    "tlp": (lambda: _("Marking"), lambda v: f"TLP:{v}"),
    "pap": (lambda: "PAP", lambda v: f"PAP:{v}"),
    "rsit_class": (lambda: _("Class (RSIT)"), lambda v: type_text(str(v or ""), "") or "–"),
    "rsit_type": (lambda: _("Type (RSIT)"), lambda v: str(v or "–")),
    "sector": (lambda: _("Sector"), lambda v: _choice(Sector, v)),
    "is_cross_border": (lambda: _("Crosses the border"), yes_text),
    "occurred_at": (lambda: _("It began"), str),
    "detected_at": (lambda: _("It was detected"), str),
    "aware_at": (lambda: _("The organisation became aware"), str),
    "contained_at": (lambda: _("Contained"), str),
    "handled_at": (lambda: _("Resolved"), str),
}


def _judged(facts: Facts) -> str:
    lines = []
    for name, change in facts.items():
        if name in _FIELDS and isinstance(change, list):
            title, words = _FIELDS[name]
            lines.append(
                _("%(what)s: %(before)s to %(after)s.")
                % {"what": title(), "before": words(change[0]), "after": words(change[1])}
            )
    return sentences(*lines, str(facts.get("reason") or "")) or _("Judged again, with nothing changed.")


def _moments(facts: Facts) -> str:
    return sentences(*(f"{_FIELDS[n][0]()}{colon()} {moment_text(v)}." for n, v in facts.items() if n in _FIELDS))


def _waiting(facts: Facts) -> str:
    return _("Waiting for: %(who)s.") % {"who": _choice(WaitingFor, facts["waiting_for"][1])}


def _state(facts: Facts) -> str:
    before, after = facts["state"]
    words = {"before": _choice(CaseState, before), "after": _choice(CaseState, after)}
    missing = _("No lessons were recorded.") if facts.get("has_lessons") is False else ""
    return sentences(_("State: %(before)s to %(after)s.") % words, missing)


def _taken_over(facts: Facts) -> str:
    if facts.get("before"):
        return _("%(lead)s took the case over from %(before)s.") % facts
    return _("%(lead)s took the case.") % facts


def _handed_over(facts: Facts) -> str:
    return _("Handover note for %(lead)s.") % facts if facts.get("lead") else _("Handover note written.")


def _observables(facts: Facts) -> str:
    shown = listed([defanged(kind, v) for kind, v in facts.get("values", [])])
    count = facts.get("count", 1)
    more = ngettext("%(n)s observable added: %(shown)s", "%(n)s observables added: %(shown)s", count)
    return more % {"n": number_figures(count), "shown": shown} + ("." if count <= 3 else ", ...")


def _organisation(facts: Facts) -> str:
    return _("Organisation added: %(name)s (%(part)s).") % {**facts, "part": _choice(PartOf, facts["part"])}


def _submission(facts: Facts) -> str:
    words = {**facts, "kind": _choice(SubmissionKind, facts["kind"]), "at": moment_text(facts["at"])}
    if facts.get("name"):
        return _("%(kind)s received from %(name)s, %(at)s.") % words
    return _("%(kind)s received, %(at)s.") % words


def _playbook(facts: Facts) -> str:
    title = facts.get("texts", {}).get(ui.language()) or facts["playbook"]
    words = {"title": title, "revision": facts["revision"]}
    started = _("Playbook started: %(title)s, version %(revision)s.") % words
    left = facts.get("dropped") or 0
    more = ngettext(
        "%(n)s open step of the earlier one is not needed.",
        "%(n)s open steps of the earlier one are not needed.",
        left,
    )
    return sentences(started, more % {"n": left} if left else "")


def _task_changed(facts: Facts) -> str:
    who = _("For %(person)s.") % facts if facts.get("person") else ""
    due = _("Due %(when)s.") % {"when": moment_text(facts["due"])} if facts.get("due") else ""
    return sentences(_("Task changed: %(task)s.") % facts, who, due)


def _given_to_machines(facts: Facts) -> str:
    left_as = (
        ngettext("%(n)s observable exported as %(form)s.", "%(n)s observables exported as %(form)s.", facts["n"])
        % facts
    )
    return sentences(left_as, _("For: %s.") % AUDIENCES[facts["audience"]])


def _taken_from_machines(facts: Facts) -> str:
    return (
        ngettext("%(n)s observable imported from %(name)s.", "%(n)s observables imported from %(name)s.", facts["n"])
        % facts
    )


AUDIENCES: Mapping[str, Any] = {
    "public": _l("everybody"),
    "community": _l("teams and organisations that work with us"),
    "clients": _l("one organisation and its clients"),
    "organisation": _l("one organisation alone"),
}
_LOG: Mapping[str, Callable[[Facts], str]] = {
    "opened": lambda f: _("Case opened."),
    "imported": lambda f: _("Imported from line %(line)s of “%(file)s”.") % f,
    "edited": lambda f: _("Title or summary changed."),
    "classified": _judged,
    "moments": _moments,
    "taken_over": _taken_over,
    "handed_over": _handed_over,
    "member_added": lambda f: _("%(name)s may read the case.") % f,
    "member_removed": lambda f: _("%(name)s may not read the case any more.") % f,
    "waiting": _waiting,
    "state": _state,
    "happening_added": lambda f: _("What happened: “%(text)s” added.") % f,
    "happening_changed": lambda f: _("What happened: “%(text)s” changed.") % f,
    "happening_removed": lambda f: _("What happened: “%(text)s” removed.") % f,
    "observables_added": _observables,
    "observable_changed": lambda f: (
        _("Observable changed: %s.") % listed([defanged(kind, v) for kind, v in f["values"]])
    ),
    "observable_removed": lambda f: (
        _("Observable removed: %s.") % listed([defanged(kind, v) for kind, v in f["values"]])
    ),
    "organisation_added": _organisation,
    "organisation_removed": lambda f: _("Organisation removed: %(name)s.") % f,
    "shared": lambda f: _("The case was shared with %(name)s.") % f,
    "unshared": lambda f: _("The case is not shared with %(name)s any more.") % f,
    "linked": lambda f: _("Marked as related to %(reference)s.") % f,
    "unlinked": lambda f: _("Not related to %(reference)s any more.") % f,
    "task_added": lambda f: _("Task added: %(task)s.") % f,
    "task_changed": _task_changed,
    "task_done": lambda f: _("Task done: %(task)s.") % f,
    "task_dropped": lambda f: _("Task not needed: %(task)s.") % f,
    "task_reopened": lambda f: _("Task opened again: %(task)s.") % f,
    "playbook_started": _playbook,
    "playbook_swapped": _playbook,
    "evidence_added": lambda f: _("Evidence added: %(number)s %(title)s.") % f,
    "custody": lambda f: _("%(number)s handed over by %(from)s to %(to)s.") % f,
    "submission": _submission,
    "paused": lambda f: _("Clocks paused."),
    "resumed": lambda f: _("Clocks resumed."),
    "message_sent": lambda f: _("Mail sent to %(to)s.") % f,
    "message_withheld": lambda f: _("Mail to %(to)s written. It did not leave: this is an exercise.") % f,
    "message_received": lambda f: _("Mail received from %(from)s.") % f,
    "message_id_used": lambda f: (
        _("The mail from %(from)s has the number (Message-ID) of another that came before. Check who wrote each.") % f
    ),
    "automatic_reply": lambda f: _("An answering machine of %(from)s replied: “%(subject)s”.") % f,
    "given_to_machines": _given_to_machines,
    "taken_from_machines": _taken_from_machines,
    "merged_into": lambda f: _("Merged into %(reference)s.") % f,
    "merged_from": lambda f: _("%(reference)s was merged into this case.") % f,
    "merge_undone": lambda f: _("The merge with %(reference)s was undone.") % f,
    "split": lambda f: _("Report %(report)s was split off into %(reference)s.") % f,
    "split_from": lambda f: _("Case opened for the report %(report)s, split off from %(reference)s.") % f,
}
LOG_WORDS = frozenset(_LOG)


# --- Class and severity -------------------------------------------------------------------------------------------


def type_text(rsit_class: str, rsit_type: str) -> str:
    """The type in the reader's words, or the class where there is no type; "" where there is neither."""
    if not rsit_class:
        return ""
    words = taxonomy.labels(rsit_class, rsit_type, ui.language())
    return words.type_title or words.class_title


_SERVICES: Mapping[str, Callable[[], str]] = {
    "none": lambda: _("No service was affected"),
    "degraded": lambda: _("A service is degraded"),
    "stopped": lambda: _("A service has stopped"),
    "essential_degraded": lambda: _("An essential service is degraded"),
    "essential_stopped": lambda: _("An essential service has stopped"),
}
_DATA: Mapping[str, Callable[[], str]] = {
    "none": lambda: _("No data were affected"),
    "internal": lambda: _("Internal data were affected"),
    "personal": lambda: _("Personal data were affected"),
    "sensitive": lambda: _("Sensitive personal data were affected"),
}


def services_choices() -> list[tuple[str, str]]:
    return [(value, words()) for value, words in _SERVICES.items()]


def data_choices() -> list[tuple[str, str]]:
    return [(value, words()) for value, words in _DATA.items()]


def rule_text(rule: str, impact: Mapping[str, Any]) -> str:
    """A rule of `logic.severity_of` in words."""
    kind, _colon, value = rule.partition(":")
    if kind == "services":
        return _SERVICES[value]()
    if kind == "data":
        return _DATA[value]()
    if kind == "people":
        people = int(impact.get("people") or 0)
        return ngettext("%(n)s person is affected", "%(n)s people are affected", people) % {"n": number_figures(people)}
    return {"danger": _("Somebody may be in danger"), "spreading": _("It is spreading")}.get(rule, rule)


def severity_text(case: Case, rules: Sequence[str]) -> str:
    """Why the severity is what it is."""
    if case.severity_reason:
        return _("Set by the team: %(reason)s") % {"reason": case.severity_reason}
    if not rules:
        return _("No impact is stated yet.")
    words = [rule_text(each, case.impact) for each in rules]
    return _("From the stated impact: %(why)s.") % {"why": listed([each[:1].lower() + each[1:] for each in words])}
