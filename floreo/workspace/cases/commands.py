"""What can be done to a case and to its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.incidents import logic
from floreo.incidents.actions import cases, duties, merging, messages, parts, tasks
from floreo.incidents.models import Case, CaseState, TaskState
from floreo.workspace.cases import forms
from floreo.workspace.commands import Command, allowed_by, new, starting_with
from floreo.workspace.forms import CommandForm

HANDLE = Permission.INCIDENT_HANDLE
Data = QueryDict | None


def _steps_to(state: str) -> Callable[[Any, object], bool]:
    return lambda case, _viewer: logic.can_step(logic.CASE_STEPS, case.state, state) and case.state != CaseState.MERGED


_is_open = allowed_by(cases.must_be_open)


def _with_viewer(form: Any, viewer: object) -> Callable[[Data, Any], Any]:
    return lambda data, _case: form(data, viewer=viewer)


def _playbook(data: Data, case: Case) -> Any:
    return forms.PlaybookForm(data, case=case)


def _row_form(form: Any, *names: str) -> Callable[[Data, Any], Any]:
    """A form that starts from the row's own fields of these names."""
    return lambda data, row: form(data, initial={name: getattr(row, name) for name in names})


def _rsit(case: Case) -> str:
    return f"{case.rsit_class}/{case.rsit_type}" if case.rsit_type else case.rsit_class


def _at(section: str) -> Callable[[Any], str]:
    """Back to that part of the case's page."""
    return lambda thing: f"{getattr(thing, 'case', thing).get_absolute_url()}#{section}"


def _moment(name: str) -> Callable[[Any], object]:
    return lambda case: getattr(case, name)


_MARKED = {"tlp": lambda c: c.tlp}  # what is added starts with the marking of its case

