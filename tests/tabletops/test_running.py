"""An exercise runs: injects at their minute, by hand, once; pauses; one that nobody closes; who is reached and how."""

from __future__ import annotations

from datetime import timedelta

import pytest

from floreo.config.jobs import JOBS, Lane
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.offers import jobs
from floreo.tabletops.actions import joining, planning, running
from floreo.tabletops.models import Delivery, Inject, Tabletop
from floreo.tabletops.recipients import INJECT
from tests.tabletops.making import accepted, fresh, inject, mails, minutes_later, on_screen, started, tabletop

pytestmark = pytest.mark.django_db


def states(of: Tabletop) -> list[tuple[int, str]]:
    return list(Inject.objects.filter(tabletop=of).order_by("number").values_list("number", "state"))


def tick(minutes: float) -> int:
    with minutes_later(minutes):
        return running.run_clock(by=SYSTEM)


# --- The schedule -------------------------------------------------------------------------------------------------


def test_an_exercise_is_a_copy_of_its_scenario_with_its_spanish() -> None:
    made = tabletop()
    assert (made.code[:8], made.duration, made.objectives.count(), made.evaluation_points.count()) == (
        f"ex-{made.planned_at.year}-",
        60,
        2,
        1,
    )
    first = inject(made, 1)
    assert first.in_language("title", "es").startswith("La grúa")
    assert [e.objective.title[:6] for e in first.expected.all() if e.objective] == ["Inform", "Decide"]


def test_an_inject_before_the_start_is_refused() -> None:
    made = tabletop()
    with pytest.raises(Refused, match="Minute -5 is before the start"):
        planning.add_inject(made, by=SYSTEM, minute=-5, title="x", text="x")
    with pytest.raises(Refused, match="before the start"):
        planning.update_inject(inject(made, 2), by=SYSTEM, minute=-1)


def test_an_inject_after_the_end_is_refused() -> None:
    made = tabletop()
    with pytest.raises(Refused, match="an inject at minute 61 would come after its end"):
        planning.add_inject(made, by=SYSTEM, minute=61, title="x", text="x")


def test_the_end_does_not_come_before_the_last_inject() -> None:
    with pytest.raises(Refused, match="An inject is planned for minute 60") as refusal:
        planning.update_tabletop(tabletop(), by=SYSTEM, duration=45)
    assert refusal.value.code == "inject_after_end"


def test_while_it_runs_no_inject_is_planned_for_a_minute_that_is_over() -> None:
    made = started()
    with minutes_later(10), pytest.raises(Refused, match="minute 4 is over"):
        planning.add_inject(made, by=SYSTEM, minute=4, title="x", text="x")


def test_a_sent_inject_and_what_was_expected_of_it_stay_as_they_were() -> None:
    made = started()
    first = inject(made, 1)
    with pytest.raises(Refused, match="stays as it was"):
        planning.update_inject(first, by=SYSTEM, text="other")
    with pytest.raises(Refused, match="stays as it was"):
        planning.remove_expected(first.expected.select_related("inject__tabletop").all()[0], by=SYSTEM)


@pytest.mark.parametrize("duration", [5, 5000])
def test_an_exercise_has_a_length_that_somebody_can_mean(duration: int) -> None:
    with pytest.raises(Refused, match="An exercise lasts from 15 to 4320 minutes"):
        planning.plan_tabletop(by=SYSTEM, planned_at=clock.now(), title="x", duration=duration)


# --- The clock ----------------------------------------------------------------------------------------------------


def test_injects_come_at_their_minute_and_once() -> None:
    made = started()
    assert states(made) == [(1, "sent"), (2, "waiting"), (3, "waiting")]
    assert (tick(19), tick(20), tick(21)) == (0, 1, 0)
    assert (tick(60), tick(61)) == (1, 0)
    assert states(made) == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert Delivery.objects.count() == 6  # three injects, two people


def test_the_clock_has_a_lane_of_its_own() -> None:
    mine = {name: job for name, job in jobs().items() if job.lane == "exercises"}
    assert list(mine) == ["injects of exercises"]
    assert [name for name, job in JOBS.items() if job.lane is Lane.EXERCISES] == ["injects of exercises"]
    assert mine["injects of exercises"].every <= timedelta(seconds=15)


def test_a_participant_without_mail_gets_it_on_screen_only() -> None:
    made = started()
    reached = {d.participant.number: d.by_mail for d in Delivery.objects.select_related("participant")}
    assert (reached, [m.to for m in mails(INJECT)]) == ({1: True, 2: False}, ["ana@example.org"])
    assert made.state == "running"


def test_who_accepts_later_gets_what_comes_later_by_mail() -> None:
    made = started()
    accepted(made, "late@example.org")
    running.send_inject(inject(made, 2), by=SYSTEM)
    assert [m.to for m in mails(INJECT)] == ["ana@example.org", "ana@example.org", "late@example.org"]


