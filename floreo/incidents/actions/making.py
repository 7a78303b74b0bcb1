"""Making of cases and lines of their log, within an action: shared by triage, cases and imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import trail
from floreo.core.errors import Missing, Refused
from floreo.core.writing import refuse, save, touch
from floreo.incidents import moments
from floreo.incidents.logic import case_reference
from floreo.incidents.models import Case, LogEntry

MOST_CHARACTERS = 4000  # of a note


def next_reference(year: int) -> str:
    """The reference after the last one that was made here in the year: INC-2026-0048, past those that an import brought. Two at
    once: the database refuses the second as Taken, and the form is sent again."""
    start = f"INC-{year}-"
    made = Case.objects.filter(reference__startswith=start, is_imported=False).order_by("-pk")
    last = made.values_list("reference", flat=True).first() or ""
    number = int(last.removeprefix(start)) if last.removeprefix(start).isdigit() else 0
    while Case.objects.filter(reference=case_reference(year, number := number + 1)).exists():
        pass
    return case_reference(year, number)


def make_case(**facts: Any) -> Case:
    """A new case with those columns, saved, with the first line of its log to be written by whoever calls. Refuses one that was received
    at a time that is still to come."""
    at = moments.now()
    facts = {"received_at": at, "touched_at": at, "waiting_since": at} | facts
    if facts["received_at"] > max(at, clock.machine()):
        raise refuse("received_at", _("That time is still to come. Enter when it was received."), code="future")
    return save(Case(reference=next_reference(clock.today().year), **facts))


def log(
    case: Case,
    text: str = "",
    *,
    is_written: bool = False,
    what: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> LogEntry:
    """One line of what the team did, in the name of whoever acts now; the case was touched by it. `text` is what a person wrote
    (at most 4,000 characters are kept); what the program notes is a name of `case_text.LOG_WORDS` and its facts. `at` is another time
    than now, where a person says when."""
    now = moments.now()
    line = LogEntry(
        case=case,
        at=at or now,
        by=trail().by.actor_name[:200],
        text=text[:MOST_CHARACTERS],
        what=what,
        facts=dict(facts or {}),
        is_written=is_written,
    )
    save(line)
    case.touched_at = now
    Case.objects.filter(pk=case.pk).update(touched_at=now)
    touch([case])
    return line


def require_readable(by: Actor, *cases: Case | None) -> None:
    """Raises Missing where `by` may not read one of them: a TLP:RED case in which they are not named is not there for them."""
    wanted = {each.pk for each in cases if each is not None}
    if wanted and Case.objects.visible_to(by).filter(pk__in=wanted).count() != len(wanted):
        raise Missing


def two_or_more(cases: Iterable[Case]) -> list[Case]:
    """The one that was received first, then the others. Raises Refused where there are no others."""
    found = sorted(cases, key=lambda each: (each.received_at, each.pk))
    if len(found) < 2:
        raise Refused(_("Tick two cases or more."), code="too_few")
    return found
