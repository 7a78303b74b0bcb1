"""How money adds up, in plain Python: at budget lines, once, and never one currency to another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

_TENTH = Decimal("0.1")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class BudgetAmounts:
    """One budget line, as plain values. `committed` is its amount where somebody has committed it, else nothing."""

    currency: str
    planned: Decimal
    committed: Decimal
    spent: Decimal


@dataclass(frozen=True)
class Sum:
    """What lines of one currency come to."""

    currency: str
    planned: Decimal = Decimal(0)
    committed: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)

    def plus(self, line: BudgetAmounts) -> Sum:
        return Sum(self.currency, self.planned + line.planned, self.committed + line.committed, self.spent + line.spent)

    @property
    def share_committed(self) -> Decimal | None:
        """Per cent of what is planned that is committed; None where nothing is planned."""
        return percent(self.committed, self.planned)

    @property
    def share_spent(self) -> Decimal | None:
        """Per cent of what is planned that is spent; above 100 where more was spent than planned."""
        return percent(self.spent, self.planned)

    @property
    def is_overspent(self) -> bool:
        return self.spent > self.planned


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(_TENTH, rounding=ROUND_HALF_UP) if whole else None


def added(lines: Iterable[BudgetAmounts], *, first: str = "") -> tuple[Sum, ...]:
    """One sum a currency: `first` (the country's own) before the others, those in the order of their codes."""
    sums: dict[str, Sum] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, Sum(line.currency)).plus(line)
    return tuple(sums[code] for code in sorted(sums, key=lambda c: (c != first, c)))


def grouped(
    lines: Sequence[BudgetAmounts], of: Callable[[int], Key], *, first: str = ""
) -> Mapping[Key, tuple[Sum, ...]]:
    """Sums by what `of` says of each line (by its place in `lines`), in the order in which keys are first met."""
    groups: dict[Key, list[BudgetAmounts]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(of(place), []).append(line)
    return {key: added(these, first=first) for key, these in groups.items()}
