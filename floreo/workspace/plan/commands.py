"""What can be done to an action and to what hangs on it: each task has its form, its words and its permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.organisations.models import User
from floreo.strategy.actions import actions, course, milestones, money, participations, risks, updates
from floreo.strategy.models import Action
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.plan import action_forms as forms
from floreo.workspace.plan.forms import ActionForm, MoveActionForm

Facts = dict[str, Any]
Data = QueryDict | None
SAVED = _("Saved.")
EDIT, SAY, OVERRIDE = Permission.PLAN_EDIT, Permission.PLAN_UPDATE, Permission.PLAN_OVERRIDE


@dataclass(frozen=True)
class Command:
    """One thing to do: asked with `form`, done with `do`, shown in `section` of the action's page."""

    title: Promise
    button: Promise
    needs: Permission
    section: str
    form: Callable[[Data, Any], Any]
    do: Callable[[Any, User, Facts], object]
    done: Promise = SAVED
    help: Promise | str = ""


def _plain(form: Any, **initial: Callable[[Any], object]) -> Callable[[Data, Any], Any]:
    """A form that starts from facts of the thing; with its version where the form carries one."""

    def make(data: Data, thing: Any) -> Any:
        start = {name: value(thing) for name, value in initial.items()}
        if "version" in form.base_fields:
            start["version"] = thing.version
        return form(data, initial=start)

    return make


def _record(form: Any) -> Callable[[Data, Any], Any]:
    return lambda data, thing: form(data, instance=thing)


def _new(form: Any) -> Callable[[Data, Any], Any]:
    return lambda data, _act: form(data)


def _of_act(form: Any) -> Callable[[Data, Any], Any]:
    return lambda data, act: form(data, act=act)


def _by(function: Callable[..., object]) -> Callable[[Any, User, Facts], object]:
    return lambda thing, user, facts: function(thing, by=user, **facts)


ACTION_COMMANDS: Mapping[str, Command] = {
    "facts": Command(
        _("Change the action"), _("Save changes"), EDIT, "facts", _record(ActionForm), _by(actions.update_action)
    ),
    "update": Command(
        _("Say how it goes"),
        _("Save update"),
        SAY,
        "updates",
        _of_act(forms.UpdateForm),
        _by(updates.add_update),
        help=_("An update is not edited later: a mistake is mended by saying the next."),
    ),
    "expect": Command(
        _("Say when it is expected"),
        _("Save"),
        SAY,
        "standing",
        _plain(forms.ExpectForm, expected_on=lambda a: a.expected_on, late_reason=lambda a: a.late_reason),
        _by(course.expect_action),
    ),
    "close": Command(
        _("Close the action"),
        _("Close action"),
        EDIT,
        "standing",
        _plain(forms.CloseForm),
        _by(course.close_action),
        help=_("Done means every milestone is reached or removed."),
        done=_("The action is closed."),
    ),
    "reopen": Command(
        _("Open the action again"), _("Open again"), EDIT, "standing", _new(ReasonForm), _by(course.reopen_action)
    ),
    "hold": Command(
        _("Put the action on hold"),
        _("Put on hold"),
        EDIT,
        "standing",
        _plain(forms.HoldForm, reason=lambda a: a.on_hold_reason),
        _by(course.hold_action),
    ),
    "resume": Command(
        _("Take the action off hold"),
        _("Resume"),
        EDIT,
        "standing",
        _new(CommandForm),
        _by(course.resume_action),
        help=_("From today the dates decide again how it stands."),
    ),
    "override": Command(
        _("Set the status by hand"),
        _("Set status"),
        OVERRIDE,
        "standing",
        _plain(forms.OverrideForm),
        _by(course.set_override),
        help=_("It stands beside the rule, with your name, the date and the reason, until it is lifted."),
    ),
    "lift": Command(
        _("Let the rules decide again"),
        _("Lift the status set by hand"),
        OVERRIDE,
        "standing",
        _new(CommandForm),
        _by(course.lift_override),
    ),
    "translate": Command(
        _("Translate the reasons"),
        _("Save translations"),
        EDIT,
        "standing",
        _record(forms.TranslateReasonsForm),
        _by(actions.update_action),
    ),
    "move": Command(
        _("Move to another objective"),
        _("Move action"),
        EDIT,
        "facts",
        _of_act(MoveActionForm),
        _by(actions.move_action),
    ),
    "remove": Command(
        _("Remove the action"),
        _("Remove action"),
        EDIT,
        "facts",
        _new(ReasonForm),
        _by(actions.remove_action),
        help=_("Only for what was entered by mistake. What has been reported on stays."),
        done=_("The action is removed."),
    ),
    "new-milestone": Command(
        _("Add a milestone"),
        _("Add milestone"),
        EDIT,
        "milestones",
        _new(forms.MilestoneForm),
        _by(milestones.add_milestone),
        done=_("The milestone is added."),
    ),
    "new-part": Command(
        _("Add an organisation"),
        _("Add organisation"),
        EDIT,
        "parts",
        _new(forms.ParticipationForm),
        _by(participations.add_participation),
        done=_("The organisation is added."),
    ),
    "new-money": Command(
        _("Add money"),
        _("Add money"),
        EDIT,
        "money",
        _new(forms.MoneyForm),
        _by(money.add_budget_line),
        done=_("The money is added."),
    ),
    "new-risk": Command(
        _("Note a risk"),
        _("Note risk"),
        SAY,
        "risks",
        _new(forms.RiskForm),
        _by(risks.add_risk),
        done=_("The risk is noted."),
    ),
}

