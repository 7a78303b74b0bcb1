"""From the lines of a bill, in reading order, to its structure. Judges by labels and their order, since layout is lost on the way."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from floreo.legislation.text import labels
from floreo.legislation.text.labels import Label, Style, bracket_label, section_label
from floreo.legislation.text.structure import (
    RANKS,
    Block,
    Definition,
    Doubt,
    Item,
    LegalText,
    Node,
    NodeKind,
    Quote,
    Rows,
    Schedule,
    Text,
)

_NUMERAL = r"(?:[IVXLC]+|\d{1,3}|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|PRIMER[AO]?|SEGUND[AO]|TERCER[AO]?)[A-Z]?|[A-Z](?=\s*(?:[-–—:.]|$))"
_CONTAINER = re.compile(
    rf"^(?P<word>PART|CHAPTER|DIVISION|SUBPART|SUB-PART|PARTE|CAP[IÍ]TULO|T[IÍ]TULO)\s+(?P<number>{_NUMERAL})(?![a-z0-9])"
    r"\s*[-–—:.]*\s*(?P<heading>.*)$",
    re.IGNORECASE,
)
_SUBPART = re.compile(r"^SUB-?PART\s*:?\s*(?P<number>[A-Z])\s*[-–—:.]+\s*(?P<heading>.*)$", re.IGNORECASE)
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
_CONTAINERS: frozenset[NodeKind] = frozenset({"part", "chapter", "division"})
_ORDINAL = "FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|NINTH|TENTH|PRIMER|SEGUNDO|TERCER|CUARTO|QUINTO"
_SCHEDULE = re.compile(
    rf"^(?P<title>(?:(?:{_ORDINAL})\s+)?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?:\s+(?:[IVXLC]+|\d{{1,2}}|[A-Z]))?)\b"
    r"\s*[-–—:.]*\s*(?P<rest>.*)$"
)
_SCHEDULE_ALONE = re.compile(  # in small letters only where nothing else is on the line
    rf"^(?P<title>(?:(?:{_ORDINAL})\s+)?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?:\s+(?:[IVXLC]+|\d{{1,2}}|[A-Z]))?)(?P<rest>)$",
    re.IGNORECASE,
)
_SECTIONS_NAMED = (
    r"(?:s{1,2}\.|sections?|regulations?|articles?|clauses?|rules?|art[íi]culos?)\s*\d+[A-Z]*(?:\(\w{1,4}\))*"
    r"(?:\s?(?:,|and|to|&|–|-|y|a)\s?\d+[A-Z]*(?:\(\w{1,4}\))*){0,20}"
)
_BELONGS_TO = re.compile(rf"{_SECTIONS_NAMED}\.?|\[{_SECTIONS_NAMED}\.?\]", re.IGNORECASE)
_END_NOTE = re.compile(  # behind a bill, and no part of it
    r"^(?P<title>EXPLANATORY\s+(?:STATEMENT|MEMORANDUM|NOTES?)|(?:STATEMENT|MEMORANDUM)\s+OF\s+OBJECTS\s+AND\s+REASONS"
    r"|OBJECTS\s+AND\s+REASONS|EXPOSICI[ÓO]N\s+DE\s+MOTIVOS)(?P<rest>)$",
    re.IGNORECASE,
)
_LONG_TITLE = re.compile(r"^(?:AN?\s+ACT|A\s+BILL|ACT|BILL|LEY)\b", re.IGNORECASE)
_PURPOSE = re.compile(r"\b(?:to|for|para|que)\b", re.IGNORECASE)
_ENACTING = re.compile(
    r"^(?:BE\s+IT\s+(?:THEREFORE\s+)?ENACTED|ENACTED\b|WHEREAS\b|NOW,?\s+THEREFORE|POR\s+CUANTO|DECRETA|\[.*\]$)",
    re.IGNORECASE,
)
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
_GLUED_NOTE = re.compile(r"^(?P<words>.*[.;][”\"’)]?\.?)\s+(?P<note>[A-ZÁÉÍÓÚÑ][^.;:]{2,100})$", re.DOTALL)
_GOES_ON = ("—", "–", ":", "-")
_AMENDS = re.compile(r"follow|substitut|insert|add|sigui|sustitu|agreg", re.IGNORECASE)
_LIST_TITLE = re.compile(r"^(?:ARRANGEMENT|TABLE)\s+OF|^CONTENTS$|^[IÍ]NDICE$|^CONTENIDO$", re.IGNORECASE)
_LEFT_OVER = re.compile(r"\[\s*(?:●|•|\?+|TBC|TBD|XX+|\.{2,}|_{2,})\s*\]|\bTBC\b|\bTBD\b|\{\{|\}\}|<[a-z]+>")
_PAGE = re.compile(r"(?:\d{1,4}|[ivxl]{1,6})$")
_QUOTED_SECTION = re.compile(r"(?<=—)\s*(?=[“\"](?:\d{1,4}[A-Z]{0,3}\.|\(\w{1,4}\))\s|““)")
_WRAPPED_AT_LEAST = 50
_NAMES_A_NUMBER = re.compile(  # at the end of a line, where the number stands on the next: "in subsection | (2)", "(a) or | (b) of"
    r"(?:(?<!\bthis\s)(?<!\bthat\s)(?<!\bthe\s)(?<!\bany\s)(?<!\bsuch\s)(?<!\beach\s)(?<!\best[ea]\s)"
    r"\b(?:(?:sub-?)?(?:sections?|paragraphs?|clauses?)|regulations?|articles?|art[íi]culos?|rules?|schedules?|incisos?|literal(?:es)?)"
    r"|\(\w{1,4}\)\s(?:and|or|to|y|o|a))$",
    re.IGNORECASE,
)
_LEANS_ON = re.compile(
    r"\b(?:of|the|to|by|in|under|after|before|from|with|and|or|in|this|that|de|del|la|el|en|por)$", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:sub-?)?(?:section|part|chapter|schedule|article|division|clause|artículo|título|capítulo)s?\s", re.IGNORECASE
)
_HEADING_AND_FIRST = re.compile(r"^(.{2,120}?)\s*[.—–-]{1,2}\s*(\(1\)\s.*)$", re.DOTALL)
_HEADING_AND_TEXT = re.compile(
    r"^((?:(?!\.\s)[^—–]){2,120}?)\.\s?(?:[—–]|-(?=\s?[A-ZÁÉÍÓÚÑ“\"]))-?\s*(\S.*)$", re.DOTALL
)
_EPIGRAPH = re.compile(r"^([A-ZÁÉÍÓÚÑ]\S*(?:\s[^\s.]+){0,8})\.\s+([A-ZÁÉÍÓÚÑ“\"«(].*)$", re.DOTALL)
_HEADING_AT_MOST = 150
_JUMP_AT_MOST = 10
_OPEN, _CLOSE = '“"', '”"'


@dataclass(frozen=True)
class Line:
    """One paragraph, heading or row of a table, with the number that stood before it."""

    words: str
    is_heading: bool = False
    cells: tuple[str, ...] = ()


def outline(lines: Sequence[Line]) -> LegalText:
    """The structure of a whole text. Nothing is left out but the arrangement of sections, which is made from the text itself."""
    rows = _notes_apart(_whole_lines([line for line in lines if line.cells or line.words.strip()]))
    found = LegalText()
    start, end, arrangement = _bounds(rows)
    _front(found, [line.words.strip() for line in rows[: arrangement[0] if arrangement else start]])
    if arrangement:
        _front(found, [line.words.strip() for line in rows[arrangement[1] : start]])
        found.doubts.append(Doubt("arrangement_left_out", ""))
    found.body, more = Builder(found.doubts).build(rows[start:end])
    found.preamble += [words for block in more for words in _lines_of(block)]
    found.schedules = [_schedule(part, found.doubts) for part in _schedules(rows[end:])]
    found.doubts += judged(found)
    return found


def _lines_of(block: Block) -> list[str]:
    """The lines of words that stand in no section, where nothing is quoted."""
    if isinstance(block, Text):
        return [block.words]
    if isinstance(block, Definition):
        return [
            block.words,
            *(words for item in block.items for words in _lines_of_item(item)),
            *filter(None, [block.after]),
        ]
    return []


def _lines_of_item(item: Item) -> list[str]:
    return [f"{item.number} {item.text}".strip(), *(words for each in item.items for words in _lines_of_item(each))]


def _whole_lines(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs that a page broke are one again, those that ran together are two, and a list of contents with dots is gone."""
    made: list[Line] = []
    for line in map(_out_of_cells, lines):
        if _leads_to_page(line.words):
            continue
        first, *rest = _QUOTED_SECTION.split(line.words)
        if made and (_goes_on(made[-1], line) or _is_number_of(made[-1], line)):
            made[-1] = replace(made[-1], words=f"{made[-1].words.rstrip()} {first.strip()}")
        else:
            made.append(replace(line, words=first))
        made += [Line(each) for each in rest]
    return made


