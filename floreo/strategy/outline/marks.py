"""What a person says of passages, and the rows that follow from it: one mark, and every passage that looks alike is read so."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from floreo.strategy.drafting.source import plain
from floreo.strategy.outline.boxes import Boxes, in_one, in_order, word_before
from floreo.strategy.outline.edits import CUTS, Edit, Places, Spot, edited, moved, placed, spot_of
from floreo.strategy.outline.looks import Key
from floreo.strategy.outline.passages import Outline, Passage


class Meaning(StrEnum):
    """What a passage is."""

    PILLAR = "pillar"
    OBJECTIVE = "objective"
    SUB_OBJECTIVE = "sub_objective"
    ACTION = "action"
    LEAD = "lead"
    SUPPORTING = "supporting"
    DUE = "due"
    BUDGET = "budget"
    MORE = "more"  # it goes on from the row just before it
    NOTHING = "nothing"


class Reach(StrEnum):
    """How far a mark holds: for every passage that looks alike, for those of them under the same line, for this one, or for this one and all
    below it. In order: of fields in boxes apart from their rows, the first for the first row above them, the next for the next."""

    ALIKE = "alike"
    HERE = "here"
    ONE = "one"
    BRANCH = "branch"
    IN_ORDER = "in_order"


GROUPS = (Reach.ALIKE, Reach.HERE)
LONE = (Reach.ONE, Reach.BRANCH)
LEVELS = (Meaning.PILLAR, Meaning.OBJECTIVE, Meaning.SUB_OBJECTIVE, Meaning.ACTION)
FIELDS = (Meaning.LEAD, Meaning.SUPPORTING, Meaning.DUE, Meaning.BUDGET)


@dataclass(frozen=True, slots=True)
class Mark:
    """`key` is how it looks (Look.key, or Look.key_here); `wording` that of the example, by which it is found again. `inside` are the levels that have to be open
    where it holds: points of a list are actions within a pillar, not in a foreword."""

    meaning: Meaning
    reach: Reach
    key: Key
    wording: str = ""
    place: int = 0  # where the example begins in the document; 0 where another document was marked
    inside: tuple[Meaning, ...] = ()
    nth: int = 1  # of the passages with that wording, which one it is
    press: int = 0


Step = Mark | Edit


@dataclass(slots=True)
class Marked:
    """A row that the marks give. `parent` is another row's number; `fields` has lead, supporting, due and budget as found."""

    number: int
    meaning: Meaning
    title: str
    start: int
    end: int
    code: str = ""
    parent: int | None = None
    passage: int = 0
    is_open: bool = False  # its parent is not certain: its number continues that of another row than the one above it
    fields: dict[str, str] = field(default_factory=dict)
    drafted: Mapping[str, Any] | None = None  # of a row that the rules drafted: its fields as they found them

    @property
    def rank(self) -> int:
        return LEVELS.index(self.meaning)


@dataclass(frozen=True)
class Result:
    """The rows in their order, and what each passage of `outline`, in which passages are joined and split, was taken for. `lost` are the
    changes that have no effect, since they contradict the marks or their passages are not there."""

    outline: Outline
    rows: tuple[Marked, ...]
    taken: Mapping[int, Meaning]
    lost: int = 0

    def count(self, meaning: Meaning) -> int:
        return sum(row.meaning == meaning for row in self.rows)


def read_with(outline: Outline, steps: Sequence[Step], drafted: Sequence[Marked] = ()) -> Result:
    """The rows of an outline by its marks and edits. The same ones always give the same rows. `drafted` are those of the rules: they stay
    until a mark holds for more than one passage, but for those that were marked, joined or split."""
    marks, edits = parted(located(outline, steps))
    outline = edited(outline, edits)
    taken, rows = _Reading(outline, settled(outline, _last_of(marks))).result()
    if drafted and not any(mark.reach in GROUPS for mark in marks):
        rows = _among(outline, rows, drafted, [*marks, *edits])
        taken = _taken_by(outline, rows) | taken
    order, lost = moved([row for row in rows if row.title], edits)
    _open_parents(order, {edit.spots[0].place for edit in edits if edit.spots})
    return Result(outline, tuple(order), taken, lost)


