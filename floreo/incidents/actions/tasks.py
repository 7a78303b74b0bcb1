"""Tasks of a case: added, done, not needed, given to somebody; and the steps of a playbook as tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.language_codes import texts_in
from floreo.core.writing import assign, last_position, lock_latest, refuse, require_text, save
from floreo.incidents import moments
from floreo.incidents.actions.cases import locked, require_handler
from floreo.incidents.actions.making import log
from floreo.incidents.models import Case, CaseTask, Playbook, TaskState, WaitingFor
from floreo.organisations.models import User

HANDLE = Permission.INCIDENT_HANDLE


def must_be_to_do(task: CaseTask) -> None:
    if task.state != TaskState.OPEN:
        raise Refused(
            _("This task is not open any more: %(state)s.") % {"state": task.get_state_display()}, code="over"
        )


def must_be_over(task: CaseTask) -> None:
    if task.state == TaskState.OPEN:
        raise Refused(_("This task is open already."), code="open")


@action("case.task_added", needs=HANDLE)
def add_task(
    case: Case,
    *,
    by: Actor,
    title: str,
    note: str = "",
    waiting_for: str = WaitingFor.TEAM,
    person: User | None = None,
    due_at: datetime | None = None,
) -> CaseTask:
    fresh = locked(case)
    title = require_text(title, field="title", sentence=_("Say what is to be done."))
    if person is not None:
        require_handler(person, "person")
    made = CaseTask(
        case=fresh,
        title=title[:300],
        note=note.strip(),
        waiting_for=waiting_for,
        person=person,
        due_at=due_at,
        position=last_position(fresh.tasks.all()),
    )
    save(made)
    log(fresh, what="task_added", facts={"task": made.title})
    return made


@action("case.task_changed", needs=HANDLE)
def change_task(task: CaseTask, *, by: Actor, version: int | None = None, **facts: Any) -> CaseTask:
    """Title, note, who, by when, and for whom it waits."""
    case = locked(task.case)
    fresh = lock_latest(task, version)
    must_be_to_do(fresh)
    title = str(facts.pop("title", fresh.title)).strip()
    fresh.set_text("title", require_text(title, field="title", sentence=_("Say what is to be done."))[:300])
    if "note" in facts:
        fresh.set_text("note", str(facts.pop("note")).strip())
    assign(fresh, facts)
    if fresh.person is not None:
        require_handler(fresh.person, "person")
    save(fresh)
    who = str(fresh.person) if fresh.person else ""
    due = fresh.due_at.isoformat() if fresh.due_at else ""
    log(case, what="task_changed", facts={"task": fresh.title, "person": who, "due": due})
    return fresh


@action("case.task_done", needs=HANDLE)
def finish_task(task: CaseTask, *, by: Actor, note: str = "") -> CaseTask:
    """Done now, by whoever says so."""
    return _end(task, TaskState.DONE, by, note)


@action("case.task_dropped", needs=HANDLE)
def discard_task(task: CaseTask, *, by: Actor, reason: str) -> CaseTask:
    """Not needed in this case, and why."""
    reason = require_text(reason, field="reason", sentence=_("Say in a few words why it is not needed."))
    return _end(task, TaskState.DROPPED, by, reason)


def _end(task: CaseTask, state: str, by: Actor, text: str) -> CaseTask:
    case = locked(task.case)
    fresh = lock_latest(task)
    must_be_to_do(fresh)
    fresh.state, fresh.done_at, fresh.done_by = state, moments.now(), by.actor_name[:200]
    save(fresh)
    log(case, text.strip(), what=f"task_{state}", facts={"task": fresh.title}, is_written=bool(text.strip()))
    return fresh


@action("case.task_reopened", needs=HANDLE)
def reopen_task(task: CaseTask, *, by: Actor) -> CaseTask:
    case = locked(task.case)
    fresh = lock_latest(task)
    must_be_over(fresh)
    fresh.state, fresh.done_at, fresh.done_by = TaskState.OPEN, None, ""
    save(fresh)
    log(case, what="task_reopened", facts={"task": fresh.title})
    return fresh


# --- Playbooks ----------------------------------------------------------------------------------------------------


@action("case.playbook_started", needs=HANDLE)
def start_playbook(case: Case, *, by: Actor, playbook: Playbook) -> Case:
    """Its steps become tasks. Of another one before, steps that are done stay and open ones go as not needed; a step that both have
    is not asked twice."""
    fresh = locked(case)
    if fresh.playbook == playbook.code:
        raise refuse("playbook", _("The case follows this playbook already."), code="same")
    now = moments.now()
    kept = set(fresh.tasks.filter(state=TaskState.DONE).exclude(step="").values_list("step", flat=True))
    left = list(fresh.tasks.filter(state=TaskState.OPEN).exclude(playbook=""))
    for task in left:
        task.state, task.done_at, task.done_by = TaskState.DROPPED, now, by.actor_name[:200]
        save(task)
    position = last_position(fresh.tasks.all())
    for number, step in enumerate(each for each in playbook.steps if each["code"] not in kept):
        save(_step_task(fresh, playbook, step, position + number, now))
    before, fresh.playbook = fresh.playbook, playbook.code
    save(fresh)
    facts = {
        "playbook": playbook.title,
        "texts": _titles(playbook),
        "revision": playbook.revision,
        "dropped": len(left),
    }
    log(fresh, what="playbook_swapped" if before else "playbook_started", facts=facts)
    return fresh


def _titles(playbook: Playbook) -> dict[str, str]:
    return {code: texts["title"] for code, texts in playbook.translations.items() if texts.get("title")}


def _step_task(case: Case, playbook: Playbook, step: Mapping[str, Any], position: int, now: datetime) -> CaseTask:
    hours = step.get("hours")
    texts = texts_in(step)
    return CaseTask(
        case=case,
        step=str(step["code"])[:60],
        playbook=playbook.code,
        phase=str(step.get("phase", ""))[:40],
        title=str(step["title"])[:300],
        note=str(step.get("note", "")),
        translations={code: {f: t for f, t in each.items() if f in {"title", "note"}} for code, each in texts.items()},
        waiting_for=step.get("waiting_for") or WaitingFor.TEAM,
        due_at=now + timedelta(hours=hours) if isinstance(hours, int | float) else None,
        position=position,
    )
