"""Reads for the pages of cases: everything that one page shows, in a fixed number of queries."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from floreo.core import deadline_text, deadlines
from floreo.core.models import OutboxMail
from floreo.feeds.models import Finding
from floreo.incidents import logic, moments, observables
from floreo.incidents.case_text import log_text, span_text
from floreo.incidents.models import (
    Case,
    CaseEvidence,
    CaseLink,
    CaseMember,
    CaseMerge,
    CaseOrganisation,
    CaseTask,
    Clock,
    ClockPause,
    Direction,
    DutyShift,
    Happening,
    LogEntry,
    Message,
    Observable,
    Playbook,
    Report,
    ReportingPoint,
    Submission,
    TaskState,
)

LOG_SHOWN = 12
MOST_SHOWN = 200  # observables, lines of what happened and tasks on one page
_SEEN_AT_MOST = 400  # places in other cases that are looked at for one page
DEFAULT_UNTOUCHED = 24


# --- Clocks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownClock:
    """A clock as the page shows it: how long is left, in large type, and its sentence."""

    title: str
    left: str  # "3 h 20 min", or its state where no time runs
    sentence: str
    status: str  # a silhouette of core/ui: late, risk, done, or ""
    percent: int | None  # of its time that is used; None where none runs
    is_open: bool
    due: datetime | None


_STATUS = {"overdue": "late", "due_soon": "risk", "met": "done", "met_late": "late"}


def shown_clock(clock: Clock, now: datetime) -> ShownClock:
    parts = clock.explained
    title = deadline_text.title_text(parts)
    state = deadlines.State(clock.state)
    left = deadline_text.state_text(state)
    percent = None
    if clock.due_at is not None and clock.starts_at is not None and state in {"running", "due_soon", "overdue"}:
        left = span_text(abs(clock.due_at - now))
        if now > clock.due_at:
            title = _("%(title)s is late by") % {"title": title}
        else:
            title = _("%(title)s due in") % {"title": title}
        whole = (clock.due_at - clock.starts_at) / timedelta(seconds=1)
        percent = (
            100 if whole <= 0 else min(100, max(0, round(100 * ((now - clock.starts_at).total_seconds()) / whole)))
        )
    elif clock.met_at is not None and clock.starts_at is not None:
        left = span_text(clock.met_at - clock.starts_at)
    return ShownClock(
        title, left, deadline_text.sentence(parts), _STATUS.get(str(state), ""), percent, clock.is_open, clock.due_at
    )


_CLOCK_ORDER = {"overdue": 0, "due_soon": 1, "running": 2, "paused": 3, "not_known_yet": 4, "not_started": 5}


def clocks_of(case: Case, now: datetime) -> list[ShownClock]:
    """What runs first, the soonest before the others; then what is not known, what was met, and last what does not apply."""
    rows = sorted(
        case.clocks.all(), key=lambda each: (_CLOCK_ORDER.get(each.state, 6), each.due_at or now, each.rule, each.step)
    )
    return [shown_clock(each, now) for each in rows if each.state != deadlines.State.DOES_NOT_APPLY]


# --- Seen before --------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """Where else an observable is known from."""

    cases: list[Case] = field(default_factory=list)
    findings: int = 0


def seen_before(rows: Sequence[Observable], case: Case, viewer: object) -> Mapping[str, Seen]:
    """By value: other cases that the viewer may read, and findings of the feeds."""
    values = {row.value for row in rows}
    found: dict[str, Seen] = {value: Seen() for value in values}
    if not values:
        return found
    # In two steps: in one, the database may begin with all cases that the viewer may read.
    others = Observable.objects.filter(value__in=values).exclude(case=case).order_by()
    pairs = list(others.values_list("value", "case")[:_SEEN_AT_MOST])
    readable = Case.objects.visible_to(viewer).in_bulk({pk for _value, pk in pairs})
    for value, pk in dict.fromkeys(pairs):
        if pk in readable:
            found[value].cases.append(readable[pk])
    for subject in Finding.objects.filter(subject__in=values).values_list("subject", flat=True)[:_SEEN_AT_MOST]:
        found[subject].findings += 1
    return found


@dataclass(frozen=True)
class ShownObservable:
    row: Observable
    text: str  # defanged
    cases: list[Case]
    more_cases: int
    findings: int


def _observables(case: Case, viewer: object) -> list[ShownObservable]:
    rows = list(case.observables.all()[:MOST_SHOWN])
    seen = seen_before(rows, case, viewer)
    return [
        ShownObservable(
            row,
            observables.defanged(row.kind, row.value),
            seen[row.value].cases[:3],
            max(len(seen[row.value].cases) - 3, 0),
            seen[row.value].findings,
        )
        for row in rows
    ]


# --- One case -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CasePage:
    """All that the page of a case shows to whoever handles it."""

    case: Case
    now: datetime
    clocks: list[ShownClock]
    tasks: list[CaseTask]
    over: list[CaseTask]
    happenings: list[Happening]
    log: list[tuple[LogEntry, str]]
    log_more: int
    observables: list[ShownObservable]
    evidence: list[tuple[CaseEvidence, Any]]
    messages: list[Message]
    mails: list[tuple[Message, OutboxMail | None]]  # the same, each with what the outbox knows of it
    reports: list[Report]
    organisations: list[Any]
    related: list[tuple[CaseLink, Case]]
    merges: list[CaseMerge]
    members: list[Any]
    submissions: list[Any]
    pause: Any
    playbook: Playbook | None
    severity_rules: tuple[str, ...]


# What may hang on a case, by the name of the relation, and the columns that name the case. Most cases have few of them.
_HANGS: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "tasks": (CaseTask, ("case",)),
    "log": (LogEntry, ("case",)),
    "evidence": (CaseEvidence, ("case",)),
    "messages": (Message, ("case",)),
    "clocks": (Clock, ("case",)),
    "happenings": (Happening, ("case",)),
    "observables": (Observable, ("case",)),
    "reports": (Report, ("case",)),
    "organisations": (CaseOrganisation, ("case",)),
    "members": (CaseMember, ("case",)),
    "submissions": (Submission, ("case",)),
    "pauses": (ClockPause, ("case",)),
    "links": (CaseLink, ("case", "other")),
    "merges": (CaseMerge, ("case", "source")),
}


@functools.cache
def _statement_of_hangs(_vendor: str) -> tuple[str, int]:
    """One statement for all of _HANGS, and how often it names the case: nobody waits for fourteen answers of which ten are empty."""
    quote, columns = connection.ops.quote_name, []
    for model, names in _HANGS.values():
        table, column = quote(model._meta.db_table), {f.name: f.attname for f in model._meta.concrete_fields}
        found = (f"{quote(column[name])} = %s" for name in names)
        # One after the other: each follows its own index. Names of tables and columns go in, never words.
        columns.append(" OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {each})" for each in found))  # noqa: S608
    return f"SELECT {', '.join(columns)}", sum(len(names) for _model, names in _HANGS.values())


def _what_hangs_on(case: Case) -> frozenset[str]:
    """The names in _HANGS of which the case has any."""
    statement, number = _statement_of_hangs(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [case.pk] * number)
        found = cursor.fetchone()
    return frozenset(name for name, there in zip(_HANGS, found, strict=True) if there)


def case_page(case: Case, viewer: object) -> CasePage:
    now = moments.now()
    there = _what_hangs_on(case)

    def of(name: str, rows: QuerySet[Any]) -> list[Any]:
        return list(rows) if name in there else []

    tasks = of("tasks", case.tasks.select_related("person").order_by("state", "due_at", "position", "pk")[:MOST_SHOWN])
    open_ones = sorted(
        (t for t in tasks if t.state == TaskState.OPEN), key=lambda t: (t.due_at is None, t.due_at or now, t.position)
    )
    lines = of("log", case.log.all()[: LOG_SHOWN + 1])
    more = case.log.count() - LOG_SHOWN if len(lines) > LOG_SHOWN else 0
    evidence = of("evidence", case.evidence.prefetch_related("custody"))
    related, merges = _bound_to(case, viewer) if there & {"links", "merges"} else ([], [])
    messages = of("messages", case.messages.all()[:20])
    return CasePage(
        case=case,
        now=now,
        clocks=clocks_of(case, now) if "clocks" in there else [],
        tasks=open_ones,
        over=[t for t in tasks if t.state != TaskState.OPEN],
        happenings=of("happenings", case.happenings.all()[:MOST_SHOWN]),
        log=[(line, log_text(line)) for line in lines[:LOG_SHOWN]],
        log_more=more,
        observables=_observables(case, viewer) if "observables" in there else [],
        evidence=[(row, list(row.custody.all())) for row in evidence],
        messages=messages,
        mails=_with_outbox(messages),
        reports=sorted(
            of("reports", case.reports.order_by()[:MOST_SHOWN]), key=lambda each: (each.received_at, each.pk)
        ),
        organisations=of("organisations", case.organisations.select_related("organisation")),
        related=related,
        merges=merges,
        members=of("members", case.members.select_related("user")),
        submissions=of("submissions", case.submissions.select_related("organisation")),
        pause=case.pauses.filter(ends_at=None).first() if "pauses" in there else None,
        playbook=Playbook.objects.filter(code=case.playbook).first() if case.playbook else None,
        severity_rules=logic.severity_of(case.impact)[1],
    )


def _bound_to(case: Case, viewer: object) -> tuple[list[tuple[CaseLink, Case]], list[CaseMerge]]:
    """What is related to it, with the other case, and what was merged with it and not undone: cases that the viewer may read."""
    links = list(CaseLink.objects.filter(Q(case=case) | Q(other=case)))
    merges = list(CaseMerge.objects.filter(Q(case=case) | Q(source=case), undone_at=None))
    others = {pk for link in links for pk in (link.case_id, link.other_id)}
    others |= {pk for merge in merges for pk in (merge.case_id, merge.source_id)}
    others.discard(case.pk)
    known = {case.pk: case} | (Case.objects.visible_to(viewer).in_bulk(others) if others else {})
    links = [link for link in links if link.case_id in known and link.other_id in known]
    merges = [merge for merge in merges if merge.case_id in known and merge.source_id in known]
    for merge in merges:
        merge.case, merge.source = known[merge.case_id], known[merge.source_id]
    return [(link, known[link.other_id if link.case_id == case.pk else link.case_id]) for link in links], merges


def _with_outbox(messages: Sequence[Message]) -> list[tuple[Message, OutboxMail | None]]:
    """Each with its row of the outbox: whether it left, how, and whether it came back. None for what came in, for what an
    exercise held back, and for what is so old that the outbox has no row of it any more."""
    sent = [each.message_id for each in messages if each.direction == Direction.OUT and each.message_id]
    rows = {row.message_id: row for row in OutboxMail.objects.filter(message_id__in=sent)} if sent else {}
    return [(each, rows.get(each.message_id)) for each in messages]


def suggested_playbooks(case: Case) -> list[Playbook]:
    """All playbooks, those of the case's type first."""
    names = {f"{case.rsit_class}/{case.rsit_type}", case.rsit_class} - {"", "/"}
    return sorted(Playbook.objects.all(), key=lambda each: (not names.intersection(each.rsit), each.position))


# --- The team -----------------------------------------------------------------------------------------------------


def on_duty(now: datetime) -> list[DutyShift]:
    return list(DutyShift.objects.filter(starts_at__lte=now, ends_at__gt=now).select_related("user"))


def untouched_hours() -> int:
    """After how many hours a case that nobody touched is named."""
    hours = ReportingPoint.objects.order_by("pk").values_list("untouched_hours", flat=True).first()
    return hours or DEFAULT_UNTOUCHED


def untouched(rows: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """Open cases at which nobody was since then, the longest first."""
    since = now - timedelta(hours=untouched_hours())
    return rows.filter(state__in=("open", "contained"), touched_at__lt=since).order_by("touched_at", "pk")
