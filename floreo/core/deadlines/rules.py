"""What a rule of law says of time, as data. A rule comes from a country pack; nothing here knows any country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Unit(StrEnum):
    """Hours are hours that pass. Days and months end with the last day, and the day of the origin is not counted, as in
    Regulation (EEC, Euratom) 1182/71, article 3. A month ends on the same day of the month, or on its last."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"  # within the hours of service
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


@dataclass(frozen=True)
class Amount:
    number: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("A period is not shorter than 0.")


class Kind(StrEnum):
    """What something can be counted from, or met by."""

    MOMENT = "moment"  # of the case: occurred, aware, detected, notified, received, handled
    SUBMISSION = "submission"  # of a named kind
    CLOCK = "clock"  # another clock: when it was met or, with `Which.DUE`, when it was due


class Which(StrEnum):
    FIRST = "first"
    LAST = "last"  # begins again with each later one
    EACH = "each"  # a clock of its own for each one, as for requests
    DUE = "due"  # of another clock: its due time


@dataclass(frozen=True)
class Origin:
    kind: Kind
    name: str
    which: Which = Which.FIRST


@dataclass(frozen=True)
class Target:
    """What meets a clock: the first moment or submission of that name."""

    kind: Kind
    name: str


@dataclass(frozen=True)
class Condition:
    """Holds where the fact is one of `values` or, with `negated`, none of them. Of a fact that is a set (sectors), one member is
    enough."""

    fact: str
    values: tuple[object, ...]
    negated: bool = False

    def holds(self, facts: Mapping[str, object]) -> bool | None:
        """None where the fact is not known."""
        value = facts.get(self.fact)
        if value is None:
            return None
        held = value if isinstance(value, (set, frozenset, tuple, list)) else (value,)
        return any(each in self.values for each in held) != self.negated


@dataclass(frozen=True)
class WhileOngoing:
    """What a rule becomes where the incident is not handled (`moment`) at its due time: a progress report (`submission`) is
    due then and every `every` after, until it is handled; the rule itself is then due `after` that. Shaped after
    Directive (EU) 2022/2555, article 23(4)(e)."""

    submission: str
    every: Amount
    after: Amount
    moment: str = "handled"

    def __post_init__(self) -> None:
        if not self.every.number:
            raise ValueError("Progress reports are at least one unit of time apart.")


class Party(StrEnum):
    TEAM = "team"  # our own clock
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Rule:
    """One version of one rule. `holds_from` is the first day of this version; of the versions of a `code` that one is used which
    held on the day of the origin."""

    code: str
    titles: Mapping[str, str]  # language -> words
    origin: Origin
    amount: Amount
    met_by: Target
    holds_from: date
    version: str = "1"
    law: Mapping[str, str] = field(default_factory=dict)  # language -> name of the act; empty for our own
    section: str = ""
    source: str = ""  # address
    is_example: bool = False
    bound: Party = Party.ORGANISATION
    conditions: tuple[Condition, ...] = ()
    pauses: frozenset[str] = frozenset()  # kinds of pause during which its time does not run
    moves_to_working_day: bool = False  # a last day that is no working day gives way to the next that is
    while_ongoing: WhileOngoing | None = None
    soon: timedelta | None = None  # "due soon" that long before; None: the last quarter, at most three days

    def __post_init__(self) -> None:
        if self.while_ongoing and self.origin.which is Which.EACH:
            raise ValueError("A rule that is counted from each submission cannot also ask for progress reports.")
        if self.origin.which is Which.DUE and self.origin.kind is not Kind.CLOCK:
            raise ValueError("Only another clock has a due time to count from.")
        if self.met_by.kind is Kind.CLOCK:
            raise ValueError("A clock is met by a moment or a submission.")
