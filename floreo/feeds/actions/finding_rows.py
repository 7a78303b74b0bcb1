"""Findings as plain rows: what a report adds to each, and what follows from all that is known of its days. Thousands at a
time, and the same whatever the order in which reports come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from floreo.core import clock
from floreo.feeds import logic, machines
from floreo.feeds.engine import formats
from floreo.feeds.engine.addresses import text_of
from floreo.feeds.logic import Stretch, Times
from floreo.feeds.models import Feed, Finding, FindingEnding, ReplyKind, Run
from floreo.feeds.pools import Pools

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
    return row["organisation_id"], row["unit"], row["kind"], row["port"]


@dataclass
class Known:
    """What states are computed from besides a finding's own days: when each source looked, and what people decided."""

    feeds: Mapping[int, Feed]
    endings: Endings
    pools: Pools
    sources: dict[str, logic.Source] = field(default_factory=dict)
    by_family: dict[str, dict[str, logic.Source]] = field(default_factory=lambda: {name: {} for name in logic.FAMILIES})
    nights: dict[int, dict[date, int]] = field(default_factory=dict)
    changes: dict[int, frozenset[date]] = field(default_factory=dict)

    @classmethod
    def now(cls, of: QuerySet[Finding] | None = None) -> Known:
        """`of`: for settling these findings and no others."""
        return cls({feed.pk: feed for feed in Feed.objects.all()}, Endings.active(clock.today(), of), Pools.now())

    def learn(self, rows: Iterable[Row]) -> None:
        """The looks of every source that those rows name, in a query or two."""
        self.learn_of({source for row in rows for source in row["seen"]})

    def learn_of(self, sources: Iterable[str]) -> None:
        by_code = {feed.code: feed for feed in self.feeds.values()}
        wanted: dict[tuple[int, str], str] = {}
        for source in set(sources) - self.sources.keys():
            code, _slash, report_type = source.partition("/")
            self.sources[source] = logic.Source()
            if code in by_code:
                wanted[by_code[code].pk, report_type] = source
        runs: dict[tuple[int, str], list[KnownRun]] = {one: [] for one in wanted}
        for part in _parts(sorted(wanted)):
            either = Q()
            for feed_id, report_type in part:
                either |= Q(feed_id=feed_id, report_type=report_type)
            for run in known_runs(Run.objects.filter(either)):
                runs[run.feed, run.report_type].append(run)
        for (feed_id, report_type), source in wanted.items():
            self.sources[source] = self._source(self.feeds[feed_id], report_type, runs[feed_id, report_type])
        for family, known in self.by_family.items():
            known.update({name: self.sources[name].of_family(family) for name in self.sources.keys() - known.keys()})

    def sources_for(self, address: str | None) -> Mapping[str, logic.Source]:
        """The looks that would have seen what is at this address."""
        return self.by_family.get(logic.family_of(address), self.sources)

    def count_again(self, feed: Feed, report_type: str) -> None:
        """Takes in what the source turned out to miss; its looks are as they were."""
        counts = Run.objects.counting().filter(feed=feed, report_type=report_type)
        sums = counts.aggregate(again=Sum("again"), missed=Sum("missed"))
        patience = _patience(feed, sums["again"] or 0, sums["missed"] or 0)
        name = source_of(feed, report_type)
        for sources in (self.sources, *self.by_family.values()):
            sources[name] = replace(sources[name], **patience)

    def _source(self, feed: Feed, report_type: str, runs: Sequence[KnownRun]) -> logic.Source:
        evidence, sends_empty = silence_of(feed, report_type)
        own = {run.day: run.night for run in runs}
        counting = [run for run in runs if not run.night.held]
        patience = _patience(feed, sum(run.again for run in counting), sum(run.missed for run in counting))
        nights = () if sends_empty else logic.full_nights(self.nights_of(feed))
        is_changes = logic.changes_only(own, self.changes_of(feed))
        looks = logic.looks_of(own, nights, is_changes=is_changes)
        blind = logic.blind_looks(own, nights, is_changes=is_changes)
        return logic.Source(looks, evidence, blind=blind, **patience)

    def nights_of(self, feed: Feed) -> dict[date, int]:
        """Of each day on which the feed brought something that counts, how many types came."""
        if feed.pk not in self.nights:
            rows = Run.objects.counting().filter(feed=feed).order_by().values("day").annotate(n=Count("pk"))
            self.nights[feed.pk] = {row["day"]: row["n"] for row in rows}
        return self.nights[feed.pk]

    def changes_of(self, feed: Feed) -> frozenset[date]:
        if feed.pk not in self.changes:
            self.changes[feed.pk] = days_of_changes(feed)
        return self.changes[feed.pk]


