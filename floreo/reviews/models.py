"""Review periods: their rhythm, the reviews themselves, who is asked, and what they answer."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, can
from floreo.core.figures import Frequency, Period
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.organisations.models import Organisation, Person
from floreo.reviews.logic import APPROVE_WITHIN, AnswerState, Beat, RequestState, reminder_days
from floreo.strategy.models import Action, Edition, Update


class RhythmFrequency(models.TextChoices):
    MONTH = Frequency.MONTH, _("Every month")
    QUARTER = Frequency.QUARTER, _("Every quarter")
    YEAR = Frequency.YEAR, _("Every year")


class ReviewState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", pgettext_lazy("a review", "Closed")


class RequestStateChoice(models.TextChoices):
    WAITING = RequestState.WAITING, _("Not opened yet")
    OPENED = RequestState.OPENED, _("Opened, no update yet")
    DRAFT = RequestState.DRAFT, _("Started, some updates missing")
    SUBMITTED = RequestState.SUBMITTED, _("Waiting for approval")
    RETURNED = RequestState.RETURNED, _("Returned with a note")
    APPROVED = RequestState.APPROVED, _("Approved")


class AnswerStateChoice(models.TextChoices):
    DRAFT = AnswerState.DRAFT, _("Draft")
    SUBMITTED = AnswerState.SUBMITTED, _("Sent, waiting for approval")
    RETURNED = AnswerState.RETURNED, _("Returned with a note")
    APPROVED = AnswerState.APPROVED, _("Approved")


def _before() -> list[int]:
    return list(Beat.before)


def _after() -> list[int]:
    return list(Beat.after)


class Rhythm(Record):
    """How often the leads of an edition are asked. Days are counted from the last day of the period asked about."""

    read_with = Permission.AUDIT_READ

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="rhythm", verbose_name=_("Edition"))
    frequency = models.CharField(
        max_length=8, choices=RhythmFrequency.choices, default=RhythmFrequency.QUARTER, verbose_name=_("How often")
    )
    opens_after_days = models.PositiveSmallIntegerField(
        default=Beat.opens_after,
        verbose_name=_("Opens, days after the end of the period"),
        help_text=_("1 is the day after the last day of the period."),
    )
    due_after_days = models.PositiveSmallIntegerField(
        default=Beat.due_after, verbose_name=_("Updates are due, days after the end of the period")
    )
    closes_after_days = models.PositiveSmallIntegerField(
        default=Beat.closes_after,
        verbose_name=_("Planned closing, days after the end of the period"),
        help_text=_("The secretariat checks the review and closes it by hand."),
    )
    remind_before = models.JSONField(
        default=_before,
        blank=True,
        verbose_name=_("Reminders, days before the due date"),
        help_text=_("For example 7, 1. Empty: none."),
    )  # days before the due day
    remind_after = models.JSONField(
        default=_after,
        blank=True,
        verbose_name=_("Reminders, days after the due date"),
        help_text=_("Sent only if updates are missing."),
    )  # days after it
    escalate_after_days = models.PositiveSmallIntegerField(
        default=Beat.escalate_after,
        verbose_name=_("Request sent to the deputy, days after the due date"),
        help_text=_("If the register names a deputy."),
    )  # after the due day
    approve_within_days = models.PositiveSmallIntegerField(
        default=APPROVE_WITHIN,
        verbose_name=_("Updates are approved or returned within, working days"),
        help_text=_(
            "Counted from the day on which an update was sent. Saturdays, Sundays and the holidays that are recorded do not count."
        ),
    )
    reply_to = models.EmailField(
        blank=True,
        verbose_name=_("Contact for leads"),
        help_text=_("Shown in every e-mail. Empty: the organisation that coordinates the edition."),
    )  # whom leads may ask; blank: the organisation that coordinates
    is_on = models.BooleanField(default=True, verbose_name=_("Open reviews automatically"))

    def __str__(self) -> str:
        return f"{self.edition} {self.get_frequency_display()}"

    def audit_subject(self) -> models.Model:
        return self.edition

    @property
    def beat(self) -> Beat:
        return Beat(
            Frequency(self.frequency),
            self.opens_after_days,
            self.due_after_days,
            self.closes_after_days,
            tuple(self.remind_before),
            tuple(self.remind_after),
            self.escalate_after_days,
        )


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, viewer: object) -> ReviewQuerySet:
        """The public: when an edition is public, that it is reviewed, and when. What is answered is another table."""
        return self if can(viewer, Permission.PLAN_READ) else self.filter(edition__is_public=True)


class Review(Record):
    """One period in which leads are asked how their actions go. Once closed, nothing in it changes any more."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("Edition"))
    code = models.SlugField(
        max_length=40, verbose_name=_("Code"), help_text=_("Part of its address. Empty: made from the dates.")
    )  # "2026-q3"
    starts_on = models.DateField(verbose_name=_("First day of the period"))
    ends_on = models.DateField(verbose_name=_("Last day of the period"))
    opened_on = models.DateField(verbose_name=_("Opened"))
    due_on = models.DateField(verbose_name=_("Updates are due"))
    closes_on = models.DateField(verbose_name=_("Planned closing date"))
    state = models.CharField(
        max_length=6, choices=ReviewState.choices, default=ReviewState.OPEN, verbose_name=_("State")
    )
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Closed"))
    closed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Closed by"))

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="review_code_once"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on"), opened_on__lte=F("due_on"), due_on__lte=F("closes_on")),
                name="review_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, closed_by="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closed_by="")),
                name="review_closed_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="review_running")]

    def __str__(self) -> str:
        return f"{self.edition.code} {self.code}"

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def is_closed(self) -> bool:
        return self.state == ReviewState.CLOSED

    def workspace_url(self) -> str:
        return path_to("workspace:review", self.edition.code, self.code)

    def reminder_days(self, beat: Beat) -> list[date]:
        """The days on which whoever has not answered is written to, while the review runs."""
        days = reminder_days(self.due_on, beat.before, beat.after)
        return [day for day in days if self.opened_on < day <= self.closes_on]


