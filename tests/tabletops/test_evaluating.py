"""Evaluation: verdicts, the score, findings and what becomes of each, and what is public."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.strategy.actions.course import close_action
from floreo.strategy.models import Action, Objective
from floreo.tabletops.actions import evaluating, running
from floreo.tabletops.logic import Score, agreed, score_of
from floreo.tabletops.models import ExpectedAction, Tabletop, TabletopFinding
from floreo.tabletops.queries import action_of, counted_expected, organisations_in, scores_by_objective, total_score
from tests.factories.strategy import make_edition
from tests.tabletops.making import accepted, body, fresh, inject, on_screen, started, tabletop

pytestmark = pytest.mark.django_db


def ended() -> Tabletop:
    made = started()
    return running.end_tabletop(made, by=SYSTEM)


def expected(of: Tabletop, number: int = 1) -> list[ExpectedAction]:
    return list(
        ExpectedAction.objects.filter(inject__tabletop=of, inject__number=number).select_related("inject__tabletop")
    )


def recommended(of: Tabletop, **facts: object) -> TabletopFinding:
    given = {"title": "No list on paper", "organisation": body(), "due_on": clock.today() + timedelta(days=30)}
    return evaluating.add_finding(of, by=SYSTEM, **given | facts)


class Observer:
    def __init__(self, code: str) -> None:
        self.actor_code = self.actor_name = code

    def grants(self) -> tuple[tuple[str, None], ...]:
        return (("responder", None),)


# --- The score ----------------------------------------------------------------------------------------------------


def test_the_share_is_of_all_that_was_expected() -> None:
    found = score_of(["met", "met", "partly", "not_met", ""])
    assert (found, found.share) == (Score(2, 1, 1, 1), Decimal("40.0"))
    assert score_of([]).share is None


def test_observers_agree_or_nothing_is_settled() -> None:
    assert (agreed([]), agreed(["met", "met"]), agreed(["met", "partly"])) == ("", "met", "")


def test_what_belongs_to_an_inject_that_was_not_sent_does_not_count() -> None:
    made = ended()
    for each, verdict in zip(expected(made), ("met", "not_met"), strict=True):
        evaluating.judge(each, by=SYSTEM, verdict=verdict)
    assert total_score(counted_expected(made)) == Score(1, 0, 1, 0)
    rows = scores_by_objective(made, counted_expected(made))
    assert [(str(r.objective)[:6], r.score.met, r.score.total) for r in rows] == [("Decide", 0, 1), ("Inform", 1, 1)]
    with pytest.raises(Refused, match="The inject was not sent"):
        evaluating.judge(expected(made, 2)[0], by=SYSTEM, verdict="met")


def test_a_verdict_on_which_observers_differ_is_settled_first() -> None:
    made = started()
    one = expected(made)[0]
    evaluating.observe(one, by=Observer("a"), verdict="met")
    evaluating.observe(one, by=Observer("b"), verdict="not_met")
    evaluating.observe(expected(made)[1], by=Observer("a"), verdict="partly", note="Late")
    made = running.end_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="Observers differ on: Call the master"):
        evaluating.evaluate(made, by=SYSTEM)
    evaluating.judge(expected(made)[0], by=SYSTEM, verdict="not_met", note="The call came after the ships")
    evaluating.evaluate(made, by=SYSTEM, conclusion="Too late")
    assert [e.verdict for e in expected(made)] == ["not_met", "partly"]
    with pytest.raises(Refused, match="Open the evaluation again"):
        evaluating.observe(expected(made)[0], by=Observer("c"), verdict="met")


def test_an_exercise_is_evaluated_after_it_was_held_and_can_be_opened_again() -> None:
    made = started()
    with pytest.raises(Refused, match="not possible now"):
        evaluating.evaluate(made, by=SYSTEM)
    with pytest.raises(Refused, match="after the end"):
        evaluating.write_hot_wash(made, by=SYSTEM, hot_wash="x")
    made = running.end_tabletop(made, by=SYSTEM)
    evaluating.write_hot_wash(made, by=SYSTEM, hot_wash="Good.")
    evaluating.answer_point(made.evaluation_points.select_related("tabletop").all()[0], by=SYSTEM, answer="The call")
    done = evaluating.evaluate(made, by=SYSTEM)
    assert (done.state, done.evaluated_on, done.hot_wash) == ("evaluated", clock.today(), "Good.")
    evaluating.reopen_evaluation(done, by=SYSTEM, reason="A mistake")
    assert (fresh(made).state, fresh(made).evaluated_on) == ("ended", None)


# --- Findings -----------------------------------------------------------------------------------------------------


def test_every_finding_has_somebody_who_follows_it_up_before_the_evaluation_closes() -> None:
    made = ended()
    loose = evaluating.add_finding(made, by=SYSTEM, title="Nobody leads")
    with pytest.raises(Refused, match=r"Not decided: 1\. Nobody leads"):
        evaluating.evaluate(made, by=SYSTEM)
    with pytest.raises(Refused, match="needs both"):
        evaluating.update_finding(loose, by=SYSTEM, organisation=body())
    evaluating.update_finding(loose, by=SYSTEM, organisation=body(), due_on=clock.today())
    assert evaluating.evaluate(made, by=SYSTEM).state == "evaluated"


def test_a_recommendation_is_closed_with_what_was_done() -> None:
    found = recommended(ended())
    with pytest.raises(Refused, match="Say what was done"):
        evaluating.close_finding(found, by=SYSTEM, closing_note=" ")
    with pytest.raises(Refused, match="in the future"):
        evaluating.close_finding(found, by=SYSTEM, closing_note="x", on=clock.today() + timedelta(days=2))
    with pytest.raises(Refused, match="before the exercise"):
        evaluating.close_finding(found, by=SYSTEM, closing_note="x", on=clock.today() - timedelta(days=2))
    evaluating.close_finding(found, by=SYSTEM, closing_note="A list hangs there")
    with pytest.raises(Refused, match="closed"):
        evaluating.close_finding(found, by=SYSTEM, closing_note="x")


def test_a_finding_becomes_an_action_of_the_plan_and_is_closed_with_it() -> None:
    made = ended()
    found = evaluating.add_finding(made, by=SYSTEM, title="No list on paper", text="It was in the folder.")
    edition = make_edition()
    due = clock.today() + timedelta(days=90)
    act = evaluating.become_action(
        found,
        by=SYSTEM,
        objective=Objective.objects.get(pillar__edition=edition),
        code="1.1.9",
        organisation=body(),
        due_on=due,
    )
    found = TabletopFinding.objects.get(pk=found.pk)
    assert (act.title, act.is_public, _lead(act), action_of(found)) == ("No list on paper", False, body(), act)
    assert f"/tabletops/{made.code}/findings/1/" in act.internal_notes
    assert act.source == f"Exercise {made.code}, finding 1"
    assert (found.is_followed, found.due_on, evaluating.settle_findings(by=SYSTEM)) == (True, due, 0)
    for do in (
        lambda: evaluating.update_finding(found, by=SYSTEM, title="x"),
        lambda: evaluating.close_finding(found, by=SYSTEM, closing_note="x"),
        lambda: evaluating.remove_finding(found, by=SYSTEM),
    ):
        with pytest.raises(Refused, match="It is an action of the plan"):
            do()
    close_action(act, by=SYSTEM, on=clock.today())
    assert (evaluating.settle_findings(by=SYSTEM), TabletopFinding.objects.get().closed_on) == (1, clock.today())


# --- What is public -----------------------------------------------------------------------------------------------


def test_only_one_that_was_held_and_published_is_public() -> None:
    made = tabletop()
    accepted(made)
    on_screen(made, organisation=None, organisation_name="Club")
    on_screen(made, organisation=None, organisation_name="club")
    running.start_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="after the end"):
        evaluating.publish_tabletop(made, by=SYSTEM)
    assert list(Tabletop.objects.published()) == []
    running.end_tabletop(made, by=SYSTEM)
    evaluating.publish_tabletop(made, by=SYSTEM)
    assert (Tabletop.objects.published().get(), organisations_in(made)) == (made, 2)
    evaluating.hide_tabletop(made, by=SYSTEM, reason="Too soon")
    assert list(Tabletop.objects.published()) == []


def test_one_without_a_scenario_of_the_library_has_no_title_that_can_be_public() -> None:
    made = started()
    Tabletop.objects.filter(pk=made.pk).update(scenario=None)
    running.end_tabletop(made, by=SYSTEM)
    with pytest.raises(Refused, match="no title that can be public"):
        evaluating.publish_tabletop(made, by=SYSTEM)
    assert inject(made, 1).is_sent


def _lead(act: Action) -> object:
    return act.participations.get(part="lead").organisation
