"""What the operator's side does with a notification: begin, write, submit, withdraw. By an account or by the link of one notification."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, can
from floreo.core.action import action
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.writing import delete, lock_latest, refuse, require_text, save
from floreo.incidents.actions import cases as incident_cases
from floreo.incidents.actions.duties import record_submission
from floreo.obligations import logic, moments
from floreo.obligations.access import ByMail, may_write
from floreo.obligations.actions.waiting import settle
from floreo.obligations.checking import moment_of, sound_answers
from floreo.obligations.logic import NoticeKind, NotificationState, Stage, StageState
from floreo.obligations.models import (
    N_WRITE,
    Notification,
    NotificationForm,
    NotificationStage,
    StageDraft,
    StageVersion,
)
from floreo.obligations.queries import earlier_answers, newest_answers
from floreo.organisations.models import Organisation, User

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another
MOST_PROGRESS = 60


# --- Rules --------------------------------------------------------------------------------------------------------


def must_write(by: Actor, notification: Notification) -> None:
    """The person with its link, or an account of its organisation. To anybody else it is not there."""
    if not may_write(by, notification):
        raise Missing if not can(by, N_WRITE) else NotAllowed


def must_be_open(notification: Notification) -> None:
    if not notification.is_open:
        raise Refused(
            _("%(reference)s is over: %(state)s.")
            % {"reference": notification.reference, "state": notification.get_state_display()},
            code="over",
        )


def must_be_writable(stage: NotificationStage) -> None:
    if not stage.is_writable:
        raise Refused(_("This was submitted already. It can be changed only if the team returns it."), code="submitted")


def reference_of(year: int) -> str:
    """Says the year in which it was begun, which never changes, and nothing of how many there are."""
    return f"NTF-{year}-" + "".join(secrets.choice(_LETTERS) for _n in range(6))


# --- Beginning ----------------------------------------------------------------------------------------------------


@action("notification.started", needs=None)
def start(
    *,
    by: Actor,
    form: NotificationForm,
    kind: str,
    organisation: Organisation | None = None,
    named: str = "",
    name: str = "",
    mail: str = "",
    phone: str = "",
    language: str = "",
) -> Notification:
    """A notification with its first stage, still empty. An account begins for its own organisation; whoever came by a link sent to them,
    for an organisation that the register knows by that address or, held until the team attaches it, for one that they name."""
    if isinstance(by, User):
        if organisation is not None and not can(by, N_WRITE, organisation):
            raise NotAllowed
        if organisation is None:
            raise refuse("organisation", _("Choose the organisation."), code="missing")
    elif not isinstance(by, ByMail) or mail.lower() != by.mail.lower():
        raise NotAllowed
    if organisation is None:
        named = require_text(named, field="named", sentence=_("Enter the name of your organisation."))
    if not isinstance(by, User):
        name = require_text(name, field="name", sentence=_("Enter your name."))
    made = Notification(
        reference=reference_of(clock.today().year),
        form=form,
        kind=kind,
        organisation=organisation,
        named=named[:200],
        sector=organisation.sector if organisation else None,
        user=by if isinstance(by, User) else None,
        name=name[:200] or by.actor_name[:200],
        mail=mail,
        phone=phone,
        language=language,
        waiting_since=moments.now(),
    )
    save(made)
    add_stage(made, logic.first_stage(NoticeKind(kind)), by=by)
    return settle(made, what="begun" if mail else "")


def add_stage(notification: Notification, kind: Stage, *, by: Actor, **facts: Any) -> NotificationStage:
    """A new stage with what it takes over from the earlier ones."""
    number = 1 + notification.stages.filter(kind=kind).count()
    if number > MOST_PROGRESS:
        raise Refused(_("No more progress reports can be added here."), code="too_many")
    stage = save(NotificationStage(notification=notification, kind=kind, number=number, **facts))
    answers = logic.inherited(notification.form.all_items(), kind, earlier_answers(stage))
    StageDraft.objects.create(stage=stage, answers=answers, saved_at=moments.now(), saved_by=by.actor_name[:200])
    return stage


@action("notification.stage_begun", needs=None)
def begin_stage(notification: Notification, *, by: Actor, kind: str) -> NotificationStage:
    """The next stage, with the answers of the earlier ones. Refuses one that is not due yet: a final report before the
    notification."""
    fresh = lock_latest(notification)
    must_write(by, fresh)
    must_be_open(fresh)
    stages = list(fresh.stages.all())
    written: NotificationStage | None = next((e for e in stages if e.kind == kind and e.is_writable), None)
    if written is not None:  # begun already: go on with it
        return written
    sent = [Stage(each.kind) for each in stages if each.first_at]
    if not logic.may_begin(NoticeKind(fresh.kind), Stage(kind), sent, [Stage(each.kind) for each in stages]):
        raise Refused(_("This stage cannot be written now: an earlier one is to be submitted first."), code="order")
    made = add_stage(fresh, Stage(kind), by=by)
    settle(fresh)
    return made


# --- Writing ------------------------------------------------------------------------------------------------------


@action("notification.draft_saved", needs=None, quiet=True)
def save_draft(stage: NotificationStage, *, by: Actor, answers: Mapping[str, Any], version: int | None) -> StageDraft:
    """What is being written, saved every few seconds; no entry of the trail. Two who write at once: the second is shown what the first
    saved (Changed), and nothing is lost."""
    fresh = lock_latest(stage)
    must_write(by, fresh.notification)
    must_be_open(fresh.notification)
    must_be_writable(fresh)
    draft = _draft_of(fresh, by)
    given = dict(answers)
    if given == draft.answers:
        return draft
    at = moments.now()
    rows = StageDraft.objects.filter(pk=draft.pk, version=draft.version if version is None else version)
    if not rows.update(answers=given, version=draft.version + 1, saved_at=at, saved_by=by.actor_name[:200]):
        raise changed(draft)
    draft.refresh_from_db()
    return draft


def changed(draft: StageDraft) -> Changed:
    return Changed(
        _("%(name)s saved this at the same time. Your text is not lost: compare, and save again.")
        % {"name": draft.saved_by},
        theirs={"version": draft.version, "answers": draft.answers, "saved_by": draft.saved_by},
    )


def _draft_of(stage: NotificationStage, by: Actor) -> StageDraft:
    found, _made = StageDraft.objects.get_or_create(
        stage=stage,
        defaults={"answers": newest_answers(stage), "saved_at": moments.now(), "saved_by": by.actor_name[:200]},
    )
    return found


@action("notification.submitted", needs=None)
def submit(stage: NotificationStage, *, by: Actor, answers: Mapping[str, Any], version: int | None) -> StageVersion:
    """The stage as it is goes to the team. Pressed twice, it is submitted once. The first submission is the one that clocks count;
    later ones, after a return, add a version."""
    fresh = lock_latest(stage)
    notification = lock_latest(fresh.notification)
    must_write(by, notification)
    must_be_open(notification)
    must_be_writable(fresh)
    draft = _draft_of(fresh, by)
    if version is not None and version != draft.version and dict(answers) != draft.answers:
        raise changed(draft)
    kind, now = Stage(fresh.kind), moments.now()
    asked = notification.form.asked_in(kind)
    kept, wrong = sound_answers(asked, kind, answers, now=max(now, clock.machine()), first=notification.submitted_at)
    if wrong:
        raise Refused(_("Some answers cannot be submitted yet."), code="bad_answers", fields=wrong)
    made = save(
        StageVersion(stage=fresh, number=fresh.versions.count() + 1, at=now, by=by.actor_name[:200], answers=kept)
    )
    StageDraft.objects.filter(pk=draft.pk).update(answers=kept, version=draft.version + 1)
    for file in fresh.files.filter(version_number=None):
        file.version_number = made.number
        save(file)
    is_first = fresh.first_at is None
    fresh.state, fresh.first_at = StageState.SUBMITTED, fresh.first_at or now
    save(fresh)
    _take_facts(notification)
    if notification.state == NotificationState.DRAFT:
        notification.state, notification.submitted_at = NotificationState.OPEN, now
    settle(notification, what="received" if is_first else "")
    if is_first:
        _record_in_case(notification, fresh)
    return made


def _take_facts(notification: Notification) -> None:
    """Columns from the newest answers, but for those that the team corrected; and whether it is significant, by the rules."""
    questions = notification.form.all_items()
    answers = logic.known(questions, [newest_answers(each) for each in notification.stages.order_by("first_at", "pk")])
    for each in questions:
        if each.fact and each.fact not in notification.corrected and each.code in answers:
            setattr(notification, each.fact, _fact(each.fact, answers[each.code]))
    if "is_significant" not in notification.corrected:
        asked = {each.kind for each in notification.stages.exclude(first_at=None)}
        ticked: dict[str, Any] = {
            each.code: [] for each in questions if each.kind is logic.QuestionKind.SEVERAL and each.stages & asked
        }
        verdict, rules = logic.significance(notification.form.significance_rules(), ticked | answers)
        notification.is_significant = verdict
        notification.significance_rules = [rule.code for rule in rules]


def _fact(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return moment_of(value)
    if name.startswith("is_"):
        return {"yes": True, "no": False}.get(value)
    return str(value)[:300] if name == "countries" else value


def _record_in_case(notification: Notification, stage: NotificationStage) -> None:
    """The case's own clock of that kind stops; nothing of the answers goes there. A closed case is left as it is."""
    case = living_case(notification)
    if case is not None and case.is_open:
        assert stage.first_at is not None
        record_submission(case, by=SYSTEM, kind=stage.kind, organisation=notification.organisation, at=stage.first_at)


