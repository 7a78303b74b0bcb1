"""Planning an exercise: from a scenario of the library or from nothing, and adapting its parts until they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.language_codes import texts_in
from floreo.core.writing import assign, delete, last_position, lock_latest, refuse, require_text, save
from floreo.infrastructure.models import WhatIf
from floreo.tabletops.logic import LONGEST, MOST_INJECTS, SHORTEST, InjectState, State, may_become
from floreo.tabletops.mails import change_mails
from floreo.tabletops.models import (
    RUN,
    EvaluationPoint,
    ExpectedAction,
    Inject,
    Scenario,
    Tabletop,
    TabletopObjective,
)


def must_be_open(tabletop: Tabletop) -> None:
    if not tabletop.is_open:
        raise Refused(_("The exercise is over. Its schedule stays as it was."), code="over")


def must_be_planned(tabletop: Tabletop) -> None:
    if tabletop.state != State.PLANNED:
        raise Refused(_("The exercise has begun."), code="begun")


def must_be_removable(tabletop: Tabletop) -> None:
    must_be_planned(tabletop)
    if tabletop.participants.exists():
        raise Refused(_("People were invited. Cancel the exercise instead."), code="invited")


def _free_code(year: int) -> str:
    start = f"ex-{year}-"
    taken = [
        int(code.removeprefix(start))
        for code in Tabletop.objects.filter(code__startswith=start).values_list("code", flat=True)
        if code.removeprefix(start).isdigit()
    ]
    return f"{start}{max(taken, default=0) + 1:02d}"


def _write(tabletop: Tabletop, facts: Mapping[str, Any]) -> Tabletop:
    assign(tabletop, facts)
    tabletop.title = require_text(tabletop.title, field="title", sentence=_("Enter a title."))
    if not SHORTEST <= tabletop.duration <= LONGEST:
        sentence = _("An exercise lasts from %(least)d to %(most)d minutes.") % {"least": SHORTEST, "most": LONGEST}
        raise refuse("duration", sentence, code="duration")
    if tabletop.pk:
        last = tabletop.injects.exclude(state=InjectState.SKIPPED).aggregate(last=Max("minute"))["last"] or 0
        if last > tabletop.duration:
            sentence = _(
                "An inject is planned for minute %(minute)d. Give the exercise at least that long, or move the inject."
            ) % {"minute": last}
            raise refuse("duration", sentence, code="inject_after_end")
    return save(tabletop)


# --- The exercise -------------------------------------------------------------------------------------------------


def _translations_of(scenario: Scenario, *, without: Set[str]) -> dict[str, dict[str, str]]:
    """Those of the scenario that are of the exercise too; none of a text that is the exercise's own."""
    names = set(Tabletop.translated_fields) - without
    return {
        code: {name: text for name, text in texts.items() if name in names}
        for code, texts in scenario.translations.items()
    }


def _must_be_long_enough(scenario: Scenario, duration: int) -> None:
    longest = max((int(each["minute"]) for each in scenario.injects), default=0)
    if longest > duration:
        sentence = _("The scenario has an inject at minute %(minute)d. Give the exercise at least that long.") % {
            "minute": longest
        }
        raise refuse("duration", sentence, code="inject_after_end")


@action("tabletop.planned", needs=RUN)
def plan_tabletop(
    *,
    by: Actor,
    planned_at: datetime,
    scenario: Scenario | None = None,
    title: str = "",
    **facts: Any,
) -> Tabletop:
    """A new exercise, with copies of all parts of the scenario. Title, aim and duration are the scenario's unless others are given."""
    made = Tabletop(scenario=scenario, planned_at=planned_at, code=_free_code(clock.calendar_day(planned_at).year))
    given: dict[str, Any] = {name: value for name, value in facts.items() if value not in (None, "")}
    if scenario is not None:
        given = {"aim": scenario.aim, "duration": scenario.duration, **given}
        has_own_title = title.strip() not in {"", scenario.title}
        own = {name for name, is_own in (("title", has_own_title), ("aim", given["aim"] != scenario.aim)) if is_own}
        made.translations = _translations_of(scenario, without=own)
        _must_be_long_enough(scenario, given["duration"])
    given["title"] = title.strip() or (scenario.title if scenario else "")
    saved = _write(made, given)
    if scenario is not None:
        _copy(scenario, saved)
    return saved


def _spoken(part: Mapping[str, Any], *fields: str) -> dict[str, dict[str, str]]:
    texts = {c: {n: str(words[n]) for n in fields if words.get(n)} for c, words in texts_in(part).items()}
    return {code: words for code, words in texts.items() if words}


