"""Properties of what a stage takes over, what changed, and when something is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.obligations import logic
from floreo.obligations.logic import (
    NoticeKind,
    NotificationState,
    Question,
    QuestionKind,
    Rhythm,
    Stage,
    StageState,
    WaitingFor,
)

CODES = ("a", "b", "c", "d")
QUESTIONS = tuple(
    Question(code, QuestionKind.TEXT, {"en": code}, stages=frozenset(Stage), is_inherited=code != "d") for code in CODES
)
ANSWERS = st.dictionaries(st.sampled_from(CODES), st.sampled_from(["", "x", "y", "z"]))


@pytest.mark.long
@given(st.lists(ANSWERS, max_size=5))
def test_a_new_stage_begins_with_the_newest_answer_of_each_question(earlier: list[dict[str, Any]]) -> None:
    found = logic.inherited(QUESTIONS, Stage.FINAL, earlier)
    for code in CODES:
        given_ones = [each[code] for each in earlier if each.get(code)]
        expected = given_ones[-1] if given_ones and code != "d" else None
        assert found.get(code) == expected


@given(ANSWERS, ANSWERS)
def test_differences_bring_the_one_to_the_other_and_nothing_else(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = logic.differences(QUESTIONS, before, after)
    went = {code: value for code, value in before.items() if value}
    for each in found:
        assert each.before == (before.get(each.code) or None)
        went.pop(each.code, None)
        if each.after is not None:
            went[each.code] = each.after
    assert went == {code: value for code, value in after.items() if value}
    assert logic.differences(QUESTIONS, after, after) == []


@given(st.lists(ANSWERS, max_size=4))
def test_what_is_taken_over_unchanged_is_no_difference(earlier: list[dict[str, Any]]) -> None:
    taken = logic.inherited(QUESTIONS, Stage.FINAL, earlier)
    asked = [each for each in QUESTIONS if each.is_inherited]
    assert logic.differences(asked, logic.known(asked, earlier), taken) == []


@pytest.mark.long
@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 24), st.integers(0, 3000), st.sampled_from(Rhythm)
)
def test_due_days_rise_and_end_with_the_first_after_the_last_day(
    first: date, months: int, days: int, rhythm: Rhythm
) -> None:
    until = first + timedelta(days=days)
    found = list(logic.due_days(rhythm, first, months, until))
    assert found[0] == first
    assert found == sorted(set(found))
    if rhythm is Rhythm.MONTHS:
        assert found[-1] > until
        assert all(each <= until for each in found[:-1])
        assert all(each.day == first.day or (each + timedelta(days=1)).day == 1 for each in found)
    else:
        assert found == [first]


@given(st.lists(st.integers(-60, 60), max_size=6), st.integers(-90, 90), st.integers(0, 40))
def test_each_reminder_falls_due_once(days: list[int], since: int, later: int) -> None:
    due, start = date(2026, 6, 30), date(2026, 6, 30) + timedelta(days=since)
    middle, end = start + timedelta(days=later // 2), start + timedelta(days=later)
    whole = logic.reminders_due(due, days, start, end)
    assert whole == sorted(
        logic.reminders_due(due, days, start, middle) + logic.reminders_due(due, days, middle, end), reverse=True
    )


def test_a_final_report_waits_for_the_notification() -> None:
    sent, begun = [Stage.EARLY_WARNING], [Stage.EARLY_WARNING]
    may = {stage: logic.may_begin(NoticeKind.INCIDENT, stage, sent, begun) for stage in Stage}
    assert may == {
        Stage.EARLY_WARNING: False,
        Stage.NOTIFICATION: True,
        Stage.PROGRESS: True,
        Stage.FINAL: False,
    }
    assert not logic.may_begin(NoticeKind.VOLUNTARY, Stage.FINAL, [Stage.NOTIFICATION], [Stage.NOTIFICATION])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"impact": "stopped"}, True),
        ({"impact": "none"}, None),
        ({"impact": "none", "people": 499, "harm": []}, False),
        ({"impact": "none", "people": 500, "harm": []}, True),
        ({"people": 3, "harm": ["lives"]}, True),
        ({}, None),
    ],
)
def test_significance_is_known_only_where_every_rule_can_be_judged(
    answers: dict[str, Any], expected: bool | None
) -> None:
    rules = [
        logic.significance_rule_of(
            {"code": "1", "title": "1", "question": "impact", "one_of": ["stopped"]}, ["impact"]
        ),
        logic.significance_rule_of({"code": "2", "title": "2", "question": "people", "at_least": 500}, ["people"]),
        logic.significance_rule_of({"code": "3", "title": "3", "question": "harm", "one_of": ["lives"]}, ["harm"]),
    ]
    assert logic.significance(rules, answers)[0] is expected


@pytest.mark.parametrize(
    ("state", "stages", "is_held", "expected"),
    [
        (NotificationState.DRAFT, [(Stage.EARLY_WARNING, StageState.DRAFT)], False, WaitingFor.OPERATOR),
        (NotificationState.OPEN, [(Stage.EARLY_WARNING, StageState.SUBMITTED)], False, WaitingFor.REGULATOR),
        (NotificationState.OPEN, [(Stage.EARLY_WARNING, StageState.RETURNED)], False, WaitingFor.OPERATOR),
        (NotificationState.OPEN, [(Stage.EARLY_WARNING, StageState.ACCEPTED)], False, WaitingFor.OPERATOR),
        (NotificationState.OPEN, [(Stage.EARLY_WARNING, StageState.ACCEPTED)], True, WaitingFor.REGULATOR),
        (NotificationState.CLOSED, [(Stage.FINAL, StageState.ACCEPTED)], False, WaitingFor.NOBODY),
    ],
)
def test_somebody_always_acts_next_while_it_is_open(
    state: NotificationState, stages: list[tuple[Stage, StageState]], is_held: bool, expected: WaitingFor
) -> None:
    assert logic.waiting_for_whom(state, stages, is_held=is_held, is_asked=False) is expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"code": "A", "kind": "text", "text": "x", "stages": ["final"]}, "is not a code"),
        ({"code": "a", "kind": "song", "text": "x", "stages": ["final"]}, "song"),
        ({"code": "a", "kind": "text", "text": "x", "stages": []}, "at least one stage"),
        ({"code": "a", "kind": "text", "text": "x", "stages": ["final"], "required": ["progress"]}, "does not ask it"),
        ({"code": "a", "kind": "choice", "text": "x", "stages": ["final"]}, "need them"),
        ({"code": "a", "kind": "text", "text": "x", "stages": ["final"], "fact": "weather"}, "weather"),
        ({"code": "a", "kind": "text", "text": "x", "stages": ["final"], "colour": 1}, "unknown field colour"),
    ],
)
def test_a_form_that_is_wrong_says_what(data: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        logic.questions_of([data])
