"""The sentences of a cascade, computed from it: page, table, report and exercise use the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.wording import listed, number_figures, sentences
from floreo.infrastructure import cascade as cascade_of
from floreo.infrastructure.cascade import Bounds, Cascade, Cause, Hit
from floreo.infrastructure.models import Service
from floreo.infrastructure.presenters import hours_text, people_text
from floreo.infrastructure.queries import Ran, Register


def name_of(register: Register, key: str) -> str:
    return register.services[key].in_language("name")


def bounds_text(bounds: Bounds) -> str:
    """A number of people, or the least and the most where nobody knows who uses several services."""
    if bounds.is_exact:
        return people_text(bounds.least)
    words = {"least": number_figures(bounds.least), "most": number_figures(bounds.most)}
    return _("%(least)s to %(most)s people") % words


def person_hours_text(bounds: Bounds) -> str:
    if bounds.is_exact:
        return _("%(n)s person-hours") % {"n": number_figures(bounds.least)}
    words = {"least": number_figures(bounds.least), "most": number_figures(bounds.most)}
    return _("%(least)s to %(most)s person-hours") % words


def when_text(hour: int) -> str:
    return _("at once") if hour == 0 else _("at hour %(n)s") % {"n": number_figures(hour)}


def title_text(ran: Ran) -> str:
    """The answer of the page: when most people are without, or that nothing follows."""
    cascade = ran.cascade
    hit = {hit.service for hit in cascade.hits}
    failed = {failure.service for failure in cascade.failures}
    if not failed:
        return _("Nothing fails")
    if hit <= failed:
        return _("Nothing else is hit within %(hours)s") % {"hours": hours_text(cascade.hours)}
    last = _turning_hour(cascade)
    people = cascade.people.at(last)
    if people.most == 0:
        number = len(hit - failed)
        return ngettext("%(n)d more service is hit", "%(n)d more services are hit", number) % {"n": number}
    words = {"people": bounds_text(people), "hours": hours_text(last)}
    if last == 0:
        return _("At once %(people)s are without at least one service") % words
    return _("After %(hours)s %(people)s are without at least one service") % words


def _turning_hour(cascade: Cascade) -> int:
    """The first hour at which as many are without as at the end."""
    least, most = cascade.people.least.sum(axis=0), cascade.people.most.sum(axis=0)
    for hour in range(cascade.hours + 1):
        if least[hour] == least[-1] and most[hour] == most[-1]:
            return hour
    return cascade.hours


def summary_text(ran: Ran) -> str:
    cascade = ran.cascade
    stopped, hit = len(cascade.stopped), len(cascade.hits)
    parts = [ngettext("%(n)d service stops.", "%(n)d services stop.", stopped) % {"n": stopped}] if stopped else []
    if hit > stopped:
        number = hit - stopped
        sentence = (
            ngettext("%(n)d more works in part.", "%(n)d more work in part.", number)
            if stopped
            else ngettext("%(n)d service works in part.", "%(n)d services work in part.", number)
        )
        parts.append(sentence % {"n": number})
    total = cascade.people.person_hours()
    if total.most:
        words = {"hours": hours_text(cascade.hours), "sum": person_hours_text(total)}
        parts.append(_("Within %(hours)s that makes %(sum)s without at least one service.") % words)
    return sentences(*parts)


def cause_text(register: Register, cause: Cause) -> str:
    """Why a service is hit, in one sentence: what failed, which fallback ended when."""
    if cause.dependency is None:
        return _("It fails by itself.")
    row = register.dependencies[cause.dependency.key]
    words = {
        "needs": row.needs.in_language("name"),
        "kind": row.get_kind_display(),
        "fallback": row.fallback,
        "end": when_text(cause.fallback_ended or 0),
    }
    if cause.dependency.fallback:
        return _("%(needs)s is lost (%(kind)s); %(fallback)s ends %(end)s.") % words
    return _("%(needs)s is lost (%(kind)s).") % words


@dataclass(frozen=True)
class HitService:
    """A service that is hit, as the table has it."""

    service: Service
    hit: Hit
    at: str
    first: str  # where it was hit before, in part
    effect: str
    because: str
    people: str
    is_cause: bool
    is_unchecked: bool
    late: str  # where its recovery time objective or its longest outage is passed within the horizon


def lines(ran: Ran) -> list[HitService]:
    return [_line(ran, hit) for hit in ran.cascade.hits]


def _line(ran: Ran, hit: Hit) -> HitService:
    register = ran.register
    service = register.services[hit.service]
    cause = hit.stop_cause or ran.cascade.largest_cause(hit.service) or hit.cause
    at = hit.stopped_at if hit.stopped_at is not None else cause.hour
    used = sum(ran.cascade.graph.service(hit.service).users.values())
    effect = _("Stops") if hit.stopped_at is not None else _("Loses %(share)d %%") % {"share": round(hit.loss * 100)}
    return HitService(
        service,
        hit,
        when_text(at),
        _("In part %(at)s") % {"at": when_text(hit.hit_at)} if hit.hit_at < at else "",
        effect,
        cause_text(register, cause),
        people_text(used) if used else _("Not known"),
        is_cause=cause.dependency is None,
        is_unchecked=cause.dependency is not None and cause.dependency.key in register.unchecked,
        late=_late_text(ran, service, hit),
    )


def _late_text(ran: Ran, service: Service, hit: Hit) -> str:
    """Whether it is without for longer than it may be, within the horizon. Nothing is repaired, so this is what happens without help."""
    if hit.stopped_at is None:
        return ""
    lasts = ran.cascade.hours - hit.stopped_at
    if service.mtpd_hours is not None and lasts > service.mtpd_hours:
        hour = hit.stopped_at + service.mtpd_hours
        return _("Longest tolerable outage passed %(at)s") % {"at": when_text(hour)}
    if service.rto_hours is not None and lasts > service.rto_hours:
        hour = hit.stopped_at + service.rto_hours
        return _("Recovery time objective passed %(at)s") % {"at": when_text(hour)}
    return ""


@dataclass(frozen=True)
class PlaceLine:
    place: str
    population: int | None
    at: tuple[str, ...]


HOURS_SHOWN = (0, 4, 12, 24, 48, 72)


def hours_shown(hours: int) -> list[int]:
    return sorted({hour for hour in HOURS_SHOWN if hour < hours} | {hours})


def by_place(ran: Ran) -> list[PlaceLine]:
    """People without at least one service, by district, at the hours shown."""
    people, found = ran.cascade.people, []
    for code in people.places:
        place = ran.register.places.get(code)
        name = place.in_language("name") if place else _("The whole country")
        at = tuple(bounds_text(people.at(hour, code)) for hour in hours_shown(ran.cascade.hours))
        found.append(PlaceLine(name, place.population if place else None, at))
    return found


NAMED = 6  # names in one sentence; of the others the number


def some_of(names: list[str]) -> str:
    """The first names, and how many more there are."""
    if len(names) <= NAMED:
        return listed(names)
    more = len(names) - NAMED
    return listed([*names[:NAMED], ngettext("%(n)d more", "%(n)d more", more) % {"n": more}])


def limits(ran: Ran) -> list[str]:
    """What the numbers do not know, in sentences; the page never reads as more certain than they are."""
    register, hit = ran.register, {each.service for each in ran.cascade.hits}
    found = list[str]()
    causes = [each.stop_cause or ran.cascade.largest_cause(each.service) or each.cause for each in ran.cascade.hits]
    loose = [cause for cause in causes if cause.dependency is not None and cause.dependency.key in register.unchecked]
    spread = [cause for cause in causes if cause.dependency is not None]
    if loose:
        words = {"n": len(loose), "all": len(spread)}
        sentence = ngettext(
            "%(n)d of %(all)d services that are hit rests on a dependency that nobody has checked with the operator.",
            "%(n)d of %(all)d services that are hit rest on dependencies that nobody has checked with the operator.",
            len(loose),
        )
        found.append(sentence % words)
    unknown = sorted(name_of(register, key) for key in hit & register.unknown)
    if unknown:
        found.append(
            _("How many people use these is not known, so they are counted nowhere: %(names)s.")
            % {"names": some_of(unknown)}
        )
    if ran.left_out:
        names = listed([service.in_language("name") for service in ran.left_out])
        found.append(_("No longer in the register, so left out: %(names)s.") % {"names": names})
    return found


def general_limits() -> list[str]:
    """What holds of every cascade."""
    return [
        _("Losses are not added: of several, the largest counts. Nothing is repaired within the hours shown."),
        _("Who uses several services is not known. Where that matters, the least and the most are given."),
    ]


@dataclass(frozen=True)
class ComparedLine:
    """One hour in two what-ifs: people without at least one service."""

    hour: str
    here: str
    there: str


def compared(here: Ran, there: Ran) -> list[ComparedLine]:
    hours = min(here.cascade.hours, there.cascade.hours)
    return [
        ComparedLine(
            when_text(hour), bounds_text(here.cascade.people.at(hour)), bounds_text(there.cascade.people.at(hour))
        )
        for hour in hours_shown(hours)
    ]


@dataclass(frozen=True)
class HelpLine:
    """One change that would save something: what it is, and what it saves."""

    title: str
    detail: str
    operator: str
    saved: int  # person-hours of all services
    saved_text: str
    stopped_text: str
    change: str  # of which dependency, where a what-if can be tried with it


HELPS_SHOWN = 5


def what_would_help(ran: Ran) -> list[HelpLine]:
    """The changes that save most, the largest first: a fallback that lasts to the end, or something to take the place of a service.
    What fails by itself is left out: that it should not fail is no measure."""
    cascade, register = ran.cascade, ran.register
    found = cascade_of.what_helps(cascade.graph, cascade.failures, cascade.hours)
    failed = {failure.service for failure in cascade.failures}
    lines = [_fallback_line(register, each) for each in found.dependencies]
    as_much = {(each.dependency.service, each.to_the_end.person_hours) for each in found.dependencies}
    lines += [
        _service_line(register, each)
        for each in found.services
        if each.service not in failed and (each.service, each.saving.person_hours) not in as_much
    ]
    lines.sort(key=lambda line: -line.saved)
    return [line for line in lines if line.saved > 0][:HELPS_SHOWN]


def _operator_of(service: Service) -> str:
    return service.operator.in_language("name") if service.operator is not None else ""


def _stopped_text(number: int) -> str:
    return (
        ngettext("%(n)d service less stops", "%(n)d services less stop", number) % {"n": number} if number > 0 else ""
    )


def _saved_text(hours: int) -> str:
    return _("%(n)s person-hours of service saved") % {"n": number_figures(hours)}


def _fallback_line(register: Register, each: cascade_of.DependencyHelp) -> HelpLine:
    row = register.dependencies[each.dependency.key]
    words = {"service": row.service.in_language("name"), "needs": row.needs.in_language("name")}
    detail = (
        _("Today: %(fallback)s, %(hours)s.") % {"fallback": row.fallback, "hours": hours_text(row.fallback_hours)}
        if row.fallback_hours
        else _("Today it has none.")
    )
    return HelpLine(
        _("%(service)s: a fallback for %(needs)s that lasts to the end") % words,
        detail,
        _operator_of(row.service),
        each.to_the_end.person_hours,
        _saved_text(each.to_the_end.person_hours),
        _stopped_text(each.to_the_end.stopped),
        each.dependency.key,
    )


def _service_line(register: Register, each: cascade_of.ServiceHelp) -> HelpLine:
    service = register.services[each.service]
    return HelpLine(
        _("Something to take the place of %(service)s") % {"service": service.in_language("name")},
        _("At once and in full, so that nobody who needs it is hit."),
        _operator_of(service),
        each.saving.person_hours,
        _saved_text(each.saving.person_hours),
        _stopped_text(each.saving.stopped),
        "",
    )


@dataclass(frozen=True)
class PointLine:
    """A service that fails alone: what follows."""

    rank: int
    service: Service
    operator: str
    stopped: int
    hit: int
    people: str
    users: str


def single_point_lines(register: Register, points: Iterable[cascade_of.SinglePoint]) -> list[PointLine]:
    """Services whose failure alone hits another, the most first."""
    found = []
    for each in points:
        service = register.services.get(each.service)
        if service is None or not each.hit:  # one of a stored result may have been withdrawn since
            continue
        found.append(
            PointLine(
                each.rank,
                service,
                _operator_of(service),
                each.stopped,
                each.hit,
                person_hours_text(each.people_hours),
                number_figures(each.person_hours),
            )
        )
    return sorted(found, key=lambda line: (-line.stopped, -line.hit, line.rank))
