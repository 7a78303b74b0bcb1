"""Findings as plain rows: what a report adds to each, and what follows from all that is known of its days. Thousands at a
time, and the same whatever the order in which reports come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from floreo.feeds import logic
from floreo.feeds.logic import Stretch, Times
from floreo.feeds.models import Feed, Finding, ReplyKind, Run

Row = dict[str, Any]  # a finding by its columns
Identity = tuple[int, str, str, int]
_ASKED_AT_ONCE = 5000
_LONGEST: dict[str, int] = {
    f.attname: longest for f in Finding._meta.concrete_fields if (longest := getattr(f, "max_length", None))
}
# What is said by whoever saw it last; of several on one day the last by name, then the worst.
_OF_THE_LAST = ("protocol", "taxonomy", "type", "severity", "detail", "network", "reason", "service", "route")


def source_of(feed: Feed, report_type: str) -> str:
    return f"{feed.code}/{report_type}"


def plain(rows: QuerySet[Finding]) -> list[Row]:
    return [dict(row) for row in rows.order_by().values()]


def identity(row: Row) -> Identity:
    return row["organisation_id"], row["subject"], row["kind"], row["port"]


@dataclass
class Known:
    """What states are computed from besides a finding's own days: runs and patience by source."""

    feeds: Mapping[int, Feed]
    runs: dict[str, list[date]] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)

    @classmethod
    def now(cls) -> Known:
        return cls({feed.pk: feed for feed in Feed.objects.all()})

    def learn(self, rows: Iterable[Row]) -> None:
        """Runs of every source that those rows name, in one query."""
        new = {source for row in rows for source in row["seen"]} - self.runs.keys()
        if not new:
            return
        by_code = {feed.code: feed for feed in self.feeds.values()}
        wanted = Q()
        for source in new:
            code, _slash, report_type = source.partition("/")
            self.runs[source] = []
            if code in by_code:
                self.absent[source] = by_code[code].absent_runs
                wanted |= Q(feed=by_code[code], report_type=report_type)
        for feed_id, report_type, day in (
            Run.objects.counting().filter(wanted).order_by("day").values_list("feed_id", "report_type", "day")
            if wanted
            else ()
        ):
            self.runs[source_of(self.feeds[feed_id], report_type)].append(day)


def seen_rows(table: Any, bodies: Mapping[str, int]) -> Iterator[Row]:
    """Rows of a report's findings (engine.events.FINDING_SCHEMA), cut to what the columns take. Of bodies that are no longer
    in the register nothing is said."""
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    ranks = {s: logic.rank(s) for s in logic.SEVERITIES}
    for values in zip(*columns.values(), strict=True):
        rows = dict(zip(columns, values, strict=True))
        body = bodies.get(rows["organisation"])
        if body is None or not rows["subject"]:
            continue
        row: Row = {name: _text(rows.get(name), _LONGEST[name]) for name in ("subject", "kind", *_OF_THE_LAST)}
        row["severity"] = row["severity"] if row["severity"] in ranks else "undefined"
        row["severity_rank"] = ranks[row["severity"]]
        row["organisation_id"], row["port"] = body, rows["port"] or 0
        row["ip"] = row["subject"] if rows["ip_hi"] or rows["ip_lo"] else None
        row["first_seen"], row["last_seen"], row["times_seen"] = rows["first"], rows["last"], rows["times"]
        yield row


def _text(value: Any, longest: int) -> str:
    return str(value or "").replace("\x00", "")[:longest]


def stored(identities: Iterable[Identity]) -> dict[Identity, Row]:
    """The findings that are known already, held until the transaction ends."""
    wanted = set(identities)
    subjects = sorted({subject for _body, subject, _kind, _port in wanted})
    found: dict[Identity, Row] = {}
    for start in range(0, len(subjects), _ASKED_AT_ONCE):
        rows = Finding.objects.select_for_update().filter(subject__in=subjects[start : start + _ASKED_AT_ONCE])
        for row in plain(rows):
            if identity(row) in wanted:
                found[identity(row)] = row
    return found


def merge(row: Row, rows: Row, *, feed: Feed, report_type: str, day: date, feeds: Mapping[int, Feed]) -> None:
    """Adds what one report says to a finding."""
    source = source_of(feed, report_type)
    row["first_seen"] = min(row["first_seen"], rows["first_seen"])
    row["last_seen"] = max(row["last_seen"], rows["last_seen"])
    row["times_seen"] += rows["times_seen"]
    was = (row["last_day"], source_of(feeds[row["feed_id"]], row["report_type"]), *_rank_of(row))
    if (day, source, *_rank_of(rows)) > was:
        row.update({name: rows[name] for name in ("severity_rank", *_OF_THE_LAST)})
        row.update(last_day=day, feed_id=feed.pk, report_type=report_type)
    _see(row, source, day)


def begin(rows: Row, *, feed: Feed, report_type: str, day: date) -> Row:
    """A finding that nobody had seen."""
    row = rows | {
        "feed_id": feed.pk,
        "report_type": report_type,
        "last_day": day,
        "seen": {},
        "reply": "",
        "replied_on": None,
        "claim": "",
        "state": "",
        "opened_on": None,
        "fixed_on": None,
        "reopened": 0,
    }
    _see(row, source_of(feed, report_type), day)
    return row


def _rank_of(row: Row) -> tuple[Any, ...]:
    return (-row["severity_rank"], *(row[name] for name in _OF_THE_LAST))


def _see(row: Row, source: str, day: date) -> None:
    grown = logic.add_day(_stretches(row["seen"].get(source, ())), day)
    row["seen"] = row["seen"] | {source: [[start.isoformat(), end.isoformat()] for start, end in grown]}


def _stretches(kept: Sequence[Sequence[str]]) -> list[Stretch]:
    return [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in kept]


def settle(row: Row, known: Known) -> list[Times]:
    """Puts into the row what follows from its days and the days of runs; the times that it was open."""
    seen = {source: _stretches(kept) for source, kept in row["seen"].items()}
    times = logic.open_periods(seen, known.runs, known.absent)
    row["first_day"], row["last_day"] = times[0].opened_on, times[-1].last_day
    row["days_seen"] = logic.days_in(seen)
    row["opened_on"], row["fixed_on"], row["reopened"] = times[-1].opened_on, times[-1].fixed_on, len(times) - 1
    row["state"] = logic.state_after(
        first_seen=row["first_day"], last_seen=row["last_day"], was_fixed=len(times) > 1, fixed_day=row["fixed_on"]
    ).value
    if row["reply"] == ReplyKind.FIXED:
        row["claim"] = logic.fix_claim_after(row["replied_on"], times).value
    return times
