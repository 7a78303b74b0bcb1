"""What can be done to an edition, to its pillars and to its objectives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.strategy.actions import actions, editions, objectives, pillars
from floreo.strategy.actions.implied import holder_of, holder_of_plan
from floreo.strategy.actions.next_edition import must_not_be_followed, start_next_edition
from floreo.strategy.levels import Level, has_level, in_words, one
from floreo.strategy.models import Action, Edition, EditionState, Objective, Pillar
from floreo.workspace.commands import Command, Data, allowed_by, new, over_row
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.plan import forms

EDIT, PUBLISH = Permission.PLAN_EDIT, Permission.PLAN_PUBLISH


def plan_address(edition: Edition, anchor: str = "", *, open_pillar: str = "") -> str:
    """The plan again, where one was; in a long plan that pillar is open."""
    address = reverse("workspace:plan", args=[edition.code])
    query = "?" + urlencode({"open": open_pillar}) if open_pillar else ""
    return f"{address}{query}#{anchor}" if anchor else address + query


def objective_address(objective: Objective) -> str:
    return plan_address(objective.edition, f"objective-{objective.code}", open_pillar=objective.pillar.code)


def _new_pillar(data: Data, edition: Edition) -> forms.NewPillarForm:
    return forms.NewPillarForm(data, free_code=forms.free_pillar_code(edition), instance=Pillar(edition=edition))


def _new_objective(data: Data, pillar: Pillar) -> forms.NewObjectiveForm:
    return forms.NewObjectiveForm(data, free_code=forms.free_objective_code(pillar), instance=Objective(pillar=pillar))


def _new_part(data: Data, above: Objective) -> forms.NewObjectiveForm:
    blank = Objective(pillar=above.pillar, above=above)
    return forms.NewObjectiveForm(data, free_code=forms.free_part_code(above), instance=blank)


def _new_action(data: Data, objective: Objective) -> forms.NewActionForm:
    blank = Action(edition=objective.edition, objective=objective)
    return forms.NewActionForm(data, free_code=forms.free_action_code(objective), instance=blank)


def _in_words(sentence: Promise) -> Callable[[Any], str]:
    """The sentence in the words of the thing's edition."""
    return lambda thing: in_words(sentence, thing if isinstance(thing, Edition) else thing.edition)


def _has(level: Level) -> Callable[[Any, object], bool]:
    return lambda thing, _viewer: has_level(thing if isinstance(thing, Edition) else thing.edition, level)


TWO = 2
_ADD_LATER = _l("Add who leads it, milestones and money later, on its own page.")


def _publish_help(edition: Edition) -> str:
    if edition.state == EditionState.DRAFT:
        return _("The edition is now public and in force.")
    return _("The edition is now public.")


def _next_help(edition: Edition) -> str:
    return _(
        "The next edition copies the levels of the plan and the %(number)d actions not done yet, with "
        "open milestones, open risks, current roles and money for future years."
    ) % {"number": Action.objects.filter(edition=edition, closed_on=None).count()}


