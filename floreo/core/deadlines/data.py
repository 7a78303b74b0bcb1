"""Rules as they are in a pack, and clocks as they are kept beside a case: plain values that JSON and TOML can hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from floreo.core.deadlines.engine import Clock
from floreo.core.deadlines.rules import (
    Amount,
    Condition,
    Kind,
    Origin,
    Party,
    Rule,
    Target,
    Unit,
    Which,
    WhileOngoing,
)

_KEYS = frozenset(
    {"origin", "period", "met_by", "when", "unless", "pauses", "moves_to_working_day", "while_ongoing", "soon_hours"}
)


def rule_of(
    data: Mapping[str, Any],
    *,
    code: str,
    titles: Mapping[str, str],
    holds_from: date,
    version: str = "1",
    law: Mapping[str, str] | None = None,
    section: str = "",
    source: str = "",
    is_example: bool = False,
    is_ours: bool = False,
) -> Rule:
    """A rule from its columns and the rest of it, which is of this shape (what is not named may be left out, but for the first
    three). Raises ValueError with a sentence that names what is wrong.

    origin = {moment = "aware"}, or {submission = "notification", which = "first"} ("last", "each"), or {clock = "early-warning"},
        with which = "due" its due time and otherwise when it was met
    period = {hours = 24}, or another unit of `Unit`
    met_by = {submission = "early_warning"} or {moment = "acknowledged"}
    when, unless = {significant = true, sector = ["energy", "water"]}: all of `when` and none of `unless`
    pauses = ["case"]: kinds of pause in which it does not run
    moves_to_working_day = true
    while_ongoing = {submission = "progress", every = {months = 1}, after = {months = 1}, moment = "handled"}
    soon_hours = 6
    """
    if unknown := set(data) - _KEYS:
        raise ValueError(f"Rule {code}: unknown field {', '.join(sorted(unknown))}.")
    for name in ("origin", "period", "met_by"):
        if name not in data:
            raise ValueError(f"Rule {code}: {name} is missing.")
    try:
        return Rule(
            code=code,
            titles=dict(titles),
            origin=_origin(data["origin"]),
            amount=_amount(data["period"]),
            met_by=_target(data["met_by"]),
            holds_from=holds_from,
            version=version,
            law=dict(law or {}),
            section=section,
            source=source,
            is_example=is_example,
            bound=Party.TEAM if is_ours else Party.ORGANISATION,
            conditions=_conditions(data.get("when", {}), negated=False)
            + _conditions(data.get("unless", {}), negated=True),
            pauses=frozenset(data.get("pauses", ())),
            moves_to_working_day=bool(data.get("moves_to_working_day", False)),
            while_ongoing=_ongoing(data["while_ongoing"]) if "while_ongoing" in data else None,
            soon=timedelta(hours=data["soon_hours"]) if "soon_hours" in data else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"Rule {code}: {error}") from None


def _named(data: Mapping[str, Any]) -> tuple[Kind, str]:
    named = [(Kind(key), value) for key, value in data.items() if key != "which"]
    if len(named) != 1 or not isinstance(named[0][1], str):
        raise ValueError("name one moment, submission or clock.")
    return named[0]


def _origin(data: Mapping[str, Any]) -> Origin:
    return Origin(*_named(data), Which(data.get("which", "first")))


def _target(data: Mapping[str, Any]) -> Target:
    return Target(*_named(data))


def _amount(data: Mapping[str, Any]) -> Amount:
    if len(data) != 1:
        raise ValueError("a period has one number and one unit.")
    unit, number = next(iter(data.items()))
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError("a period is a whole number.")
    return Amount(number, Unit(unit))


def _conditions(data: Mapping[str, Any], *, negated: bool) -> tuple[Condition, ...]:
    return tuple(
        Condition(fact, tuple(values) if isinstance(values, list) else (values,), negated)
        for fact, values in data.items()
    )


def _ongoing(data: Mapping[str, Any]) -> WhileOngoing:
    every, after = _amount(data["every"]), _amount(data["after"])
    return WhileOngoing(data["submission"], every, after, data.get("moment", "handled"))


def parts_of(clock: Clock) -> dict[str, Any]:
    """What a sentence about the clock is made of, as JSON can hold it; times are ISO 8601. What is not known is null."""
    rule, why = clock.rule, clock.explanation
    return {
        "key": clock.key,
        "step": clock.step,
        "titles": dict(rule.titles),
        "state": str(clock.state),
        "bound": str(rule.bound),
        "start": _iso(clock.start),
        "due": _iso(clock.due),
        "met": _iso(clock.met),
        "number": why.amount.number,
        "unit": str(why.amount.unit),
        "origin": str(why.origin.kind),
        "origin_name": why.origin.name,
        "which": str(why.origin.which),
        "law": dict(rule.law),
        "section": rule.section,
        "source": rule.source,
        "version": rule.version,
        "holds_from": rule.holds_from.isoformat(),
        "newer_version_from": why.newer_version_from.isoformat() if why.newer_version_from else None,
        "is_example": rule.is_example,
        "why": str(why.why) if why.why else None,
        "decided_by": why.decided_by,
        "missing": list(why.missing),
        "paused_seconds": int(why.paused_for.total_seconds()),
        "moved": why.moved,
        "is_progress": why.is_progress,
        "is_after_ongoing": why.is_after_ongoing,
        "beyond_holidays": why.beyond_holidays,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
