"""Answers to questions, from people, papers and phones; versions of questions; and the day of an interview."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.surveys.questions import (
    LATE_BY,
    Asked,
    Differs,
    Kind,
    Phase,
    Worded,
    Wrong,
    differing,
    is_in_time,
    judged_time,
    mean_of,
    phase_of,
    sound_answers,
    why_not_comparable,
)

QUESTIONS = (
    Asked("net", Kind.SINGLE, ("daily", "never"), must=True),
    Asked("signs", Kind.MULTIPLE, ("link", "sender", "hurry")),
    Asked("accounts", Kind.NUMBER, low=0, high=50, if_key="net", if_options=("daily",)),
    Asked("safe", Kind.SCALE, ("1", "2", "3", "4", "5"), low=1, high=5),
    Asked("comment", Kind.TEXT),
)


class TestAnswers:
    def test_what_fits_is_stored_as_it_is_meant(self) -> None:
        given = {"net": "daily", "signs": ["hurry", "link"], "accounts": " 1,2 ", "safe": "4", "comment": " Good.\r\n"}
        found = sound_answers(QUESTIONS, given | {"accounts": "12"})
        assert found.answers == {
            "net": "daily",
            "signs": ["link", "hurry"],
            "accounts": 12,
            "safe": 4,
            "comment": "Good.",
        }
        assert (found.wrong, found.not_asked) == ({}, ())

    @pytest.mark.parametrize(
        ("given", "wrong"),
        [
            ({"net": "daily", "colour": "red"}, {"colour": Wrong.UNKNOWN_QUESTION}),
            ({"net": "hourly"}, {"net": Wrong.UNKNOWN_OPTION}),
            ({"net": ["daily"]}, {"net": Wrong.UNKNOWN_OPTION}),
            ({"net": "daily", "signs": ["link", "colour"]}, {"signs": Wrong.UNKNOWN_OPTION}),
            ({"net": "daily", "signs": ["link"] * 1000}, {"signs": Wrong.UNKNOWN_OPTION}),
            ({"net": "daily", "accounts": "51"}, {"accounts": Wrong.OUT_OF_RANGE}),
            ({"net": "daily", "accounts": "-1"}, {"accounts": Wrong.OUT_OF_RANGE}),
            ({"net": "daily", "accounts": "twelve"}, {"accounts": Wrong.NOT_A_NUMBER}),
            ({"net": "daily", "accounts": True}, {"accounts": Wrong.NOT_A_NUMBER}),
            ({"net": "daily", "accounts": "٣"}, {"accounts": Wrong.NOT_A_NUMBER}),
            ({"net": "daily", "safe": 6}, {"safe": Wrong.OUT_OF_RANGE}),
            ({"net": "daily", "comment": "x" * 501}, {"comment": Wrong.TOO_LONG}),
            ({"net": "daily", "comment": "x" * 2_000_000}, {"comment": Wrong.TOO_LONG}),
            ({"signs": ["link"]}, {"net": Wrong.MISSING}),
            ([1, 2], {"": Wrong.NOT_ANSWERS}),
            ("net=daily", {"": Wrong.NOT_ANSWERS}),
        ],
    )
    def test_what_does_not_fit_is_named_at_its_question(self, given: Any, wrong: dict[str, Wrong]) -> None:
        assert sound_answers(QUESTIONS, given).wrong == wrong

    def test_what_is_not_asked_is_left_out(self) -> None:
        found = sound_answers(QUESTIONS, {"net": "never", "accounts": "7"})
        assert (found.answers, found.not_asked, found.wrong) == ({"net": "never"}, ("accounts",), {})

    def test_a_script_is_text(self) -> None:
        text = "<script>alert(1)</script>"
        assert sound_answers(QUESTIONS, {"net": "never", "comment": text}).answers["comment"] == text

    def test_nul_and_marks_of_direction_do_not_stay(self) -> None:
        found = sound_answers(QUESTIONS, {"net": "never", "comment": "a\x00b\u202ec\ud800"})
        assert found.answers["comment"] == "a b c?"

    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )

    @pytest.mark.long
    @given(st.dictionaries(st.sampled_from(("net", "signs", "accounts", "safe", "comment", "x")), junk))
    def test_whatever_comes_is_stored_soundly_or_named(self, given: dict[str, Any]) -> None:
        found = sound_answers(QUESTIONS, given)
        again = sound_answers(QUESTIONS, found.answers)
        assert set(found.answers).isdisjoint(found.wrong)
        assert again.answers == found.answers
        assert set(found.answers) <= {q.key for q in QUESTIONS}


def test_two_typings_differ_where_they_say_something_else() -> None:
    assert differing({"a": 1, "b": ["x"]}, {"a": 1, "b": ["x", "y"], "c": 2}) == ["b", "c"]


class TestVersions:
    base = Worded(3, "single", (("", "Why?"),), (("yes", (("text", "Yes"),)),))

    @pytest.mark.parametrize(
        ("after", "why"),
        [
            (base, None),
            (None, Differs.NOT_ASKED),
            (Worded(3, "scale", base.texts, base.options), Differs.KIND),
            (Worded(3, "single", (("", "Why not?"),), base.options), Differs.WORDS),
            (Worded(3, "single", (("", "Why?"), ("es", "¿Por qué?")), base.options), Differs.WORDS),
            (Worded(3, "single", base.texts, (("yes", (("text", "Yes!"),)),)), Differs.OPTIONS),
            (Worded(3, "single", base.texts, base.options, (1, 5)), Differs.OPTIONS),
            (Worded(4, "single", base.texts, base.options), Differs.PLACE),
            (Worded(3, "single", base.texts, base.options, asked_if=("net", ("daily",))), Differs.CONDITION),
        ],
    )
    def test_waves_compare_where_the_question_was_put_alike(self, after: Worded | None, why: Differs | None) -> None:
        assert why_not_comparable(self.base, after) is why


class TestTimes:
    zone = ZoneInfo("Etc/GMT+6")
    now = datetime(2026, 11, 24, 18, tzinfo=UTC)

    def test_the_phones_clock_counts_where_it_can_be_true(self) -> None:
        found = judged_time(self.now - timedelta(days=2), self.now, date(2026, 11, 20), self.zone, sent_at=self.now)
        assert (found.on, found.clock_off) == (date(2026, 11, 22), False)

    @pytest.mark.parametrize(
        ("taken", "sent"),
        [
            (timedelta(days=365), timedelta(days=365)),  # a year ahead
            (timedelta(days=-365), timedelta(days=-365)),  # a year behind
            (timedelta(days=-1), timedelta(days=30)),  # wrong about now
            (timedelta(hours=2), None),
            (timedelta(days=-130), None),
        ],
    )
    def test_a_clock_that_is_off_is_marked_and_the_arrival_counts(
        self, taken: timedelta, sent: timedelta | None
    ) -> None:
        moment = self.now + sent if sent is not None else None
        found = judged_time(self.now + taken, self.now, None, self.zone, sent_at=moment)
        assert (found.on, found.clock_off) == (date(2026, 11, 24), True)

    def test_before_the_wave_it_cannot_have_been(self) -> None:
        assert judged_time(self.now - timedelta(days=9), self.now, date(2026, 11, 20), self.zone).clock_off

    def test_without_a_clock_the_arrival_counts(self) -> None:
        assert judged_time(None, self.now, None, self.zone).on == date(2026, 11, 24)

    def test_an_interview_counts_that_was_held_in_time_and_did_not_travel_too_long(self) -> None:
        last = date(2026, 11, 20)
        assert is_in_time(last, last + LATE_BY, last)
        assert not is_in_time(last + timedelta(days=1), last + LATE_BY, last)
        assert not is_in_time(last, last + LATE_BY + timedelta(days=1), last)

    def test_a_wave_opens_and_closes_with_its_days(self) -> None:
        first, last = date(2026, 11, 10), date(2026, 11, 20)
        days = (date(2026, 11, 9), first, last, date(2026, 11, 21))
        found = [phase_of("open", first, last, today=day) for day in days]
        assert found == [Phase.WAITING, Phase.OPEN, Phase.OPEN, Phase.CLOSED]
        assert phase_of("draft", first, last, today=first) is Phase.DRAFT


def test_a_mean_is_weighted() -> None:
    assert mean_of([(10.0, 1.0), (20.0, 3.0)]) == pytest.approx((17.5, 4.330127, 1.6))
    assert mean_of([]) is None
