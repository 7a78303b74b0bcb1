"""Outreach as lists and open data: schemes, ambassadors who agreed to be listed, coverage by district; and for who coordinates, sessions and
requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, SOURCED, column, day, titles
from floreo.core.fields import label_of
from floreo.core.tables import Cell, CellKind, Column, Filter, Table
from floreo.organisations.models import Place, PlaceSort
from floreo.outreach.logic import rate
from floreo.outreach.models import (
    Ambassador,
    AmbassadorRequest,
    AmbassadorState,
    Audience,
    OutreachSession,
    Photo,
    RequestState,
    Scheme,
    SessionState,
    SessionTopic,
    VenueKind,
    may_read,
)
from floreo.outreach.queries import active_on, first_day, with_last_session

_READ = Permission.OUTREACH_READ


def _districts() -> Iterable[tuple[str, str]]:
    return [(p.code, p.in_language("name")) for p in Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position")]


def _in_district(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    return rows.filter(district__code=code)


DISTRICT = Filter("district", _("District"), _districts, _in_district)

SCHEMES = Table(
    "ambassador_schemes",
    _("Schemes of ambassadors"),
    _("Programmes that train people to raise awareness where they live, who runs them, and what they aim at."),
    rows=lambda viewer: Scheme.objects.visible_to(viewer).select_related("organisation"),
    columns=(
        Column.of(Scheme, "code", _("Identifies it")),
        *titles(_("As it is called"), of=Scheme),
        Column.of(Scheme, "summary", _("What it does")),
        Column.of(
            Scheme,
            "organisation",
            _("Code of the organisation"),
            value=lambda s: s.organisation.code if s.organisation is not None and s.organisation.is_public else None,
        ),
        Column.of(Scheme, "starts_on", _("First day"), CellKind.DATE),
        Column.of(Scheme, "ends_on", _("Last day, where it has ended"), CellKind.DATE),
        Column.of(Scheme, "target", _("Ambassadors certified and active that it aims at"), CellKind.WHOLE),
        Column.of(Scheme, "target_rate", _("In each district"), CellKind.DECIMAL),
        Column.of(Scheme, "target_due", _("By when"), CellKind.DATE),
        *SOURCED,
        CHANGED,
    ),
    search=("title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _listed(_viewer: object) -> QuerySet[Ambassador]:
    """Open data is the same for everybody."""
    return Ambassador.objects.listed().select_related("district", "scheme")


AMBASSADORS = Table(
    "ambassadors",
    _("Ambassadors"),
    _(
        "Active ambassadors who agreed to be listed: code, district and languages, and the name of who agreed to that as well."
    ),
    rows=_listed,
    columns=(
        Column.of(Ambassador, "code", _("Identifies the ambassador")),
        column("public_name", _("Name"), _("Only with consent")),
        Column.of(Ambassador, "scheme", _("Its code"), value=lambda a: a.scheme.code),
        Column.of(Ambassador, "district", _("Its code"), value=lambda a: a.district.code),
        Column("district_name", _("Name of the district"), _("In the language of the data"), lambda a: a.district.name),
        Column.of(Ambassador, "languages", _("Codes of the languages they speak"), CellKind.LIST),
    ),
    order=("code", "pk"),
    search=("code",),
    filters=(DISTRICT,),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _state(model_field: str) -> Any:
    return lambda rows, value: rows.filter(**{model_field: value})


def _roster(viewer: object) -> QuerySet[Ambassador]:
    rows = Ambassador.objects.visible_to(viewer) if may_read(viewer) else Ambassador.objects.none()
    return with_last_session(rows).select_related("district", "scheme")


def _needs_check(rows: QuerySet[Any], _value: str) -> QuerySet[Any]:
    return rows.filter(meets_minors=True, check_expires_on__lte=clock.today())


ROSTER = Table(
    "ambassador_roster",
    _("Roster of ambassadors"),
    _("Every ambassador, for who coordinates them."),
    rows=_roster,
    columns=(
        Column.of(Ambassador, "code", _("Identifies the ambassador")),
        Column.of(Ambassador, "name", _("Not published without consent")),
        Column.of(Ambassador, "state", _("candidate, active, on_leave, lapsed or left")),
        Column.of(Ambassador, "scheme", _("Its code"), value=lambda a: a.scheme.code),
        Column.of(Ambassador, "district", _("Its code"), value=lambda a: a.district.code),
        Column.of(Ambassador, "community", _("Where they live")),
        Column.of(Ambassador, "languages", _("Codes of the languages they speak"), CellKind.LIST),
        Column.of(Ambassador, "cohort", _("With whom they were trained")),
        Column.of(Ambassador, "certificate_number", _("Its number")),
        Column.of(Ambassador, "certified_on", _("Day of the certificate"), CellKind.DATE),
        Column.of(Ambassador, "certificate_expires_on", _("Last day on which it holds"), CellKind.DATE),
        Column.of(Ambassador, "meets_minors", _("Whether a safeguarding check is needed"), CellKind.FLAG),
        Column.of(Ambassador, "check_expires_on", _("Last day on which it holds"), CellKind.DATE),
        Column.of(Ambassador, "listed_on", _("Consent to the public list"), CellKind.DATE),
        day("last_on", _("Last session"), _("Day of the last one that arrived")),
    ),
    order=("code", "pk"),
    needs=_READ,
    search=("code", "name", "community", "cohort"),
    filters=(
        Filter("state", _("State"), lambda: AmbassadorState.choices, _state("state")),
        DISTRICT,
        Filter("check", _("Safeguarding check"), lambda: [("expired", _("Expired"))], _needs_check),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _coverage(_viewer: object) -> QuerySet[Place]:
    """Each district with its counts, over the twelve months that end today."""
    today = clock.today()
    held = OutreachSession.objects.counted().within(first_day(today), today).filter(district=OuterRef("pk")).order_by()
    active = active_on(today).filter(district=OuterRef("pk")).order_by()

    def counted(rows: Any, what: Any) -> Any:
        total = Subquery(rows.values("district").annotate(n=what).values("n"), output_field=IntegerField())
        return Coalesce(total, Value(0))

    return Place.objects.filter(kind=PlaceSort.DISTRICT).annotate(
        active_ambassadors=counted(active, Count("pk")),
        held_sessions=counted(held, Count("pk")),
        reached_people=counted(held, Sum("people")),
    )


def _rate(name: str) -> Any:
    return lambda place: rate(getattr(place, name), place.population)


COVERAGE = Table(
    "outreach_coverage",
    _("Coverage of outreach"),
    _(
        "For each district: active ambassadors, sessions and people reached in the twelve months that end today, also per 10,000 inhabitants."
    ),
    rows=_coverage,
    columns=(
        Column.of(Place, "code", _("ISO 3166-2 code of the district")),
        column("name", _("District"), _("Its name")),
        column("population", _("Inhabitants"), _("Of the census or estimate of that year"), CellKind.WHOLE),
        Column.of(Place, "population_year", _("Of the census or estimate"), CellKind.WHOLE),
        column("active_ambassadors", _("Ambassadors"), _("Certified, with a session in twelve months"), CellKind.WHOLE),
        Column(
            "ambassadors_per_10000",
            _("Ambassadors per 10,000"),
            _("Of the inhabitants"),
            _rate("active_ambassadors"),
            CellKind.DECIMAL,
        ),
        column("held_sessions", _("Sessions"), _("Reviewed, in twelve months"), CellKind.WHOLE),
        Column(
            "sessions_per_10000",
            _("Sessions per 10,000"),
            _("Of the inhabitants"),
            _rate("held_sessions"),
            CellKind.DECIMAL,
        ),
        column("reached_people", _("People reached"), _("Heads counted at those sessions"), CellKind.WHOLE),
        Column(
            "people_per_10000",
            _("People reached per 10,000"),
            _("Of the inhabitants"),
            _rate("reached_people"),
            CellKind.DECIMAL,
        ),
    ),
    order=("position", "pk"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _sessions(viewer: object) -> QuerySet[OutreachSession]:
    return OutreachSession.objects.visible_to(viewer).select_related("ambassador", "district", "material")


def _doubtful(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == "link":
        return rows.filter(is_late_link=True, is_in_use=False)
    if value == "photos":
        return rows.filter(Exists(Photo.objects.filter(session=OuterRef("pk"))))
    return rows.exclude(clock_doubt="").filter(date_checked=False)


def _choice(field: str, choices: Any) -> Any:
    return Filter(field, label_of(OutreachSession, field), lambda: choices, _state(field))


def _cell(field: str) -> Any:
    return lambda row: getattr(row, field)


SESSIONS = Table(
    "outreach_sessions",
    _("Outreach sessions"),
    _("Every session that arrived, counted or not. No participant is named: there is no field for that."),
    rows=_sessions,
    columns=(
        Column.of(OutreachSession, "reference", _("As the ambassador has it on the receipt")),
        Column.of(OutreachSession, "ambassador", _("Code"), value=lambda s: s.ambassador.code),
        Column.of(OutreachSession, "happened_on", _("When it was held"), CellKind.DATE),
        Column.of(OutreachSession, "district", _("Its code"), value=lambda s: s.district.code),
        Column.of(OutreachSession, "venue", _("As it was written")),
        Column.of(OutreachSession, "setting", _("Kind of the venue"), value=_cell("setting")),
        Column.of(OutreachSession, "audience", _("For whom it was"), value=_cell("audience")),
        Column.of(OutreachSession, "topic", _("What it was on"), value=_cell("topic")),
        Column.of(OutreachSession, "language", _("Code of the language"), CellKind.TEXT),
        Column.of(OutreachSession, "minutes", _("How long it took"), CellKind.WHOLE),
        Column.of(OutreachSession, "people_12", _("Heads"), CellKind.WHOLE),
        Column.of(OutreachSession, "people_17", _("Heads"), CellKind.WHOLE),
        Column.of(OutreachSession, "people_34", _("Heads"), CellKind.WHOLE),
        Column.of(OutreachSession, "people_59", _("Heads"), CellKind.WHOLE),
        Column.of(OutreachSession, "people_60", _("Heads"), CellKind.WHOLE),
        Column.of(OutreachSession, "people", _("All heads"), CellKind.WHOLE),
        column("materials_left", _("Materials left"), _("How many"), CellKind.WHOLE),
        Column.of(OutreachSession, "referrals", _("How many people spoke of an incident"), CellKind.WHOLE),
        Column.of(OutreachSession, "state", _("received, reviewed, returned or rejected"), value=_cell("state")),
        Column.of(
            OutreachSession, "clock_doubt", _("ahead, behind, future, before or old"), value=_cell("clock_doubt")
        ),
        Column.of(OutreachSession, "is_late_link", _("Whether its link had ended when it arrived"), CellKind.FLAG),
        Column.of(OutreachSession, "received_at", _("Moment, UTC"), CellKind.MOMENT),
    ),
    order=("-happened_on", "-pk"),
    key="reference",
    needs=_READ,
    search=("reference", "venue", "ambassador__code"),
    filters=(
        _choice("state", SessionState.choices),
        Filter(
            "care",
            _("Look at"),
            lambda: [("clock", _("Doubt about the date")), ("link", _("From an ended link")), ("photos", _("Photos"))],
            _doubtful,
        ),
        DISTRICT,
        _choice("audience", Audience.choices),
        _choice("topic", SessionTopic.choices),
        _choice("setting", VenueKind.choices),
    ),
    lookup=lambda rows, key: rows.filter(reference=key),
)


def _requests(viewer: object) -> QuerySet[AmbassadorRequest]:
    return AmbassadorRequest.objects.visible_to(viewer).select_related("district", "ambassador")


def _code(found: AmbassadorRequest) -> Cell:
    return found.ambassador.code if found.ambassador is not None else None


REQUESTS = Table(
    "ambassador_requests",
    _("Requests for an ambassador"),
    _("Schools, firms and groups that asked for an ambassador, and what became of it."),
    rows=_requests,
    columns=(
        Column.of(AmbassadorRequest, "reference", _("As who asked has it on the receipt")),
        Column.of(AmbassadorRequest, "received_on", _("When it was sent"), CellKind.DATE),
        column("due_on", _("Answer due"), _("14 days later"), CellKind.DATE),
        Column.of(AmbassadorRequest, "requester", _("Who asks")),
        Column.of(AmbassadorRequest, "kind", _("school, firm, association, public_body or other"), value=_cell("kind")),
        Column.of(AmbassadorRequest, "district", _("Its code"), value=lambda r: r.district.code),
        Column.of(AmbassadorRequest, "community", _("Where")),
        Column.of(AmbassadorRequest, "audience", _("For whom"), value=_cell("audience")),
        Column.of(AmbassadorRequest, "topic", _("On what"), value=_cell("topic")),
        Column.of(AmbassadorRequest, "language", _("Code of the language")),
        column("people", _("People"), _("About how many"), CellKind.WHOLE),
        Column.of(AmbassadorRequest, "state", _("waiting, assigned, done or declined"), value=_cell("state")),
        Column.of(AmbassadorRequest, "ambassador", _("Code"), value=_code),
        Column.of(AmbassadorRequest, "assigned_on", _("Day"), CellKind.DATE),
        Column.of(AmbassadorRequest, "planned_on", _("As it was agreed"), CellKind.DATE),
        Column.of(AmbassadorRequest, "closed_on", _("Day"), CellKind.DATE),
    ),
    order=("received_on", "pk"),
    key="reference",
    needs=_READ,
    search=("reference", "requester", "community"),
    filters=(Filter("state", _("State"), lambda: RequestState.choices, _state("state")), DISTRICT),
    lookup=lambda rows, key: rows.filter(reference=key),
)

TABLES = {table.name: table for table in (SCHEMES, AMBASSADORS, COVERAGE, ROSTER, SESSIONS, REQUESTS)}
__all__ = ["AMBASSADORS", "COVERAGE", "REQUESTS", "ROSTER", "SCHEMES", "SESSIONS", "TABLES"]
