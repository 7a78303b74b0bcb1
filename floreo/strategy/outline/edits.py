"""What a person changes in an outline beside its marks: passages joined or split, rows moved, terms that become dates."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from floreo.strategy.drafting.source import plain
from floreo.strategy.outline.looks import caption_of, prefixed_by
from floreo.strategy.outline.passages import Outline, Passage, words_in


class EditKind(StrEnum):
    """What was changed. FRESH: everything before it does not hold any more, since the marks of another text were taken."""

    JOIN = "join"
    SPLIT = "split"
    UNDER = "under"
    BEFORE = "before"
    AFTER = "after"
    TERM = "term"
    FRESH = "fresh"


MOVES = (EditKind.UNDER, EditKind.BEFORE, EditKind.AFTER)
CUTS = (EditKind.JOIN, EditKind.SPLIT)


@dataclass(frozen=True, slots=True)
class Spot:
    """A passage: where it begins in this document; for others, and for a file, its words and which of those that have them."""

    place: int
    wording: str = ""
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Edit:
    """`spots` are the passages that are joined, the one that is split, or the row that is moved. `to` is the row below, before or after which
    it goes; none is the top. `cuts` are the words of the passage, from 1, before which it is split. `words` and `due` are a term and its day
    (ISO). `press` counts the presses of a button: undo takes one back."""

    act: EditKind
    spots: tuple[Spot, ...] = ()
    to: Spot | None = None
    cuts: tuple[int, ...] = ()
    words: str = ""
    due: str = ""
    press: int = 0


def edited(outline: Outline, edits: Iterable[Edit]) -> Outline:
    """The outline with passages joined and split, one edit after the other. What is not found in it has no effect."""
    cuts = [edit for edit in edits if edit.act in CUTS]
    if not cuts:
        return outline
    passages = list(outline.passages)
    gone: dict[int, int] = {}
    for edit in cuts:
        _cut(outline, passages, gone, edit)
    return replace(outline, passages=tuple(_numbered(passages, gone)))


def _cut(outline: Outline, passages: list[Passage], gone: dict[int, int], edit: Edit) -> None:
    at = {passage.opens: index for index, passage in enumerate(passages)}
    found = sorted({at[spot.place] for spot in edit.spots if spot.place in at})
    if edit.act == EditKind.SPLIT and found:
        passages[found[0] : found[0] + 1] = split(outline, passages[found[0]], edit.cuts)
    if edit.act == EditKind.JOIN and len(found) > 1:
        first, *others = [passages[index] for index in found]
        parts = tuple(part for one in (first, *others) for part in one.spans)
        passages[found[0]] = replace(first, end=others[-1].end, parts=parts)
        gone |= {one.number: first.number for one in others}
        for index in reversed(found[1:]):
            del passages[index]


def split(outline: Outline, passage: Passage, cuts: Sequence[int]) -> list[Passage]:
    """A passage in pieces that look like it, but for those that begin with a word before a colon as others do, or head what follows; only the
    first keeps the number that is printed before it."""
    text = outline.document.text
    labels = {one.look.label for one in outline.passages}
    begins = [span for part in passage.spans for span in words_in(text, part)]
    wanted = sorted({cut for cut in cuts if 1 < cut <= len(begins)})
    starts = [begins[cut - 1][0] for cut in wanted]
    found: list[Passage] = []
    for start, upto in zip([passage.start, *starts], [*starts, passage.end], strict=True):
        inside = [(max(a, start), min(b, upto)) for a, b in passage.spans if a < upto and start < b]
        spans = [(a, a + len(text[a:b].rstrip())) for a, b in inside if text[a:b].strip()]
        opens = start if found else passage.opens
        code = "" if found else passage.code
        if spans:
            parts = tuple(spans) if len(spans) > 1 else ()
            whole = replace(passage, opens=opens, start=start, end=spans[-1][1], code=code, parts=parts)
            found.append(_piece(text, whole, labels))
    return found


def _piece(text: str, piece: Passage, labels: set[str]) -> Passage:
    """A piece as it looks by its own words."""
    words = text[piece.start : piece.end]
    label = prefixed_by(words) if not piece.parts and not piece.code else None
    if label is not None and label.word in labels:
        piece = replace(piece, look=replace(piece.look, label=label.word), start=piece.start + label.begins)
    return replace(piece, is_caption=bool(caption_of(" ".join(words.split()))))


def _numbered(passages: Sequence[Passage], gone: dict[int, int]) -> list[Passage]:
    """The passages numbered from 1 again, each still below the same one."""
    numbers: dict[int, int] = {}
    for number, passage in enumerate(passages, start=1):
        numbers.setdefault(passage.number, number)

    def now(number: int) -> int:
        while number in gone:
            number = gone[number]
        return numbers.get(number, 0)

    return [
        replace(passage, number=number, under=now(passage.under)) for number, passage in enumerate(passages, start=1)
    ]


def spot_of(outline: Outline, passage: Passage) -> Spot:
    """A passage as it is kept."""
    wording = plain(outline.words(passage))
    same = [one for one in outline.passages[: passage.number] if plain(outline.words(one)) == wording]
    return Spot(passage.opens, wording, len(same))


HASHED = "sha256:"  # before the SHA-256 of a wording, in a file that holds none of the words of a text


def hashed(wording: str) -> str:
    return HASHED + hashlib.sha256(wording.encode()).hexdigest()


class Places:
    """Where the passages of an outline with certain words begin. Their words may be given as SHA-256."""

    def __init__(self, outline: Outline) -> None:
        self.by_wording: dict[str, list[int]] = defaultdict(list)
        for passage in outline.passages:
            wording = plain(outline.words(passage))
            self.by_wording[wording].append(passage.opens)
            self.by_wording[hashed(wording)].append(passage.opens)

    def of(self, spot: Spot) -> Spot | None:
        """The spot in this document; None where it has no such passage."""
        found = self.by_wording.get(spot.wording, [])
        return replace(spot, place=found[spot.nth - 1]) if 0 < spot.nth <= len(found) else None


def placed(outline: Outline, edits: Sequence[Edit]) -> list[Edit]:
    """The edits of a file with their places in this document, without those of which it has not all passages."""
    found: list[Edit] = []
    for edit in edits:
        places = Places(edited(outline, found)) if edit.spots else None
        spots = tuple(places.of(spot) for spot in edit.spots) if places else ()
        to = places.of(edit.to) if places and edit.to else None
        if None in spots or (edit.to is not None and to is None):
            continue
        found.append(replace(edit, spots=tuple(spot for spot in spots if spot), to=to))
    return found


class Movable(Protocol):
    """A row that can be moved."""

    number: int
    start: int
    parent: int | None

    @property
    def rank(self) -> int: ...


R = TypeVar("R", bound=Movable)


def moved(rows: Sequence[R], edits: Iterable[Edit]) -> tuple[list[R], int]:
    """The rows in their new order, each with what is below it; and how many moves had no effect: their row is not there any more, or would
    come below one that is no higher."""
    order = list(rows)
    by_place = {row.start: row for row in order}
    lost = 0
    for edit in edits:
        if edit.act not in MOVES:
            continue
        row = by_place.get(edit.spots[0].place) if edit.spots else None
        to = by_place.get(edit.to.place) if edit.to else None
        if row is None or (edit.to is not None and to is None) or not _move(order, row, to, edit.act):
            lost += 1
    return order, lost


def can_move(rows: Sequence[R], row: R, to: R | None, act: EditKind) -> bool:
    """Whether a row may go there: below what is higher than it, or beside what is at its own level."""
    if to is None:
        return act == EditKind.UNDER
    if act == EditKind.UNDER:
        return to.rank < row.rank
    above = next((one for one in rows if one.number == to.parent), None)
    return to is not row and (above is None or above.rank < row.rank) and to.number not in _below(rows, row)


def _move(order: list[R], row: R, to: R | None, act: EditKind) -> bool:
    if not can_move(order, row, to, act):
        return False
    own = _below(order, row) | {row.number}
    moving = [one for one in order if one.number in own]
    order[:] = [one for one in order if one.number not in own]
    if to is None:
        row.parent = None
        order.extend(moving)
        return True
    row.parent = to.number if act == EditKind.UNDER else to.parent
    at = order.index(to)
    if act != EditKind.BEFORE:
        last = _below(order, to) | {to.number}
        at = max(index for index, one in enumerate(order) if one.number in last) + 1
    order[at:at] = moving
    return True


def _below(rows: Sequence[R], row: R) -> set[int]:
    found: set[int] = set()
    above = {row.number}
    while above:
        above = {one.number for one in rows if one.parent in above and one.number not in found}
        found |= above
    return found
