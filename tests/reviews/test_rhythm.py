"""The rhythm kept by the worker: opening, reminding, escalating, each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.models import Organisation, Person, User
from floreo.reviews import actions as acts
from floreo.reviews.models import Review, Rhythm, UpdateRequest
from floreo.strategy.models import Action, Edition, LeadRole
from tests.factories import strategy as make

OCTOBER = date(2026, 10, 1)


def look(day: date) -> int:
    with clock.pinned_day(day=day):
        return acts.run_rhythm(by=SYSTEM)


def letters() -> list[tuple[str, str]]:
    return [(m.kind, m.to) for m in OutboxMail.objects.order_by("pk")]


@pytest.fixture
def rhythm(edition: Edition, act: Action) -> Rhythm:
    act.starts_on = date(2026, 1, 1)
    act.save()
    return acts.set_rhythm(edition, by=SYSTEM, is_on=True)


@pytest.mark.long
def test_a_period_opens_by_itself_and_once(rhythm: Rhythm) -> None:
    assert [look(OCTOBER), look(OCTOBER), look(OCTOBER + timedelta(days=1))] == [1, 0, 0]
    review = Review.objects.get()
    assert (review.code, review.opened_on, review.due_on, review.closes_on, review.state) == (
        "2026-q3",
        date(2026, 10, 1),
        date(2026, 10, 12),
        date(2026, 10, 26),
        "open",
    )
    assert letters() == [("review.asked", "tomas@csirt.example.org")]


def test_a_rhythm_that_is_off_opens_nothing(rhythm: Rhythm) -> None:
    acts.set_rhythm(rhythm.edition, by=SYSTEM, is_on=False)
    assert look(OCTOBER) == 0
    assert not Review.objects.exists()


def test_an_edition_that_is_not_in_force_is_not_asked_about(rhythm: Rhythm) -> None:
    Edition.objects.update(state="ended")
    assert look(OCTOBER) == 0


@pytest.mark.long
def test_who_has_not_answered_is_reminded_before_and_after_the_due_day_then_the_deputy_is_asked(rhythm: Rhythm) -> None:
    for n in range(40):
        look(OCTOBER + timedelta(days=n))
        look(OCTOBER + timedelta(days=n))
    assert letters() == [
        ("review.asked", "tomas@csirt.example.org"),
        ("review.reminded", "tomas@csirt.example.org"),  # 5 October
        ("review.reminded", "tomas@csirt.example.org"),  # 11 October
        ("review.reminded", "tomas@csirt.example.org"),  # 13 October
        ("review.escalated", "rosa@csirt.example.org"),  # 16 October
        ("review.reminded", "tomas@csirt.example.org"),  # 17 October
    ]
    update_request = UpdateRequest.objects.get()
    assert (update_request.reminded_on, update_request.reminded_count, update_request.escalated_on) == (
        date(2026, 10, 17),
        4,
        date(2026, 10, 16),
    )
    assert str(update_request.deputy) == "Rosa Faro"


@pytest.mark.long
def test_who_has_answered_hears_no_more(rhythm: Rhythm, act: Action) -> None:
    look(OCTOBER)
    update_request = UpdateRequest.objects.get()
    with clock.pinned_day(day=OCTOBER):
        acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    for n in range(40):
        look(OCTOBER + timedelta(days=n))
    assert letters() == [("review.asked", "tomas@csirt.example.org")]


def test_the_trail_says_what_the_worker_did_and_nothing_when_it_did_nothing(rhythm: Rhythm) -> None:
    look(OCTOBER)
    look(OCTOBER)
    assert AuditEntry.objects.filter(verb="reviews.kept").count() == 1


@pytest.mark.long
def test_where_no_person_is_named_the_body_that_leads_is_asked_or_its_heir(
    edition: Edition, act: Action, csirt: Organisation
) -> None:
    successor = make.make_organisation("new-csirt", "New CSIRT", email="info@new.example.org")
    csirt.merged_into = successor
    csirt.save()
    act.person = None
    act.save()
    review = acts.open_review(
        edition,
        by=SYSTEM,
        starts_on=OCTOBER,
        ends_on=date(2026, 11, 15),
        due_on=date(2026, 12, 1),
        closes_on=date(2026, 12, 9),
    )
    assert [(a.organisation, a.person, a.address) for a in review.requests.all()] == [
        (successor, None, "info@new.example.org")
    ]


@pytest.mark.long
def test_whom_nobody_can_write_to_is_asked_all_the_same_and_shows(edition: Edition, act: Action) -> None:
    mute = make.make_organisation("mute", "Mute Office")
    make.make_action(edition, "1.1.7", lead=mute)
    review = acts.open_review(
        edition,
        by=SYSTEM,
        starts_on=OCTOBER,
        ends_on=date(2026, 11, 15),
        due_on=date(2026, 12, 1),
        closes_on=date(2026, 12, 9),
    )
    update_request = review.requests.get(organisation=mute)
    assert (update_request.address, update_request.asked_on) == ("", None)
    with pytest.raises(Refused, match="has no address"):
        acts.send_again(update_request, by=SYSTEM)


@pytest.mark.long
def test_actions_to_come_closed_ones_and_those_nobody_leads_are_not_asked_about(edition: Edition, act: Action) -> None:
    make.make_action(edition, "1.1.8", starts_on=date(2027, 1, 1), lead=act.participations.get().organisation)
    make.make_action(edition, "1.1.9")
    closed = make.make_action(edition, "1.1.6", lead=act.participations.get().organisation)
    closed.closed_on, closed.closed_by = date(2026, 11, 1), "Somebody"
    closed.save()
    review = acts.open_review(
        edition,
        by=SYSTEM,
        starts_on=OCTOBER,
        ends_on=date(2026, 11, 15),
        due_on=date(2026, 12, 1),
        closes_on=date(2026, 12, 9),
    )
    assert [a.code for update_request in review.requests.all() for a in update_request.actions.all()] == ["1.1.1"]


@pytest.mark.long
def test_what_comes_into_the_plan_later_can_be_asked_about(
    review: Review, edition: Edition, act: Action, tomas: Person
) -> None:
    update_request = review.requests.get()
    acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    later = make.make_action(edition, "1.1.5", lead=act.participations.get(part=LeadRole.LEAD).organisation)
    later.person = tomas
    later.save()
    assert acts.request_the_rest(review, by=SYSTEM) == 1
    update_request.refresh_from_db()
    assert (update_request.state, sorted(a.code for a in update_request.actions.all())) == ("draft", ["1.1.1", "1.1.5"])
    with pytest.raises(Refused, match="An update has already been requested for every action with a lead"):
        acts.request_the_rest(review, by=SYSTEM)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"ends_on": date(2026, 9, 1)}, "ends_on"),
        ({"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 31)}, "starts_on"),
        ({"due_on": date(2026, 11, 23)}, "due_on"),
        ({"closes_on": date(2026, 11, 30)}, "closes_on"),
    ],
)
def test_days_out_of_order_open_nothing(edition: Edition, act: Action, days: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {
        "starts_on": OCTOBER,
        "ends_on": date(2026, 11, 15),
        "due_on": date(2026, 12, 1),
        "closes_on": date(2026, 12, 9),
    } | days
    with pytest.raises(Refused) as refusal:
        acts.open_review(edition, by=SYSTEM, **given)
    assert list(refusal.value.fields) == [field]
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"opens_after_days": 0}, "opens_after_days"),
        ({"due_after_days": 1}, "due_after_days"),
        ({"closes_after_days": 5}, "closes_after_days"),
        ({"closes_after_days": 400}, "closes_after_days"),
        ({"remind_before": [0]}, "remind_before"),
        ({"remind_after": list(range(1, 30))}, "remind_after"),
        ({"escalate_after_days": 0}, "escalate_after_days"),
        ({"frequency": "once"}, "frequency"),
        ({"reply_to": "not an address"}, "reply_to"),
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_refused(edition: Edition, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        acts.set_rhythm(edition, by=SYSTEM, **facts)
    assert list(refusal.value.fields) == [field]


@pytest.mark.long
def test_only_whoever_runs_reviews_may(
    edition: Edition, act: Action, review: Review, user_with: Callable[..., User]
) -> None:
    lead = user_with("lead", organisation=act.participations.get().organisation)
    for forbidden in (
        lambda: acts.set_rhythm(edition, by=lead),
        lambda: acts.remind_now(review, by=lead),
        lambda: acts.mark_closed(review, by=lead),
        lambda: acts.send_again(review.requests.get(), by=lead),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_a_reminder_by_hand_counts_for_the_day(review: Review) -> None:
    assert acts.remind_now(review, by=SYSTEM) == 1
    update_request = review.requests.get()
    assert (update_request.reminded_on, update_request.reminded_count) == (make.TODAY, 1)


def test_the_deputy_can_be_asked_by_hand_once_named(review: Review, tomas: Person) -> None:
    asked = acts.escalate_now(review.requests.get(), by=SYSTEM)
    assert str(asked.deputy) == "Rosa Faro"
    assert letters()[-1] == ("review.escalated", "rosa@csirt.example.org")


@pytest.mark.long
def test_moving_the_due_day_moves_the_reminders(review: Review, rhythm: Rhythm) -> None:
    acts.move_review(review, by=SYSTEM, due_on=date(2026, 12, 20), closes_on=date(2026, 12, 28))
    assert look(date(2026, 12, 3)) == 0  # the day before the old due day
    assert look(date(2026, 12, 13)) == 1  # a week before the new one
