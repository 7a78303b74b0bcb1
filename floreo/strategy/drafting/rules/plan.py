"""The plan itself: walks the blocks once and reads pillars, their objectives and their actions, with who and when."""

from __future__ import annotations

import re

from floreo.core.reading.document import Block
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.announcing import (
    ACTIONS,
    OBJECTIVES,
    OTHER,
    PILLARS,
    announced_by_heading,
    announced_by_lead_in,
)
from floreo.strategy.drafting.rules.details import details_in, opens_with_details
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.rules.labels import ACTION, OBJECTIVE, PILLAR, Label, code_of, label_at
from floreo.strategy.drafting.rules.shelf import FoundRows
from floreo.strategy.drafting.rules.tables import TableAction, action_of, columns_of, section_of
from floreo.strategy.drafting.source import Source, split_sentences, trimmed

_KINDS = {PILLARS: Kind.PILLAR, OBJECTIVES: Kind.OBJECTIVE, ACTIONS: Kind.ACTION}
_RANKS = {PILLAR: Kind.PILLAR, OBJECTIVE: Kind.OBJECTIVE, ACTION: Kind.ACTION}
_LIST_TAIL = re.compile(rf"[\s;,.]*(?:[;,]\s*(?:{any_of('text', 'links')}))?[\s;,.]*$")
_TITLE_AT_MOST = 240
_GLOSS = re.compile(r"(?<=\w{3}):\s+|\s[–—]\s+")
_GLOSS_AT_LEAST = 30
_CELL_NUMBER = re.compile(r"^(?P<code>\d{1,2}(?:\.\d{1,2})*)[.):]?\s+(?=[^\W\d_])")
_CHROME = re.compile(rf"^(?:{any_of('announcing', 'no_pillar')})$", re.IGNORECASE)


def plan_of(source: Source) -> list[Found]:
    """Pillars, objectives and actions, each pointing at what it is under."""
    walk = _Walk(source)
    for at, block in enumerate(source.blocks):
        walk.take(block, source.blocks[at + 1] if at + 1 < len(source.blocks) else None)
    return walk.shelf.found