def _patience(feed: Feed, again: int, missed: int) -> dict[str, Any]:
    """For how many looks a source is waited for, now and of silences that began before the team asked for this number."""
    patience, certain = logic.patience_of(feed.absent_runs, again, missed)
    before = [(day, *logic.patience_of(asked, again, missed)) for day, asked in feed.asked_before()]
    return {"patience": patience, "certain": certain, "before": before}


def days_of_changes(feed: Feed) -> frozenset[date]:
    """The days on which its files held changes only, as was declared when they came."""
    runs = Run.objects.filter(feed=feed, holds=logic.Delivery.DIFFERENCE)
    return frozenset(runs.order_by().values_list("day", flat=True).distinct())


class KnownRun(NamedTuple):
    """A run as far as looks follow from it, without the cost of its row."""

    feed: int
    report_type: str
    day: date
    night: logic.Night
    again: int
    missed: int


def known_runs(rows: QuerySet[Run]) -> Iterator[KnownRun]:
    """By day."""
    columns = ("feed_id", "report_type", "day", "rows", "held", "accepted", "holds", "families", "again", "missed")
    for feed, report_type, day, number, held, accepted, holds, families, again, missed in (
        rows.order_by("day").values_list(*columns).iterator(chunk_size=5000)
    ):
        night = logic.Night(number, held, accepted, _DELIVERIES[holds], families)
        yield KnownRun(feed, report_type, day, night, again, missed)


_DELIVERIES = {each.value: each for each in logic.Delivery}


def silence_of(feed: Feed, report_type: str) -> tuple[logic.Evidence, bool]:
    """What the silence of a feed's type says, and whether a file of it comes when there is nothing. Where no format lists the
    type, it is what the team said of the feed."""
    known = formats.silence_of(feed.format, report_type)
    if known is None:
        return logic.Evidence(feed.evidence or logic.Evidence.LIST), True
    return logic.Evidence(known[0]), known[1] or feed.sends_empty


@dataclass(frozen=True)
class Endings:
    """What people and sources decided that holds today: of single findings, and of all that something fits."""

    single: dict[int, FindingEnding]
    scopes: Sequence[tuple[FindingEnding, IPv4Network | IPv6Network | None]]

    @classmethod
    def active(cls, today: date, of: QuerySet[Finding] | None = None) -> Endings:
        """`of`: those of these findings alone. Decisions about single findings may be thousands, and one more concerns one."""
        found = FindingEnding.objects.active(today).order_by("pk")
        if of is None:
            rows = list(found)
        else:
            rows = [*found.filter(finding=None), *found.filter(finding__in=of.order_by().values("pk"))]
        scopes = [(each, network_of(each.subject)) for each in rows if each.finding_id is None]
        return cls({each.finding_id: each for each in rows if each.finding_id is not None}, scopes)

    def add(self, ending: FindingEnding) -> None:
        """One of a single finding."""
        self.single[ending.finding_id or 0] = ending

    def remove(self, ending: FindingEnding) -> None:
        self.single.pop(ending.finding_id or 0, None)

    def of(self, row: Row) -> FindingEnding | None:
        """That of the finding itself first, then the newest that fits it."""
        if (own := self.single.get(row.get("id", 0))) is not None:
            return own
        return next((each for each, network in reversed(self.scopes) if fits(each, network, row)), None)


