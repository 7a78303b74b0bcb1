"""The report of one organisation on paper: its results, what the reviewer says otherwise, its gaps and its plan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.assessments.logic import Gap
from floreo.assessments.models import Participant, PlanLine
from floreo.assessments.presenters import RadarShown, line_state_text
from floreo.assessments.queries import AssessedItem, Questionnaire
from floreo.core.documents.blocks import Block, Cell, Document, Facts, Grid, Heading, Paragraph, Picture
from floreo.core.ui import charts, locale
from floreo.core.wording import day_text
from floreo.organisations.models import Country


def report(
    country: Country,
    participant: Participant,
    asked: Questionnaire,
    lines: Sequence[AssessedItem],
    *,
    shown: RadarShown,
    gaps: Sequence[Gap],
    plan: Sequence[PlanLine],
) -> Document:
    """In the reader's language. Not for the public: it says what an organisation lacks."""
    campaign, version = participant.campaign, asked.version
    blocks: list[Block] = [Paragraph(_("For the organisation and its reviewer alone."), tone="internal")]
    reviewer = campaign.reviewer.in_language("name") if campaign.reviewer is not None else _("the secretariat")
    facts = [
        (_("Framework"), version.in_language("title")),
        (_("Campaign"), campaign.in_language("title")),
        (_("State"), str(participant.get_state_display())),
        (_("Reviewed by"), reviewer),
    ]
    if participant.accepted_on is not None:
        facts.append((_("Accepted on"), day_text(participant.accepted_on)))
    blocks.append(Facts(tuple(facts)))
    blocks += _results(shown)
    blocks += _gaps(asked, gaps)
    blocks += _plan(plan)
    blocks += _items(asked, lines)
    return Document(
        title=participant.organisation.in_language("name"),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=campaign.in_language("title"),
        foot=campaign.in_language("title"),
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )


def _results(shown: RadarShown) -> list[Block]:
    found: list[Block] = [Heading(_("Results"))]
    label = _("Per cent of the scale that each part reaches. The table below says the same.")
    if svg := charts.radar_chart(shown.axes, shown.series, label=label):
        found.append(Picture(svg, label))
    head = [_("Part"), _("Reviewed"), _("Self-view"), _("Before"), _("Target"), _("Sector")]
    rows = [
        [
            Cell(row.name),
            *(Cell(v, is_number=True) for v in (row.own, row.self_view, row.before, row.target, row.sector)),
        ]
        for row in shown.rows
    ]
    found.append(Grid(_("Per cent of the scale, by part"), head, rows, widths=(3, 1, 1, 1, 1, 1), note=shown.note))
    return found


def _gaps(asked: Questionnaire, gaps: Sequence[Gap]) -> list[Block]:
    found: list[Block] = [Heading(_("Gaps"))]
    if not gaps:
        return [*found, Paragraph(_("No item is below its target."))]
    items, word = asked.by_code, asked.version.word_of
    head = [_("Item"), _("Level"), _("Target")]
    rows = [[Cell(items[gap.code].named()), Cell(word(gap.level)), Cell(word(gap.target))] for gap in gaps]
    found.append(Grid(_("Items below their target, the largest gaps first"), head, rows, widths=(4, 1, 1)))
    return found


def _plan(plan: Sequence[PlanLine]) -> list[Block]:
    found: list[Block] = [Heading(_("Action plan"))]
    if not plan:
        return [*found, Paragraph(_("Nothing is planned yet."))]
    head = [_("What is done"), _("Item"), _("Who does it"), _("Due date"), _("State")]
    rows = [
        [
            Cell(line.title),
            Cell(line.item.code),
            Cell(line.owner),
            Cell(day_text(line.due_on)),
            Cell(line_state_text(line)),
        ]
        for line in plan
    ]
    found.append(Grid(_("What is done about the gaps"), head, rows, widths=(3, 1, 2, 1.3, 1.5)))
    return found


def _items(asked: Questionnaire, lines: Sequence[AssessedItem]) -> list[Block]:
    found: list[Block] = [Heading(_("Item by item"))]
    by_code, word = {line.item.code: line for line in lines}, asked.version.word_of
    head = [_("Item"), _("Self-view"), _("Reviewed"), _("Reason")]
    for section, items in asked.sections().items():
        rows = [_item(by_code[item.code], word) for item in items if item.code in by_code]
        found.append(Heading(asked.section_name(section), 2))
        found.append(Grid(asked.section_name(section), head, rows, widths=(3, 1.2, 1.2, 3), bare=True))
    return found


def _item(line: AssessedItem, word: object) -> list[Cell]:
    assert callable(word)
    own = line.own
    own_level = own.level if own is not None else None
    self_view = _("Does not apply") if own is not None and not own.applies else word(own_level)
    reviewed: Decimal | None = line.reviewed
    reason = line.answer.in_language("reason") if line.answer is not None else ""
    text = reason or (own.text if own is not None else "")
    return [Cell(line.item.named()), Cell(str(self_view)), Cell(str(word(reviewed))), Cell(text)]
