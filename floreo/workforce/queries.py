"""Reads of the workforce used more than once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.db.models import QuerySet

from floreo.core import clock
from floreo.core.sectors import Sector
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation
from floreo.training.models import Cohort, Enrolment
from floreo.workforce.logic import Gap, Need, Published, counted_once, gaps, latest, months_later, published
from floreo.workforce.models import CatalogueCourse, Institution, WorkforceNeed

# Kinds of items that are roles of people: ECSF has profiles, NICE work roles.
ROLE_KINDS = ("role", "work_role", "profile")
BY_SECTOR, BY_BODY = "sector", "organisation"


def role_items() -> QuerySet[Item]:
    """The roles for which people are needed: those of the skills frameworks of this installation, in their current versions."""
    rows = Item.objects.filter(kind__in=ROLE_KINDS, in_version__is_current=True)
    return rows.select_related("in_version__framework")


def needs_of(rows: Iterable[WorkforceNeed], *, until: date | None = None) -> list[Need]:
    return latest((row.plain for row in rows), until=until)


@dataclass(frozen=True)
class GapLine:
    """One line of the table of gaps: of a sector or an organisation, and a role."""

    name: str
    key: str  # value of the sector, or code of the organisation
    role: Item
    gap: Gap[tuple[str, int | None]]
    trained: int  # people who completed a course here that serves the role
    coming: tuple[Cohort, ...] = ()


@dataclass(frozen=True)
class Gaps:
    lines: tuple[GapLine, ...]
    needed: int
    filled: int
    trained: int
    bodies: int
    not_answered: tuple[Organisation, ...] = field(default=())


def _needs_shown(viewer: object, day: date, *, by: str, sector: str, role: int | None) -> list[Need]:
    found = needs_of(WorkforceNeed.objects.visible_to(viewer), until=day)
    # Only then narrowed: an organisation is in the sector of its newest answer, whichever role that was for.
    found = [n for n in found if (not sector or n.sector == sector) and (role is None or n.role == role)]
    return counted_once(found) if by == BY_SECTOR else found


def _group_name(group: tuple[str, int | None], bodies: Mapping[int, Organisation]) -> tuple[str, str]:
    """Name and code of the organisation, or of the sector where the group is one."""
    sector, body = group
    return (
        (bodies[body].in_language("name"), bodies[body].code)
        if body is not None
        else (str(Sector(sector).label), sector)
    )


def gaps_for(
    viewer: object, *, by: str = BY_SECTOR, sector: str = "", role: int | None = None, today: date | None = None
) -> Gaps:
    """What is needed, in post, trained here and missing, and who trains next; of what the viewer may see. Six queries, whatever is
    shown."""
    day = today or clock.today()
    found = _needs_shown(viewer, day, by=by, sector=sector, role=role)
    group = partial(_group, by=by)
    sums = gaps((group(need), need) for need in found)
    items = {item.pk: item for item in Item.objects.filter(pk__in={g.role for g in sums}).select_related("in_version")}
    bodies = Organisation.objects.in_bulk({body for (_s, body) in (g.group for g in sums) if body is not None})
    trained = _trained(viewer, items, by=by)
    coming = cohorts_for(viewer, items, day)
    lines = []
    for each in sums:
        name, code = _group_name(each.group, bodies)
        count, next_ = trained[each.role, _group_of_trained(each.group)], tuple(coming.get(each.role, ()))
        lines.append(GapLine(name, code, role=items[each.role], gap=each, trained=count, coming=next_))
    lines.sort(key=lambda line: (line.name, line.role.in_version_id, line.role.position, line.role.pk))
    return Gaps(
        tuple(lines),
        needed=sum(line.gap.needed for line in lines),
        filled=sum(line.gap.filled for line in lines),
        trained=sum(line.trained for line in lines),
        bodies=len({need.body for need in found if need.body is not None}),
    )


def _group(need: Need, *, by: str) -> tuple[str, int | None]:
    return (need.sector, need.body) if by == BY_BODY else (need.sector, None)


def _group_of_trained(group: tuple[str, int | None]) -> tuple[str, int | None]:
    """As people who were trained are counted: of an organisation, whatever sector they wrote when they signed up."""
    sector, body = group
    return ("", body) if body is not None else (sector, None)


def _trained(viewer: object, items: Mapping[int, Item], *, by: str) -> Counter[tuple[int, tuple[str, int | None]]]:
    """Completed enrolments by role and group: each person counts once for a role, whatever they took for it. Someone whose name was
    erased still completed it."""
    rows = Enrolment.objects.exclude(completed_on=None).filter(cohort__course__roles__in=list(items))
    names = ("cohort__course__roles", "sector", "organisation", "mail_key", "person", "pk")
    seen: set[tuple[int, str, int | None, str]] = set()
    for role, sector, body, mail, person, pk in rows.values_list(*names):
        if role not in items:
            continue
        who = f"p{person}" if person else mail or f"e{pk}"
        seen.add((role, sector, body, who))
    counts: Counter[tuple[int, tuple[str, int | None]]] = Counter()
    if by == BY_BODY:
        for role, group, _who in {(role, _group_of_trained((sector, body)), who) for role, sector, body, who in seen}:
            counts[role, group] += 1
        return counts
    for role, sector, _who in {(role, sector, who) for role, sector, _body, who in seen}:
        counts[role, (sector, None)] += 1
    return counts


def cohorts_for(viewer: object, items: Iterable[int], today: date) -> dict[int, list[Cohort]]:
    """The cohorts that begin from today on and whose course serves a role: by role, the next one first."""
    wanted = set(items)
    rows = Cohort.objects.visible_to(viewer).running().filter(course__roles__in=wanted, starts_on__gte=today)
    found: dict[int, list[Cohort]] = defaultdict(list)
    for cohort in rows.distinct().order_by("starts_on", "pk").prefetch_related("course__roles"):
        for role in cohort.course.roles.all():
            if role.pk in wanted:
                found[role.pk].append(cohort)
    return found


def public_values(today: date | None = None) -> Published:
    """What everybody may see of the needs."""
    day = today or clock.today()
    return published(needs_of(WorkforceNeed.objects.filter(is_public=True), until=day))


@dataclass(frozen=True)
class RoleOffer:
    """A role, and who teaches it: courses of the catalogue and cohorts to come. Nothing of it is about people."""

    role: Item
    courses: int
    coming: tuple[Cohort, ...]


def roles_offered(today: date | None = None) -> list[RoleOffer]:
    """Every role of the skills frameworks that somebody teaches, or that somebody needs."""
    day = today or clock.today()
    courses: Counter[int] = Counter(CatalogueCourse.objects.listed().values_list("roles", flat=True))
    needed = set(WorkforceNeed.objects.filter(is_public=True).values_list("role", flat=True))
    items = list(role_items().order_by("in_version", "position", "pk"))
    coming = cohorts_for(None, [item.pk for item in items], day)
    return [
        RoleOffer(item, courses[item.pk], tuple(coming.get(item.pk, ())))
        for item in items
        if courses[item.pk] or item.pk in coming or item.pk in needed
    ]


# --- The catalogue ------------------------------------------------------------------------------------------------


def courses_with_all(rows: QuerySet[CatalogueCourse]) -> QuerySet[CatalogueCourse]:
    """With what a list shows of each."""
    return rows.select_related("institution__organisation", "place").prefetch_related("dates")


def outdated_before(today: date) -> date:
    """A course that was last confirmed on that day or before is not confirmed any more."""
    return months_later(today, -12)


def stale_institutions(today: date) -> QuerySet[Institution]:
    """Those with a listed course that nobody confirmed for a year."""
    old = CatalogueCourse.objects.listed().filter(checked_on__lte=outdated_before(today)) | (
        CatalogueCourse.objects.listed().filter(checked_on=None)
    )
    return Institution.objects.filter(courses__in=old).distinct()
