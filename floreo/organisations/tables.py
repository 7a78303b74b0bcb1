"""What of the register leaves: organisations, their roles, places, networks; people only to those who may."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.columns import SOURCED
from floreo.core.tables import CellKind, Column, Filter, Table, in_each_language
from floreo.core.whole import whole
from floreo.organisations.models import (
    Holding,
    HoldingKind,
    HoldingState,
    Kind,
    Network,
    Organisation,
    OrganisationRole,
    Person,
    Place,
    PlaceSort,
)


def _known(path: str, field: str, viewer: object) -> Case:
    """That field of the organisation at `path`, empty where the viewer may not know of the body."""
    own = reach(viewer, Permission.REGISTER_INTERNAL)
    seen = Q(**{f"{path}__isnull": False})
    if own is not None:
        seen &= Q(**{f"{path}__is_public": True}) | Q(**{f"{path}__in": own})
    return Case(When(seen, then=F(f"{path}__{field}")), default=Value(""))


def organisations(viewer: object) -> QuerySet[Organisation]:
    rows: QuerySet[Organisation] = Organisation.objects.visible_to(viewer)
    return rows.select_related("parent", "merged_into", "place").annotate(
        parent_code=_known("parent", "code", viewer), heir_code=_known("merged_into", "code", viewer)
    )


ORGANISATIONS = Table(
    "organisations",
    _("Organisations"),
    _("Every organisation of the register, once, under its current name."),
    rows=organisations,
    columns=(
        Column.of(Organisation, "code", _("Stable short name, used in page addresses.")),
        Column.of(Organisation, "name", _("Its current name.")),
        in_each_language("name", _("Empty if no name in this language is known."), _("Name"), has_first=False),
        Column.of(Organisation, "short_name", _("Abbreviation.")),
        Column.of(Organisation, "kind", _("Ministry, agency, operator and so on.")),
        Column("role_text", _("What it does"), _("Its role in cybersecurity."), lambda o: o.role_text),
        Column.of(Organisation, "parent", _("Code of the organisation it belongs to."), value=lambda o: o.parent_code),
        Column.of(
            Organisation,
            "merged_into",
            _("Code of the organisation that it was merged into."),
            value=lambda o: o.heir_code,
        ),
        Column("starts_on", _("Since"), _("First day, if known."), lambda o: o.starts_on, CellKind.DATE),
        Column("ends_on", _("Until"), _("Last day, if it has ended."), lambda o: o.ends_on, CellKind.DATE),
        Column.of(Organisation, "website", _("Its own pages."), CellKind.LINK),
        Column.of(
            Organisation,
            "place",
            _("Code of the place where it is based."),
            value=lambda o: o.place.code if o.place else "",
        ),
        *SOURCED,
        Column.of(Organisation, "is_public", _("Whether it is public."), CellKind.FLAG, needs=Permission.REGISTER_EDIT),
        Column.of(Organisation, "internal_notes", _("Not published."), needs=Permission.REGISTER_EDIT),
    ),
    order=("name", "pk"),
    search=("name", "short_name", "code"),
    filters=(Filter("kind", _("Kind"), lambda: Kind.choices, lambda rows, value: rows.filter(kind=value)),),
)


def roles(viewer: object) -> QuerySet[OrganisationRole]:
    visible = Organisation.objects.visible_to(viewer)
    return OrganisationRole.objects.filter(organisation__in=visible).select_related("organisation")


ROLES = Table(
    "organisation-roles",
    _("Roles of organisations"),
    _(
        "Who held which role from when to when. Roles move between organisations; the dates show who "
        "holds each one today."
    ),
    rows=roles,
    columns=(
        Column("key", _("Key"), _("Organisation and role."), lambda r: f"{r.organisation.code}.{r.code}"),
        Column.of(OrganisationRole, "organisation", _("Its code."), value=lambda r: r.organisation.code),
        Column.of(OrganisationRole, "code", _("Code of the role.")),
        Column("title", _("Title"), _("Name of the role."), lambda r: r.title),
        Column.of(OrganisationRole, "starts_on", _("First day."), CellKind.DATE),
        Column.of(OrganisationRole, "ends_on", _("Last day; empty if it has not ended."), CellKind.DATE),
        Column(
            "precision",
            _("Precision"),
            _("How exactly the dates are known: day, month, quarter or year."),
            lambda r: r.precision,
        ),
        *SOURCED,
    ),
    order=("organisation__code", "pk"),
    key="key",
    search=("title", "organisation__name"),
    lookup=lambda rows, key: rows.filter(organisation__code=key.partition(".")[0], code=key.partition(".")[2]),
)

PLACES = Table(
    "places",
    _("Places"),
    _("Districts and towns, with their counts and dates. Join on code, not on order."),
    rows=lambda _viewer: Place.objects.select_related("parent"),
    columns=(
        Column.of(Place, "code", _("ISO 3166-2 for districts.")),
        Column.of(Place, "name", _("Its name.")),
        Column.of(Place, "kind", _("District, city, town or village.")),
        Column.of(
            Place, "parent", _("Code of the district it is in."), value=lambda p: p.parent.code if p.parent else ""
        ),
        Column.of(Place, "capital", _("Seat of a district.")),
        Column.of(Place, "population", _("People counted."), CellKind.WHOLE),
        Column.of(Place, "population_year", _("Year of the count."), CellKind.WHOLE),
        Column.of(Place, "area_km2", _("Land area."), CellKind.DECIMAL),
        Column.of(Place, "latitude", _("Degrees, WGS 84."), CellKind.DECIMAL),
        Column.of(Place, "longitude", _("Degrees, WGS 84."), CellKind.DECIMAL),
        *SOURCED,
    ),
    order=("kind", "position", "pk"),
    search=("name", "code", "capital"),
    filters=(Filter("kind", _("Kind"), lambda: PlaceSort.choices, lambda rows, value: rows.filter(kind=value)),),
)


def networks(viewer: object) -> QuerySet[Network]:
    rows: QuerySet[Network] = Network.objects.visible_to(viewer)
    return rows.select_related("holder").annotate(
        holder_code=_known("holder", "code", viewer), holder_name=_known("holder", "name", viewer)
    )


def _network(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    number = whole(key.upper().removeprefix("AS"))
    return rows.none() if number is None else rows.filter(asn=number)


NETWORKS = Table(
    "networks",
    _("Networks"),
    _(
        "The country's own networks by autonomous system, with their prefixes. The country code of an "
        "address is much less reliable."
    ),
    rows=networks,
    columns=(
        Column("code", _("Code"), _("AS and its number."), lambda n: n.code),
        Column("asn", _("AS number"), _("Autonomous system number."), lambda n: n.asn, CellKind.WHOLE),
        Column.of(Network, "name", _("Who announces it.")),
        Column.of(Network, "holder", _("Code of the organisation."), value=lambda n: n.holder_code),
        Column.of(Network, "prefixes", _("IPv4 and IPv6 prefixes that are the country's own."), CellKind.LIST),
        *SOURCED,
    ),
    order=("asn",),
    search=("name", "holder_name"),
    lookup=_network,
)


def people(viewer: object) -> QuerySet[Person]:
    """Those whom the viewer may see: all, or those of their own organisations."""
    rows: QuerySet[Person] = Person.objects.visible_to(viewer)
    return rows.select_related("organisation")


PEOPLE = Table(
    "people",
    _("People"),
    _("Who is responsible for what, and how to contact them. Never published."),
    rows=people,
    columns=(
        Column.of(Person, "code", _("Stable short name.")),
        Column.of(Person, "name", _("Full name.")),
        Column.of(
            Person, "organisation", _("Its code."), value=lambda p: p.organisation.code if p.organisation else ""
        ),
        Column.of(Person, "post", _("Shown to the public instead of the name.")),
        Column.of(Person, "email", _("Internal.")),
        Column.of(Person, "phone", _("Internal.")),
        Column(
            "is_active",
            _("Active"),
            _("Whether the person still holds the post."),
            lambda p: p.is_active,
            CellKind.FLAG,
        ),
    ),
    order=("name", "pk"),
    needs=Permission.PEOPLE_READ,
    search=("name", "post", "organisation__name"),
)


def holdings(viewer: object) -> QuerySet[Holding]:
    """Claims in every state that the viewer may see: all, or those of their own organisations."""
    rows: QuerySet[Holding] = Holding.objects.visible_to(viewer)
    return rows.select_related("organisation")


HOLDINGS = Table(
    "holdings",
    _("Addresses and domains"),
    _("What organisations claim and hold, with its proof and the team's decision. Never published."),
    rows=holdings,
    columns=(
        Column("key", _("Key"), _("Number of the claim."), lambda h: h.pk, CellKind.WHOLE),
        Column.of(Holding, "organisation", _("Its code."), value=lambda h: h.organisation.code),
        Column("kind", _("Kind"), _("prefix or domain."), lambda h: h.kind),
        Column.of(Holding, "value", _("As it is compared.")),
        Column("service", _("Service"), _("What runs there."), lambda h: h.service),
        Column.of(Holding, "state", _("claimed, proved, approved, rejected or withdrawn.")),
        Column.of(Holding, "claimed_on", _("Day of the claim."), CellKind.DATE),
        Column.of(Holding, "verified_on", _("Day of the newest proof."), CellKind.DATE),
        Column.of(Holding, "verified_how", _("Kind of proof."), value=lambda h: h.verified_text),
        Column.of(Holding, "decided_on", _("Day of the decision."), CellKind.DATE),
        Column.of(Holding, "decision", _("Of the decision.")),
        *SOURCED,
    ),
    order=("organisation__name", "kind", "value", "pk"),
    key="key",
    needs=Permission.ASSET_READ,
    search=("value", "service", "organisation__name"),
    filters=(
        Filter("state", _("State"), lambda: HoldingState.choices, lambda rows, value: rows.filter(state=value)),
        Filter("kind", _("Kind"), lambda: HoldingKind.choices, lambda rows, value: rows.filter(kind=value)),
    ),
)

TABLES = {t.name: t for t in (ORGANISATIONS, ROLES, PLACES, NETWORKS)}
WORKSPACE_TABLES = {**TABLES, PEOPLE.name: PEOPLE, HOLDINGS.name: HOLDINGS}