def _leads_to_page(words: str) -> bool:
    """A line of contents: "Short title ........ 3". A form has dotted lines too, without a page."""
    bare = words.rstrip()
    page = _PAGE.search(bare)
    return page is not None and "".join(bare[: page.start()].rstrip()[-11:].split()).endswith("......")


def _out_of_cells(line: Line) -> Line:
    """A row that is only layout, as the words of a line: "(a)" in one cell and its words in another, or a single cell."""
    cells = [cell.strip() for cell in line.cells if cell.strip()]
    if len(line.cells) == 1 or (len(cells) == 2 and _is_number_alone(cells[0])):
        return Line(" ".join(cells))
    return line


def _is_number_alone(words: str) -> bool:
    """ "(a)", "(1)", "12A." or "3.—(1)", and nothing else."""
    label = bracket_label(words)
    if label is None:
        label = section_label(words)
        if label is None or not label.has_dot or label.has_word:
            return False
        label = bracket_label(label.rest) if label.rest else label
    return label is not None and not label.rest


def _is_number_of(last: Line, line: Line) -> bool:
    """Whether a number stands alone on the line above its words."""
    words = line.words.strip()
    if last.cells or line.cells or not _is_number_alone(last.words.strip()):
        return False
    is_below = bracket_label(words) is not None and bracket_label(last.words.strip()) is None  # "(1) ..." below "3."
    return is_below or not (bracket_label(words) or section_label(words) or _container(words) or _schedule_title(words))


