"""What waits for whoever runs consultations: comments to be read, points to be decided on, answers to be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.consultation.logic import Phase
from floreo.consultation.models import CommentState, Consultation, ConsultationState
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task

READ_WITHIN = timedelta(days=3)  # published, or not, within so long


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Two queries, whatever waits."""
    needed = {Permission.CONSULTATION_RUN, Permission.CONSULTATION_PUBLISH}
    if not recipient.everybody and not needed & set(recipient.permissions):
        return
    rows = Consultation.objects.visible_to(viewer).filter(state=ConsultationState.SCHEDULED)
    waiting = Q(comments__state=CommentState.WAITING)
    counted = rows.annotate(
        unread=Count("comments", filter=waiting), oldest=Min("comments__received_on", filter=waiting)
    )
    undecided = dict(
        rows.annotate(undecided=Count("points", filter=Q(points__decision=""))).values_list("pk", "undecided")
    )
    for each in counted.order_by("closes_at", "pk"):
        for task in _of(each, undecided.get(each.pk, 0)):
            if recipient.everybody or task.needs in recipient.permissions:
                yield task


def _of(consultation: Consultation, undecided: int) -> Iterator[Task]:
    unread, oldest = consultation.unread, consultation.oldest  # type: ignore[attr-defined]  # annotated
    if unread:
        why = ngettext("%(n)d comment to be read.", "%(n)d comments to be read.", unread) % {"n": unread}
        yield _task(consultation, "comments", why, due=oldest + READ_WITHIN, since=oldest)
    if undecided:
        why = ngettext("%(n)d point without a decision.", "%(n)d points without a decision.", undecided)
        yield _task(consultation, "points", why % {"n": undecided}, due=consultation.answer_due_on)
    if consultation.phase is Phase.CLOSED and not unread and not undecided:
        closed = clock.calendar_day(consultation.closes_at) if consultation.closes_at else None
        yield _task(
            consultation,
            "answers",
            _("The answers are to be published."),
            needs=Permission.CONSULTATION_PUBLISH,
            due=consultation.answer_due_on,
            since=closed,
        )


def _task(
    consultation: Consultation,
    part: str,
    why: str,
    *,
    due: date | None = None,
    since: date | None = None,
    needs: Permission = Permission.CONSULTATION_RUN,
) -> Task:
    return Task(
        key=f"{key(consultation)}/{part}",
        kind="consultation",
        title=consultation.in_language("title"),
        why=why,
        href=consultation.workspace_url(),
        due=due,
        since=since,
        needs=needs,
    )
