"""Parts that several reports share: tables of actions, money, figures with their charts, what surrounds a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Cell,
    Document,
    Facts,
    Grid,
    Heading,
    Item,
    Panels,
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.ui import bars, charts, locale, plotting
from floreo.core.wording import capital, number_figures, short_day
from floreo.indicators import presenters as figures
from floreo.reports.figures import Figure
from floreo.reports.presenters import ReportSummary, amount_text, day, percent_text
from floreo.strategy.levels import Level, in_words, title_of
from floreo.strategy.models import StatusChoice
from floreo.strategy.presenters.status_text import tally_text
from floreo.strategy.sums import Sum


def framed(summary: ReportSummary, blocks: Sequence[Block], *, title: str, subtitle: str = "", **more: Any) -> Document:
    """The document round these blocks: whose it is, of when, which snapshot."""
    return Document(
        title=title,
        subtitle=subtitle,
        language=languages.now(),
        blocks=blocks,
        kicker=f"{summary.country}\n{summary.edition}",
        made_on=summary.frozen_on or summary.as_of,
        foot=summary.foot,
        site=summary.site,
        notice=summary.notice,
        author=summary.country,
        keywords=[summary.edition, summary.period_text],
        **more,
    )


def corrections(summary: ReportSummary) -> list[Block]:
    """What was found wrong since it was frozen: first of all, so that nobody reads past it."""
    if not summary.corrections:
        return []
    items = [
        Item(
            " ".join(
                filter(
                    None,
                    [
                        _("Text in the report: “%(text)s”.") % {"text": c.in_language("text")} if c.text else "",
                        c.in_language("instead"),
                        _("Given by %(name)s on %(day)s.") % {"name": c.by, "day": short_day(c.on)},
                    ],
                )
            ),
            f"{c.in_language('where')}:",
        )
        for c in summary.corrections
    ]
    return [Boxed(_("Corrected after it was frozen"), [Bullets(items)])]


def status_word(status: str) -> str:
    return str(StatusChoice(status).label)


def status_bar(summary: ReportSummary) -> list[Block]:
    counts = summary.counts
    if not summary.total:
        return []
    shown = [(s.value, status_word(s), n) for s, n in counts.items() if n or s.value not in bars.ONLY_WHERE_THERE_ARE]
    return [StatusBar(shown, tally_text(counts))]


def status_cell(summary: ReportSummary, act: Mapping[str, Any]) -> Cell:
    return Cell(status_word(act["status"]), status=act["status"], small=summary.note(act))


def action_href(summary: ReportSummary, code: str) -> str:
    if code not in summary.by_code or not summary.by_code[code]["is_public"]:
        return ""
    return reverse("portal:action", args=[summary.edition_code, code])


def action_cell(summary: ReportSummary, code: str) -> Cell:
    return Cell(summary.label(code), href=action_href(summary, code))


def day_cell(value: str | None) -> Cell:
    when = day(value)
    return Cell(short_day(when) if when else "–")


def problem_grid(summary: ReportSummary, acts: Sequence[Mapping[str, Any]]) -> Grid:
    rows = [
        [
            action_cell(summary, a["code"]),
            status_cell(summary, a),
            Cell(summary.leads(a) or "–"),
            Cell(summary.why(a)),
            Cell(summary.expected(a) or "–"),
        ]
        for a in acts
    ]
    head = [_("Action"), _("Status"), _("Lead"), _("Reason"), _("New expected date")]
    return Grid(_("Late or stalled, longest first"), head, rows, widths=(2.2, 1.5, 1.5, 2.6, 1.1))


# -- money ---------------------------------------------------------------------------------------------------------------


def _sum_cells(each: Sum) -> list[Cell]:
    return [
        Cell(amount_text(each.planned, each.currency), is_number=True),
        Cell(amount_text(each.committed, each.currency), is_number=True),
        Cell(amount_text(each.spent, each.currency), is_number=True),
        Cell(percent_text(each.share_spent) or "–", is_number=True),
    ]


MONEY_WIDTHS = (2.1, 1.4, 1.4, 1.4, 1.1)


def money_grid(caption: str, first: str, rows: Iterable[tuple[str, tuple[Sum, ...]]], *, bare: bool = False) -> Grid:
    cells = [[Cell(name), *_sum_cells(each)] for name, sums in rows for each in sums]
    head = [first, _("Planned"), _("Committed"), _("Spent"), _("Share spent")]
    return Grid(caption, head, cells, widths=MONEY_WIDTHS, bare=bare)


def money_chart(summary: ReportSummary, rows: Sequence[tuple[str, tuple[Sum, ...]]], caption: str) -> list[Block]:
    """Spent, per group, in the country's own currency; nothing where there is little to compare."""
    bars = []
    for name, sums in rows:
        own = next((s for s in sums if s.currency == summary.currency), None)
        if own is not None:
            bars.append(charts.Bar(name, own.planned, amount_text(own.planned, own.currency)))
    if len(bars) < 2 or not any(b.value for b in bars):
        return []
    spoken = plotting.spoken_list(caption, [(b.label, b.words) for b in bars], kind=_("Bar chart"))
    return [Picture(charts.bar_chart(bars, label=spoken), spoken, caption)]


