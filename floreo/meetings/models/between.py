"""What is decided between meetings: proposals of members, written procedures with their votes, and dates that are asked about."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.meetings.models.record import AgendaItem, BallotKindChoice, Committee, Decision, Meeting, Seat
from floreo.meetings.voting import (
    QUORUM,
    BallotKind,
    Choice,
    DateChoice,
    ProcedureKind,
    ProcedureState,
    Result,
)
from floreo.organisations.models import Organisation, Person
from floreo.strategy.models import Edition

READ = Permission.MEETING_READ


class ProposalState(models.TextChoices):
    NEW = "new", pgettext_lazy("a proposal", "New")
    AGENDA = "agenda", _("On an agenda")
    PROCEDURE = "procedure", _("In a written procedure")
    DECLINED = "declined", pgettext_lazy("a proposal", "Not taken up")


class ProcedureKindChoice(models.TextChoices):
    VOTE = ProcedureKind.VOTE, _("Vote: adopted by a majority, if the quorum is reached")
    SILENCE = ProcedureKind.SILENCE, _("Silence: adopted unless a member objects")


class ProcedureStateChoice(models.TextChoices):
    DRAFT = ProcedureState.DRAFT, _("Draft")
    OPEN = ProcedureState.OPEN, pgettext_lazy("a written procedure", "Open")
    CLOSED = ProcedureState.CLOSED, pgettext_lazy("a written procedure", "Closed")
    WITHDRAWN = ProcedureState.WITHDRAWN, pgettext_lazy("a written procedure", "Withdrawn")


class ProcedureResultChoice(models.TextChoices):
    ADOPTED = Result.ADOPTED, pgettext_lazy("a written procedure", "Adopted")
    NOT_ADOPTED = Result.NOT_ADOPTED, _("Not adopted: no majority")
    TIE = Result.TIE, _("Not adopted: a tie")
    NO_QUORUM = Result.NO_QUORUM, _("Not adopted: the quorum was not reached")
    OBJECTED = Result.OBJECTED, _("Not adopted: a member objected")
    NOT_REACHED = Result.NOT_REACHED, _("Not adopted: a member could not be reached")


class BallotChoice(models.TextChoices):
    FOR = Choice.FOR, _("In favour")
    AGAINST = Choice.AGAINST, _("Against")
    ABSTAIN = Choice.ABSTAIN, _("Abstain")
    AGREE = Choice.AGREE, _("I agree")
    OBJECT = Choice.OBJECT, _("I object")


class OfCommittee(Record):
    """What belongs to a committee; read by whoever may read meetings."""

    read_with = READ

    class Meta:
        abstract = True


class Proposal(OfCommittee):
    """What a member of a committee asks it to decide: put on an agenda, into a written procedure, or not taken up."""

    committee = models.ForeignKey(
        Committee, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("Committee")
    )
    title = models.CharField(max_length=300, verbose_name=_("Proposal, in a few words"))
    text = models.TextField(
        blank=True, max_length=20_000, verbose_name=_("Text"), help_text=_("What should be decided, and why.")
    )
    about = models.CharField(max_length=120, blank=True, db_index=True)  # core.keys: the action it concerns
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="committee_proposals", verbose_name=_("Organisation")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="committee_proposals",
        verbose_name=_("Person"),
    )
    proposed_on = models.DateField(verbose_name=_("Proposed"))
    state = models.CharField(
        max_length=9, choices=ProposalState.choices, default=ProposalState.NEW, verbose_name=_("State")
    )
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposals")
    reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))  # why it was not taken up

    class Meta:
        ordering = ["-proposed_on", "-pk"]
        indexes = [models.Index(fields=["state"], name="proposal_waits")]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.committee


class WrittenProcedure(OfCommittee, Translated):
    """A question that a committee decides in writing, by a day: what is asked, who was asked, and what came of it. What it adopts
    is a decision like any other."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "text")

    number = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))  # "W-2026-03"
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="procedures", verbose_name=_("Committee")
    )
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="procedures")
    kind = models.CharField(
        max_length=7, choices=ProcedureKindChoice.choices, default=ProcedureKind.VOTE, verbose_name=_("Kind")
    )
    title = models.CharField(max_length=300, verbose_name=_("Proposed decision, in a few words"))
    text = models.TextField(
        blank=True,
        max_length=20_000,
        verbose_name=_("Text of the decision"),
        help_text=_("Recorded in these words if it is adopted."),
    )
    closes_at = models.DateTimeField(verbose_name=_("Closes"), help_text=_("At least 24 hours after it opens."))
    about = models.CharField(max_length=120, blank=True, db_index=True)  # core.keys: the action that the decision moves
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="procedures",
        verbose_name=_("Who carries it out"),
    )
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    is_public = models.BooleanField(
        default=False, verbose_name=_("Public"), help_text=_("The decision and its result are public.")
    )
    proposal = models.ForeignKey(
        Proposal,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="procedures",
        verbose_name=_("Proposal"),
    )
    state = models.CharField(
        max_length=9, choices=ProcedureStateChoice.choices, default=ProcedureState.DRAFT, verbose_name=_("State")
    )
    ballot = models.CharField(  # the committee's, when it was opened
        max_length=6, choices=BallotKindChoice.choices, default=BallotKind.NAMED, verbose_name=_("Ballot")
    )
    quorum = models.PositiveSmallIntegerField(
        default=QUORUM, validators=[MinValueValidator(1), MaxValueValidator(100)], verbose_name=_("Quorum")
    )  # % of the voting seats: the committee's, when it was opened
    opened_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Opened"))
    reminded_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Reminded"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Closed"))
    result = models.CharField(
        max_length=11, choices=ProcedureResultChoice.choices, blank=True, verbose_name=_("Result")
    )
    counts = models.JSONField(default=dict, blank=True)  # answers by choice, members, answered, needed, unreached
    withdrawn_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for withdrawal"))
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="procedure", verbose_name=_("Decision")
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "closes_at"], name="procedure_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ProcedureState.CLOSED) | (Q(closed_at__isnull=False) & ~Q(result="")),
                name="closed_procedure_has_result",
            ),
            models.CheckConstraint(
                condition=Q(decision=None) | Q(result=Result.ADOPTED), name="procedure_decides_what_is_adopted"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False, closed_at__gte=F("opened_at")),
                name="procedure_opens_before_it_closes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether members may answer now."""
        return self.state == ProcedureState.OPEN and clock.now() < self.closes_at

    @property
    def is_secret(self) -> bool:
        return self.ballot == BallotKind.SECRET

    def workspace_url(self) -> str:
        return path_to("workspace:procedure", self.number)

    def search_entry(self) -> Entry:
        return Entry("written_procedure", str(self), self.text, self.workspace_url(), self.workspace_url())


