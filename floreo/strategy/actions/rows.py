"""How a row of a workbook becomes a row of the plan, and which rules it must pass on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.writing import delete, last_position, require_free_code, require_order, require_past, require_text
from floreo.organisations.models import Organisation, Person
from floreo.strategy.actions import objectives, pillars
from floreo.strategy.actions.actions import check_action, must_hold_actions
from floreo.strategy.actions.editions import check_edition
from floreo.strategy.actions.implied import complete_pillar, holder_of, holder_of_plan, rename_implied
from floreo.strategy.actions.money import check_money
from floreo.strategy.actions.objectives import must_have_objectives
from floreo.strategy.actions.own import put_own
from floreo.strategy.actions.participations import check_participation
from floreo.strategy.actions.risks import check_risk
from floreo.strategy.levels import Level, in_words, one
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
)
from floreo.strategy.sheets.columns import OWN, CellText, Sheet, translation_of


def _unknown(column: str, sentence: str) -> Refused:
    return Refused(sentence, code="unknown", fields={column: sentence})


def _organisation(column: str, code: CellText) -> Organisation:
    found = Organisation.objects.filter(code=str(code)).first()
    if found is None:
        sentence = _("The register has no organisation with the code “%(code)s”. Add it there first.")
        raise _unknown(column, sentence % {"code": code})
    return found


def _person(code: CellText) -> Person | None:
    if code is None:
        return None
    found = Person.objects.filter(code=str(code)).first()
    if found is None:
        sentence = _("The register has no person with the code “%(code)s”. Add them there first.")
        raise _unknown("person", sentence % {"code": code})
    return found


def _nothing(edition: Edition, level: Level, code: CellText) -> str:
    return in_words(_("%(level)s: this edition has no “%(code)s”."), level=one(level, edition), code=code)


def _pillar(edition: Edition, code: CellText) -> Pillar:
    found: Pillar | None = Pillar.objects.filter(edition=edition, code=str(code)).first()
    if found is None:
        raise _unknown("pillar", _nothing(edition, Level.PILLAR, code))
    return found


def _objective(edition: Edition, code: CellText) -> Objective:
    found: Objective | None = Objective.objects.filter(pillar__edition=edition, code=str(code)).first()
    if found is None:
        raise _unknown("objective", _nothing(edition, Level.OBJECTIVE, code))
    return found


def _start(sheet: Sheet, edition: Edition, changed: Mapping[str, CellText], act: Action | None) -> Any:
    """A new row in its place, with a code that is free."""
    code = str(changed.get("code") or "")
    if sheet.name == "pillars":
        rows = Pillar.objects.filter(edition=edition)
        return Pillar(edition=edition, code=require_free_code(rows, code), position=last_position(rows))
    if sheet.name == "objectives":
        taken = Objective.objects.filter(pillar__edition=edition)
        return Objective(code=require_free_code(taken, code), position=last_position(taken))
    if sheet.name == "actions":
        acts = Action.objects.filter(edition=edition)
        act = Action(edition=edition, code=require_free_code(acts, code), position=last_position(acts))
        if edition.levels == 1:
            act.objective = holder_of_plan(edition)
        return act
    if sheet.name == "milestones":
        steps = Milestone.objects.filter(action=act)
        return Milestone(action=act, code=require_free_code(steps, code), position=last_position(steps))
    return sheet.model(action=act)


_REASONS = ("late_reason", "on_hold_reason")  # translated, but not in the workbook


def _put_translation(thing: Any, language: str, field: str, value: CellText) -> None:
    texts = {code: dict(each) for code, each in thing.translations.items()}
    mine = texts.setdefault(language, {})
    mine.pop(field, None)
    if value is not None:
        mine[field] = str(value)
    thing.translations = {code: each for code, each in texts.items() if each}


def _put_under_pillar(thing: Any, pillar: Pillar) -> None:
    """An objective, or an action of a plan without objectives."""
    if isinstance(thing, Action):
        thing.objective = holder_of(pillar)
    else:
        thing.pillar = pillar


def _must_stay(column: str) -> Callable[[Any, CellText], None]:
    def refuse(thing: Any, value: CellText) -> None:
        if not thing._state.adding:
            raise _unknown(column, _("A row cannot move to another action. Remove it there and add it here."))

    return refuse


def build(sheet: Sheet, edition: Edition, thing: Any, changed: Mapping[str, CellText], act: Action | None) -> Any:
    """`thing`, or a new one, with every changed column put on it. Raises Refused for a code nobody knows."""
    thing = thing if thing is not None else _start(sheet, edition, changed, act)
    points: dict[str, Callable[[Any, CellText], None]] = {
        "code": lambda t, v: None,  # the key: it found the row, or is already on the new one
        "action": _must_stay("action"),
        "pillar": lambda t, v: _put_under_pillar(t, _pillar(edition, v)),
        "above": lambda t, v: setattr(t, "above", None if v is None else _objective(edition, v)),
        "objective": lambda t, v: setattr(t, "objective", _objective(edition, v)),
        "organisation": lambda t, v: setattr(t, "organisation", _organisation("organisation", v)),
        "funder": lambda t, v: setattr(t, "funder", None if v is None else _organisation("funder", v)),
        "person": lambda t, v: setattr(t, "person", _person(v)),
    }
    if sheet.name == "edition":
        del points["objective"]  # there it is the overall objective, a text
    for name, value in changed.items():
        translation = translation_of(name)
        if name in points:
            points[name](thing, value)
        elif name == "waits_for":
            pass  # after all rows, since it names others: workbooks.py
        elif name.startswith(OWN):
            put_own(thing, {name.removeprefix(OWN): value})
        elif translation is not None:
            _put_translation(thing, translation[1], translation[0], value)
        elif name in _REASONS:
            thing.set_text(name, str(value or ""))
        else:
            setattr(thing, name, _or_empty(thing, name, value))
    return thing


def _or_empty(thing: Any, name: str, value: CellText) -> Any:
    """An empty cell as the model says nothing: no day, empty text, nothing spent, not confirmed."""
    if value is not None:
        return value
    field = thing._meta.get_field(name)
    return None if field.null else field.get_default()


def _check_action(act: Action) -> None:
    check_action(act)
    must_hold_actions(act.objective)
    require_order(act.starts_on, act.closed_on, field="closed_on", named=(_("The start date"), _("the closing date")))
    for day, text in (("closed_on", "closed_by"), ("on_hold_since", "on_hold_reason")):
        given = getattr(act, day)
        if given is not None:
            require_past(given, field=day)
        if (given is None) != (not getattr(act, text)):
            sentence = _("Fill in both “%(day)s” and “%(text)s”, or neither.") % {"day": day, "text": text}
            raise Refused(sentence, code="go_together", fields={day: sentence})


def _check_milestone(milestone: Milestone) -> None:
    milestone.title = require_text(
        milestone.title, field="title", sentence=_("Enter a short description of what is reached.")
    )
    if milestone.reached_on is not None:
        require_past(milestone.reached_on, field="reached_on")


def _check_branch(branch: Pillar | Objective) -> None:
    branch.title = require_text(branch.title, field="title", sentence=_("Enter a title."))
    if isinstance(branch, Objective):
        must_have_objectives(branch.pillar, branch.above)


def settle(thing: Any) -> None:
    """After a row is kept: what holds the actions of a pillar without objectives goes with it."""
    if isinstance(thing, Pillar) and not complete_pillar(thing):
        rename_implied(thing)


def _check_risk(risk: Risk) -> None:
    risk.noted_on = risk.noted_on or clock.today()
    check_risk(risk)
    require_order(
        risk.noted_on, risk.closed_on, field="closed_on", named=(_("The date recorded"), _("the closing date"))
    )


_CHECKS: Mapping[type, Callable[[Any], None]] = {
    Edition: check_edition,
    Pillar: _check_branch,
    Objective: _check_branch,
    Action: _check_action,
    Milestone: _check_milestone,
    Participation: check_participation,
    BudgetLine: check_money,
    Risk: _check_risk,
}


def check(thing: Any) -> None:
    """The rules of its kind; the same that a form's action asks."""
    _CHECKS[type(thing)](thing)


def may_go(thing: Any) -> None:
    """Raises Refused for a row that still holds others, or that has been reported on."""
    try:
        if isinstance(thing, Pillar):
            pillars.must_hold_nothing(thing)
            for holder in Objective.everything.filter(pillar=thing, is_implied=True):
                delete(holder)
        if isinstance(thing, Objective):
            objectives.must_hold_nothing(thing)
    except Refused as full:
        raise _unknown("remove", str(full.sentence)) from full
    if isinstance(thing, Action):
        if thing.updates.exists() or thing.milestones.exclude(reached_on=None).exists():
            raise _unknown("remove", _("A report includes this action, so it cannot be removed."))
        if Action.objects.filter(carried_from=thing).exists():
            raise _unknown("remove", _("This action was carried over to the next edition."))
