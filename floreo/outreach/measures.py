"""The values that outreach offers: (period, filters) -> Reading. Only sessions that were reviewed count, each in the period of its day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from floreo.core import clock
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.organisations.models import Place, PlaceSort
from floreo.outreach.logic import ANSWER_WITHIN, PER
from floreo.outreach.models import (
    Ambassador,
    AmbassadorRequest,
    OutreachSession,
    RequestState,
    Venue,
    VenueKind,
)
from floreo.outreach.queries import active_on

NOT_REVIEWED = "outreach_not_reviewed"
AUDIENCE, LANGUAGE, SETTING = "audience:", "language:", "setting:"  # how groups are named; worded by the indicators


class _Held(NamedTuple):
    """What is counted of a session: a quarter may have ten thousand."""

    reference: str
    people: int
    district_id: int
    audience: str
    language: str
    setting: str


def _held(period: Period) -> list[_Held]:
    rows = OutreachSession.objects.counted().within(period.start, min(period.end, clock.today()))
    return [_Held(*row) for row in rows.order_by("happened_on", "pk").values_list(*_Held._fields)]


def _ref(session: _Held) -> RecordRef:
    return RecordRef(session.reference, f"/workspace/outreach/sessions/{session.reference}/", counted=True)


def _left_out(period: Period) -> tuple[tuple[str, int], ...]:
    """Sessions of the period that arrived and were not reviewed, or are not counted."""
    rows = OutreachSession.objects.within(period.start, min(period.end, clock.today()))
    number = rows.count() - rows.counted().count()
    return ((NOT_REVIEWED, number),) if number else ()


def _groups(names: Iterable[tuple[str, int]]) -> tuple[Group, ...]:
    counts: Counter[str] = Counter()
    for name, number in names:
        counts[name] += number
    return tuple(Group(name, number, number) for name, number in sorted(counts.items()))


def ambassadors_active(period: Period, filters: Filters) -> Reading:
    """Ambassadors whose certificate holds at the end of the period and who held a reviewed session in the twelve months before."""
    day = min(period.end, clock.today())
    certified = list(Ambassador.objects.certified_on(day).select_related("district").order_by("code"))
    active = set(active_on(day).values_list("pk", flat=True))
    records = tuple(RecordRef(a.code, f"/workspace/outreach/ambassadors/{a.code}/", a.pk in active) for a in certified)
    counts = Counter((a.district.name, a.pk in active) for a in certified)
    names = sorted({name for name, _is in counts})
    groups = tuple(Group(n, counts[n, True], counts[n, True] + counts[n, False]) for n in names)
    number = Decimal(len(active))
    return Reading(number, number, Decimal(len(certified)), records, groups)


def people_reached(period: Period, filters: Filters) -> Reading:
    """Heads counted at the sessions of the period. Somebody who came twice is counted twice: nobody is named, so nobody can know."""
    rows = _held(period)
    number = Decimal(sum(row.people for row in rows))
    names = dict(Place.objects.values_list("pk", "name"))
    groups = _groups((names[row.district_id], row.people) for row in rows)
    return Reading(number, number, number, tuple(map(_ref, rows)), groups, _left_out(period))


def people_reached_per_10000(period: Period, filters: Filters) -> Reading:
    """Heads per 10,000 inhabitants of the country, by district. None where a district's inhabitants are not known."""
    places = list(Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "pk"))
    inhabitants = sum(place.population or 0 for place in places)
    if not places or not all(place.population for place in places):
        return Reading(None, None, None)
    rows = _held(period)
    heads: Counter[int] = Counter()
    for row in rows:
        heads[row.district_id] += row.people
    groups = tuple(
        Group(
            f"{place.name} ({place.population_year})" if place.population_year else place.name,
            heads[place.pk],
            place.population or 0,
        )
        for place in places
    )
    people = sum(heads.values())
    value = (Decimal(people) * PER / inhabitants).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Reading(value, Decimal(people), Decimal(inhabitants), tuple(map(_ref, rows)), groups, _left_out(period))


def _sessions_by(name: str) -> Callable[[Period, Filters], Reading]:
    def sessions(period: Period, filters: Filters) -> Reading:
        rows = _held(period)
        number = Decimal(len(rows))
        groups = _groups((f"{name}:{getattr(row, name)}", 1) for row in rows)
        return Reading(number, number, number, tuple(map(_ref, rows)), groups, _left_out(period))

    sessions.__doc__ = f"Sessions of the period, in groups by {name}."
    return sessions


sessions_by_audience = _sessions_by("audience")
sessions_by_language = _sessions_by("language")
sessions_by_setting = _sessions_by("setting")


def _visited(period: Period) -> tuple[list[Venue], set[int]]:
    schools = list(Venue.objects.filter(kind=VenueKind.SCHOOL).select_related("district").order_by("code"))
    last = min(period.end, clock.today())
    held = OutreachSession.objects.counted().filter(place__kind=VenueKind.SCHOOL, happened_on__lte=last)
    return schools, set(held.order_by().values_list("place_id", flat=True).distinct())


def _schools(period: Period, value: Callable[[int, int], Decimal | None]) -> Reading:
    schools, visited = _visited(period)
    if not schools:
        return Reading(None, None, None)
    records = tuple(RecordRef(str(s), "/workspace/outreach/sessions/?setting=school", s.pk in visited) for s in schools)
    counts = Counter((s.district.name, s.pk in visited) for s in schools)
    order = {s.district.name: s.district.position for s in schools}
    groups = tuple(
        Group(name, counts[name, True], counts[name, True] + counts[name, False])
        for name in sorted(order, key=order.__getitem__)
    )
    number = len(visited)
    return Reading(value(number, len(schools)), Decimal(number), Decimal(len(schools)), records, groups)


def schools_visited(period: Period, filters: Filters) -> Reading:
    """Schools of the register in which a session was held by the end of the period. None where the register knows no school."""
    return _schools(period, lambda number, _all: Decimal(number))


def share_schools_visited(period: Period, filters: Filters) -> Reading:
    """The same as per cent of the schools of the register."""
    return _schools(period, share)


def share_requests_on_time(period: Period, filters: Filters) -> Reading:
    """Per cent of the requests of the period that had an ambassador, or an answer, within 14 days. One that can still be answered in time
    is not counted yet."""
    today = clock.today()
    rows = AmbassadorRequest.objects.filter(received_on__gte=period.start, received_on__lte=period.end).order_by("pk")
    judged = []
    for row in rows:
        answered = row.assigned_on or (row.closed_on if row.state == RequestState.DECLINED else None)
        if answered is None and today - row.received_on <= ANSWER_WITHIN:
            continue
        is_on_time = answered is not None and answered - row.received_on <= timedelta(days=ANSWER_WITHIN.days)
        judged.append((row, is_on_time))
    on_time = sum(is_on_time for _row, is_on_time in judged)
    records = tuple(
        RecordRef(row.reference, f"/workspace/outreach/requests/{row.reference}/", is_on_time)
        for row, is_on_time in judged
    )
    return Reading(share(on_time, len(judged)), Decimal(on_time), Decimal(len(judged)), records)