def _goes_on(last: Line, line: Line) -> bool:
    """Whether a line in small letters without a number goes on with the sentence before it, or is what its last words name."""
    words, before = line.words.strip(), last.words.rstrip()
    if line.cells or last.cells or last.is_heading or len(before) < _WRAPPED_AT_LEAST:
        return False
    if _LEANS_ON.search(before) and _NAMED.match(words):
        return True
    if line.is_heading:
        return False
    if bracket_label(words) or section_label(words):
        return bool(_NAMES_A_NUMBER.search(before)) and _begins_with_number(words)
    begins_small = words[:1].islower() or words[:1] in "“—"
    return begins_small and before[-1:].isalnum() and words.rstrip(";,") not in {"and", "or", "y", "o"}


def _begins_with_number(words: str) -> bool:
    """A number that goes on with a sentence: "(2) applies", "12 of the Act"; not "(2) The Board"."""
    label = bracket_label(words) or section_label(words)
    return label is not None and not label.has_word and (label.rest[:1].islower() or label.rest[:1] in ",;")


def _bounds(rows: Sequence[Line]) -> tuple[int, int, tuple[int, int] | None]:
    """Where the body begins and ends, and where an arrangement of sections stands before it."""
    firsts = [at for at, line in enumerate(rows) if _is_section_one(line)]
    start = (firsts or [0])[0]
    arrangement = _arrangement(rows)
    if arrangement and arrangement[0] <= start:
        start = next(at for at in firsts if at >= arrangement[1])
    else:
        arrangement = None
    end = next((at for at in range(start + 1, len(rows)) if _is_schedule(rows, at)), len(rows))
    start = _head_of_body(rows, start)
    if arrangement:  # its title, and the parts that it lists, go with it
        arrangement = (arrangement[0], min(arrangement[1], start))
        last = arrangement[1]
        for at in range(arrangement[0], last):
            if _looks_like_front(rows[at].words):
                arrangement = (arrangement[0], at)
                break
    return start, end, arrangement


def _head_of_body(rows: Sequence[Line], start: int) -> int:
    """The heading of the first section, where it stands on a line of its own, and the parts that begin before it."""
    if _has_note_before(rows, start):
        start -= 1
    while start:
        if _container(rows[start - 1].words.strip()):
            start -= 1
        elif start > 1 and _container(rows[start - 2].words.strip()) and _is_lone_heading(rows[start - 1].words):
            start -= 2
        else:
            break
    return start


def _is_lone_heading(words: str) -> bool:
    bare = words.strip()
    return (
        0 < len(bare) < _HEADING_AT_MOST
        and not bare.endswith((".", ";", ",", ":", "—"))
        and not _looks_like_front(bare)
    )


def _has_note_before(rows: Sequence[Line], start: int) -> bool:
    """Whether the line above section 1 is its marginal note and not a title: section 2 has one too, and both begin with text."""
    two = next((at for at in range(start + 1, len(rows)) if _number_at(rows, at) == "2"), 0)
    if not (start and two):
        return False
    return all(_is_note(rows, at - 1) for at in (start, two)) or all(
        _is_dotted_note(rows, at - 1) for at in (start, two)
    )


def _has_words(rows: Sequence[Line]) -> bool:
    """Whether sections are "Article 1" and "Article 2", so that a number alone begins none."""
    labels_found = [
        label for line in rows if (label := section_label(line.words.strip())) and label.number in {"1", "2"}
    ]
    with_word = {label.number for label in labels_found if label.has_word and not label.rest[:1].islower()}
    return with_word == {"1", "2"} and labels_found[0].has_word


def _has_epigraphs(rows: Sequence[Line]) -> bool:
    """Whether most articles begin with their title and a stop, and go on with their words."""
    own = [label.rest for line in rows if (label := section_label(line.words.strip())) and label.has_word]
    return sum(bool(_EPIGRAPH.match(rest)) for rest in own) >= max(2, 0.6 * len(own))


def _has_dotted_notes(rows: Sequence[Line]) -> bool:
    """Whether nearly every section that begins with its text has a note above that ends in a stop: "Short title."."""
    numbered = [at for at, line in enumerate(rows) if (label := section_label(line.words.strip())) and label.has_dot]
    noted = [at for at in numbered if at and _begins_with_text(rows[at]) and _is_dotted_note(rows, at - 1)]
    return len(noted) > 1 and noted[0] == numbered[0] and len(noted) >= 0.8 * len(numbered)


