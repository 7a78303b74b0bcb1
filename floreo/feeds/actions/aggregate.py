"""Taking in what the engine says of a window: counts on its reports, its findings, its run, and what is fixed by absence.
All of it in one transaction, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.writing import save
from floreo.feeds import logic
from floreo.feeds.actions.bulk import bulk_upsert
from floreo.feeds.actions.claiming import Claimed
from floreo.feeds.actions.finding_rows import (
    Known,
    Row,
    begin,
    identity,
    merge,
    plain,
    seen_rows,
    settle,
    source_of,
    stored,
)
from floreo.feeds.engine import problems
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import Summary
from floreo.feeds.models import FeedFile, FileState, Finding, OpenPeriod, Run, RunHeld
from floreo.organisations.models import Organisation
from floreo.organisations.queries import successors

_ONE_FINDING = ("organisation_id", "subject", "kind", "port")
# What a run may change of a finding: all that people have not said.
_CHANGES = tuple(
    f.attname
    for f in Finding._meta.concrete_fields
    if f.attname
    not in {
        *("id", *_ONE_FINDING, "created_at", "version"),
        *("reply", "replied_on", "notified_on", "notified_state", "alerted_on"),
    }
)
# Any fixed number: on PostgreSQL one window is taken in after another, so that two never make one finding.
_AGGREGATE_LOCK = 7_301_990
_AT_ONCE = 5000
_UNTIL_SPACE_IS_FREE = timedelta(minutes=5)


@dataclass(frozen=True)
class Taken:
    """What became of findings: how many in each state now, of those that the window touched."""

    states: Mapping[str, int]
    is_run: bool


def findings_of(summaries: Iterable[Summary], store: Store) -> list[list[Row]]:
    """The findings of each file that can be read, before the transaction opens."""
    successor = successors()
    bodies = {code: successor.get(pk, pk) for pk, code in Organisation.objects.order_by().values_list("pk", "code")}
    return [list(seen_rows(store.rows(s.findings), bodies)) if s.findings and _is_read(s) else [] for s in summaries]


def _is_read(summary: Summary) -> bool:
    return summary.is_whole and not summary.problem


def _covers(summary: Summary) -> bool:
    """Whether the file says by silence that a thing is gone: it was read whole, its type is known, and it is not for the
    most part rejected. One of a known type without a row says that there is nothing at all."""
    return _is_read(summary) and summary.is_known_type and summary.rejected <= summary.rows - summary.rejected


@action("reports.read", needs=Permission.FEED_RUN, quiet=True)
def take_in(claimed: Claimed, *, by: Actor, summaries: Sequence[Summary], findings_seen: Sequence[list[Row]]) -> Taken:
    """`findings_seen` is findings_of(summaries). A report that was taken in before changes nothing."""
    _one_at_a_time()
    reports = {r.sha256: r for r in FeedFile.objects.select_for_update().filter(pk__in=[r.pk for r in claimed.new])}
    rows: list[Row] = []
    covers = False
    for summary, seen in zip(summaries, findings_seen, strict=True):
        report = reports.get(summary.sha256)
        if report is None or report.state == FileState.DONE:
            continue
        _put_counts(report, summary)
        save(report, full_clean=False)
        if report.state == FileState.DONE:
            rows += seen
            covers = covers or _covers(summary)
    if not rows and not covers:
        return Taken({}, is_run=False)
    is_new_run = covers and _save_run(claimed)
    states = _save_findings(claimed, rows, is_new_run=is_new_run)
    note(findings=states)
    return Taken(states, is_run=covers)


def _put_counts(report: FeedFile, summary: Summary) -> None:
    for name in ("is_known_type", "rows", "kept", "duplicates", "dropped", "outside", "rejected", "problem", "seconds"):
        setattr(report, name, getattr(summary, name))
    report.seconds = round(summary.seconds, 3)
    report.reasons, report.organisations = dict(summary.reasons), dict(summary.organisations)
    report.unknown_columns, report.missing_columns = list(summary.unknown_columns), list(summary.missing_columns)
    report.rejects_path, report.read_at, report.claimed_until = summary.rejects[:300], clock.now(), None
    report.state = FileState.DONE if _is_read(summary) else FileState.REFUSED
    if summary.problem == problems.DISK_FULL:  # the file is well: it is read when there is room
        report.state, report.claimed_until = FileState.WAITING, clock.now() + _UNTIL_SPACE_IS_FREE


def _save_run(claimed: Claimed) -> bool:
    """Whether the run counts from now on. One out of line with the nights before it waits for a person; a file that comes
    later may bring it into line."""
    facts = {"feed_id": claimed.feed.pk, "report_type": claimed.report_type, "day": claimed.day}
    was = Run.objects.filter(**facts).values_list("held", flat=True).first()
    if was == RunHeld.REFUSED:
        return False
    rows = _rows_of(claimed)
    held = logic.odd(rows, _rows_before(claimed))
    if held and was is None:
        note(held=held, rows=rows)
    bulk_upsert(Run, [facts | {"held": held, "rows": rows}], same=list(facts), changes=("held", "rows"))
    return not held and was != ""


def _rows_of(claimed: Claimed) -> int:
    files = FeedFile.objects.filter(
        feed=claimed.feed, report_type=claimed.report_type, day=claimed.day, state=FileState.DONE
    )
    return int(files.aggregate(n=Sum("kept"))["n"] or 0)


def _rows_before(claimed: Claimed) -> list[int]:
    runs = Run.objects.counting().filter(feed=claimed.feed, report_type=claimed.report_type, day__lt=claimed.day)
    return list(runs.order_by("-day").values_list("rows", flat=True)[: logic.NIGHTS])


def look_for_absent(run: Run) -> dict[str, int]:
    """Findings that a run fixes which a person let count. Within an action."""
    _one_at_a_time()
    claimed = Claimed(run.feed, run.report_type, run.day, ())
    source, day = source_of(run.feed, run.report_type), run.day.isoformat()
    seen = {
        pk
        for pk, days in Finding.objects.filter(seen__has_key=source).values_list("pk", "seen")
        if any(start <= day <= end for start, end in days[source])
    }
    return dict(_close_absent(claimed, seen, Known.now()))


def _save_findings(claimed: Claimed, findings_seen: Sequence[Row], *, is_new_run: bool) -> dict[str, int]:
    """Merges, settles and saves; then looks whom the run did not see."""
    known = Known.now()
    by_identity = stored(map(identity, findings_seen))
    was = {pk_row["id"]: _state_of(pk_row) for pk_row in by_identity.values()}
    for row in findings_seen:
        here = by_identity.get(identity(row))
        if here is None:
            by_identity[identity(row)] = begin(row, feed=claimed.feed, report_type=claimed.report_type, day=claimed.day)
        else:
            merge(here, row, feed=claimed.feed, report_type=claimed.report_type, day=claimed.day, feeds=known.feeds)
    rows = list(by_identity.values())
    states = _settle_and_save(rows, known, was)
    if is_new_run:
        states += _close_absent(claimed, {row["id"] for row in rows if "id" in row}, known)
    return dict(states)


def _close_absent(claimed: Claimed, seen: set[int], known: Known) -> Counter[str]:
    states: Counter[str] = Counter()
    for absent in _absent(claimed, seen):
        states += _settle_and_save(absent, known, {row["id"]: _state_of(row) for row in absent})
    return states


def _state_of(row: Row) -> tuple[Any, ...]:
    return row["state"], row["opened_on"], row["fixed_on"], row["reopened"], row["last_day"], row["claim"]


def _settle_and_save(rows: Sequence[Row], known: Known, was: Mapping[int, tuple[Any, ...]]) -> Counter[str]:
    known.learn(rows)
    times = [settle(row, known) for row in rows]
    now = clock.now()
    for row in rows:
        row["changed_at"] = now
    bulk_upsert(Finding, rows, same=_ONE_FINDING, changes=_CHANGES)
    _save_open_periods(rows, times, was)
    return Counter(row["state"] for row in rows)


def _save_open_periods(
    rows: Sequence[Row], times: Sequence[list[logic.Times]], was: Mapping[int, tuple[Any, ...]]
) -> None:
    """Written anew where they may have changed. A finding seen once more at the end of its time has the same as before."""
    new = [row for row in rows if "id" not in row]
    if new:
        found = stored(map(identity, new))
        for row in new:
            row["id"] = found[identity(row)]["id"]
    changed = [
        (row["id"], open_periods)
        for row, open_periods in zip(rows, times, strict=True)
        if _has_new_open_periods(row, was.get(row["id"]))
    ]
    old = [pk for pk, _open_periods in changed if pk in was]
    for start in range(0, len(old), _AT_ONCE):
        OpenPeriod.objects.filter(finding_id__in=old[start : start + _AT_ONCE]).delete()
    made = [
        {"finding_id": pk, "opened_on": t.opened_on, "fixed_on": t.fixed_on}
        for pk, open_periods in changed
        for t in open_periods
    ]
    bulk_upsert(OpenPeriod, made, same=("finding_id", "opened_on"), changes=("fixed_on",))


def _has_new_open_periods(row: Row, before: tuple[Any, ...] | None) -> bool:
    if before is None:
        return True
    is_later = row["last_day"] >= before[4]
    same = (row["opened_on"], row["fixed_on"], row["reopened"]) == before[1:4]
    return not (same and is_later and row["fixed_on"] is None and row["reopened"] == 0)


def _absent(claimed: Claimed, seen: set[int]) -> Iterable[list[Row]]:
    """Findings that the new run may have fixed, some at a time. A run that comes after all others can only fix what is
    open and was last seen by this source, early enough; one that comes late may change any that this source ever saw."""
    feed, report_type = claimed.feed, claimed.report_type
    days = list(
        Run.objects.counting()
        .filter(feed=feed, report_type=report_type)
        .order_by("-day")
        .values_list("day", flat=True)[:1000]
    )
    rows = Finding.objects.all()
    if days[0] == claimed.day:
        patience = max(feed.absent_runs, 1)
        if len(days) < patience:
            return
        rows = rows.open().filter(feed=feed, report_type=report_type, last_day__lt=days[patience - 1])
    else:
        rows = rows.filter(seen__has_key=source_of(feed, report_type))
    pks = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if pk not in seen]
    for start in range(0, len(pks), _AT_ONCE):
        held = Finding.objects.select_for_update().filter(pk__in=pks[start : start + _AT_ONCE])
        yield plain(held)


def _one_at_a_time() -> None:
    """SQLite's immediate transactions already see to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_AGGREGATE_LOCK])
