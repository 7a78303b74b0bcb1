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
from floreo.core.wording import colon, number_figures, sentences
from floreo.open_data.files import list_file, part_of_table
from floreo.organisations.models import Organisation, Place, PlaceSort
from floreo.organisations.tables import ORGANISATIONS, PLACES
from floreo.portal import presenters
from floreo.portal.queries import register
from floreo.portal.queries.districts import (
    DistrictWork,
    Kind,
    WorkByDistrict,
    WorkHere,
    work_by_district,
    work_here,
)
from floreo.portal.queries.plan import ListedAction, counts_of_rows
from floreo.portal.views.page import Crumb, page, public_page
from floreo.strategy.presenters import status_text

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
    first, _order = ORDERS[FIRST_ORDER]
    sort = Filter("sort", _("Order"), lambda: choices, lambda rows, _value: rows, unchosen=first)
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


def _what_it_leads(rows: list[ListedAction]) -> str:
    """ "It leads 5 actions: 1 done, 2 on track, 2 late."."""
    if not rows:
        return ""
    text = ngettext("It leads %(total)s action: %(tally)s.", "It leads %(total)s actions: %(tally)s.", len(rows))
    return text % {"total": number_figures(len(rows)), "tally": status_text.tally_text(counts_of_rows(rows))}


@login_not_required
@public_page
def districts(request: HttpRequest) -> HttpResponseBase:
    """A map and a table of what the strategy does in each district; where nothing is recorded by district, that."""
    kind = request.GET.get("download", "")
    if kind == "geojson":
        response = JsonResponse(register.geojson(register.districts()), content_type="application/geo+json")
        response.headers["Content-Disposition"] = 'attachment; filename="districts.geojson"'
        return response
    if kind:
        return part_of_table(request, PLACES, PLACES.ordered(None).filter(kind=PlaceSort.DISTRICT), kind)
    found = work_by_district(clock.today())
    asked = request.GET.get("show", "")
    chosen = next((k for k in found.kinds if k.code == asked), found.kinds[0] if found.kinds else None)
    return page(
        request,
        "portal/districts.html",
        section="districts",
        title=_district_title(found),
        rows=[(row, [(k.title, row.counts[k.code]) for k in found.kinds]) for row in found.rows],
        kinds=found.kinds,
        chosen=chosen,
        lede=_lede(found, chosen) if chosen else "",
        shape_source=next((d.place.source for d in found.rows if d.place.shape and d.place.source), ""),
        **(_map(found, chosen) if chosen else {}),
    )


def _district_title(found: WorkByDistrict) -> str:
    """ "Work of the strategy is recorded in 4 of 6 districts"."""
    if not found.rows:
        return _("The districts")
    if not found.with_any:
        return _("Nothing of the strategy is recorded by district yet")
    words = {"with": number_figures(found.with_any), "all": number_figures(len(found.rows))}
    text = ngettext(
        "Work of the strategy is recorded in %(with)s of %(all)s district",
        "Work of the strategy is recorded in %(with)s of %(all)s districts",
        len(found.rows),
    )
    return text % words


def _lede(found: WorkByDistrict, kind: Kind) -> str:
    """Where there is most of the kind that the map shows, and in how many districts there is none."""
    most = max(found.rows, key=lambda row: row.counts[kind.code])
    none = sum(not row.counts[kind.code] for row in found.rows)
    words = {
        "what": str(kind.caption),
        "name": most.place.in_language("name"),
        "number": number_figures(most.counts[kind.code]),
    }
    first = _("%(what)s: most in %(name)s (%(number)s).") % words
    text = ngettext("None is recorded in %(n)s district.", "None are recorded in %(n)s districts.", none)
    return sentences(first, text % {"n": number_figures(none)} if none else "")


def _map(found: WorkByDistrict, kind: Kind) -> dict[str, Any]:
    """Outlines with their shade, and the legend of the shades: a third of the highest each, none where there is nothing."""
    highest = max(row.counts[kind.code] for row in found.rows)
    shapes = [_shape(row, kind, highest) for row in found.rows if row.place.shape]
    return {"shapes": shapes, "caption": str(kind.caption), "legend": _legend(highest)}


LEVELS = 3  # shades


def _bounds(highest: int) -> list[tuple[int, int]]:
    """Whole numbers from one to the highest in three stretches, fewer where there are fewer numbers."""
    ends = sorted({max(-(-highest * step // LEVELS), 1) for step in range(1, LEVELS + 1)})
    return list(zip([1, *(end + 1 for end in ends)], ends, strict=False))


def _legend(highest: int) -> list[str]:
    return [
        number_figures(low)
        if low == high
        else _("%(low)s to %(high)s") % {"low": number_figures(low), "high": number_figures(high)}
        for low, high in _bounds(highest)
    ]


def _shape(row: DistrictWork, kind: Kind, highest: int) -> Shape:
    number = row.counts[kind.code]
    return Shape(
        code=row.place.code,
        label=row.place.in_language("name"),
        words=number_figures(number),
        level=next((i for i, (low, high) in enumerate(_bounds(highest), start=1) if low <= number <= high), 0),
        geometry=row.place.shape or {},
        href=row.place.get_absolute_url(),
    )


@login_not_required
@public_page
def district(request: HttpRequest, code: str) -> HttpResponseBase:
    """What the strategy does in one district, and who is there."""
    place = Place.objects.filter(kind=PlaceSort.DISTRICT, code=code).first()
    if place is None:
        raise Missing
    here = work_here(place, clock.today())
    return page(
        request,
        "portal/district.html",
        section="districts",
        title=place.in_language("name"),
        description=_here_text(here),
        crumbs=(Crumb(_("Districts"), reverse("portal:districts")),),
        place=place,
        answer=_here_text(here),
        people=_people(place),
        here=here,
        places=register.places_of(place),
    )


def _here_text(here: WorkHere) -> str:
    """ "Awareness sessions in the last twelve months: 12. Courses held or planned: 1."."""
    if not here.counts:
        return _("Nothing of the strategy is recorded in this district yet.")
    return " ".join(f"{caption}{colon()} {number_figures(number)}." for caption, number in here.counts)


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
