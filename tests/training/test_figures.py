"""The figures of training and what waits for whoever runs it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Filters, Period
from floreo.core.tasks import Recipient
from floreo.organisations.models import Country
from floreo.strategy.models import Edition
from floreo.training import measures, presenters
from floreo.training.actions import attending, enrolling, results
from floreo.training.actions.attending import Ticked
from floreo.training.models import Cohort, Course
from floreo.training.queries import account_of
from floreo.training.tables import COHORTS, completed_in, people_in
from floreo.training.tasks import waiting_tasks
from tests.training.making import cohort, course, entered, held, programme

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
EVER = Period(date(2000, 1, 1), date(2100, 12, 31))


def closed(
    people: int, present: int, *, of: Course | None = None, scores: tuple[int, int] | None = None, **facts: Any
) -> Cohort:
    made = held(people, of=of, **facts)
    ticked = Ticked(frozenset(), frozenset(range(1, present + 1)))
    attending.record_list(made.sessions.get(), by=SYSTEM, ticked=ticked)
    if scores:
        given = {n: (Decimal(scores[0]), Decimal(scores[1])) for n in range(1, present + 1)}
        results.enter_scores(made, by=SYSTEM, scores=given)
    return results.close_cohort(made, by=SYSTEM)


@pytest.mark.django_db
class TestMeasures:
    @pytest.mark.long
    def test_each_person_is_counted_once_where_they_are_known_again(self) -> None:
        one = course()
        for code in ("first", "second"):
            made = held(1, of=one, code=code, title=code)
            entered(made, "Ana Abalone", "ana@example.org", "health")
            attending.record_list(made.sessions.get(), by=SYSTEM, ticked=Ticked(frozenset(), frozenset({1, 2})))
            results.close_cohort(made, by=SYSTEM)
        found = measures.people_trained(EVER, Filters())
        assert (found.value, len(found.records)) == (Decimal(3), 3)
        assert [(g.name, g.numerator) for g in found.groups] == [("Public administration", 2), ("Health", 1)]

    def test_what_is_not_closed_is_counted_in_nothing(self) -> None:
        made = held(6)
        attending.record_list(made.sessions.get(), by=SYSTEM, ticked=Ticked(frozenset(), frozenset({1})))
        for measure in (measures.people_trained, measures.share_completed, measures.share_passed, measures.median_gain):
            assert not measure(EVER, Filters()).value

    @pytest.mark.long
    def test_shares_hold_everybody_who_took_part(self) -> None:
        closed(10, 8, scores=(40, 70), pass_mark=60)
        found = measures.share_completed(EVER, Filters())
        assert (found.value, found.numerator, found.denominator) == (Decimal(80), Decimal(8), Decimal(10))
        passed = measures.share_passed(EVER, Filters())
        assert (passed.value, passed.denominator) == (Decimal(100), Decimal(8))
        assert measures.median_gain(EVER, Filters()).value == Decimal(30)

    @pytest.mark.long
    def test_officials_are_those_of_courses_for_officials(self) -> None:
        closed(5, 5)
        closed(
            7, 7, of=course(programme(code="firms", title="Firms", audience="small_firms"), code="firms"), code="firms"
        )
        assert measures.officials_trained(EVER, Filters()).value == Decimal(5)
        assert measures.people_trained(EVER, Filters()).value == Decimal(12)
        assert measures.people_trained_for_roles(EVER, Filters()).value == Decimal(0)

    def test_sessions_and_seats(self) -> None:
        closed(5, 5)
        cohort(Course.objects.get(), code="to-come", capacity=15, sessions=2)
        assert measures.training_sessions(EVER, Filters()).value == Decimal(1)
        seats = measures.seats_offered(EVER, Filters())
        assert (seats.value, seats.left_out) == (Decimal(15), (("cohorts_without_seats", 1),))


@pytest.mark.django_db
class TestSmallNumbers:
    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("people", "present", "shown"),
        [(4, 4, None), (10, 4, None), (10, 7, None), (10, 5, 5), (6, 6, 6), (10, 0, 0)],
    )
    def test_no_cohort_shows_a_number_from_which_one_could_be_known(
        self, people: int, present: int, shown: int | None
    ) -> None:
        made = closed(people, present)
        row = COHORTS.rows(None).get(pk=made.pk)
        assert completed_in(row) == shown
        assert (people_in(row) is None) == (shown is None)
        text = presenters.result_text(account_of(made), is_public=True)
        assert (str(present) in text) == (shown is not None) or present == 0

    def test_counts_by_sector_hide_small_ones_and_what_would_give_them_away(self) -> None:
        lines = presenters.safe_counts([("Public", 30), ("Health", 3), ("Water", 9)])
        assert [(line.words, line.count) for line in lines] == [("Public", 30), ("Health", None), ("Water", None)]


class TestSample:
    @pytest.mark.long
    def test_the_sample_country_trained_as_many_officials_as_it_says(self, isla: Country) -> None:
        edition = Edition.objects.get(code="2025-2028")
        filters = Filters(edition_id=edition.pk)
        ends = {
            date(2025, 3, 31): 40,
            date(2025, 6, 30): 85,
            date(2025, 9, 30): 110,
            date(2025, 12, 31): 160,
            date(2026, 3, 31): 210,
            date(2026, 6, 30): 236,
            date(2026, 11, 24): 236,
        }
        for end, number in ends.items():
            assert measures.officials_trained(Period(end.replace(day=1), end), filters).value == number, end
        assert measures.people_trained(YEAR, Filters()).value == 9 + 41 + 26 + 14 + 18
        assert measures.training_sessions(YEAR, Filters()).value == 1 + 1 + 1 + 5 + 4 + 1
        assert (Cohort.objects.count(), sum(c.enrolments.count() for c in Cohort.objects.all())) == (12, 360)

    def test_what_waits_in_the_sample_country(self, isla: Country) -> None:
        recipient = Recipient(permissions=frozenset({Permission.TRAINING_RUN}))
        found = list(waiting_tasks(recipient, viewer=SYSTEM, today=clock.today()))
        assert [(t.title, t.why) for t in found] == [
            ("Everyday security at the hospital", "The cohort has ended: record its results.")
        ]


@pytest.mark.django_db
class TestTasks:
    def tasks(self, *permissions: Permission) -> list[tuple[str, str]]:
        recipient = Recipient(permissions=frozenset(permissions))
        rows = waiting_tasks(recipient, viewer=SYSTEM, today=clock.today())
        return [(t.key.rpartition("/")[2], t.why) for t in rows]

    def test_a_session_without_attendance_and_a_cohort_without_results(self) -> None:
        held(2)
        assert self.tasks(Permission.TRAINING_RUN) == [
            ("attendance", "Session 1: record who came."),
            ("results", "The cohort has ended: record its results."),
        ]
        assert self.tasks() == []
        assert self.tasks(Permission.TRAINING_READ) == []

    def test_free_seats_while_people_wait(self) -> None:
        made = cohort(days=0, sessions=3, capacity=1)
        first = entered(made, "Ana Abalone")
        entered(made, "Bruno Brisa")
        assert self.tasks(Permission.TRAINING_RUN) == []
        enrolling.leave(first, by=SYSTEM)
        assert self.tasks(Permission.TRAINING_RUN) == [("seats", "1 free seat, and people on the waiting list.")]

    def test_what_only_a_source_tells_of_waits_for_nobody(self) -> None:
        of = course()
        cohort(of, days=-400, sessions=0, is_history=True, sign_up="closed")
        assert self.tasks(Permission.TRAINING_RUN) == []

    def test_two_queries_whatever_waits(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        held(2, sessions=3)
        with django_assert_num_queries(2):
            assert len(self.tasks(Permission.TRAINING_RUN)) == 4


def test_belize_holds_what_sources_name_and_no_person(real_country: Country) -> None:
    rows = list(Cohort.objects.order_by("starts_on", "pk"))
    assert len(rows) == 7
    assert all(c.is_history and not c.confirmed and c.source and c.read_on for c in rows)
    assert {(c.capacity, c.stated_people, c.language) for c in rows} == {(None, None, "")}
    assert [c.enrolments.count() + c.sessions.count() for c in rows] == [0] * 7
    assert not any(c.course.hours for c in rows)
    until = clock.today() + timedelta(days=1)
    assert measures.people_trained(Period(date(2000, 1, 1), until), Filters()).value == 0
