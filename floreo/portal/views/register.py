"""Organisations and districts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.tables import Filter, Table
from floreo.core.ui.maps import Shape
from floreo.core.wording import capital, number_figures, number_word, sentences
from floreo.open_data.files import list_file, part_of_table
from floreo.organisations.models import Organisation, Place, PlaceSort
from floreo.organisations.tables import ORGANISATIONS, PLACES
from floreo.portal import presenters
from floreo.portal.queries import register
from floreo.portal.queries.plan import Row, counts_of_rows
from floreo.portal.views.page import Crumb, page, public_page
from floreo.strategy.presenters import status_text

DENSITY = "density"


# How the list may be ordered, from its address: ?sort=leads.
ORDERS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "late": (_l("Late first"), ("-late", "-leads", "name", "pk")),
    "leads": (_l("Most actions first"), ("-leads", "-late", "name", "pk")),
    "name": (_l("By name"), ("name", "pk")),
}
FIRST_ORDER = "late"


def _in_order(request: HttpRequest) -> Table:
    """The table in the order that its address asks for; what is no order is the first one."""
    choices = [(name, title) for name, (title, _order) in ORDERS.items() if name != FIRST_ORDER]
    sort = Filter("sort", _("Order"), lambda: choices, lambda rows, _value: rows)
    chosen = request.GET.get("sort", "")
    _title, order = ORDERS.get(chosen, ORDERS[FIRST_ORDER])
    return replace(ORGANISATIONS, order=order, filters=(*ORGANISATIONS.filters, sort))


@login_not_required
@public_page
def organisations(request: HttpRequest) -> HttpResponseBase:
    """Every public organisation with what it leads and what of it is late, those with something late first."""
    if file := list_file(Listing(ORGANISATIONS, request, rows=ORGANISATIONS.rows(None)), whole=True):
        return file
    today = clock.today()
    rows = register.with_leads(Organisation.objects.visible_to(None), today)
    listing = Listing(_in_order(request), request, rows=rows)
    total = listing.total
    text = ngettext("%(number)s organisation", "%(number)s organisations", total) % {"number": number_figures(total)}
    return page(
        request,
        "portal/organisations.html",
        section="organisations",
        title=_who_leads(register.leading(today)),
        listing=listing,
        count=text,
    )


def _who_leads(found: register.Leading) -> str:
    """ "12 organisations lead actions; 3 of them have late ones"."""
    words = {"number": number_figures(found.bodies), "late": number_figures(found.late)}
    if not found.bodies:
        return _("No organisation is recorded as the lead of an action yet")
    if not found.late:
        text = ngettext(
            "%(number)s organisation leads actions; none of its actions is late",
            "%(number)s organisations lead actions; none of their actions is late",
            found.bodies,
        )
        return text % words
    text = ngettext(
        "%(number)s organisation leads actions; it has late ones",
        "%(number)s organisations lead actions; %(late)s of them have late ones",
        found.bodies,
    )
    return text % words


@login_not_required
@public_page
def organisation(request: HttpRequest, code: str) -> HttpResponseBase:
    """What it leads and supports, its roles over time, its former names, and how to reach it."""
    found = Organisation.objects.visible_to(request.user).filter(code=code)
    body = found.select_related("parent", "merged_into", "place").first()
    if body is None:
        raise Missing
    shown = register.organisation_page(body, today=clock.today())
    return page(
        request,
        "portal/organisation.html",
        section="organisations",
        title=body.in_language("name"),
        description=body.in_language("role_text"),
        crumbs=(Crumb(_("Organisations"), reverse("portal:organisations")),),
        organisation=body,
        successor=body.successor(),
        shown=shown,
        answer=_what_it_leads(shown.leads),
        measured=presenters.indicator_rows(shown.measured),
        leads=shown.leads,
        supports=shown.supports,
        once=shown.once,
        is_bare=not (shown.leads or shown.supports or shown.once or shown.edition_parts or shown.measured),
    )


def _what_it_leads(rows: list[Row]) -> str:
    """ "It leads 5 actions: 1 done, 2 on track, 2 late."."""
    if not rows:
        return ""
    text = ngettext("It leads %(total)s action: %(tally)s.", "It leads %(total)s actions: %(tally)s.", len(rows))
    return text % {"total": number_figures(len(rows)), "tally": status_text.tally_text(counts_of_rows(rows))}


@login_not_required
@public_page
def districts(request: HttpRequest) -> HttpResponseBase:
    """A map and a table of the same: people, or people to the square kilometre."""
    rows = register.districts()
    kind = request.GET.get("download", "")
    if kind == "geojson":
        response = JsonResponse(register.geojson(rows), content_type="application/geo+json")
        response.headers["Content-Disposition"] = 'attachment; filename="districts.geojson"'
        return response
    if kind:
        return part_of_table(request, PLACES, PLACES.ordered(None).filter(kind=PlaceSort.DISTRICT), kind)
    by_density = request.GET.get("show") == DENSITY
    return page(
        request,
        "portal/districts.html",
        section="districts",
        title=_title(len(rows)),
        rows=rows,
        by_density=by_density,
        lede=_lede(rows, by_density=by_density),
        shape_source=next((d.place.source for d in rows if d.place.shape and d.place.source), ""),
        **_map(rows, by_density=by_density),
    )


def _title(number: int) -> str:
    text = ngettext("One district", "%(number)s districts", number) if number else _("The districts")
    return capital(text % {"number": number_word(number)})


def _value(row: register.District, *, by_density: bool) -> float | None:
    return row.density if by_density else row.place.population


def _lede(rows: list[register.District], *, by_density: bool) -> str:
    """Where most people live, or where they live closest together."""
    known = [r for r in rows if _value(r, by_density=by_density)]
    if not known:
        return _("The population of each district is not known here yet.")
    most = max(known, key=lambda r: _value(r, by_density=by_density) or 0)
    words = {
        "name": most.place.in_language("name"),
        "number": number_figures(round(_value(most, by_density=by_density) or 0)),
    }
    if by_density:
        return _("The most densely populated district is %(name)s: %(number)s people per square kilometre.") % words
    return _("The district with the most people is %(name)s: %(number)s.") % words


def _map(rows: list[register.District], *, by_density: bool) -> dict[str, Any]:
    """Outlines with their shade, and the legend of the shades."""
    known = [v for r in rows if (v := _value(r, by_density=by_density))]
    bounds = presenters.levels_of(known)
    shapes = [_shape(r, bounds, by_density=by_density) for r in rows if r.place.shape]
    years = sorted({r.place.population_year for r in rows if r.place.population_year})
    text = _("People counted or estimated in %(years)s") % {"years": ", ".join(str(y) for y in years)} if years else ""
    return {
        "shapes": shapes,
        "caption": _("People per square kilometre in each district") if by_density else _("People in each district"),
        "caption_note": text,
        "legend": presenters.legend_text(bounds) if known else [],
    }


def _shape(row: register.District, bounds: tuple[float, float], *, by_density: bool) -> Shape:
    value = _value(row, by_density=by_density)
    return Shape(
        code=row.place.code,
        label=row.place.in_language("name"),
        words=number_figures(round(value)) if value else "",
        level=presenters.level_of(value, bounds),
        geometry=row.place.shape or {},
        href=row.place.get_absolute_url(),
    )


@login_not_required
@public_page
def district(request: HttpRequest, code: str) -> HttpResponseBase:
    place = Place.objects.filter(kind=PlaceSort.DISTRICT, code=code).first()
    if place is None:
        raise Missing
    return page(
        request,
        "portal/district.html",
        section="districts",
        title=place.in_language("name"),
        crumbs=(Crumb(_("Districts"), reverse("portal:districts")),),
        place=place,
        lede=_people(place),
        places=register.places_of(place),
        organisations=register.organisations_in(place),
    )


def _people(place: Place) -> str:
    """ "41,061 people in 2010; 1,860 km², so 22 to the square kilometre."."""
    density = register.density(place)
    if place.population is None:
        return _("The population is not known yet.")
    words = {"people": number_figures(place.population), "year": str(place.population_year or "")}
    text = _("%(people)s people in %(year)s.") if place.population_year else _("%(people)s people.")
    if density is None or place.area_km2 is None:
        return text % words
    words |= {"area": number_figures(round(place.area_km2)), "density": number_figures(round(density))}
    return sentences(text % words, _("%(area)s km²: %(density)s people per km².") % words)
