"""Rules of services, their designation and their plans: states, scores, days. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MOST_HOURS = 24 * 365  # of a dependency, a fallback or a recovery target


class ServiceState(StrEnum):
    PROPOSED = "proposed"  # by its operator; nobody of the team has reviewed it
    CURRENT = "current"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """How far the designation of a service is. Only the decision makes it designated."""

    PROPOSED = "proposed"
    HEARING = "hearing"
    DESIGNATED = "designated"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# What may follow. A review that confirms leaves a service designated.
NEXT: Mapping[Stage, frozenset[Stage]] = {
    Stage.PROPOSED: frozenset({Stage.HEARING, Stage.DECLINED}),
    Stage.HEARING: frozenset({Stage.DESIGNATED, Stage.DECLINED}),
    Stage.DESIGNATED: frozenset({Stage.WITHDRAWN}),
    Stage.DECLINED: frozenset(),
    Stage.WITHDRAWN: frozenset(),
}
OPEN_STAGES = frozenset({Stage.PROPOSED, Stage.HEARING})


def may_follow(now: Stage, then: Stage) -> bool:
    return then in NEXT[now]


@dataclass(frozen=True)
class Scored:
    """What one criterion adds: its weight, its most points, and the points given; None where nobody has scored it."""

    weight: int
    most: int
    points: int | None


def score_of(rows: Iterable[Scored]) -> Decimal | None:
    """Share of the points that could be given, weighted, in per cent with one decimal. None while a criterion has no points: half a
    scoring says nothing."""
    given = list(rows)
    most = sum(each.weight * each.most for each in given)
    if not most or any(each.points is None for each in given):
        return None
    reached = sum(each.weight * (each.points or 0) for each in given)
    return (Decimal(reached) * 100 / Decimal(most)).quantize(Decimal("0.1"))


class PlanState(StrEnum):
    """The state of a recovery plan on a day."""

    NEVER_TESTED = "never_tested"
    OVERDUE = "overdue"  # the day of its next test has passed
    FAILED = "failed"  # its last test failed, and no later one has passed
    TESTED = "tested"


def plan_state(last_test: date | None, next_test: date | None, today: date, *, passed: bool) -> PlanState:
    if last_test is None:
        return PlanState.NEVER_TESTED
    if not passed:
        return PlanState.FAILED
    return PlanState.OVERDUE if next_test is not None and next_test < today else PlanState.TESTED


# --- Numbers of people that may be published ----------------------------------------------------------------------


def _step(number: int) -> int:
    """What one unit of the second digit is worth; ten at least, so that the last digit is never shown."""
    return int(10 ** max(len(str(number)) - 2, 1))


def rounded_down(number: int) -> int:
    """To two digits, never more than the number: 78,412 is 78,000."""
    return number // _step(number) * _step(number)


def rounded_up(number: int) -> int:
    """To two digits, never less than the number: 78,412 is 79,000."""
    return -(-number // _step(number)) * _step(number)
