"""States of reports and cases, references, and severity from the stated impact. Imports no Django."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

# From which state a report may go to which. A decision can be taken back to "new" while nothing was built on it.
REPORT_STEPS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"asked", "accepted", "rejected", "passed", "duplicate", "withdrawn"}),
    "asked": frozenset({"new", "accepted", "rejected", "passed", "duplicate", "withdrawn"}),
    "accepted": frozenset({"new", "withdrawn"}),
    "rejected": frozenset({"new"}),
    "passed": frozenset({"new"}),
    "duplicate": frozenset({"new", "withdrawn"}),
    "withdrawn": frozenset(),
}
CASE_STEPS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"contained", "resolved", "closed", "merged"}),
    "contained": frozenset({"open", "resolved", "closed", "merged"}),
    "resolved": frozenset({"open", "closed", "merged"}),
    "closed": frozenset({"open"}),
    "merged": frozenset({"open"}),
}
OPEN_CASES = ("open", "contained", "resolved")
OPEN_REPORTS = ("new", "asked")
SEVERITY_RANK: Mapping[str, int] = {"unknown": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another when read out


def new_report_reference(year: int) -> str:
    """`REP-2026-K7QF3M`: drawn, not counted, so that it can be given before anything is in the database, and says nothing of
    how many there are."""
    return f"REP-{year}-" + "".join(secrets.choice(_LETTERS) for _ in range(6))


def case_reference(year: int, number: int) -> str:
    return f"INC-{year}-{number:04d}"


def can_step(steps: Mapping[str, frozenset[str]], before: str, after: str) -> bool:
    return after in steps.get(before, frozenset())


def in_order(times: Mapping[str, datetime | None], order: tuple[str, ...]) -> tuple[str, str] | None:
    """The first two names of which the later one lies before the earlier one; None where the known times are in order."""
    known = [(name, times[name]) for name in order if times.get(name)]
    for (first, a), (second, b) in pairwise(known):
        assert a is not None
        assert b is not None
        if b < a:
            return first, second
    return None


# What a case may do to a service, to data and to people, from harmless to worst.
SERVICES = ("none", "degraded", "stopped", "essential_degraded", "essential_stopped")
DATA = ("none", "internal", "personal", "sensitive")
MANY_PEOPLE, VERY_MANY_PEOPLE = 100, 10_000  # from here a case is high, critical


def severity_of(impact: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """Severity from the stated impact, and the names of the rules that gave it: ("high", ("services:stopped",)). "unknown"
    where nothing is stated.

    impact: {"services": one of SERVICES, "data": one of DATA, "people": number, "danger": bool, "spreading": bool}
    """
    found: dict[str, int] = {}
    services = impact.get("services")
    if services in SERVICES:
        found[f"services:{services}"] = (1, 2, 3, 3, 4)[SERVICES.index(str(services))]
    data = impact.get("data")
    if data in DATA:
        found[f"data:{data}"] = (1, 2, 3, 4)[DATA.index(str(data))]
    people = impact.get("people")
    if isinstance(people, int) and not isinstance(people, bool):
        rank = 1 + (people >= 1) + (people >= MANY_PEOPLE) + (people >= VERY_MANY_PEOPLE)
        found["people"] = rank
    if impact.get("danger") is True:
        found["danger"] = 4
    if impact.get("spreading") is True:
        found["spreading"] = 3
    if not found:
        return "unknown", ()
    worst = max(found.values())
    names = {rank: name for name, rank in SEVERITY_RANK.items()}
    return names[worst], tuple(sorted(rule for rule, rank in found.items() if rank == worst))