CHILD_COMMANDS: Mapping[str, Mapping[str, Command]] = {
    "milestones": {
        "edit": Command(
            _("Change the milestone"),
            _("Save changes"),
            EDIT,
            "milestones",
            _record(forms.MilestoneForm),
            _by(milestones.update_milestone),
        ),
        "reach": Command(
            _("Tick the milestone"),
            _("It is reached"),
            SAY,
            "milestones",
            _plain(forms.ReachForm, note=lambda m: m.note, evidence_url=lambda m: m.evidence_url),
            _by(milestones.reach_milestone),
            done=_("The milestone is reached."),
        ),
        "unreach": Command(
            _("Take back the tick"),
            _("It is not reached"),
            SAY,
            "milestones",
            _new(ReasonForm),
            _by(milestones.unreach_milestone),
        ),
        "expect": Command(
            _("Say when the milestone is expected"),
            _("Save"),
            SAY,
            "milestones",
            _plain(forms.ExpectMilestoneForm, expected_on=lambda m: m.expected_on, note=lambda m: m.note),
            _by(milestones.expect_milestone),
        ),
        "remove": Command(
            _("Remove the milestone"),
            _("Remove milestone"),
            EDIT,
            "milestones",
            _new(ReasonForm),
            _by(milestones.remove_milestone),
            done=_("The milestone is removed."),
        ),
    },
    "parts": {
        "end": Command(
            _("End this part"),
            _("End part"),
            EDIT,
            "parts",
            _new(forms.EndParticipationForm),
            _by(participations.end_participation),
        ),
        "hand-over": Command(
            _("Hand over the lead"),
            _("Hand over"),
            EDIT,
            "parts",
            _new(forms.HandOverForm),
            _by(participations.hand_over_lead),
            done=_("The lead is handed over."),
        ),
        "remove": Command(
            _("Remove this part"),
            _("Remove part"),
            EDIT,
            "parts",
            _new(ReasonForm),
            _by(participations.remove_participation),
            help=_("Only for what was entered by mistake. A part that was real is ended."),
        ),
    },
    "money": {
        "edit": Command(
            _("Change this money"),
            _("Save changes"),
            EDIT,
            "money",
            _record(forms.MoneyForm),
            _by(money.update_budget_line),
        ),
        "remove": Command(
            _("Remove this money"), _("Remove money"), EDIT, "money", _new(ReasonForm), _by(money.remove_budget_line)
        ),
    },
    "risks": {
        "edit": Command(
            _("Change the risk"), _("Save changes"), SAY, "risks", _record(forms.RiskForm), _by(risks.update_risk)
        ),
        "close": Command(
            _("Close the risk"), _("Close risk"), SAY, "risks", _new(forms.CloseRiskForm), _by(risks.close_risk)
        ),
    },
}


def commands_for(viewer: object, act: Action) -> set[str]:
    """What `viewer` may do now to this action: tasks of the action by name, of its children as "milestones.reach"."""
    allowed = {name for name, task in ACTION_COMMANDS.items() if can(viewer, task.needs, act)}
    for kind, tasks in CHILD_COMMANDS.items():
        allowed |= {f"{kind}.{name}" for name, task in tasks.items() if can(viewer, task.needs, act)}
    now_void = {"reopen"} if act.closed_on is None else {"close", "hold", "expect", "override", "new-milestone"}
    now_void |= {"resume"} if act.on_hold_since is None else set()
    now_void |= {"lift"} if not act.override else set()
    now_void |= set() if act.late_reason or act.on_hold_reason or act.override_reason else {"translate"}
    return allowed - now_void
