"""Notifications of incidents, and their clocks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import can, reach
from floreo.core.models import Record
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.incidents.models import Case
from floreo.obligations import logic
from floreo.obligations.models.choices import N_HANDLE, N_READ, ImpactChoice, KindChoice, StateChoice, WaitingForChoice
from floreo.obligations.models.forms import NotificationForm
from floreo.organisations.models import NationalSector, Organisation, User
from floreo.organisations.queries import bodies_of


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

    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Reference"))  # NTF-2026-7KQ2MX
    form = models.ForeignKey(NotificationForm, on_delete=models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=10, choices=KindChoice.choices, verbose_name=_("Kind"))
    state = models.CharField(
        max_length=9, choices=StateChoice.choices, default=StateChoice.DRAFT, verbose_name=_("State")
    )
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
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
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
        max_length=500, blank=True, verbose_name=_("Reason for the significance")
    )  # of the team's own judgement; empty: by the rules
    significance_rules = models.JSONField(default=list, blank=True)  # codes of the rules that hold
    corrected = models.JSONField(default=list, blank=True)  # names of facts that the team set: later answers leave them

    # Times of the procedure.
    submitted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("First submitted"))
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("First answered by the team"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Closed"))
    waiting_for = models.CharField(
        max_length=9, choices=WaitingForChoice.choices, default=WaitingForChoice.OPERATOR, verbose_name=_("Waiting for")
    )
    waiting_since = models.DateTimeField(verbose_name=_("Waiting since"))
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
    at = models.DateTimeField(verbose_name=_("When"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
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
