"""Asking the leads of one review and writing to them again: the parts that several actions share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from floreo.core import outbox
from floreo.core.action import note
from floreo.core.figures import Period
from floreo.core.writing import save, save_many, touch
from floreo.reviews.letters import Post
from floreo.reviews.logic import Dates, code_of
from floreo.reviews.models import Review, UpdateRequest
from floreo.reviews.queries import Group, actions_of, groups_of
from floreo.strategy.models import Edition


def begin(edition: Edition, period: Period, dates: Dates, *, today: date, code: str = "") -> Review:
    """Opens a review and asks every lead, with one mail each. Within an action."""
    Edition.objects.select_for_update().get(pk=edition.pk)  # two at once would take the same code
    review = save(
        Review(
            edition=edition,
            code=code or _free_code(edition, period),
            starts_on=period.start,
            ends_on=period.end,
            opened_on=dates.opens_on,
            due_on=dates.due_on,
            closes_on=dates.closes_on,
        )
    )
    groups, unled = groups_of(edition, until=review.ends_on, day=today)
    group_requests(review, groups, today=today)
    if unled:
        note(nobody_asked=[act.code for act in unled])
    return review


def _free_code(edition: Edition, period: Period) -> str:
    wanted = code_of(period)
    taken = set(edition.reviews.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(c for c in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if c not in taken)


def group_requests(review: Review, groups: Sequence[Group], *, today: date) -> list[UpdateRequest]:
    """One ask and one mail a group. Whom the register knows no address of is asked without a mail, and shows as such."""
    requests = [UpdateRequest(review=review, organisation=g.organisation, person=g.person) for g in groups]
    for update_request in requests:
        if update_request.address:
            update_request.asked_on, update_request.asked_count = today, 1
    save_many(requests, model=UpdateRequest)
    through = UpdateRequest.actions.through
    through._default_manager.bulk_create(
        (
            through(updaterequest_id=a.pk, action_id=act.pk)
            for a, g in zip(requests, groups, strict=True)
            for act in g.actions
        ),
        batch_size=500,
    )
    post = Post(review, today)
    outbox.post_all(
        post.requesting(update_request, "asked", actions=group.actions)
        if update_request.address
        else post.held(update_request, "asked", number=len(group.actions))
        for update_request, group in zip(requests, groups, strict=True)
    )
    return requests


def write_to(
    review: Review,
    reminded: Sequence[UpdateRequest],
    escalated: Sequence[UpdateRequest],
    *,
    today: date,
    unreached: Sequence[UpdateRequest] = (),
) -> int:
    """Reminds these and escalates those, in a handful of queries however many they are; `unreached` have no address and are noted as
    held back. Within an action."""
    if not reminded and not escalated:
        return 0
    touched = {a.pk: a for a in [*reminded, *escalated]}
    for update_request in escalated:
        assert update_request.person is not None  # only a person has a deputy
        update_request.deputy, update_request.escalated_on = update_request.person.deputy, today
    for update_request in reminded:
        update_request.reminded_on, update_request.reminded_count = today, update_request.reminded_count + 1
    UpdateRequest.objects.bulk_update(
        touched.values(), ["deputy", "escalated_on", "reminded_on", "reminded_count"], batch_size=200
    )
    touch(touched.values())
    acts = actions_of(touched.values())
    post = Post(review, today)
    mails = [post.requesting(a, "reminded", actions=acts.get(a.pk, [])) for a in reminded]
    mails += [post.requesting(a, "escalated", actions=acts.get(a.pk, [])) for a in escalated]
    mails += [post.held(a, "reminded", number=0) for a in unreached]
    note(reminded=[a.pk for a in reminded], escalated=[a.pk for a in escalated], review=str(review))
    return outbox.post_all(mails)
