"""The progress report of a period: its status, what moved, what is late and why, money, risks, figures, working."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Cell,
    Document,
    Grid,
    Heading,
    Item,
    Panels,
    Paragraph,
)
from floreo.core.ui import locale
from floreo.core.wording import number_figures, short_day
from floreo.reports.documents import parts
from floreo.reports.presenters import ReportSummary, day, event_when, localized, with_action
from floreo.strategy.levels import Level, in_words, title_of
from floreo.strategy.logic import Status

ON_PAPER, ON_PAGE = 1500, 80  # rows of a long list; the data file has them all


def progress_document(summary: ReportSummary, *, most: int = ON_PAPER) -> Document:
    """Every section is there, even where nothing is known: then it says so. Lists hold `most` rows and say what is left."""
    numbered: list[tuple[str, list[Block]]] = [
        (_("Progress"), _progress(summary)),
        (_("Recent progress"), _moved(summary, most)),
        (_("Late items, and reasons"), _late(summary, most)),
        (_("Decisions requested"), _decisions(summary)),
        (_("Money"), parts.money_blocks(summary)),
        (_("Risks"), _risks(summary, most)),
        (_("Indicators"), _figures(summary)),
        (_("Updates from leads"), _updates(summary, most)),
        (_("Next steps"), _coming(summary)),
        (_("Missing information"), _unknown(summary)),
    ]
    blocks: list[Block] = [*parts.corrections(summary)]
    for number, (title, inner) in enumerate(numbered, start=1):
        blocks += [Heading(title, 1, str(number)), *inner]
    blocks += [Heading(_("Annex: all actions"), 1), *_annex(summary, most)]
    blocks += [Heading(_("Annex: calculations"), 1), *parts.readings_annex(summary), *parts.made_how(summary)]
    title = _("Progress report, %(period)s") % {"period": summary.period_text}
    return parts.framed(summary, blocks, title=title, subtitle=summary.headline(), contents=True)


def _progress(summary: ReportSummary) -> list[Block]:
    blocks: list[Block] = [Paragraph(summary.headline(), tone="lede"), *parts.status_bar(summary)]
    if not summary.total:
        return blocks
    blocks.append(Paragraph(summary.change()))
    before = summary.counts_before
    if before is not None:
        when = day(summary.data["before_on"])
        head = [_("Status"), short_day(summary.as_of), short_day(when) if when else "", _("Change")]
        rows = [
            [
                Cell(parts.status_word(s), status=s),
                _whole(n),
                _whole(before[s]),
                Cell(_signed(n - before[s]), is_number=True),
            ]
            for s, n in summary.counts.items()
        ]
        blocks.append(
            Grid(_("This period and the previous one: actions by status"), head, rows, widths=(3, 1.4, 1.4, 1))
        )
    head = [title_of(Level.PILLAR), *(parts.status_word(s) for s in Status), _("Total")]
    rows = [
        [
            Cell(f"{p['code']} {localized(p['title'])}"),
            *(_whole(int(p["tally"].get(s, 0))) for s in Status),
            _whole(sum(p["tally"].values())),
        ]
        for p in summary.data["pillars"]
    ]
    if not rows:
        return blocks
    return [
        *blocks,
        Grid(in_words(_("Actions by %(pillar)s and status")), head, rows, widths=(2, 1.05, 1.2, 1, 1, 1, 1, 0.75)),
    ]


def _rest(left: int) -> list[Block]:
    """That a list is longer than what is shown of it."""
    if left <= 0:
        return []
    text = ngettext("%(n)s more is in the data file.", "%(n)s more are in the data file.", left)
    return [Paragraph(text % {"n": number_figures(left)}, tone="note")]


def _whole(number: int) -> Cell:
    return Cell(locale.number(number), is_number=True)


def _signed(number: int) -> str:
    if number == 0:
        return "0"
    return f"+{number}" if number > 0 else f"−{-number}"


def _moved(summary: ReportSummary, most: int) -> list[Block]:
    moved, blocks = summary.data["moved"], list[Block]()
    closed = [Item(_closed(summary, row), href=parts.action_href(summary, row["action"])) for row in moved["closed"]]
    reached = [
        Item(_reached(summary, row), href=parts.action_href(summary, row["action"])) for row in moved["milestones"]
    ]
    events = [Item(localized(e["title"]), f"{event_when(e)}:") for e in moved["events"]]
    for title, items in (
        (_("Actions completed"), closed),
        (_("Milestones reached"), reached),
        (_("What happened"), events),
    ):
        if items:
            blocks += [
                Heading(f"{title} ({number_figures(len(items))})", 2),
                Bullets(items[:most]),
                *_rest(len(items) - most),
            ]
    if summary.data["tally_before"] is not None:
        blocks += _turned(summary, most)
    return blocks or [
        Paragraph(_("No progress is recorded in this period: no action completed, no milestone reached."))
    ]


def _when(value: str | None) -> str:
    when = day(value)
    return short_day(when) if when else ""


def _against_due(row: Mapping[str, Any]) -> str:
    on, due = day(row["on"]), day(row["due"])
    if on is None or due is None or on == due:
        return ""
    days = (on - due).days
    text = (
        ngettext("%(n)s day after its due date", "%(n)s days after its due date", days)
        if days > 0
        else ngettext("%(n)s day before its due date", "%(n)s days before its due date", -days)
    )
    return f" ({text % {'n': number_figures(abs(days))}})"


def _closed(summary: ReportSummary, row: Mapping[str, Any]) -> str:
    return f"{summary.label(row['action'])}, {_when(row['on'])}{_against_due(row)}"


def _reached(summary: ReportSummary, row: Mapping[str, Any]) -> str:
    return f"{localized(row['title'])}, {_when(row['on'])}{_against_due(row)}. {summary.label(row['action'])}"


def _turned(summary: ReportSummary, most: int) -> list[Block]:
    """Actions whose status is another than at the end of the period before."""
    turned = [a for a in summary.actions if a["was"] and a["was"] != a["status"]]
    if not turned:
        return []
    rows = [
        [
            parts.action_cell(summary, a["code"]),
            Cell(parts.status_word(a["was"]), status=a["was"]),
            parts.status_cell(summary, a),
        ]
        for a in turned
    ]
    head = [_("Action"), _("Before"), _("Now")]
    return [Grid(_("Actions whose status changed"), head, rows[:most], widths=(3, 1.2, 1.6))]


def _late(summary: ReportSummary, most: int) -> list[Block]:
    acts = summary.with_problems()
    if not acts:
        return [Paragraph(_("No actions are late or stalled.") if summary.total else _("No actions are recorded."))]
    unsaid = sum(not localized(a["reason"]) for a in acts)
    blocks: list[Block] = [parts.problem_grid(summary, acts[:most]), *_rest(len(acts) - most)]
    if unsaid:
        text = ngettext("No reason given for %(n)s of them.", "No reason given for %(n)s of them.", unsaid)
        blocks.append(Paragraph(text % {"n": number_figures(unsaid)}, tone="note"))
    return blocks


def decision_items(summary: ReportSummary) -> list[Item]:
    found = []
    for one in summary.data["decisions"]:
        text = with_action(localized(one["text"]), one["action"])
        found.append(Item(text, f"{localized(one['title']).rstrip('.')}."))
    return found


def _decisions(summary: ReportSummary) -> list[Block]:
    items = decision_items(summary)
    if not items:
        return [Paragraph(_("No decision is requested from anybody outside the committees."))]
    return [Boxed(_("Requested and not answered yet"), [Bullets(items, numbered=True)])]


def _risks(summary: ReportSummary, most: int) -> list[Block]:
    risks = summary.data["risks"]
    if not risks:
        return [Paragraph(_("No open risk is recorded."))]
    high = sum(r["is_high"] for r in risks)
    text = ngettext("%(n)s risk is open", "%(n)s risks are open", len(risks)) % {"n": number_figures(len(risks))}
    more = ngettext("%(n)s of them is high", "%(n)s of them are high", high) % {"n": number_figures(high)}
    rows = [
        [
            Cell(localized(r["title"])),
            parts.action_cell(summary, r["action"]),
            Cell(f"{r['likelihood']} × {r['impact']} = {r['score']}"),
            Cell(localized(r["response"]) or "–"),
        ]
        for r in risks[:most]
    ]
    head = [_("Risk"), _("Action"), _("Likelihood × impact"), _("Response")]
    grid = Grid(
        _("Open risks, highest first"),
        head,
        rows,
        widths=(2, 2, 1.1, 2.4),
        note=_("Each from 1 to 5; a risk of 12 or more is high."),
    )
    return [Paragraph(f"{text}; {more}."), grid, *_rest(len(risks) - most)]


def _figures(summary: ReportSummary) -> list[Block]:
    if not summary.figures:
        return [Paragraph(_("No indicator is defined, so nothing is measured."))]
    return parts.figure_blocks(summary.figures)


def _updates(summary: ReportSummary, most: int) -> list[Block]:
    rows = summary.data["updates"]
    speaking = [r for r in rows if not r["nothing_changed"]]
    silent = len(rows) - len(speaking)
    if not rows:
        return [Paragraph(_("No lead gave an update in this period."))]
    panels: list[list[Block]] = []
    for row in speaking[:most]:
        named = {pgettext("what was done", "Done"): "done", _("Next steps"): "next", _("Risks"): "risks"}
        items = [Item(text, f"{name}:") for name, part in named.items() if (text := localized(row[part]))]
        if items:
            panels.append([Heading(f"{summary.label(row['action'])}, {_when(row['on'])}", 2), Bullets(items)])
    blocks: list[Block] = [*([Panels(panels)] if panels else []), *_rest(len(speaking) - most)]
    if silent:
        sentence = ngettext("%(n)s update reports no change.", "%(n)s updates report no change.", silent)
        blocks.append(Paragraph(sentence % {"n": number_figures(silent)}, tone="note"))
    return blocks


def coming_items(summary: ReportSummary, *, most: int) -> list[Item]:
    found = []
    for one in summary.data["coming"][:most]:
        text = with_action(localized(one["title"]), one["action"])
        found.append(Item(text, f"{_when(one['on'])}:", parts.action_href(summary, one["action"])))
    return found


def _coming(summary: ReportSummary) -> list[Block]:
    items = coming_items(summary, most=60)
    if not items:
        return [Paragraph(_("No dates are recorded for the following months."))]
    return [Bullets(items)]


def _unknown(summary: ReportSummary) -> list[Block]:
    text = summary.unknown()
    return [Bullets(text)] if text else [Paragraph(_("Every action has a lead, a due date and a checked source."))]


def _annex(summary: ReportSummary, most: int) -> list[Block]:
    if not summary.total:
        return [Paragraph(_("No actions are recorded."))]
    return parts.actions_annex(summary, summary.actions, _("All actions, in the order of the plan"), most=most)