def _noted(rows: Sequence[Line]) -> tuple[set[int], set[int]]:
    """Sections that begin with their text; and those with a note above them, none where fewer than half have one."""
    sections = {at for at in range(1, len(rows)) if _begins_with_text(rows[at])}
    noted = {at for at in sections if _is_note(rows, at - 1)}
    return sections, noted if len(noted) > 1 and len(noted) >= 0.5 * len(sections) else set()


def _notes_apart(rows: Sequence[Line]) -> Sequence[Line]:
    """Where sections have notes above them, those that a tightly set page put behind the last sentence stand on a line of their own."""
    sections, noted = _noted(rows)
    if not noted:
        return rows
    apart: list[Line] = []
    for at, row in enumerate(rows):
        glued = _GLUED_NOTE.match(row.words) if at + 1 in sections and at + 1 not in noted and not row.cells else None
        apart += [replace(row, words=glued["words"]), Line(glued["note"])] if glued else [row]
    return apart


def _is_dotted_note(rows: Sequence[Line], at: int) -> bool:
    words = rows[at].words.strip()
    return words.endswith(".") and _is_note(rows, at, words.removesuffix("."))


def _begins_with_text(line: Line) -> bool:
    label = section_label(line.words.strip())
    if label is None or not (label.has_dot or label.rest[:1].isupper() or label.rest.startswith("(")):
        return False
    return label.rest.startswith("(") or not _is_title(label.rest)


def _number_at(rows: Sequence[Line], at: int) -> str:
    label = section_label(rows[at].words.strip())
    return label.number if label and label.rest else ""


def _is_note(rows: Sequence[Line], at: int, note: str = "") -> bool:
    words, label = note or rows[at].words.strip(), section_label(rows[at + 1].words.strip())
    return (
        _is_title(words)
        and not words.endswith(".")
        and not words.isupper()
        and not _looks_like_front(words)
        and not _container(words)
        and section_label(words) is None
        and bracket_label(words) is None
        and label is not None
        and (label.rest.startswith("(") or not _is_title(label.rest) or label.rest.endswith("."))
    )


def _arrangement(rows: Sequence[Line]) -> tuple[int, int] | None:
    """A list of titles before the text itself, in which the first number comes again: where it begins, and one past its end."""
    firsts = [at for at, line in enumerate(rows) if _is_section_one(line)]
    for start, again in itertools.pairwise(firsts):
        end = _end_of_list(rows, start, again)
        if not end:
            continue
        head = _head_of_list(rows, start)
        if all(_container(each.words.strip()) for each in rows[head:start]) and not _comes_again(rows, start, again):
            continue  # a short text and the list of its schedule
        return head, end
    return None


def _end_of_list(rows: Sequence[Line], start: int, again: int) -> int:
    """One past the last title, part or schedule of a list that begins at `start`; 0 for what is no list. Title lines, long title and
    enacting words may stand between it and the text, at `again`."""
    stop = next((at for at in range(start + 1, again) if not _may_be_listed(rows[at])), again)
    titles = [at for at in range(start + 1, stop) if _is_listed(rows[at].words.strip())]
    if again - start < 3 or not titles or any(_is_listed(each.words.strip()) for each in rows[stop:again]):
        return 0
    end = titles[-1] + 1
    is_title_split = end < stop and not _looks_like_front(rows[end].words) and rows[end].words.strip()[:1].islower()
    return end + is_title_split


def _may_be_listed(row: Line) -> bool:
    words = row.words.strip()
    return len(words) < 160 and not bracket_label(words) and not row.cells and not _looks_like_front(words)


def _is_listed(words: str) -> bool:
    """A title with its number, or a schedule; a part goes with the titles after it."""
    label = section_label(words)
    return bool((label and (label.has_dot or label.rest[:1].isupper())) or _schedule_title(words))


def _head_of_list(rows: Sequence[Line], start: int) -> int:
    """Where "ARRANGEMENT OF SECTIONS" stands, and the first part with its title, above the first title of the list."""
    head = start
    while head and not _LIST_TITLE.match(rows[head].words.strip()):
        if _is_arrangement_head(rows[head - 1].words):
            head -= 1
        elif head > 1 and _container(rows[head - 2].words.strip()) and _is_lone_heading(rows[head - 1].words):
            head -= 2
        else:
            break
    return head


def _comes_again(rows: Sequence[Line], start: int, again: int) -> bool:
    """Whether the title of section 1 in a list stands at section 1 of the text too: beside its number or above it."""
    first, second = section_label(rows[start].words.strip()), section_label(rows[again].words.strip())
    title, words = first.rest if first else "", second.rest if second else ""
    if _HEADING_AND_FIRST.match(words):
        words = re.split(r"[.—–-]", words, maxsplit=1)[0]
    return bool(_bare(title)) and _bare(title) in {_bare(words), _bare(rows[again - 1].words)}


