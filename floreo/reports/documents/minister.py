"""The minister's page: one A4 with the status of the plan, what is asked of the minister, what is late, four figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.documents.blocks import Block, Boxed, Bullets, Cell, Columns, Document, Grid, Heading, Item, Paragraph
from floreo.core.ui import locale
from floreo.core.wording import capital, number_figures, number_word, sentences, short_day
from floreo.indicators import presenters as figures
from floreo.indicators.logic import Direction
from floreo.reports.documents import parts
from floreo.reports.documents.progress import coming_items
from floreo.reports.figures import Figure
from floreo.reports.presenters import ReportSummary, day, event_when, localized, with_action

# How much fits on one page, whatever there is; the rest is counted and is in the report.
LATE, DECISIONS, FIGURES, MOVED, COMING = 6, 4, 4, 4, 4
TITLE, REASON, ASKED = 70, 90, 260  # characters
_SPACES = re.compile(r"[ \t\r\n]+")  # those that hold words together stay


def short(text: str, most: int) -> str:
    """As much of a text as there is room for, ended at a word."""
    text = _SPACES.sub(" ", text).strip()
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(".,;: ") + "…"


def minister_document(summary: ReportSummary, *, today: date) -> Document:
    blocks: list[Block] = [*_corrected(summary), *parts.status_bar(summary), *_asked(summary)]
    blocks.append(
        Columns(
            [Heading(_("Late or stalled")), *_late(summary)], [Heading(_figures_title(summary)), *_figures(summary)]
        )
    )
    blocks.append(
        Columns([Heading(_("Recent progress")), *_moved(summary)], [Heading(_("Next steps")), *_coming(summary)])
    )
    kicker_lines = [
        _for_whom(summary),
        _("%(period)s. Printed %(day)s") % {"period": summary.period_text, "day": short_day(today)},
    ]
    return parts.framed(
        summary, blocks, title=headline(summary), one_page=True, kicker_lines=[b for b in kicker_lines if b]
    )


def headline(summary: ReportSummary) -> str:
    """ "14 of 24 actions are on schedule. Two need your decision to move." """
    asked = len({d["action"] or d["number"] for d in summary.data["decisions"]})
    if not asked:
        return summary.headline()
    text = ngettext("%(number)s needs your decision to continue.", "%(number)s need your decision to continue.", asked)
    return sentences(summary.hold(), capital(text % {"number": number_word(asked)}))


def _for_whom(summary: ReportSummary) -> str:
    posts = list(dict.fromkeys(localized(d["to"]) for d in summary.data["decisions"] if d["to"]))
    return _("For: %(post)s") % {"post": short(posts[0], 60)} if posts else _("For the minister")


def _corrected(summary: ReportSummary) -> list[Block]:
    if not summary.corrections:
        return []
    n = len(summary.corrections)
    text = ngettext("This report has %(n)d correction.", "This report has %(n)d corrections.", n)
    return [Paragraph(text % {"n": n}, tone="note")]


def _asked(summary: ReportSummary) -> list[Block]:
    asked = summary.data["decisions"]
    if not asked:
        return []
    items = []
    for one in asked[:DECISIONS]:
        text = with_action(short(localized(one["text"]), ASKED), one["action"])
        items.append(Item(text, f"{short(localized(one['title']).rstrip('.'), 100)}."))
    inner: list[Block] = [Bullets(items, numbered=True), *_more(len(asked) - len(items))]
    return [Boxed(_("Decisions requested from you"), inner)]


def _more(number: int) -> list[Block]:
    if number <= 0:
        return []
    text = ngettext("And %(n)s more, in the report.", "And %(n)s more, in the report.", number)
    return [Paragraph(text % {"n": number_figures(number)}, tone="note")]


def _late(summary: ReportSummary) -> list[Block]:
    acts = summary.with_problems()
    if not acts:
        return [Paragraph(_("No actions are late or stalled.") if summary.total else _("No actions are recorded."))]
    rows = [[_act(summary, a), Cell(short(localized(a["reason"]) or summary.why(a), REASON))] for a in acts[:LATE]]
    grid = Grid(_("Late or stalled"), [_("Action and lead"), _("Reason")], rows, widths=(1, 1), bare=True)
    return [grid, *_more(len(acts) - len(rows))]


def _act(summary: ReportSummary, act: Any) -> Cell:
    lead = short(summary.leads(act), 40)
    below = f"{short(localized(act['title']), TITLE).rstrip('.')}. {lead}".strip()
    return Cell(parts.status_word(act["status"]), status=act["status"], small=summary.note(act), below=below)


def _chosen(summary: ReportSummary) -> Sequence[Figure]:
    """Those with a target and a reading first: they say most."""
    known = [f for f in summary.figures if f.latest is not None]
    return sorted(known, key=lambda f: (f.indicator.target is None, parts.spark(f) is None))[:FIGURES]


def _figures_title(summary: ReportSummary) -> str:
    n = len(_chosen(summary))
    return (
        ngettext("A single indicator", "%(number)s indicators", n) % {"number": capital(number_word(n))}
        if n
        else _("Indicators")
    )


def _figures(summary: ReportSummary) -> list[Block]:
    chosen = _chosen(summary)
    if not chosen:
        return [Paragraph(_("No indicators are recorded."))]
    rows = []
    for figure in chosen:
        own, latest = figure.indicator, figure.latest
        title = own.in_language("short_title") if own.short_title else short(own.in_language("title"), 46)
        unit = own.in_language("unit")
        has_unit = unit.casefold() in title.casefold()  # "Late milestones" needs no ", milestones"
        target = locale.number(own.target, own.decimals) if own.target is not None else "–"
        if own.target is not None and own.direction == Direction.DOWN:
            target = _("at most %(number)s") % {"number": target}
        now = parts.value_text(figure, unit=False)
        old = latest is not None and latest.ends_on < summary.period.start
        rows.append(
            [
                Cell(f"{title}, {unit}" if len(unit) < 14 and not has_unit else title),
                Cell("", picture=parts.spark(figure)),
                Cell(
                    now,
                    is_number=True,
                    is_strong=True,
                    small=f"({figures.short_when(latest)})" if old and latest else "",
                ),
                Cell(target, is_number=True),
            ]
        )
    head = [_("Indicator"), _("Over time"), _("Now"), _("Target")]
    return [Grid(_("Indicators"), head, rows, widths=(1.3, 1.1, 0.8, 0.6), bare=True, note=_("Dashed: target."))]


def _moved(summary: ReportSummary) -> list[Block]:
    moved = summary.data["moved"]
    found: list[tuple[str, str, str]] = [
        (m["on"], localized(summary.by_code.get(m["action"], {}).get("title")), _day(m["on"])) for m in moved["closed"]
    ]
    found += [(m["on"], localized(m["title"]), _day(m["on"])) for m in moved["milestones"]]
    found += [(e["on"], localized(e["title"]), event_when(e)) for e in moved["events"]]
    if not found:
        return [Paragraph(_("No progress is recorded in this period."))]
    newest = sorted(found, reverse=True)[:MOVED]
    items = [Item(short(title, TITLE), f"{when}:") for _on, title, when in newest]
    return [Bullets(items), *_more(len(found) - len(items))]


def _day(value: str) -> str:
    when = day(value)
    return short_day(when) if when else ""


def _coming(summary: ReportSummary) -> list[Block]:
    items = [Item(short(i.text, TITLE), i.lead) for i in coming_items(summary, most=COMING)]
    return [Bullets(items)] if items else [Paragraph(_("No dates are recorded for the following months."))]
