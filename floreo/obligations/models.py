"""Obligations and what is due under them; forms, notifications with their stages, and what was submitted."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.core.sectors import Sector
from floreo.evidence.models import Evidence
from floreo.incidents.models import Case
from floreo.obligations import logic
from floreo.organisations.models import NationalSector, Organisation, User
from floreo.organisations.queries import bodies_of

READ, EDIT, ANSWER = Permission.OBLIGATION_READ, Permission.OBLIGATION_EDIT, Permission.OBLIGATION_ANSWER
N_READ, N_WRITE, N_HANDLE = Permission.NOTIFICATION_READ, Permission.NOTIFICATION_WRITE, Permission.NOTIFICATION_HANDLE


# --- Obligations --------------------------------------------------------------------------------------------------


class RhythmChoice(models.TextChoices):
    MONTHS = logic.Rhythm.MONTHS, _("Every few months")
    ONCE = logic.Rhythm.ONCE, pgettext_lazy("an obligation", "Once")
    EVENT = logic.Rhythm.EVENT, _("After an event")


class Binds(models.TextChoices):
    """Whom an obligation binds, within its sectors."""

    DESIGNATED = "designated", _("Operators of a designated service")
    OPERATORS = "operators", _("Operators of any essential service")
    ALL = "all", _("Every organisation of the sector")


class DueStateChoice(models.TextChoices):
    OPEN = logic.DueState.OPEN, pgettext_lazy("an obligation", "To be done")
    SUBMITTED = logic.DueState.SUBMITTED, pgettext_lazy("an obligation", "Submitted")
    RETURNED = logic.DueState.RETURNED, pgettext_lazy("an obligation", "Returned")
    ACCEPTED = logic.DueState.ACCEPTED, pgettext_lazy("an obligation", "Accepted")
    LAPSED = logic.DueState.LAPSED, pgettext_lazy("an obligation", "No longer due")


class WaitingForChoice(models.TextChoices):
    OPERATOR = logic.WaitingFor.OPERATOR, _("The operator")
    REGULATOR = logic.WaitingFor.REGULATOR, _("The national team")
    NOBODY = logic.WaitingFor.NOBODY, pgettext_lazy("waiting for", "Nobody")


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, viewer: object) -> ObligationQuerySet:
        """Everybody sees what the law asks, as far as it is published; who works with obligations sees the others too."""
        return self if can(viewer, READ) else self.filter(is_public=True)


class Obligation(Record, Translated, Sourced):
    """What a law asks of whom, and how often. From a pack, or entered in the workspace."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "law", "evidence_wanted")

    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("What is to be done"))
    summary = models.TextField(max_length=2000, blank=True, verbose_name=_("In more words"))
    law = models.CharField(max_length=200, verbose_name=_("Law"))
    section = models.CharField(max_length=60, verbose_name=_("Section"))
    binds = models.CharField(
        max_length=10, choices=Binds.choices, default=Binds.DESIGNATED, verbose_name=_("Whom it binds")
    )
    broad = models.CharField(
        max_length=10,
        choices=Sector.choices,
        blank=True,
        verbose_name=_("Class of service"),
        help_text=_("The general sector of the service. None: every class."),
    )
    rhythm = models.CharField(max_length=6, choices=RhythmChoice.choices, verbose_name=_("How often"))
    months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        verbose_name=_("Months from one time to the next"),
        help_text=_("For what comes round."),
    )
    first_due_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("First due on"),
        help_text=_(
            "Later times are counted from it. What was due before it was entered here is not recorded as missed."
        ),
    )
    within_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        verbose_name=_("Days after the event"),
        help_text=_("For what an event starts."),
    )
    lead_days = models.PositiveSmallIntegerField(
        default=30,
        validators=[MaxValueValidator(365)],
        verbose_name=_("Shown how many days before"),
        help_text=_("From then on it is in the list of tasks."),
    )
    reminders = models.JSONField(
        default=list,
        blank=True,
        verbose_name=_("Reminders, in days before"),
        help_text=_("Several, separated by commas: 30, 7, -3. A negative number is a day after it was due."),
    )
    evidence_wanted = models.TextField(
        max_length=1000,
        blank=True,
        verbose_name=_("Evidence that is wanted"),
        help_text=_("What shows that it was done."),
    )
    is_public = models.BooleanField(
        default=True, verbose_name=_("Public"), help_text=_("What the law asks. Who fulfilled it is never published.")
    )
    is_example = models.BooleanField(default=False, editable=False)
    ends_on = models.DateField(
        null=True, blank=True, verbose_name=_("Last day"), help_text=_("After it nothing new becomes due.")
    )

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{path_to('portal:obligations')}#{self.code}"

    def workspace_url(self) -> str:
        return path_to("workspace:obligation", self.code)

    def search_entry(self) -> Entry:
        words = " ".join([*spoken(self)[1:], self.summary, self.law, self.section])
        return Entry("obligation", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_public)


