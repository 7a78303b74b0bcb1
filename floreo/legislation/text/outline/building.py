"""Goes through the lines of the body once and puts each where it belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from floreo.legislation.text import labels
from floreo.legislation.text.labels import Label, bracket_label, section_label
from floreo.legislation.text.outline.bounds import HEADING_AND_FIRST
from floreo.legislation.text.outline.notes import (
    EPIGRAPH,
    begins_with_epigraphs,
    has_notes_with_stops,
    has_words_before_numbers,
    is_dotted_note,
    noted_sections,
)
from floreo.legislation.text.outline.placing import CONTAINERS, OpenNodes, begins_plainly, kind_below, list_for
from floreo.legislation.text.outline.words import (
    HEADING_AT_MOST,
    OPEN,
    SCHEDULE,
    TextLine,
    container_of,
    ends_open,
    is_title,
)
from floreo.legislation.text.structure import RANKS, Block, Definition, Doubt, Item, Node, NodeKind, Quote, Rows, Text

_CONTAINER_KINDS: dict[str, NodeKind] = {
    "part": "part",
    "parte": "part",
    "título": "part",
    "titulo": "part",
    "chapter": "chapter",
    "capítulo": "chapter",
    "capitulo": "chapter",
    "division": "division",
    "subpart": "division",
    "sub-part": "division",
}
_TERM = re.compile(
    r"^[“\"«‘]{1,2}[^”\"»’]{1,160}[”\"»’]{1,2}\s*(?:\([^)]*\)\s*)?(?:,|means?\b|includes?\b|has\b|have\b|in\s+relation|in\b|when\b|with\b"
    r"|is\b|are\b|shall\b|refers?\b|denotes?\b|and\b|or\b|—|significa\b|comprende\b|incluye\b|:)",
    re.IGNORECASE,
)
_BARE_TERM = re.compile(  # its marks are lost, or the second alone is left; not the sentence "A reference to a person includes ..."
    r"^(?!(?:an?|any|the|this|no|in|for|where|if|and|but|or|which|that|who|it|references?|subsections?)\s)"
    r"[^\s“\"«‘][^“\"«‘.,;:]{0,60}?[”\"»’]{0,2},?\s+(?:means|includes|has\s+the\s+(?:same\s+)?meaning)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"interpretation|definition|meaning|definici|interpretaci|construction of", re.IGNORECASE)
_IN_THIS = re.compile(
    r"\b(?:in|of)\s+(?:this|these|the)\b[^.]*[—–:-]\s*$|\bin\s+th(?:is|ese)\s+[\w-]+,\s*$"
    r"|\b(?:en|de)\s+(?:est[ae]|la\s+presente)\b[^.]*[—–:]\s*$",
    re.IGNORECASE,
)
_AMENDS = re.compile(r"follow|substitut|insert|add|sigui|sustitu|agreg", re.IGNORECASE)
_HEADING_AND_TEXT = re.compile(
    r"^((?:(?!\.\s)[^—–]){2,120}?)\.\s?(?:[—–]|-(?=\s?[A-ZÁÉÍÓÚÑ“\"]))-?\s*(\S.*)$", re.DOTALL
)
_JUMP_AT_MOST = 10


@dataclass
class Builder(OpenNodes):
    """Goes through the lines once, with the nodes that are open now."""

    last_section: str = ""
    begins_at: str = "1"  # the number of its first section: another in an extract
    has_words: bool = False  # its sections are "Article 1", "Article 2"
    has_epigraphs: bool = False  # "Artículo 1. Objeto. La presente ley ..."
    has_notes: bool = False  # a title above a section whose own words are text
    has_dotted_notes: bool = False  # "Short title." above "1. This Act ..."

    def open_section(self, node: Node) -> None:
        """Begins within a section whose number and heading are known."""
        self.last_section = node.number
        self._open(node)

    def build(self, lines: Sequence[TextLine]) -> tuple[list[Node], list[Block]]:
        at = 0
        self.has_words = has_words_before_numbers(lines)
        self.has_dotted_notes = has_notes_with_stops(lines)
        self.has_epigraphs = self.has_words and begins_with_epigraphs(lines)
        self.has_notes = bool(noted_sections(lines)[1])
        while at < len(lines):
            at = self._line(lines, at)
        return self.top, self.loose

    def _line(self, lines: Sequence[TextLine], at: int) -> int:
        line, words = lines[at], lines[at].words.strip()
        if line.cells:
            self._row(line.cells)
            return at + 1
        if (after := self._structure(lines, at)) is not None:
            return after
        bracket = bracket_label(words) or self._dotted_number(words)
        if bracket and (self._section_open() or self.is_quoted):
            self._bracket(bracket, [each.words.strip() for each in lines[at + 1 : at + 40]])
            return at + 1
        self._text(words)
        return at + 1

    def _structure(self, lines: Sequence[TextLine], at: int) -> int | None:
        """A part, quoted words, a section or its heading: one past the last line that was taken; none for other words."""
        line, words = lines[at], lines[at].words.strip()
        if (found := container_of(words)) and len(words) <= HEADING_AT_MOST and not words.endswith((";", ",")):
            return self._container(lines, at, found)
        if (self.path or self.is_quoted) and (end := self._quote_end(lines, at)):
            self._quote(lines[at:end])
            return end
        label = section_label(words)
        if label is not None and (self._is_next_section(label, line) or self._is_far_section(label, lines, at)):
            return self._section(lines, at, label, "")
        return self._heading_before(lines, at)

    # --- parts and sections ---

    def _container(self, lines: Sequence[TextLine], at: int, found: re.Match[str]) -> int:
        kind = _CONTAINER_KINDS[found["word"].lower()] if "word" in found.re.groupindex else "division"
        heading = found["heading"].strip()
        at += 1
        if not heading and at < len(lines) and self._may_head(lines, at):
            heading = lines[at].words.strip()
            at += 1
        self._open(Node(kind, found["number"].upper(), heading))
        return at

    def _may_head(self, lines: Sequence[TextLine], at: int) -> bool:
        words = lines[at].words.strip()
        return (
            0 < len(words) <= HEADING_AT_MOST
            and not lines[at].cells
            and section_label(words) is None
            and bracket_label(words) is None
            and not container_of(words)
            and not words.endswith((".", ";", ","))
        )

    def _is_next_section(self, label: Label, line: TextLine) -> bool:
        if not label.rest and not line.is_heading and not label.has_dot and not label.has_word:
            return False
        if self.has_words and not label.has_word:  # "Article 3", then its own "1. ..."
            return False
        plain = begins_plainly(label, line)
        if not self.last_section:
            return plain and (self.is_quoted or label.number[:1] == "1" or label.number == self.begins_at)
        if labels.follows(label.number, self.last_section, "number"):
            return plain
        is_marked = label.has_dot or line.is_heading
        if labels.is_repeat(label.number, self.last_section, "number"):
            return is_marked and is_title(label.rest)
        place = int(re.match(r"\d+", label.number)[0]) - int(re.match(r"\d+", self.last_section)[0])  # type: ignore[index]
        return 0 < place <= _JUMP_AT_MOST and is_marked and (is_title(label.rest) or label.rest[:1] == "(")

    def _is_far_section(self, label: Label, lines: Sequence[TextLine], at: int) -> bool:
        """A title beside a number much higher than the last, as where sections were repealed: "(1)" comes next."""
        if not (self.last_section and label.has_dot and is_title(label.rest)) or at + 1 >= len(lines):
            return False
        follows = bracket_label(lines[at + 1].words.strip())
        is_higher = labels.is_jump(label.number, self.last_section, "number")
        return is_higher and follows is not None and follows.number == "1"

    def _section(self, lines: Sequence[TextLine], at: int, label: Label, heading: str) -> int:
        if self.last_section and labels.is_repeat(label.number, self.last_section, "number"):
            self.doubts.append(Doubt("number_twice", "", (("number", label.number),)))
        elif self.last_section and not labels.follows(label.number, self.last_section, "number"):
            self.doubts.append(Doubt("number_missing", "", (("number", label.number), ("last", self.last_section))))
        self.last_section = label.number
        node = Node("section", label.number, heading)
        self._open(node)
        rest = label.rest
        split = HEADING_AND_FIRST.match(rest) or _HEADING_AND_TEXT.match(rest)
        if split is None and self.has_epigraphs:
            split = EPIGRAPH.match(rest)
        if not heading and split:
            node.heading, rest = split[1].strip(), split[2]
        elif not heading and rest and self._is_heading(label, lines, at):
            node.heading, rest = rest.rstrip(".").strip(), ""
        if rest:
            self._rest(rest, [each.words.strip() for each in lines[at + 1 : at + 40]])
        elif not node.heading and at + 2 < len(lines) and self._may_head(lines, at + 1):
            following = section_label(lines[at + 2].words.strip())
            if following is None or not self._is_next_section(following, lines[at + 2]):
                node.heading = lines[at + 1].words.strip()
                return at + 2
        return at + 1

    def _is_heading(self, own: Label, lines: Sequence[TextLine], at: int) -> bool:
        """Whether the words beside the number are the section's title: short, and followed by its text."""
        rest = own.rest
        if not is_title(rest):
            return False
        if at + 1 >= len(lines):
            return lines[at].is_heading
        after = lines[at + 1]
        words = after.words.strip()
        if container_of(words) or (SCHEDULE.match(words) and words.isupper()):
            return lines[at].is_heading
        label = section_label(words)
        if label is not None and labels.follows(label.number, own.number, "number") and label.has_dot:
            return lines[at].is_heading and len(rest.split()) <= 8 and not rest.endswith(".")
        return not (rest.endswith(".") and self._heads_next(own, lines, at + 1))

    def _heads_next(self, own: Label, lines: Sequence[TextLine], at: int) -> bool:
        """Whether a line is the note of the next section, so that the words before it were a whole section: "1. This Act is ..."."""
        if at + 1 >= len(lines) or not self._may_head(lines, at):
            return False
        label = section_label(lines[at + 1].words.strip())
        return label is not None and labels.follows(label.number, own.number, "number") and label.has_dot

    def _heading_before(self, lines: Sequence[TextLine], at: int) -> int | None:
        """A short line before a section whose own words are text heads that section; before one with a title it is a cross-heading."""
        if at + 1 >= len(lines) or not (
            self._may_head(lines, at) or (self.has_dotted_notes and is_dotted_note(lines, at))
        ):
            return None
        words, following = lines[at].words.strip(), lines[at + 1]
        label = section_label(following.words.strip())
        if label is None or not self._is_next_section(label, following):
            return None
        if words[:1].islower() or words[:1] in f"{OPEN}[" or ends_open(self._last_words()):
            return None
        is_sentence = self.has_notes and label.rest.endswith(".")
        if label.rest and not (label.rest.startswith("(") or is_sentence) and self._is_heading(label, lines, at + 1):
            if not self.top or self.path:
                self._open(Node("crossheading", "", words))
            return at + 1
        return self._section(lines, at + 1, label, words.rstrip("."))

    def _open(self, node: Node) -> None:
        if node.kind in CONTAINERS and node.kind not in self.containers:
            self.containers.append(node.kind)
        rank = self._rank(node)
        while (
            self.path
            and self._rank(self.path[-1]) >= rank
            and not (node.kind == self.path[-1].kind == "subparagraph" and self.styles.get(id(node)) == "roman")
        ):
            self.path.pop()
        (self.path[-1].children if self.path else self.top).append(node)
        if node.kind != "crossheading":
            self.path.append(node)

    def _section_open(self) -> bool:
        return any(node.kind == "section" for node in self.path)

    # --- what is lettered and numbered within a section ---

    def _dotted_number(self, words: str) -> Label | None:
        """ "1. ..." below "Article 3", where a number alone begins no section; one that begins or goes on a list, not a quantity."""
        label = section_label(words) if self.has_words else None
        if label is None or label.has_word or not (label.rest and (label.has_dot or label.rest[:1].isupper())):
            return None
        lasts = [each.children[-1].number.strip("().") for each in self.path if each.children]
        goes_on = any(last[0].isdigit() and labels.follows(label.number, last, "number") for last in lasts if last)
        return label if label.number == "1" or goes_on else None

    def _rest(self, rest: str, ahead: Sequence[str]) -> None:
        """What follows a label on its line: another label, "(1) (a) ...", or words."""
        label = bracket_label(rest)
        if label is not None and labels.is_first(label.number, labels.styles(label.number)[-1]):
            self._bracket(label, ahead)
        else:
            self._own(rest)

    def _bracket(self, label: Label, ahead: Sequence[str]) -> None:
        if self._in_definition(label):
            return
        found = self._place_of(label, ahead)
        if found is None:
            self.doubts.append(Doubt("number_odd", self._here(), (("number", label.printed),)))
            self._text(f"{label.printed} {label.rest}")
            return
        parent, style, doubt = found
        if doubt:
            self.doubts.append(Doubt(doubt, self._here(), (("number", label.printed),)))
        while self.path and self.path[-1] is not parent:
            self.path.pop()
        node = Node(kind_below(parent, style), label.printed)
        (parent.children if parent else self.top).append(node)
        self.styles[id(parent) if parent else 0] = style
        self.path.append(node)
        if label.rest:
            self._rest(label.rest, ahead)

    def _in_definition(self, label: Label) -> bool:
        """Lettered lines below a definition are its own."""
        blocks = self._open_blocks()
        if not blocks or label.number[0].isdigit():
            return False
        if isinstance(blocks[-1], Text) and ends_open(blocks[-1].words):
            after_children = bool(self.path and self.path[-1].children)
            is_first = labels.is_first(label.number, labels.styles(label.number)[-1])
            if any(isinstance(each, Definition) for each in blocks) or (after_children and is_first):
                blocks[-1] = Definition(blocks[-1].words)
        owner = blocks[-1]
        if not isinstance(owner, Definition):
            return False
        list_of_it = list_for(label, owner.items)
        if list_of_it is None:
            return False
        list_of_it.append(Item(label.printed, label.rest))
        return True

    # --- words ---

    def _own(self, words: str) -> None:
        """The words after a label on its own line. A term that is lettered itself is that paragraph, and so are its (i) and (ii)."""
        here = self.path[-1]
        here.before.append(Text(words) if here.kind in {"paragraph", "subparagraph"} else self._block(words, here))

    def _text(self, words: str) -> None:
        here = self.path[-1] if self.path else None
        if here is None:
            self.loose.append(self._block(words, None))
            return
        holder = self._holder_of_definitions()
        if holder is not None and (_TERM.match(words) or (_BARE_TERM.match(words) and self._lists_terms(here))):
            while self.path[-1] is not holder:
                self.path.pop()
            self._open_blocks().append(Definition(words))
            return
        if self._is_wrap_up(words, here):
            owner = self.path[-2]
            del self.path[-1]
            owner.after.append(Text(words))
            return
        blocks = self._open_blocks()
        if blocks and isinstance(blocks[-1], Definition) and words[:1].islower():
            blocks[-1].after = f"{blocks[-1].after} {words}".strip()
            return
        blocks.append(self._block(words, here))

    def _open_blocks(self) -> list[Block]:
        """Where the next words go."""
        if not self.path:
            return self.loose
        here = self.path[-1]
        return here.after if here.children else here.before

    def _holder_of_definitions(self) -> Node | None:
        """The innermost open node that holds definitions."""
        for node in reversed(self.path):
            if any(isinstance(block, Definition) for block in [*node.before, *node.after]):
                return node
        return None

    def _is_wrap_up(self, words: str, here: Node) -> bool:
        """Words in small letters after "(b) ...;" go on with the sentence of what holds (a) and (b)."""
        if not words[:1].islower() or len(self.path) < 2 or here.kind not in {"paragraph", "subparagraph"}:
            return False
        return not ends_open(self._last_words()) and words.rstrip(";,") not in {"and", "or", "y", "o"}

    def _block(self, words: str, here: Node | None) -> Block:
        section = next((node for node in reversed(self.path) if node.kind == "section"), None)
        if _TERM.match(words) and self._defines(section, here):
            return Definition(words)
        if _BARE_TERM.match(words) and self._lists_terms(here):
            return Definition(words)
        return Text(words)

    def _lists_terms(self, here: Node | None) -> bool:
        """Whether the words before are "In this Act—" or another term, and so the next line defines one too."""
        before = (here.after or here.before) if here else []
        if not before:
            return False
        last = before[-1]
        return isinstance(last, Definition) or (isinstance(last, Text) and bool(_IN_THIS.search(last.words)))

    def _defines(self, section: Node | None, here: Node | None) -> bool:
        if self.is_quoted or (section and _DEFINES.search(section.heading)):
            return True
        words_before = [block.words for block in (here.before if here else []) if isinstance(block, Text)]
        return any(_IN_THIS.search(each) for each in words_before) or any(
            isinstance(block, Definition) for block in (here.before if here else [])
        )

    def _row(self, cells: tuple[str, ...]) -> None:
        blocks = self._open_blocks()
        if not blocks or not isinstance(blocks[-1], Rows):
            blocks.append(Rows())
        table = blocks[-1]
        assert isinstance(table, Rows)
        table.rows.append(cells)

    # --- quoted amendments ---

    def _quote_end(self, lines: Sequence[TextLine], at: int) -> int:
        """One past the last line of what an amendment quotes; 0 where none begins here."""
        words = lines[at].words.strip()
        last = self._last_words()
        if words[:1] not in OPEN or not ends_open(last) or not _AMENDS.search(last):
            return 0
        depth = 0
        for end in range(at, min(at + 400, len(lines))):
            each = lines[end].words.strip()
            depth += each.count("“") - each.count("”")
            closed = depth <= 0 if words[0] == "“" else (end > at or len(each) > 1)
            if closed and re.search(r"[”\"]\s*(?:[.;,]|;\s*(?:and|y))?\s*$", each):
                return end + 1
        return self._open_quote_end(lines, at)

    def _open_quote_end(self, lines: Sequence[TextLine], at: int) -> int:
        """Where nothing closes a quoted section, it ends before the next section of the bill; 0 where that does not come."""
        inner = section_label(lines[at].words.strip()[1:])
        if inner is None:
            return 0
        for end in range(at + 1, min(at + 400, len(lines))):
            label = section_label(lines[end].words.strip())
            if label is not None and label.has_dot and labels.follows(label.number, self.last_section or "0", "number"):
                self.doubts.append(Doubt("quote_open", self._here(), (("number", inner.number),)))
                return end
        return 0

    def _quote(self, lines: Sequence[TextLine]) -> None:
        inner = [line.words.strip() for line in lines]
        inner[0] = inner[0][1:]
        closing = re.search(r"[”\"]\s*(?:[.;,]|;\s*(?:and|y))?\s*$", inner[-1])
        end = closing[0].strip() if closing else "”"
        inner[-1] = inner[-1][: closing.start()] if closing else inner[-1]
        builder = Builder(self.doubts, is_quoted=True)
        nodes, blocks = builder.build(
            [TextLine(words, line.is_heading, line.cells) for words, line in zip(inner, lines, strict=True)]
        )
        self._open_blocks().append(Quote(blocks, nodes, lines[0].words.strip()[0], end))

    # --- what was read last ---

    def _here(self) -> str:
        numbers = [node.number for node in self.path if self._rank(node) >= RANKS.index("section")]
        return "".join(numbers)
