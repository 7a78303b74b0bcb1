"""Training as open data: courses and cohorts; and in the workspace who is enrolled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, DateField, F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import CHANGED, ID, SOURCED, column, titles
from floreo.core.figures import is_about_few
from floreo.core.sectors import Sector
from floreo.core.tables import Cell, CellKind, Column, Filter, Table
from floreo.training.logic import HOLDS_SEAT, CohortState, EnrolmentState, share_of
from floreo.training.models import (
    Audience,
    Cohort,
    CohortStateChoice,
    Course,
    CourseRole,
    Enrolment,
    EnrolmentStateChoice,
    Level,
    Programme,
)

_READ = Permission.TRAINING_READ
_EARLY = Value("0001-01-01", output_field=DateField())


def _programmes(viewer: object) -> QuerySet[Programme]:
    rows = Programme.objects.visible_to(viewer).annotate(number_of_courses=Count("courses"))
    return rows.select_related("organisation", "funder", "objective__pillar__edition")


def _body(name: str) -> Any:
    def value(row: Any) -> Cell:
        body = getattr(row, name)
        return body.code if body is not None and body.is_public else None

    return value


def _objective(programme: Programme) -> str | None:
    found = programme.objective
    is_public = found is not None and found.pillar.edition.is_public
    return f"{found.pillar.edition.code}/{found.code}" if found is not None and is_public else None


_AUDIENCE = Filter("audience", _("Audience"), lambda: Audience.choices, lambda rows, v: rows.filter(audience=v))

PROGRAMMES = Table(
    "training_programmes",
    _("Training programmes"),
    _("What is taught to whom, who runs it and who pays for it."),
    rows=_programmes,
    columns=(
        Column.of(Programme, "code", _("Identifies the programme")),
        *titles(_("As named by who runs it"), of=Programme),
        Column.of(Programme, "aim", _("What it is to reach")),
        Column.of(Programme, "audience", _("criminal_justice, technical, officials and others")),
        Column("objective", _("Serves"), _("Edition and code of what it serves in the strategy"), _objective),
        Column.of(Programme, "organisation", _("Code of the organisation"), value=_body("organisation")),
        Column.of(Programme, "funder", _("Code of the organisation that pays"), value=_body("funder")),
        column("number_of_courses", _("Courses"), _("How many courses it has"), CellKind.WHOLE),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "code"),
    filters=(_AUDIENCE,),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _courses(viewer: object) -> QuerySet[Course]:
    seen = Course.objects.visible_to(viewer).select_related("programme").annotate(number_of_cohorts=Count("cohorts"))
    roles = CourseRole.objects.select_related("item__in_version")
    return seen.prefetch_related(Prefetch("course_roles", queryset=roles))


def _roles(course: Course) -> list[str]:
    return [f"{role.item.in_version.code}/{role.item.code}" for role in course.course_roles.all()]


COURSES = Table(
    "training_courses",
    _("Training courses"),
    _("Courses with their hours, their level and the roles of skills frameworks that they prepare for."),
    rows=_courses,
    columns=(
        Column.of(Course, "code", _("Part of its address")),
        *titles(_("As announced"), of=Course),
        Column.of(Course, "summary", _("What people learn")),
        Column.of(Course, "programme", _("Code of the programme"), value=lambda c: c.programme.code),
        Column("audience", _("Audience"), _("Of the programme"), lambda c: c.programme.audience),
        Column.of(Course, "hours", _("Empty where not known"), CellKind.DECIMAL),
        Column.of(Course, "level", _("basic, intermediate or advanced")),
        Column.of(Course, "roles", _("Version of the framework and code of the role"), CellKind.LIST, value=_roles),
        Column(
            "address",
            _("Address"),
            _("Permanent address"),
            lambda c: f"{settings.SITE_ADDRESS}/training/courses/{c.code}/",
            CellKind.LINK,
        ),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "summary", "code"),
    filters=(
        Filter(
            "audience",
            _("Audience"),
            lambda: Audience.choices,
            lambda rows, v: rows.filter(programme__audience=v),
        ),
        Filter("level", _("Level"), lambda: Level.choices, lambda rows, v: rows.filter(level=v)),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def counted_cohorts(viewer: object) -> QuerySet[Cohort]:
    """With how many have a seat, wait, took part and completed."""
    seated, waits = Q(enrolments__state__in=HOLDS_SEAT), Q(enrolments__state=EnrolmentState.WAITING)
    took_part = Q(enrolments__state__in=[*HOLDS_SEAT, EnrolmentState.WITHDRAWN])
    rows = Cohort.objects.visible_to(viewer).select_related("course__programme", "place")
    return rows.annotate(
        begins=Coalesce("starts_on", _EARLY),
        number_seated=Count("enrolments", filter=seated, distinct=True),
        number_waiting=Count("enrolments", filter=waits, distinct=True),
        number_part=Count("enrolments", filter=took_part, distinct=True),
        number_completed=Count(
            "enrolments", filter=took_part & Q(enrolments__completed_on__isnull=False), distinct=True
        ),
    )


def _few(cohort: Any) -> bool:
    """Whether its figures are about so few that one of them could be known by them."""
    completed, part = Decimal(cohort.number_completed), Decimal(cohort.number_part)
    return is_about_few(None, completed, part, "%")


def people_in(cohort: Any) -> int | None:
    """How many took part, as everybody may see it: what the source says of one in the past, None of what is not known or too few."""
    if cohort.is_history:
        stated: int | None = cohort.stated_people
        return stated
    return None if cohort.state != CohortState.CLOSED or _few(cohort) else int(cohort.number_part)


def completed_in(cohort: Any) -> int | None:
    is_shown = cohort.state == CohortState.CLOSED and not cohort.is_history and not _few(cohort)
    return int(cohort.number_completed) if is_shown else None


def _share(cohort: Any) -> Decimal | None:
    completed = completed_in(cohort)
    return share_of(completed, cohort.number_part) if completed is not None else None


_STATE = Filter("state", _("State"), lambda: CohortStateChoice.choices, lambda rows, v: rows.filter(state=v))

COHORTS = Table(
    "training_cohorts",
    _("Training cohorts"),
    _("Groups that took a course, or will: from when to when, with how many seats, and how many completed it."),
    rows=counted_cohorts,
    columns=(
        Column.of(Cohort, "code", _("Part of its address")),
        *titles(_("As announced"), of=Cohort),
        Column.of(Cohort, "course", _("Code of the course"), value=lambda c: c.course.code),
        Column("audience", _("Audience"), _("Of the programme"), lambda c: c.course.programme.audience),
        Column.of(Cohort, "language", _("In which it is taught")),
        Column.of(Cohort, "place", _("Code of the place"), value=lambda c: c.place.code if c.place else None),
        Column.of(Cohort, "starts_on", _("First day, as exact as the next column but one says"), CellKind.DATE),
        Column.of(Cohort, "ends_on", _("Last day"), CellKind.DATE),
        column("precision", _("Precision"), _("day, month, quarter or year: how exact the dates are")),
        Column.of(Cohort, "capacity", _("Empty where there is no limit, or it is not known"), CellKind.WHOLE),
        Column.of(Cohort, "state", _("planned, closed or cancelled")),
        Column(
            "people", _("People"), _("Who took part; empty where not known, or fewer than 5"), people_in, CellKind.WHOLE
        ),
        Column(
            "completed",
            _("Completed"),
            _("Who completed it; empty where few did, or few did not"),
            completed_in,
            CellKind.WHOLE,
        ),
        Column("share_completed", _("Share completed"), _("Per cent of who took part"), _share, CellKind.DECIMAL),
        Column.of(Cohort, "is_history", _("Whether its participants were never recorded here"), CellKind.FLAG),
        Column(
            "address",
            _("Address"),
            _("Permanent address"),
            lambda c: f"{settings.SITE_ADDRESS}/training/cohorts/{c.code}/",
            CellKind.LINK,
        ),
        *SOURCED,
        CHANGED,
    ),
    order=("-begins", "-pk"),
    search=("title", "code", "course__title"),
    filters=(
        Filter(
            "audience",
            _("Audience"),
            lambda: Audience.choices,
            lambda rows, v: rows.filter(course__programme__audience=v),
        ),
        _STATE,
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _enrolments(viewer: object) -> QuerySet[Enrolment]:
    came = Count("attendances", filter=Q(attendances__presence="present"), distinct=True)
    rows = Enrolment.objects.visible_to(viewer).annotate(number_attended=came, own_name=F("name"))
    return rows.select_related("cohort", "organisation")


# In the workspace, one cohort at a time: it names people, so it is no open data.
ENROLMENTS = Table(
    "training_enrolments",
    _("Participants"),
    _("Who is enrolled in a cohort, what they attended, and both tests."),
    rows=_enrolments,
    columns=(
        ID,
        Column.of(Enrolment, "number", _("In the cohort"), CellKind.WHOLE),
        Column.of(Enrolment, "name", _("Empty where it was erased")),
        Column.of(Enrolment, "mail", _("As given")),
        Column.of(
            Enrolment, "organisation", _("As in the register, or as given"), value=lambda e: e.organisation_words
        ),
        Column.of(Enrolment, "sector", _("As given")),
        Column.of(Enrolment, "state", _("asked, waiting, confirmed, cancelled or withdrawn")),
        Column.of(Enrolment, "asked_on", _("Day"), CellKind.DATE),
        column("number_attended", _("Sessions attended"), _("How many"), CellKind.WHOLE),
        Column.of(Enrolment, "score_before", _("0 to 100"), CellKind.DECIMAL),
        Column.of(Enrolment, "score_after", _("0 to 100"), CellKind.DECIMAL),
        Column.of(Enrolment, "passed", _("Empty while the results are not recorded"), CellKind.FLAG),
        Column.of(Enrolment, "completed_on", _("Empty where not completed"), CellKind.DATE),
        CHANGED,
    ),
    order=("number", "pk"),
    key="id",
    needs=_READ,
    search=("name", "mail", "organisation_name", "organisation__name"),
    filters=(
        Filter("state", _("State"), lambda: EnrolmentStateChoice.choices, lambda rows, v: rows.filter(state=v)),
        Filter("sector", _("Sector"), lambda: Sector.choices, lambda rows, v: rows.filter(sector=v)),
    ),
)

TABLES: dict[str, Table] = {t.name: t for t in (PROGRAMMES, COURSES, COHORTS)}
