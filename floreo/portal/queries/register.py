"""An organisation's page, and the districts with their people and places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from floreo.indicators.models import Indicator
from floreo.organisations.models import Contact, FormerName, Network, Organisation, OrganisationRole, Place, PlaceSort
from floreo.portal.queries.plan import ListedAction, rows_of
from floreo.strategy.logic import Status
from floreo.strategy.models import Action, EditionBody, EditionState, LeadRole, Participation


@dataclass
class OrganisationPage:
    organisation: Organisation
    leads: list[ListedAction]
    supports: list[ListedAction]
    once: list[ListedAction]  # what it led or supported before
    more: int  # actions that are not shown here
    roles: list[OrganisationRole]
    former_names: list[FormerName]
    absorbed: list[Organisation]
    parts: list[Organisation]
    measured: list[Indicator]
    contacts: list[Contact]
    networks: list[Network]
    edition_parts: list[EditionBody]


SHOWN = 40  # actions of one kind on an organisation's page; more are in the table of parts


def _actions(
    organisation: Organisation, today: date
) -> tuple[list[ListedAction], list[ListedAction], list[ListedAction], int]:
    """What it leads and supports in editions that run, what it did before, and how many of those are not shown; each
    action once, under the first that fits."""
    public = Q(action__is_public=True, action__edition__is_public=True)
    rows = Participation.objects.filter(public, organisation=organisation)
    parts = rows.values_list("action_id", "part", "starts_on", "ends_on", "action__edition__state")
    now: dict[str, set[int]] = {LeadRole.LEAD: set(), LeadRole.SUPPORT: set()}
    before: set[int] = set()
    for key, part, starts_on, ends_on, state in parts.order_by():
        is_now = (
            (starts_on is None or starts_on <= today)
            and (ends_on is None or ends_on >= today)
            and state != EditionState.ENDED
        )
        (now[part] if is_now else before).add(key)
    lead, support = now[LeadRole.LEAD], now[LeadRole.SUPPORT] - now[LeadRole.LEAD]
    before -= lead | support
    groups = [sorted(group, reverse=True)[:SHOWN] for group in (lead, support, before)]
    shown = rows_of(Action.objects.visible_to(None).filter(pk__in=[key for group in groups for key in group]))
    leads, supports, once = ([r for r in shown if r.act.pk in group] for group in map(set, groups))
    return leads, supports, once, len(lead | support | before) - len(leads) - len(supports) - len(once)


def organisation_page(organisation: Organisation, *, today: date) -> OrganisationPage:
    leads, supports, once, more = _actions(organisation, today)
    public = Organisation.objects.visible_to(None)
    return OrganisationPage(
        organisation=organisation,
        leads=leads,
        supports=supports,
        once=once,
        more=more,
        roles=list(organisation.roles.all()),
        former_names=list(organisation.former_names.all()),
        absorbed=list(public.filter(merged_into=organisation)),
        parts=list(public.filter(parent=organisation)),
        measured=list(Indicator.objects.visible_to(None).filter(answers_for=organisation)),
        contacts=list(organisation.contacts.filter(is_public=True)),
        networks=list(organisation.networks.filter(is_public=True)),
        edition_parts=list(organisation.edition_parts.filter(edition__is_public=True).select_related("edition")),
    )


def with_leads(bodies: QuerySet[Organisation], today: date) -> QuerySet[Organisation]:
    """Organisations with `leads`, how many public actions of editions that run they lead today, and `late`, how many of those are late
    or stalled. What a merged organisation led counts for the one that it became part of."""
    return bodies.annotate(
        leads=_led(today, Q()), late=_led(today, Q(action__status__in=[Status.LATE, Status.STALLED]))
    )


def _led(today: date, which: Q) -> Coalesce:
    parts = _leading(today).filter(which).annotate(body=Coalesce("organisation__merged_into", "organisation"))
    own = parts.filter(body=OuterRef("pk")).order_by().values("body")
    return Coalesce(Subquery(own.annotate(n=Count("action", distinct=True)).values("n")), 0)


def _leading(today: date) -> QuerySet[Participation]:
    """Who leads what today, of public actions in editions that run."""
    public = Q(action__is_public=True, action__edition__is_public=True, part=LeadRole.LEAD)
    rows = Participation.objects.filter(public).exclude(action__edition__state=EditionState.ENDED)
    return rows.exclude(ends_on__lt=today).exclude(starts_on__gt=today)


@dataclass(frozen=True)
class Leading:
    """How many public organisations lead an action, and how many of them have one that is late or stalled."""

    bodies: int
    late: int


def leading(today: date) -> Leading:
    """One query."""
    rows = _leading(today).filter(organisation__is_public=True)
    rows = rows.annotate(body=Coalesce("organisation__merged_into", "organisation")).order_by()
    late = Q(action__status__in=[Status.LATE, Status.STALLED])
    found = rows.aggregate(n=Count("body", distinct=True), late=Count("body", distinct=True, filter=late))
    return Leading(found["n"], found["late"])


@dataclass(frozen=True)
class District:
    """A district with what is counted of it."""

    place: Place
    density: float | None

    @property
    def value(self) -> int | None:
        return self.place.population


def density(place: Place) -> float | None:
    return place.population / place.area_km2 if place.population and place.area_km2 else None


def districts() -> list[District]:
    rows = Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "name", "pk")
    return [District(p, density(p)) for p in rows]


def places_of(district: Place) -> QuerySet[Place]:
    """Cities first, then towns and villages, the largest first."""
    return Place.objects.filter(parent=district).order_by("kind", "-population", "name", "pk")


def geojson(rows: list[District]) -> dict[str, object]:
    """The districts as a GeoJSON FeatureCollection (RFC 7946), with the same figures as the table."""
    features = [
        {
            "type": "Feature",
            "id": d.place.code,
            "geometry": d.place.shape,
            "properties": {
                "code": d.place.code,
                "name": d.place.name,
                "capital": d.place.capital,
                "area_km2": d.place.area_km2,
                "population": d.place.population,
                "population_year": d.place.population_year,
                "people_per_km2": round(d.density, 1) if d.density else None,
                "source": d.place.source,
                "confirmed": d.place.confirmed,
            },
        }
        for d in rows
    ]
    return {"type": "FeatureCollection", "features": features}