def money_sentence(summary: ReportSummary) -> str:
    parts = []
    for each in summary.sums():
        text = _("%(spent)s of %(planned)s planned has been spent (%(share)s); %(committed)s is committed.")
        parts.append(
            text
            % {
                "spent": amount_text(each.spent, each.currency),
                "planned": amount_text(each.planned, each.currency),
                "share": percent_text(each.share_spent) or "–",
                "committed": amount_text(each.committed, each.currency),
            }
        )
    return " ".join(parts)


def money_blocks(summary: ReportSummary, *, level: int = 2) -> list[Block]:
    if not summary.money_lines:
        return [Paragraph(_("No budget lines are recorded."))]
    by_funder, by_year = summary.money_by("funder"), summary.money_by("year_text")
    return [
        Paragraph(money_sentence(summary)),
        Paragraph(
            _(
                "Each amount is counted once, in the action that it funds. Different currencies are never added "
                "together. As recorded on the day the report was made."
            ),
            tone="note",
        ),
        Heading(_("By funder"), level),
        *money_chart(summary, by_funder, _("Planned, by funder, in %(currency)s") % {"currency": summary.currency}),
        money_grid(_("Money by funder"), _("Funder"), by_funder, bare=True),
        Heading(_("By year"), level),
        money_grid(_("Money by year"), _("Fiscal year"), by_year, bare=True),
        *_by_pillar(summary, level),
    ]


def _by_pillar(summary: ReportSummary, level: int) -> list[Block]:
    """Nothing for a plan whose only level are its actions."""
    if not summary.data["pillars"]:
        return []
    title = in_words(_("Money by %(pillar)s"))
    return [
        Heading(in_words(_("By %(pillar)s")), level),
        money_grid(title, title_of(Level.PILLAR), summary.money_by("pillar"), bare=True),
    ]


# -- figures -------------------------------------------------------------------------------------------------------------


def value_text(figure: Figure, *, unit: bool = True) -> str:
    latest = figure.latest
    if latest is None:
        return _("No value yet")
    if figure.is_hidden(latest):
        return figures.hidden_text(latest)
    return figures.value_text(latest, unit=unit)


def figure_sentence(figure: Figure) -> str:
    latest = figure.latest
    if latest is not None and figure.is_hidden(latest):
        when = figures.when_text(latest)
        return _("%(when)s: fewer than 5 people, so the number is not shown.") % {"when": when}
    if latest is None:
        target = figures.target_text(figure.indicator)
        return " ".join(
            filter(None, [_("No value yet."), _("Target: %(target)s.") % {"target": target} if target else ""])
        )
    return figures.headline(figure.indicator, latest)


def figure_text(figure: Figure) -> str:
    """The status of one indicator, and how it changed."""
    latest = figure.latest
    text = [figure_sentence(figure)]
    if latest is not None and not figure.is_hidden(latest):
        change = figures.change_text(latest, figure.before)
        text.append(f"{change}." if change else "")
    return " ".join(filter(None, text))


def figure_blocks(chosen: Iterable[Figure]) -> list[Block]:
    """Indicators side by side, each with its sentence and its chart; then those of which there is too little to draw."""
    panels: list[list[Block]] = []
    rest: list[Item] = []
    remarks: dict[str, None] = {}
    for figure in chosen:
        own, text = figure.indicator, figure_text(figure)
        title = own.in_language("title")
        line = plotting.line_of(figure.readings, own, [], caption=title)
        if line is not None:
            chart = Picture(charts.small_line_chart(line), line.label, plotting.unit_of(own.in_language("unit")))
            panels.append([Heading(title, 2), Paragraph(text), chart])
            remarks |= dict.fromkeys(plotting.remarks_of(line))
        else:
            rest.append(Item(text, f"{title}." if title[-1:].isalnum() else title))
    return [*([Panels(panels, " ".join(remarks))] if panels else []), *([Bullets(rest)] if rest else [])]


