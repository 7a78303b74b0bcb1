"""What waits for whom: services to be reviewed, designations that need a hearing, a decision or a review, tests of plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from floreo.core.access import Permission, can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.infrastructure.logic import Stage
from floreo.infrastructure.models import EDIT, Designation, RecoveryPlan, Service, ServiceStateChoice

REVIEW_WITHIN = timedelta(days=14)
AHEAD = timedelta(days=30)  # a review or a test is shown that long before its day
_DECIDE = Permission.DESIGNATION_DECIDE


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Four queries, whatever waits."""
    yield from _team(recipient, viewer, today)
    yield from _tests(recipient, viewer, today)


def _works_with(recipient: Recipient, viewer: object, needs: Permission) -> bool:
    return (recipient.everybody or needs in recipient.permissions) and (viewer is None or can(viewer, needs))


def _team(recipient: Recipient, viewer: object, today: date) -> Iterator[Task]:
    if _works_with(recipient, viewer, EDIT):
        for service in Service.objects.filter(state=ServiceStateChoice.PROPOSED):
            since = service.created_at.date()
            yield Task(
                key=key(service),
                kind="service",
                title=service.in_language("name"),
                why=_("Proposed by its operator: to be reviewed."),
                href=service.workspace_url(),
                due=since + REVIEW_WITHIN,
                since=since,
                needs=EDIT,
            )
        for each in Designation.objects.filter(stage=Stage.PROPOSED).select_related("service"):
            yield _designation(each, _("Proposed: the hearing of the operator is to be held."), needs=EDIT)
    if _works_with(recipient, viewer, _DECIDE):
        rows = Designation.objects.filter(stage__in=[Stage.HEARING, Stage.DESIGNATED]).select_related("service")
        for each in rows:
            if each.stage == Stage.HEARING:
                yield _designation(each, _("The hearing was held: to be decided."), needs=_DECIDE)
            elif each.review_due_on is not None and each.review_due_on - AHEAD <= today:
                yield _designation(each, _("The designation is to be reviewed."), needs=_DECIDE, due=each.review_due_on)


def _designation(each: Designation, why: str, *, needs: Permission, due: date | None = None) -> Task:
    return Task(
        key=key(each),
        kind="designation",
        title=each.service.in_language("name"),
        why=why,
        href=each.workspace_url(),
        due=due,
        since=each.changed_at.date(),
        needs=needs,
    )


def _tests(recipient: Recipient, viewer: object, today: date) -> Iterator[Task]:
    """Tests of recovery plans, for the operator whose plan it is, and for the team."""
    rows = RecoveryPlan.objects.filter(next_test_on__lte=today + AHEAD, service__state=ServiceStateChoice.CURRENT)
    if not recipient.everybody and EDIT not in recipient.helps:
        rows = rows.filter(service__operator__in=recipient.organisations)
    if viewer is not None:
        rows = rows.filter(pk__in=RecoveryPlan.objects.visible_to(viewer).values("pk"))
    for plan in rows.select_related("service"):
        task = Task(
            key=key(plan),
            kind="recovery_plan",
            title=plan.title,
            why=_("The recovery plan of “%(service)s” is to be tested.")
            % {"service": plan.service.in_language("name")},
            href=plan.workspace_url(),
            due=plan.next_test_on,
            organisation=plan.service.operator_id,
            needs=EDIT,
        )
        if recipient.holds(task):
            yield task