def _among(outline: Outline, own: Sequence[Marked], drafted: Sequence[Marked], steps: Sequence[Step]) -> list[Marked]:
    """The rows of single marks among those that the rules drafted, each below the last one before it that is higher."""
    touched = [one for one in outline.passages if one.opens in _touched(steps)]
    ends = {row.start: row.end for row in own}
    gone = {row.number for row in drafted for one in touched if one.opens <= row.start < one.end or row.start in ends}
    rows = sorted(
        [*(replace(row, fields=dict(row.fields)) for row in drafted if row.number not in gone), *own],
        key=lambda row: (row.start, row.rank),
    )
    parents = _parents(rows)
    numbers = {id(row): number for number, row in enumerate(rows, start=1)}
    for row, above in zip(rows, parents, strict=True):
        row.number, row.parent = numbers[id(row)], numbers[id(above)] if above else None
    return rows


def _parents(rows: Sequence[Marked]) -> list[Marked | None]:
    """Of each row the one that it is below: the rules' own where it is still there, else the last before it that is higher."""
    held = {row.number: row for row in rows if row.drafted is not None}
    open_rows: list[Marked] = []
    parents: list[Marked | None] = []
    for row in rows:
        while open_rows and open_rows[-1].rank >= row.rank:
            open_rows.pop()
        kept = held.get(row.parent or 0) if row.drafted is not None else None
        above = kept or (open_rows[-1] if open_rows and (row.drafted is None or row.parent is not None) else None)
        open_rows.append(row)
        parents.append(above)
    return parents


def _touched(steps: Sequence[Step]) -> set[int]:
    places: set[int] = set()
    for step in steps:
        if isinstance(step, Mark):
            places.add(step.place)
        elif step.act in CUTS:
            places.update(spot.place for spot in step.spots)
    return places


def _taken_by(outline: Outline, rows: Sequence[Marked]) -> dict[int, Meaning]:
    """What passages the rows begin in."""
    taken: dict[int, Meaning] = {}
    opens = [one.opens for one in outline.passages]
    for row in rows:
        passage = outline.passages[max(bisect_right(opens, row.start) - 1, 0)]
        if passage.opens <= row.start < passage.end:
            taken.setdefault(passage.number, row.meaning)
            row.passage = row.passage or passage.number
    return taken


def parted(steps: Sequence[Step]) -> tuple[list[Mark], list[Edit]]:
    return [step for step in steps if isinstance(step, Mark)], [step for step in steps if isinstance(step, Edit)]


def located(outline: Outline, steps: Sequence[Step]) -> list[Step]:
    """The steps of a file with their places in this document; those of this document as they are."""
    marks, edits = parted(steps)
    lone = [mark for mark in marks if mark.reach in LONE and not mark.place]
    unplaced = [edit for edit in edits if any(not spot.place for spot in edit.spots)]
    if not lone and not unplaced:
        return list(steps)
    edits = placed(outline, edits) if unplaced else edits
    places = Places(edited(outline, edits))
    found: list[Step] = []
    for mark in marks:
        spot = places.of(Spot(0, mark.wording, mark.nth)) if mark in lone else Spot(mark.place)
        if spot is not None:
            found.append(replace(mark, place=spot.place))
    return [*found, *edits]


def _open_parents(rows: Sequence[Marked], moved_by_hand: set[int]) -> None:
    """Takes the parent from rows whose number continues that of another row of the parent's level than the one above them."""
    by_number = {row.number: row for row in rows}
    printed = Counter((row.meaning, row.code) for row in rows if row.code)
    numbered_siblings = {(row.parent, row.code) for row in rows}
    for row in rows:
        above = by_number.get(row.parent or 0)
        head = row.code.rpartition(".")[0]
        if above is None or not head or head == above.code or row.start in moved_by_hand:
            continue
        begins_again = printed[row.meaning, row.code] > 1
        if printed[above.meaning, head] and not begins_again and (above.number, head) not in numbered_siblings:
            row.parent, row.is_open = None, True