class ObligationSector(Record):
    """A sector whose organisations are bound, with its parts. An obligation without any binds every sector."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="in_sectors")
    sector = models.ForeignKey(NationalSector, on_delete=models.PROTECT, related_name="obligations")

    class Meta:
        ordering = ["sector__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["obligation", "sector"], name="obligation_sector_once")]

    def __str__(self) -> str:
        return str(self.sector)

    def audit_subject(self) -> models.Model:
        return self.obligation


class ObligationDueQuerySet(models.QuerySet["ObligationDue"]):
    def visible_to(self, viewer: object) -> ObligationDueQuerySet:
        """An organisation sees its own; who works with obligations sees all."""
        own = reach(viewer, READ)
        return self if own is None else self.filter(organisation__in=bodies_of(own))


class ObligationDue(Record):
    """One obligation of one organisation, due on one day."""

    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="dues", verbose_name=_("Obligation")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="obligations_due", verbose_name=_("Organisation")
    )
    due_on = models.DateField(verbose_name=_("Due"))
    event = models.CharField(max_length=300, blank=True, verbose_name=_("Event"), help_text=_("What started it."))
    event_on = models.DateField(null=True, blank=True, verbose_name=_("Day of the event"))
    state = models.CharField(max_length=9, choices=DueStateChoice.choices, default=DueStateChoice.OPEN)
    submitted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Submitted"))  # the newest submission
    note = models.TextField(max_length=4000, blank=True, verbose_name=_("What was done"))
    address = models.URLField(max_length=500, blank=True, verbose_name=_("Address of a document"))
    evidence = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
        verbose_name=_("Evidence"),
        help_text=_("Code of the evidence that holds it."),
    )
    submitted_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Last reminder"))
    link_version = models.PositiveIntegerField(default=1)

    objects = ObligationDueQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "organisation", "due_on"],
                name="obligation_due_once",
                violation_error_message=_("It is in the list for that day already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "lapsed"]) | Q(submitted_at__isnull=False),
                name="obligation_submitted_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="obligation_due_state")]

    def __str__(self) -> str:
        return f"{self.obligation}: {self.organisation}, {self.due_on}"

    @property
    def waiting_for(self) -> logic.WaitingFor:
        if self.state in logic.WAITS_FOR_OPERATOR:
            return logic.WaitingFor.OPERATOR
        return logic.WaitingFor.REGULATOR if self.state == logic.DueState.SUBMITTED else logic.WaitingFor.NOBODY

    def is_late_on(self, today: date) -> bool:
        return self.state in logic.WAITS_FOR_OPERATOR and self.due_on < today

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def workspace_url(self) -> str:
        return path_to("workspace:obligation_due", self.pk)


# --- Forms --------------------------------------------------------------------------------------------------------


class NotificationForm(Record, Translated, Sourced):
    """What is asked in the stages of a notification, as data: the questions, and the rules by which an incident is significant. A later
    revision is a row of its own, and what was begun on an earlier one ends on it. A draft is in force for nobody; once it is published,
    nobody changes it."""

    read_with = READ
    translated_fields: ClassVar[tuple[str, ...]] = ("title", "law")

    code = models.SlugField(max_length=60)
    revision = models.CharField(max_length=20, default="1")
    holds_from = models.DateField(
        verbose_name=_("In force from"),
        help_text=_("Notifications that are begun from that day on ask these questions; earlier ones keep theirs."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    law = models.CharField(
        max_length=200, blank=True, verbose_name=_("Law"), help_text=_("The act that asks for the notification.")
    )
    section = models.CharField(max_length=60, blank=True, verbose_name=_("Section"))
    is_example = models.BooleanField(default=False)
    is_draft = models.BooleanField(default=False)
    questions = models.JSONField(default=list, blank=True)  # logic.py: item_of
    significant = models.JSONField(default=list, blank=True)  # logic.py: significance_rule_of

    class Meta:
        ordering = ["code", "-holds_from", "-pk"]
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="notification_form_revision")]

    def __str__(self) -> str:
        return f"{self.title} {self.revision}"

    def workspace_url(self) -> str:
        return path_to("workspace:notification_form", self.pk)

    def all_items(self) -> tuple[logic.Question, ...]:
        return logic.questions_of(self.questions)

    def asked_in(self, stage: str) -> tuple[logic.Question, ...]:
        return logic.asked_in(self.all_items(), logic.Stage(stage))

    def significance_rules(self) -> list[logic.SignificanceRule]:
        codes = [str(each["code"]) for each in self.questions]
        return [logic.significance_rule_of(each, codes) for each in self.significant]


# --- Notifications ------------------------------------------------------------------------------------------------


class KindChoice(models.TextChoices):
    INCIDENT = logic.NoticeKind.INCIDENT, _("Incident")
    NEAR_MISS = logic.NoticeKind.NEAR_MISS, _("Near miss")
    THREAT = logic.NoticeKind.THREAT, _("Cyber threat")
    VOLUNTARY = logic.NoticeKind.VOLUNTARY, _("Voluntary notification")


class StageChoice(models.TextChoices):
    EARLY_WARNING = logic.Stage.EARLY_WARNING, _("Early warning")
    NOTIFICATION = logic.Stage.NOTIFICATION, _("Incident notification")
    PROGRESS = logic.Stage.PROGRESS, _("Progress report")
    FINAL = logic.Stage.FINAL, _("Final report")


class StageStateChoice(models.TextChoices):
    DRAFT = logic.StageState.DRAFT, pgettext_lazy("a stage", "Being written")
    SUBMITTED = logic.StageState.SUBMITTED, pgettext_lazy("a stage", "Submitted")
    RETURNED = logic.StageState.RETURNED, pgettext_lazy("a stage", "Returned")
    ACCEPTED = logic.StageState.ACCEPTED, pgettext_lazy("a stage", "Accepted")


class StateChoice(models.TextChoices):
    DRAFT = logic.NotificationState.DRAFT, pgettext_lazy("a notification", "Nothing submitted")
    OPEN = logic.NotificationState.OPEN, pgettext_lazy("a notification", "Open")
    CLOSED = logic.NotificationState.CLOSED, pgettext_lazy("a notification", "Closed")
    WITHDRAWN = logic.NotificationState.WITHDRAWN, _("Withdrawn as a false alarm")
    REJECTED = logic.NotificationState.REJECTED, pgettext_lazy("a notification", "Rejected")


class ImpactChoice(models.TextChoices):
    NONE = "none", pgettext_lazy("impact", "None")
    DEGRADED = "degraded", _("The service is degraded")
    STOPPED = "stopped", _("The service has stopped")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, viewer: object) -> NotificationQuerySet:
        """The team sees what was submitted, whosever it is, and not what is still being written. An organisation sees its own."""
        own = reach(viewer, N_READ)
        if own is None:
            return self.exclude(state=logic.NotificationState.DRAFT)
        return self.filter(organisation__in=bodies_of(own))


class Notification(Record):
    """One incident as an operator notifies it, in stages. What is asked for at the first stage and does not belong to a form alone is
    columns: lists, clocks and measures read them. The reference says nothing that can change."""

    internal_fields: ClassVar[frozenset[str]] = frozenset({"internal_note"})
    secret_fields: ClassVar[frozenset[str]] = frozenset({"mail"})

    reference = models.CharField(max_length=20, unique=True)  # NTF-2026-7KQ2MX
    form = models.ForeignKey(NotificationForm, on_delete=models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=10, choices=KindChoice.choices, verbose_name=_("Kind"))
    state = models.CharField(max_length=9, choices=StateChoice.choices, default=StateChoice.DRAFT)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notifications",
        verbose_name=_("Organisation"),
    )
    named = models.CharField(max_length=200, blank=True, verbose_name=_("Organisation, as its person wrote it"))
    sector = models.ForeignKey(
        NationalSector,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notifications",
        verbose_name=_("Sector"),
    )
    # Who writes: an account, or somebody with a link sent to this address.
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications")
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Your name"))
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    language = models.CharField(max_length=5, blank=True)
    link_version = models.PositiveIntegerField(default=1)
    tlp = models.CharField(
        max_length=12,
        choices=Tlp.choices,
        default=Tlp.AMBER,
        verbose_name=_("Marking"),
        help_text=_("AMBER and stricter are passed to no other authority without a law that asks for it; RED to none."),
    )

    # Facts, from the answers or corrected by the team.
    occurred_at = models.DateTimeField(null=True, blank=True, verbose_name=_("It began"))
    detected_at = models.DateTimeField(null=True, blank=True, verbose_name=_("It was detected"))
    aware_at = models.DateTimeField(null=True, blank=True, verbose_name=_("The organisation became aware"))
    handled_at = models.DateTimeField(null=True, blank=True, verbose_name=_("It was resolved"))
    is_cross_border = models.BooleanField(null=True, blank=True, verbose_name=_("Crosses the border"))
    countries = models.CharField(max_length=300, blank=True, verbose_name=_("Countries concerned"))
    is_malicious = models.BooleanField(null=True, blank=True, verbose_name=_("Caused by an attack"))
    impact = models.CharField(max_length=8, choices=ImpactChoice.choices, blank=True, verbose_name=_("Impact"))
    people = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("People affected"))
    hours = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Hours of outage"))
    is_significant = models.BooleanField(null=True, blank=True, verbose_name=_("Significant"))
    significance_reason = models.CharField(
        max_length=500, blank=True
    )  # of the team's own judgement; empty: by the rules
    significance_rules = models.JSONField(default=list, blank=True)  # codes of the rules that hold
    corrected = models.JSONField(default=list, blank=True)  # names of facts that the team set: later answers leave them

    # Times of the procedure.
    submitted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("First submitted"))
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("First answered by the team"))
    closed_at = models.DateTimeField(null=True, blank=True)
    waiting_for = models.CharField(max_length=9, choices=WaitingForChoice.choices, default=WaitingForChoice.OPERATOR)
    waiting_since = models.DateTimeField()
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))  # of a withdrawal or a rejection
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("Case")
    )
    internal_note = models.TextField(max_length=4000, blank=True, verbose_name=_("Internal note"))

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "waiting_for"], name="notification_turn"),
            models.Index(fields=["organisation", "state"], name="notification_of"),
            models.Index(fields=["is_cross_border", "submitted_at"], name="notification_border"),
            models.Index(fields=["impact", "submitted_at"], name="notification_impact"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="notification_submitted_when"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in logic.OPEN_STATES

    @property
    def is_held(self) -> bool:
        """Nobody of the team has said yet whose it is."""
        return self.organisation_id is None

    @property
    def holder(self) -> str:
        return self.organisation.in_language("name") if self.organisation else self.named

    def shows_internal_to(self, viewer: object) -> bool:
        return can(viewer, N_HANDLE)

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def workspace_url(self) -> str:
        return path_to("workspace:notification", self.reference)

    def search_entry(self) -> Entry:
        here = self.workspace_url()
        return Entry("incident_notification", self.reference, self.named, here, here)


class OfNotificationQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfNotificationQuerySet:
        return self.filter(notification__in=Notification.objects.visible_to(viewer))


class NotificationStage(Record):
    """One stage of a notification. `first_at` is the first submission, from which and at which clocks count, whatever is sent later."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=13, choices=StageChoice.choices)
    number = models.PositiveSmallIntegerField(default=1)  # of progress reports
    state = models.CharField(max_length=9, choices=StageStateChoice.choices, default=StageStateChoice.DRAFT)
    asked_at = models.DateTimeField(null=True, blank=True)  # by the team
    asked_for = models.TextField(max_length=2000, blank=True, verbose_name=_("What the team wants to know"))
    asked_by_day = models.DateField(null=True, blank=True, verbose_name=_("To be answered by"))
    first_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))

    objects = OfNotificationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "kind", "number"], name="notification_stage_once"),
            models.CheckConstraint(condition=Q(state="draft") | Q(first_at__isnull=False), name="stage_submitted_when"),
        ]

    def __str__(self) -> str:
        return f"{self.notification.reference}, {self.get_kind_display()} {self.number}"

    @property
    def is_writable(self) -> bool:
        return self.state in {logic.StageState.DRAFT, logic.StageState.RETURNED}

    def audit_subject(self) -> models.Model:
        return self.notification

    def owner_ids(self) -> set[int]:
        return self.notification.owner_ids()