def _copy(scenario: Scenario, tabletop: Tabletop) -> None:
    objectives = {}
    for position, part in enumerate(scenario.objectives, 1):
        objectives[part["code"]] = save(
            TabletopObjective(
                tabletop=tabletop, position=position, title=part["title"], translations=_spoken(part, "title")
            )
        )
    for number, part in enumerate(sorted(scenario.injects, key=lambda each: int(each["minute"])), 1):
        inject = save(
            Inject(
                tabletop=tabletop,
                number=number,
                minute=part["minute"],
                title=part["title"],
                text=part["text"],
                translations=_spoken(part, "title", "text"),
            )
        )
        for position, expected in enumerate(part.get("expected", ()), 1):
            save(
                ExpectedAction(
                    inject=inject,
                    objective=objectives.get(expected.get("objective", "")),
                    position=position,
                    text=expected["text"],
                    translations=_spoken(expected, "text"),
                )
            )
    for position, part in enumerate(scenario.evaluation, 1):
        save(
            EvaluationPoint(tabletop=tabletop, position=position, text=part["text"], translations=_spoken(part, "text"))
        )


@action("tabletop.updated", needs=RUN)
def update_tabletop(tabletop: Tabletop, *, by: Actor, version: int | None = None, **facts: Any) -> Tabletop:
    """Title, time, duration, place, who runs it. Those who accepted get an e-mail when the time changes."""
    fresh = lock_latest(tabletop, version)
    must_be_open(fresh)
    before = (fresh.planned_at, fresh.duration)
    if fresh.is_on and "planned_at" in facts and facts["planned_at"] != fresh.planned_at:
        raise refuse("planned_at", _("The exercise has begun."), code="begun")
    saved = _write(fresh, facts)
    if saved.state == State.PLANNED and before != (saved.planned_at, saved.duration):
        outbox.post_all(change_mails(saved, what="moved"))
    return saved


@action("tabletop.what_if_attached", needs=RUN)
def attach_what_if(tabletop: Tabletop, *, by: Actor, what_if: WhatIf | None) -> Tabletop:
    """The what-if of a cascade on which the exercise is built, for those who run it; None takes it off."""
    fresh = lock_latest(tabletop)
    fresh.what_if = what_if
    return save(fresh)


