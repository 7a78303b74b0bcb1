"""What a person says of passages, and the rows that follow from it: one mark, and every passage that looks alike is read so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from floreo.strategy.drafting.source import plain
from floreo.strategy.outline.looks import Key
from floreo.strategy.outline.passages import Outline, Passage


class Meaning(StrEnum):
    """What a passage is."""

    PILLAR = "pillar"
    OBJECTIVE = "objective"
    ACTION = "action"
    LEAD = "lead"
    SUPPORTING = "supporting"
    DUE = "due"
    BUDGET = "budget"
    NOTHING = "nothing"


class Reach(StrEnum):
    """How far a mark holds: for every passage that looks alike, for those of them under the same line, for this one, or for this one and all
    below it."""

    ALIKE = "alike"
    HERE = "here"
    ONE = "one"
    BRANCH = "branch"


GROUPS = (Reach.ALIKE, Reach.HERE)
LEVELS = (Meaning.PILLAR, Meaning.OBJECTIVE, Meaning.ACTION)
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
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The rows in reading order, and what each passage was taken for."""

    rows: tuple[Marked, ...]
    taken: Mapping[int, Meaning]

    def count(self, meaning: Meaning) -> int:
        return sum(row.meaning == meaning for row in self.rows)


def read_with(outline: Outline, marks: Sequence[Mark]) -> Result:
    """The rows of an outline by its marks. The same marks always give the same rows."""
    return _Reading(outline, settled(outline, marks)).result()


def settled(outline: Outline, marks: Sequence[Mark]) -> list[Mark]:
    """The marks, each with the levels within which its example stands."""
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
        self.by_place = {mark.place: mark for mark in marks if mark.reach not in GROUPS and mark.place}
        self.by_wording = {mark.wording: mark for mark in marks if mark.reach not in GROUPS and not mark.place}
        self.rows: list[Marked] = []
        self.taken: dict[int, Meaning] = {}
        self.open: dict[Meaning, Marked] = {}
        self.looks: dict[Meaning, Passage] = {}
        self.known: dict[tuple[Meaning, str, int | None], Marked] = {}
        self.held: dict[str, str] = {}  # fields that came before their row
        self.shut = 0  # the depth of a branch that is not the plan
        self.title_of: Marked | None = None  # a row whose label stood alone on its line

    def result(self) -> Result:
        for group in _rows_together(self.outline.passages):
            self._group(group)
        return Result(tuple(self.rows), self.taken)

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
        """A passage, or the cells of a row: the levels first, whichever column they stand in, then what is told of them."""
        meant = [(passage, self._meaning(passage)) for passage in group]
        first = len(self.rows)
        for passage, meaning in sorted(meant, key=lambda one: _rank(one[1]) if one[1] else len(LEVELS)):
            if meaning in LEVELS:
                self._row(passage, meaning)
        for passage, meaning in meant:
            if meaning in FIELDS:
                self._field(passage, meaning, self.rows[first:] if passage.row else [])

    def _meaning(self, passage: Passage) -> Meaning | None:
        self._close(passage, self._known(passage))
        if self._is_shut(passage):
            return None
        if self.title_of is not None:
            self._title(passage)
            return None
        mark = self._mark(passage)
        if mark is None or mark.meaning == Meaning.NOTHING:
            return None
        return mark.meaning

    def _mark(self, passage: Passage) -> Mark | None:
        own = self.by_place.get(passage.opens) or self.by_wording.get(plain(self.outline.words(passage)))
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
        if meaning != Meaning.ACTION:
            self.held = {}
        self.title_of = row if not title else None

    def _title(self, passage: Passage) -> None:
        """The words of a row whose label stood alone on its line."""
        row, self.title_of = self.title_of, None
        assert row is not None
        row.title, row.end = _title(self.outline.words(passage)), passage.end
        self.taken[passage.number] = row.meaning

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


_LONG = 300


def _title(words: str) -> str:
    return words.strip(" .;:,|–—-")


def marked(outline: Outline, passage: Passage, meaning: Meaning, reach: Reach = Reach.ALIKE) -> Mark:
    """A mark on a passage. A plain paragraph looks like every other: a mark on it holds for it alone."""
    how = Reach.ONE if reach in GROUPS and passage.look.is_common else reach
    return Mark(
        meaning,
        how,
        passage.look.key_here if how == Reach.HERE else passage.look.key,
        plain(outline.words(passage)),
        passage.opens,
    )
