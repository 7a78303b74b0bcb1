"""A year of a small country's findings with a truth that is known, reported by files as sources send them; and whether each published
figure lies within its band. Made from a seed, without a database: what is asked is `feeds/logic.py` and
`core/durations.py`, which are what the program asks.

    python -m benchmarks.feeds.year [--seed 1] [--machines 600]

Each source has machines of its own. Half of them are fixed after a day and an exponential time of 14 days in the mean, three in ten
after one of 90 days, and two in ten never. What goes wrong: a scanner that misses three in ten, another that misses one in fifty, files of changes on all
days but Sundays, four weeks without a file, nights that collapse, types that do not come when there is nothing, sightings that are
silent for days, machines with a new address each week, and a tenth of all findings that the team calls false alarms."""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from floreo.core.durations import Survival, survival_of
from floreo.feeds import logic
from floreo.feeds.logic import Evidence, Night, Stretch
from floreo.feeds.spans import WITHIN, span_of

FIRST = date(2026, 1, 5)
DAYS = 365
LAST = FIRST + timedelta(days=DAYS - 1)
QUICK, SLOW = (0.5, 14.0), (0.3, 90.0)  # share, mean days


@dataclass(frozen=True)
class SourceKind:
    """How a source sends, and what goes wrong with it."""

    name: str
    misses: float = 0.0  # of what is there, a night
    whole_on: int | None = None  # weekday of whole files
    silent: tuple[int, int] = (0, 0)  # days without any file
    collapses: tuple[int, ...] = ()  # days on which a tenth of the rows comes
    evidence: Evidence = Evidence.SCAN
    moves: bool = False  # its machines have a new address each week


SOURCES = (
    SourceKind("A scan that misses one in fifty", misses=0.02, collapses=(90, 91, 92, 200)),
    SourceKind("A scan that misses three in ten", misses=0.3),
    SourceKind("Files of changes, everything on Sundays", whole_on=6),
    SourceKind("Four weeks without a file", silent=(150, 178)),
    SourceKind("Machines with a new address each week", moves=True),
    SourceKind("A sinkhole that is called now and then", misses=0.8, evidence=Evidence.SIGHTING),
)


@dataclass
class Machine:
    """One problem: there from a day on, for so many days (None: for good)."""

    begins: int
    lasts: float | None
    seen: list[date] = field(default_factory=list)

    def is_there(self, number: int) -> bool:
        return self.begins <= number and (self.lasts is None or number < self.begins + self.lasts)


@dataclass(frozen=True)
class Told:
    """What is published of one source, beside what is so."""

    source: SourceKind
    survival: Survival
    truth: tuple[float, ...]  # share fixed within each of WITHIN
    true_open: int
    shown_open: int  # by what files show, whatever the team says
    not_seen: int
    false_alarms: int

    def rows(self) -> Iterator[tuple[int, float, float | None, float, float, int]]:
        """(days, truth, published, low, high, at risk)."""
        for days, truth in zip(WITHIN, self.truth, strict=True):
            share = self.survival.ended_by(days)
            yield days, truth, share.shown, share.low, share.high, share.at_risk

    @property
    def holds(self) -> bool:
        return all(low <= truth <= high for _days, truth, _shown, low, high, _n in self.rows())


def truth_within(days: int) -> float:
    """The share of all that is fixed so soon."""
    return sum(share * (1 - math.exp(-(days - 1) / mean)) for share, mean in (QUICK, SLOW))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def year(seed: int = 1, machines: int = 600) -> list[Told]:
    """One line a source."""
    return [_told(source, random.Random(f"{seed} {source.name}"), machines) for source in SOURCES]


def lasting(chance: random.Random) -> float | None:
    throw = chance.random()
    for share, mean in (QUICK, SLOW):
        if throw < share:
            return 1 + chance.expovariate(1 / mean)
        throw -= share
    return None