def _bare(words: str) -> str:
    return "".join(re.findall(r"\w+", words)).casefold()


def _looks_like_front(words: str) -> bool:
    return bool(_LONG_TITLE.match(words.strip()) or _ENACTING.match(words.strip())) and not section_label(words.strip())


def _is_arrangement_head(words: str) -> bool:
    bare = words.strip()
    return bool(
        _LIST_TITLE.match(bare)
        or re.fullmatch(
            r"(?:SECTIONS?|CLAUSES?|REGULATIONS?|PARAGRAPHS?|ART[IÍ]CULOS?|TITLE|PAGE)\s*:?", bare, re.IGNORECASE
        )
        or _container(bare)
    )


def _is_section_one(line: Line) -> bool:
    label = section_label(line.words.strip())
    return label is not None and label.number == "1" and bool(label.rest)


def _is_schedule(rows: Sequence[Line], at: int) -> bool:
    found = _schedule_title(rows[at].words.strip())
    return (
        found is not None and len(rows[at].words) < _HEADING_AT_MOST and not rows[at].words.strip().endswith((".", ";"))
    )


def _schedule_title(words: str) -> re.Match[str] | None:
    return _SCHEDULE.match(words) or _SCHEDULE_ALONE.match(words) or _END_NOTE.match(words)


def _front(found: LegalText, lines: Sequence[str]) -> None:
    """Title lines, long title and enacting words. Words in brackets are enacting words only behind the long title: "[Certified on ...]"."""
    waiting = ""
    for words in lines:
        is_long_title = bool(_LONG_TITLE.match(words)) and not found.long_title
        if waiting and _has_few_words(words) and not _ENACTING.match(words):  # "A BILL", "i n t i t u l e d"
            waiting = f"{waiting} {words}"
        elif waiting:
            found.long_title, waiting = f"{waiting} {words}", ""
        elif is_long_title and _has_few_words(words) and not found.preamble:
            waiting = words
        elif is_long_title and _PURPOSE.search(words):
            found.long_title = words
        elif found.preamble or (_ENACTING.match(words) and (found.long_title or not words.startswith("["))):
            found.preamble.append(words)
        else:
            found.preface.append(words)
    if waiting:
        found.preface.append(waiting)


def _has_few_words(words: str) -> bool:
    """Letters that are spaced out are no words of their own."""
    return sum(len(word) > 1 for word in words.split()) < 4


# --- The body -----------------------------------------------------------------------------------------------------


