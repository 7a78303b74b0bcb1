"""What can be done to an action and to what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.strategy.actions import actions, course, milestones, money, participations, risks, updates, waiting
from floreo.strategy.models import Action, BudgetLine, Milestone, Participation, Risk
from floreo.workspace.commands import Command, Data, allowed_by, commands_for, new, over_row, starting_with
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.plan import action_forms as forms
from floreo.workspace.plan.forms import ActionForm, MoveActionForm

EDIT, UPDATE, OVERRIDE = Permission.PLAN_EDIT, Permission.PLAN_UPDATE, Permission.PLAN_OVERRIDE


def _of_act(form: Any) -> Callable[[Data, Any], Any]:
    return lambda data, act: form(data, act=act)


def _plan_of(act: Action) -> str:
    return reverse("workspace:plan", args=[act.edition.code])


def _has_reason(act: Action, _viewer: object) -> bool:
    return bool(act.late_reason or act.on_hold_reason or act.override_reason)


ACTION_COMMANDS: Mapping[str, Command] = {
    "facts": Command(
        _("Change the action"),
        _("Save changes"),
        EDIT,
        over_row(ActionForm),
        actions.update_action,
        section="facts",
    ),
    "due": Command(
        _("Change the due date"),
        _("Save"),
        EDIT,
        starting_with(forms.DueDateForm, due_on=lambda a: a.due_on),
        actions.update_action,
        back=lambda act: f"{_plan_of(act)}#action-{act.code}",
    ),
    "update": Command(
        _("Give an update"),
        _("Save update"),
        UPDATE,
        _of_act(forms.UpdateForm),
        updates.add_update,
        section="updates",
        help=_("An update cannot be edited later. Correct a mistake in the next update."),
    ),
    "expect": Command(
        _("Change the expected date"),
        _("Save"),
        UPDATE,
        starting_with(forms.ExpectForm, expected_on=lambda a: a.expected_on, late_reason=lambda a: a.late_reason),
        course.expect_action,
        allowed_by(course.must_not_be_closed),
        section="status",
    ),
    "close": Command(
        _("Close the action"),
        _("Close action"),
        EDIT,
        starting_with(forms.CloseForm),
        course.close_action,
        allowed_by(course.must_not_be_closed),
        section="status",
        help=_("An action is done when every milestone has been reached or removed."),
        done=_("Action closed."),
    ),
    "reopen": Command(
        _("Reopen the action"),
        _("Reopen"),
        EDIT,
        new(ReasonForm),
        course.reopen_action,
        allowed_by(course.must_be_closed),
        section="status",
    ),
    "hold": Command(
        _("Put the action on hold"),
        _("Put on hold"),
        EDIT,
        starting_with(forms.HoldForm, reason=lambda a: a.on_hold_reason),
        course.hold_action,
        allowed_by(course.must_not_be_closed),
        section="status",
    ),
    "resume": Command(
        _("Resume the action"),
        _("Resume"),
        EDIT,
        new(CommandForm),
        course.resume_action,
        allowed_by(course.must_be_on_hold),
        section="status",
        help=_("From today, the status is set by the dates again."),
    ),
    "override": Command(
        _("Override the status"),
        _("Set status"),
        OVERRIDE,
        starting_with(forms.OverrideForm),
        course.set_override,
        allowed_by(course.must_not_be_closed),
        section="status",
        help=_("The override is shown beside the rule, with your name, the date and the reason, until it is removed."),
    ),
    "lift": Command(
        _("Remove the status override"),
        _("Remove override"),
        OVERRIDE,
        new(CommandForm),
        course.lift_override,
        allowed_by(course.must_be_overridden),
        section="status",
    ),
    "translate": Command(
        _("Translate the reasons"),
        _("Save translations"),
        EDIT,
        over_row(forms.TranslateReasonsForm),
        actions.update_action,
        _has_reason,
        section="status",
    ),
    "waits": Command(
        _("Change what it waits for"),
        _("Save"),
        EDIT,
        starting_with(forms.WaitsForm, codes=forms.codes_waited_for),
        waiting.set_waits,
        section="waits",
        help=_("It says what has to be done first. The status stays as the dates give it."),
    ),
    "move": Command(
        _("Move to another place in the plan"),
        _("Move action"),
        EDIT,
        _of_act(MoveActionForm),
        actions.move_action,
        section="facts",
    ),
    "remove": Command(
        _("Remove the action"),
        _("Remove action"),
        EDIT,
        new(ReasonForm),
        actions.remove_action,
        section="facts",
        help=_("Only for entries made by mistake. Actions included in a report cannot be removed."),
        done=_("Action removed."),
        back=_plan_of,
    ),
    "new-milestone": Command(
        _("Add a milestone"),
        _("Add milestone"),
        EDIT,
        new(forms.MilestoneForm),
        milestones.add_milestone,
        allowed_by(course.must_not_be_closed),
        section="milestones",
        done=_("Milestone added."),
    ),
    "new-part": Command(
        _("Add an organisation"),
        _("Add organisation"),
        EDIT,
        new(forms.ParticipationForm),
        participations.add_participation,
        section="parts",
        done=_("Organisation added."),
    ),
    "new-money": Command(
        _("Add money"),
        _("Add money"),
        EDIT,
        new(forms.MoneyForm),
        money.add_budget_line,
        section="money",
        done=_("Money added."),
    ),
    "new-risk": Command(
        _("Record a risk"),
        _("Record risk"),
        UPDATE,
        new(forms.RiskForm),
        risks.add_risk,
        section="risks",
        done=_("Risk recorded."),
    ),
}


def _has_no_end(part: Participation, _viewer: object) -> bool:
    return part.ends_on is None


CHILD_COMMANDS: Mapping[str, Mapping[str, Command]] = {
    "milestones": {
        "edit": Command(
            _("Change the milestone"),
            _("Save changes"),
            EDIT,
            over_row(forms.MilestoneForm),
            milestones.update_milestone,
            section="milestones",
        ),
        "reach": Command(
            _("Mark the milestone as reached"),
            _("Mark as reached"),
            UPDATE,
            starting_with(forms.ReachForm, note=lambda m: m.note, evidence_url=lambda m: m.evidence_url),
            milestones.reach_milestone,
            allowed_by(milestones.must_not_be_reached),
            section="milestones",
            done=_("Milestone reached."),
        ),
        "unreach": Command(
            _("Mark the milestone as not reached"),
            _("Mark as not reached"),
            UPDATE,
            new(ReasonForm),
            milestones.unreach_milestone,
            allowed_by(milestones.must_be_reached),
            section="milestones",
        ),
        "expect": Command(
            _("Change the expected date of the milestone"),
            _("Save"),
            UPDATE,
            starting_with(forms.ExpectMilestoneForm, expected_on=lambda m: m.expected_on, note=lambda m: m.note),
            milestones.expect_milestone,
            allowed_by(milestones.must_not_be_reached),
            section="milestones",
        ),
        "remove": Command(
            _("Remove the milestone"),
            _("Remove milestone"),
            EDIT,
            new(ReasonForm),
            milestones.remove_milestone,
            section="milestones",
            done=_("Milestone removed."),
        ),
    },
    "parts": {
        "end": Command(
            _("End this role"),
            _("End role"),
            EDIT,
            new(forms.EndParticipationForm),
            participations.end_participation,
            _has_no_end,
            section="parts",
        ),
        "hand-over": Command(
            _("Change the lead"),
            _("Change lead"),
            EDIT,
            new(forms.HandOverForm),
            participations.hand_over_lead,
            allowed_by(participations.must_be_leading),
            section="parts",
            done=_("Lead changed."),
        ),
        "remove": Command(
            _("Remove this role"),
            _("Remove role"),
            EDIT,
            new(ReasonForm),
            participations.remove_participation,
            section="parts",
            help=_("Only for entries made by mistake. If the role has ended, use “End role”."),
        ),
    },
    "money": {
        "edit": Command(
            _("Change this money"),
            _("Save changes"),
            EDIT,
            over_row(forms.MoneyForm),
            money.update_budget_line,
            section="money",
        ),
        "remove": Command(
            _("Remove this money"),
            _("Remove money"),
            EDIT,
            new(ReasonForm),
            money.remove_budget_line,
            section="money",
        ),
    },
    "risks": {
        "edit": Command(
            _("Change the risk"),
            _("Save changes"),
            UPDATE,
            over_row(forms.RiskForm),
            risks.update_risk,
            section="risks",
        ),
        "close": Command(
            _("Close the risk"),
            _("Close risk"),
            UPDATE,
            new(forms.CloseRiskForm),
            risks.close_risk,
            allowed_by(risks.must_be_open),
            section="risks",
        ),
    },
}


def commands_of_action(
    viewer: object, act: Action, children: Mapping[str, Iterable[Milestone | Participation | BudgetLine | Risk]] = {}
) -> set[str]:
    """What `viewer` may do now to this action: its commands by name, those of its children as "parts.12.end"."""
    names = set(commands_for(viewer, act, ACTION_COMMANDS))
    for kind, rows in children.items():
        for row in rows:
            key = row.code if isinstance(row, Milestone) else row.pk
            names |= {f"{kind}.{key}.{name}" for name in commands_for(viewer, row, CHILD_COMMANDS[kind], of=act)}
    return names
