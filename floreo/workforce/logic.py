"""Gaps between people needed and people in post, what of them the public may see, and how long an entry of the catalogue counts as
confirmed. Plain Python, no Django."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from floreo.core.suppression import Table, suppressed_table

MONTHS_CONFIRMED = 12  # after that, nobody vouches for an entry any more
LEAST_BODIES = 3  # organisations behind a public row: of two, each would know the other
SEVERAL = "several"  # the row of those sectors that may not be shown alone

Group = TypeVar("Group", bound=Hashable)


# --- Gaps ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """One answer: whose (an organisation, or a whole sector where `body` is None), which role, how many, and when."""

    body: int | None
    sector: str
    role: int
    needed: int
    in_post: int
    as_of: date
    number: int = 0  # of the row, so that of two on one day the later one counts

    @property
    def filled(self) -> int:
        """Posts that are needed and filled: more people than needed in one place fill no post in another."""
        return min(self.needed, self.in_post)

    @property
    def gap(self) -> int:
        return self.needed - self.filled


def latest(needs: Iterable[Need], *, until: date | None = None) -> list[Need]:
    """Of each organisation (or whole sector) and role the newest answer that was known at `until`. An organisation is in one sector: that
    of its newest answer."""
    newest: dict[tuple[int | None, str, int], Need] = {}
    home: dict[int, Need] = {}
    for need in needs:
        if until is not None and need.as_of > until:
            continue
        key = (need.body, "" if need.body is not None else need.sector, need.role)
        if _is_newer(need, newest.get(key)):
            newest[key] = need
        if need.body is not None and _is_newer(need, home.get(need.body)):
            home[need.body] = need
    found = [n if n.body is None else replace(n, sector=home[n.body].sector) for n in newest.values()]
    return sorted(found, key=lambda n: (n.sector, n.body or 0, n.role))


def _is_newer(need: Need, held: Need | None) -> bool:
    return held is None or (need.as_of, need.number) > (held.as_of, held.number)


def counted_once(needs: Iterable[Need]) -> list[Need]:
    """Without the answers of organisations for a role of which their whole sector was estimated: the estimate holds them already."""
    rows = list(needs)
    whole = {(n.sector, n.role) for n in rows if n.body is None}
    return [n for n in rows if n.body is None or (n.sector, n.role) not in whole]


@dataclass(frozen=True)
class Gap(Generic[Group]):
    """What is needed, filled and missing of one group and role."""

    group: Group
    role: int
    needed: int
    in_post: int
    filled: int

    @property
    def missing(self) -> int:
        return self.needed - self.filled


def gaps(needs: Iterable[tuple[Group, Need]]) -> list[Gap[Group]]:
    """The sums of each group and role, in the order in which groups came first."""
    sums: dict[tuple[Group, int], list[int]] = {}
    for group, need in needs:
        held = sums.setdefault((group, need.role), [0, 0, 0])
        held[0] += need.needed
        held[1] += need.in_post
        held[2] += need.filled
    return [Gap(group, role, needed, in_post, filled) for (group, role), (needed, in_post, filled) in sums.items()]


# --- What the public sees -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """Filled and missing posts by sector, as they may be shown. Each row is one sector, or SEVERAL."""

    rows: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()  # the sectors within SEVERAL
    table: Table | None = None
    bodies: int = 0

    @property
    def is_withheld(self) -> bool:
        return self.table is None or self.table.total is None


def published(needs: Iterable[Need], *, least: int = LEAST_BODIES) -> Published:
    """By sector, never by organisation: sectors with fewer than `least` organisations are put together into one row, with the next
    larger one where those are still too few; and no number is shown, or can be computed, that is small (core/suppression). An estimate
    of a whole sector says nothing of one organisation: it is shown alone, and hides no other sector."""
    rows = counted_once(needs)
    bodies: dict[str, set[int]] = defaultdict(set)
    for need in rows:
        if need.body is not None:
            bodies[need.sector].add(need.body)
    merged = together({sector: len(bodies[sector]) for sector in sorted(bodies)}, least=least) if bodies else ()
    if merged is None:  # all organisations together are too few: what is left are estimates
        rows, bodies, merged = [need for need in rows if need.body is None], defaultdict(set), ()
    if not rows:
        return Published()
    names = sorted({need.sector for need in rows} - set(merged)) + ([SEVERAL] if merged else [])
    sums = {name: [0, 0] for name in names}
    for need in rows:
        held = sums[SEVERAL if need.sector in merged else need.sector]
        held[0] += need.filled
        held[1] += need.gap
    table = suppressed_table([sums[name] for name in names])
    return Published(tuple(names), merged, table, len(set().union(*bodies.values())) if bodies else 0)


def together(sizes: Mapping[str, int], *, least: int = LEAST_BODIES) -> tuple[str, ...] | None:
    """The sectors that share one row so that every row has `least` organisations; none where each has. None where even all of them
    together are too few."""
    small = [sector for sector, size in sizes.items() if size < least]
    if not small:
        return () if sizes else None
    larger = sorted((sector for sector in sizes if sector not in small), key=lambda s: (sizes[s], s))
    while sum(sizes[sector] for sector in small) < least:
        if not larger:
            return None
        small.append(larger.pop(0))
    return tuple(sorted(small))


# --- The catalogue ------------------------------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def is_confirmed(checked_on: date | None, today: date) -> bool:
    """Whether somebody said within twelve months that the entry is right."""
    return checked_on is not None and today < months_later(checked_on, MONTHS_CONFIRMED)


@dataclass(frozen=True)
class CourseDay:
    """One date on which a course begins, and how many can come."""

    starts_on: date
    seats: int | None = None


def share_of(needs: Sequence[Need]) -> tuple[int, int]:
    """Posts filled, and posts needed."""
    return sum(n.filled for n in needs), sum(n.needed for n in needs)
