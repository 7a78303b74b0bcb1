"""Whether contacts still answer: questions to those that were silent for long, and contact drills with the time until each answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.contact_drills import logic
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.models import Record, Sourced, Translated, named
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.organisations.models import Contact, ContactRole, NationalSector, Organisation

RUN = Permission.CONTACT_DRILL_RUN


class DrillState(models.TextChoices):
    DRAFT = logic.DrillState.DRAFT, _("Being prepared")
    RUNNING = logic.DrillState.RUNNING, _("Running")
    ENDED = logic.DrillState.ENDED, _("Ended")
    CANCELLED = logic.DrillState.CANCELLED, _("Cancelled")


class Channel(models.TextChoices):
    MAIL = logic.Channel.MAIL, _("by the link")
    PHONE = logic.Channel.PHONE, _("by telephone")


class CallOutcome(models.TextChoices):
    REACHED = logic.CallOutcome.REACHED, _("Reached")
    NO_ANSWER = logic.CallOutcome.NO_ANSWER, _("No answer")
    WRONG = logic.CallOutcome.WRONG, _("Wrong number")


class ContactPolicy(Record):
    """After how many days without a word a contact is asked to confirm, and how long its answer is waited for. One row, from the pack."""

    read_with = RUN

    code = models.SlugField(max_length=20, unique=True, default="contacts", editable=False)
    stale_days = models.PositiveSmallIntegerField(
        default=logic.STALE_DAYS,
        verbose_name=_("Ask again after (days)"),
        help_text=_("Contacts that did not reply for so long are asked by e-mail whether they are still right."),
    )
    wait_days = models.PositiveSmallIntegerField(
        default=logic.WAIT_DAYS,
        verbose_name=_("Wait for the answer (days)"),
        help_text=_("After that, the contact is a task for the team."),
    )
    is_automatic = models.BooleanField(
        default=False,
        verbose_name=_("Ask every day by itself"),
        help_text=_("Until you turn it on, contacts are asked only when a person presses."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stale_days__gt=0, wait_days__gt=0), name="contact_policy_days_positive")
        ]

    def __str__(self) -> str:
        return self.code


class ConfirmationRequest(Record):
    """A contact was asked whether it is still right. One that waits for its answer at a time."""

    read_with = RUN

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="confirmation_requests")
    asked_on = models.DateField(verbose_name=_("Requested"))
    address = models.EmailField(verbose_name=_("Address"))
    confirmed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Confirmed"))
    is_wrong = models.BooleanField(
        default=False, verbose_name=_("Reported as wrong")
    )  # whoever has the link says that they are not, or no more, that contact
    closed_on = models.DateField(
        null=True, blank=True, verbose_name=_("Closed")
    )  # a person saw to it, or it was asked again
    closed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Closed by"))
    link_version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(confirmed_at=None, closed_on=None), name="confirmation_open_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)

    def named(self) -> str:
        return named(self.contact)


class ContactDrill(Record, Translated, Sourced):
    """A contact drill: chosen contacts are written to, and how long each takes to answer is measured until it ends."""

    read_with = RUN
    translated_fields = ("title", "message")

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120, verbose_name=_("Title"), help_text=_("Contacts read it in the subject."))
    message = models.TextField(
        max_length=2000,
        verbose_name=_("Message"),
        help_text=_("The e-mail says before it that this is a drill, and after it how to answer."),
    )
    roles = models.JSONField(default=list, verbose_name=_("Roles"))  # of ContactRole
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="contact_drills", verbose_name=_("Organisations")
    )
    sectors = models.ManyToManyField(
        NationalSector,
        blank=True,
        related_name="contact_drills",
        verbose_name=_("Sectors"),
        help_text=_("Every organisation of a sector, and of those under it."),
    )
    lasts_minutes = models.PositiveIntegerField(
        default=240, verbose_name=_("Ends after (minutes)"), help_text=_("Answers that come later do not count.")
    )
    state = models.CharField(
        max_length=10, choices=DrillState.choices, default=DrillState.DRAFT, verbose_name=_("State")
    )
    sent_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Sent"))
    ends_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ends"))
    sent_by = models.CharField(max_length=200, blank=True, verbose_name=_("Sent by"))

    class Meta:
        ordering = [F("sent_at").desc(nulls_first=True), "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(sent_at__isnull=False, ends_at__gt=F("sent_at")),
                name="contact_drill_sent_before_its_end",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def workspace_url(self) -> str:
        return path_to("workspace:contact_drill", self.code)

    def search_entry(self) -> Entry:
        here = self.workspace_url()
        return Entry("contact_drill", self.title, " ".join([*spoken(self)[1:], self.message]), here, here)

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and clock.now() >= self.ends_at


class DrillRecipient(Record):
    """A contact in a drill, as it was when the drill was sent. What it answered stays when the contact is removed."""

    read_with = RUN
    secret_fields: ClassVar[frozenset[str]] = frozenset({"address"})

    drill = models.ForeignKey(
        ContactDrill, on_delete=models.CASCADE, related_name="recipients", verbose_name=_("Drill")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="drill_recipients", verbose_name=_("Organisation")
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="drill_recipients"
    )
    role = models.CharField(max_length=12, choices=ContactRole.choices, verbose_name=_("Role"))
    purpose = models.CharField(max_length=80, verbose_name=_("Purpose"))
    address = models.EmailField(blank=True)  # "": only by telephone
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    sent_at = models.DateTimeField(verbose_name=_("Sent"))
    pressed_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Confirmed")
    )  # the link was opened, and its button pressed
    called_at = models.DateTimeField(null=True, blank=True, verbose_name=_("When"))
    called_by = models.CharField(max_length=200, blank=True, verbose_name=_("Called by"))
    call_outcome = models.CharField(max_length=10, choices=CallOutcome.choices, blank=True, verbose_name=_("Outcome"))
    call_note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"))
    link_version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["organisation__name", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "contact"], name="drill_recipient_once"),
            models.CheckConstraint(
                condition=Q(called_at=None, call_outcome="") | (Q(called_at__isnull=False) & ~Q(call_outcome="")),
                name="drill_call_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.purpose}"

    def audit_subject(self) -> models.Model:
        return self.drill

    @property
    def reached_at(self) -> datetime | None:
        """When somebody was reached by telephone."""
        return self.called_at if self.call_outcome == CallOutcome.REACHED else None

    @property
    def answered_at(self) -> datetime | None:
        """By whichever channel was first."""
        return min((at for at in (self.pressed_at, self.reached_at) if at is not None), default=None)

    @property
    def channel(self) -> str:
        """The one by which it answered first, "" while it has not."""
        if self.answered_at is None:
            return ""
        return Channel.MAIL if self.answered_at == self.pressed_at else Channel.PHONE

    def get_channel_display(self) -> str:
        return str(Channel(self.channel).label) if self.channel else ""

    def asked(self) -> logic.Asked:
        ends_at: datetime = self.drill.ends_at or self.sent_at
        return logic.Asked(self.sent_at, self.answered_at, ends_at)
