"""The catalogue of courses as open data; and the needs for people, for who coordinates."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
from floreo.core.sectors import Sector
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words
from floreo.organisations.models import Place, PlaceSort
from floreo.workforce.models import RUN, CatalogueCourse, CourseDate, Level, Mode, WorkforceNeed
from floreo.workforce.queries import courses_with_all, outdated_before, role_items


def _courses(viewer: object) -> QuerySet[CatalogueCourse]:
    return courses_with_all(CatalogueCourse.objects.visible_to(viewer)).prefetch_related("roles")


def _address(course: CatalogueCourse) -> str:
    return f"{settings.SITE_ADDRESS}/courses/{course.code}/"


def _roles(course: CatalogueCourse) -> Cell:
    return [item.code for item in course.roles.all()]


def _dates(course: CatalogueCourse) -> Cell:
    return [each.starts_on.isoformat() for each in course.dates.all()]


def _districts() -> Iterable[tuple[str, Words]]:
    return [(place.code, place.in_language("name")) for place in Place.objects.filter(kind=PlaceSort.DISTRICT)]


def _of_cost(rows: QuerySet[CatalogueCourse], value: str) -> QuerySet[CatalogueCourse]:
    return rows.filter(is_free=True) if value == "free" else rows.filter(is_free=False, cost_amount__isnull=False)


def _confirmed(rows: QuerySet[CatalogueCourse], value: str) -> QuerySet[CatalogueCourse]:
    current = Q(checked_on__gt=outdated_before(clock.today()))
    return rows.filter(current) if value == "yes" else rows.exclude(current)


LEVEL = Filter("level", _("Level"), lambda: Level.choices, lambda rows, v: rows.filter(level=v))
LANGUAGE = Filter("language", _("Language"), languages.choices, lambda rows, v: rows.filter(language=v))
MODE = Filter("mode", _("How it is held"), lambda: Mode.choices, lambda rows, v: rows.filter(mode=v))
DISTRICT = Filter("district", _("District"), _districts, lambda rows, v: rows.filter(place__code=v))
COST = Filter("cost", _("Cost"), lambda: [("free", _("Free")), ("paid", _("To be paid"))], _of_cost)
CONFIRMED = Filter(
    "confirmed",
    _("Confirmed"),
    lambda: [("yes", _("Within twelve months")), ("no", _("Not confirmed for a year"))],
    _confirmed,
)


COURSES = Table(
    "courses",
    _("Courses in the country"),
    _("Courses on cybersecurity that institutions offer, as they describe them, and when they last confirmed it."),
    rows=_courses,
    columns=(
        Column.of(CatalogueCourse, "code", _("Part of its address")),
        Column.of(
            CatalogueCourse,
            "institution",
            _("Code of the organisation"),
            value=lambda c: c.institution.organisation.code,
        ),
        *titles(_("As its institution calls it"), of=CatalogueCourse),
        Column.of(CatalogueCourse, "summary", _("As its institution describes it")),
        Column.of(CatalogueCourse, "level", _("awareness, basic, intermediate, advanced or degree")),
        Column.of(CatalogueCourse, "language", _("In which it is taught")),
        Column.of(CatalogueCourse, "mode", _("present, online or mixed")),
        Column("district", _("District"), _("Code of the district"), lambda c: c.place.code if c.place else None),
        column("is_free", _("Free"), _("Whether it costs nothing"), CellKind.FLAG),
        Column.of(CatalogueCourse, "cost_amount", _("Amount, where it is known"), CellKind.DECIMAL),
        Column.of(CatalogueCourse, "currency", _("ISO 4217")),
        Column.of(CatalogueCourse, "cost_text", _("In words")),
        Column.of(CatalogueCourse, "duration", _("In words")),
        column("hours", pgettext_lazy("length of a course", "Hours"), _("In all"), CellKind.WHOLE),
        Column("dates", _("Begins"), _("Days on which it begins"), _dates, CellKind.LIST),
        Column.of(CatalogueCourse, "roles", _("Codes of roles of skills frameworks"), CellKind.LIST, value=_roles),
        Column.of(CatalogueCourse, "address", _("At its institution"), CellKind.LINK),
        Column.of(CatalogueCourse, "checked_on", _("When its institution last said that it is right"), CellKind.DATE),
        Column(
            "is_current",
            _("Confirmed"),
            _("Whether that was within twelve months"),
            lambda c: c.is_current,
            CellKind.FLAG,
        ),
        Column("page", _("Address"), _("Permanent address"), _address, CellKind.LINK),
        *SOURCED,
        CHANGED,
    ),
    order=("title", "pk"),
    search=("title", "summary", "institution__organisation__name"),
    filters=(LEVEL, LANGUAGE, MODE, DISTRICT, COST),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _of_state(rows: QuerySet[CatalogueCourse], value: str) -> QuerySet[CatalogueCourse]:
    match value:
        case "look":
            return rows.filter(needs_look=True)
        case "hidden":
            return rows.filter(is_hidden=True, removed_on=None)
        case "removed":
            return rows.exclude(removed_on=None)
    return rows.filter(is_hidden=False, removed_on=None)


# The same in the workspace, with what is hidden or waits to be looked at.
WORKSPACE_COURSES = Table(
    "courses",
    COURSES.title,
    COURSES.help,
    rows=COURSES.rows,
    columns=(
        *COURSES.columns,
        Column.of(CatalogueCourse, "needs_look", _("New or changed by its institution"), CellKind.FLAG),
        Column.of(CatalogueCourse, "is_hidden", _("Not in the public catalogue"), CellKind.FLAG),
        Column.of(CatalogueCourse, "removed_on", _("When it was offered no more"), CellKind.DATE),
    ),
    order=COURSES.order,
    needs=RUN,
    search=COURSES.search,
    filters=(
        Filter(
            "state",
            _("State"),
            lambda: [
                ("look", _("To be looked at")),
                ("listed", _("In the catalogue")),
                ("hidden", _("Hidden")),
                ("removed", _("Removed")),
            ],
            _of_state,
        ),
        LEVEL,
        DISTRICT,
        CONFIRMED,
    ),
    lookup=COURSES.lookup,
)


def _course_dates(viewer: object) -> QuerySet[CourseDate]:
    return CourseDate.objects.visible_to(viewer).select_related("course")


COURSE_DATES = Table(
    "course_dates",
    _("Dates of courses"),
    _("Days on which courses of the catalogue begin, and how many can come."),
    rows=_course_dates,
    columns=(
        ID,
        Column.of(CourseDate, "course", _("Its code"), value=lambda d: d.course.code),
        Column.of(CourseDate, "starts_on", _("First day"), CellKind.DATE),
        Column.of(CourseDate, "seats", _("How many can come, where it is known"), CellKind.WHOLE),
        CHANGED,
    ),
    order=("starts_on", "pk"),
    key="id",
    lookup=by_id,
)


def _needs(viewer: object) -> QuerySet[WorkforceNeed]:
    rows = WorkforceNeed.objects.visible_to(viewer).select_related("organisation", "role__in_version__framework")
    # A list pages by what it is ordered by, and the name of an organisation is none where there is none.
    who = Case(
        When(organisation__isnull=True, then=Concat(Value("~"), F("sector"))),
        default=F("organisation__name"),
        output_field=CharField(),
    )
    return rows.annotate(who=who)


def _role(need: WorkforceNeed) -> str:
    return f"{need.role.in_version.code}/{need.role.code}"


WORKFORCE_NEEDS = Table(
    "workforce_needs",
    _("People needed and in post"),
    _("How many people of each role organisations and sectors need and have. Not public."),
    rows=_needs,
    columns=(
        ID,
        Column.of(
            WorkforceNeed,
            "organisation",
            _("Its code"),
            value=lambda n: n.organisation.code if n.organisation else None,
        ),
        Column.of(WorkforceNeed, "sector", _("As in the form of a case")),
        Column.of(WorkforceNeed, "role", _("Skills framework and code"), value=_role),
        Column.of(WorkforceNeed, "needed", _("Posts, filled or not"), CellKind.WHOLE),
        Column.of(WorkforceNeed, "in_post", _("Who do this work"), CellKind.WHOLE),
        Column.of(WorkforceNeed, "as_of", _("Day of the answer"), CellKind.DATE),
        Column.of(WorkforceNeed, "channel", _("link or staff")),
        column("is_public", _("Counted in public values"), _("In sums of sectors"), CellKind.FLAG),
        Column.of(WorkforceNeed, "source", _("Document and page, or publisher")),
        CHANGED,
    ),
    order=("who", "-as_of", "pk"),
    key="id",
    needs=RUN,
    search=("who", "role__title", "role__code"),
    filters=(
        Filter("sector", _("Sector"), lambda: Sector.choices, lambda rows, v: rows.filter(sector=v)),
        Filter(
            "role",
            pgettext_lazy("skills framework", "Role"),
            lambda: [(str(item.pk), item.named()) for item in role_items()],
            lambda rows, v: rows.filter(role_id=int(v)),
        ),
    ),
    lookup=by_id,
)

TABLES: dict[str, Table] = {t.name: t for t in (COURSES, COURSE_DATES, WORKFORCE_NEEDS)}
