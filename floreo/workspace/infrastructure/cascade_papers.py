"""A cascade as a document, in PDF and Word, and as rows of a spreadsheet: what the page says, with its day and its marking."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.documents.blocks import Block, Bullets, Cell, Document, Facts, Grid, Heading, Item, Paragraph
from floreo.core.tables import safe_text
from floreo.core.ui import locale
from floreo.core.wording import day_text
from floreo.infrastructure import cascade_text
from floreo.infrastructure.models import WhatIf
from floreo.infrastructure.queries import Ran
from floreo.organisations.models import Country


def document(country: Country, what_if: WhatIf, ran: Ran) -> Document:
    """The answer first, then what fails, what stops, where, what would help, and how far to trust it."""
    made, lines = clock.today(), cascade_text.lines(ran)
    stops = [line for line in lines if line.hit.stopped_at is not None]
    parts = [line for line in lines if line.hit.stopped_at is None]
    helps = cascade_text.what_would_help(ran) if lines else []
    blocks: list[Block] = [
        Paragraph(cascade_text.summary_text(ran), tone="lede"),
        Facts(((_("Marking"), what_if.get_tlp_display()), (_("Hours to look ahead"), str(what_if.hours)))),
        *_part(_("What stops"), _hits(_("What stops"), stops) if stops else None),
        *_part(_("What works in part"), _hits(_("What works in part"), parts) if parts else None),
        Heading(_("People without at least one service"), 2),
        _places(ran),
    ]
    if helps:
        items = [Item(f"{line.saved_text}. {line.detail}", lead=f"{line.title}.") for line in helps]
        blocks += [Heading(_("What would help most"), 2), Bullets(items, numbered=True)]
    blocks += [
        Heading(_("How far to trust it"), 2),
        Bullets([*cascade_text.limits(ran), *cascade_text.general_limits()]),
    ]
    return Document(
        title=cascade_text.title_text(ran),
        language=locale.language(),
        blocks=blocks,
        kicker=f"{country.in_language('name')}, {what_if.get_tlp_display()}",
        subtitle=what_if.in_language("title"),
        made_on=made,
        foot=_("%(marking)s. Computed on %(day)s from the register as it was then.")
        % {"marking": what_if.get_tlp_display(), "day": day_text(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )


def _part(title: str, grid: Grid | None) -> Iterable[Block]:
    return (Heading(title, 2), grid) if grid is not None else ()


def _cells(texts: Sequence[str]) -> list[Cell]:
    return [Cell(text) for text in texts]


def _hits(caption: str, lines: Iterable[cascade_text.HitService]) -> Grid:
    head = (_("Service"), _("When"), _("Effect"), _("Because"), _("People who use it"))
    rows = [
        _cells((line.service.in_language("name"), line.at, line.effect, line.because, line.people)) for line in lines
    ]
    return Grid(caption, head, rows, widths=(26, 12, 12, 35, 15), bare=True)


def _places(ran: Ran) -> Grid:
    hours = [_("Hour %(hour)s") % {"hour": hour} for hour in cascade_text.hours_shown(ran.cascade.hours)]
    rows = [_cells((line.place, *line.at)) for line in cascade_text.by_place(ran)]
    return Grid(_("People without at least one service"), (_("Place"), *hours), rows, bare=True)


def as_rows(ran: Ran) -> str:
    """The services that are hit as CSV, with hours and shares as numbers; text that a spreadsheet would run is disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow(
        ["service", "name", "operator", "hit_at_hour", "stops_at_hour", "loss_at_the_end", "needs", "because", "users"]
    )
    for line in cascade_text.lines(ran):
        operator = line.service.operator
        cause = line.hit.stop_cause or ran.cascade.largest_cause(line.hit.service) or line.hit.cause
        writer.writerow(
            [
                line.service.code,
                safe_text(line.service.in_language("name")),
                operator.code if operator is not None else "",
                line.hit.hit_at,
                "" if line.hit.stopped_at is None else line.hit.stopped_at,
                round(line.hit.loss, 3),
                cause.dependency.needs if cause.dependency is not None else "",
                safe_text(line.because),
                sum(ran.cascade.graph.service(line.hit.service).users.values()) or "",
            ]
        )
    return out.getvalue()
