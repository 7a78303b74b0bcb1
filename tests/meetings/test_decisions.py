"""Decisions: taken, asked for, turned into work, carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.keys import key
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient
from floreo.meetings import queries
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.decisions import (
    answer_decision,
    ask_decision,
    become_action,
    become_milestone,
    carry_out_decision,
    discard_decision,
    settle_decisions,
    take_decision,
    update_decision,
)
from floreo.meetings.measures import share_decisions_on_time
from floreo.meetings.models import Committee, Decision
from floreo.meetings.tasks import waiting_tasks
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.course import close_action, reopen_action
from floreo.strategy.actions.milestones import reach_milestone, unreach_milestone
from floreo.strategy.models import Action, Edition, Objective
from tests.factories.strategy import TODAY, make_action, make_edition
from tests.meetings.making import held, to_come

DUE = date(2026, 12, 1)


@pytest.fixture
def decision(edition: Edition, committee: Committee) -> Decision:
    return take_decision(
        edition,
        by=SYSTEM,
        committee=committee,
        title="Hire two",
        text="By year's end",
        due_on=DUE,
        is_public=True,
        organisation=Organisation.objects.get(code="police"),
        translations={"es": {"title": "Contratar"}},
    )


def again(decision: Decision) -> Decision:
    return Decision.objects.get(pk=decision.pk)


@pytest.mark.long
def test_it_is_about_what_its_point_is_about(edition: Edition, committee: Committee) -> None:
    act = make_action(edition)
    item = add_item(held(committee), by=SYSTEM, title="Law", thing=key(act))
    decision = take_decision(edition, by=SYSTEM, item=item, title="Vote")
    assert (decision.number, decision.about, decision.committee, decision.taken_on) == (
        "D-2026-01",
        key(act),
        committee,
        TODAY,
    )
    assert [d.decision for d in queries.decisions_about([act], SYSTEM)] == [decision]
    assert take_decision(edition, by=SYSTEM, title="Next").number == "D-2026-02"


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda e: take_decision(e, by=SYSTEM, title=" "), "Enter the decision in a few words."),
        (lambda e: take_decision(e, by=SYSTEM, title="T", on=TODAY + timedelta(days=1)), "in the future"),
        (
            lambda e: ask_decision(e, by=SYSTEM, title="T", addressed_to=" "),
            "Enter the post of the person who is asked, for example Minister.",
        ),
    ],
)
def test_what_is_refused(edition: Edition, act: Callable[[Edition], object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        act(edition)
    assert not Decision.objects.exists()


def test_it_becomes_an_action_led_by_who_carries_it_out(decision: Decision) -> None:
    act = become_action(decision, by=SYSTEM, objective=Objective.objects.get(), code="1.1.9")
    act.refresh_from_db()
    lead = act.participations.get()
    assert (act.title, act.due_on, act.starts_on, act.is_public, act.translations, act.source) == (
        "Hire two",
        DUE,
        TODAY,
        True,
        {"es": {"title": "Contratar"}},
        "Steering committee, D-2026-01",
    )
    assert (lead.organisation.code, lead.part, lead.starts_on) == ("police", "lead", TODAY)
    assert again(decision).became == key(act)
    assert list(AuditEntry.objects.order_by("-number").values_list("verb", flat=True)[:3]) == [
        "decision.became_action",
        "participation.added",
        "action.added",
    ]


@pytest.mark.long
def test_it_does_not_become_part_of_the_plan_twice(edition: Edition, decision: Decision) -> None:
    act = make_action(edition)
    become_milestone(decision, by=SYSTEM, act=act)
    for turn in (
        lambda: become_milestone(decision, by=SYSTEM, act=act),
        lambda: become_action(decision, by=SYSTEM, objective=Objective.objects.get(), code="1.1.9"),
    ):
        with pytest.raises(Refused, match="It is already part of the plan") as refused:
            turn()
        assert refused.value.code == "already_became"
    assert (act.milestones.count(), Action.objects.count()) == (1, 1)


def test_without_an_owner_it_becomes_no_action(edition: Edition) -> None:
    decision = take_decision(edition, by=SYSTEM, title="Somebody should")
    with pytest.raises(Refused, match="an action needs a lead"):
        become_action(decision, by=SYSTEM, objective=Objective.objects.get(), code="1.1.9")
    assert not Action.objects.exists()


def test_a_taken_code_undoes_it_all(edition: Edition, decision: Decision) -> None:
    make_action(edition, "1.1.1")
    with pytest.raises(Refused, match="already in use"):
        become_action(decision, by=SYSTEM, objective=Objective.objects.get(), code="1.1.1")
    assert again(decision).became == ""


@pytest.mark.long
def test_another_edition_is_refused(decision: Decision) -> None:
    other = make_action(make_edition("2029-2032"))
    with pytest.raises(Refused, match="different edition"):
        become_milestone(decision, by=SYSTEM, act=other)


@pytest.mark.long
def test_it_is_carried_out_when_what_it_became_is_done_and_open_again_when_that_is(
    edition: Edition, decision: Decision
) -> None:
    milestone = become_milestone(decision, by=SYSTEM, act=make_action(edition))
    with pytest.raises(Refused, match="carried out when that part is done"):
        carry_out_decision(decision, by=SYSTEM)
    assert settle_decisions(by=SYSTEM) == 0
    reach_milestone(milestone, by=SYSTEM, on=TODAY - timedelta(days=2))
    assert queries.shown([again(decision)])[0].state == "carried_out"  # at once, before the worker comes round
    assert settle_decisions(by=SYSTEM) == 1
    assert (again(decision).state, again(decision).done_on) == ("carried_out", TODAY - timedelta(days=2))
    unreach_milestone(milestone, by=SYSTEM, reason="Too early")
    settle_decisions(by=SYSTEM)
    assert (again(decision).state, again(decision).done_on) == ("taken", None)


def test_an_action_it_became_carries_it_out_too(decision: Decision) -> None:
    act = become_action(decision, by=SYSTEM, objective=Objective.objects.get(), code="1.1.9")
    close_action(act, by=SYSTEM, on=TODAY)
    settle_decisions(by=SYSTEM)
    assert again(decision).state == "carried_out"
    reopen_action(act, by=SYSTEM, reason="Not yet")
    entries = AuditEntry.objects.count()
    settle_decisions(by=SYSTEM)
    assert again(decision).state == "taken"
    settle_decisions(by=SYSTEM)
    assert AuditEntry.objects.count() == entries + 1  # nothing to say the second time


def test_what_it_became_may_be_removed_from_the_plan(edition: Edition, decision: Decision) -> None:
    milestone = become_milestone(decision, by=SYSTEM, act=make_action(edition))
    milestone.delete()
    assert settle_decisions(by=SYSTEM) == 0
    assert queries.shown([again(decision)])[0].became is None


def test_what_is_asked_stands_on_the_ministers_page_until_it_is_answered(edition: Edition, secretariat: User) -> None:
    asked = ask_decision(edition, by=SYSTEM, addressed_to="Minister", title="Sign", is_public=True)
    hidden = ask_decision(edition, by=SYSTEM, addressed_to="Minister", title="Quietly")
    take_decision(edition, by=SYSTEM, title="Our own", is_public=True)
    assert queries.decisions_asked(edition, secretariat) == [asked, hidden]
    assert queries.decisions_asked(edition, None) == [asked]
    with pytest.raises(Refused, match="Give the reason for the refusal"):
        answer_decision(hidden, by=SYSTEM, is_taken=False)
    assert answer_decision(hidden, by=SYSTEM, is_taken=False, answer="No money").state == "refused"
    taken = answer_decision(asked, by=SYSTEM, is_taken=True, on=TODAY)
    assert (taken.state, taken.taken_on, queries.decisions_asked(edition, secretariat)) == ("taken", TODAY, [])
    with pytest.raises(Refused, match="It is not waiting for an answer"):
        answer_decision(asked, by=SYSTEM, is_taken=True)
    assert carry_out_decision(taken, by=SYSTEM).state == "carried_out"


def test_a_dropped_decision_says_why_and_is_over(decision: Decision) -> None:
    with pytest.raises(Refused, match="Give the reason for discarding it"):
        discard_decision(decision, by=SYSTEM, reason="")
    assert discard_decision(decision, by=SYSTEM, reason="Overtaken").answer == "Overtaken"
    with pytest.raises(Refused, match="is “Discarded”"):
        carry_out_decision(decision, by=SYSTEM)


def test_the_body_that_carries_it_out_may_say_so_and_no_other(
    decision: Decision, user_with: Callable[..., User]
) -> None:
    police, csirt = (Organisation.objects.get(code=c) for c in ("police", "csirt"))
    with pytest.raises(NotAllowed):
        carry_out_decision(decision, by=user_with("lead", organisation=csirt, email="csirt@example.org"))
    lead = user_with("lead", organisation=police, email="police@example.org")
    with pytest.raises(NotAllowed):
        update_decision(decision, by=lead, title="Hire none")
    assert carry_out_decision(decision, by=lead).done_on == TODAY


# What is to be done


def test_agendas_and_minutes_are_tasks_of_who_runs_meetings(committee: Committee, secretariat: User) -> None:
    soon, _later, past = to_come(committee, days=9), to_come(committee, days=40), held(committee, date(2026, 11, 10))
    mine = waiting_tasks(Recipient(permissions=frozenset({"meeting.run"})), viewer=secretariat, today=TODAY)
    assert [(o.key, o.kind, o.due) for o in mine] == [
        (f"{key(past)}:minutes", "agenda", date(2026, 11, 15)),
        (f"{key(soon)}:agenda", "agenda", date(2026, 11, 19)),
    ]
    assert mine[1].why == "Upcoming. The agenda is due by 19 November 2026. 5 days late."
    assert waiting_tasks(Recipient(permissions=frozenset({"plan.edit"})), viewer=secretariat, today=TODAY) == []


@pytest.mark.long
def test_decisions_are_tasks_of_who_carries_them_out(edition: Edition, decision: Decision, secretariat: User) -> None:
    police = Organisation.objects.get(code="police")
    turned = take_decision(edition, by=SYSTEM, title="Into the plan", organisation=police)
    become_milestone(turned, by=SYSTEM, act=make_action(edition))  # a task there, not twice
    loose = take_decision(edition, by=SYSTEM, title="Nobody's yet")
    theirs = waiting_tasks(Recipient(organisations=frozenset({police.pk})), viewer=secretariat, today=TODAY)
    assert [(o.title, o.due, o.organisation) for o in theirs] == [("D-2026-01 Hire two", DUE, police.pk)]
    run = waiting_tasks(Recipient(permissions=frozenset({"meeting.run"})), viewer=secretariat, today=TODAY)
    assert [(o.key, o.needs) for o in run] == [(key(loose), "meeting.run")]
    assert len(waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=TODAY)) == 2


# The figure


def test_the_share_counts_public_decisions_due_in_the_period_by_committee(
    edition: Edition, committee: Committee
) -> None:
    def decide(title: str, *, due: date, done: date | None = None, public: bool = True) -> Decision:
        made = take_decision(
            edition, by=SYSTEM, committee=committee, title=title, due_on=due, on=date(2026, 7, 1), is_public=public
        )
        return carry_out_decision(made, by=SYSTEM, on=done) if done else made

    decide("In time", due=date(2026, 8, 1), done=date(2026, 8, 1))
    decide("A day late", due=date(2026, 8, 1), done=date(2026, 8, 2))
    decide("Never", due=date(2026, 9, 30))
    decide("Next quarter", due=date(2026, 10, 1))
    decide("Hidden", due=date(2026, 8, 1), public=False)
    with clock.pinned_day(day=date(2026, 7, 20)):
        discard_decision(decide("Dropped", due=date(2026, 8, 1)), by=SYSTEM, reason="Overtaken")
    answer_decision(
        ask_decision(
            edition, by=SYSTEM, addressed_to="Minister", title="Sign", due_on=date(2026, 8, 1), is_public=True
        ),
        by=SYSTEM,
        is_taken=False,
        answer="No",
    )
    reading = share_decisions_on_time(Period(date(2026, 7, 1), date(2026, 9, 30)), Filters(edition_id=edition.pk))
    assert (str(reading.numerator), str(reading.denominator), str(reading.value), reading.left_out) == (
        "1",
        "3",
        "33.33",
        (("decisions_dropped", 1),),
    )
    assert [(g.name, g.numerator, g.denominator) for g in reading.groups] == [("Steering committee", 1, 3)]
    assert [(r.label, r.counted) for r in reading.records] == [
        ("D-2026-02 A day late", False),
        ("D-2026-03 Never", False),
        ("D-2026-01 In time", True),
    ]


def test_nothing_due_is_no_figure(edition: Edition) -> None:
    reading = share_decisions_on_time(Period(date(2026, 7, 1), date(2026, 9, 30)), Filters())
    assert (reading.value, str(reading.denominator), len(reading.groups)) == (None, "0", 0)
