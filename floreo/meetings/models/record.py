"""Committees with their seats, their meetings with agenda, attendance and minutes, and what was decided."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.meetings.logic import OPEN_STATES, DecisionState, ItemKind, MeetingState, MinutesState, SeatPart
from floreo.meetings.voting import QUORUM, VOTING_PARTS, BallotKind
from floreo.organisations.models import Attended, Organisation, Person
from floreo.strategy.models import Edition


class SeatPartChoice(models.TextChoices):
    CHAIR = SeatPart.CHAIR, _("Chair")
    SECRETARY = SeatPart.SECRETARY, _("Secretary")
    MEMBER = SeatPart.MEMBER, _("Member")
    OBSERVER = SeatPart.OBSERVER, _("Observer")


class MeetingStateChoice(models.TextChoices):
    PLANNED = MeetingState.PLANNED, pgettext_lazy("a meeting", "Planned")
    HELD = MeetingState.HELD, _("Held")
    CANCELLED = MeetingState.CANCELLED, _("Cancelled")


class MinutesStateChoice(models.TextChoices):
    DRAFT = MinutesState.DRAFT, _("Draft")
    CIRCULATED = MinutesState.CIRCULATED, _("Circulated")
    APPROVED = MinutesState.APPROVED, _("Approved")


class ItemKindChoice(models.TextChoices):
    LATE = ItemKind.LATE, _("Late or at risk")
    DECISION = ItemKind.DECISION, _("To decide")
    FOLLOW_UP = ItemKind.FOLLOW_UP, _("Follow-up")
    OTHER = ItemKind.OTHER, _("Other")


class DecisionStateChoice(models.TextChoices):
    ASKED = DecisionState.ASKED, _("Requested")
    TAKEN = DecisionState.TAKEN, _("Taken")
    REFUSED = DecisionState.REFUSED, _("Refused")
    CARRIED_OUT = DecisionState.CARRIED_OUT, _("Carried out")
    DROPPED = DecisionState.DROPPED, pgettext_lazy("a decision", "Discarded")


class BallotKindChoice(models.TextChoices):
    NAMED = BallotKind.NAMED, _("Named: the minutes say who voted how")
    SECRET = BallotKind.SECRET, _("Secret: the minutes say who voted, and how many votes each answer has")


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, viewer: object) -> CommitteeQuerySet:
        return self if can(viewer, Permission.MEETING_READ) else self.filter(is_public=True)


class Committee(Record, Translated, Sourced):
    """A body that meets: a task force, a steering committee. Who sits on it are its seats."""

    translated_fields = ("name", "purpose")

    code = models.SlugField(
        max_length=60,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Part of its address, for example steering-committee. It cannot change."),
    )
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    purpose = models.TextField(blank=True, verbose_name=_("Purpose"))  # public: what it is for, who set it up
    organisation = models.ForeignKey(  # itself as a body of the register, where it is one
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="committees",
        verbose_name=_("Organisation in the register"),
    )
    edition = models.ForeignKey(  # whose carrying out it watches over
        Edition,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="committees",
        verbose_name=_("Oversees"),
    )
    is_public = models.BooleanField(
        default=False,
        verbose_name=_("Public"),
        help_text=_("The public sees the member organisations and the public decisions."),
    )
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Dissolved on"))
    ballot = models.CharField(
        max_length=6,
        choices=BallotKindChoice.choices,
        default=BallotKind.NAMED,
        verbose_name=_("Votes between meetings"),
        help_text=_("For written procedures that are opened from now on."),
    )
    quorum = models.PositiveSmallIntegerField(
        default=QUORUM,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Quorum of written procedures, in % of the voting seats"),
        help_text=_("So many members must vote, abstentions included. 51 is more than half."),
    )

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def workspace_url(self) -> str:
        return path_to("workspace:committee", self.code)

    def search_entry(self) -> Entry:
        return Entry("committee", self.name, self.purpose, self.workspace_url(), self.workspace_url())


class SeatQuerySet(models.QuerySet["Seat"]):
    def on(self, day: date) -> SeatQuerySet:
        """Those that hold on `day`."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))

    def voting(self) -> SeatQuerySet:
        """Those that vote: chair and members. Secretaries and observers do not."""
        return self.filter(part__in=VOTING_PARTS)

    def visible_to(self, viewer: object) -> SeatQuerySet:
        """Of bodies that the viewer may know of. The public sees which public bodies sit on a public committee; who for
        them, only people who may see people."""
        own = reach(viewer, Permission.REGISTER_INTERNAL)
        rows = self if can(viewer, Permission.MEETING_READ) else self.filter(committee__is_public=True)
        return rows if own is None else rows.filter(Q(organisation__is_public=True) | Q(organisation__in=own))


