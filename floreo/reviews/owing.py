"""What reviews owe: answers by those who are asked, decisions about what was answered, and closing when it is time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core.access import Permission, reach
from floreo.core.keys import key
from floreo.core.owing import Owed, OwedKind, Press, Whose
from floreo.organisations.queries import bodies_of
from floreo.reviews import presenters as say
from floreo.reviews.letters import answer_path
from floreo.reviews.models import Ask, Review, ReviewState
from floreo.reviews.queries import to_decide, unanswered

ANSWER, DECIDE, RUN = Permission.PLAN_UPDATE, Permission.REVIEW_DECIDE, Permission.REVIEW_RUN


def owed(whose: Whose, *, viewer: object, today: date) -> list[Owed]:
    """In three queries, however many there are. Who looks sees what is theirs, or runs reviews."""
    found = list(_asks(whose, viewer))
    held = whose.permissions | whose.helps
    if whose.everybody or DECIDE in held:
        found += _answers()
    if whose.everybody or RUN in held:
        found += _closings(today)
    return found


def _asks(whose: Whose, viewer: object) -> Iterator[Owed]:
    """Those of the people, and of the bodies for which the viewer may answer: each carries the link that answers, and
    whoever only reads at that body is sent none."""
    rows = unanswered(Ask.objects.filter(review__state=ReviewState.OPEN))
    if not whose.everybody and ANSWER not in whose.helps:
        far = reach(viewer, ANSWER)
        bodies = whose.organisations if far is None else whose.organisations & bodies_of(far)
        rows = rows.filter(Q(person__in=whose.people) | Q(deputy__in=whose.people) | Q(organisation__in=bodies))
    rows = rows.select_related("review__edition", "organisation", "person", "deputy")
    for ask in rows.annotate(asked_about=Count("actions", distinct=True)).order_by("review__due_on", "pk"):
        is_deputy = ask.deputy_id is not None and (whose.everybody or ask.deputy_id in whose.people)
        if whose.everybody or not is_deputy or ask.person_id in whose.people:
            yield _asked(ask, person=ask.person_id, name=key(ask), since=ask.asked_on)
        if is_deputy:
            yield _asked(ask, person=ask.deputy_id, name=f"{key(ask)}:deputy", since=ask.escalated_on)


def _asked(ask: Ask, *, person: int | None, name: str, since: date | None) -> Owed:
    number = ask.asked_about  # type: ignore[attr-defined]  # annotated above
    said = ngettext("Say how %(n)d action stands", "Say how %(n)d actions stand", number) % {"n": number}
    why = f"{say.title(ask.review)}. {ask.get_state_display()}."
    return Owed(
        key=name,
        kind=OwedKind.UPDATE,
        title=said,
        why=why,
        href=ask.desk_url(),
        due=ask.review.due_on,
        since=since or ask.review.opened_on,
        person=person,
        needs=ANSWER,
        # The organisation owes it once; the deputy's turn is the deputy's alone.
        organisation=ask.organisation_id if person == ask.person_id else None,
        presses=(Press(pgettext("button", "Answer"), ask.desk_url()),),
        answer=answer_path(ask, ask.language),
    )


def _answers() -> Iterator[Owed]:
    """What was sent and waits to be approved or returned. Due when its review closes."""
    for answer in to_decide():
        review = answer.ask.review
        args = [review.edition.code, review.code, answer.pk]
        presses = (
            Press(_("Read and approve"), f"{review.desk_url()}#answer-{answer.pk}"),
            Press(_("Return with a note"), reverse("workspace:return_answer", args=args)),
        )
        yield Owed(
            key=key(answer),
            kind=OwedKind.DECIDE,
            title=_("Approve the update: %(action)s") % {"action": answer.action.named()},
            why=_("%(review)s. Sent by %(who)s") % {"review": say.title(review), "who": say.said_words(answer)},
            href=f"{review.desk_url()}#answer-{answer.pk}",
            due=review.closes_on,
            since=answer.said_on,
            needs=DECIDE,
            presses=presses,
        )


def _closings(today: date) -> Iterator[Owed]:
    """Reviews that can be closed: their day has come, or everybody's answer is approved."""
    rows = Review.objects.filter(state=ReviewState.OPEN).select_related("edition")
    is_open = ~Q(asks__state="approved")
    rows = rows.annotate(asked=Count("asks"), missing=Count("asks", filter=is_open))
    for review in rows.order_by("closes_on", "pk"):
        ready = review.asked > 0 and review.missing == 0  # type: ignore[attr-defined]  # annotated above
        if not ready and review.closes_on > today:
            continue
        why = _("Everything is approved.") if ready else _("Its last day has come.")
        yield Owed(
            key=f"{key(review)}:close",
            kind=OwedKind.REPORT,
            title=_("Close the review: %(review)s") % {"review": say.title(review)},
            why=why,
            href=review.desk_url(),
            due=review.closes_on,
            since=review.closes_on if not ready else None,
            needs=RUN,
            presses=(Press(_("Open the review"), review.desk_url()),),
        )


__all__ = ["owed"]
