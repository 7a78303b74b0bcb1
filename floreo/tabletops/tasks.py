"""What waits for whom: exercises to be started or closed, evaluations, findings to be followed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.tabletops.logic import State
from floreo.tabletops.models import RUN, Tabletop, TabletopFinding

AHEAD = timedelta(days=30)  # an exercise or a finding is shown that long before its day


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Two queries, whatever waits."""
    if (recipient.everybody or RUN in recipient.permissions) and (viewer is None or can(viewer, RUN)):
        yield from _exercises(today)
    yield from _findings(recipient, viewer, today)


def _exercises(today: date) -> Iterator[Task]:
    rows = Tabletop.objects.filter(state__in=[State.PLANNED, State.RUNNING, State.PAUSED, State.ENDED])
    for each in rows.order_by("planned_at", "pk"):
        planned = clock.calendar_day(each.planned_at)
        match each.state:
            case State.PLANNED if planned <= today + AHEAD:
                yield _task(each, "start", _("The exercise is to be held."), due=planned)
            case State.RUNNING:
                yield _task(each, "end", _("The exercise is running. End it when it is over."), due=planned)
            case State.PAUSED:
                yield _task(each, "end", _("The exercise is paused. Let it go on, or end it."), due=planned)
            case State.ENDED:
                yield _task(each, "evaluate", _("The exercise is to be evaluated."), due=each.evaluation_due_on)


def _task(each: Tabletop, part: str, why: str, *, due: date | None) -> Task:
    return Task(
        key=f"{key(each)}/{part}",
        kind="tabletop",
        title=each.in_language("title"),
        why=why,
        href=each.workspace_url(),
        due=due,
        since=clock.calendar_day(each.ended_at) if each.ended_at else None,
        needs=RUN,
    )


def _findings(recipient: Recipient, viewer: object, today: date) -> Iterator[Task]:
    """Recommendations, for the organisation that carries them out and for those who run exercises. One that became an action of the plan
    waits there."""
    rows = TabletopFinding.objects.filter(
        closed_on=None, became="", due_on__lte=today + AHEAD, tabletop__state=State.EVALUATED
    )
    if not recipient.everybody and RUN not in recipient.helps:
        rows = rows.filter(organisation__in=recipient.organisations)
    if viewer is not None:
        rows = rows.filter(pk__in=TabletopFinding.objects.visible_to(viewer).values("pk"))
    for each in rows.select_related("tabletop").order_by("due_on", "pk"):
        task = Task(
            key=key(each),
            kind="tabletop_finding",
            title=each.title,
            why=_("Finding of the exercise %(code)s, to be followed up.") % {"code": each.tabletop.code},
            href=each.workspace_url(),
            due=each.due_on,
            organisation=each.organisation_id,
            needs=RUN,
        )
        if recipient.holds(task):
            yield task
