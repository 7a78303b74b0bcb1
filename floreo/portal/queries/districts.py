"""What of the strategy's work is recorded by district and public: awareness sessions, ambassadors, courses, initiatives of others. Where
an essential service is delivered is seen by its operator and by the team, and is not counted here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core.composed import composed
from floreo.initiatives.models import Initiative
from floreo.organisations.models import Organisation, Place, PlaceSort
from floreo.outreach.models import OutreachSession
from floreo.outreach.queries import active_on, first_day
from floreo.training.logic import CohortState
from floreo.training.models import Cohort

# A place that is no district counts for the district that it lies in.
_DISTRICT = Case(When(place__kind=PlaceSort.DISTRICT, then=F("place")), default=F("place__parent"))


def public_cohorts() -> QuerySet[Cohort]:
    """Cohorts that everybody may know of, without those that were cancelled."""
    return Cohort.objects.visible_to(None).exclude(state=CohortState.CANCELLED).exclude(place=None)


def _cohorts_of(_today: date) -> dict[int, int]:
    rows = public_cohorts().annotate(district=_DISTRICT).order_by().values_list("district").annotate(Count("pk"))
    return {pk: number for pk, number in rows if pk is not None}


def _sessions_of(today: date) -> dict[int, int]:
    rows = OutreachSession.objects.counted().within(first_day(today), today)
    return dict(rows.order_by().values_list("district").annotate(Count("pk")))


def _ambassadors_of(today: date) -> dict[int, int]:
    return dict(active_on(today).order_by().values_list("district").annotate(Count("pk")))


def _initiatives_of(_today: date) -> dict[int, int]:
    rows = Initiative.objects.visible_to(None).exclude(in_districts__place=None)
    return dict(rows.order_by().values_list("in_districts__place").annotate(Count("pk", distinct=True)))


@dataclass(frozen=True)
class Kind:
    """One kind of work that has a district, and how much of it there is in each, by the key of the place."""

    code: str
    title: str | Promise
    caption: str | Promise
    count: Callable[[date], Mapping[int, int]]


KINDS: tuple[Kind, ...] = (
    Kind("sessions", _l("Awareness sessions"), _l("Awareness sessions in the last twelve months"), _sessions_of),
    Kind("ambassadors", _l("Active ambassadors"), _l("Certified ambassadors who are active"), _ambassadors_of),
    Kind("cohorts", _l("Courses"), _l("Courses held or planned"), _cohorts_of),
    Kind("initiatives", _l("Initiatives"), _l("Initiatives of others that work there"), _initiatives_of),
)


@dataclass(frozen=True)
class DistrictWork:
    """A district with how much of each kind is recorded there, by the kind's code."""

    place: Place
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class WorkByDistrict:
    """Every district in order, and the kinds of which anything is recorded anywhere."""

    rows: list[DistrictWork]
    kinds: list[Kind]

    @property
    def with_any(self) -> int:
        return sum(row.total > 0 for row in self.rows)


def work_by_district(today: date) -> WorkByDistrict:
    """Five queries, however many districts there are."""
    places = list(Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "name", "pk"))
    found = {kind.code: kind.count(today) for kind in KINDS}
    rows = [DistrictWork(p, {code: numbers.get(p.pk, 0) for code, numbers in found.items()}) for p in places]
    kinds = [kind for kind in KINDS if any(row.counts[kind.code] for row in rows)]
    return WorkByDistrict(rows, kinds)


def has_work_by_district() -> bool:
    """Whether the menu has a page of districts. One query, asked for every page: it stops at the first that it finds."""
    return bool(_with_work())


@composed
def _with_work() -> QuerySet[Place, tuple[int]]:
    here = Q(place=OuterRef("pk")) | Q(place__parent=OuterRef("pk"))
    districts = Place.objects.filter(kind=PlaceSort.DISTRICT)
    return districts.filter(
        Exists(OutreachSession.objects.counted().filter(district=OuterRef("pk")))
        | Exists(public_cohorts().filter(here))
        | Exists(Initiative.objects.visible_to(None).filter(in_districts__place=OuterRef("pk")))
    ).values_list("pk")[:1]


@dataclass(frozen=True)
class WorkHere:
    """What of the strategy is recorded in one district."""

    counts: list[tuple[str | Promise, int]]  # of each kind of which there is anything
    cohorts: list[Cohort]
    initiatives: list[Initiative]
    organisations: list[Organisation]


SHOWN = 50  # of a kind


def work_here(place: Place, today: date) -> WorkHere:
    here = Q(place=place) | Q(place__parent=place)
    counts = [(kind.caption, n) for kind in KINDS if (n := kind.count(today).get(place.pk, 0))]
    public = Organisation.objects.visible_to(None).select_related("place")
    initiatives = Initiative.objects.visible_to(None).filter(in_districts__place=place)
    cohorts = public_cohorts().filter(here).select_related("course", "place").order_by("-starts_on", "-pk")
    return WorkHere(
        counts,
        cohorts=list(cohorts[:SHOWN]),
        initiatives=list(initiatives.order_by("title", "pk")[:SHOWN]),
        organisations=list(public.filter(here).order_by("name", "pk")),
    )