def settled(outline: Outline, marks: Sequence[Mark]) -> list[Mark]:
    """The marks, each with the levels within which its example is."""
    done = list(marks)
    for level in (*LEVELS, *FIELDS):
        above = [mark for mark in done if mark.meaning == Meaning.NOTHING or _rank(mark.meaning) < _rank(level)]
        own = [mark for mark in done if mark.meaning == level and mark.reach in GROUPS and mark.place]
        if own and level != Meaning.PILLAR:
            at = _Reading(outline, above).open_at({mark.place for mark in own})
            done = [replace(mark, inside=at.get(mark.place, ())) if mark in own else mark for mark in done]
    return done


def _rank(meaning: Meaning) -> int:
    return LEVELS.index(meaning) if meaning in LEVELS else len(LEVELS)


class _Reading:
    """One walk through the passages, with the levels that are open."""

    def __init__(self, outline: Outline, marks: Sequence[Mark]) -> None:
        self.outline = outline
        self.alike = {mark.key: mark for mark in marks if mark.reach in GROUPS}
        self.by_place = {mark.place: mark for mark in marks if mark.reach in LONE}
        in_order_marks = [mark for mark in marks if mark.reach == Reach.IN_ORDER and mark.meaning in FIELDS]
        self.boxes = Boxes(outline, {str(mark.key[-1]): mark.meaning for mark in in_order_marks})
        self.rows: list[Marked] = []
        self.taken: dict[int, Meaning] = {}
        self.open: dict[Meaning, Marked] = {}
        self.looks: dict[Meaning, Passage] = {}
        self.known: dict[tuple[Meaning, str, int | None], Marked] = {}
        self.held: dict[str, str] = {}  # fields that came before their row
        self.wordings: dict[int, tuple[str, int]] = {}  # the words of each row, and the last passage in which they are
        self.holders: set[int] = set()  # the rows that have actions
        self.shut = 0  # the depth of a branch that is not the plan
        self.title_of: Marked | None = None  # a row whose label was alone on its line

    def result(self) -> tuple[dict[int, Meaning], list[Marked]]:
        for group in _rows_together(self.outline.passages):
            self._group(group)
        self.boxes.settle(self.holders)
        self._give_boxes()
        return self.taken, self.rows

    def open_at(self, places: set[int]) -> dict[int, tuple[Meaning, ...]]:
        """The levels that are open where the passages begin."""
        found: dict[int, tuple[Meaning, ...]] = {}
        for group in _rows_together(self.outline.passages):
            self._group(group)
            for passage in group:
                if passage.opens in places:
                    found[passage.opens] = tuple(level for level in LEVELS if level in self.open)
        return found

    def _group(self, group: Sequence[Passage]) -> None:
        """A passage, or the cells of a row: the levels first, whichever column they are in, then what is said of them."""
        meant = [(passage, self._meaning(passage)) for passage in group]
        first = len(self.rows)
        for passage, meaning in sorted(meant, key=lambda one: _rank(one[1]) if one[1] else len(LEVELS)):
            if meaning in LEVELS:
                self._row(passage, meaning)
            elif meaning == Meaning.MORE:
                self._more(passage)
        for passage, meaning in meant:
            if meaning in FIELDS:
                self._field(passage, meaning, self.rows[first:] if passage.row else [])

    def _meaning(self, passage: Passage) -> Meaning | None:
        self._close(passage, self._known(passage))
        if self._is_shut(passage):
            return None
        mark = self._mark(passage)
        if (mark is None or mark.meaning not in LEVELS) and self.boxes.take(passage):
            return None
        if self.title_of is not None:
            if not _is_labelled(passage):
                self._title(passage)
            return None
        if mark is None or mark.meaning == Meaning.NOTHING:
            return None
        return mark.meaning

    def _mark(self, passage: Passage) -> Mark | None:
        own = self.by_place.get(passage.opens)
        if own is not None:
            if own.reach == Reach.BRANCH and own.meaning == Meaning.NOTHING:
                self.shut = passage.look.depth or 99
            return own
        mark = self._alike(passage)
        if mark is None or passage.is_caption or _is_table_head(self.outline, passage):
            return None
        return mark if all(level in self.open for level in mark.inside) or passage.row else None

    def _alike(self, passage: Passage) -> Mark | None:
        return self.alike.get(passage.look.key_here) or self.alike.get(passage.look.key)

    def _known(self, passage: Passage) -> Meaning | None:
        mark = self.by_place.get(passage.opens) or self._alike(passage)
        return mark.meaning if mark else None

    def _is_shut(self, passage: Passage) -> bool:
        if self.shut and passage.kind == "heading" and passage.look.depth <= self.shut:
            self.shut = 0
        return bool(self.shut)

    def _close(self, passage: Passage, meaning: Meaning | None) -> None:
        """A heading that is no deeper than that of an open pillar ends it, unless it is a level below; in plain text headings are not certain
        enough."""
        if passage.kind != "heading" or self.outline.document.kind == "text":
            return
        for level in LEVELS[LEVELS.index(meaning) if meaning in LEVELS else 0 :]:
            opened = self.looks.get(level)
            if opened is not None and opened.kind == "heading" and passage.look.depth <= opened.look.depth:
                self._leave(level)

    def _leave(self, level: Meaning) -> None:
        for each in LEVELS[LEVELS.index(level) :]:
            self.open.pop(each, None)
            self.looks.pop(each, None)

    def _row(self, passage: Passage, meaning: Meaning) -> None:
        self.taken[passage.number] = meaning
        title = _title(self.outline.words(passage))
        parent = self._parent(meaning)
        self._leave(meaning)
        key = (meaning, plain(title), parent.number if parent else None)
        row = self.known.get(key) if title else None
        if row is None:
            row = Marked(
                len(self.rows) + 1, meaning, title, passage.opens, passage.end, passage.code, key[2], passage.number
            )
            row.fields |= self.held if meaning == Meaning.ACTION else {}
            self.rows.append(row)
            self.known[key] = row
        self.open[meaning], self.looks[meaning] = row, passage
        self.wordings[row.number] = (self.outline.words(passage), passage.number)
        self.boxes.end()
        if meaning != Meaning.ACTION:
            self.held = {}
            self.boxes.waits(row)
        elif row.parent:
            self.holders.add(row.parent)
        self.title_of = row if not title else None
        if title and meaning != Meaning.ACTION:
            self.boxes.settle(self.holders, row.number)

    def _title(self, passage: Passage) -> None:
        """The words of a row whose label was alone on its line."""
        row, self.title_of = self.title_of, None
        assert row is not None
        row.title, row.end = _title(self.outline.words(passage)), passage.end
        self.wordings[row.number] = (self.outline.words(passage), passage.number)
        self.taken[passage.number] = row.meaning
        self.boxes.settle(self.holders, row.number)

    def _more(self, passage: Passage) -> None:
        """The rest of the row that ends just before; where something else is between, it is none."""
        row = self.rows[-1] if self.rows else None
        words, last = self.wordings.get(row.number, ("", 0)) if row else ("", 0)
        if row is None or passage.row or last != passage.number - 1:
            return
        # With the number or dash that is before it: "(ii) evidence storage" is a part of a sentence.
        words = " ".join(f"{words} {self.outline.document.text[row.end : passage.end]}".split())
        row.title, row.end = _title(words), passage.end
        self.wordings[row.number] = (words, passage.number)
        self.taken[passage.number] = Meaning.MORE

    def _give_boxes(self) -> None:
        """What was apart, to the actions of the row that it belongs to."""
        for meaning, given in self.boxes.given.items():
            for number, box in given.items():
                own = [row for row in self.rows if row.meaning == Meaning.ACTION and row.parent == number]
                lines = in_order(box.lines, len(own)) if meaning == Meaning.DUE else [in_one(box.lines)] * len(own)
                self.taken |= dict.fromkeys(box.passages if lines else (), Meaning(meaning))
                for row, words in zip(own, lines, strict=False):
                    if words:
                        row.fields.setdefault(meaning, words)

    def _parent(self, meaning: Meaning) -> Marked | None:
        for level in reversed(LEVELS[: LEVELS.index(meaning)]):
            if level in self.open:
                return self.open[level]
        return None

    def _field(self, passage: Passage, meaning: Meaning, own: Sequence[Marked]) -> None:
        """A field of the rows beside it; outside a table, of the row that is open, or of the next actions of its objective."""
        self.taken[passage.number] = meaning
        value = self.outline.words(passage)
        actions = [row for row in own if row.meaning == Meaning.ACTION]
        for row in actions or own:
            row.fields.setdefault(meaning.value, value)
        if own or not value:
            return
        lowest = self.open.get(Meaning.ACTION)
        if lowest is not None:
            lowest.fields.setdefault(meaning.value, value)
        else:
            self.held[meaning.value] = value


