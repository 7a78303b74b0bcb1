"""Whether sections have notes in the margin, headings above them or beside their number: judged over the whole text, since one alone could be anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from floreo.legislation.text import labels
from floreo.legislation.text.labels import bracket_label, section_label
from floreo.legislation.text.outline.words import (
    TextLine,
    begins_with_text,
    container_of,
    is_title,
    looks_like_front,
    number_at,
)

_GLUED_NOTE = re.compile(r"^(?P<words>.*[.;][”\"’)]?\.?)\s+(?P<note>[A-ZÁÉÍÓÚÑ][^.;:]{2,100})$", re.DOTALL)
EPIGRAPH = re.compile(r"^([A-ZÁÉÍÓÚÑ]\S*(?:\s[^\s.]+){0,8})\.\s+([A-ZÁÉÍÓÚÑ“\"«(].*)$", re.DOTALL)


def has_note_before(rows: Sequence[TextLine], start: int) -> bool:
    """Whether the line above the first section is its marginal note and not a title: the next has one too, and both begin with text."""
    first = number_at(rows, start) if rows else ""
    numbered = ((at, number_at(rows, at)) for at in range(start + 1, len(rows)))
    two = next((at for at, own in numbered if first and own and labels.follows(own, first, "number")), 0)
    if not (start and two):
        return False
    return all(_is_note(rows, at - 1) for at in (start, two)) or all(
        is_dotted_note(rows, at - 1) for at in (start, two)
    )


def has_words_before_numbers(rows: Sequence[TextLine]) -> bool:
    """Whether sections are "Article 1" and "Article 2", so that a number alone begins none."""
    labels_found = [
        label for line in rows if (label := section_label(line.words.strip())) and label.number in {"1", "2"}
    ]
    with_word = {label.number for label in labels_found if label.has_word and not label.rest[:1].islower()}
    return with_word == {"1", "2"} and labels_found[0].has_word


def begins_with_epigraphs(rows: Sequence[TextLine]) -> bool:
    """Whether most articles begin with their title and a stop, and go on with their words."""
    own = [label.rest for line in rows if (label := section_label(line.words.strip())) and label.has_word]
    return sum(bool(EPIGRAPH.match(rest)) for rest in own) >= max(2, 0.6 * len(own))


def has_notes_with_stops(rows: Sequence[TextLine]) -> bool:
    """Whether nearly every section that begins with its text has a note above that ends in a stop: "Short title."."""
    numbered = [at for at, line in enumerate(rows) if (label := section_label(line.words.strip())) and label.has_dot]
    noted = [at for at in numbered if at and begins_with_text(rows[at]) and is_dotted_note(rows, at - 1)]
    return len(noted) > 1 and noted[0] == numbered[0] and len(noted) >= 0.8 * len(numbered)


def noted_sections(rows: Sequence[TextLine]) -> tuple[set[int], set[int]]:
    """Sections that begin with their text; and those with a note above them, none where fewer than half have one."""
    sections = {at for at in range(1, len(rows)) if begins_with_text(rows[at])}
    noted = {at for at in sections if _is_note(rows, at - 1)}
    return sections, noted if len(noted) > 1 and len(noted) >= 0.5 * len(sections) else set()


def notes_apart(rows: Sequence[TextLine]) -> Sequence[TextLine]:
    """Where sections have notes above them, those that a tightly set page put behind the last sentence are on a line of their own."""
    sections, noted = noted_sections(rows)
    if not noted:
        return rows
    apart: list[TextLine] = []
    for at, row in enumerate(rows):
        glued = _GLUED_NOTE.match(row.words) if at + 1 in sections and at + 1 not in noted and not row.cells else None
        apart += [replace(row, words=glued["words"]), TextLine(glued["note"])] if glued else [row]
    return apart


def is_dotted_note(rows: Sequence[TextLine], at: int) -> bool:
    words = rows[at].words.strip()
    return words.endswith(".") and _is_note(rows, at, words.removesuffix("."))


def _is_note(rows: Sequence[TextLine], at: int, note: str = "") -> bool:
    words, label = note or rows[at].words.strip(), section_label(rows[at + 1].words.strip())
    return (
        is_title(words)
        and not words.endswith(".")
        and not words.isupper()
        and not looks_like_front(words)
        and not container_of(words)
        and section_label(words) is None
        and bracket_label(words) is None
        and label is not None
        and (label.rest.startswith("(") or not is_title(label.rest) or label.rest.endswith("."))
    )