class _Walk:
    """What has been read so far: the open pillar, objective and action, and what the next list would be."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ranks = _ranks(source)
        # Labels inside tables repeat those of the text, so they do not count as the document's own headings.
        self.named = {_RANKS[self.ranks[label.word]] for label in _labels(source, tables=False)}
        self.shelf = FoundRows(source)
        self.list_of = ""
        self.list_level = 0
        self.container: tuple[str, int] = ("", 0)
        self.pillar_level = 0
        self.awaited: Label | None = None
        self.columns: dict[str, int] | None = None
        self.fresh = False

    def take(self, block: Block, following: Block | None) -> None:
        words = self.source.words(block)
        if self.awaited is not None and self._title_follows(block):
            return
        if block.kind == "cell_row":
            self._row(block)
            return
        self.columns = None
        label = label_at(self.source.text, block.start, block.end)
        if label is not None and label.word in self.ranks:
            self._labelled(label, block)
        elif block.kind == "heading":
            self._heading(block, words)
        elif block.kind == "item":
            self._item(block, following)
        else:
            self._paragraph(block, words, following)

    def _labelled(self, label: Label, block: Block) -> None:
        self._leave_list()
        if label.title_start == label.title_end:
            self.awaited = label
            self._level(label, block)
            return
        kind = _RANKS[self.ranks[label.word]]
        self._level(label, block)
        self._shelve(kind, label.title_start, label.title_end, block, code=label.code, named=True)

    def _title_follows(self, block: Block) -> bool:
        # "PILLAR ONE" is alone on its line; the next line, if it is short and no sentence, is its title.
        label, self.awaited = self.awaited, None
        words = self.source.words(block)
        if label is None or block.kind == "cell_row" or len(words) > 150 or words.rstrip().endswith((".", ":", ";")):
            return False
        if label_at(self.source.text, block.start, block.end) is not None:
            return False
        self._shelve(_RANKS[self.ranks[label.word]], block.start, block.end, block, code=label.code, named=True)
        return True

    def _level(self, label: Label, block: Block) -> None:
        if self.ranks[label.word] == PILLAR and block.kind == "heading":
            self.pillar_level = block.level

    def _heading(self, block: Block, words: str) -> None:
        announced = announced_by_heading(words)
        self._leave_list()
        if announced:
            self._announced(announced, block)
        elif not self._is_contained(block, words) and not self._is_numbered_child(block):
            self._left_behind(block)

    def _is_contained(self, block: Block, words: str) -> bool:
        """A heading one step under `Strategic pillars` is a pillar, unless the pillars name themselves elsewhere."""
        name, level = self.container
        if not name or block.level != level + 1 or _KINDS[name] in self.named or _CHROME.match(words.strip()):
            return False
        if name == PILLARS:
            self.pillar_level = block.level
        self._shelve(_KINDS[name], block.start, block.end, block)
        return True

    def _left_behind(self, block: Block) -> None:
        if self.container[0] and block.level <= self.container[1]:
            self.container = ("", 0)
        if self.pillar_level and block.level <= self.pillar_level:
            self.shelf.leave_pillar()

    def _announced(self, announced: str, block: Block) -> None:
        self.list_of = announced
        if announced in _KINDS and not (announced == PILLARS and self.shelf.pillar and block.level > self.pillar_level):
            self.container = (announced, block.level)
        if announced == PILLARS:
            self.shelf.leave_pillar()
        self._unlist(announced)

    def _unlist(self, announced: str) -> None:
        if announced == OBJECTIVES or (announced == ACTIONS and self.shelf.objective_is_one_of_many()):
            self.shelf.objective = None

    def _is_numbered_child(self, block: Block) -> bool:
        """A number that goes on from an open pillar's or objective's own: `1.2` under pillar 1, `1.2.1` under 1.2."""
        number = block.number.strip("().")
        parent = self.shelf.numbered_parent(number)
        if parent is None or len(self.source.words(block)) > 600:
            return False
        kind = Kind.OBJECTIVE if parent.kind == Kind.PILLAR else Kind.ACTION
        if kind == Kind.OBJECTIVE and self.list_of == ACTIONS:
            kind = Kind.ACTION
        self._shelve(kind, block.start, block.end, block, code=number)
        return True

    def _item(self, block: Block, following: Block | None) -> None:
        words = self.source.words(block)
        if words.rstrip().endswith(":") and (announced := announced_by_lead_in(words)) in _KINDS:
            self._open_list(announced)
            return
        if self._is_numbered_child(block):
            return
        if opens_with_details(words) and self.shelf.add_details(block):
            return
        if self.list_of == OTHER or (self.list_level and block.level > self.list_level):
            return
        kind = _KINDS.get(self.list_of)
        if kind is None and self.shelf.objective is not None and self.fresh:
            kind = Kind.ACTION
        if kind is None:
            self._heading_like(block, following)
            return
        self.list_level = self.list_level or block.level
        own = block.number if block.number.strip("().").replace(".", "").isdigit() else ""
        self._shelve(kind, block.start, block.end, block, code=own.strip("()."), keep_list=True)

    def _heading_like(self, block: Block, following: Block | None) -> None:
        # In plain text a numbered title in front of a paragraph or list is a heading without its looks.
        words = self.source.words(block)
        if (
            block.number
            and following is not None
            and following.kind != "item"
            and len(words) < 100
            and words[-1:] not in ".;,"
        ):
            self._heading(block, words)

    def _paragraph(self, block: Block, words: str, following: Block | None) -> None:
        if opens_with_details(words) and self.shelf.add_details(block):
            return
        if announced := announced_by_lead_in(words):
            listed = following is not None and (following.kind == "item" or bool(following.number))
            self._open_list(announced if listed or announced != PILLARS else "")
            return
        if announced_by_heading(words) in _KINDS and len(words) < 60:
            self._announced(announced_by_heading(words), block)
            return
        if self.list_level:
            self._leave_list()
        self.shelf.action = None

    def _open_list(self, announced: str) -> None:
        self._leave_list()
        self.list_of = announced
        if announced == PILLARS:
            self.shelf.leave_pillar()
        self._unlist(announced)

    def _leave_list(self) -> None:
        self.list_of, self.list_level, self.fresh = "", 0, False

    def _row(self, block: Block) -> None:
        found = columns_of(self.source, block)
        if found is not None:
            self.columns = found
            return
        if self.columns is None:
            return
        if (section := section_of(block)) is not None:
            self._table_section(section, block)
        elif (action := action_of(self.source, block, self.columns)) is not None:
            self._table_parents(block)
            self._table_action(action)

    def _table_section(self, section: tuple[int, int], block: Block) -> None:
        label = label_at(self.source.text, *section)
        if label is not None and label.word in self.ranks and label.title_end > label.title_start:
            kind = _RANKS[self.ranks[label.word]]
            self._shelve(kind, label.title_start, label.title_end, block, code=label.code, named=True)

    def _table_parents(self, block: Block) -> None:
        for name in (PILLAR, OBJECTIVE):
            at = (self.columns or {}).get("pillar" if name == PILLAR else "objective")
            if at is None or at >= len(block.cells) or block.cells[at][0] == block.cells[at][1]:
                continue
            label = label_at(self.source.text, *block.cells[at])
            start, end = (label.title_start, label.title_end) if label else block.cells[at]
            code = label.code if label else ""
            if label is None and (number := _CELL_NUMBER.match(self.source.text[start:end])):
                code, start = number["code"], start + number.end()
            if start < end:
                self._shelve(_RANKS[name], start, end, block, code=code, named=bool(code))

    def _table_action(self, action: TableAction) -> None:
        start, end = trimmed(self.source.text, action.title_start, action.title_end, extra=".;")
        if start < end:
            self.shelf.put(Kind.ACTION, start, end, upto=action.end, fields=dict(action.fields), full_row=True)

    def _shelve(
        self,
        kind: Kind,
        start: int,
        end: int,
        block: Block,
        *,
        code: str = "",
        named: bool = False,
        keep_list: bool = False,
    ) -> None:
        details = details_in(self.source.text, start, block.end)
        stop = min(end, details.begins) if details.begins > start else end
        first = next(split_sentences(self.source.text, start, stop), (start, stop))
        if kind == Kind.ACTION and not named:
            first = (start, stop) if stop - start <= _TITLE_AT_MOST else first
        start, stop = _without_tail(self.source.text, *_without_gloss(self.source.text, kind, *first))
        if stop - start < 2 or stop - start > 2 * _TITLE_AT_MOST:
            return
        fields = details.fields if kind == Kind.ACTION else {}
        upto = block.end if kind == Kind.ACTION and fields else stop
        self.shelf.put(
            kind, start, stop, upto=upto, fields=fields | ({"code": code_of(code)} if code else {}), named=named
        )
        if not keep_list:
            self._leave_list()
            self.fresh = kind == Kind.OBJECTIVE
            self.list_of = ""


def _without_gloss(text: str, kind: Kind, start: int, end: int) -> tuple[int, int]:
    """`Skilled people: improving the teaching of ...` is a title and its gloss; an action keeps its whole wording."""
    gloss = _GLOSS.search(text, start, end) if kind != Kind.ACTION else None
    return (start, gloss.start()) if gloss and end - gloss.end() > _GLOSS_AT_LEAST else (start, end)


def _without_tail(text: str, start: int, end: int) -> tuple[int, int]:
    tail = _LIST_TAIL.search(text, start, end)
    return trimmed(text, start, tail.start() if tail else end, extra=".,;:(–—-")


def _ranks(source: Source) -> dict[str, int]:
    """The rank of each word used in labels. When two words share the top rank, the first to appear is the higher."""
    labels = _labels(source, tables=True)
    first_seen = list(dict.fromkeys(label.word for label in labels))
    ranks = {label.word: label.rank for label in labels}
    tops = [word for word in first_seen if ranks[word] == PILLAR]
    for word in tops[1:]:
        ranks[word] = OBJECTIVE
    return ranks


def _labels(source: Source, *, tables: bool) -> list[Label]:
    blocks = (block for block in source.blocks if tables or block.kind != "cell_row")
    return [found for block in blocks if (found := _any_label(source, block)) is not None]


def _any_label(source: Source, block: Block) -> Label | None:
    span = section_of(block) if block.kind == "cell_row" else (block.start, block.end)
    return label_at(source.text, *span) if span else None