@action("tabletop.cancelled", needs=RUN)
def cancel_tabletop(tabletop: Tabletop, *, by: Actor, reason: str) -> Tabletop:
    """It is not held. Whoever accepted gets an e-mail; the links of all close."""
    fresh = lock_latest(tabletop)
    must_be_planned(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    fresh.state = State.CANCELLED
    saved = save(fresh)
    outbox.post_all(change_mails(saved, what="cancelled"))
    return saved


@action("tabletop.removed", needs=RUN)
def remove_tabletop(tabletop: Tabletop, *, by: Actor) -> None:
    """One that was planned by mistake, and to which nobody was invited."""
    fresh = lock_latest(tabletop)
    must_be_removable(fresh)
    delete(fresh)


def must_become(tabletop: Tabletop, state: State) -> None:
    if not may_become(tabletop.state, state):
        words = {"state": tabletop.get_state_display()}
        raise Refused(
            _("The state of the exercise is “%(state)s”, so this is not possible now.") % words, code="wrong_state"
        )


# --- Objectives and points of the evaluation ----------------------------------------------------------------------


@action("tabletop_objective.added", needs=RUN)
def add_objective(tabletop: Tabletop, *, by: Actor, **facts: Any) -> TabletopObjective:
    fresh = lock_latest(tabletop)
    must_be_open(fresh)
    return _objective(TabletopObjective(tabletop=fresh, position=last_position(fresh.objectives.all())), facts)


def _objective(objective: TabletopObjective, facts: Mapping[str, Any]) -> TabletopObjective:
    assign(objective, facts)
    require_text(objective.title, field="title", sentence=_("Say what the exercise is to show or to train."))
    return save(objective)


@action("tabletop_objective.updated", needs=RUN)
def update_objective(
    objective: TabletopObjective, *, by: Actor, version: int | None = None, **facts: Any
) -> TabletopObjective:
    fresh = lock_latest(objective, version)
    must_be_open(fresh.tabletop)
    return _objective(fresh, facts)


@action("tabletop_objective.removed", needs=RUN)
def remove_objective(objective: TabletopObjective, *, by: Actor) -> None:
    """Its expected actions stay, without an objective."""
    must_be_open(objective.tabletop)
    delete(objective)


@action("evaluation_point.added", needs=RUN)
def add_point(tabletop: Tabletop, *, by: Actor, **facts: Any) -> EvaluationPoint:
    fresh = lock_latest(tabletop)
    if fresh.state in (State.EVALUATED, State.CANCELLED):
        must_be_open(fresh)
    made = EvaluationPoint(tabletop=fresh, position=last_position(fresh.evaluation_points.all()))
    assign(made, facts)
    require_text(made.text, field="text", sentence=_("Enter the question."))
    return save(made)


@action("evaluation_point.removed", needs=RUN)
def remove_point(point: EvaluationPoint, *, by: Actor) -> None:
    if point.tabletop.state in (State.EVALUATED, State.CANCELLED):
        must_be_open(point.tabletop)
    delete(point)


# --- Injects and expected actions ---------------------------------------------------------------------------------


def must_be_changeable(inject: Inject) -> None:
    must_be_open(inject.tabletop)
    if not inject.is_waiting:
        raise Refused(_("This inject was sent or skipped, so it stays as it was."), code="sent")


def _check_minute(tabletop: Tabletop, minute: int) -> None:
    """An inject is neither before the start, nor after the end, nor at a minute that is over."""
    if minute < 0:
        raise refuse(
            "minute",
            _("Minute %(minute)d is before the start. The first minute is 0.") % {"minute": minute},
            code="before_start",
        )
    if minute > tabletop.duration:
        words = {"minute": minute, "duration": tabletop.duration}
        sentence = _(
            "The exercise lasts %(duration)d minutes: an inject at minute %(minute)d would come after its end."
        )
        raise refuse("minute", sentence % words, code="after_end")
    if tabletop.is_on and minute < tabletop.minute:
        words = {"minute": minute, "now": tabletop.minute}
        sentence = _("The exercise is at minute %(now)d: minute %(minute)d is over.")
        raise refuse("minute", sentence % words, code="minute_over")


def _inject(inject: Inject, facts: Mapping[str, Any]) -> Inject:
    assign(inject, facts)
    inject.title = require_text(inject.title, field="title", sentence=_("Enter a title."))
    inject.text = require_text(inject.text, field="text", sentence=_("Enter what participants read."))
    _check_minute(inject.tabletop, inject.minute)
    return save(inject)


@action("inject.added", needs=RUN)
def add_inject(tabletop: Tabletop, *, by: Actor, **facts: Any) -> Inject:
    fresh = lock_latest(tabletop)
    must_be_open(fresh)
    number = int(fresh.injects.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_INJECTS:
        raise Refused(_("An exercise has at most %(most)d injects.") % {"most": MOST_INJECTS}, code="too_many")
    return _inject(Inject(tabletop=fresh, number=number), facts)


@action("inject.updated", needs=RUN)
def update_inject(inject: Inject, *, by: Actor, version: int | None = None, **facts: Any) -> Inject:
    fresh = lock_latest(inject, version)
    must_be_changeable(fresh)
    return _inject(fresh, facts)


@action("inject.removed", needs=RUN)
def remove_inject(inject: Inject, *, by: Actor) -> None:
    fresh = lock_latest(inject)
    must_be_changeable(fresh)
    delete(fresh)


def _expected(expected: ExpectedAction, facts: Mapping[str, Any]) -> ExpectedAction:
    assign(expected, facts)
    expected.text = require_text(expected.text, field="text", sentence=_("Say what participants should do."))
    if expected.objective is not None and expected.objective.tabletop_id != expected.inject.tabletop_id:
        raise refuse("objective", _("This objective is of another exercise."), code="other_exercise")
    return save(expected)


@action("expected_action.added", needs=RUN)
def add_expected(inject: Inject, *, by: Actor, **facts: Any) -> ExpectedAction:
    fresh = lock_latest(inject)
    must_be_open(fresh.tabletop)
    return _expected(ExpectedAction(inject=fresh, position=last_position(fresh.expected.all())), facts)


@action("expected_action.updated", needs=RUN)
def update_expected(expected: ExpectedAction, *, by: Actor, version: int | None = None, **facts: Any) -> ExpectedAction:
    fresh = lock_latest(expected, version)
    must_be_changeable(fresh.inject)
    return _expected(fresh, facts)


@action("expected_action.removed", needs=RUN)
def remove_expected(expected: ExpectedAction, *, by: Actor) -> None:
    """Only before its inject is sent: what was expected is not taken away after it was not met."""
    fresh = lock_latest(expected)
    must_be_changeable(fresh.inject)
    note(text=fresh.text)
    delete(fresh)