# The case itself: what it is, who has it, and what is known of it.
_ABOUT: Mapping[str, Command] = {
    "classify": Command(
        _l("Class, severity and marking"),
        _l("Save"),
        HANDLE,
        starting_with(
            forms.ClassifyForm,
            rsit=_rsit,
            services=lambda c: c.impact.get("services", ""),
            data_affected=lambda c: c.impact.get("data", ""),
            people=lambda c: c.impact.get("people"),
            danger=lambda c: forms.yes_no_of(c.impact.get("danger")),
            spreading=lambda c: forms.yes_no_of(c.impact.get("spreading")),
            severity=lambda c: c.severity if c.severity_reason else "",
            severity_reason=lambda c: c.severity_reason,
            pap=lambda c: c.pap,
            sector=lambda c: c.sector,
            place=lambda c: c.place,
            is_cross_border=lambda c: forms.yes_no_of(c.is_cross_border),
            facts=lambda c: c.facts,
            **_MARKED,
        ),
        cases.classify,
        _is_open,
    ),
    "hand-over": Command(
        _l("Hand the case over"),
        _l("Hand over"),
        HANDLE,
        starting_with(forms.HandOverForm, note=lambda c: c.handover),
        cases.hand_over,
        _is_open,
        done=_l("Handover note saved."),
    ),
    "take": Command(
        _l("Who takes the case"),
        _l("Take over"),
        HANDLE,
        new(forms.TakeOverForm),
        cases.take_over,
        _is_open,
    ),
    "waiting": Command(
        _l("Who must act next"),
        _l("Waiting for"),
        HANDLE,
        starting_with(forms.WaitingForm, waiting_for=lambda c: c.waiting_for),
        cases.set_waiting,
        _is_open,
    ),
    "times": Command(
        _l("Times of the incident"),
        _l("Times"),
        HANDLE,
        starting_with(forms.MomentsForm, **{name: _moment(name) for name in cases.MOMENTS}),
        cases.set_moments,
        _is_open,
        help=_l("As far as known. Clocks and values are computed from them."),
    ),
    "edit": Command(
        _l("Title and summary"),
        _l("Edit"),
        HANDLE,
        starting_with(forms.EditForm, title=lambda c: c.title, summary=lambda c: c.summary),
        cases.edit_case,
        _is_open,
    ),
}
# What is added to it.
_PARTS: Mapping[str, Command] = {
    "note": Command(
        _l("Write in the log"), _l("Add to the log"), HANDLE, new(forms.NoteForm), cases.write_note, back=_at("log")
    ),
    "task": Command(
        _l("Add a task"), _l("Add a task"), HANDLE, new(forms.TaskForm), tasks.add_task, _is_open, back=_at("tasks")
    ),
    "playbook": Command(
        _l("Start or change the playbook"),
        _l("Playbook"),
        HANDLE,
        _playbook,
        tasks.start_playbook,
        _is_open,
        back=_at("tasks"),
        help=_l("Its steps become tasks. Steps that are done stay; open ones of an earlier playbook go."),
    ),
    "happened": Command(
        _l("What happened"),
        _l("Add what happened"),
        HANDLE,
        starting_with(forms.HappeningForm, **_MARKED),
        parts.add_happening,
        _is_open,
        back=_at("happened"),
    ),
    "observables": Command(
        _l("Add observables"),
        _l("Add observables"),
        HANDLE,
        starting_with(forms.ObservablesForm, pap=lambda c: c.pap, **_MARKED),
        parts.add_observables,
        _is_open,
        back=_at("observables"),
    ),
    "mail": Command(
        _l("Write an e-mail"),
        _l("Send"),
        HANDLE,
        starting_with(forms.MailForm, **_MARKED),
        messages.send_message,
        _is_open,
        back=_at("mail"),
        done=_l("Saved in the case, and on its way unless this is an exercise."),
    ),
    "organisation": Command(
        _l("Add an organisation"),
        _l("Add an organisation"),
        HANDLE,
        new(forms.OrganisationForm),
        parts.add_organisation,
        _is_open,
    ),
}
# What laws ask of it, by when.
_CLOCKS: Mapping[str, Command] = {
    "submission": Command(
        _l("Record what an organisation sent under a law"),
        _l("Record a submission"),
        HANDLE,
        new(forms.SubmissionForm),
        duties.record_submission,
        _is_open,
        help=_l("The clock of that kind stops at the time at which it was received."),
    ),
    "pause": Command(
        _l("Pause the clocks"),
        _l("Pause the clocks"),
        HANDLE,
        new(forms.PauseForm),
        duties.pause_clocks,
        lambda case, viewer: _is_open(case, viewer) and not case.pauses.filter(ends_at=None).exists(),
        help=_l("Only clocks whose rule allows it are paused."),
    ),
    "resume": Command(
        _l("Resume the clocks"),
        _l("Resume the clocks"),
        HANDLE,
        new(CommandForm),
        duties.resume_clocks,
        lambda case, viewer: _is_open(case, viewer) and case.pauses.filter(ends_at=None).exists(),
    ),
}
# Who may read it while it is marked TLP:RED.
_READERS: Mapping[str, Command] = {
    "member": Command(
        _l("Who may read it while it is TLP:RED"),
        _l("Add a reader"),
        HANDLE,
        new(forms.MemberForm),
        cases.add_member,
        lambda case, viewer: case.tlp == "RED" and _is_open(case, viewer),
    ),
    "remove-member": Command(
        _l("Who may not read it any more"),
        _l("Remove a reader"),
        HANDLE,
        new(forms.MemberForm),
        cases.remove_member,
        lambda case, viewer: case.tlp == "RED" and _is_open(case, viewer) and case.members.exists(),
    ),
}
# From one state to the next.
_STATES: Mapping[str, Command] = {
    "contain": Command(
        _l("The incident is contained"),
        _l("Contained"),
        HANDLE,
        new(forms.AtForm),
        cases.contain,
        _steps_to(CaseState.CONTAINED),
    ),
    "resolve": Command(
        _l("The incident is resolved"),
        _l("Resolved"),
        HANDLE,
        new(forms.AtForm),
        cases.resolve,
        _steps_to(CaseState.RESOLVED),
    ),
    "close": Command(
        _l("Close the case"),
        _l("Close the case"),
        HANDLE,
        starting_with(forms.CloseForm, lessons=lambda c: c.lessons),
        cases.close,
        _steps_to(CaseState.CLOSED),
        done=_l("The case is closed."),
    ),
    "reopen": Command(
        _l("Reopen the case"),
        _l("Reopen"),
        HANDLE,
        new(forms.ReopenForm),
        cases.reopen,
        _steps_to(CaseState.OPEN),
    ),
}