class Seat(Record, Sourced):
    """A body's seat on a committee, from a day to a day, with the person who sits on it for the body."""

    committee = models.ForeignKey(
        Committee, on_delete=models.CASCADE, related_name="seats", verbose_name=_("Committee")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="seats", verbose_name=_("Organisation")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="seats",
        verbose_name=_("Holder of the seat"),
    )
    part = models.CharField(
        max_length=10, choices=SeatPartChoice.choices, default=SeatPart.MEMBER, verbose_name=_("Part")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Since"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"), help_text=_("Only if it has ended."))
    position = models.PositiveIntegerField(default=0)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="seat_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"

    def audit_subject(self) -> models.Model:
        return self.committee


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, viewer: object) -> MeetingQuerySet:
        return self if can(viewer, Permission.MEETING_READ) else self.filter(committee__is_public=True)


class Meeting(Record, Translated):
    """One meeting of a committee: when and where, what was on its agenda, who came, what its minutes say."""

    translated_fields = ("place", "opening")

    committee = models.ForeignKey(
        Committee, on_delete=models.CASCADE, related_name="meetings", verbose_name=_("Committee")
    )
    code = models.SlugField(
        max_length=40, verbose_name=_("Code")
    )  # the day it was first called for: part of its address, so it stays
    number = models.PositiveIntegerField(verbose_name=_("Number"))  # the third meeting of this committee
    on = models.DateField(verbose_name=_("Day"))
    starts_at = models.TimeField(null=True, blank=True, verbose_name=_("Starts"))  # in the country's zone
    ends_at = models.TimeField(null=True, blank=True, verbose_name=_("Ends"))
    place = models.CharField(max_length=200, blank=True, verbose_name=_("Place"))
    online_url = models.URLField(  # internal: whoever has it can walk in
        max_length=500,
        blank=True,
        verbose_name=_("Address to join remotely"),
        help_text=_("Only members receive it."),
    )
    state = models.CharField(
        max_length=10, choices=MeetingStateChoice.choices, default=MeetingState.PLANNED, verbose_name=_("State")
    )
    cancelled_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for the cancellation"))
    opening = models.TextField(
        blank=True,
        verbose_name=_("Introduction"),
        help_text=_("Opening text of the agenda and the minutes."),
    )
    agenda_sent_on = models.DateField(null=True, blank=True, verbose_name=_("Agenda sent"))
    invitation = models.PositiveIntegerField(default=0)  # raised when time or place change: the calendar's SEQUENCE
    minutes_state = models.CharField(
        max_length=10,
        choices=MinutesStateChoice.choices,
        default=MinutesState.DRAFT,
        editable=False,
        verbose_name=_("Minutes"),
    )
    circulated_on = models.DateField(null=True, blank=True, verbose_name=_("Minutes sent"))
    approved_on = models.DateField(null=True, blank=True, verbose_name=_("Minutes approved"))
    approved_by = models.CharField(max_length=200, blank=True, verbose_name=_("Minutes approved by"))
    approved_in = models.ForeignKey(  # the meeting that approved these minutes
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="approves",
        verbose_name=_("Approved at the meeting"),
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "code"], name="meeting_code_once"),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="meeting_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(approved_on=None, approved_by="") | (Q(approved_on__isnull=False) & ~Q(approved_by="")),
                name="minutes_approved_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["state", "on"], name="meeting_when")]

    def __str__(self) -> str:
        return f"{self.committee} {self.on}"

    @property
    def is_frozen(self) -> bool:
        """Whether its minutes are approved: then nothing of them changes, and corrections are beside them."""
        return self.minutes_state == MinutesState.APPROVED

    @property
    def is_over(self) -> bool:
        return self.on < clock.today()

    def workspace_url(self) -> str:
        return path_to("workspace:meeting", self.committee.code, self.code)

    def search_entry(self) -> Entry:
        return Entry("meeting", str(self), f"{self.place} {self.opening}", self.workspace_url(), self.workspace_url())


class OfMeeting(Record):
    """What belongs to a meeting and shows in its history."""

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.meeting  # type: ignore[attr-defined, no-any-return]  # each child names its meeting


