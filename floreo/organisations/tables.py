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
        Column("code", _("Code"), _("Stable short name, used in page addresses."), lambda o: o.code),
        Column("name", _("Name"), _("Its current name."), lambda o: o.name),
        in_each_language("name", _("Empty if no name in this language is known."), _("Name"), has_first=False),
        Column("short_name", _("Short name"), _("Abbreviation."), lambda o: o.short_name),
        Column("kind", _("Kind"), _("Ministry, agency, operator and so on."), lambda o: o.kind),
        Column("role_text", _("What it does"), _("Its role in cybersecurity."), lambda o: o.role_text),
        Column("parent", _("Part of"), _("Code of the organisation it belongs to."), lambda o: o.parent_code),
        Column(
            "merged_into",
            _("Merged into"),
            _("Code of the organisation that it was merged into."),
            lambda o: o.heir_code,
        ),
        Column("starts_on", _("Since"), _("First day, if known."), lambda o: o.starts_on, CellKind.DATE),
        Column("ends_on", _("Until"), _("Last day, if it has ended."), lambda o: o.ends_on, CellKind.DATE),
        Column("website", _("Website"), _("Its own pages."), lambda o: o.website, CellKind.LINK),
        Column(
            "place", _("Place"), _("Code of the place where it is based."), lambda o: o.place.code if o.place else ""
        ),
        *SOURCED,
        Column(
            "is_public",
            _("Public"),
            _("Whether it is public."),
            lambda o: o.is_public,
            CellKind.FLAG,
            needs=Permission.REGISTER_EDIT,
        ),
        Column(
            "internal_notes",
            _("Internal notes"),
            _("Not published."),
            lambda o: o.internal_notes,
            needs=Permission.REGISTER_EDIT,
        ),
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
        Column("organisation", _("Organisation"), _("Its code."), lambda r: r.organisation.code),
        Column("code", _("Role"), _("Code of the role."), lambda r: r.code),
        Column("title", _("Title"), _("Name of the role."), lambda r: r.title),
        Column("starts_on", _("Since"), _("First day."), lambda r: r.starts_on, CellKind.DATE),
        Column("ends_on", _("Until"), _("Last day; empty if it has not ended."), lambda r: r.ends_on, CellKind.DATE),
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
        Column("code", _("Code"), _("ISO 3166-2 for districts."), lambda p: p.code),
        Column("name", _("Name"), _("Its name."), lambda p: p.name),
        Column("kind", _("Kind"), _("District, city, town or village."), lambda p: p.kind),
        Column(
            "parent", _("District"), _("Code of the district it is in."), lambda p: p.parent.code if p.parent else ""
        ),
        Column("capital", _("Capital"), _("Seat of a district."), lambda p: p.capital),
        Column("population", _("People"), _("People counted."), lambda p: p.population, CellKind.WHOLE),
        Column("population_year", _("Year"), _("Year of the count."), lambda p: p.population_year, CellKind.WHOLE),
        Column("area_km2", _("Square kilometres"), _("Land area."), lambda p: p.area_km2, CellKind.DECIMAL),
        Column("latitude", _("Latitude"), _("Degrees, WGS 84."), lambda p: p.latitude, CellKind.DECIMAL),
        Column("longitude", _("Longitude"), _("Degrees, WGS 84."), lambda p: p.longitude, CellKind.DECIMAL),
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
        Column("name", _("Name"), _("Who announces it."), lambda n: n.name),
        Column("holder", _("Holder"), _("Code of the organisation."), lambda n: n.holder_code),
        Column(
            "prefixes",
            _("Prefixes"),
            _("IPv4 and IPv6 prefixes that are the country's own."),
            lambda n: n.prefixes,
            CellKind.LIST,
        ),
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
        Column("code", _("Code"), _("Stable short name."), lambda p: p.code),
        Column("name", _("Name"), _("Full name."), lambda p: p.name),
        Column(
            "organisation", _("Organisation"), _("Its code."), lambda p: p.organisation.code if p.organisation else ""
        ),
        Column("post", _("Post"), _("Shown to the public instead of the name."), lambda p: p.post),
        Column("email", _("E-mail"), _("Internal."), lambda p: p.email),
        Column("phone", _("Telephone"), _("Internal."), lambda p: p.phone),
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
        Column("organisation", _("Organisation"), _("Its code."), lambda h: h.organisation.code),
        Column("kind", _("Kind"), _("prefix or domain."), lambda h: h.kind),
        Column("value", _("Prefix or domain"), _("As it is compared."), lambda h: h.value),
        Column("service", _("Service"), _("What runs there."), lambda h: h.service),
        Column("state", _("State"), _("claimed, proved, approved, rejected or withdrawn."), lambda h: h.state),
        Column("claimed_on", _("Claimed on"), _("Day of the claim."), lambda h: h.claimed_on, CellKind.DATE),
        Column("verified_on", _("Verified on"), _("Day of the newest proof."), lambda h: h.verified_on, CellKind.DATE),
        Column("verified_how", _("Method of verification"), _("Kind of proof."), lambda h: h.verified_text),
        Column("decided_on", _("Decided on"), _("Day of the decision."), lambda h: h.decided_on, CellKind.DATE),
        Column("decision", _("Reason"), _("Of the decision."), lambda h: h.decision),
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
