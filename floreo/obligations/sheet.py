"""Pages of one notification, the same for an account and for the link: what was submitted, the clocks, and the form of a stage with what
it takes over, what changed, and what somebody else saved in the meantime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from floreo.core import deadlines
from floreo.core.access import Actor
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.ui import locale as ui
from floreo.core.ui.forms import refuse_on
from floreo.core.whole import whole
from floreo.incidents.case_page import ShownClock, shown_clock
from floreo.obligations import clocks, logic, moments
from floreo.obligations.access import may_write
from floreo.obligations.actions.attaching import attach_file, remove_file
from floreo.obligations.actions.writing import save_draft, submit
from floreo.obligations.checking import PREFIX, collected
from floreo.obligations.logic import NoticeKind, NotificationState, Question, Stage
from floreo.obligations.models import (
    Notification,
    NotificationClock,
    NotificationStage,
    StageChoice,
    StageDraft,
    StageFile,
    StageVersion,
)
from floreo.obligations.presenters import (
    answer_text,
    saved_text,
    shown_answers,
    shown_differences,
    stage_state_text,
    stage_title,
)
from floreo.obligations.queries import earlier_answers, newest_answers
from floreo.obligations.stage_form import StageForm

_ORDER = {"overdue": 0, "due_soon": 1, "running": 2, "paused": 3, "not_known_yet": 4, "not_started": 5}


# --- What was submitted -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownVersion:
    version: StageVersion
    changes: list[tuple[str, str, str]]  # against the version before it


@dataclass(frozen=True)
class ShownStage:
    """A stage as the page shows it. `changes` are those against everything that was known before it."""

    stage: NotificationStage
    title: str
    state: str
    answers: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]
    versions: list[ShownVersion]
    is_writable: bool
    files: list[StageFile]


def shown_stages(notification: Notification, viewer: object) -> list[ShownStage]:
    """In the order in which they were begun. What is still being written is not among the answers."""
    questions = notification.form.all_items()
    writes = notification.is_open and may_write(viewer, notification)
    shows_drafts = may_write(viewer, notification)
    rows = list(notification.stages.prefetch_related("versions", "files").order_by("pk"))
    known: dict[str, Any] = {}
    before: dict[int, dict[str, Any]] = {}
    for stage in sorted((each for each in rows if each.first_at), key=lambda each: (each.first_at, each.pk)):
        before[stage.pk] = dict(known)
        known |= _newest(stage)
    found = []
    for stage in rows:
        asked = logic.asked_in(questions, Stage(stage.kind))
        answers = _newest(stage)
        # An answer of an earlier stage that this one also asks for; a new one is no change of an old one.
        earlier = {each.code: before[stage.pk][each.code] for each in asked if each.code in before.get(stage.pk, {})}
        changed = logic.differences([each for each in asked if each.code in earlier], earlier, answers)
        found.append(
            ShownStage(
                stage,
                stage_title(stage),
                stage_state_text(stage),
                shown_answers(asked, answers),
                shown_differences(questions, changed) if answers else [],
                _versions(asked, stage),
                writes and stage.is_writable,
                [each for each in stage.files.all() if shows_drafts or each.is_submitted],
            )
        )
    return found


def _newest(stage: NotificationStage) -> dict[str, Any]:
    versions = sorted(stage.versions.all(), key=lambda each: each.number)
    return dict(versions[-1].answers) if versions else {}


def _versions(asked: Sequence[Question], stage: NotificationStage) -> list[ShownVersion]:
    rows = sorted(stage.versions.all(), key=lambda each: each.number)
    found = []
    for at, row in enumerate(rows):
        old = rows[at - 1].answers if at else row.answers
        found.append(ShownVersion(row, shown_differences(asked, logic.differences(asked, old, row.answers))))
    return found


def may_begin(notification: Notification, viewer: object) -> list[tuple[str, str]]:
    """Stages that can be begun now: (name, words)."""
    if not notification.is_open or not may_write(viewer, notification):
        return []
    rows = list(notification.stages.all())
    if any(each.is_writable and each.kind != Stage.PROGRESS for each in rows):
        return []
    sent = [Stage(each.kind) for each in rows if each.first_at]
    begun = [Stage(each.kind) for each in rows]
    open_progress = any(each.is_writable and each.kind == Stage.PROGRESS for each in rows)
    return [
        (stage, str(StageChoice(stage).label))
        for stage in logic.STAGES[NoticeKind(notification.kind)]
        if logic.may_begin(NoticeKind(notification.kind), stage, sent, begun)
        and not (stage is Stage.PROGRESS and open_progress)
    ]


def shown_clocks(notification: Notification, now: datetime) -> list[ShownClock]:
    """What runs first; what does not apply is left out, unless nothing else is there. While nothing was submitted they are computed from
    the draft."""
    if notification.state == NotificationState.DRAFT:
        rows = _from_draft(notification)
    else:
        rows = list(notification.clocks.all())
    rows.sort(key=lambda each: (_ORDER.get(each.state, 6), each.due_at or now, each.rule, each.step))
    counted = [each for each in rows if each.state != deadlines.State.DOES_NOT_APPLY]
    return [shown_clock(each, now) for each in counted or rows]  # type: ignore[arg-type]  # the same columns


def _from_draft(notification: Notification) -> list[NotificationClock]:
    draft = StageDraft.objects.filter(stage__notification=notification).first()
    given = draft.answers if draft is not None else {}
    facts = {each.fact: given.get(each.code) for each in notification.form.all_items() if each.fact}
    made = clocks.computed(notification, draft=facts)
    rows = [
        NotificationClock(
            rule=each.rule.code,
            step=each.step,
            state=str(each.state),
            starts_at=each.start,
            due_at=each.due,
            met_at=each.met,
            explained=deadlines.parts_of(each),
            is_open=each.is_open,
            is_ours=each.rule.bound is deadlines.Party.TEAM,
        )
        for each in made
    ]
    return [each for each in rows if not each.is_ours]


def download_of(file: StageFile) -> FileResponse:
    """Always a download, whatever it is: nothing of it runs or shows on this site. Raises Missing where it is gone from the disk."""
    try:
        opened = file.file.open("rb")
    except OSError:
        raise Missing(_("This file is no longer on the server. It can be restored from a backup.")) from None
    answer = FileResponse(opened, as_attachment=True, filename=file.name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "no-store"
    return answer


# --- Writing ------------------------------------------------------------------------------------------------------


@dataclass
class Theirs:
    """What somebody else saved at a question in the meantime."""

    label: str
    text: str
    field: str


@dataclass
class StageSheet:
    """The form of one stage. `press` does what was pressed: "save", "submit" or, by the script, "auto"."""

    stage: NotificationStage
    by: Actor
    form: StageForm = field(init=False)
    draft: StageDraft | None = field(init=False)
    theirs: list[Theirs] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draft = StageDraft.objects.filter(stage=self.stage).first()
        self.questions = self.stage.notification.form.asked_in(self.stage.kind)
        self.form = self._form()

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.draft.answers) if self.draft is not None else newest_answers(self.stage)

    @property
    def version(self) -> int:
        return self.draft.version if self.draft is not None else 1

    @property
    def saved(self) -> str:
        return saved_text(self.draft.saved_at, self.draft.saved_by) if self.draft is not None else ""

    def _form(self, data: Any = None) -> StageForm:
        return StageForm(self.questions, Stage(self.stage.kind), self.answers, self.version, data)

    def changes(self) -> list[tuple[str, str, str]]:
        """What the draft says otherwise than what was submitted before: earlier versions of this stage, or earlier stages."""
        questions = self.questions
        before = newest_answers(self.stage)
        if not before:
            known = logic.known(questions, earlier_answers(self.stage))
            questions = tuple(each for each in questions if each.code in known)
            before = known
        return shown_differences(questions, logic.differences(questions, before, self.answers))

    def taken_over(self) -> int:
        """How many answers come from earlier stages."""
        earlier = logic.inherited(self.questions, Stage(self.stage.kind), earlier_answers(self.stage))
        return sum(1 for code, value in earlier.items() if self.answers.get(code) == value)

    @property
    def files(self) -> list[StageFile]:
        return list(self.stage.files.order_by("pk"))

    def attach(self, upload: UploadedFile[Any]) -> None:
        attach_file(self.stage, by=self.by, upload=upload)

    def remove(self, number: str) -> None:
        file = self.stage.files.filter(pk=whole(number) or 0).first()
        if file is None:
            raise Missing
        remove_file(file, by=self.by)

    def press(self, data: Any) -> str:
        """Does it. Returns "saved" or "submitted". Raises Refused once nothing can be written here; every other refusal is in the
        form, with what was typed, and is returned as ""."""
        self.form = self._form(data)
        answers, pressed = collected(self.questions, data), data.get("press", "save")
        version = whole(data.get("version", ""))
        try:
            if pressed == "submit":
                submit(self.stage, by=self.by, answers=answers, version=version)
                return "submitted"
            self.draft = save_draft(self.stage, by=self.by, answers=answers, version=version)
        except (NotAllowed, Missing):
            raise
        except Changed as refusal:
            self._show_theirs(refusal, answers)
            return ""
        except Refused as refusal:
            if not refusal.fields:
                raise
            self._store(answers, version)
            self.form.is_valid()
            refuse_on(self.form, refusal)
            return ""
        return "saved"

    def _store(self, answers: dict[str, Any], version: int | None) -> None:
        """What could not be submitted is saved as a draft, and the page goes on from there."""
        self.draft = save_draft(self.stage, by=self.by, answers=answers, version=version)
        self._go_on_from(self.draft.version)

    def _go_on_from(self, version: int) -> None:
        data: Any = self.form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as posted
        data["version"] = str(version)
        self.form.data = data

    def _show_theirs(self, refusal: Changed, mine: dict[str, Any]) -> None:
        theirs: Any = refusal.theirs["answers"]
        language = ui.language()
        for each in self.questions:
            if theirs.get(each.code) != mine.get(each.code):
                text = answer_text(each, theirs.get(each.code), language)
                self.theirs.append(Theirs(each.words(language), text, f"id_{PREFIX}{each.code}"))
        self._go_on_from(int(str(refusal.theirs["version"])))
        self.form.is_valid()
        self.form.add_error(None, str(refusal.sentence))


def autosaved(stage: NotificationStage, by: Actor, data: Any) -> tuple[dict[str, Any], int]:
    """The answer to the script, and its status: {"saved": "Saved on ...", "version": 7} or {"problem": "..."}."""
    questions = stage.notification.form.asked_in(stage.kind)
    try:
        draft = save_draft(stage, by=by, answers=collected(questions, data), version=whole(data.get("version", "")))
    except Refused as refusal:
        more = _("It was not saved by itself. Press “Save” to go on.") if isinstance(refusal, Changed) else ""
        return {"problem": " ".join(filter(None, [str(refusal.sentence), more]))}, refusal.status
    return {"saved": saved_text(draft.saved_at, draft.saved_by), "version": draft.version}, 200


@dataclass(frozen=True)
class NotificationPage:
    notification: Notification
    stages: list[ShownStage]
    clocks: list[ShownClock]
    begin: list[tuple[str, str]]
    may_write: bool


def notification_page(notification: Notification, viewer: object) -> NotificationPage:
    return NotificationPage(
        notification,
        shown_stages(notification, viewer),
        shown_clocks(notification, moments.now()),
        may_begin(notification, viewer),
        notification.is_open and may_write(viewer, notification),
    )
