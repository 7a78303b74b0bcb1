"""The three figures of reviews: what counts as in time, how late the rest came, and what was approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period, Reading
from floreo.reviews import actions as acts
from floreo.reviews import measures
from floreo.reviews.models import Review, UpdateRequest
from floreo.strategy.models import Action, Edition
from tests.reviews.conftest import opened

QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))


def plain(reading: Reading) -> tuple[object, ...]:
    return reading.value, reading.numerator, reading.denominator


@pytest.fixture
def two(edition: Edition, act: Action, other_act: Action) -> Review:
    """Two actions asked about, due on 4 December."""
    return opened(edition)


def send(review: Review, code: str, day: date) -> None:
    update_request = UpdateRequest.objects.get(review=review)
    with clock.pinned_day(day=day):
        acts.submit_answer(
            update_request, by=SYSTEM, act=update_request.actions.get(code=code), reported_by="Tomas", done="Done."
        )


@pytest.mark.long
def test_one_in_time_and_one_three_days_late(two: Review, edition: Edition) -> None:
    send(two, "1.1.1", date(2026, 12, 4))
    send(two, "1.1.2", date(2026, 12, 7))
    within = Filters(edition_id=edition.pk)
    assert plain(measures.share_updates_in_time(QUARTER, within)) == (50, 1, 2)
    assert plain(measures.median_days_update_late(QUARTER, within)) == (Decimal("1.5"), None, 2)


@pytest.mark.long
def test_what_never_came_is_not_in_time_and_has_no_days(two: Review, edition: Edition) -> None:
    send(two, "1.1.1", date(2026, 12, 1))
    within = Filters(edition_id=edition.pk)
    assert plain(measures.share_updates_in_time(QUARTER, within)) == (50, 1, 2)
    late = measures.median_days_update_late(QUARTER, within)
    assert plain(late) == (0, None, 1)
    assert late.left_out == (("updates_not_answered", 1),)


@pytest.mark.long
def test_what_is_still_in_time_is_not_counted_against_anybody(two: Review, edition: Edition) -> None:
    reading = measures.share_updates_in_time(Period(QUARTER.start, date(2026, 12, 4)), Filters(edition_id=edition.pk))
    assert plain(reading) == (None, 0, 0)
    assert reading.left_out == (("updates_still_in_time", 2),)


@pytest.mark.long
def test_a_correction_after_a_note_stays_in_time(two: Review, edition: Edition) -> None:
    send(two, "1.1.1", date(2026, 12, 1))
    update_request = UpdateRequest.objects.get(review=two)
    acts.return_answer(update_request.answers.get(), by=SYSTEM, note="How many?")
    with clock.pinned_day(day=date(2026, 12, 8)):
        acts.submit_answer(
            update_request, by=SYSTEM, act=update_request.actions.get(code="1.1.1"), reported_by="Tomas", done="58."
        )
    assert plain(measures.share_updates_in_time(QUARTER, Filters(edition_id=edition.pk)))[1:] == (1, 2)


@pytest.mark.long
def test_only_what_was_approved_counts_as_updated(two: Review, edition: Edition) -> None:
    send(two, "1.1.1", date(2026, 11, 24))
    send(two, "1.1.2", date(2026, 11, 24))
    acts.approve_answer(UpdateRequest.objects.get(review=two).answers.get(action__code="1.1.1"), by=SYSTEM)
    reading = measures.share_actions_updated(QUARTER, Filters(edition_id=edition.pk))
    assert plain(reading) == (50, 1, 2)
    assert [(g.name, g.numerator, g.denominator) for g in reading.groups] == [("National CSIRT", 1, 2)]


@pytest.mark.long
def test_an_action_asked_about_twice_counts_once(two: Review, edition: Edition) -> None:
    opened_again = acts.open_review(
        edition,
        by=SYSTEM,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 20),
        due_on=date(2026, 12, 6),
        closes_on=date(2026, 12, 9),
    )
    send(opened_again, "1.1.1", date(2026, 11, 24))
    acts.approve_answer(UpdateRequest.objects.get(review=opened_again).answers.get(), by=SYSTEM)
    within = Filters(edition_id=edition.pk)
    assert plain(measures.share_actions_updated(QUARTER, within)) == (50, 1, 2)
    assert plain(measures.share_updates_in_time(QUARTER, within))[2] == 4


@pytest.mark.long
def test_internal_actions_are_not_in_a_public_figure(two: Review, edition: Edition) -> None:
    Action.objects.filter(code="1.1.2").update(is_public=False)
    assert plain(measures.share_actions_updated(QUARTER, Filters(edition_id=edition.pk)))[2] == 1


@pytest.mark.long
def test_a_review_counts_in_the_period_in_which_it_was_due(two: Review, edition: Edition) -> None:
    before = Period(date(2026, 7, 1), date(2026, 9, 30))
    assert plain(measures.share_updates_in_time(before, Filters(edition_id=edition.pk))) == (None, 0, 0)


@pytest.mark.long
def test_each_figure_takes_two_queries(two: Review, django_assert_num_queries: object) -> None:
    for measure in (measures.share_updates_in_time, measures.median_days_update_late, measures.share_actions_updated):
        with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's
            measure(QUARTER, Filters())
