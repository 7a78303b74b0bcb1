"""Where the body of a law begins and ends, the list of sections before it, and what is before both."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from floreo.legislation.text.labels import bracket_label, section_label
from floreo.legislation.text.outline.notes import has_note_before
from floreo.legislation.text.outline.words import (
    ENACTING,
    HEADING_AT_MOST,
    LONG_TITLE,
    TextLine,
    container_of,
    is_schedule,
    is_section_one,
    later_first,
    looks_like_front,
    schedule_title,
)
from floreo.legislation.text.structure import LegalText

_PURPOSE = re.compile(r"\b(?:to|for|para|que)\b", re.IGNORECASE)
_LIST_TITLE = re.compile(r"^(?:ARRANGEMENT|TABLE)\s+OF|^CONTENTS$|^[IÍ]NDICE$|^CONTENIDO$", re.IGNORECASE)
HEADING_AND_FIRST = re.compile(r"^(.{2,120}?)\s*[.—–-]{1,2}\s*(\(1\)\s.*)$", re.DOTALL)


def bounds_of(rows: Sequence[TextLine]) -> tuple[int, int, tuple[int, int] | None]:
    """Where the body begins and ends, and where an arrangement of sections is before it."""
    firsts = [at for at, line in enumerate(rows) if is_section_one(line)]
    start = firsts[0] if firsts else later_first(rows) or 0
    arrangement = arrangement_of(rows)
    if arrangement and arrangement[0] <= start:
        start = next(at for at in firsts if at >= arrangement[1])
    else:
        arrangement = None
    end = next((at for at in range(start + 1, len(rows)) if is_schedule(rows, at)), len(rows))
    start = _head_of_body(rows, start)
    if arrangement:  # its title, and the parts that it lists, go with it
        arrangement = (arrangement[0], min(arrangement[1], start))
        last = arrangement[1]
        for at in range(arrangement[0], last):
            if looks_like_front(rows[at].words):
                arrangement = (arrangement[0], at)
                break
    return start, end, arrangement


def _head_of_body(rows: Sequence[TextLine], start: int) -> int:
    """The heading of the first section, where it is on a line of its own, and the parts that begin before it."""
    if has_note_before(rows, start):
        start -= 1
    while start:
        if container_of(rows[start - 1].words.strip()):
            start -= 1
        elif start > 1 and container_of(rows[start - 2].words.strip()) and _is_lone_heading(rows[start - 1].words):
            start -= 2
        else:
            break
    return start


def _is_lone_heading(words: str) -> bool:
    bare = words.strip()
    return (
        0 < len(bare) < HEADING_AT_MOST and not bare.endswith((".", ";", ",", ":", "—")) and not looks_like_front(bare)
    )


def arrangement_of(rows: Sequence[TextLine]) -> tuple[int, int] | None:
    """A list of titles before the text itself, in which the first number comes again: where it begins, and one past its end."""
    firsts = [at for at, line in enumerate(rows) if is_section_one(line)]
    for start, again in itertools.pairwise(firsts):
        end = _end_of_list(rows, start, again)
        if not end:
            continue
        head = _head_of_list(rows, start)
        if all(container_of(each.words.strip()) for each in rows[head:start]) and not _comes_again(rows, start, again):
            continue  # a short text and the list of its schedule
        return head, end
    return None


def _end_of_list(rows: Sequence[TextLine], start: int, again: int) -> int:
    """One past the last title, part or schedule of a list that begins at `start`; 0 for what is no list. Title lines, long title and
    enacting words may be between it and the text, at `again`."""
    stop = next((at for at in range(start + 1, again) if not _may_be_listed(rows[at])), again)
    titles = [at for at in range(start + 1, stop) if _is_listed(rows[at].words.strip())]
    if again - start < 3 or not titles or any(_is_listed(each.words.strip()) for each in rows[stop:again]):
        return 0
    end = titles[-1] + 1
    is_title_split = end < stop and not looks_like_front(rows[end].words) and rows[end].words.strip()[:1].islower()
    return end + is_title_split


def _may_be_listed(row: TextLine) -> bool:
    words = row.words.strip()
    return len(words) < 160 and not bracket_label(words) and not row.cells and not looks_like_front(words)


def _is_listed(words: str) -> bool:
    """A title with its number, or a schedule; a part goes with the titles after it."""
    label = section_label(words)
    return bool((label and (label.has_dot or label.rest[:1].isupper())) or schedule_title(words))


def _head_of_list(rows: Sequence[TextLine], start: int) -> int:
    """Where "ARRANGEMENT OF SECTIONS" is, and the first part with its title, above the first title of the list."""
    head = start
    while head and not _LIST_TITLE.match(rows[head].words.strip()):
        if _is_arrangement_head(rows[head - 1].words):
            head -= 1
        elif head > 1 and container_of(rows[head - 2].words.strip()) and _is_lone_heading(rows[head - 1].words):
            head -= 2
        else:
            break
    return head


def _comes_again(rows: Sequence[TextLine], start: int, again: int) -> bool:
    """Whether the title of section 1 in a list is at section 1 of the text too: beside its number or above it."""
    first, second = section_label(rows[start].words.strip()), section_label(rows[again].words.strip())
    title, words = first.rest if first else "", second.rest if second else ""
    if HEADING_AND_FIRST.match(words):
        words = re.split(r"[.—–-]", words, maxsplit=1)[0]
    return bool(_bare(title)) and _bare(title) in {_bare(words), _bare(rows[again - 1].words)}


def _bare(words: str) -> str:
    return "".join(re.findall(r"\w+", words)).casefold()


def _is_arrangement_head(words: str) -> bool:
    bare = words.strip()
    return bool(
        _LIST_TITLE.match(bare)
        or re.fullmatch(
            r"(?:SECTIONS?|CLAUSES?|REGULATIONS?|PARAGRAPHS?|ART[IÍ]CULOS?|TITLE|PAGE)\s*:?", bare, re.IGNORECASE
        )
        or container_of(bare)
    )


def read_front(found: LegalText, lines: Sequence[str]) -> None:
    """Title lines, long title and enacting words. Words in brackets are enacting words only behind the long title: "[Certified on ...]"."""
    waiting = ""
    for words in lines:
        is_long_title = bool(LONG_TITLE.match(words)) and not found.long_title
        if waiting and _has_few_words(words) and not ENACTING.match(words):  # "A BILL", "i n t i t u l e d"
            waiting = f"{waiting} {words}"
        elif waiting:
            found.long_title, waiting = f"{waiting} {words}", ""
        elif is_long_title and _has_few_words(words) and not found.preamble:
            waiting = words
        elif is_long_title and _PURPOSE.search(words):
            found.long_title = words
        elif found.preamble or (ENACTING.match(words) and (found.long_title or not words.startswith("["))):
            found.preamble.append(words)
        else:
            found.preface.append(words)
    if waiting:
        found.preface.append(waiting)


def _has_few_words(words: str) -> bool:
    """Characters that are spaced out are no words of their own."""
    return sum(len(word) > 1 for word in words.split()) < 4