class UpdateRequest(Record):
    """What one lead is asked in one review: the person who answers for the actions, else the organisation that leads
    them. Written to at `address`; answered by whoever holds the link, or in the workspace."""

    read_with = Permission.REVIEW_DECIDE

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="requests", verbose_name=_("Review"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("Organisation"),
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="requests", verbose_name=_("Person")
    )
    deputy = models.ForeignKey(  # to whom it was escalated
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests_as_deputy",
        verbose_name=_("Deputy"),
    )
    actions = models.ManyToManyField(Action, related_name="requests")
    state = models.CharField(
        max_length=9, choices=RequestStateChoice.choices, default=RequestState.WAITING, verbose_name=_("State")
    )
    answered_on = models.DateField(
        null=True, blank=True, verbose_name=_("Answered")
    )  # the first day on which nothing was missing
    opened_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Opened"))
    asked_on = models.DateField(null=True, blank=True, verbose_name=_("Requested"))
    asked_count = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Reminded"))
    reminded_count = models.PositiveSmallIntegerField(default=0, verbose_name=_("Reminders"))
    escalated_on = models.DateField(null=True, blank=True, verbose_name=_("Escalated"))
    link_version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "person"], condition=Q(person__isnull=False), name="ask_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["review", "organisation"], condition=Q(person=None), name="ask_once_a_body"
            ),
        ]
        indexes = [models.Index(fields=["review", "state"], name="request_state")]

    def __str__(self) -> str:
        return f"{self.review.code} {self.whom}"

    def owner_ids(self) -> set[int]:
        """The body that was asked, and the one that it was merged into since."""
        return {self.organisation.pk, self.organisation.successor().pk} if self.organisation else set()

    @property
    def whom(self) -> str:
        """Who is asked, by name; staff only."""
        body = self.organisation.label if self.organisation else ""
        return ", ".join(filter(None, [self.person.name if self.person else "", body]))

    @property
    def addressee(self) -> Person | None:
        """The person who is written to; None where it goes to the organisation, also because they have left since."""
        return self.person if self.person and self.person.is_active and self.person.email else None

    @property
    def address(self) -> str:
        """Where it is written to; "" when the register knows no address."""
        if self.addressee is not None:
            return self.addressee.email
        return self.organisation.email if self.organisation else ""

    @property
    def language(self) -> str:
        return self.addressee.language if self.addressee else ""

    @property
    def last_mail_on(self) -> date | None:
        return max(filter(None, [self.asked_on, self.reminded_on]), default=None)

    def workspace_url(self) -> str:
        return path_to("workspace:update_request", self.review.edition.code, self.review.code, self.pk)


