"""Figures for other sites: a page of its own for each indicator and for the strategy, which may be shown in a frame, and each chart as a
picture. No script, no form, no cookie: whoever frames them can make nobody press anything."""

from __future__ import annotations

from dataclasses import dataclass

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from floreo.core import clock
from floreo.core.errors import Missing
from floreo.core.slots import DRAWING
from floreo.core.throttle import address_of, charge
from floreo.core.ui import charts, plotting
from floreo.core.ui.pictures import KINDS, picture, theme_asked, width_asked
from floreo.core.wording import day_text
from floreo.indicators import presenters as words
from floreo.indicators.models import Indicator
from floreo.portal import presenters
from floreo.portal.queries.home import Figure
from floreo.portal.queries.indicators import IndicatorPage, indicator_page
from floreo.portal.queries.plan import actions_for
from floreo.portal.views.page import View, country_of, edition_of, public_page
from floreo.strategy.models import Edition
from floreo.strategy.presenters import status_text
from floreo.strategy.queries import counts_of

BURST, PER_HOUR = 60, 600  # of pictures by one visitor
THEMES = ("light", "dark")  # else as the reader's device


def may_be_framed(view: View[...]) -> View[...]:
    """For the pages of this module alone: the sites that the installation names may show them in a frame."""

    @xframe_options_exempt
    def respond(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        sites = settings.FRAME_SITES or ["'none'"]
        if not settings.FRAME_SITES:
            response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        framed: HttpResponseBase = csp_replace({"frame-ancestors": sites})(lambda _request: response)(request)
        return framed

    return respond


def _public_indicator(code: str) -> Indicator:
    """One that everybody may see, whoever asks: a frame shows each reader the same."""
    found = Indicator.objects.visible_to(None).filter(code=code)
    indicator = found.select_related("edition", "stated_target", "answers_for").first()
    if indicator is None:
        raise Missing
    return indicator


def _framed(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    theme = request.GET.get("theme", "")
    about = {"theme": theme if theme in THEMES else "", "site": settings.SITE_ADDRESS}
    return render(request, template, about | context)


@login_not_required
@may_be_framed
@public_page
def embed_indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """One indicator: value, status, target, chart, source and date."""
    indicator = _public_indicator(code)
    shown = indicator_page(indicator, None)
    reading = shown.latest
    return _framed(
        request,
        "portal/embed/indicator.html",
        title=indicator.in_language("title"),
        indicator=indicator,
        shown=shown,
        headline=words.headline(indicator, reading),
        value=words.value_text(reading) if reading else "",
        when=words.when_text(reading) if reading else "",
        status=presenters.shape_of(indicator, reading),
        status_note=presenters.outlook_note(indicator, reading),
        notes=indicator.chart_notes.all(),
        href=settings.SITE_ADDRESS + indicator.get_absolute_url(),
        source=_source(request, indicator, shown),
    )


@login_not_required
@may_be_framed
@public_page
def embed_strategy(request: HttpRequest) -> HttpResponseBase:
    """The status of the strategy, in a sentence and a bar."""
    edition = edition_of(request)
    if edition is None:
        raise Missing
    counts = counts_of(actions_for(None, edition))
    facts = status_text.EditionFacts.of(edition, is_followed=Edition.objects.filter(follows=edition).exists())
    return _framed(
        request,
        "portal/embed/strategy.html",
        title=edition.in_language("title"),
        headline=status_text.headline(facts, counts),
        counts=counts,
        total=sum(counts.values()),
        href=settings.SITE_ADDRESS + reverse("portal:home"),
        source=_("%(site)s, %(day)s") % {"site": _site_name(request), "day": day_text(clock.today())},
    )


def _site_name(request: HttpRequest) -> str:
    country = country_of(request)
    return country.in_language("name") if country else "Floreo"


def _source(request: HttpRequest, indicator: Indicator, shown: IndicatorPage) -> str:
    """Where the newest value comes from: its source, or the records here; and whose site says so."""
    reading = shown.latest
    origin = _("calculated from records") if reading and reading.measure else ""
    if reading and not origin:
        origin = reading.source or indicator.source
    when = words.when_text(reading) if reading else ""
    return ", ".join(filter(None, [_site_name(request), when, origin]))


# --- Pictures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """One chart of an indicator, with the words round it."""

    svg: str
    caption: str
    unit: str


def pictures_of(indicator: Indicator, shown: IndicatorPage, country: str) -> list[Picture]:
    """Its charts in the order of its page: its values over time, its parts, the states that it is compared with."""
    caption, found = indicator.in_language("title"), list[Picture]()
    if len(shown.series) > 1:
        line = plotting.line_of(shown.readings, indicator, indicator.chart_notes.all(), caption=caption)
        if line is not None:
            unit = plotting.legend_of(line, indicator.in_language("unit"))
            found.append(Picture(charts.line_chart(line), caption, unit))
    figure = Figure(indicator, shown.series[::-1], shown.parts, shown.subjects)
    for chart in presenters.charts_of(figure, country):
        across = charts.Reference(chart.reference, chart.reference_text) if chart.reference is not None else None
        svg = charts.bar_chart(plotting.bars_of(chart.bars), label=chart.title, reference=across)
        found.append(Picture(svg, chart.title, chart.note))
    return found


@login_not_required
@public_page
def chart_file(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponseBase:
    """One chart of an indicator as SVG or PNG, light or dark, with its caption, its source and its date in the picture."""
    if kind not in KINDS:
        raise Missing
    width = width_asked(request.GET.get("width", ""))
    theme = theme_asked(request.GET.get("theme", ""), kind)
    indicator = _public_indicator(code)
    shown = indicator_page(indicator, None)
    found = pictures_of(indicator, shown, _site_name(request))
    if not 1 <= number <= len(found):
        raise Missing(_("There is no chart here. A chart needs at least two values."))
    if not request.user.is_authenticated:
        charge("chart-file", address_of(request), capacity=BURST, per_hour=PER_HOUR)
    chosen = found[number - 1]
    below = [_notice(request), _source(request, indicator, shown), settings.SITE_ADDRESS + indicator.get_absolute_url()]
    whole = charts.titled(chosen.svg, caption=chosen.caption, unit=chosen.unit, below=below)
    with DRAWING.one():
        body = picture(whole, kind, width=width, theme=theme)
    response = HttpResponse(body, content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'inline; filename="{indicator.code}-{number}.{kind}"'
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _notice(request: HttpRequest) -> str:
    """What the ribbon of the site says: a picture that leaves it says so too."""
    country = country_of(request)
    if country is None:
        return ""
    if country.is_sample:
        return _("Sample data.")
    return "" if country.is_official else _("Unofficial.")
