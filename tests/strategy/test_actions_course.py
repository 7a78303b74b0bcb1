"""The course of an action: closing, holding, expecting, and a status override."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import course
from floreo.strategy.actions.milestones import reach_milestone, remove_milestone, unreach_milestone
from floreo.strategy.models import Action, Milestone
from tests.factories import strategy as make


def reach_all(act: Action, by: User) -> None:
    for milestone in Milestone.objects.filter(action=act):
        reach_milestone(milestone, by=by)


def test_done_means_that_every_milestone_is_reached(act: Action, secretariat: User, lead: User) -> None:
    with pytest.raises(Refused) as refused:
        course.close_action(act, by=secretariat)
    assert str(refused.value.sentence).startswith(
        "Milestones not reached: “Step 1”; “Step 2”. Enter the date of each, or remove it, then close the action."
    )
    first, second = act.milestones.all()
    reach_milestone(first, by=lead)
    remove_milestone(second, by=secretariat, reason="The law made it needless")
    closed = course.close_action(act, by=secretariat, name="Minister")
    assert (closed.status, closed.closed_on, closed.closed_by) == ("done", make.TODAY, "Minister")


def test_nothing_is_closed_tomorrow_or_before_it_began(act: Action, secretariat: User, lead: User) -> None:
    reach_all(act, lead)
    for day in (date(2026, 11, 25), date(2026, 8, 31)):
        with pytest.raises(Refused) as refused:
            course.close_action(act, by=secretariat, on=day)
        assert set(refused.value.fields) == {"on"}


def test_closing_ends_a_hold_and_a_status_set_by_hand(act: Action, secretariat: User, lead: User) -> None:
    course.hold_action(act, by=secretariat, reason="No money")
    course.set_override(act, by=secretariat, status="at_risk", reason="A bid failed")
    reach_all(act, lead)
    closed = course.close_action(act, by=secretariat)
    assert (closed.on_hold_since, closed.on_hold_reason, closed.override, closed.override_by) == (None, "", "", "")


@pytest.mark.long
def test_a_closed_action_opens_again_for_a_reason(act: Action, secretariat: User, lead: User) -> None:
    reach_all(act, lead)
    course.close_action(act, by=secretariat)
    with pytest.raises(Refused):
        course.close_action(act, by=secretariat)
    with pytest.raises(Refused) as refused:
        course.reopen_action(act, by=secretariat, reason=" ")
    assert set(refused.value.fields) == {"reason"}
    assert course.reopen_action(act, by=secretariat, reason="The form broke").status == "on_track"
    entry = AuditEntry.objects.get(verb="action.reopened")
    assert entry.detail["reason"] == "The form broke"


def test_a_hold_has_a_reason_and_ends(act: Action, secretariat: User) -> None:
    with pytest.raises(Refused):
        course.hold_action(act, by=secretariat, reason="")
    held = course.hold_action(act, by=secretariat, reason="No money until June", since=date(2026, 11, 1))
    assert (held.status, held.status_rule, held.status_since) == ("stalled", "on_hold", date(2026, 11, 1))
    assert course.resume_action(act, by=secretariat).status == "on_track"
    with pytest.raises(Refused):
        course.resume_action(act, by=secretariat)


def test_the_lead_says_when_it_is_expected_and_the_promise_stays(act: Action, lead: User) -> None:
    text = course.expect_action(act, by=lead, expected_on=date(2027, 9, 1), late_reason="The bill waits")
    assert (text.expected_on, text.due_on, text.status) == (date(2027, 9, 1), date(2027, 6, 30), "at_risk")


def test_a_status_set_by_hand_has_name_reason_and_date_until_it_is_lifted(act: Action, secretariat: User) -> None:
    with pytest.raises(Refused):
        course.set_override(act, by=secretariat, status="late", reason="")
    with pytest.raises(Refused):
        course.set_override(act, by=secretariat, status="fine", reason="Because")
    by_hand = course.set_override(act, by=secretariat, status="late", reason="The supplier is gone")
    assert (by_hand.status, by_hand.override_by, by_hand.override_on) == ("late", secretariat.name, make.TODAY)
    lifted = course.lift_override(act, by=secretariat)
    assert (lifted.status, lifted.override_reason, lifted.override_on) == ("on_track", "", None)


def test_only_the_lead_of_this_action_speaks_for_it(
    act: Action, lead: User, other_lead: User, observer: User, csirt: Organisation
) -> None:
    for user in (other_lead, observer):
        with pytest.raises(NotAllowed):
            course.expect_action(act, by=user, expected_on=date(2027, 9, 1))
    assert course.expect_action(act, by=lead, expected_on=None).expected_on is None


def test_a_lead_neither_closes_nor_sets_by_hand(act: Action, lead: User, user_with: Callable[..., User]) -> None:
    analyst = user_with("analyst")
    writes: list[Callable[[], object]] = [
        lambda: course.close_action(act, by=lead),
        lambda: course.hold_action(act, by=lead, reason="x"),
        lambda: course.set_override(act, by=lead, status="done", reason="x"),
        lambda: course.set_override(act, by=analyst, status="done", reason="x"),
    ]
    for refusal in writes:
        with pytest.raises(NotAllowed):
            refusal()


def test_a_tick_taken_back_says_why(act: Action, lead: User) -> None:
    milestone = act.milestones.first()
    assert milestone is not None
    reach_milestone(milestone, by=lead, on=date(2026, 11, 20))
    with pytest.raises(Refused):
        reach_milestone(milestone, by=lead, on=date(2026, 11, 25))
    open_again = unreach_milestone(milestone, by=lead, reason="The wrong one")
    assert open_again.reached_on is None
