"""Indicators: the list, and each with its chart, its working and its readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from floreo.core import units
from floreo.core.errors import Missing
from floreo.core.lists import Listing, file_response
from floreo.core.wording import number_figures
from floreo.indicators import presenters as words
from floreo.indicators import queries
from floreo.indicators.logic import Outlook, outlooks_counted
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.tables import INDICATORS, READINGS
from floreo.open_data.files import list_file, part_of_table
from floreo.portal import presenters
from floreo.portal.presenters import IndicatorRow
from floreo.portal.queries.home import Figure
from floreo.portal.queries.indicators import IndicatorPage, indicator_page, pillars_of
from floreo.portal.views.embedding import pictures_of
from floreo.portal.views.page import Crumb, country_of, page, public_page
from floreo.strategy.models import Pillar

FILES = ("csv", "json", "xlsx")


@dataclass(frozen=True)
class Group:
    """The indicators of one pillar, or those of the whole strategy, with their status."""

    key: str
    title: str
    href: str
    tally: str
    rows: list[IndicatorRow]


MOST_ON_PAGE = 200  # so that the groups of a plan are whole


def _groups(rows: list[IndicatorRow]) -> list[Group]:
    """By pillar, in the order of the plan, the newest edition first; what belongs to no pillar comes last."""
    found: dict[int, list[IndicatorRow]] = {}
    pillars: dict[int, Pillar] = {}
    places = pillars_of([row.indicator for row in rows])
    for row in rows:
        pillar = places.get(row.indicator.pk)
        key = pillar.pk if pillar is not None else 0
        found.setdefault(key, []).append(row)
        if pillar is not None:
            pillars[key] = pillar
    ordered = sorted(pillars.values(), key=_order)
    groups = [_group(f"{p.edition.code}-{p.code}", _named(p), p.get_absolute_url(), found[p.pk]) for p in ordered]
    if 0 in found:
        groups.append(_group("whole", _("The whole strategy"), "", found[0]))
    return groups


def _order(pillar: Pillar) -> tuple[int, int, int]:
    """The newest edition first, each in the order of its plan."""
    begun = pillar.edition.starts_on or date.min
    return (-begun.toordinal(), pillar.position, pillar.pk)


def _named(pillar: Pillar) -> str:
    return f"{pillar.code} {pillar.in_language('title')}"


def _group(key: str, title: str, href: str, rows: list[IndicatorRow]) -> Group:
    counts = outlooks_counted(row.outlook for row in rows)
    return Group(key, title, href, words.status_tally(counts), rows)


def _counts(listing: Listing) -> dict[Outlook, int]:
    """Of all that the list holds, on whichever of its pages."""
    every = list(listing.all_rows)
    newest = queries.newest_of(every)
    return outlooks_counted(words.outlook_of(i, next(iter(newest.get(i.pk, ())), None)) for i in every)


@login_not_required
@public_page
def indicators(request: HttpRequest) -> HttpResponseBase:
    """Every public indicator by pillar with its newest reading; the heading says how many of them go well."""
    if file := list_file(Listing(INDICATORS, request, rows=INDICATORS.rows(None)), whole=True):
        return file
    listing = Listing(INDICATORS, request, rows=Indicator.objects.visible_to(None), page=MOST_ON_PAGE)
    rows = presenters.indicator_rows(listing.rows)
    counts = outlooks_counted(row.outlook for row in rows)
    if listing.next_href or listing.first_href:
        counts = _counts(listing)
    return page(
        request,
        "portal/indicators.html",
        section="indicators",
        title=words.status_headline(counts) if rows else _("Indicators"),
        tally=words.status_tally(counts),
        listing=listing,
        groups=_groups(rows),
    )


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
    """One reading in the table of all of them; its own note is shown as it was written, after what we say of it."""

    reading: Reading
    when: str
    numerator: str
    denominator: str
    value: str
    band: str
    at_risk: str
    note: str
    is_corrected: bool


def _count(reading: Reading, value: Decimal | None) -> str:
    return "" if value is None or words.hides_counts(reading) else number_figures(value.normalize())


def _band(reading: Reading) -> str:
    """The band for the table, in the figures of its column."""
    low, high = (
        None if end is None else words.number_text(end, reading.indicator.decimals) for end in words.band_of(reading)
    )
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if low is not None:
        return _("at least %(low)s") % {"low": low}
    return "" if high is None else _("at most %(high)s") % {"high": high}


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
        _band(reading),
        "" if (left := words.at_risk_of(reading)) is None else number_figures(left),
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
        has_bands=any(r.working.get("band") or r.working.get("at_risk") is not None for r in shown.readings),
        notes=indicator.chart_notes.all(),
        embed=_embed(indicator, shown, request),
        actions=indicator.actions.visible_to(None).select_related("edition"),
        **_figure(indicator, shown),
        **_charts(indicator, shown, request),
    )


@dataclass(frozen=True)
class Embed:
    """How others may show the indicator: the snippet of a frame, where frames are allowed, and its charts as pictures."""

    snippet: str
    pictures: list[tuple[str, str]]  # name of the file's kind, address


def _embed(indicator: Indicator, shown: IndicatorPage, request: HttpRequest) -> Embed | None:
    """None of one that the public does not see."""
    if not indicator.is_public:
        return None
    address = settings.SITE_ADDRESS + reverse("portal:embed_indicator", args=[indicator.code])
    title = escape(indicator.in_language("title"))
    snippet = f'<iframe src="{escape(address)}" title="{title}" width="100%" height="560" loading="lazy"></iframe>'
    country = country_of(request)
    number = len(pictures_of(indicator, shown, country.in_language("name") if country else ""))
    pictures = [
        (
            f"{kind.upper()} {n}" if number > 1 else kind.upper(),
            reverse("portal:chart_file", args=[indicator.code, n, kind]),
        )
        for n in range(1, number + 1)
        for kind in ("svg", "png")
    ]
    return Embed(snippet if settings.FRAME_SITES else "", pictures)


def _figure(indicator: Indicator, shown: IndicatorPage) -> dict[str, Any]:
    """The figure itself in words: value, unit, outlook, change, baseline, target."""
    reading = shown.latest
    value = presenters.bare_value(reading) if reading else ""
    unit = units.after(value, indicator) if reading is not None and reading.value is not None else ""
    corrected = next((r for r in shown.readings if r.corrects is not None), None)
    return {
        "value": value,
        "qualifier": presenters.qualifier_text(reading) if reading else "",
        "percent": unit == "%",
        "unit": unit,
        "for_when": words.when_text(reading) if reading else "",
        "status": presenters.shape_of(indicator, reading),
        "status_note": presenters.outlook_note(indicator, reading),
        "outlook_text": words.outlook_text(indicator, reading),
        "change": words.change_text(reading, shown.before) if reading else "",
        "band": words.band_text(reading),
        "at_risk": words.at_risk_text(reading),
        "baseline": words.baseline_text(indicator),
        "target": words.target_text(indicator),
        "next_on": words.next_reading_on(indicator, reading),
        "missing": words.missing_text(indicator),
        "corrected": _row(corrected) if corrected else None,
        "working_title": _("How the value for %(when)s was calculated") % {"when": words.when_text(reading)}
        if reading
        else "",
    }


def _charts(indicator: Indicator, shown: IndicatorPage, request: HttpRequest) -> dict[str, Any]:
    country = country_of(request)
    name = country.in_language("name") if country else _("This country")
    figure = Figure(indicator, shown.series[::-1], shown.parts, shown.subjects)
    return {"charts": presenters.charts_of(figure, name), "chart_caption": indicator.in_language("title")}


def _crumbs(indicator: Indicator) -> tuple[Crumb, ...]:
    first = Crumb(_("Indicators"), reverse("portal:indicators"))
    place = indicator.objective or indicator.pillar
    return (first, Crumb(f"{place.code} {place.in_language('title')}", place.get_absolute_url())) if place else (first,)
