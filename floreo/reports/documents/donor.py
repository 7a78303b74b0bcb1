"""A donor's view: what the money of one funder is for, how far it is spent, and the status of the work it pays for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.documents.blocks import Block, Cell, Document, Grid, Heading, Paragraph
from floreo.core.wording import number_figures
from floreo.reports.documents import parts
from floreo.reports.presenters import ReportSummary, amount_text, localized
from floreo.strategy.logic import HOLDING
from floreo.strategy.sums import added, grouped


def donor_document(summary: ReportSummary, funder: str) -> Document | None:
    """None where that funder pays for nothing in it, or is not public."""
    name = localized(summary.data["money"]["funders"].get(funder))
    places = [i for i, line in enumerate(summary.data["money"]["lines"]) if line["funder"] == funder]
    if not name or not places:
        return None
    codes = list(dict.fromkeys(summary.data["money"]["lines"][i]["action"] for i in places))
    acts = [summary.by_code[code] for code in codes if code in summary.by_code]
    blocks: list[Block] = [
        *parts.corrections(summary),
        Heading(_("Funded actions"), 1, "1"),
        *_pays(summary, funder, places, acts),
        Heading(_("Obstacles"), 1, "2"),
        *_problem(summary, acts),
        Heading(_("Indicators"), 1, "3"),
        *_measured(summary, set(codes)),
        Heading(_("How this report was made"), 1),
        *parts.made_how(summary),
    ]
    title = _("%(funder)s: %(answer)s") % {"funder": name, "answer": _answer(acts)}
    return parts.framed(summary, blocks, title=title, subtitle=summary.period_text)


def _answer(acts: list[Any]) -> str:
    hold = sum(a["status"] in HOLDING for a in acts)
    if hold == len(acts):
        return ngettext(
            "the action it funds is on schedule", "all %(total)s actions it funds are on schedule", len(acts)
        ) % {"total": number_figures(len(acts))}
    if not hold:
        text = ngettext(
            "the action it funds is not on schedule",
            "none of the %(total)s actions it funds is on schedule",
            len(acts),
        )
        return text % {"total": number_figures(len(acts))}
    text = ngettext(
        "%(hold)s of %(total)s actions it funds is on schedule",
        "%(hold)s of %(total)s actions it funds are on schedule",
        hold,
    )
    return text % {"hold": number_figures(hold), "total": number_figures(len(acts))}


def _pays(summary: ReportSummary, funder: str, places: list[int], acts: list[Any]) -> list[Block]:
    lines = [summary.money_lines[i] for i in places]
    kept = [summary.data["money"]["lines"][i] for i in places]
    by_year = [
        (str(k), s)
        for k, s in sorted(grouped(lines, lambda i: str(kept[i]["year_text"]), first=summary.currency).items())
    ]
    by_action = grouped(lines, lambda i: str(kept[i]["action"]), first=summary.currency)
    rows = []
    for act in acts:
        for each in by_action.get(act["code"], ()):
            money = (amount_text(each.planned, each.currency), amount_text(each.spent, each.currency))
            rows.append(
                [
                    parts.action_cell(summary, act["code"]),
                    parts.status_cell(summary, act),
                    Cell(summary.leads(act) or "–"),
                    *(Cell(m, is_number=True) for m in money),
                ]
            )
    head = [_("Action"), _("Status"), _("Lead"), _("Planned"), _("Spent")]
    total = [(_("Total"), added(lines, first=summary.currency))]
    return [
        parts.money_grid(_("All its money in this edition"), _("Sum"), total),
        parts.money_grid(_("Its money by year"), _("Fiscal year"), by_year),
        Grid(_("Actions it funds"), head, rows, widths=(2.6, 1.4, 1.2, 1.3, 1.3)),
        Paragraph(
            _("Only this funder’s budget lines are counted here. Others may fund the same actions."), tone="note"
        ),
    ]


def _problem(summary: ReportSummary, acts: list[Any]) -> list[Block]:
    codes = {a["code"] for a in acts}
    with_problems = [a for a in summary.with_problems() if a["code"] in codes]
    risks = [r for r in summary.data["risks"] if r["action"] in codes]
    if not with_problems and not risks:
        return [Paragraph(_("None of the actions it funds is late or stalled, and no open risk is recorded."))]
    blocks: list[Block] = [parts.problem_grid(summary, with_problems)] if with_problems else []
    if risks:
        rows = [
            [Cell(localized(r["title"])), Cell(str(r["score"]), is_number=True), Cell(localized(r["response"]) or "–")]
            for r in risks
        ]
        blocks.append(Grid(_("Open risks"), [_("Risk"), _("Score, of 25"), _("Response")], rows, widths=(2, 0.7, 2.4)))
    return blocks


def _measured(summary: ReportSummary, codes: set[str]) -> list[Block]:
    mine = [f for f in summary.figures if codes & set(f.actions)]
    if not mine:
        return [Paragraph(_("No indicator is linked to the actions it funds."))]
    return parts.figure_blocks(mine)
