"""Evaluating an exercise: what was observed, verdicts, the hot wash, answers, findings and what each becomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.keys import key, things_of
from floreo.core.writing import assign, delete, lock_latest, refuse, require_past, require_text, save
from floreo.organisations.models import Organisation
from floreo.strategy.actions.actions import add_action
from floreo.strategy.actions.participations import add_participation
from floreo.strategy.models import Action, Objective
from floreo.strategy.models import LeadRole as ActionPart
from floreo.tabletops.actions.planning import must_become
from floreo.tabletops.actions.playing import must_be_observable, note_observation
from floreo.tabletops.logic import State, agreed
from floreo.tabletops.models import (
    FINDING,
    RUN,
    EvaluationPoint,
    ExpectedAction,
    Observation,
    Tabletop,
    TabletopFinding,
    VerdictChoice,
)
from floreo.tabletops.queries import counted_expected


@action("tabletop_observation.noted", needs=RUN)
def observe(
    expected: ExpectedAction, *, by: Actor, verdict: str, minute: int | None = None, note: str = ""
) -> Observation:
    """By somebody with an account who observes."""
    expected.inject.tabletop = lock_latest(expected.inject.tabletop)
    return note_observation(expected, code=by.actor_code, name=by.actor_name, verdict=verdict, minute=minute, note=note)


@action("tabletop.minutes_written", needs=RUN)
def write_hot_wash(tabletop: Tabletop, *, by: Actor, version: int | None = None, hot_wash: str) -> Tabletop:
    """Notes of the hot wash."""
    fresh = lock_latest(tabletop, version)
    must_be_held(fresh)
    fresh.hot_wash = hot_wash.strip()
    return save(fresh)


def must_be_held(tabletop: Tabletop) -> None:
    if not tabletop.was_held:
        raise Refused(_("This comes after the end of the exercise."), code="not_held")


def must_be_in_evaluation(tabletop: Tabletop) -> None:
    must_be_held(tabletop)
    if tabletop.state == State.EVALUATED:
        raise Refused(_("The exercise is evaluated. Open the evaluation again to change it."), code="evaluated")


@action("expected_action.judged", needs=RUN)
def judge(expected: ExpectedAction, *, by: Actor, verdict: str, note: str = "") -> ExpectedAction:
    """The verdict of the evaluation on one expected action, where observers differ or nobody noted it; "" where it stays open."""
    fresh = lock_latest(expected)
    must_be_in_evaluation(fresh.inject.tabletop)
    must_be_observable(fresh)
    if verdict and verdict not in VerdictChoice.values:
        raise refuse("verdict", _("Choose met, partly met or not met."), code="bad_value")
    fresh.verdict, fresh.note = verdict, note.strip()
    return save(fresh)


@action("evaluation_point.answered", needs=RUN)
def answer_point(point: EvaluationPoint, *, by: Actor, version: int | None = None, answer: str) -> EvaluationPoint:
    fresh = lock_latest(point, version)
    must_be_in_evaluation(fresh.tabletop)
    fresh.answer = answer.strip()
    return save(fresh)


@action("tabletop.evaluated", needs=RUN)
def evaluate(tabletop: Tabletop, *, by: Actor, conclusion: str = "") -> Tabletop:
    """Closes the evaluation. A verdict on which all observers agree is taken over; where they differ, it is settled before. Every finding
    says what becomes of it."""
    fresh = lock_latest(tabletop)
    must_become(fresh, State.EVALUATED)
    _settle_verdicts(fresh)
    loose = [each for each in fresh.findings.all() if not each.is_followed]
    if loose:
        names = "; ".join(f"{each.number}. {each.title}" for each in loose[:5])
        sentence = _(
            "Say of each finding who carries it out and by when, or make it an action of the plan. Not decided: %(names)s"
        )
        raise Refused(sentence % {"names": names}, code="loose_findings")
    fresh.conclusion = conclusion.strip()
    fresh.state, fresh.evaluated_on = State.EVALUATED, clock.today()
    return save(fresh)


def _settle_verdicts(tabletop: Tabletop) -> None:
    differ = []
    for expected in counted_expected(tabletop):
        if expected.verdict:
            continue
        given = [each.verdict for each in expected.observations.all()]
        expected.verdict = agreed(given)
        if expected.verdict:
            save(expected)
        elif given:
            differ.append(expected.text)
    if differ:
        sentence = _("Observers differ on: %(names)s. Settle the verdict first.")
        raise Refused(sentence % {"names": "; ".join(differ[:5])}, code="observers_differ")


@action("tabletop.evaluation_reopened", needs=RUN)
def reopen_evaluation(tabletop: Tabletop, *, by: Actor, reason: str) -> Tabletop:
    """To correct it. What findings became stays."""
    fresh = lock_latest(tabletop)
    if fresh.state != State.EVALUATED:
        raise Refused(_("The exercise is not evaluated."), code="not_evaluated")
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason.")))
    fresh.state, fresh.evaluated_on = State.ENDED, None
    return save(fresh)


@action("tabletop.published", needs=RUN, decides=itself)
def publish_tabletop(tabletop: Tabletop, *, by: Actor, shown: str | None = None) -> Tabletop:
    """The public reads that it was held, when, the scenario and the number of organisations. Nothing else of it is ever public."""
    fresh = lock_latest(tabletop)
    must_be_publishable(fresh)
    fresh.is_public = True
    return save(fresh)


def must_be_publishable(tabletop: Tabletop) -> None:
    must_be_held(tabletop)
    if tabletop.is_public:
        raise Refused(_("It is public already."), code="public")
    if tabletop.scenario is None:
        raise Refused(
            _("It was planned without a scenario of the library, so there is no title that can be public."),
            code="no_scenario",
        )


@action("tabletop.hidden", needs=RUN)
def hide_tabletop(tabletop: Tabletop, *, by: Actor, reason: str) -> Tabletop:
    fresh = lock_latest(tabletop)
    must_be_public(fresh)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason.")))
    fresh.is_public = False
    return save(fresh)


def must_be_public(tabletop: Tabletop) -> None:
    if not tabletop.is_public:
        raise Refused(_("It is not public."), code="not_public")


# --- Findings -----------------------------------------------------------------------------------------------------


def _check(finding: TabletopFinding) -> None:
    finding.title = require_text(finding.title, field="title", sentence=_("Enter the finding in a few words."))
    if (finding.organisation is None) != (finding.due_on is None):
        sentence = _("A recommendation needs both: who carries it out, and by when.")
        raise refuse("due_on" if finding.due_on is None else "organisation", sentence, code="half")
    expected = finding.expected
    if expected is not None and expected.inject.tabletop_id != finding.tabletop_id:
        raise refuse("expected", _("This expected action is of another exercise."), code="other_exercise")


@action("tabletop_finding.added", needs=RUN)
def add_finding(tabletop: Tabletop, *, by: Actor, **facts: Any) -> TabletopFinding:
    """What the exercise showed; with who and by when it is a recommendation."""
    fresh = lock_latest(tabletop)
    must_be_in_evaluation(fresh)
    number = int(fresh.findings.aggregate(last=Max("number"))["last"] or 0) + 1
    made = TabletopFinding(tabletop=fresh, number=number)
    assign(made, facts)
    _check(made)
    return save(made)


def must_be_open_finding(finding: TabletopFinding) -> None:
    if finding.is_closed:
        raise Refused(_("The finding is closed."), code="closed")


def must_be_free(finding: TabletopFinding) -> None:
    """For what is carried out by its organisation, not by the plan."""
    must_be_open_finding(finding)
    if finding.became:
        raise Refused(_("It is an action of the plan. It is closed when the action is done."), code="became")


@action("tabletop_finding.updated", needs=RUN)
def update_finding(finding: TabletopFinding, *, by: Actor, version: int | None = None, **facts: Any) -> TabletopFinding:
    fresh = lock_latest(finding, version)
    must_be_free(fresh)
    assign(fresh, facts)
    _check(fresh)
    if fresh.tabletop.state == State.EVALUATED and not fresh.is_followed:
        raise refuse("organisation", _("Every finding of an evaluated exercise has somebody who carries it out."))
    return save(fresh)


def must_be_removable(finding: TabletopFinding) -> None:
    must_be_free(finding)
    must_be_in_evaluation(finding.tabletop)


@action("tabletop_finding.removed", needs=RUN)
def remove_finding(finding: TabletopFinding, *, by: Actor) -> None:
    fresh = lock_latest(finding)
    must_be_removable(fresh)
    delete(fresh)


@action("tabletop_finding.became_action", needs=Permission.PLAN_EDIT)
def become_action(
    finding: TabletopFinding,
    *,
    by: Actor,
    objective: Objective,
    code: str,
    organisation: Organisation,
    title: str = "",
    due_on: date | None = None,
) -> Action:
    """The finding becomes an action of the plan, led by that organisation and internal until somebody publishes it. It is closed when that
    is done."""
    fresh = lock_latest(finding)
    must_be_free(fresh)
    exercise = fresh.tabletop
    act = add_action(
        objective,
        by=by,
        code=code,
        title=title.strip() or fresh.title,
        internal_notes="\n".join(filter(None, [fresh.text, settings.SITE_ADDRESS + fresh.workspace_url()])),
        starts_on=clock.today(),
        due_on=due_on or fresh.due_on,
        is_public=False,
        source=_("Exercise %(code)s, finding %(number)d") % {"code": exercise.code, "number": fresh.number},
    )
    add_participation(act, by=by, organisation=organisation.successor(), part=ActionPart.LEAD, starts_on=clock.today())
    fresh.became, fresh.organisation, fresh.due_on = key(act), organisation, act.due_on
    save(fresh)
    return act


@action("tabletop_finding.closed", needs=FINDING)
def close_finding(finding: TabletopFinding, *, by: Actor, closing_note: str, on: date | None = None) -> TabletopFinding:
    """What was recommended is done: said by the organisation that carries it out, or by who runs exercises."""
    fresh = lock_latest(finding)
    must_be_closable(fresh)
    day = on or clock.today()
    require_past(day, field="on")
    held = fresh.tabletop.held_on
    if held is not None and day < held:
        raise refuse("on", _("That is before the exercise."), code="before_exercise")
    fresh.closing_note = require_text(closing_note, field="closing_note", sentence=_("Say what was done."))
    fresh.closed_on = day
    return save(fresh)


def must_be_closable(finding: TabletopFinding) -> None:
    must_be_free(finding)
    if not finding.is_followed:
        raise Refused(_("Say first who carries it out, and by when."), code="no_owner")


@action("tabletop_finding.reopened", needs=RUN)
def reopen_finding(finding: TabletopFinding, *, by: Actor, reason: str) -> TabletopFinding:
    fresh = lock_latest(finding)
    must_be_reopenable(fresh)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason.")))
    fresh.closed_on, fresh.closing_note = None, ""
    return save(fresh)


def must_be_reopenable(finding: TabletopFinding) -> None:
    if not finding.is_closed:
        raise Refused(_("The finding is open."), code="open")
    if finding.became:
        raise Refused(_("It is an action of the plan. It is open again when the action is."), code="became")


@action("tabletop_findings.settled", needs=None, quiet=True)
def settle_findings(*, by: Actor, findings: Iterable[TabletopFinding] | None = None) -> int:
    """What became an action is closed when that is done, and open again when that is. Called by the worker: it says nothing that the plan
    does not say, so anybody may start it. Returns how many changed."""
    found = list(TabletopFinding.objects.exclude(became="") if findings is None else findings)
    things, changed = things_of(each.became for each in found), 0
    for each in found:
        act = things.get(each.became)
        if not isinstance(act, Action):
            continue
        if (each.closed_on, each.due_on) != (act.closed_on, act.due_on):
            each.closed_on, each.due_on = act.closed_on, act.due_on
            save(each)
            changed += 1
    return changed
