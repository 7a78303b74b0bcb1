"""Who waits for their step of a stepped start, and what it shows so far. Reads only; `actions/stepped.py` writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from floreo.core.comparison import FEWEST, Arm, Cell, Comparison, arm, compare
from floreo.feeds import logic
from floreo.feeds.models import (
    Feed,
    Finding,
    FindingState,
    OpenPeriod,
    Severity,
    SteppedPlace,
    SteppedStart,
    SteppedState,
)
from floreo.organisations.models import Organisation
from floreo.organisations.queries import successors

URGENT = (Severity.CRITICAL, Severity.HIGH)  # never waits


def is_urgent(severity: str) -> bool:
    return severity in URGENT


def waiting_until(today: date) -> dict[tuple[int, str], date]:
    """Until when notices of a kind wait for an organisation (its successor): (organisation, kind) -> the day of its step."""
    rows = SteppedPlace.objects.filter(start__state=SteppedState.AGREED, begins_on__gt=today)
    after = successors()
    return {
        (after.get(organisation, organisation), kind): day
        for organisation, kind, day in rows.values_list("organisation_id", "start__kind", "begins_on")
    }


def order_of(seed: str, codes: Iterable[str]) -> list[str]:
    """The order that a seed gives, for anybody to make again: by the SHA-256 of the seed, a colon and the code."""
    return sorted(codes, key=lambda code: sha256(f"{seed}:{code}".encode()).hexdigest())


def steps_of(order: Sequence[str], steps: int) -> dict[str, int]:
    """Each in the order with its step, from 1; no step has more than one more than another."""
    return {code: 1 + place * steps // len(order) for place, code in enumerate(order)}


def eligible(kind: str) -> list[Organisation]:
    """Those with open findings of the kind that are not urgent, who were never notified of any of the kind."""
    after = successors()
    rows = Finding.objects.filter(kind=kind).order_by()
    notified = {after.get(pk, pk) for pk in rows.exclude(notified_on=None).values_list("organisation_id", flat=True)}
    has = rows.filter(state__in=logic.OPEN_STATES).exclude(severity__in=URGENT)
    ids = {after.get(pk, pk) for pk in has.values_list("organisation_id", flat=True)} - notified
    return list(Organisation.objects.filter(pk__in=ids, merged_into=None).order_by("name", "pk"))


def kinds() -> dict[str, int]:
    """The kinds of which notices can begin in steps, with how many organisations would take part; the largest first."""
    after, has, notified = successors(), defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    rows = Finding.objects.order_by().values_list("kind", "organisation_id").distinct()
    for kind, of in rows.filter(state__in=logic.OPEN_STATES).exclude(severity__in=URGENT):
        has[kind].add(after.get(of, of))
    for kind, of in rows.exclude(notified_on=None):
        notified[kind].add(after.get(of, of))
    counts = {kind: len(bodies - notified[kind]) for kind, bodies in has.items()}
    return {kind: counts[kind] for kind in sorted(counts, key=lambda k: (-counts[k], k)) if counts[kind] >= FEWEST}


@dataclass(frozen=True)
class StepResult:
    """One step: from when to when, and both sides of it."""

    step: int
    start: date
    end: date
    begun: Arm
    waiting: Arm

    @property
    def has_both(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.begun.count and self.waiting.count)


@dataclass(frozen=True)
class Compared:
    """A finding that was open at the start of a step."""

    finding: int
    open_at: date
    is_fixed: bool


@dataclass(frozen=True)
class Result:
    """What a start shows as known on a day: each step that is over, and all of them together."""

    steps: tuple[StepResult, ...]
    comparison: Comparison
    notified: tuple[Compared, ...]  # that the comparison counts on the side of those who had been notified


def result_of(start: SteppedStart, until: date) -> Result:
    """What scans showed by that day. Of each step that is over: the findings open at its start, and which of them were fixed by its
    end. What ended otherwise within it (moved to another holder, withdrawn) is on neither side."""
    places, cells = _places(start), dict[tuple[int, int], list[int]]()
    notified: dict[int, list[Compared]] = defaultdict(list)
    periods = _periods(start, set(places))
    windows = [(n, start.begins(n), start.begins(n + 1)) for n in range(1, start.steps)]
    over = [window for window in windows if window[2] <= min(until, start.compared_until)]
    for step, first, last in over:
        for organisation, finding, opened_on, ended_on, shown_on, ending in periods:
            gone_on = ended_on if ended_on is not None and shown_on is not None and shown_on <= until else None
            is_gone = gone_on is not None and gone_on <= last
            if opened_on > first or (gone_on is not None and gone_on <= first):
                continue
            if is_gone and ending != FindingState.FIXED:
                continue
            at = cells.setdefault((organisation, step), [0, 0])
            at[0] += 1
            at[1] += is_gone
            if places[organisation] <= step:
                notified[step].append(Compared(finding, first, is_gone))
    rows = [
        Cell(organisation, step, places[organisation] <= step, count, fixed)
        for (organisation, step), (count, fixed) in cells.items()
    ]
    steps = tuple(_step(rows, *window) for window in over)
    compared = [each for step in steps if step.has_both for each in notified[step.step]]
    return Result(steps, compare(rows), tuple(compared))


def _step(rows: Sequence[Cell], step: int, first: date, last: date) -> StepResult:
    own = [row for row in rows if row.step == step]
    return StepResult(step, first, last, arm(own, has_begun=True), arm(own, has_begun=False))


def _places(start: SteppedStart) -> Mapping[int, int]:
    """The step of each organisation, by who carries on its work."""
    after = successors()
    rows = start.places.values_list("organisation_id", "step")
    return {after.get(organisation, organisation): step for organisation, step in rows}


Row = tuple[int, int, date, date | None, date | None, str]


def _periods(start: SteppedStart, organisations: set[int]) -> list[Row]:
    """The times that findings of these organisations were open of which a scan's silence can show the end."""
    from floreo.feeds.actions.finding_rows import silence_of  # late: it loads the store of events

    after, feeds, known = successors(), Feed.objects.in_bulk(), dict[tuple[int, str], bool]()
    rows = OpenPeriod.objects.filter(finding__kind=start.kind, opened_on__lt=start.compared_until)
    rows = rows.exclude(finding__severity__in=URGENT).order_by("opened_on", "pk")
    columns = ("finding__organisation_id", "finding_id", "finding__feed_id", "finding__report_type", "finding__ip")
    found = defaultdict[int, list[Row]](list)
    for of, pk, feed, report_type, ip, *days in rows.values_list(
        *columns, "opened_on", "ended_on", "shown_on", "ending"
    ):
        if (feed, report_type) not in known:
            known[feed, report_type] = silence_of(feeds[feed], report_type)[0] is logic.Evidence.SCAN
        owner = after.get(of, of)
        if owner in organisations and known[feed, report_type] and not logic.wanders(ip):
            opened_on, ended_on, shown_on, ending = days
            found[owner].append((owner, pk, opened_on, ended_on, shown_on, ending))
    return [row for rows in found.values() for row in rows]