@dataclass
class Builder:
    """Goes through the lines once, with the nodes that are open now."""

    doubts: list[Doubt]
    is_quoted: bool = False
    top: list[Node] = field(default_factory=list)
    loose: list[Block] = field(default_factory=list)  # before the first node
    path: list[Node] = field(default_factory=list)
    styles: dict[int, Style] = field(default_factory=dict)  # how the children of a node are numbered, by its identity
    last_section: str = ""
    has_words: bool = False  # its sections are "Article 1", "Article 2"
    has_epigraphs: bool = False  # "Artículo 1. Objeto. La presente ley ..."
    has_notes: bool = False  # a title above a section whose own words are text
    has_dotted_notes: bool = False  # "Short title." above "1. This Act ..."
    containers: list[NodeKind] = field(
        default_factory=list
    )  # in the order in which they first come: chapters may hold parts

    def open_section(self, node: Node) -> None:
        """Begins within a section whose number and heading are known."""
        self.last_section = node.number
        self._open(node)

    def build(self, lines: Sequence[Line]) -> tuple[list[Node], list[Block]]:
        at = 0
        self.has_words = _has_words(lines)
        self.has_dotted_notes = _has_dotted_notes(lines)
        self.has_epigraphs = self.has_words and _has_epigraphs(lines)
        self.has_notes = bool(_noted(lines)[1])
        while at < len(lines):
            at = self._line(lines, at)
        return self.top, self.loose

    def _line(self, lines: Sequence[Line], at: int) -> int:
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

    def _structure(self, lines: Sequence[Line], at: int) -> int | None:
        """A part, quoted words, a section or its heading: one past the last line that was taken; none for other words."""
        line, words = lines[at], lines[at].words.strip()
        if (found := _container(words)) and len(words) <= _HEADING_AT_MOST and not words.endswith((";", ",")):
            return self._container(lines, at, found)
        if (self.path or self.is_quoted) and (end := self._quote_end(lines, at)):
            self._quote(lines[at:end])
            return end
        label = section_label(words)
        if label is not None and (self._is_next_section(label, line) or self._is_far_section(label, lines, at)):
            return self._section(lines, at, label, "")
        return self._heading_before(lines, at)

    # --- parts and sections ---

    def _container(self, lines: Sequence[Line], at: int, found: re.Match[str]) -> int:
        kind = _CONTAINER_KINDS[found["word"].lower()] if "word" in found.re.groupindex else "division"
        heading = found["heading"].strip()
        at += 1
        if not heading and at < len(lines) and self._may_head(lines, at):
            heading = lines[at].words.strip()
            at += 1
        self._open(Node(kind, found["number"].upper(), heading))
        return at

    def _may_head(self, lines: Sequence[Line], at: int) -> bool:
        words = lines[at].words.strip()
        return (
            0 < len(words) <= _HEADING_AT_MOST
            and not lines[at].cells
            and section_label(words) is None
            and bracket_label(words) is None
            and not _container(words)
            and not words.endswith((".", ";", ","))
        )

    def _is_next_section(self, label: Label, line: Line) -> bool:
        if not label.rest and not line.is_heading and not label.has_dot and not label.has_word:
            return False
        if self.has_words and not label.has_word:  # "Article 3", then its own "1. ..."
            return False
        starts = label.rest[:1]
        plain = (
            label.has_dot
            or (label.has_word and not starts.islower())
            or line.is_heading
            or starts in "(—"
            or starts.isupper()
            or starts in _OPEN
        )
        if not self.last_section:
            return plain and (self.is_quoted or label.number[:1] == "1")
        if labels.follows(label.number, self.last_section, "number"):
            return plain
        if labels.is_repeat(label.number, self.last_section, "number"):
            return (label.has_dot or line.is_heading) and _is_title(label.rest)
        place = int(re.match(r"\d+", label.number)[0]) - int(re.match(r"\d+", self.last_section)[0])  # type: ignore[index]
        return (
            0 < place <= _JUMP_AT_MOST
            and (label.has_dot or line.is_heading)
            and (_is_title(label.rest) or starts == "(")
        )

    def _is_far_section(self, label: Label, lines: Sequence[Line], at: int) -> bool:
        """A title beside a number much higher than the last, as where sections were repealed: "(1)" comes next."""
        if not (self.last_section and label.has_dot and _is_title(label.rest)) or at + 1 >= len(lines):
            return False
        follows = bracket_label(lines[at + 1].words.strip())
        is_higher = labels.is_jump(label.number, self.last_section, "number")
        return is_higher and follows is not None and follows.number == "1"

    def _section(self, lines: Sequence[Line], at: int, label: Label, heading: str) -> int:
        if self.last_section and labels.is_repeat(label.number, self.last_section, "number"):
            self.doubts.append(Doubt("number_twice", "", (("number", label.number),)))
        elif self.last_section and not labels.follows(label.number, self.last_section, "number"):
            self.doubts.append(Doubt("number_missing", "", (("number", label.number), ("last", self.last_section))))
        self.last_section = label.number
        node = Node("section", label.number, heading)
        self._open(node)
        rest = label.rest
        split = _HEADING_AND_FIRST.match(rest) or _HEADING_AND_TEXT.match(rest)
        if split is None and self.has_epigraphs:
            split = _EPIGRAPH.match(rest)
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

    def _is_heading(self, own: Label, lines: Sequence[Line], at: int) -> bool:
        """Whether the words beside the number are the section's title: short, and followed by its text."""
        rest = own.rest
        if not _is_title(rest):
            return False
        if at + 1 >= len(lines):
            return lines[at].is_heading
        after = lines[at + 1]
        words = after.words.strip()
        if _container(words) or (_SCHEDULE.match(words) and words.isupper()):
            return lines[at].is_heading
        label = section_label(words)
        if label is not None and labels.follows(label.number, own.number, "number") and label.has_dot:
            return lines[at].is_heading and len(rest.split()) <= 8 and not rest.endswith(".")
        return not (rest.endswith(".") and self._heads_next(own, lines, at + 1))

    def _heads_next(self, own: Label, lines: Sequence[Line], at: int) -> bool:
        """Whether a line is the note of the next section, so that the words before it were a whole section: "1. This Act is ..."."""
        if at + 1 >= len(lines) or not self._may_head(lines, at):
            return False
        label = section_label(lines[at + 1].words.strip())
        return label is not None and labels.follows(label.number, own.number, "number") and label.has_dot

    def _heading_before(self, lines: Sequence[Line], at: int) -> int | None:
        """A short line before a section whose own words are text heads that section; before one with a title it is a cross-heading."""
        if at + 1 >= len(lines) or not (
            self._may_head(lines, at) or (self.has_dotted_notes and _is_dotted_note(lines, at))
        ):
            return None
        words, following = lines[at].words.strip(), lines[at + 1]
        label = section_label(following.words.strip())
        if label is None or not self._is_next_section(label, following):
            return None
        if words[:1].islower() or words[:1] in f"{_OPEN}[" or _ends_open(self._last_words()):
            return None
        is_sentence = self.has_notes and label.rest.endswith(".")
        if label.rest and not (label.rest.startswith("(") or is_sentence) and self._is_heading(label, lines, at + 1):
            if not self.top or self.path:
                self._open(Node("crossheading", "", words))
            return at + 1
        return self._section(lines, at + 1, label, words.rstrip("."))

    def _open(self, node: Node) -> None:
        if node.kind in _CONTAINERS and node.kind not in self.containers:
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
        node = Node(_kind_below(parent, style), label.printed)
        (parent.children if parent else self.top).append(node)
        self.styles[id(parent) if parent else 0] = style
        self.path.append(node)
        if label.rest:
            self._rest(label.rest, ahead)

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
            is_double = _is_first_double(label.number, here)
            if is_double or labels.is_first(label.number, style):
                if not is_double and any(self.styles.get(id(node)) == style for node in self.path):
                    return None  # (1) below (1), (a) below (a): the number comes twice
                if (
                    here is not None and here.children
                ):  # something stands below already: a second series, below its last
                    return None
                return here, style, ""
        return None

    def _starts_series(self, label: Label, ahead: Sequence[str], style: Style) -> bool:
        """(i) after (h): a letter, or the first roman number below (h)? What comes next decides, then the words before. So with (aa), which
        stands between (a) and (b) or below (i)."""
        following = next((found.number for words in ahead if (found := bracket_label(words))), "")
        if label.number == "aa":
            return following == "bb"
        if style != "letter" or label.number != "i":
            return False
        if following in {"ii", "j", "ia", "i"}:
            return following == "ii"
        return _ends_open(self._last_words())

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

    def _in_definition(self, label: Label) -> bool:
        """Lettered lines below a definition are its own."""
        blocks = self._open_blocks()
        if not blocks or label.number[0].isdigit():
            return False
        if isinstance(blocks[-1], Text) and _ends_open(blocks[-1].words):
            after_children = bool(self.path and self.path[-1].children)
            is_first = labels.is_first(label.number, labels.styles(label.number)[-1])
            if any(isinstance(each, Definition) for each in blocks) or (after_children and is_first):
                blocks[-1] = Definition(blocks[-1].words)
        owner = blocks[-1]
        if not isinstance(owner, Definition):
            return False
        items = owner.items
        options = labels.styles(label.number)
        if items and items[-1].items and _fits(label.number, items[-1].items[-1].number, options):
            items[-1].items.append(Item(label.printed, label.rest))
        elif items and "letter" in options and labels.follows(label.number, items[-1].number.strip("()."), "letter"):
            items.append(Item(label.printed, label.rest))
        elif items and labels.is_first(label.number, options[-1]) and _ends_open(items[-1].text):
            items[-1].items.append(Item(label.printed, label.rest))
        elif (not items and labels.is_first(label.number, options[-1])) or (
            items and _fits(label.number, items[-1].number, options)
        ):
            items.append(Item(label.printed, label.rest))
        else:
            return False
        return True

    # --- words ---

    def _own(self, words: str) -> None:
        """The words after a label on its own line. A term with a letter of its own is that paragraph, and so are its (i) and (ii)."""
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
        return not _ends_open(self._last_words()) and words.rstrip(";,") not in {"and", "or", "y", "o"}

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

    def _quote_end(self, lines: Sequence[Line], at: int) -> int:
        """One past the last line of what an amendment quotes; 0 where none begins here."""
        words = lines[at].words.strip()
        last = self._last_words()
        if words[:1] not in _OPEN or not _ends_open(last) or not _AMENDS.search(last):
            return 0
        depth = 0
        for end in range(at, min(at + 400, len(lines))):
            each = lines[end].words.strip()
            depth += each.count("“") - each.count("”")
            closed = depth <= 0 if words[0] == "“" else (end > at or len(each) > 1)
            if closed and re.search(r"[”\"]\s*(?:[.;,]|;\s*(?:and|y))?\s*$", each):
                return end + 1
        return self._open_quote_end(lines, at)

    def _open_quote_end(self, lines: Sequence[Line], at: int) -> int:
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

    def _quote(self, lines: Sequence[Line]) -> None:
        inner = [line.words.strip() for line in lines]
        inner[0] = inner[0][1:]
        closing = re.search(r"[”\"]\s*(?:[.;,]|;\s*(?:and|y))?\s*$", inner[-1])
        end = closing[0].strip() if closing else "”"
        inner[-1] = inner[-1][: closing.start()] if closing else inner[-1]
        builder = Builder(self.doubts, is_quoted=True)
        nodes, blocks = builder.build(
            [Line(words, line.is_heading, line.cells) for words, line in zip(inner, lines, strict=True)]
        )
        self._open_blocks().append(Quote(blocks, nodes, lines[0].words.strip()[0], end))

    def _rank(self, node: Node) -> int:
        if node.kind == "crossheading":
            return RANKS.index("section")
        if node.kind in _CONTAINERS:
            return self.containers.index(node.kind) if node.kind in self.containers else len(self.containers)
        return RANKS.index(node.kind)

    # --- what was read last ---

    def _last_words(self) -> str:
        if not self.path:
            return _words_of(self.loose)
        here = self.path[-1]
        return _words_of(here.after or here.before)

    def _here(self) -> str:
        numbers = [node.number for node in self.path if self._rank(node) >= RANKS.index("section")]
        return "".join(numbers)


