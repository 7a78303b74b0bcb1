"""Paragraphs that a page or a column broke, put together again, and those that ran together, taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from floreo.legislation.text.labels import bracket_label, section_label
from floreo.legislation.text.outline.words import TextLine, container_of, schedule_title

_PAGE = re.compile(r"(?:\d{1,4}|[ivxl]{1,6})$")
_QUOTED_SECTION = re.compile(r"(?<=—)\s*(?=[“\"](?:\d{1,4}[A-Z]{0,3}\.|\(\w{1,4}\))\s|““)")
_WRAPPED_AT_LEAST = 50
_NAMES_A_NUMBER = re.compile(  # at the end of a line, where the number is on the next: "in subsection | (2)", "(a) or | (b) of"
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


def whole_lines(lines: Sequence[TextLine]) -> list[TextLine]:
    """Paragraphs that a page broke are one again, those that ran together are two, and a list of contents with dots is gone."""
    made: list[TextLine] = []
    for line in map(_out_of_cells, lines):
        if _leads_to_page(line.words):
            continue
        first, *rest = _QUOTED_SECTION.split(line.words)
        if made and (_goes_on(made[-1], line) or _is_number_of(made[-1], line)):
            made[-1] = replace(made[-1], words=f"{made[-1].words.rstrip()} {first.strip()}")
        else:
            made.append(replace(line, words=first))
        made += [TextLine(each) for each in rest]
    return made


def _leads_to_page(words: str) -> bool:
    """A line of contents: "Short title ........ 3". A form has dotted lines too, without a page."""
    bare = words.rstrip()
    page = _PAGE.search(bare)
    return page is not None and "".join(bare[: page.start()].rstrip()[-11:].split()).endswith("......")


def _out_of_cells(line: TextLine) -> TextLine:
    """A row that is only layout, as the words of a line: "(a)" in one cell and its words in another, or a single cell."""
    cells = [cell.strip() for cell in line.cells if cell.strip()]
    if len(line.cells) == 1 or (len(cells) == 2 and _is_number_alone(cells[0])):
        return TextLine(" ".join(cells))
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


def _is_number_of(last: TextLine, line: TextLine) -> bool:
    """Whether a number is alone on the line above its words."""
    words = line.words.strip()
    if last.cells or line.cells or not _is_number_alone(last.words.strip()):
        return False
    is_below = bracket_label(words) is not None and bracket_label(last.words.strip()) is None  # "(1) ..." below "3."
    return is_below or not (
        bracket_label(words) or section_label(words) or container_of(words) or schedule_title(words)
    )


def _goes_on(last: TextLine, line: TextLine) -> bool:
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
