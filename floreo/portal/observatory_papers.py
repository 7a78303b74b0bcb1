"""The yearly report and the quarterly briefing of incidents as documents: page, PDF and Word alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.documents.blocks import Block, Bullets, Cell, Document, Facts, Grid, Heading, Paragraph
from floreo.core.figures import SMALL, Period
from floreo.core.ui import locale
from floreo.core.wording import day_text, number_figures, quarter_text
from floreo.incidents import briefings, observatory
from floreo.incidents.case_measures import end_of
from floreo.organisations.models import Country
from floreo.portal.observatory_text import cell_text, count_text, quantile_text


def yearly(country: Country, year: observatory.Year) -> Document:
    """Causes, times, shares in time, sectors and districts of one year."""
    period = Period(date(year.year, 1, 1), date(year.year, 12, 31))
    blocks: list[Block] = [
        Paragraph(_lede(year), tone="lede"),
        Facts(((_("Reports received"), count_text(year.reports)), (_("Cases"), count_text(year.cases)))),
        Heading(_("How long it takes"), 2),
        _times(year.times),
        Heading(_("Shares"), 2),
        Bullets([_share_text(share) for share in briefings.shares(period)]),
    ]
    for each in year.breakdowns:
        blocks.append(Heading(each.title, 2))
        blocks.append(_withheld() if each.is_withheld else _breakdown(each))
    blocks += _definitions()
    title = _("Incidents in %(year)s") % {"year": year.year}
    return _document(country, title, blocks, _("Yearly report"))


def briefing(country: Country, found: briefings.Quarter) -> Document:
    """Two pages for judges and prosecutors: what was reported, what evidence was kept, how long it took."""
    day = found.period.start
    reported = [
        (_("Reports received"), cell_text(found.reports)),
        (_("Cases"), cell_text(found.cases)),
        (_("Reporters who want the police to know"), _police_text(found)),
    ]
    kept = [
        (_("Cases with evidence"), cell_text(found.with_evidence)),
        (_("Pieces of evidence with a hash and a chain of custody"), cell_text(found.pieces)),
    ]
    rows = [(label, cell_text(count)) for _code, label, count in found.classes]
    times = [
        each
        for each in found.times
        if (found.reports if each.code in {"answer", "triage"} else found.cases) is not None
    ]
    blocks: list[Block] = [
        Paragraph(_known(clock.calendar_day(end_of(found.period))), tone="lede"),
        Heading(_("What was reported"), 2),
        Facts(reported),
        _grid(_("Cases by class (RSIT)"), (_("Class (RSIT)"), _("Cases")), rows) if rows else Paragraph(_("No case.")),
        Heading(_("What evidence was kept"), 2),
        Facts(kept),
        Heading(_("How long it took"), 2),
        _times(times) if times else _withheld(),
        *_definitions(),
    ]
    title = _("Incidents, %(quarter)s") % {"quarter": quarter_text(day)}
    return _document(country, title, blocks, _("Briefing for judges and prosecutors"))


def _document(country: Country, title: str, blocks: Sequence[Block], subtitle: str) -> Document:
    made = clock.today()
    return Document(
        title=title,
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=subtitle,
        made_on=made,
        foot=_("Made on %(day)s.") % {"day": day_text(made)},
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
    )


def _lede(year: observatory.Year) -> str:
    if year.is_empty:
        return _("No report and no case was recorded.")
    return _known(clock.calendar_day(year.until))


def _known(day: date) -> str:
    return _("As known on %(day)s.") % {"day": day_text(day)}


def _police_text(found: briefings.Quarter) -> str:
    """Of those who were asked; nobody asked is not nobody who wants it."""
    if not found.asked_about_police:
        return _("Not known: no reporter was asked")
    return cell_text(found.wanted_police)


def _times(times: Iterable[observatory.Times]) -> Grid:
    rows = [(each.title, quantile_text(each, each.median), quantile_text(each, each.p90)) for each in times]
    return _grid(_("How long it takes"), (_("Step"), _("Half within"), _("9 of 10 within")), rows)


def _breakdown(each: observatory.Breakdown) -> Grid:
    rows = [(line.label, cell_text(line.count)) for line in each.lines if line.count != 0]
    note = _("Lines without a case are left out.") if len(rows) < len(each.lines) else ""
    return _grid(each.title, (each.title, _("Cases")), rows, note)


def _grid(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], note: str = "") -> Grid:
    cells = [[Cell(text, is_number=number > 0) for number, text in enumerate(row)] for row in rows]
    return Grid(caption, head, cells, note=note, bare=True)


def _withheld() -> Paragraph:
    return Paragraph(
        _("Withheld: numbers below %(small)s, and those from which they could be computed, are not shown.")
        % {"small": SMALL},
        tone="note",
    )


_SHARES: dict[str, Callable[[], str]] = {
    "legal_clocks": lambda: _("Legal deadlines met in time"),
    "own_clocks": lambda: _("The team's own deadlines met in time"),
    "lessons": lambda: _("Closed cases with lessons recorded"),
    "cross_border": lambda: _("Cases that cross the border, of those of which that is recorded"),
}


def _share_text(share: briefings.Share) -> str:
    name = _SHARES[share.code]()
    if share.of == 0:
        return _("%(name)s: nothing to count.") % {"name": name}
    if share.value is None:
        return _("%(name)s: withheld.") % {"name": name}
    words = {"name": name, "value": locale.number(share.value, 0), "n": number_figures(share.of)}
    return _("%(name)s: %(value)s %% of %(n)s.") % words


def _definitions() -> list[Block]:
    return [
        Heading(_("Definitions"), 2),
        Bullets(
            [
                _("A case is one incident that the team handles; merged cases count once, exercises never."),
                _("Times count what is still open (estimate of Kaplan and Meier)."),
                _("Numbers below %(small)s, and those from which they could be computed, are withheld. A 0 is shown.")
                % {"small": SMALL},
            ]
        ),
    ]
