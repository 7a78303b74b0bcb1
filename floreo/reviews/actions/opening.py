"""Opening a review by hand, writing to leads again, and closing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.figures import Period
from floreo.core.writing import lock_latest, require_free_code, save
from floreo.reviews.actions.checking import must_be_open, restate
from floreo.reviews.actions.writing import begin, group_requests, write_to
from floreo.reviews.letters import Post
from floreo.reviews.logic import ANSWERED, Dates
from floreo.reviews.models import Review, ReviewState, UpdateRequest
from floreo.reviews.queries import Group, groups_of, unanswered
from floreo.strategy.models import Edition


def _refuse(field: str, sentence: str) -> Refused:
    return Refused(sentence, code="bad_days", fields={field: sentence})


@action("review.opened", needs=Permission.REVIEW_RUN)
def open_review(
    edition: Edition, *, by: Actor, starts_on: date, ends_on: date, due_on: date, closes_on: date, code: str = ""
) -> Review:
    """Asks every lead about the days from `starts_on` to `ends_on`, today. For an extra review, or one that the rhythm
    has missed. Raises Refused for days out of order, a code that is taken, or an edition without anybody to ask."""
    today = clock.today()
    if ends_on < starts_on:
        raise _refuse("ends_on", _("The last day is before the first day. Change one of them."))
    if starts_on > today:
        raise _refuse("starts_on", _("This period has not begun. Choose days in the past."))
    if due_on < today:
        raise _refuse("due_on", _("Updates cannot be due in the past. Enter today or a later day."))
    if closes_on < due_on:
        raise _refuse(
            "closes_on", _("The review cannot close before updates are due. Enter the due date or a later day.")
        )
    if code:
        require_free_code(Review.objects.filter(edition=edition), code)
    groups, _unled = groups_of(edition, until=ends_on, day=today)
    if not groups:
        raise Refused(
            _("There is nobody to ask: no open action has a person or a lead. Enter first who leads what."),
            code="nobody",
        )
    return begin(edition, Period(starts_on, ends_on), Dates(today, due_on, closes_on), today=today, code=code)


@action("review.moved", needs=Permission.REVIEW_RUN)
def move_review(review: Review, *, by: Actor, due_on: date, closes_on: date, version: int | None = None) -> Review:
    """Gives everybody more time, or less; reminders move with the due day."""
    review = lock_latest(must_be_open(review), version)
    if due_on < review.opened_on:
        raise _refuse("due_on", _("The due date cannot be before the opening date."))
    if closes_on < due_on:
        raise _refuse(
            "closes_on", _("The review cannot close before updates are due. Enter the due date or a later day.")
        )
    review.due_on, review.closes_on = due_on, closes_on
    return save(review)


@action("review.reminded", needs=Permission.REVIEW_RUN)
def remind_now(review: Review, *, by: Actor, requests: Iterable[UpdateRequest] | None = None) -> int:
    """Writes again to whoever has not answered; to `asks` only, where they are given. Returns how many mails."""
    review, today = must_be_open(review), clock.today()
    rows = unanswered(review.requests.all()).select_related("review__edition", "organisation", "person", "deputy")
    rows = rows if requests is None else rows.filter(pk__in=[a.pk for a in requests])
    found = list(rows.select_for_update(of=("self",)))
    waiting = [a for a in found if a.address]
    if not waiting:
        raise Refused(_("There is nobody to remind: all have given their update, or have no address."), code="nobody")
    return write_to(review, waiting, [], today=today, unreached=[a for a in found if not a.address])


@action("request.escalated", needs=Permission.REVIEW_RUN)
def escalate_now(update_request: UpdateRequest, *, by: Actor) -> UpdateRequest:
    """Asks the deputy of whoever has not answered, without waiting for the day."""
    review = must_be_open(update_request.review)
    update_request = lock_latest(update_request)
    deputy = update_request.person.deputy if update_request.person else None
    if deputy is None or not deputy.is_active or not deputy.email:
        raise Refused(_("No deputy with an address is named. Name one on the person’s page first."), code="no_deputy")
    if update_request.state in ANSWERED:
        raise Refused(_("They have given their update, so there is nothing to escalate."), code="answered")
    write_to(review, [], [update_request], today=clock.today())
    return lock_latest(update_request)


@action("request.renewed", needs=Permission.REVIEW_RUN)
def send_again(update_request: UpdateRequest, *, by: Actor) -> UpdateRequest:
    """Sends a new link; every earlier one stops opening. For a link that got into wrong hands, or a new address."""
    review, today = must_be_open(update_request.review), clock.today()
    update_request = lock_latest(update_request)
    if not update_request.address:
        raise Refused(_("The register has no address for them. Enter one first."), code="no_address")
    update_request.link_version += 1
    update_request.asked_on, update_request.asked_count = today, update_request.asked_count + 1
    save(update_request)
    acts = list(update_request.actions.order_by("position", "pk"))
    outbox.post(Post(review, today).requesting(update_request, "renewed", actions=acts))
    return update_request


@action("review.widened", needs=Permission.REVIEW_RUN)
def request_the_rest(review: Review, *, by: Actor) -> int:
    """Asks about actions that came into the plan, or got a lead, after the review opened. Returns how many."""
    review, today = must_be_open(review), clock.today()
    have = set(review.requests.values_list("actions", flat=True))
    groups, _unled = groups_of(review.edition, until=review.ends_on, day=today)
    added = 0
    new: list[Group] = []
    for group in groups:
        group.actions = [act for act in group.actions if act.pk not in have]
        if not group.actions:
            continue
        added += len(group.actions)
        here = _request_of(review, group)
        if here is None:
            new.append(group)
            continue
        here.actions.add(*group.actions)
        restate(here, today)  # more is asked of them, so the whole is not answered any more
    if not added:
        raise Refused(_("An update has already been requested for every action with a lead."), code="nothing")
    note(asked_about=[act.code for group in groups for act in group.actions])
    group_requests(review, new, today=today)
    return added


def _request_of(review: Review, group: Group) -> UpdateRequest | None:
    if group.person is not None:
        return review.requests.filter(person=group.person).first()
    return review.requests.filter(person=None, organisation=group.organisation).first()


@action("review.closed", needs=Permission.REVIEW_RUN)
def mark_closed(review: Review, *, by: Actor) -> Review:
    """Locks everything in it. Whoever closes it makes the snapshot in the same transaction (reports). Refused while
    answers wait for a decision: what somebody sent is approved or returned, never passed over."""
    review = must_be_open(review)
    waiting = review.requests.filter(answers__state="submitted").distinct().count()
    if waiting:
        raise Refused(
            _("Some updates are waiting for approval. Approve or return each of them, then close the review."),
            code="undecided",
        )
    review.state, review.closed_at, review.closed_by = ReviewState.CLOSED, clock.now(), by.actor_name
    return save(review)