class Answer(Record, Translated):
    """What was answered about one action. The newest number of an action is the one that counts; once approved, the next
    thing said is a new one. Figures, milestones and evidence wait here as plain facts until somebody approves them."""

    read_with = Permission.REVIEW_DECIDE

    translated_fields: ClassVar[tuple[str, ...]] = ("done", "next", "risks")

    update_request = models.ForeignKey(UpdateRequest, on_delete=models.CASCADE, related_name="answers")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="answers", verbose_name=_("Action"))
    number = models.PositiveSmallIntegerField(default=1, verbose_name=_("Round"))
    done = models.TextField(blank=True, verbose_name=_("Work done"))
    next = models.TextField(blank=True, verbose_name=_("Next steps"))
    risks = models.TextField(blank=True, verbose_name=_("Risks"))
    internal_note = models.TextField(
        blank=True, verbose_name=_("Note to the secretariat")
    )  # to the secretariat, never published
    nothing_changed = models.BooleanField(default=False, verbose_name=_("Nothing changed"))
    milestones = models.JSONField(default=dict, blank=True)  # {"m1": "2026-11-03"}: code and the day it was reached
    # When it is expected now, where the lead changes it: {"m1": {"before": "2026-12-01", "after": ""}}; "" for the action itself.
    expected = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=list, blank=True)  # [{"indicator", "starts_on", "ends_on", "value", ...}]
    evidence = models.JSONField(default=list, blank=True, verbose_name=_("Evidence"))  # ids of evidence kept
    state = models.CharField(
        max_length=9, choices=AnswerStateChoice.choices, default=AnswerState.DRAFT, verbose_name=_("State")
    )
    reported_by = models.CharField(
        max_length=200, blank=True, verbose_name=_("Given by")
    )  # the name that the answerer gives
    reported_on = models.DateField(null=True, blank=True, verbose_name=_("Sent"))  # when it was sent, the newest time
    first_answered_on = models.DateField(
        null=True, blank=True, verbose_name=_("First sent")
    )  # when it was first sent: for what is in time
    returned_note = models.TextField(blank=True, verbose_name=_("Note"))
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Approved or returned by"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    update = models.OneToOneField(  # what the plan says since it was approved
        Update, null=True, blank=True, on_delete=models.SET_NULL, related_name="answer"
    )

    class Meta:
        ordering = ["update_request_id", "action_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["update_request", "action", "number"], name="answer_number_once")
        ]
        indexes = [models.Index(fields=["state", "id"], name="answer_state")]

    def __str__(self) -> str:
        return f"{self.action.code} {self.number}"

    def audit_subject(self) -> models.Model:
        return self.update_request  # drafts and notes are no part of the action's own history, which more people read

    def owner_ids(self) -> set[int]:
        return self.update_request.owner_ids()

    def workspace_url(self) -> str:
        return f"{self.update_request.review.workspace_url()}#answer-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the answerer may still change it."""
        return self.state != AnswerState.APPROVED