def _container(words: str) -> re.Match[str] | None:
    """ "PART II – OFFENCES" or "Part II"; not the sentence "Part II of this Act does not apply ..."."""
    found = _CONTAINER.match(words)
    if found and found["heading"][:1].islower() and words[found.end("number") : found.start("heading")].isspace():
        return None
    return found or _SUBPART.match(words)


def _kind_below(parent: Node | None, style: Style) -> NodeKind:
    if style == "number":
        return "subsection"
    if parent is None or parent.kind in {"section", "subsection"}:
        return "paragraph"
    return "subparagraph"


def _is_first_double(number: str, here: Node | None) -> bool:
    """(aa) below (i), as South African Acts go on after (a) and (i)."""
    return number == "aa" and here is not None and bool(labels.ROMAN.match(here.number.strip("().")))


def _fits(number: str, last: str, options: Sequence[Style]) -> bool:
    return any(labels.follows(number, last.strip("()."), style) for style in options)


def _is_title(words: str) -> bool:
    bare = words.strip()
    if not bare or len(bare) > _HEADING_AT_MOST or bare.endswith((*_GOES_ON, ";", ",")) or bare[:1] in '(“"«':
        return False
    return not (bare.endswith(".") and len(bare.split()) > 10) and not re.search(r"[a-z)]{3}\.\s+[A-Z(]", bare)