NEW: Mapping[str, Command] = {
    "edition": Command(
        _l("New edition"),
        _l("Add edition"),
        EDIT,
        new(forms.NewEditionForm),
        editions.create_edition,
        help=_l("In preparation. It is not public until you publish it."),
        done=_l("Edition added. Next, add its plan."),
    ),
}
EDITION_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the edition"), _l("Save changes"), EDIT, over_row(forms.EditionForm), editions.update_edition
    ),
    "publish": Command(
        _l("Publish this edition"),
        _l("Publish edition"),
        PUBLISH,
        new(CommandForm),
        editions.publish_edition,
        allowed_by(editions.must_not_be_public),
        help=_publish_help,
        done=_l("The edition is public."),
    ),
    "unpublish": Command(
        _l("Remove this edition from the public site"),
        _l("Unpublish edition"),
        PUBLISH,
        new(ReasonForm),
        editions.unpublish_edition,
        allowed_by(editions.must_be_public),
        help=_l("Nothing is deleted. Its public pages show “not found” until it is published again."),
        done=_l("The edition is no longer public."),
    ),
    "end": Command(
        _l("End this edition"),
        _l("End edition"),
        PUBLISH,
        new(forms.EndEditionForm),
        editions.end_edition,
        allowed_by(editions.must_be_in_force),
        help=_l("It stays public but is no longer in force. Its actions keep their status."),
        done=_l("The edition has ended."),
    ),
    "next": Command(
        _l("Start the next edition"),
        _l("Start next edition"),
        EDIT,
        new(forms.NextEditionForm),
        start_next_edition,
        allowed_by(must_not_be_followed),
        help=_next_help,
        done=_l("The next edition is in preparation."),
        back=lambda _edition: reverse("workspace:editions"),
    ),
    "new-pillar": Command(
        _in_words(_l("Add: %(pillar)s")),
        _in_words(_l("Add %(pillar)s")),
        EDIT,
        _new_pillar,
        pillars.add_pillar,
        _has(Level.PILLAR),
        done=_l("Added."),
    ),
    "new-action": Command(
        _in_words(_l("Add: %(action)s")),
        _in_words(_l("Add %(action)s")),
        EDIT,
        lambda data, edition: _new_action(data, holder_of_plan(edition)),
        lambda edition, **facts: actions.add_action(holder_of_plan(edition), **facts),
        lambda edition, _viewer: not has_level(edition, Level.PILLAR),
        help=_ADD_LATER,
        done=_l("Added."),
    ),
}
PILLAR_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _in_words(_l("Change: %(pillar)s")), _l("Save changes"), EDIT, over_row(forms.PillarForm), pillars.update_pillar
    ),
    "remove": Command(
        _in_words(_l("Remove: %(pillar)s")),
        _in_words(_l("Remove %(pillar)s")),
        EDIT,
        new(CommandForm),
        pillars.remove_pillar,
        help=_l("Possible only while it is empty."),
        done=_l("Removed."),
    ),
    "new-objective": Command(
        _in_words(_l("Add: %(objective)s")),
        _in_words(_l("Add %(objective)s")),
        EDIT,
        _new_objective,
        objectives.add_objective,
        _has(Level.OBJECTIVE),
        done=_l("Added."),
    ),
    "new-action": Command(
        _in_words(_l("Add: %(action)s")),
        _in_words(_l("Add %(action)s")),
        EDIT,
        lambda data, pillar: _new_action(data, holder_of(pillar)),
        lambda pillar, **facts: actions.add_action(holder_of(pillar), **facts),
        lambda pillar, _viewer: pillar.edition.levels == TWO,
        help=_ADD_LATER,
        done=_l("Added."),
    ),
}
OBJECTIVE_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        lambda objective: in_words(_("Change: %(level)s"), level=one(objective.level, objective.edition)),
        _l("Save changes"),
        EDIT,
        over_row(forms.ObjectiveForm),
        objectives.update_objective,
    ),
    "remove": Command(
        lambda objective: in_words(_("Remove: %(level)s"), level=one(objective.level, objective.edition)),
        lambda objective: in_words(_("Remove %(level)s"), level=one(objective.level, objective.edition)),
        EDIT,
        new(CommandForm),
        objectives.remove_objective,
        help=_l("Possible only while it is empty."),
        done=_l("Removed."),
    ),
    "new-part": Command(
        _in_words(_l("Add: %(sub_objective)s")),
        _in_words(_l("Add %(sub_objective)s")),
        EDIT,
        _new_part,
        objectives.add_sub_objective,
        lambda objective, _viewer: has_level(objective.edition, Level.SUB_OBJECTIVE) and not objective.above_id,
        done=_l("Added."),
        back=objective_address,
    ),
    "new-action": Command(
        _in_words(_l("Add: %(action)s")),
        _in_words(_l("Add %(action)s")),
        EDIT,
        _new_action,
        actions.add_action,
        allowed_by(actions.must_hold_actions),
        help=_ADD_LATER,
        done=_l("Added."),
        back=objective_address,
    ),
}