def living_case(notification: Notification) -> Any:
    """The case that it belongs to or, where that was merged, into which."""
    case, seen = notification.case, set[int]()
    while case is not None and case.merged_into is not None and case.pk not in seen:
        seen.add(case.pk)
        case = case.merged_into
    return case


# --- Taking back --------------------------------------------------------------------------------------------------


def must_be_submitted(notification: Notification) -> None:
    must_be_open(notification)
    if notification.state == NotificationState.DRAFT:
        raise Refused(_("Nothing was submitted yet. Discard the draft instead."), code="draft")


def must_be_a_draft(notification: Notification) -> None:
    if notification.state != NotificationState.DRAFT:
        raise Refused(_("It was submitted. Withdraw it as a false alarm instead."), code="submitted")


@action("notification.withdrawn", needs=None)
def withdraw(notification: Notification, *, by: Actor, reason: str) -> Notification:
    """A false alarm, with the reason. What was submitted stays on record; clocks stop."""
    fresh = lock_latest(notification)
    must_write(by, fresh)
    must_be_submitted(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it was a false alarm."))
    fresh.state, fresh.closed_at = NotificationState.WITHDRAWN, moments.now()
    saved = settle(fresh)
    case = living_case(saved)
    if case is not None:
        words = {"reference": saved.reference}
        incident_cases.write_note(case, by=SYSTEM, text=_("%(reference)s was withdrawn as a false alarm.") % words)
    return saved


@action("notification.discarded", needs=None)
def discard(notification: Notification, *, by: Actor) -> None:
    """A draft of which nothing was submitted goes, with all that was written."""
    fresh = lock_latest(notification)
    must_write(by, fresh)
    must_be_a_draft(fresh)
    delete(fresh)
