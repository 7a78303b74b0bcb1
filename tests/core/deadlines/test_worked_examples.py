"""Clocks worked out by hand, with a calendar of paper: an act shaped after NIS2 article 23, and our own reply clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from floreo.core.deadlines import Calendar, Clock, Facts, Pause, Rule, State, Submission, Which, Why, clocks, rule_of
from tests.core.deadlines.rules import (
    ACT_RULES,
    EARLY_WARNING,
    FINAL,
    INTERMEDIATE,
    NOTIFICATION,
    OFFICE,
    REPLY,
    at,
    end,
    example,
)

AWARE = {"aware": at("2026-12-02 14:05")}
SIGNIFICANT = {"significant": True}


def only(rule: Rule, facts: Facts, now: str, calendar: Calendar = OFFICE) -> Clock:
    (clock,) = clocks([rule], facts, calendar, at(now))
    return clock


def of(found: list[Clock]) -> dict[str, tuple[State, datetime | None]]:
    return {clock.key: (clock.state, clock.due) for clock in found}


def test_a_case_goes_through_the_whole_act() -> None:
    sent = (
        Submission("early_warning", at("2026-12-03 09:00")),
        Submission("notification", at("2026-12-05 15:00")),
        Submission("request", at("2026-12-10 10:00")),
    )
    moments = AWARE | {"replied": at("2026-12-03 18:00")}
    found = clocks(ACT_RULES, Facts(moments, sent, SIGNIFICANT), OFFICE, at("2026-12-11 08:00"))
    assert of(found) == {
        "early-warning": (State.MET, at("2026-12-03 14:05")),
        "notification": (State.MET_LATE, at("2026-12-05 14:05")),  # 55 minutes late
        "intermediate/1": (State.RUNNING, end("2026-12-15")),  # Friday, Monday, Tuesday
        "final": (State.RUNNING, end("2027-01-05")),
        "reply": (State.MET, at("2026-12-04 09:00")),
    }


@pytest.mark.parametrize(
    ("attributes", "state", "why", "due"),
    [
        ({"significant": True}, State.RUNNING, None, at("2026-12-03 14:05")),
        ({"significant": False}, State.DOES_NOT_APPLY, Why.CONDITION, at("2026-12-03 14:05")),
        ({}, State.NOT_KNOWN_YET, Why.FACTS_MISSING, at("2026-12-03 14:05")),
        ({"significant": None}, State.NOT_KNOWN_YET, Why.FACTS_MISSING, at("2026-12-03 14:05")),
    ],
)
def test_a_fact_that_is_not_known_does_not_say_that_the_law_does_not_apply(
    attributes: dict[str, object], state: State, why: Why | None, due: datetime
) -> None:
    clock = only(EARLY_WARNING, Facts(AWARE, (), attributes), "2026-12-02 15:00")
    assert (clock.state, clock.explanation.why, clock.due) == (state, why, due)


def test_conditions_ask_for_one_of_several_values_and_for_none_of_others() -> None:
    data = {
        "origin": {"moment": "aware"},
        "period": {"hours": 24},
        "met_by": {"submission": "notification"},
        "when": {"sector": ["energy", "water"]},
        "unless": {"entity_class": "small"},
    }
    rule = example("trust", "9", data)
    states = [
        only(rule, Facts(AWARE, (), {"sector": sector, "entity_class": size}), "2026-12-02 15:00").state
        for sector, size in [
            (frozenset({"health", "water"}), "essential"),
            ("health", "essential"),
            ("water", "small"),
            ("water", None),
            ("health", None),  # decided, whatever its class
        ]
    ]
    no = State.DOES_NOT_APPLY
    assert states == [State.RUNNING, no, no, State.NOT_KNOWN_YET, no]


def test_a_clock_goes_from_waiting_to_overdue_by_time_alone() -> None:
    facts = Facts(AWARE, (), SIGNIFICANT)
    times = ["2026-12-02 14:04", "2026-12-02 14:05", "2026-12-03 08:05", "2026-12-03 14:05", "2026-12-03 14:06"]
    assert [only(EARLY_WARNING, facts, now).state for now in times] == [
        State.NOT_STARTED,
        State.RUNNING,
        State.DUE_SOON,  # the last quarter: six of 24 hours
        State.DUE_SOON,
        State.OVERDUE,
    ]
    assert only(EARLY_WARNING, facts, "2026-12-02 15:00").changes_at == at("2026-12-03 08:05")


def test_each_request_has_a_clock_of_its_own() -> None:
    sent = (
        Submission("request", at("2026-12-01 10:00")),
        Submission("intermediate", at("2026-12-02 10:00")),
        Submission("request", at("2026-12-03 10:00")),
    )
    found = clocks([INTERMEDIATE], Facts({}, sent), OFFICE, at("2026-12-04 00:00"))
    assert of(found) == {
        "intermediate/1": (State.MET, end("2026-12-04")),
        "intermediate/2": (State.RUNNING, end("2026-12-08")),
    }


def test_the_first_submission_counts_unless_the_law_says_the_last() -> None:
    sent = (Submission("notification", at("2026-12-05 15:00")), Submission("notification", at("2026-12-09 15:00")))
    last = replace(FINAL, origin=replace(FINAL.origin, which=Which.LAST), while_ongoing=None)
    facts = Facts(AWARE, sent, SIGNIFICANT)
    assert [only(rule, facts, "2026-12-10 08:00").due for rule in (FINAL, last)] == [
        end("2027-01-05"),
        end("2027-01-09"),
    ]


class TestOngoing:
    """Notified on 31 December: the final report is due on 31 January, and the incident goes on."""

    notified = Submission("notification", at("2026-12-31 10:00"))

    def seen(self, now: str, *sent: Submission, **moments: datetime) -> dict[str, tuple[State, datetime | None]]:
        facts = Facts(moments, (self.notified, *sent), SIGNIFICANT)
        return of(clocks([FINAL], facts, OFFICE, at(now)))

    def test_until_it_is_due_there_is_one_clock(self) -> None:
        assert self.seen("2027-01-31 12:00") == {"final": (State.DUE_SOON, end("2027-01-31"))}

    def test_then_progress_reports_are_due_each_month_without_drift(self) -> None:
        progress = Submission("progress", at("2027-01-30 12:00"))
        assert self.seen("2027-03-15 12:00", progress) == {
            "final/progress-1": (State.MET, end("2027-01-31")),
            "final/progress-2": (State.OVERDUE, end("2027-02-28")),
            "final/progress-3": (State.RUNNING, end("2027-03-31")),
            "final": (State.NOT_STARTED, None),
        }

    def test_one_report_covers_those_that_were_due_and_not_the_next(self) -> None:
        late = Submission("progress", at("2027-03-10 12:00"))
        states = [state for state, _due in self.seen("2027-03-15 12:00", late).values()]
        assert states == [State.MET_LATE, State.MET_LATE, State.RUNNING, State.NOT_STARTED]

    def test_when_it_is_handled_the_final_report_is_due_a_month_later(self) -> None:
        progress = Submission("progress", at("2027-01-30 12:00"))
        seen = self.seen("2027-03-01 12:00", progress, handled=at("2027-02-10 12:00"))
        assert seen == {
            "final/progress-1": (State.MET, end("2027-01-31")),
            "final": (State.RUNNING, end("2027-03-10")),
        }

    def test_an_incident_handled_in_time_has_no_progress_report(self) -> None:
        seen = self.seen("2027-02-01 12:00", handled=at("2027-01-20 12:00"))
        assert seen == {"final": (State.OVERDUE, end("2027-01-31"))}


class TestOurReply:
    """Our own commitment in hours of service: 8 to 12 and 13 to 17, Monday to Friday; 19 November 2026, a Thursday, is a holiday."""

    def due(self, number: int, unit: str, received: str) -> datetime | None:
        data = {"origin": {"moment": "received"}, "period": {unit: number}, "met_by": {"moment": "acknowledged"}}
        rule = rule_of(data, code="ours", titles={}, holds_from=date(2026, 1, 1), is_ours=True)
        return only(rule, Facts({"received": at(received)}), "2026-12-31 00:00").due

    def test_working_hours_run_in_hours_of_service_only(self) -> None:
        assert self.due(4, "working_hours", "2026-11-18 15:30") == at("2026-11-20 10:30")  # 1.5 h, holiday, 2.5 h
        assert self.due(4, "working_hours", "2026-11-21 03:00") == at("2026-11-23 12:00")  # a Saturday night
        assert self.due(4, "working_hours", "2026-11-23 10:00") == at("2026-11-23 15:00")  # with the hour of lunch

    def test_working_days_leave_out_weekend_and_holiday(self) -> None:
        assert self.due(2, "working_days", "2026-11-18 15:30") == end("2026-11-23")  # Friday, Monday
        assert self.due(1, "working_days", "2026-11-21 03:00") == end("2026-11-23")

    def test_where_nobody_said_which_holidays_there_are_the_clock_says_so(self) -> None:
        facts = Facts({}, (Submission("request", at("2026-12-30 10:00")),))
        clock = only(INTERMEDIATE, facts, "2026-12-30 11:00")
        assert (clock.due, clock.explanation.beyond_holidays) == (end("2027-01-04"), True)


class TestPauses:
    paused = replace(NOTIFICATION, pauses=frozenset({"case"}))

    def test_while_it_lasts_nothing_is_due(self) -> None:
        pause = Pause("case", at("2026-12-03 00:00"))
        clock = only(self.paused, Facts(AWARE, (), SIGNIFICANT, (pause,)), "2026-12-20 00:00")
        assert (clock.state, clock.due) == (State.PAUSED, None)

    def test_afterwards_it_is_due_as_much_later(self) -> None:
        pause = Pause("case", at("2026-12-03 00:00"), at("2026-12-04 06:30"))
        clock = only(self.paused, Facts(AWARE, (), SIGNIFICANT, (pause,)), "2026-12-05 00:00")
        assert (clock.due, clock.explanation.paused_for) == (at("2026-12-06 20:35"), timedelta(hours=30, minutes=30))

    def test_a_pause_that_began_too_late_or_is_of_another_kind_changes_nothing(self) -> None:
        late, other = Pause("case", at("2026-12-06 00:00")), Pause("other", at("2026-12-03 00:00"))
        clock = only(self.paused, Facts(AWARE, (), SIGNIFICANT, (late, other)), "2026-12-07 00:00")
        assert (clock.state, clock.due) == (State.OVERDUE, at("2026-12-05 14:05"))

    def test_a_day_at_whose_end_it_is_paused_does_not_count(self) -> None:
        rule = replace(INTERMEDIATE, pauses=frozenset({"case"}))
        pause = Pause("case", at("2026-12-02 12:00"), at("2026-12-03 12:00"))
        facts = Facts({}, (Submission("request", at("2026-12-01 10:00")),), {}, (pause,))
        assert only(rule, facts, "2026-12-04 00:00").due == end("2026-12-07")  # Thursday, Friday, Monday


class TestVersions:
    """From 1 December 2026 the early warning is due after 12 hours."""

    old = EARLY_WARNING
    new = replace(
        EARLY_WARNING, amount=replace(EARLY_WARNING.amount, number=12), holds_from=date(2026, 12, 1), version="2"
    )

    def seen(self, aware: str, now: str) -> tuple[str, datetime | None, date | None]:
        facts = Facts({"aware": at(aware)}, (), SIGNIFICANT)
        (clock,) = clocks([self.old, self.new], facts, OFFICE, at(now))
        return clock.rule.version, clock.due, clock.explanation.newer_version_from

    def test_the_version_of_the_day_of_the_origin_holds_and_the_clock_says_so(self) -> None:
        before = self.seen("2026-11-30 20:00", "2026-11-30 21:00")
        after = self.seen("2026-11-30 20:00", "2026-12-01 09:00")
        assert (before, after) == (
            ("2026-01-01", at("2026-12-01 20:00"), None),
            ("2026-01-01", at("2026-12-01 20:00"), date(2026, 12, 1)),
        )
        assert self.seen("2026-12-01 00:00", "2026-12-01 09:00") == ("2", at("2026-12-01 12:00"), None)

    def test_before_the_first_version_there_was_no_such_law(self) -> None:
        clock = only(EARLY_WARNING, Facts({"aware": at("2025-12-31 23:59")}, (), SIGNIFICANT), "2026-01-01 09:00")
        assert (clock.state, clock.explanation.why) == (State.DOES_NOT_APPLY, Why.BEFORE_THE_LAW)


class TestCalendar:
    new_york = Calendar(ZoneInfo("America/New_York"))

    def test_24_hours_are_24_hours_on_the_nights_when_clocks_change(self) -> None:
        zone = self.new_york.zone
        dues = [
            only(
                EARLY_WARNING, Facts({"aware": at(aware, zone)}, (), SIGNIFICANT), "2026-12-31 00:00", self.new_york
            ).due
            for aware in ("2026-03-07 12:00", "2026-10-31 12:00")
        ]
        assert dues == [at("2026-03-08 13:00", zone), at("2026-11-01 11:00", zone)]

    def test_a_month_ends_with_the_month_where_it_is_shorter(self) -> None:
        dues = [
            only(FINAL, Facts({}, (Submission("notification", at(day)),), SIGNIFICANT), now).due
            for day, now in [
                ("2026-01-31 10:00", "2026-02-01 00:00"),
                ("2028-01-31 10:00", "2028-02-01 00:00"),
                ("2028-02-29 10:00", "2028-03-01 00:00"),
            ]
        ]
        assert dues == [end("2026-02-28"), end("2028-02-29"), end("2028-03-29")]

    def test_a_last_day_that_is_no_working_day_gives_way_to_the_next(self) -> None:
        facts = Facts({}, (Submission("notification", at("2026-11-25 10:00")),), SIGNIFICANT)
        clock = only(replace(FINAL, moves_to_working_day=True), facts, "2026-11-26 00:00")
        assert (clock.due, clock.explanation.moved) == (end("2026-12-28"), True)  # Christmas is a Friday


def test_a_clock_is_counted_from_the_end_of_another() -> None:
    data = {"origin": {"clock": "early-warning"}, "period": {"hours": 24}, "met_by": {"moment": "replied"}}
    after = example("reply-in-law", "23(5)", data)
    due = example("meeting", "30", data | {"origin": {"clock": "early-warning", "which": "due"}})
    facts = Facts(AWARE, (Submission("early_warning", at("2026-12-02 16:00")),), SIGNIFICANT)
    found = clocks([after, due, EARLY_WARNING], facts, OFFICE, at("2026-12-03 00:00"))
    assert of(found) == {
        "reply-in-law": (State.RUNNING, at("2026-12-03 16:00")),
        "meeting": (State.NOT_STARTED, at("2026-12-04 14:05")),
        "early-warning": (State.MET, at("2026-12-03 14:05")),
    }


def test_clocks_in_a_circle_are_refused() -> None:
    data = {"period": {"hours": 1}, "met_by": {"moment": "replied"}}
    rules = [
        example("a", "1", data | {"origin": {"clock": "b"}}),
        example("b", "1", data | {"origin": {"clock": "a"}}),
    ]
    with pytest.raises(ValueError, match="in a circle: a, b"):
        clocks(rules, Facts(), OFFICE, at("2026-12-03 00:00"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"perod": {"hours": 1}}, "Rule x: unknown field perod."),
        ({"period": {"weeks": 1}}, "Rule x: 'weeks' is not a valid Unit"),
        ({"period": {"hours": "24"}}, "Rule x: a period is a whole number."),
        ({"origin": {}}, "Rule x: name one moment, submission or clock."),
        ({"met_by": {"clock": "a"}}, "Rule x: A clock is met by a moment or a submission."),
    ],
)
def test_a_rule_that_is_not_well_formed_says_what_is_wrong(change: dict[str, object], sentence: str) -> None:
    data = {"origin": {"moment": "aware"}, "period": {"hours": 1}, "met_by": {"moment": "replied"}}
    with pytest.raises(ValueError, match=sentence):
        example("x", "1", data | change)


def test_our_reply_waits_for_its_origin() -> None:
    clock = only(REPLY, Facts(AWARE), "2026-12-03 00:00")
    assert (clock.state, clock.explanation.why, clock.due) == (State.NOT_STARTED, Why.ORIGIN_MISSING, None)