def network_of(subject: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(subject, strict=False) if subject else None
    except ValueError:
        return None


def fits(ending: FindingEnding, network: IPv4Network | IPv6Network | None, row: Row) -> bool:
    if ending.finding_kind and ending.finding_kind != row["kind"]:
        return False
    if ending.feed_id is not None and ending.feed_id != row["feed_id"]:
        return False
    if network is not None:
        return bool(row["ip"]) and ip_address(row["ip"]) in network
    return not ending.subject or ending.subject == row["subject"]


def proves_no_fix(row: Row, pools: Pools) -> bool:
    """Whether silence at the address says nothing of the machine: it makes up its addresses, or shares or loses this one, and nothing
    else identifies it."""
    if logic.wanders(row["ip"]):
        return True
    return not machines.is_known(row["unit"], row["subject"]) and pools.hold(row["ip"])


def _parts(wanted: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    return (wanted[at : at + 200] for at in range(0, len(wanted), 200))


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
        row["dropped"] = bool(rows.get("dropped"))
        row["ip"] = _ip_of(rows, row["subject"])
        is_network = "/" in row["subject"] and row["ip"] is not None  # whose address only shows whose the network is
        machine = machines.machine_of(rows.get("machine") or "")
        machine = machine or ("" if is_network else machines.network_of_machine(row["ip"]))
        row["unit"] = machine or row["subject"]
        row["first_seen"], row["last_seen"], row["times_seen"] = rows["first"], rows["last"], rows["times"]
        yield row


def _ip_of(rows: Row, subject: str) -> str | None:
    """The address of a row's subject; of a whole network one of its addresses, by which it was attributed."""
    if not (rows["ip_hi"] or rows["ip_lo"]):
        return None
    return text_of(rows["ip_hi"], rows["ip_lo"]) if "/" in subject else subject


def _text(value: Any, longest: int) -> str:
    return str(value or "").replace("\x00", "")[:longest]


def at_their_places(rows: Sequence[Row]) -> list[Row]:
    """The findings that are known already of the same problem, of the same machine or at the same address, whoever's; held until the
    transaction ends."""
    subjects = {row["subject"] for row in rows}
    found = {row["id"]: row for row in _asked("unit", {row["unit"] for row in rows} | subjects)}
    machines_there: set[int] = set()  # whose machine has not been asked for, at addresses that have
    for part in _asked_parts(sorted(subjects)):
        others = Finding.objects.filter(subject__in=part).exclude(unit=F("subject"))
        machines_there |= set(others.order_by().values_list("pk", flat=True))
    for part in _asked_parts(sorted(machines_there - found.keys())):
        found |= {row["id"]: row for row in plain(Finding.objects.select_for_update().filter(pk__in=part))}
    return list(found.values())


def _asked_parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _ASKED_AT_ONCE] for start in range(0, len(values), _ASKED_AT_ONCE))


def _asked(name: str, values: set[str]) -> Iterator[Row]:
    for part in _asked_parts(sorted(values)):
        yield from plain(Finding.objects.select_for_update().filter(**{f"{name}__in": part}))


def stored(identities: Iterable[Identity]) -> dict[Identity, Row]:
    """The findings that are known already, held until the transaction ends."""
    wanted = set(identities)
    rows = _asked("unit", {unit for _body, unit, _kind, _port in wanted})
    return {identity(row): row for row in rows if identity(row) in wanted}


def merge(row: Row, rows: Row, *, feed: Feed, report_type: str, day: date, feeds: Mapping[int, Feed]) -> None:
    """Adds what one report says to a finding."""
    source = source_of(feed, report_type)
    row["first_seen"] = min(row["first_seen"], rows["first_seen"])
    row["last_seen"] = max(row["last_seen"], rows["last_seen"])
    row["times_seen"] += rows["times_seen"]
    if row["unit"] != rows["subject"]:  # a machine, which may be elsewhere now
        machines.add_address(row, rows["subject"], day)
    was = (row["last_day"], source_of(feeds[row["feed_id"]], row["report_type"]), *_rank_of(row))
    if (day, source, *_rank_of(rows)) > was:
        row.update({name: rows[name] for name in ("severity_rank", "dropped", "subject", "ip", *_OF_THE_LAST)})
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
        "observed": "",
        "ending_id": None,
        "opened_on": None,
        "fixed_on": None,
        "reopened": 0,
        "moved_on": None,
        "moved_from_id": None,
        "addresses": {},
    }
    if row["unit"] != row["subject"]:
        machines.add_address(row, row["subject"], day)
    _see(row, source_of(feed, report_type), day)
    return row