def _told(source: SourceKind, chance: random.Random, number: int) -> Told:
    machines = [Machine(chance.randrange(DAYS), lasting(chance)) for _n in range(number)]
    own = _nights(source, machines, chance)
    truth = tuple(truth_within(days) for days in WITHIN)
    found = [stretches for machine in machines for stretches in _findings(source, machine, chance)]
    nights = dict.fromkeys(own, 9)  # other types of that feed came too
    nights |= {day(n): 9 for n in range(DAYS) if not source.silent[0] <= n < source.silent[1]}
    declared = [] if source.whole_on is None else [each for each in nights if each.weekday() != source.whole_on]
    is_changes = logic.changes_only(own, declared)
    looks = logic.looks_of(own, logic.full_nights(nights), is_changes=is_changes)
    patience, certain = logic.patience_of(3, *_missed(found, looks))
    known = {"x": logic.Source(looks, source.evidence, patience, certain)}
    told = [logic.open_periods({"x": each}, known, wanders=source.moves) for each in found]
    periods = [(times, periods[-1].last_day) for periods in told for times in periods]
    spans = [span_of(times, last_day=last, until=LAST, last_look=looks[-1]) for times, last in periods]
    scans = spans if source.evidence is Evidence.SCAN and not source.moves else []  # of the others silence shows no fix
    return Told(
        source,
        survival_of(scans),
        truth,
        sum(machine.is_there(DAYS - 1) for machine in machines),
        sum(times.shown_on is None for times, _last in periods),
        sum(times.ending is logic.State.NOT_SEEN for times, _last in periods),
        sum(chance.random() < 0.1 for _each in found),
    )


def _nights(source: SourceKind, machines: Sequence[Machine], chance: random.Random) -> dict[date, Night]:
    """The files of a type: what each names, and what the program holds for a person."""
    own: dict[date, Night] = {}
    sunday: set[int] = set()
    counted: list[int] = []
    for number in range(DAYS):
        if source.silent[0] <= number < source.silent[1]:
            continue
        here = [n for n, one in enumerate(machines) if one.is_there(number) and chance.random() >= source.misses]
        if number in source.collapses:
            here = here[::10]
        is_whole = source.whole_on is None or day(number).weekday() == source.whole_on
        named = here if is_whole else [n for n in here if n not in sunday]
        sunday = set(here) if is_whole else sunday
        if not named:
            continue  # a type without a row does not come
        for n in named:
            machines[n].seen.append(day(number))
        is_held = source.whole_on is None and bool(logic.odd(len(named), counted[-logic.NIGHTS :][::-1]))
        holds = logic.Delivery.WHOLE if is_whole else logic.Delivery.DIFFERENCE
        own[day(number)] = Night(len(named), "fewer" if is_held else "", holds=holds)
        counted += [] if is_held else [len(named)]
    return own


def _findings(source: SourceKind, machine: Machine, chance: random.Random) -> Iterator[list[Stretch]]:
    """What one machine looks like: a finding, or one an address."""
    if not machine.seen:
        return
    days: dict[int, list[date]] = {}
    for seen in machine.seen:
        days.setdefault((seen - FIRST).days // 7 if source.moves else 0, []).append(seen)
    for group in days.values():
        stretches: list[Stretch] = []
        for seen in group:
            stretches = logic.add_day(stretches, seen)
        yield stretches


def _missed(found: Sequence[Sequence[Stretch]], looks: Sequence[date]) -> tuple[int, int]:
    """Of three looks in a row: how often a finding was seen by all, and how often not by the middle one."""
    again = missed = 0
    for stretches in found:
        seen = [any(start <= look <= end for start, end in stretches) for look in looks]
        for (first, middle), (_middle, last) in pairwise(pairwise(seen)):
            again += first and middle and last
            missed += first and last and not middle
    return again, missed


def table(told: Sequence[Told]) -> str:
    """As Markdown."""
    lines = ["| source | within | truth | published | band of 95 % | at risk |", "|---|--:|--:|--:|--:|--:|"]
    for one in told:
        for days, truth, shown, low, high, at_risk in one.rows() if one.survival.count else ():
            published = "not known yet" if shown is None else f"{shown:.0%}"
            lines.append(
                f"| {one.source.name} | {days} days | {truth:.0%} | {published} | {low:.0%} to {high:.0%} | {at_risk} |"
            )
    lines += ["", "| source | still there | open by what files show | not seen any more | called false alarms |"]
    lines += ["|---|--:|--:|--:|--:|"]
    for one in told:
        lines.append(
            f"| {one.source.name} | {one.true_open} | {one.shown_open} | {one.not_seen} | {one.false_alarms} |"
        )
    return "\n".join(lines)


def main() -> None:
    asked = argparse.ArgumentParser(description="A simulated year of findings with a known truth.")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--machines", type=int, default=600)
    given = asked.parse_args()
    print(table(year(given.seed, given.machines)))


if __name__ == "__main__":
    main()
