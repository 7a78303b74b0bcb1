"""Outreach as lists and open data: schemes, ambassadors who agreed to be listed, coverage by district; and for who coordinates, sessions and
requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        column("code", _("Code"), _("Identifies it")),
        *titles(_("As it is called")),
        column("summary", _("Summary"), _("What it does")),
        Column(
            "organisation",
            _("Run by"),
            _("Code of the organisation"),
            lambda s: s.organisation.code if s.organisation is not None and s.organisation.is_public else None,
        ),
        day("starts_on", _("From"), _("First day")),
        day("ends_on", _("Until"), _("Last day, where it has ended")),
        column("target", _("Target"), _("Ambassadors certified and active that it aims at"), CellKind.WHOLE),
        column("target_rate", _("Target per 10,000 inhabitants"), _("In each district"), CellKind.DECIMAL),
        day("target_due", _("Target due"), _("By when")),
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
        column("code", _("Code"), _("Identifies the ambassador")),
        column("public_name", _("Name"), _("Only with consent")),
        Column("scheme", _("Scheme of ambassadors"), _("Its code"), lambda a: a.scheme.code),
        Column("district", _("District"), _("Its code"), lambda a: a.district.code),
        Column("district_name", _("Name of the district"), _("In the language of the data"), lambda a: a.district.name),
        column("languages", _("Languages"), _("Codes of the languages they speak"), CellKind.LIST),
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
        column("code", _("Code"), _("Identifies the ambassador")),
        column("name", _("Name"), _("Not published without consent")),
        Column("state", _("State"), _("candidate, active, on_leave, lapsed or left"), lambda a: a.state),
        Column("scheme", _("Scheme of ambassadors"), _("Its code"), lambda a: a.scheme.code),
        Column("district", _("District"), _("Its code"), lambda a: a.district.code),
        column("community", _("Community"), _("Where they live")),
        column("languages", _("Languages"), _("Codes of the languages they speak"), CellKind.LIST),
        column("cohort", _("Cohort"), _("With whom they were trained")),
        column("certificate_number", _("Certificate"), _("Its number")),
        day("certified_on", _("Certified on"), _("Day of the certificate")),
        day("certificate_expires_on", _("Certificate expires on"), _("Last day on which it holds")),
        column("meets_minors", _("Meets minors"), _("Whether a safeguarding check is needed"), CellKind.FLAG),
        day("check_expires_on", _("Safeguarding check expires on"), _("Last day on which it holds")),
        day("listed_on", _("Agreed to be listed on"), _("Consent to the public list")),
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
        column("code", _("Code"), _("ISO 3166-2 code of the district")),
        column("name", _("District"), _("Its name")),
        column("population", _("Inhabitants"), _("Of the census or estimate of that year"), CellKind.WHOLE),
        column("population_year", _("Year"), _("Of the census or estimate"), CellKind.WHOLE),
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
        column("reference", _("Number"), _("As the ambassador has it on the receipt")),
        Column("ambassador", _("Ambassador"), _("Code"), lambda s: s.ambassador.code),
        day("happened_on", _("Date"), _("When it was held")),
        Column("district", _("District"), _("Its code"), lambda s: s.district.code),
        column("venue", _("Venue"), _("As it was written")),
        Column("setting", _("Setting"), _("Kind of the venue"), _cell("setting")),
        Column("audience", _("Audience"), _("For whom it was"), _cell("audience")),
        Column("topic", _("Topic"), _("What it was on"), _cell("topic")),
        column("language", _("Language"), _("Code of the language"), CellKind.TEXT),
        column("minutes", pgettext_lazy("how long a session took", "Minutes"), _("How long it took"), CellKind.WHOLE),
        column("people_12", _("Up to 12 years"), _("Heads"), CellKind.WHOLE),
        column("people_17", _("13 to 17 years"), _("Heads"), CellKind.WHOLE),
        column("people_34", _("18 to 34 years"), _("Heads"), CellKind.WHOLE),
        column("people_59", _("35 to 59 years"), _("Heads"), CellKind.WHOLE),
        column("people_60", _("60 years and over"), _("Heads"), CellKind.WHOLE),
        column("people", _("People"), _("All heads"), CellKind.WHOLE),
        column("materials_left", _("Materials left"), _("How many"), CellKind.WHOLE),
        column("referrals", _("Incidents passed on"), _("How many people spoke of an incident"), CellKind.WHOLE),
        Column("state", _("State"), _("received, reviewed, returned or rejected"), _cell("state")),
        Column(
            "clock_doubt", _("Doubt about the date"), _("ahead, behind, future, before or old"), _cell("clock_doubt")
        ),
        column("is_late_link", _("From an ended link"), _("Whether its link had ended when it arrived"), CellKind.FLAG),
        column("received_at", _("Received"), _("Moment, UTC"), CellKind.MOMENT),
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
        column("reference", _("Number"), _("As who asked has it on the receipt")),
        day("received_on", _("Received on"), _("When it was sent")),
        column("due_on", _("Answer due"), _("14 days later"), CellKind.DATE),
        column("requester", _("School, firm or group"), _("Who asks")),
        Column("kind", _("What it is"), _("school, firm, association, public_body or other"), _cell("kind")),
        Column("district", _("District"), _("Its code"), lambda r: r.district.code),
        column("community", _("Community"), _("Where")),
        Column("audience", _("Audience"), _("For whom"), _cell("audience")),
        Column("topic", _("Topic"), _("On what"), _cell("topic")),
        column("language", _("Language"), _("Code of the language")),
        column("people", _("People"), _("About how many"), CellKind.WHOLE),
        Column("state", _("State"), _("waiting, assigned, done or declined"), _cell("state")),
        Column("ambassador", _("Ambassador"), _("Code"), _code),
        day("assigned_on", _("Assigned on"), _("Day")),
        day("planned_on", _("Day of the session"), _("As it was agreed")),
        day("closed_on", _("Closed on"), _("Day")),
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
