"""The nodes that are open while a text is gone through, and under which of them a number belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from floreo.legislation.text import labels
from floreo.legislation.text.labels import Label, Style, bracket_label
from floreo.legislation.text.outline.words import (
    OPEN,
    TextLine,
    ends_open,
)
from floreo.legislation.text.structure import RANKS, Block, Definition, Doubt, Item, Node, NodeKind, Text

CONTAINERS: frozenset[NodeKind] = frozenset({"part", "chapter", "division"})


@dataclass
class OpenNodes:
    """What was built so far."""

    doubts: list[Doubt]
    is_quoted: bool = False
    top: list[Node] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)  # before the first node
    path: list[Node] = field(default_factory=list)
    styles: dict[int, Style] = field(default_factory=dict)  # how the children of a node are numbered, by its identity
    containers: list[NodeKind] = field(
        default_factory=list
    )  # in the order in which they first come: chapters may hold parts

    def _place_of(self, label: Label, ahead: Sequence[str]) -> tuple[Node | None, Style, str] | None:
        """Under which open node it belongs, numbered how, and what is odd about it. The next in a series goes before a new series."""
        options: list[tuple[Node | None, Style, str]] = []
        parents: list[Node | None] = [*reversed(self.path)]
        if self.is_quoted:
            parents.append(None)
        for parent in parents:
            if parent is not None and self._rank(parent) < RANKS.index("section"):
                break
            style = self.styles.get(id(parent) if parent else 0)
            siblings = parent.children if parent else self.top
            if style and style in labels.styles(label.number) and siblings:
                last = siblings[-1].number.strip("().")
                is_single_after_doubles = siblings[0].number == "(aa)" and len(label.number) == 1
                if labels.follows(label.number, last, style) and not is_single_after_doubles:
                    options.append((parent, style, ""))
        start = self._new_series(label)
        if options and start and self._starts_series(label, ahead, options[0][1]):
            return start
        if options:
            return options[0]
        if start:
            return start
        return self._out_of_order(label, parents)

    def _new_series(self, label: Label) -> tuple[Node | None, Style, str] | None:
        for style in reversed(labels.styles(label.number)):
            here = self.path[-1] if self.path else None
            is_double = is_first_double(label.number, here)
            if is_double or labels.is_first(label.number, style):
                if not is_double and any(self.styles.get(id(node)) == style for node in self.path):
                    return None  # (1) below (1), (a) below (a): the number comes twice
                if here is not None and here.children:  # something is below already: a second series, below its last
                    return None
                return here, style, ""
        return None

    def _starts_series(self, label: Label, ahead: Sequence[str], style: Style) -> bool:
        """(i) after (h): a letter, or the first roman number below (h)? What comes next decides, then the words before. So with (aa), which
        is between (a) and (b) or below (i)."""
        following = next((found.number for words in ahead if (found := bracket_label(words))), "")
        if label.number == "aa":
            return following == "bb"
        if style != "letter" or label.number != "i":
            return False
        if following in {"ii", "j", "ia", "i"}:
            return following == "ii"
        return ends_open(self._last_words())

    def _out_of_order(self, label: Label, parents: Sequence[Node | None]) -> tuple[Node | None, Style, str] | None:
        for parent in parents:
            if parent is not None and self._rank(parent) < RANKS.index("section"):
                break
            style = self.styles.get(id(parent) if parent else 0)
            siblings = parent.children if parent else self.top
            if not (style and siblings and style in labels.styles(label.number)):
                continue
            last = siblings[-1].number.strip("().")
            if labels.is_jump(label.number, last, style):
                return parent, style, "number_missing_here"
            if labels.is_repeat(label.number, last, style):
                return parent, style, "number_twice_here"
        here = self.path[-1] if self.path else None
        style = labels.styles(label.number)[-1]
        if (here is None or not here.children) and (self.is_quoted or style == "number"):
            return here, style, "" if self.is_quoted else "number_missing_here"
        return None

    def _rank(self, node: Node) -> int:
        if node.kind == "crossheading":
            return RANKS.index("section")
        if node.kind in CONTAINERS:
            return self.containers.index(node.kind) if node.kind in self.containers else len(self.containers)
        return RANKS.index(node.kind)

    def _last_words(self) -> str:
        if not self.path:
            return words_of_blocks(self.loose)
        here = self.path[-1]
        return words_of_blocks(here.after or here.before)


def kind_below(parent: Node | None, style: Style) -> NodeKind:
    if style == "number":
        return "subsection"
    if parent is None or parent.kind in {"section", "subsection"}:
        return "paragraph"
    return "subparagraph"


def begins_plainly(label: Label, line: TextLine) -> bool:
    """Whether the words after a number may begin a section: not in the middle of a sentence."""
    starts = label.rest[:1]
    return (
        label.has_dot
        or (label.has_word and not starts.islower())
        or line.is_heading
        or starts in "(—"
        or starts.isupper()
        or starts in OPEN
    )


def list_for(label: Label, items: list[Item]) -> list[Item] | None:
    """Where a lettered line below a definition belongs: among its items, or among those of the last of them; None where nowhere."""
    options = labels.styles(label.number)
    is_first = labels.is_first(label.number, options[-1])
    if not items:
        return items if is_first else None
    last = items[-1]
    if last.items and _fits(label.number, last.items[-1].number, options):
        return last.items
    if "letter" in options and labels.follows(label.number, last.number.strip("()."), "letter"):
        return items
    if is_first and ends_open(last.text):
        return last.items
    return items if _fits(label.number, last.number, options) else None


def is_first_double(number: str, here: Node | None) -> bool:
    """(aa) below (i), as South African Acts go on after (a) and (i)."""
    return number == "aa" and here is not None and bool(labels.ROMAN.match(here.number.strip("().")))


def _fits(number: str, last: str, options: Sequence[Style]) -> bool:
    return any(labels.follows(number, last.strip("()."), style) for style in options)


def words_of_blocks(blocks: Sequence[Block]) -> str:
    if not blocks:
        return ""
    last = blocks[-1]
    if isinstance(last, Text):
        return last.words
    if isinstance(last, Definition):
        return last.after or (last.items[-1].text if last.items else last.words)
    return ""
