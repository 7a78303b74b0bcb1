"""Tasks of the incidents app: clocks that are due soon, tasks of cases, cases that nobody touched, and what is asked of an
organisation with which a case is shared. Cases of an exercise have none: this list is also a mail and a calendar, and nothing of an
exercise leaves. Of a TLP:RED case only its reference is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock as time
from floreo.core import deadline_text
from floreo.core.access import Permission, reach
from floreo.core.audit import key
from floreo.core.policy import Tlp
from floreo.core.tasks import Recipient, Task
from floreo.core.wording import colon
from floreo.incidents import case_page, moments
from floreo.incidents.case_text import span_text
from floreo.incidents.models import Case, CaseOrganisation, CaseTask, Clock, TaskState, WaitingFor

AHEAD = timedelta(days=7)  # clocks and tasks that are due later wait
MOST = 500  # of each kind
_OPEN = ("open", "contained", "resolved")
HANDLE = Permission.INCIDENT_HANDLE


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    now = moments.now()
    if recipient.everybody or HANDLE in recipient.permissions:
        cases = Case.objects.visible_to(viewer).filter(is_exercise=False)
        for item in (*_clocks(cases, now), *_tasks(cases, now), *_untouched(cases, now)):
            if recipient.holds(item):
                yield item
    for item in _asked(recipient, viewer, now):
        if recipient.holds(item):
            yield item


def _name(case: Case) -> str:
    return case.reference if case.tlp == Tlp.RED else str(case)


def _of_team(case: Case, **more: Any) -> Task:
    """Its lead's; of a case that nobody leads, everybody's who handles incidents."""
    return Task(href=case.get_absolute_url(), person=case.lead_id, needs=HANDLE, **more)


def _clocks(cases: QuerySet[Case], now: datetime) -> Iterator[Task]:
    rows = Clock.objects.filter(is_open=True, due_at__lte=now + AHEAD, case__in=cases).select_related("case")
    for each in rows.order_by("due_at", "pk")[:MOST]:
        assert each.due_at is not None
        title = deadline_text.title_text(each.explained)
        yield _of_team(
            each.case,
            key=f"{key(each.case)}/clock-{each.rule}-{each.step}",
            kind="case_clock",
            title=f"{title}{colon()} {_name(each.case)}",
            why=deadline_text.sentence(each.explained),
            due=time.calendar_day(each.due_at),
        )


def _tasks(cases: QuerySet[Case], now: datetime) -> Iterator[Task]:
    named = Q(person__isnull=False) | Q(due_at__lte=now + AHEAD)
    rows = CaseTask.objects.filter(named, state=TaskState.OPEN, case__in=cases.filter(state__in=_OPEN))
    for each in rows.select_related("case").order_by("due_at", "pk")[:MOST]:
        title = each.case.reference if each.case.tlp == Tlp.RED else each.in_language("title")
        yield Task(
            key=key(each),
            kind="case_task",
            title=title,
            why=_("Task of the case %(case)s") % {"case": _name(each.case)},
            href=f"{each.case.get_absolute_url()}#tasks",
            due=time.calendar_day(each.due_at) if each.due_at else None,
            since=time.day_of(each.created_at),
            person=each.person_id or each.case.lead_id,
            needs=HANDLE,
        )


def _untouched(cases: QuerySet[Case], now: datetime) -> Iterator[Task]:
    for case in case_page.untouched(cases, now)[:MOST]:
        yield _of_team(
            case,
            key=f"{key(case)}/untouched",
            kind="case_untouched",
            title=_name(case),
            why=_("Nobody has touched this case for %(span)s.") % {"span": span_text(now - case.touched_at)},
            due=time.calendar_day(case.touched_at + timedelta(hours=case_page.untouched_hours())),
        )


def _asked(recipient: Recipient, viewer: object, now: datetime) -> Iterator[Task]:
    """What the team asks of an organisation in a case that it shares with it."""
    if not recipient.organisations or (not recipient.everybody and reach(viewer, Permission.INCIDENT_READ) is None):
        return
    shared = CaseOrganisation.objects.filter(organisation__in=recipient.organisations, is_shared=True)
    shared = shared.filter(case__in=Case.objects.visible_to(viewer).filter(state__in=_OPEN, is_exercise=False))
    places = {each.case_id: each for each in shared.select_related("case")[:MOST]}
    rows = CaseTask.objects.filter(case__in=places, state=TaskState.OPEN, waiting_for=WaitingFor.ORGANISATION)
    for each in rows.order_by("due_at", "pk")[:MOST]:
        place = places[each.case_id]
        yield Task(
            key=f"{key(each)}/asked",
            kind="case_asked",
            title=each.in_language("title"),
            why=_("The national team asks it of you in the case %(case)s") % {"case": str(place.case)},
            href=reverse("workspace:own_case", args=[place.case.reference]),
            due=time.calendar_day(each.due_at) if each.due_at else None,
            since=time.day_of(each.created_at),
            organisation=place.organisation_id,
            needs=Permission.INCIDENT_READ,
        )