def _with_other_cases(viewer: object) -> Mapping[str, Command]:
    """Which other case somebody may name depends on who they are."""
    return {
        "link": Command(
            _l("Mark as related to another case"),
            _l("Related case"),
            HANDLE,
            _with_viewer(forms.LinkForm, viewer),
            parts.link_case,
        ),
        "merge": Command(
            _l("Merge into another case"),
            _l("Merge"),
            HANDLE,
            _with_viewer(forms.MergeForm, viewer),
            merging.merge,
            _is_open,
            help=_l("Reports, mails, observables and open tasks go over. It can be undone."),
            done=_l("Merged."),
        ),
    }


def commands_of(viewer: object) -> Mapping[str, Command]:
    """What can be done to a case, in the order of its buttons."""
    return {**_ABOUT, **_PARTS, **_CLOCKS, **_READERS, **_with_other_cases(viewer), **_STATES}


def _task_is(state: str) -> Callable[[Any, object], bool]:
    return lambda task, viewer: task.state == state and _is_open(task.case, viewer)


def _case_is_open(part: Any, viewer: object) -> bool:
    return _is_open(part.case, viewer)


TASKS: Mapping[str, Command] = {
    "change": Command(
        _l("Change the task"),
        _l("Save"),
        HANDLE,
        _row_form(forms.TaskForm, "title", "note", "waiting_for", "due_at", "person"),
        tasks.change_task,
        _task_is(TaskState.OPEN),
        back=_at("tasks"),
    ),
    "done": Command(
        _l("The task is done"),
        _l("Done"),
        HANDLE,
        new(CommandForm),
        tasks.finish_task,
        _task_is(TaskState.OPEN),
        back=_at("tasks"),
    ),
    "drop": Command(
        _l("The task is not needed"),
        _l("Not needed"),
        HANDLE,
        new(forms.DropForm),
        tasks.discard_task,
        _task_is(TaskState.OPEN),
        back=_at("tasks"),
    ),
}
HAPPENINGS: Mapping[str, Command] = {
    "change": Command(
        _l("What happened"),
        _l("Save"),
        HANDLE,
        _row_form(forms.HappeningForm, "text", "at", "is_about", "source", "tlp"),
        parts.change_happening,
        _case_is_open,
        back=_at("happened"),
    ),
    "remove": Command(
        _l("Remove it from what happened"),
        _l("Remove"),
        HANDLE,
        new(CommandForm),
        parts.remove_happening,
        _case_is_open,
        back=_at("happened"),
    ),
}
OBSERVABLES: Mapping[str, Command] = {
    "change": Command(
        _l("Change the observable"),
        _l("Save"),
        HANDLE,
        _row_form(forms.ObservableForm, "role", "tlp", "pap", "is_malicious"),
        parts.change_observable,
        _case_is_open,
        back=_at("observables"),
    ),
    "remove": Command(
        _l("Remove the observable"),
        _l("Remove"),
        HANDLE,
        new(CommandForm),
        parts.remove_observable,
        _case_is_open,
        back=_at("observables"),
    ),
}
REPORTS: Mapping[str, Command] = {
    "split": Command(
        _l("Split the report off into a case of its own"),
        _l("Split off"),
        HANDLE,
        new(forms.SplitForm),
        merging.split_report,
        done=_l("The report has a case of its own now."),
    ),
}