def test_nothing_starts_without_anybody_who_accepted_or_without_an_inject() -> None:
    made = tabletop()
    with pytest.raises(Refused, match="Nobody has accepted yet"):
        running.start_tabletop(made, by=SYSTEM)
    bare = planning.plan_tabletop(by=SYSTEM, planned_at=clock.now(), title="Bare")
    on_screen(bare)
    with pytest.raises(Refused, match="no inject yet"):
        running.start_tabletop(bare, by=SYSTEM)


def test_an_inject_that_is_sent_by_hand_is_not_sent_again() -> None:
    made = started()
    running.send_inject(inject(made, 2), by=SYSTEM)
    with pytest.raises(Refused, match="It is sent once"):
        running.send_inject(inject(made, 2), by=SYSTEM)
    assert (tick(20), len(mails(INJECT))) == (0, 2)


def test_a_skipped_inject_is_not_sent() -> None:
    made = started()
    running.skip_inject(inject(made, 2), by=SYSTEM, reason="Too little time")
    with pytest.raises(Refused, match="was skipped"):
        running.send_inject(inject(made, 2), by=SYSTEM)
    assert (tick(30), states(made)[1]) == (0, (2, "skipped"))


# --- A pause ------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_paused_exercise_sends_nothing_and_its_clock_does_not_run() -> None:
    made = started()
    with minutes_later(10):
        running.pause_tabletop(made, by=SYSTEM)
    assert (tick(45), states(made)[1]) == (0, (2, "waiting"))
    with minutes_later(45), pytest.raises(Refused, match="Let it go on first"):
        running.send_inject(inject(made, 2), by=SYSTEM)
    with minutes_later(100):
        running.resume_tabletop(made, by=SYSTEM)
        assert fresh(made).minute == 10
    assert (tick(109), tick(110)) == (0, 1)


def test_pausing_twice_and_going_on_without_a_pause_are_refused() -> None:
    made = started()
    with pytest.raises(Refused, match="not paused"):
        running.resume_tabletop(made, by=SYSTEM)
    running.pause_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="is paused"):
        running.pause_tabletop(made, by=SYSTEM)


def test_one_that_is_ended_while_it_is_paused_ended_at_its_pause() -> None:
    made = started()
    with minutes_later(10):
        running.pause_tabletop(made, by=SYSTEM)
    with minutes_later(300):
        ended = running.end_tabletop(made, by=SYSTEM)
    assert (ended.minute, ended.paused_at, ended.state) == (10, None, "ended")


# --- One that nobody closes ---------------------------------------------------------------------------------------


def test_an_exercise_that_nobody_closes_is_closed_twelve_hours_after_its_end() -> None:
    made = started()
    tick(60)
    assert (tick(60 + 11 * 60), fresh(made).state) == (0, "running")
    tick(60 + 12 * 60)
    found = fresh(made)
    assert (found.state, found.ended_by_itself, found.evaluation_due_on is not None) == ("ended", True, True)


def test_a_worker_that_was_away_for_a_day_closes_it_instead_of_sending_what_is_late() -> None:
    made = started()
    assert tick(24 * 60) == 0
    assert (fresh(made).state, states(made)) == ("ended", [(1, "sent"), (2, "skipped"), (3, "skipped")])
    assert len(mails(INJECT)) == 1


def test_a_pause_that_nobody_ends_is_over_after_a_month() -> None:
    made = started()
    running.pause_tabletop(made, by=SYSTEM)
    tick(29 * 24 * 60)
    assert fresh(made).state == "paused"
    tick(31 * 24 * 60)
    assert (fresh(made).state, fresh(made).ended_by_itself) == ("ended", True)


def test_an_ended_exercise_sends_nothing_any_more() -> None:
    made = started()
    running.end_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="not running"):
        running.send_inject(inject(made, 2), by=SYSTEM)
    assert (tick(30), states(made)[1]) == (0, (2, "skipped"))


# --- Addresses ----------------------------------------------------------------------------------------------------


def test_addresses_are_deleted_a_month_after_the_end() -> None:
    made = started()
    running.end_tabletop(made, by=SYSTEM)
    with minutes_later(29 * 24 * 60):
        assert joining.forget_addresses(by=SYSTEM) == 0
    with minutes_later(31 * 24 * 60):
        assert joining.forget_addresses(by=SYSTEM) == 1
    assert set(made.participants.values_list("mail", "invited_mail", "consent")) == {("", "", "")}


def test_who_accepted_is_informed_of_another_time_and_nobody_else() -> None:
    made = tabletop()
    accepted(made)
    on_screen(made)
    planning.update_tabletop(made, by=SYSTEM, planned_at=made.planned_at + timedelta(hours=2))
    planning.update_tabletop(made, by=SYSTEM, place="Elsewhere")
    assert [m.to for m in mails("tabletop.change")] == ["ana@example.org"]