def _ends_open(words: str) -> bool:
    return words.rstrip().endswith(_GOES_ON)


def _words_of(blocks: Sequence[Block]) -> str:
    if not blocks:
        return ""
    last = blocks[-1]
    if isinstance(last, Text):
        return last.words
    if isinstance(last, Definition):
        return last.after or (last.items[-1].text if last.items else last.words)
    return ""


# --- Schedules and doubts -----------------------------------------------------------------------------------------


def _schedules(rows: Sequence[Line]) -> Iterator[Sequence[Line]]:
    starts = [at for at in range(len(rows)) if _is_schedule(rows, at)]
    if not starts:
        return
    for at, following in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield rows[at:following]


def _schedule(rows: Sequence[Line], doubts: list[Doubt]) -> Schedule:
    found = _schedule_title(rows[0].words.strip())
    assert found is not None
    schedule = Schedule(found["title"].strip(), found["rest"].strip())
    rest = list(rows[1:])
    if found.re is _END_NOTE:
        schedule.nodes, schedule.blocks = Builder(doubts).build(rest)
        return schedule
    place = rest.pop(0) if rest and not schedule.heading and _names_sections(rest[0]) else None
    if rest and _may_head_schedule(schedule.heading, rest[0]):
        schedule.heading = f"{schedule.heading} {rest.pop(0).words.strip()}".strip()
    if rest and _may_head_schedule(schedule.heading, rest[0]):
        schedule.heading = f"{schedule.heading} {rest.pop(0).words.strip()}"
    if arrangement := _arrangement(rest):
        del rest[arrangement[0] : arrangement[1]]
    schedule.nodes, schedule.blocks = Builder(doubts).build(rest)
    if place:
        schedule.blocks.insert(0, Text(place.words.strip()))
    if not (schedule.nodes or schedule.blocks):
        doubts.append(Doubt("schedule_empty", schedule.title))
    return schedule


def _names_sections(line: Line) -> bool:
    """ "Section 2" or "[Sections 4 and 7(1)]" below "FIRST SCHEDULE": where the schedule belongs, not its title."""
    return not line.cells and bool(_BELONGS_TO.fullmatch(line.words.strip()))


def _may_head_schedule(heading: str, line: Line) -> bool:
    """A first short line, and after "(Section 2)", which names where the schedule belongs, its title."""
    words = line.words.strip()
    if line.cells or len(words) > _HEADING_AT_MOST or section_label(words) or bracket_label(words):
        return False
    return not heading or bool(re.fullmatch(r"\([^)]*\)", heading) and _is_title(words) and not words.endswith("."))


def judged(found: LegalText) -> Iterator[Doubt]:
    """What a drafter should look at in the finished structure."""
    sections = list(found.sections())
    if not sections:
        yield Doubt("no_sections", "")
    for node in sections:
        if not node.heading:
            yield Doubt("no_heading", node.number)
        for each in node.walk():
            if not (each.before or each.children or each.after) and each.kind != "crossheading":
                yield Doubt("empty", node.number + ("" if each is node else each.number))
            for block in [*each.before, *each.after]:
                if isinstance(block, Text) and _LEFT_OVER.search(block.words):
                    yield Doubt("left_over", node.number, (("words", _LEFT_OVER.search(block.words)[0]),))  # type: ignore[index]
