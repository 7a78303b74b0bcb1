"""Indicators: the list, and each with its chart, its working and its readings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.errors import Missing
from floreo.core.lists import Listing, file_response
from floreo.core.wording import number_figures
from floreo.indicators import presenters as words
from floreo.indicators import queries
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.tables import INDICATORS, READINGS
from floreo.open_data.files import list_file, part_of_table
from floreo.portal import presenters
from floreo.portal.queries.home import Figure
from floreo.portal.queries.indicators import IndicatorPage, indicator_page
from floreo.portal.views.page import Crumb, country_of, page, public_page

FILES = ("csv", "json", "xlsx")


@dataclass(frozen=True)
class ListRow:
    """An indicator in the list, with its newest reading in words."""

    indicator: Indicator
    reading: Reading | None
    value: str
    when: str
    status: str
    target: str
    change: str


def _list_row(indicator: Indicator, reading: Reading | None, before: Reading | None) -> ListRow:
    status, target = presenters.shape_of(indicator, reading), words.target_text(indicator)
    return ListRow(
        indicator,
        reading,
        value=words.value_text(reading) if reading else "",
        when=words.when_text(reading) if reading else "",
        status=status,
        target=presenters.outlook_note(indicator, reading) if status else target or _("No target"),
        change=words.change_text(reading, before) if reading else "",
    )


@login_not_required
@public_page
def indicators(request: HttpRequest) -> HttpResponseBase:
    """Every public indicator with its newest reading and how it stands to its target."""
    if file := list_file(Listing(INDICATORS, request, rows=INDICATORS.rows(None)), whole=True):
        return file
    listing = Listing(INDICATORS, request, rows=Indicator.objects.visible_to(None))
    newest = queries.latest_and_before(listing.rows)
    rows = [_list_row(i, *newest.get(i.pk, (None, None))) for i in listing.rows]
    total = listing.total
    text = ngettext("%(number)s indicator", "%(number)s indicators", total) % {"number": number_figures(total)}
    return page(request, "portal/indicators.html", section="indicators", title=text, listing=listing, rows=rows)


def _get_indicator(request: HttpRequest, code: str) -> Indicator:
    found = Indicator.objects.visible_to(request.user).filter(code=code)
    indicator = found.select_related(
        "edition", "pillar__edition", "objective__pillar__edition", "answers_for", "stated_target"
    ).first()
    if indicator is None:
        raise Missing
    return indicator


@dataclass(frozen=True)
class ReadingRow:
    """One reading in the table of all of them; its own note stands as it was written, after what we say of it."""

    reading: Reading
    when: str
    numerator: str
    denominator: str
    value: str
    note: str
    is_corrected: bool


def _count(reading: Reading, value: Decimal | None) -> str:
    return "" if value is None or words.hides_counts(reading) else number_figures(value.normalize())


def _row(reading: Reading) -> ReadingRow:
    corrected = getattr(reading, "corrected_by", None) is not None
    notes = [_("Corrected later") if corrected else ""]
    if reading.corrects is not None:
        notes.append(_("Corrected, was %(value)s") % {"value": words.value_text(reading.corrects, unit=False)})
    other_method = _("Different method: not comparable with the previous value")
    notes.append(other_method if reading.not_comparable and not reading.note else "")
    return ReadingRow(
        reading,
        words.when_text(reading),
        _count(reading, reading.numerator),
        _count(reading, reading.denominator),
        words.value_text(reading, unit=False),
        ". ".join(n.rstrip(".") for n in notes if n),
        corrected,
    )


@login_not_required
@public_page
def indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """The figure, its chart, its working and all its readings, with the files of the same."""
    indicator = _get_indicator(request, code)
    if kind := request.GET.get("download", ""):
        viewer = None if indicator.is_public else request.user
        rows = READINGS.ordered(viewer).filter(indicator=indicator)
        if viewer is None:
            return part_of_table(request, READINGS, rows, kind)
        return file_response(READINGS, rows, kind, viewer)
    shown = indicator_page(indicator, request.user)
    return page(
        request,
        "portal/indicator.html",
        section="indicators",
        title=indicator.in_language("title"),
        description=words.headline(indicator, shown.latest),
        crumbs=_crumbs(indicator),
        indicator=indicator,
        shown=shown,
        files=FILES,
        place=indicator.objective or indicator.pillar,
        rows=[_row(r) for r in shown.readings],
        has_counts=any(r.denominator is not None for r in shown.readings),
        notes=indicator.chart_notes.all(),
        actions=indicator.actions.visible_to(None).select_related("edition"),
        **_figure(indicator, shown),
        **_charts(indicator, shown, request),
    )


def _figure(indicator: Indicator, shown: IndicatorPage) -> dict[str, Any]:
    """The figure itself in words: value, unit, outlook, change, baseline, target."""
    reading, unit = shown.latest, indicator.in_language("unit")
    corrected = next((r for r in shown.readings if r.corrects is not None), None)
    return {
        "value": presenters.bare_value(reading) if reading else "",
        "qualifier": presenters.qualifier_text(reading) if reading else "",
        "percent": unit == "%",
        "unit": unit,
        "for_when": words.when_text(reading) if reading else "",
        "status": presenters.shape_of(indicator, reading),
        "status_note": presenters.outlook_note(indicator, reading),
        "outlook_text": words.outlook_text(indicator, reading),
        "change": words.change_text(reading, shown.before) if reading else "",
        "band": _band_text(reading),
        "baseline": words.baseline_text(indicator),
        "target": words.target_text(indicator),
        "next_on": words.next_reading_on(indicator, reading),
        "missing": words.missing_text(indicator),
        "corrected": _row(corrected) if corrected else None,
        "working_title": _("How the value for %(when)s was calculated") % {"when": words.when_text(reading)}
        if reading
        else "",
    }


def _band_text(reading: Reading | None) -> str:
    """Within what a value lies that is estimated from a sample."""
    band = reading.working.get("band") if reading is not None and not words.is_hidden(reading) else None
    if not band:
        return ""
    low, high = (f"{words.number_text(Decimal(end))}{words.NBSP}%" for end in band)
    return _("Between %(low)s and %(high)s, with 95 %% confidence") % {"low": low, "high": high}


def _charts(indicator: Indicator, shown: IndicatorPage, request: HttpRequest) -> dict[str, Any]:
    country = country_of(request)
    name = country.in_language("name") if country else _("This country")
    figure = Figure(indicator, shown.series[::-1], shown.parts, shown.subjects)
    return {"charts": presenters.charts_of(figure, name), "chart_caption": indicator.in_language("title")}


def _crumbs(indicator: Indicator) -> tuple[Crumb, ...]:
    first = Crumb(_("Indicators"), reverse("portal:indicators"))
    place = indicator.objective or indicator.pillar
    return (first, Crumb(f"{place.code} {place.in_language('title')}", place.get_absolute_url())) if place else (first,)
