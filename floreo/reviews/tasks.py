"""Tasks of reviews: answers by those who are asked, decisions about what was answered, and closing when it is time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo import offers
from floreo.core.access import Permission, reach
from floreo.core.keys import key
from floreo.core.tasks import ActionLink, News, Recipient, Task
from floreo.organisations.queries import bodies_of
from floreo.reviews import presenters
from floreo.reviews.letters import answer_path
from floreo.reviews.logic import APPROVE_WITHIN, approval_due
from floreo.reviews.models import Review, ReviewState, UpdateRequest
from floreo.reviews.queries import to_decide, unanswered

ANSWER, DECIDE, RUN = Permission.PLAN_UPDATE, Permission.REVIEW_DECIDE, Permission.REVIEW_RUN


_WITHIN = Coalesce(F("update_request__review__edition__rhythm__approve_within_days"), APPROVE_WITHIN)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> list[Task]:
    """In three queries, however many there are. Who looks sees what is theirs, or runs reviews."""
    found = list(_requests(recipient, viewer))
    held = recipient.permissions | recipient.helps
    if recipient.everybody or DECIDE in held:
        found += _answers()
    if recipient.everybody or RUN in held:
        found += _closings(today)
    return found


def _requests(recipient: Recipient, viewer: object) -> Iterator[Task]:
    """Those of the people, and of the bodies for which the viewer may answer: each carries the link that answers, and
    whoever only reads at that body is sent none."""
    rows = unanswered(UpdateRequest.objects.filter(review__state=ReviewState.OPEN))
    if not recipient.everybody and ANSWER not in recipient.helps:
        far = reach(viewer, ANSWER)
        bodies = recipient.organisations if far is None else recipient.organisations & bodies_of(far)
        rows = rows.filter(Q(person__in=recipient.people) | Q(deputy__in=recipient.people) | Q(organisation__in=bodies))
    rows = rows.select_related("review__edition", "organisation", "person", "deputy")
    for update_request in rows.annotate(asked_about=Count("actions", distinct=True)).order_by("review__due_on", "pk"):
        is_deputy = update_request.deputy_id is not None and (
            recipient.everybody or update_request.deputy_id in recipient.people
        )
        if recipient.everybody or not is_deputy or update_request.person_id in recipient.people:
            yield _asked(
                update_request, person=update_request.person_id, name=key(update_request), since=update_request.asked_on
            )
        if is_deputy:
            yield _asked(
                update_request,
                person=update_request.deputy_id,
                name=f"{key(update_request)}:deputy",
                since=update_request.escalated_on,
            )


def _asked(update_request: UpdateRequest, *, person: int | None, name: str, since: date | None) -> Task:
    number = update_request.asked_about  # type: ignore[attr-defined]  # annotated above
    text = ngettext("Give an update on %(n)d action", "Give an update on %(n)d actions", number) % {"n": number}
    why = f"{presenters.title(update_request.review)}. {update_request.get_state_display()}."
    return Task(
        key=name,
        kind="update",
        news=News.OTHER,  # the request itself went by e-mail
        title=text,
        why=why,
        href=update_request.workspace_url(),
        due=update_request.review.due_on,
        since=since or update_request.review.opened_on,
        person=person,
        needs=ANSWER,
        # It is the task of the organisation once; the deputy's turn is the deputy's alone.
        organisation=update_request.organisation_id if person == update_request.person_id else None,
        links=(ActionLink(pgettext("button", "Give an update"), update_request.workspace_url()),),
        answer=answer_path(update_request, update_request.language),
    )


def _answers() -> Iterator[Task]:
    """What was sent and waits to be approved or returned. Due some working days after it was sent, as the schedule of the
    edition says; the holidays that the pack names are no working days."""
    free = offers.holidays()
    for answer in to_decide().annotate(within=_WITHIN):
        review = answer.update_request.review
        links = (ActionLink(_("Read and approve"), f"{review.workspace_url()}#answer-{answer.pk}"),)
        yield Task(
            key=key(answer),
            kind="decide",
            title=_("Approve the update: %(action)s") % {"action": answer.action.named()},
            why=_("%(review)s. Sent by %(who)s")
            % {"review": presenters.title(review), "who": presenters.sent_text(answer)},
            href=f"{review.workspace_url()}#answer-{answer.pk}",
            due=approval_due(answer.reported_on, answer.within, free) if answer.reported_on else review.closes_on,
            since=answer.reported_on,
            needs=DECIDE,
            news=News.APPROVAL,
            links=links,
        )


def _closings(today: date) -> Iterator[Task]:
    """Reviews that can be closed: their day has come, or everybody's answer is approved."""
    rows = Review.objects.filter(state=ReviewState.OPEN).select_related("edition")
    is_open = ~Q(requests__state="approved")
    rows = rows.annotate(asked=Count("requests"), missing=Count("requests", filter=is_open))
    for review in rows.order_by("closes_on", "pk"):
        ready = review.asked > 0 and review.missing == 0  # type: ignore[attr-defined]  # annotated above
        if not ready and review.closes_on > today:
            continue
        why = _("All updates are approved.") if ready else _("Its last day has been reached.")
        yield Task(
            key=f"{key(review)}:close",
            kind="report",
            title=_("Close the review: %(review)s") % {"review": presenters.title(review)},
            why=why,
            href=review.workspace_url(),
            due=review.closes_on,
            since=review.closes_on if not ready else None,
            needs=RUN,
            links=(ActionLink(_("Open the review"), review.workspace_url()),),
        )


__all__ = ["waiting_tasks"]
