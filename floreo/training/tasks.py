"""What waits for whoever runs training: sessions without attendance, cohorts without results, people who wait while seats are free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.training import moments
from floreo.training.logic import HOLDS_SEAT, CohortState, EnrolmentState, seats_left
from floreo.training.models import Cohort, Session

RECORD_WITHIN = timedelta(days=7)  # attendance, after its session
CLOSE_WITHIN = timedelta(days=30)  # results, after the last day


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Two queries, whatever waits."""
    if not recipient.everybody and Permission.TRAINING_RUN not in recipient.permissions:
        return
    yield from _sessions()
    yield from _cohorts(viewer, today)


def _sessions() -> Iterator[Task]:
    rows = Session.objects.filter(
        ends_at__lt=moments.now(), recorded_on=None, cohort__state=CohortState.PLANNED, cohort__is_history=False
    )
    for session in rows.select_related("cohort").annotate(came=Count("attendances")).filter(came=0):
        held = clock.calendar_day(session.ends_at)
        yield Task(
            key=f"{key(session)}/attendance",
            kind="training",
            title=session.cohort.in_language("title"),
            why=_("Session %(number)d: record who came.") % {"number": session.number},
            href=session.workspace_url(),
            due=held + RECORD_WITHIN,
            since=held,
            needs=Permission.TRAINING_RUN,
        )


def _cohorts(viewer: object, today: date) -> Iterator[Task]:
    rows = Cohort.objects.visible_to(viewer).filter(state=CohortState.PLANNED, is_history=False)
    counted = rows.annotate(
        seated=Count("enrolments", filter=Q(enrolments__state__in=HOLDS_SEAT)),
        waits=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
    )
    for cohort in counted.order_by("ends_on", "pk"):
        if cohort.ends_on is not None and cohort.ends_on < today:
            yield _task(cohort, "results", _("The cohort has ended: record its results."), since=cohort.ends_on)
            continue
        seated, waits = cohort.seated, cohort.waits  # type: ignore[attr-defined]  # annotated
        left = seats_left(cohort.capacity, seated)
        if waits and left != 0:
            number = waits if left is None else min(left, waits)
            why = ngettext(
                "%(n)d free seat, and people on the waiting list.",
                "%(n)d free seats, and people on the waiting list.",
                number,
            )
            yield _task(cohort, "seats", why % {"n": number})


def _task(cohort: Cohort, part: str, why: str, *, since: date | None = None) -> Task:
    return Task(
        key=f"{key(cohort)}/{part}",
        kind="training",
        title=cohort.in_language("title"),
        why=why,
        href=cohort.workspace_url(),
        due=since + CLOSE_WITHIN if since else cohort.starts_on,
        since=since,
        needs=Permission.TRAINING_RUN,
    )
