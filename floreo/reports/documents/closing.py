"""The closing evaluation of an edition: what was planned, what was done, what was carried over, what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.documents.blocks import Block, Bullets, Cell, Document, Grid, Heading, Item, Paragraph
from floreo.core.ui import locale
from floreo.core.wording import capital, day_text, number_figures, number_word
from floreo.reports.documents import parts
from floreo.reports.presenters import ReportSummary, day, event_when, localized
from floreo.strategy.levels import Level, in_words, title_of
from floreo.strategy.logic import Status


def headline(summary: ReportSummary) -> str:
    total, done = summary.total, summary.counts[Status.DONE]
    if not total:
        return _("No action of this edition is known here.")
    if unknown := summary.counts[Status.NOT_KNOWN]:
        text = ngettext(
            "No report says what became of %(unknown)s of %(total)s action.",
            "No report says what became of %(unknown)s of %(total)s actions.",
            total,
        )
        return text % {"unknown": number_figures(unknown), "total": number_figures(total)}
    if done == total:
        return ngettext("The one action was done.", "All %(total)s actions were done.", total) % {
            "total": number_figures(total)
        }
    if not done:
        return ngettext("The one action was not done.", "None of the %(total)s actions was done.", total) % {
            "total": number_figures(total)
        }
    text = ngettext("%(done)s of %(total)s actions was done.", "%(done)s of %(total)s actions were done.", done)
    return capital(text % {"done": number_word(done), "total": number_figures(total)})


def closing_document(summary: ReportSummary) -> Document:
    blocks: list[Block] = [
        *parts.corrections(summary),
        *parts.status_bar(summary),
        *_official(summary),
        Heading(_("Planned"), 1, "1"),
        *_planned(summary),
        Heading(_("Work done"), 1, "2"),
        *_done(summary),
        Heading(_("Not done or carried over"), 1, "3"),
        *_left(summary),
        Heading(_("Lessons learned"), 1, "4"),
        *_learned(summary),
        Heading(_("Money"), 1, "5"),
        *parts.money_blocks(summary),
        Heading(_("Indicators"), 1, "6"),
        *_figures(summary),
        Heading(_("Missing information"), 1, "7"),
        *_unknown(summary),
        Heading(_("How this report was made"), 1),
        *parts.readings_annex(summary),
        *parts.made_how(summary),
    ]
    title = _("Closing evaluation of the %(edition)s") % {"edition": summary.edition}
    return parts.framed(summary, blocks, title=title, subtitle=headline(summary), contents=True)


def _official(summary: ReportSummary) -> list[Block]:
    """This evaluation is worked out from records; whether the state published one of its own is another fact."""
    published = day(summary.data["edition"]["closing_report_on"])
    if published:
        text = _("The government published its own closing report on %(day)s.") % {"day": day_text(published)}
    else:
        text = _(
            "No closing report by the government has been found. This report is calculated from the records "
            "in this system."
        )
    return [Paragraph(text, tone="note")]


def _planned(summary: ReportSummary) -> list[Block]:
    if not summary.total:
        return [Paragraph(_("No planned actions are recorded."))]
    objective = localized(summary.data["edition"]["objective"])
    head = [title_of(Level.PILLAR), _("Planned"), _("Done"), _("Carried over"), _("Remaining")]
    rows = []
    for pillar in summary.data["pillars"]:
        acts = [a for a in summary.actions if a["pillar"] == pillar["code"]]
        done = sum(a["status"] == Status.DONE for a in acts)
        carried = sum(bool(a["carried_to"]) and a["status"] != Status.DONE for a in acts)
        numbers = (len(acts), done, carried, len(acts) - done - carried)
        rows.append(
            [
                Cell(f"{pillar['code']} {localized(pillar['title'])}"),
                *(Cell(locale.number(n), is_number=True) for n in numbers),
            ]
        )
    blocks: list[Block] = [Paragraph(objective, tone="quote")] if objective else []
    if not rows:
        return blocks
    return [*blocks, Grid(in_words(_("Planned, by %(pillar)s")), head, rows, widths=(3.4, 1, 1, 1.2, 1))]


def _done(summary: ReportSummary) -> list[Block]:
    done = [a for a in summary.actions if a["status"] == Status.DONE]
    if not done:
        return [Paragraph(_("No completed actions are recorded.")), *_events(summary)]
    in_time = sum(not a["due"] or (a["closed"] or "") <= a["due"] for a in done)
    text = ngettext(
        "%(n)s of the actions done was done by its due date.",
        "%(n)s of the actions done were done by their due dates.",
        in_time,
    )
    rows = [
        [
            parts.action_cell(summary, a["code"]),
            Cell(summary.leads(a) or "–"),
            parts.day_cell(a["due"]),
            parts.day_cell(a["closed"]),
        ]
        for a in done
    ]
    grid = Grid(_("Actions done"), [_("Action"), _("Lead"), _("Due"), _("Closed")], rows, widths=(3.2, 1.6, 1.1, 1.1))
    return [Paragraph(text % {"n": number_figures(in_time)}), grid, *_events(summary)]


def _events(summary: ReportSummary) -> list[Block]:
    """Work that sources report, whether or not it was one of the planned actions."""
    events = summary.data["moved"]["events"]
    if not events:
        return []
    items = []
    for one in events:
        unsure = "" if one["confirmed"] else f" ({_('unchecked')})"
        items.append(Item(f"{localized(one['title'])}{unsure}", f"{event_when(one)}:"))
    return [Heading(_("Events recorded from sources"), 2), Bullets(items)]


def _left(summary: ReportSummary) -> list[Block]:
    left = [a for a in summary.actions if a["status"] != Status.DONE]
    if not left:
        return [Paragraph(_("Nothing remained undone.") if summary.total else _("Remaining actions are not known."))]
    carried = [a for a in left if a["carried_to"]]
    dropped = [a for a in left if not a["carried_to"]]
    blocks: list[Block] = []
    if carried:
        rows = [
            [
                parts.action_cell(summary, a["code"]),
                parts.status_cell(summary, a),
                Cell(a["carried_to"]),
                Cell(_reason(summary, a)),
            ]
            for a in carried
        ]
        head = [_("Action"), _("Status at the end"), _("Carried over to"), _("Reason")]
        blocks.append(Grid(_("Carried over to the next edition"), head, rows, widths=(2.6, 1.5, 1, 2.4)))
    if dropped:
        rows = [
            [parts.action_cell(summary, a["code"]), parts.status_cell(summary, a), Cell(_reason(summary, a))]
            for a in dropped
        ]
        blocks.append(
            Grid(
                _("Not done and not carried over"),
                [_("Action"), _("Status at the end"), _("Reason")],
                rows,
                widths=(2.6, 1.5, 2.4),
            )
        )
    return blocks


def _reason(summary: ReportSummary, act: Mapping[str, Any]) -> str:
    return localized(act["reason"]) or _("No reason given.")


def _learned(summary: ReportSummary) -> list[Block]:
    lessons: Sequence[Mapping[str, Any]] = summary.data["lessons"]
    if not lessons:
        return [Paragraph(_("No lessons learned have been recorded."))]
    return [Bullets([Item(localized(one["text"]), f"{localized(one['title']).rstrip('.')}.") for one in lessons])]


def _figures(summary: ReportSummary) -> list[Block]:
    if not summary.figures:
        return [Paragraph(_("No indicator was defined, so nothing was measured."))]
    return parts.figure_blocks(summary.figures)


def _unknown(summary: ReportSummary) -> list[Block]:
    text = summary.unknown()
    return [Bullets(text)] if text else [Paragraph(_("Every action has a lead, a due date and a checked source."))]