class AgendaItem(OfMeeting, Translated):
    """One point of an agenda, what it is about, and what the minutes say of it: a public text and an internal one."""

    translated_fields = ("title", "text", "minutes")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name=_("Meeting"))
    code = models.CharField(max_length=40)
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    text = models.TextField(blank=True, verbose_name=_("Text"))  # why it is on the agenda
    thing = models.CharField(max_length=120, blank=True, db_index=True)  # core.keys: what it is about
    kind = models.CharField(
        max_length=10, choices=ItemKindChoice.choices, default=ItemKind.OTHER, verbose_name=_("Kind")
    )
    minutes = models.TextField(blank=True, verbose_name=_("Minutes"))
    minutes_internal = models.TextField(blank=True, verbose_name=_("Internal minutes"))

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "code"], name="agenda_code_once")]

    def __str__(self) -> str:
        return self.title

    def search_entry(self) -> Entry:
        """Found by its title, by why it is on the agenda and by its minutes, those parts that are internal among them: whoever finds it
        reads minutes."""
        texts = [str(text) for each in self.translations.values() for text in each.values()]
        words = " ".join([self.text, self.minutes, self.minutes_internal, str(self.meeting), *texts])
        here = self.meeting.workspace_url()
        return Entry("agenda_item", self.title, words, here, here)


class Attendance(OfMeeting, Attended):
    """Whether a seat was taken at a meeting, and by whom. A guest has a name and perhaps a body, but no seat."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("Meeting")
    )

    class Meta:
        ordering = ["is_guest", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation or self.name}: {self.get_presence_display()}"


class Correction(OfMeeting):
    """A word beside minutes that are approved: what they say wrong. The minutes themselves stay as they are."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("Meeting")
    )
    on = models.DateField(verbose_name=_("Day"))
    text = models.TextField(verbose_name=_("Text"))
    reported_by = models.CharField(max_length=200, verbose_name=_("Given by"))

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, viewer: object) -> DecisionQuerySet:
        if can(viewer, Permission.MEETING_READ):
            return self
        return self.filter(is_public=True, edition__is_public=True)

    def open(self) -> DecisionQuerySet:
        """Asked and not answered, or taken and not carried out."""
        return self.filter(state__in=OPEN_STATES)


class Decision(Record, Translated):
    """Something decided by a committee, or asked of somebody outside it: who carries it out, by when, and what it became."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "text", "addressed_to", "answer")

    number = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))  # "D-2026-07"
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("Edition"))
    committee = models.ForeignKey(
        Committee,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("Committee"),
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("Meeting")
    )
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    title = models.CharField(max_length=300, verbose_name=_("Decision, in a few words"))
    text = models.TextField(blank=True, verbose_name=_("Text"))
    addressed_to = models.CharField(  # a post outside; blank = the committee's own
        max_length=200,
        blank=True,
        verbose_name=_("Requested from, by post"),
        help_text=_("Only if somebody outside the committee decides, for example: Minister."),
    )
    state = models.CharField(
        max_length=12, choices=DecisionStateChoice.choices, default=DecisionState.TAKEN, verbose_name=_("State")
    )
    about = models.CharField(max_length=120, blank=True, db_index=True)  # core.keys: the action it moves
    became = models.CharField(max_length=120, blank=True, db_index=True)  # core.keys: the action or milestone it became
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("Who carries it out"),
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="decisions",
        verbose_name=_("Person responsible"),
    )
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    asked_on = models.DateField(null=True, blank=True, verbose_name=_("Requested"))
    taken_on = models.DateField(null=True, blank=True, verbose_name=_("Decided"))  # or refused
    done_on = models.DateField(null=True, blank=True, verbose_name=_("Done"))  # carried out, or dropped
    answer = models.TextField(blank=True, verbose_name=_("Reply"))  # what the addressee said, or why it was dropped
    is_public = models.BooleanField(
        default=False, verbose_name=_("Public"), help_text=_("The decision and its result are public.")
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["edition", "state", "due_on"], name="decision_open"),
            models.Index(fields=["state", "due_on"], name="decision_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def owner_ids(self) -> set[int]:
        return {self.organisation.successor().pk} if self.organisation else set()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < clock.today()

    def audit_subject(self) -> models.Model:
        return self

    def workspace_url(self) -> str:
        return path_to("workspace:decision", self.number)

    def get_absolute_url(self) -> str:
        return f"{path_to('portal:decisions', self.edition.code)}#{self.number}"

    def search_entry(self) -> Entry:
        shown = self.is_public and self.edition.is_public
        words = in_each_language(self, "title", "text")
        return Entry("decision", str(self), words, self.get_absolute_url(), self.workspace_url(), shown)