def spark(figure: Figure) -> Picture | None:
    values = [None if figure.is_hidden(r) else r.value for r in figure.readings]
    svg = charts.sparkline(values, figure.indicator.target)
    if not svg:
        return None
    known = [r for r in figure.readings if r.value is not None and not figure.is_hidden(r)]
    text = _("From %(first)s in %(then)s to %(last)s in %(now)s") % {
        "first": figures.value_text(known[0], unit=False),
        "then": figures.period_text(known[0].period),
        "last": figures.value_text(known[-1], unit=False),
        "now": figures.period_text(known[-1].period),
    }
    return Picture(svg, text)


# -- the annex -----------------------------------------------------------------------------------------------------------


def actions_annex(summary: ReportSummary, acts: Sequence[Mapping[str, Any]], caption: str, *, most: int) -> list[Block]:
    rows = [
        [action_cell(summary, a["code"]), status_cell(summary, a), Cell(summary.leads(a) or "–"), day_cell(a["due"])]
        for a in acts[:most]
    ]
    left = len(acts) - len(rows)
    note = _("%(number)s more actions are in the data file.") % {"number": number_figures(left)} if left > 0 else ""
    head = [_("Action"), _("Status"), _("Lead"), _("Due")]
    return [Grid(caption, head, rows, widths=(3.1, 1.5, 1.8, 1.2), note=note)]


def readings_annex(summary: ReportSummary) -> list[Block]:
    """The working of every newest reading: what was counted, of how many, by which measure, and whether it is frozen."""
    rows = []
    for figure in summary.figures:
        latest = figure.latest
        if latest is None:
            continue
        rows.append(
            [
                Cell(figure.indicator.in_language("title")),
                Cell(figures.when_text(latest)),
                Cell(value_text(figure), is_number=True),
                Cell(_working(figure)),
                Cell(_state(latest)),
            ]
        )
    if not rows:
        return [Paragraph(_("There is no value, so there is no calculation to show."))]
    head = [_("Indicator"), _("For"), _("Value"), _("What was counted"), _("State")]
    return [Grid(_("How the latest values were calculated"), head, rows, widths=(1.9, 1.1, 1.2, 2.7, 1.4))]


def _working(figure: Figure) -> str:
    latest = figure.latest
    if latest is None or figure.is_hidden(latest):
        return _("Not shown: fewer than 5 people.")
    parts = []
    if figures.hides_counts(latest):
        parts.append(_("Not shown: fewer than 5 people."))
    elif latest.numerator is not None and latest.denominator is not None:
        own = figure.indicator
        parts.append(
            _("%(counted)s: %(numerator)s. %(all)s: %(denominator)s.")
            % {
                "numerator": locale.number(latest.numerator.normalize()),
                "denominator": locale.number(latest.denominator.normalize()),
                "counted": capital(own.in_language("numerator_text") or _("counted")),
                "all": capital(own.in_language("denominator_text") or _("total")),
            }
        )
    parts += [f"{each}." for each in (figures.band_text(latest), figures.at_risk_text(latest)) if each]
    if latest.measure:
        parts.append(
            _("Measure %(name)s, version %(version)s.") % {"name": latest.measure, "version": latest.measure_version}
        )
    elif latest.taken_by:
        parts.append(_("Entered by %(who)s.") % {"who": latest.taken_by})
    else:  # the public is shown no person
        parts.append(_("Entered on %(day)s.") % {"day": short_day(clock.day_of(latest.taken_at))})
    return " ".join(parts)


def _state(reading: Any) -> str:
    if reading.frozen_at is not None:
        return _("Frozen %(day)s") % {"day": short_day(clock.day_of(reading.frozen_at))}
    return _("Not frozen, may still change")


def made_how(summary: ReportSummary) -> list[Block]:
    """How the report came about, and how it can be checked."""
    pairs = [(_("Status on"), short_day(summary.as_of))]
    if summary.digest:
        pairs += [
            (
                _("Frozen"),
                _("%(day)s by %(name)s")
                % {"day": short_day(summary.frozen_on or summary.as_of), "name": summary.frozen_by},
            ),
            (_("Fingerprint (SHA-256)"), summary.digest),
            (_("Audit entry"), locale.number(summary.audit_number)),
        ]
    text = _(
        "Status is calculated from dates by published rules, not entered by hand. A frozen report cannot"
        " change: errors are corrected in a note beside it."
    )
    return [Facts(pairs), Paragraph(text, tone="note")]