class StageDraft(models.Model):
    """What is being written in a stage. `version` tells two who write at once apart. Nobody but its own organisation reads it."""

    not_chained = "A draft saves itself every few seconds; what is submitted is in the trail."

    stage = models.OneToOneField(NotificationStage, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.stage_id} {self.version}"


class StageFileQuerySet(models.QuerySet["StageFile"]):
    def visible_to(self, viewer: object) -> StageFileQuerySet:
        """With the notification; what was not submitted yet, to its organisation alone."""
        rows = self.filter(stage__notification__in=Notification.objects.visible_to(viewer))
        return rows.submitted() if reach(viewer, N_READ) is None else rows

    def submitted(self) -> StageFileQuerySet:
        return self.exclude(version_number=None)


class StageFile(Record):
    """A file that an operator attached to a stage: kept under a random name, described by its content, handed out as a download alone."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"name"})  # how somebody calls a file may name people

    stage = models.ForeignKey(NotificationStage, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)  # as it came, tidied, with the ending of its content
    media_type = models.CharField(max_length=100)  # as its content says
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="notifications/", max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    # The version of the stage with which it was submitted; none while it is being written.
    version_number = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = StageFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "sha256"], name="stage_file_once")]

    def __str__(self) -> str:
        return f"SHA-256 {self.sha256[:12]}"

    @property
    def is_submitted(self) -> bool:
        return self.version_number is not None

    def audit_subject(self) -> models.Model:
        return self.stage.notification

    def owner_ids(self) -> set[int]:
        return self.stage.notification.owner_ids()


class StageVersion(Record):
    """What was submitted, as it was. Nobody changes one."""

    stage = models.ForeignKey(NotificationStage, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    answers = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["stage", "number"], name="stage_version_once")]

    def __str__(self) -> str:
        return f"{self.stage}, {self.number}"

    def audit_subject(self) -> models.Model:
        return self.stage.notification

    def owner_ids(self) -> set[int]:
        return self.stage.notification.owner_ids()


class Forwarding(Record):
    """That the team passed a notification on to another authority: to whom, by what right, in which words."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"text"})
    read_with = N_READ

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="forwardings")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="notifications_received", verbose_name=_("Authority")
    )
    to = models.EmailField(verbose_name=_("To"))
    subject = models.CharField(max_length=300, verbose_name=_("Subject"))
    text = models.TextField(verbose_name=_("Text"))
    tlp = models.CharField(max_length=12, choices=Tlp.choices, verbose_name=_("Marking"))
    basis = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("By what right"),
        help_text=_("The section of the law that asks for it."),
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    message_id = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.notification.reference} {self.organisation}"

    def audit_subject(self) -> models.Model:
        return self.notification


class NotificationClock(models.Model):
    """One clock of a notification, as core/deadlines computes it from the rules and the stages: for lists, tasks and the page."""

    not_chained = "Computed from the notification and the rules of the pack, and made again with each change of either."

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="clocks")
    rule = models.CharField(max_length=60)
    revision = models.CharField(max_length=20, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=16)  # core.deadlines: State
    is_ours = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    explained = models.JSONField(default=dict, blank=True)
    is_open = models.BooleanField(default=False)
    changes_at = models.DateTimeField(null=True, blank=True, db_index=True)
    reminded_of = models.CharField(max_length=16, blank=True)  # of which state the operator was reminded last
    changed_at = models.DateTimeField(auto_now=True)

    objects = OfNotificationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["notification", "rule", "step"], name="notification_clock_once")]
        indexes = [models.Index(fields=["is_open", "due_at"], name="notification_clock_due")]

    def __str__(self) -> str:
        return f"{self.rule} {self.notification_id}"

    def met_in_time(self) -> bool | None:
        """None while it runs."""
        if self.met_at is None or self.due_at is None:
            return None
        return self.met_at <= self.due_at