def _is_labelled(passage: Passage) -> bool:
    """Whether a passage is no title of a level whose label is alone before it: a line that heads others, or "Lead: ..."."""
    return passage.is_caption or (bool(passage.look.label) and not passage.code)


def _rows_together(passages: Sequence[Passage]) -> Iterator[Sequence[Passage]]:
    row: list[Passage] = []
    for passage in passages:
        if row and passage.row != row[0].row:
            yield row
            row = []
        if passage.row:
            row.append(passage)
        else:
            yield [passage]
    if row:
        yield row


def _is_table_head(outline: Outline, passage: Passage) -> bool:
    heads = passage.look.heads.split(" | ")
    at = passage.look.column - 1
    return passage.kind == "cell" and 0 <= at < len(heads) and heads[at] == plain(outline.words(passage))


def _title(words: str) -> str:
    return words.strip(" .;:,|–—-")


def marked(outline: Outline, passage: Passage, meaning: Meaning, reach: Reach = Reach.ALIKE) -> Mark:
    """A mark on a passage. A plain paragraph looks like every other: a mark on it holds for it alone."""
    how = Reach.ONE if reach in GROUPS and passage.look.is_common else reach
    keys = {Reach.HERE: passage.look.key_here, Reach.IN_ORDER: ("boxes", word_before(outline, passage))}
    return Mark(
        meaning,
        how,
        keys.get(how, passage.look.key),
        plain(outline.words(passage)),
        passage.opens,
    )