class ProcedureOption(OfCommittee, Translated):
    """One of several answers to the question of a vote. A question without options is answered for or against."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text",)

    procedure = models.ForeignKey(WrittenProcedure, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300, verbose_name=_("Text"))

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["procedure", "position"], name="procedure_option_once")]

    def __str__(self) -> str:
        return self.text

    def audit_subject(self) -> models.Model:
        return self.procedure


class AskedMember(OfCommittee):
    """Who was asked for a seat: with the address to which the link went. Somebody who leaves the seat answers no more."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("Person")
    )
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    address = models.EmailField()
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
    link_version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Answered"))  # last

    secret_fields: ClassVar[frozenset[str]] = frozenset({"address"})

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Without a name: the trail is read by people who may not know of the organisation."""
        return f"member {self.pk}"

    def named(self) -> str:
        """The organisation, and who sits there for it."""
        body = self.organisation.in_language("name")
        return f"{body}, {self.person.name}" if self.person else body

    def holds_on(self, day: date) -> bool:
        """Whether that seat is still theirs."""
        seat = self.seat
        if seat is None or seat.person_id != self.person_id:
            return False
        return (seat.starts_on is None or seat.starts_on <= day) and (seat.ends_on is None or seat.ends_on >= day)


class ProcedureMember(AskedMember):
    """A member who was asked to vote in one procedure."""

    procedure = models.ForeignKey(WrittenProcedure, on_delete=models.CASCADE, related_name="members")
    counted = models.BooleanField(default=True, verbose_name=_("Counted"))  # False: left the committee before it closed

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["procedure", "seat"], name="procedure_asks_a_seat_once")]

    def audit_subject(self) -> models.Model:
        return self.procedure


class Ballot(models.Model):
    """One vote. Those of a procedure are made together, empty and in random order, when it opens; a member's own is found by a key
    made with the installation's secret, and that key goes when the procedure closes with a secret ballot."""

    read_with = READ

    not_chained = (
        "A hash of the row in the trail, beside the entry that says who voted, would show how. The counts are in the trail when"
        " the procedure closes, and the votes themselves where the ballot is named."
    )

    procedure = models.ForeignKey(WrittenProcedure, on_delete=models.CASCADE, related_name="ballots")
    key = models.CharField(max_length=64, unique=True)
    choice = models.CharField(max_length=10, blank=True)  # "" until they vote
    reason = models.TextField(blank=True, max_length=2_000)
    member = models.OneToOneField(  # where the ballot is named
        ProcedureMember, null=True, blank=True, on_delete=models.SET_NULL, related_name="ballot"
    )

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.procedure)


