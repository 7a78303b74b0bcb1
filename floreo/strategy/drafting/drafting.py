"""From a Document to a Draft: runs the rules in turn and numbers what they found in reading order."""

from __future__ import annotations

from floreo.core.reading.document import Document
from floreo.strategy.drafting.rows import Draft, DraftedRow, Kind
from floreo.strategy.drafting.rules.bodies import bodies_in
from floreo.strategy.drafting.rules.edition import edition_of
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.rules.funders import funders_in
from floreo.strategy.drafting.rules.measures import measures_in
from floreo.strategy.drafting.rules.outlets import outlets_in
from floreo.strategy.drafting.rules.overall import overall_objective_of
from floreo.strategy.drafting.rules.pillars import listed_in_sentences
from floreo.strategy.drafting.rules.plan import plan_of
from floreo.strategy.drafting.rules.targets import targets_in
from floreo.strategy.drafting.source import Source
from floreo.strategy.drafting.terms import defines_a_term

_ORDER = {kind: place for place, kind in enumerate(Kind)}


def draft_rows(document: Document) -> Draft:
    """All rows the rules find. The same document always gives the same draft."""
    source = Source(document)
    plan = plan_of(source)
    for kind in (Kind.PILLAR, Kind.OBJECTIVE):
        if not any(row.kind == kind for row in plan):
            # Only a text without such headings or lists is read for a sentence that names them.
            plan += listed_in_sentences(source, kind)
    plan = [row for row in plan if row.kind != Kind.ACTION or not defines_a_term(row.title)]
    taken = [(row.start, row.end) for row in plan]
    found = [
        *edition_of(source),
        *overall_objective_of(source),
        *plan,
        *bodies_in(source, taken),
        *measures_in(source, taken),
    ]
    found += [*targets_in(source), *funders_in(source, taken), *outlets_in(source)]
    return _numbered(document, found)


def _numbered(document: Document, found: list[Found]) -> Draft:
    in_order = sorted(found, key=lambda row: (row.start, -row.end, _ORDER[row.kind]))
    numbers = {id(row): number for number, row in enumerate(in_order, start=1)}
    rows = tuple(
        DraftedRow(
            number=numbers[id(row)],
            kind=row.kind,
            title=row.title,
            start=row.start,
            end=row.end,
            passage=document.text[row.start : row.end],
            parent=numbers.get(id(row.parent)),
            fields=row.fields,
        )
        for row in in_order
    )
    return Draft(document, rows)