def _rank_of(row: Row) -> tuple[Any, ...]:
    return (not row["dropped"], -row["severity_rank"], *(row[name] for name in _OF_THE_LAST), row["subject"])


def see_again(row: Row, source: str, day: date) -> None:
    """A day that was taken back counts after all."""
    _see(row, source, day)


def _see(row: Row, source: str, day: date) -> None:
    grown = logic.add_day(_stretches(row["seen"].get(source, ())), day)
    row["seen"] = row["seen"] | {source: [[start.isoformat(), end.isoformat()] for start, end in grown]}


def _stretches(kept: Sequence[Sequence[str]]) -> list[Stretch]:
    return [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in kept]


def take_back(row: Row, source: str, day: date) -> None:
    """Its source says that it had not seen it on that day."""
    left = logic.remove_day(_stretches(row["seen"].get(source, ())), day)
    rest = {name: days for name, days in row["seen"].items() if name != source}
    row["seen"] = rest | ({source: [[a.isoformat(), b.isoformat()] for a, b in left]} if left else {})


def was_seen(row: Row, source: str, day: date) -> bool:
    return any(start <= day.isoformat() <= end for start, end in row["seen"].get(source, ()))


def settle(row: Row, known: Known) -> list[Times]:
    """Puts into the row what follows from its days, the days of looks and what was decided; the times that it was open."""
    seen = {source: _stretches(kept) for source, kept in row["seen"].items()}
    ending = known.endings.of(row)
    if not seen:  # all that was seen of it was taken back
        row["observed"] = row["state"] = logic.State.WITHDRAWN.value
        row["ending_id"] = ending.pk if ending else None
        row["fixed_on"], row["first_day"] = None, row.get("first_day") or row["last_day"]
        row["opened_on"], row["days_seen"] = row["opened_on"] or row["last_day"], 0
        return []
    times = logic.open_periods(seen, known.sources_for(row["ip"]), wanders=proves_no_fix(row, known.pools))
    last = times[-1]
    row["first_day"], row["last_day"] = times[0].opened_on, last.last_day
    row["days_seen"] = logic.days_in(seen)
    row["opened_on"], row["fixed_on"], row["reopened"] = last.opened_on, last.fixed_on, len(times) - 1
    observed = logic.state_after(
        first_seen=row["first_day"], last_seen=row["last_day"], was_ended=len(times) > 1, ending=last.ending
    )
    if ending is not None and ending.kind == logic.State.WITHDRAWN:
        ending = None  # it was seen after all
    row["observed"], row["ending_id"] = observed.value, ending.pk if ending else None
    row["state"] = _decided(observed, ending, dropped=row["dropped"]).value
    if ending is not None and ending.is_of_the_register:
        row["fixed_on"] = None
        made_on = ending.made_on
        times[-1] = replace(last, ended_on=made_on, shown_on=made_on, ending=logic.State.OUTSIDE)
    if row["reply"] == ReplyKind.FIXED:
        row["claim"] = logic.fix_claim_after(row["replied_on"], times).value
    return times


def _decided(observed: logic.State, ending: FindingEnding | None, *, dropped: bool) -> logic.State:
    """Decisions are about what is still seen; that the register attributes it to nobody holds whatever is seen."""
    if ending is not None and (observed in logic.OPEN_STATES or ending.is_of_the_register):
        return logic.State(ending.kind)
    return logic.State.DROPPED if dropped and observed in logic.OPEN_STATES else observed
