"""The single points of failure of the register as it is, kept for values, so that no page and no report calculates them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, is_running
from floreo.core.writing import assign, save
from floreo.infrastructure import cascade
from floreo.infrastructure.cascade import Bounds, SinglePoint
from floreo.infrastructure.models import SinglePointsResult
from floreo.infrastructure.queries import (
    SINGLE_POINT_HOURS,
    Register,
    as_rows,
    digest_of,
    is_large,
    newest_result,
    points_of,
    the_register,
)


def calculate_single_points(*, by: Actor) -> SinglePointsResult | None:
    """Calculates them when the register is not as it was at the last result; called by the worker, and after a pack was loaded. A large
    register is left to the worker, since nothing else is written while a pack loads. None where no service was ever in the register."""
    last = newest_result()
    register = the_register()
    if not register.services and last is None:
        return None
    digest = digest_of(register)
    if last is not None and last.register_sha256 == digest:
        return last
    if is_running() and is_large(register):
        return last
    found = points_of(register, SINGLE_POINT_HOURS)
    rows = as_rows(found)
    people = _behind_the_first(register, found)
    facts = {
        "hours": SINGLE_POINT_HOURS,
        "register_sha256": digest,
        "services": len(register.services),
        "dependencies": len(register.dependencies),
        "unknown": len(register.unknown),
        "number": len(rows),
        "least": people.least if people else None,
        "most": people.most if people else None,
        "points": rows,
    }
    return save_single_points(by=by, facts=facts)


def _behind_the_first(register: Register, points: Sequence[SinglePoint]) -> Bounds | None:
    """People without at least one service at the end, when the first of those that hit another fails alone."""
    first = next((each for each in points if each.hit), None)
    if first is None:
        return None
    failed = cascade.run(register.graph, [cascade.Failure(first.service)], SINGLE_POINT_HOURS)
    people = failed.people.at(SINGLE_POINT_HOURS)
    return people if people.most else None


@action("single_points.calculated", needs=Permission.CASCADE_RUN, quiet=True)
def save_single_points(*, by: Actor, facts: dict[str, Any]) -> SinglePointsResult:
    """Saves a result as that of today; an earlier one of the same day is replaced."""
    today = clock.today()
    result = SinglePointsResult.objects.filter(on=today).first() or SinglePointsResult(on=today)
    assign(result, facts)
    return save(result)