def effective(outline: Outline, steps: Sequence[Step]) -> list[Step]:
    """The steps that hold, as a file keeps them: of marks on the same the last, each with the levels within which it is and the words by
    which it is found again."""
    marks, edits = parted(steps)
    now = edited(outline, edits)
    at = {passage.opens: passage for passage in now.passages}
    kept: list[Step] = []
    for mark in settled(now, _last_of(marks)):
        lone = mark.reach in LONE
        if lone and mark.place not in at:
            continue
        kept.append(replace(mark, nth=spot_of(now, at[mark.place]).nth) if lone else mark)
    return [*kept, *edits]


def _last_of(marks: Sequence[Mark]) -> list[Mark]:
    """Of marks on the same the last one."""
    last = {same_mark(mark): mark for mark in marks}
    return [mark for mark in marks if last[same_mark(mark)] is mark]


def replaced_by_later(steps: Sequence[Step]) -> list[Mark]:
    """The marks that have no effect, since a later one says something else of the same passages."""
    marks, _edits = parted(steps)
    last = {same_mark(mark): mark for mark in marks}
    return [mark for mark in marks if last[same_mark(mark)].meaning != mark.meaning]


def same_mark(mark: Mark) -> object:
    """What a later mark replaces: the one on what looks alike, or on the same passage."""
    return (mark.place, mark.wording) if mark.reach in LONE else mark.key
