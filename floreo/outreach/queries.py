"""Reads of outreach used more than once: coverage, who has been silent, who fits a request, stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When

from floreo.core import clock
from floreo.organisations.models import Place, PlaceSort
from floreo.outreach.logic import ACTIVE_WITHIN, days_silent, fit, is_silent, rate
from floreo.outreach.models import (
    Ambassador,
    AmbassadorQuerySet,
    AmbassadorRequest,
    AmbassadorState,
    KitItem,
    MoveKind,
    OutreachSession,
    RequestState,
    Scheme,
    SessionState,
    StockMove,
)


def first_day(today: date) -> date:
    """Of the twelve months that end today."""
    return today - ACTIVE_WITHIN


def main_scheme() -> Scheme | None:
    """The scheme whose target the map is held against: one that runs today and has a target by district, else the one that has any, else the
    newest."""
    today = clock.today()
    rows = list(Scheme.objects.select_related("organisation").order_by("-starts_on", "-pk"))
    running = [s for s in rows if s.ends_on is None or s.ends_on >= today] or rows
    for wanted in ("target_rate", "target"):
        for scheme in running:
            if getattr(scheme, wanted) is not None:
                return scheme
    return running[0] if running else None


def active_on(day: date) -> AmbassadorQuerySet:
    """Certified and active on that day: the certificate holds, and a session that was reviewed was held in the twelve months before."""
    held = OutreachSession.objects.counted().within(first_day(day), day).filter(ambassador=OuterRef("pk"))
    return Ambassador.objects.certified_on(day).filter(Exists(held))


def active_of(scheme: Scheme | None, day: date) -> int:
    """How many of one scheme are certified and active."""
    return active_on(day).filter(scheme=scheme).count() if scheme is not None and scheme.target is not None else 0


# --- Coverage -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """One district, or the country: how many ambassadors and sessions for how many people. `district` is None for the country."""

    district: Place | None
    inhabitants: int | None
    ambassadors: int
    sessions: int
    people: int
    silent: int = 0
    waiting: int = 0

    @property
    def rate(self) -> Decimal | None:
        return rate(self.ambassadors, self.inhabitants)

    @property
    def session_rate(self) -> Decimal | None:
        return rate(self.sessions, self.inhabitants)

    @property
    def people_rate(self) -> Decimal | None:
        return rate(self.people, self.inhabitants)


@dataclass(frozen=True)
class CoverageOfAll:
    """Every district, highest rate first, and the country; over the twelve months that end on `today`."""

    rows: Sequence[Coverage]
    country: Coverage
    first: date
    today: date
    years: tuple[int, ...]  # of the censuses
    silent: Sequence[Silence] = ()  # longest first; empty where what is internal was not asked for


def coverage(today: date, *, with_internal: bool = True) -> CoverageOfAll:
    """Four queries, five with what is internal, whatever the number of sessions: each counts in the database, by an index."""
    first = first_day(today)
    districts = list(Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "pk"))
    counted = OutreachSession.objects.counted().within(first, today).order_by()
    held = {
        pk: (number, people)
        for pk, number, people in counted.values_list("district").annotate(Count("pk"), Sum("people"))
    }
    active = _by_district(active_on(today))
    silence: Sequence[Silence] = silences(today) if with_internal else ()
    silent = Counter(row.district_id for row in silence)
    waiting: Mapping[int, int] = {}
    if with_internal:
        waiting = _by_district(AmbassadorRequest.objects.filter(state=RequestState.WAITING))
    rows = [
        Coverage(
            place,
            place.population,
            active.get(place.pk, 0),
            *held.get(place.pk, (0, 0)),
            silent[place.pk],
            waiting.get(place.pk, 0),
        )
        for place in districts
    ]
    rows.sort(key=lambda row: (row.rate is None, -(row.rate or 0), -row.ambassadors))
    known = [row.inhabitants for row in rows]
    country = Coverage(
        None,
        sum(n for n in known if n) if rows and all(known) else None,
        sum(active.values()),
        sum(number for number, _people in held.values()),
        sum(people for _number, people in held.values()),
        sum(silent.values()),
        sum(waiting.values()),
    )
    years = tuple(sorted({place.population_year for place in districts if place.population_year}))
    return CoverageOfAll(rows, country, first, today, years, silence)


def _by_district(rows: object) -> dict[int, int]:
    found = rows.order_by().values_list("district").annotate(Count("pk"))  # type: ignore[attr-defined]  # any queryset with a district
    return dict(found)


# --- Ambassadors --------------------------------------------------------------------------------------------------


def with_last_session(rows: AmbassadorQuerySet) -> AmbassadorQuerySet:
    """Each with `last_on`: the day of the last session that arrived and was not rejected. One look into the index for each ambassador,
    however many sessions there are."""
    logged = OutreachSession.objects.filter(Q(is_late_link=False) | Q(is_in_use=True), ambassador=OuterRef("pk"))
    newest = logged.exclude(state=SessionState.REJECTED).order_by("-happened_on").values("happened_on")[:1]
    return rows.annotate(last_on=Subquery(newest))


class Silence(NamedTuple):
    """An ambassador without a session for 60 days or more, without the rest of the record."""

    pk: int
    code: str
    district_id: int
    days: int


def silences(today: date) -> list[Silence]:
    """Active ones and those on leave without a session for 60 days or more, longest first. One query; no record is built."""
    rows = Ambassador.objects.filter(state__in=(AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE))
    found = []
    rows = with_last_session(rows)
    asked = rows.values_list("pk", "code", "district_id", "certified_on", "last_on")  # type: ignore[misc]  # annotated
    for pk, code, district, certified, last in asked:
        days = days_silent(min(last, today) if last else None, certified, today)
        if days is not None and is_silent(days):
            found.append(Silence(pk, code, district, days))
    return sorted(found, key=lambda row: (-row.days, row.code))


def ambassadors_of(found: Sequence[Silence]) -> list[tuple[Ambassador, int]]:
    """Their records, each with `last_on`, and for how many days each has been silent."""
    rows = with_last_session(Ambassador.objects.filter(pk__in=[row.pk for row in found]))
    records = {each.pk: each for each in rows.prefetch_related("district")}
    return [(records[row.pk], row.days) for row in found if row.pk in records]


def silent_ambassadors(today: date) -> list[tuple[Ambassador, int]]:
    """The same with the records of all of them."""
    return ambassadors_of(silences(today))


@dataclass(frozen=True)
class Candidate:
    """An ambassador who may be given a request, and how well they fit."""

    ambassador: Ambassador
    fit: int
    open_requests: int


class Free(NamedTuple):
    """How many active ambassadors a district has, and how many of them may meet pupils."""

    all: int
    checked: int

    def may_go(self, audience: str) -> int:
        return self.checked if audience == "pupils" else self.all


def free_by_district(today: date) -> dict[int, Free]:
    """Active ambassadors of each district that has any: what a page of many requests says of each. One query."""
    checked = Q(checked_on__isnull=False) & (Q(check_expires_on=None) | Q(check_expires_on__gte=today))
    rows = Ambassador.objects.filter(state=AmbassadorState.ACTIVE).order_by().values_list("district")
    return {pk: Free(n, m) for pk, n, m in rows.annotate(n=Count("pk"), m=Count("pk", filter=checked))}


def _is_checked(ambassador: Ambassador, today: date) -> bool:
    expires = ambassador.check_expires_on
    return ambassador.checked_on is not None and (expires is None or expires >= today)


def candidates_for(found: AmbassadorRequest) -> list[Candidate]:
    """Of active ambassadors, those of the district and of the language first, those with the least to do before others. For pupils only
    who has a safeguarding check."""
    today = clock.today()
    rows = Ambassador.objects.filter(state=AmbassadorState.ACTIVE).prefetch_related("district")
    everybody = rows.annotate(busy=Count("requests", filter=Q(requests__state=RequestState.ASSIGNED)))
    counted = [each for each in everybody if found.audience != "pupils" or _is_checked(each, today)]
    made = [
        Candidate(
            each,
            fit(
                district=each.district_id,
                wanted_district=found.district_id,
                languages=each.languages,
                wanted=found.language,
            ),
            each.busy,  # type: ignore[attr-defined]  # annotated
        )
        for each in counted
    ]
    return sorted(made, key=lambda c: (-c.fit, c.open_requests, c.ambassador.code))


# --- Sessions -----------------------------------------------------------------------------------------------------


def sessions_of(ambassador: Ambassador, *, first: date | None = None) -> Sequence[OutreachSession]:
    """Those that arrived, newest first."""
    rows = ambassador.sessions.select_related("district").order_by("-happened_on", "-pk")
    if first is not None:
        rows = rows.filter(happened_on__gte=first)
    return list(rows[:200])


def twins_of_session(session: OutreachSession) -> Sequence[OutreachSession]:
    """Others that may be the same, reported another time: same ambassador, day, audience and topic."""
    rows = OutreachSession.objects.filter(
        ambassador=session.ambassador_id,
        happened_on=session.happened_on,
        audience=session.audience,
        topic=session.topic,
    )
    return list(rows.exclude(pk=session.pk).exclude(state=SessionState.REJECTED).order_by("pk")[:5])


# --- Kit ----------------------------------------------------------------------------------------------------------

_INTO_STORE = (MoveKind.RECEIVED, MoveKind.RETURNED)
_OUT_OF_STORE = Q(kind=MoveKind.HANDED_OUT) | Q(kind=MoveKind.LOST, ambassador=None)
_FROM_AMBASSADOR = Q(kind__in=(MoveKind.RETURNED, MoveKind.LEFT)) | Q(kind=MoveKind.LOST, ambassador__isnull=False)


def _store_amount() -> Sum:
    return Sum(
        Case(
            When(kind__in=_INTO_STORE, then=F("amount")),
            When(_OUT_OF_STORE, then=-F("amount")),
            default=0,
        )
    )


def _held_amount() -> Sum:
    return Sum(
        Case(When(kind=MoveKind.HANDED_OUT, then=F("amount")), When(_FROM_AMBASSADOR, then=-F("amount")), default=0)
    )


def in_store(item: KitItem) -> int:
    return int(StockMove.objects.filter(item=item).aggregate(n=_store_amount())["n"] or 0)


def held_by(item: KitItem, ambassador: Ambassador) -> int:
    """How many they have; below nothing where they left more than they were given here."""
    return int(StockMove.objects.filter(item=item, ambassador=ambassador).aggregate(n=_held_amount())["n"] or 0)


@dataclass(frozen=True)
class Stock:
    """One kind of kit: in the store, with ambassadors, and left at sessions in twelve months."""

    item: KitItem
    store: int
    held: int
    left: int

    @property
    def is_low(self) -> bool:
        return self.item.is_active and self.store < self.item.minimum


def stock(today: date) -> list[Stock]:
    """Three queries."""
    moves = StockMove.objects.order_by()
    store = dict(moves.values_list("item").annotate(n=_store_amount()))
    held = dict(moves.exclude(ambassador=None).values_list("item").annotate(n=_held_amount()))
    recent = moves.filter(kind=MoveKind.LEFT, moved_on__gt=first_day(today))
    left = dict(recent.values_list("item").annotate(Sum("amount")))
    return [
        Stock(item, store.get(item.pk) or 0, held.get(item.pk) or 0, left.get(item.pk) or 0)
        for item in KitItem.objects.all()
    ]


def kit_of(ambassador: Ambassador) -> list[tuple[KitItem, int]]:
    """What an ambassador has, where it is not nothing."""
    rows = StockMove.objects.filter(ambassador=ambassador).order_by()
    held = dict(rows.values_list("item").annotate(n=_held_amount()))
    return [(item, held[item.pk]) for item in KitItem.objects.filter(pk__in=held) if held[item.pk]]
