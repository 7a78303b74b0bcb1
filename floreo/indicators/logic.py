"""Figures in plain Python: directions, targets, and how a reading compares with its target. What a reading is made of is in
core.figures and can be had from here too. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from floreo.core.figures import (
    SMALL,
    Direction,
    Filters,
    Frequency,
    Group,
    MeasureFunction,
    Period,
    Reading,
    RecordRef,
    following,
    is_small,
    median,
    period_of,
    periods_between,
    previous,
    share,
    shown,
)


@dataclass(frozen=True)
class Target:
    value: Decimal
    due: date | None


class Outlook(StrEnum):
    """How a figure compares with its target."""

    REACHED = "reached"
    WITHIN = "within"  # of what should be low: not above its limit so far, whatever the days to come bring
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    MISSED = "missed"
    UNKNOWN = "unknown"  # no target, or no reading


def is_reached(value: Decimal, target: Decimal, direction: Direction) -> bool:
    return value >= target if direction is Direction.UP else value <= target


def expected_by(day: date, *, baseline: Decimal, baseline_on: date, target: Target) -> Decimal:
    """Where a straight line from baseline to target is on `day`. A framework, not a forecast."""
    if target.due is None or target.due <= baseline_on or day >= target.due:
        return target.value
    elapsed = Decimal((day - baseline_on).days) / Decimal((target.due - baseline_on).days)
    return baseline + (target.value - baseline) * max(elapsed, Decimal(0))


def outlook(
    *,
    value: Decimal | None,
    on: date | None,
    target: Target | None,
    direction: Direction,
    baseline: Decimal | None = None,
    baseline_on: date | None = None,
) -> Outlook:
    """Reached; else missed once the target's date has passed; else on track when on or above the straight line from the
    baseline (with no baseline: at risk until reached). What should be low is within its limit until the target's date, and
    reached on it only where it came down from its baseline: what rose, or what nobody measured before, never is."""
    if value is None or on is None or target is None:
        return Outlook.UNKNOWN
    if is_reached(value, target.value, direction):
        if direction is Direction.UP:
            return Outlook.REACHED
        came_down = baseline is not None and value < baseline
        is_settled = target.due is not None and on >= target.due
        return Outlook.REACHED if is_settled and came_down else Outlook.WITHIN
    if target.due is not None and on >= target.due:
        return Outlook.MISSED
    if baseline is None or baseline_on is None or target.due is None:
        return Outlook.AT_RISK
    line = expected_by(on, baseline=baseline, baseline_on=baseline_on, target=target)
    return Outlook.ON_TRACK if is_reached(value, line, direction) else Outlook.AT_RISK


class Move(StrEnum):
    """Which way a figure went, whatever is better."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


def outlooks_counted(found: Iterable[Outlook]) -> dict[Outlook, int]:
    """How many of each, zeros included, best first."""
    counts = dict.fromkeys(Outlook, 0)
    for each in found:
        counts[each] += 1
    return counts


def move(now: Decimal, before: Decimal) -> Move:
    if now == before:
        return Move.SAME
    return Move.UP if now > before else Move.DOWN


def _is_safe(group: Group) -> bool:
    return not any(is_small(n) for n in (group.numerator, group.denominator, group.denominator - group.numerator))


def safe_groups(groups: Sequence[Group], *, others: str) -> tuple[Group, ...]:
    """Groups of people as the public may see them: small ones are shown together under `others`, with as many larger
    ones as it takes so that nobody can be worked out from the total. Empty when nothing is left to distinguish."""
    safe = sorted((g for g in groups if _is_safe(g)), key=lambda g: g.denominator)
    small = [g for g in groups if not _is_safe(g)]
    if not small:
        return tuple(groups)

    def together() -> Group:
        return Group(others, sum(g.numerator for g in small), sum(g.denominator for g in small))

    while safe and (len(small) < 2 or not _is_safe(together())):
        small.append(safe.pop(0))
    if not safe:
        return ()
    return (*(g for g in groups if g in safe), together())


__all__ = [
    "SMALL",
    "Direction",
    "Filters",
    "Frequency",
    "Group",
    "MeasureFunction",
    "Move",
    "Outlook",
    "Period",
    "Reading",
    "RecordRef",
    "Target",
    "expected_by",
    "following",
    "is_reached",
    "is_small",
    "median",
    "move",
    "outlook",
    "outlooks_counted",
    "period_of",
    "periods_between",
    "previous",
    "safe_groups",
    "share",
    "shown",
]
