"""Which accepted rows can enter the plan now, and what holds each. Reads a draft's rows, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from floreo.strategy.drafting.rows import Kind
from floreo.strategy.models import DraftRow, RowState

TAKEN = {RowState.ACCEPTED, RowState.EDITED}
ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Chain:
    """A draft's rows by number. `ready` can enter now; `waiting` are accepted, but what holds them is undecided."""

    by_number: Mapping[int, DraftRow]
    ready: tuple[DraftRow, ...]
    waiting: tuple[DraftRow, ...]

    def holder(self, row: DraftRow) -> DraftRow | None:
        """The accepted row that `row` goes under; a rejected one is climbed past. None at the top."""
        for above in self._above(row):
            if above.state in TAKEN:
                return above
        return None

    def _above(self, row: DraftRow) -> Iterable[DraftRow]:
        seen, number = {row.number}, row.parent_number
        while number is not None and number not in seen and number in self.by_number:
            seen.add(number)
            yield self.by_number[number]
            number = self.by_number[number].parent_number

    def waits(self, row: DraftRow) -> bool:
        """Whether an undecided row is between `row` and the first accepted one above it."""
        for above in self._above(row):
            if above.state in TAKEN:
                return self.waits(above) if not above.became else False
            if above.state == RowState.UNCONFIRMED:
                return True
        return False


def chain_of(rows: Iterable[DraftRow]) -> Chain:
    """Ready rows come in the order in which they can be made: what holds others first."""
    by_number = {row.number: row for row in rows}
    bare = Chain(by_number, (), ())
    accepted = [row for row in by_number.values() if row.state in TAKEN and not row.became]
    accepted.sort(key=lambda row: (ORDER.get(Kind(row.kind), len(ORDER)), row.number))
    ready = tuple(row for row in accepted if not bare.waits(row))
    return Chain(by_number, ready, tuple(row for row in accepted if bare.waits(row)))
