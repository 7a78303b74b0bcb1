"""From the lines of a bill, in reading order, to its structure. Judges by labels and their order, since layout is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from floreo.legislation.text.labels import bracket_label, section_label
from floreo.legislation.text.outline.bounds import arrangement_of, bounds_of, read_front
from floreo.legislation.text.outline.building import Builder
from floreo.legislation.text.outline.joining import whole_lines
from floreo.legislation.text.outline.notes import notes_apart
from floreo.legislation.text.outline.words import (
    END_NOTE,
    HEADING_AT_MOST,
    TextLine,
    first_number,
    is_schedule,
    is_title,
    schedule_title,
)
from floreo.legislation.text.structure import Block, Definition, Doubt, Item, LegalText, Schedule, Text

__all__ = ["Builder", "TextLine", "judged", "outline"]

_SECTIONS_NAMED = (
    r"(?:s{1,2}\.|sections?|regulations?|articles?|clauses?|rules?|art[íi]culos?)\s*\d+[A-Z]*(?:\(\w{1,4}\))*"
    r"(?:\s?(?:,|and|to|&|–|-|y|a)\s?\d+[A-Z]*(?:\(\w{1,4}\))*){0,20}"
)
_BELONGS_TO = re.compile(rf"{_SECTIONS_NAMED}\.?|\[{_SECTIONS_NAMED}\.?\]", re.IGNORECASE)
_LEFT_OVER = re.compile(r"\[\s*(?:●|•|\?+|TBC|TBD|XX+|\.{2,}|_{2,})\s*\]|\bTBC\b|\bTBD\b|\{\{|\}\}|<[a-z]+>")


def outline(lines: Sequence[TextLine]) -> LegalText:
    """The structure of a whole text. Nothing is left out but the arrangement of sections, which is made from the text itself."""
    rows = notes_apart(whole_lines([line for line in lines if line.cells or line.words.strip()]))
    found = LegalText()
    start, end, arrangement = bounds_of(rows)
    read_front(found, [line.words.strip() for line in rows[: arrangement[0] if arrangement else start]])
    if arrangement:
        read_front(found, [line.words.strip() for line in rows[arrangement[1] : start]])
        found.doubts.append(Doubt("arrangement_left_out", ""))
    first = first_number(rows)
    if first != "1":
        found.doubts.append(Doubt("begins_later", "", (("number", first),)))
    found.body, more = Builder(found.doubts, begins_at=first).build(rows[start:end])
    found.preamble += [words for block in more for words in _lines_of(block)]
    found.schedules = [_schedule(part, found.doubts) for part in _schedules(rows[end:])]
    found.doubts += judged(found)
    return found


def _lines_of(block: Block) -> list[str]:
    """The lines of words that are in no section, where nothing is quoted."""
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


def _schedules(rows: Sequence[TextLine]) -> Iterator[Sequence[TextLine]]:
    starts = [at for at in range(len(rows)) if is_schedule(rows, at)]
    if not starts:
        return
    for at, following in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield rows[at:following]


def _schedule(rows: Sequence[TextLine], doubts: list[Doubt]) -> Schedule:
    found = schedule_title(rows[0].words.strip())
    assert found is not None
    schedule = Schedule(found["title"].strip(), found["rest"].strip())
    rest = list(rows[1:])
    if found.re is END_NOTE:
        schedule.nodes, schedule.blocks = Builder(doubts).build(rest)
        return schedule
    place = rest.pop(0) if rest and not schedule.heading and _names_sections(rest[0]) else None
    if rest and _may_head_schedule(schedule.heading, rest[0]):
        schedule.heading = f"{schedule.heading} {rest.pop(0).words.strip()}".strip()
    if rest and _may_head_schedule(schedule.heading, rest[0]):
        schedule.heading = f"{schedule.heading} {rest.pop(0).words.strip()}"
    if arrangement := arrangement_of(rest):
        del rest[arrangement[0] : arrangement[1]]
    schedule.nodes, schedule.blocks = Builder(doubts).build(rest)
    if place:
        schedule.blocks.insert(0, Text(place.words.strip()))
    if not (schedule.nodes or schedule.blocks):
        doubts.append(Doubt("schedule_empty", schedule.title))
    return schedule


def _names_sections(line: TextLine) -> bool:
    """ "Section 2" or "[Sections 4 and 7(1)]" below "FIRST SCHEDULE": where the schedule belongs, not its title."""
    return not line.cells and bool(_BELONGS_TO.fullmatch(line.words.strip()))


def _may_head_schedule(heading: str, line: TextLine) -> bool:
    """A first short line, and after "(Section 2)", which names where the schedule belongs, its title."""
    words = line.words.strip()
    if line.cells or len(words) > HEADING_AT_MOST or section_label(words) or bracket_label(words):
        return False
    return not heading or bool(re.fullmatch(r"\([^)]*\)", heading) and is_title(words) and not words.endswith("."))


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
