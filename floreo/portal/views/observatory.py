"""The observatory: what the public may know of reports and cases, as page and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.documents.blocks import Document
from floreo.core.errors import Missing
from floreo.core.figures import SMALL
from floreo.core.slots import DRAWING
from floreo.core.tables import flat
from floreo.core.throttle import address_of, charge
from floreo.core.ui.charts import Bar
from floreo.core.ui.papers import KINDS, paper
from floreo.core.wording import day_text, number_figures, quarter_text, sentences
from floreo.incidents import observatory as figures
from floreo.incidents.briefings import begun, of_quarter
from floreo.incidents.case_measures import hours_of
from floreo.incidents.clocks import legal_rules
from floreo.organisations.models import Country
from floreo.organisations.queries import the_country
from floreo.portal.observatory_papers import briefing, yearly
from floreo.portal.observatory_text import cell_text, count_text, counted_text, length_text, quantile_text
from floreo.portal.views.page import Crumb, page, public_page

BURST, PER_HOUR = 60, 600  # of files by one visitor


@login_not_required
@public_page
def observatory(request: HttpRequest, year: int | None = None) -> HttpResponseBase:
    """Of the newest year, or of that one. Raises Missing for a year of which there is nothing."""
    known, legal = figures.years(), legal_rules(clock.today())
    if not known:
        if year is not None:
            raise Missing
        title = _("No incident has been recorded")
        return page(request, "portal/observatory.html", section="data", title=title, shown=None, known=[], legal=legal)
    shown = _of(year or known[0], known)
    return page(
        request,
        "portal/observatory.html",
        section="data",
        title=_title(shown),
        description=_(
            "Reports and cases of incidents by month, class, district, sector and channel, and how long they took."
        ),
        crumbs=() if year is None else (Crumb(_("Incidents"), reverse("portal:observatory")),),
        shown=shown,
        known=known,
        legal=legal,
        quarters=[(quarter_text(date(shown.year, 3 * q - 2, 1)), q) for q in begun(shown.year)],
        lede=_lede(shown),
        bars=_bars(shown),
        times=[
            (each, counted_text(each), quantile_text(each, each.median), quantile_text(each, each.p90))
            for each in shown.times
        ],
        breakdowns=[(each, [(line.label, cell_text(line.count)) for line in each.lines]) for each in shown.breakdowns],
        reports=count_text(shown.reports),
        cases=count_text(shown.cases),
        small=SMALL,
        day=day_text(clock.calendar_day(shown.until)),
    )


@login_not_required
@public_page
def observatory_file(request: HttpRequest, year: int) -> HttpResponseBase:
    """The same numbers as CSV; what is withheld has no number and says so."""
    shown = _of(year, figures.years())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="observatory-{year}.csv"'
    response.write("\ufeff")
    csv.writer(response).writerows([flat(cell) for cell in row] for row in _rows(shown))
    return response


def _of(year: int, known: list[int]) -> figures.Year:
    if year not in known:
        raise Missing
    return figures.of_year(year)


def _rows(shown: figures.Year) -> Iterator[tuple[str | int | Decimal | None, ...]]:
    yield ("year", "figure", "code", "label", "value", "unit", "note")
    yield (shown.year, "reports", "", _("Reports received"), shown.reports, "reports", _note(shown.reports))
    yield (shown.year, "cases", "", _("Cases"), shown.cases, "cases", _note(shown.cases))
    for each in shown.breakdowns:
        for line in each.lines:
            yield (
                shown.year,
                f"cases_by_{each.code}",
                line.code,
                line.label,
                line.count,
                "cases",
                _withheld(line.count),
            )
    for times in shown.times:
        for share, found in (("median", times.median), ("p90", times.p90)):
            value = None if found.value is None else hours_of(found.value)
            note = quantile_text(times, found) if found.value is None else ""
            yield (shown.year, f"hours_to_{times.code}_{share}", "", times.title, value, "hours", note)


def _note(count: int | None) -> str:
    return count_text(count) if count is None else ""


def _withheld(count: int | None) -> str:
    return cell_text(count) if count is None else ""


def _title(shown: figures.Year) -> str:
    words = {"year": str(shown.year), "number": number_figures(shown.cases or 0), "small": SMALL}
    if shown.cases is None:
        return _("Fewer than %(small)s incident cases in %(year)s") % words
    if shown.cases == 0:
        return _("No incident case in %(year)s") % words
    return (
        ngettext("%(number)s incident case in %(year)s", "%(number)s incident cases in %(year)s", shown.cases) % words
    )


def _lede(shown: figures.Year) -> str:
    """How long it takes, in the numbers that most people ask for."""
    times = {each.code: each for each in shown.times}
    found = []
    if (value := times["triage"].median.value) is not None:
        found.append(_("Half of the reports are triaged within %(time)s.") % {"time": length_text(value)})
    if (value := times["close"].median.value) is not None:
        found.append(_("Half of the cases are closed within %(time)s.") % {"time": length_text(value)})
    return sentences(*found)


def _bars(shown: figures.Year) -> list[Bar]:
    """Cases over the year, where they can be shown."""
    over_time = shown.breakdowns[0]
    if over_time.is_withheld or not any(line.count for line in over_time.lines):
        return []
    return [Bar(line.label, line.count, cell_text(line.count)) for line in over_time.lines]


@login_not_required
@public_page
def yearly_report(request: HttpRequest, year: int, kind: str = "") -> HttpResponseBase:
    """The year as a document: a page, or a file of `kind`."""
    country = _country()
    shown = _of(year, figures.years())
    return _document(request, yearly(country, shown), kind, name=f"incidents {year}", here=("yearly_report", [year]))


@login_not_required
@public_page
def quarterly_briefing(request: HttpRequest, year: int, quarter: int, kind: str = "") -> HttpResponseBase:
    """The quarter for judges and prosecutors. Raises Missing for one that has not begun or of a year of which there is nothing."""
    country = _country()
    if year not in figures.years() or quarter not in begun(year):
        raise Missing
    made = briefing(country, of_quarter(year, quarter))
    return _document(
        request, made, kind, name=f"incidents {year} q{quarter}", here=("quarterly_briefing", [year, quarter])
    )


def _country() -> Country:
    country = the_country()
    if country is None:
        raise Missing
    return country


def _document(
    request: HttpRequest, document: Document, kind: str, *, name: str, here: tuple[str, list[int]]
) -> HttpResponseBase:
    if kind:
        charge("observatory", address_of(request), capacity=BURST, per_hour=PER_HOUR)
        with DRAWING.one():
            return paper(document, kind, name=name)
    files = [(each, reverse(f"portal:{here[0]}_file", args=[*here[1], each])) for each in KINDS]
    crumbs = (Crumb(_("Incidents"), reverse("portal:observatory")),)
    return page(
        request,
        "portal/observatory_document.html",
        section="data",
        title=document.title,
        crumbs=crumbs,
        doc=document,
        files=files,
    )