class PollState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a poll of dates", "Open")
    CHOSEN = "chosen", _("Date chosen")
    CANCELLED = "cancelled", pgettext_lazy("a poll of dates", "Cancelled")


class DateAnswerChoice(models.TextChoices):
    YES = DateChoice.YES, pgettext_lazy("a date", "Yes")
    IF_NEEDED = DateChoice.IF_NEEDED, _("If needed")
    NO = DateChoice.NO, pgettext_lazy("a date", "No")


class DatePoll(OfCommittee):
    """Several dates for the next meeting of a committee, and who can come when. The one that is chosen becomes the meeting."""

    number = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))  # "P-2026-02"
    committee = models.ForeignKey(
        Committee, on_delete=models.CASCADE, related_name="polls", verbose_name=_("Committee")
    )
    note = models.TextField(blank=True, max_length=2_000, verbose_name=_("Note to the members"))
    place = models.CharField(max_length=200, blank=True, verbose_name=_("Place"))
    closes_on = models.DateField(verbose_name=_("Answers until"))
    state = models.CharField(max_length=9, choices=PollState.choices, default=PollState.OPEN, verbose_name=_("State"))
    opened_on = models.DateField(verbose_name=_("Opened"))
    meeting = models.OneToOneField(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="poll", verbose_name=_("Meeting")
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.committee}"

    def named(self) -> str:
        return f"{self.number} {self.committee.in_language('name')}"

    def audit_subject(self) -> models.Model:
        return self.committee

    def workspace_url(self) -> str:
        return path_to("workspace:date_poll", self.number)


class DateSlot(OfCommittee):
    """One date that is asked about, with its hours in the country's zone."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="slots")
    on = models.DateField(verbose_name=_("Day"))
    starts_at = models.TimeField(null=True, blank=True, verbose_name=_("Starts"))
    ends_at = models.TimeField(null=True, blank=True, verbose_name=_("Ends"))

    class Meta:
        ordering = ["on", "starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "on", "starts_at"], name="date_slot_once")]

    def __str__(self) -> str:
        return f"{self.on}"

    def audit_subject(self) -> models.Model:
        return self.poll.committee


class DateMember(AskedMember):
    """A member who was asked when they can come."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="members")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["poll", "seat"], name="date_poll_asks_a_seat_once")]

    def audit_subject(self) -> models.Model:
        return self.poll.committee


class DateAnswer(OfCommittee):
    """Whether one member can come on one of the dates."""

    member = models.ForeignKey(DateMember, on_delete=models.CASCADE, related_name="answers")
    slot = models.ForeignKey(DateSlot, on_delete=models.CASCADE, related_name="answers")
    answer = models.CharField(max_length=9, choices=DateAnswerChoice.choices, verbose_name=_("Answer"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["member", "slot"], name="date_answer_once")]

    def __str__(self) -> str:
        return self.answer

    def audit_subject(self) -> models.Model:
        return self.member.poll.committee
