"""The plan: editions, pillars, objectives, actions, milestones, updates, money, risks, events; and drafts read from a text."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.search import Entry
from floreo.organisations.models import DatePrecision, Organisation, Person
from floreo.strategy.logic import HIGH, ActionFacts, MilestoneFacts, Rule, Standing, Status


class StatusChoice(models.TextChoices):
    DONE = Status.DONE, _("Done")
    ON_TRACK = Status.ON_TRACK, _("On track")
    AT_RISK = Status.AT_RISK, _("At risk")
    LATE = Status.LATE, _("Late")
    STALLED = Status.STALLED, _("Stalled")
    NOT_STARTED = Status.NOT_STARTED, _("Not started")


class EditionState(models.TextChoices):
    """The phases of the NCS Guide's lifecycle, as far as an edition passes through them here."""

    DRAFT = "draft", _("In preparation")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")


def _may_read_plan(viewer: object) -> bool:
    return can(viewer, Permission.PLAN_READ)


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, viewer: object) -> EditionQuerySet:
        return self if _may_read_plan(viewer) else self.filter(is_public=True)


class Edition(Record, Translated, Sourced):
    """One strategy as adopted for a period. Editions follow one another; the next carries unfinished actions over."""

    translated_fields = ("title", "objective", "vision", "public_text")

    code = models.SlugField(max_length=40, unique=True)  # "2020-2023"
    title = models.CharField(max_length=300)
    official_title = models.CharField(max_length=300, blank=True)
    objective = models.TextField(blank=True)  # the overall objective, in the document's words
    vision = models.TextField(blank=True)
    public_text = models.TextField(blank=True)
    internal_notes = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    launched_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)
    closing_report_on = models.DateField(null=True, blank=True)  # when a closing report was published, if one was
    follows = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    is_public = models.BooleanField(default=False)
    stood_on = models.DateField(null=True, blank=True)  # the day for which statuses were last worked out

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(follows=F("id")), name="edition_not_after_itself"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="edition_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portal:edition", args=[self.code])

    def search_entry(self) -> Entry:
        desk = reverse("workspace:plan", args=[self.code])
        return Entry(
            "edition", self.title, f"{self.objective} {self.vision}", self.get_absolute_url(), desk, self.is_public
        )


class InEdition(Record, Translated, Sourced):
    """What stands in an edition under a code of its own, with its working title apart from the official wording."""

    code = models.CharField(max_length=30)
    title = models.CharField(max_length=300)  # working title
    official_wording = models.TextField(blank=True)  # exactly as printed
    official_place = models.CharField(max_length=200, blank=True)  # "page 19, action 7"
    public_text = models.TextField(blank=True)
    internal_notes = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "public_text")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Pillar(InEdition):
    """A pillar, priority area, axis or goal: the top division of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="pillars")
    also_published_as = models.JSONField(
        default=list, blank=True
    )  # [{"wording": ..., "source": ..., "source_url": ...}]

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="pillar_code_once")]

    def get_absolute_url(self) -> str:
        return reverse("portal:pillar", args=[self.edition.code, self.code])

    def search_entry(self) -> Entry:
        desk = reverse("workspace:plan", args=[self.edition.code])
        return Entry(
            "pillar",
            str(self),
            f"{self.official_wording} {self.public_text}",
            self.get_absolute_url(),
            desk,
            self.edition.is_public,
        )


class Objective(InEdition):
    """What a pillar wants to reach."""

    pillar = models.ForeignKey(Pillar, on_delete=models.CASCADE, related_name="objectives")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["pillar", "code"], name="objective_code_once")]

    @property
    def edition(self) -> Edition:
        return self.pillar.edition

    def get_absolute_url(self) -> str:
        return reverse("portal:objective", args=[self.pillar.edition.code, self.code])

    def search_entry(self) -> Entry:
        edition = self.pillar.edition
        desk = reverse("workspace:plan", args=[edition.code])
        return Entry(
            "objective",
            str(self),
            f"{self.official_wording} {self.public_text}",
            self.get_absolute_url(),
            desk,
            edition.is_public,
        )


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, viewer: object) -> ActionQuerySet:
        if _may_read_plan(viewer):
            return self
        return self.filter(is_public=True, edition__is_public=True)


class Action(InEdition):
    """Something to be done by somebody by a date. Its status is worked out from dates by logic.standing, never typed."""

    translated_fields: ClassVar[tuple[str, ...]] = (
        *InEdition.translated_fields,
        "late_reason",
        "on_hold_reason",
        "override_reason",
    )

    # The edition is the objective's; kept here too so that every list and count is one index away.
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="actions", editable=False)
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="actions")
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)  # when the lead now expects it
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    on_hold_since = models.DateField(null=True, blank=True)
    on_hold_reason = models.CharField(max_length=500, blank=True)  # public
    late_reason = models.CharField(max_length=500, blank=True)  # public, in the lead's words
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions")
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    is_public = models.BooleanField(default=True)

    # Worked out by logic.standing and kept, so that lists can be filtered; refreshed on every change and every new day.
    status = models.CharField(
        max_length=12, choices=StatusChoice.choices, default=StatusChoice.NOT_STARTED, editable=False
    )
    status_rule = models.CharField(max_length=20, default=Rule.UNDATED, editable=False)
    status_since = models.DateField(null=True, blank=True, editable=False)

    # An override stands beside the rule, with a name, a reason and a date; it ends when it is lifted.
    override = models.CharField(max_length=12, choices=StatusChoice.choices, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    override_by = models.CharField(max_length=200, blank=True)
    override_on = models.DateField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="action_code_once"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(starts_on__lte=F("due_on")),
                name="action_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(override="", override_reason="", override_by="", override_on=None)
                | (~Q(override="") & ~Q(override_reason="") & ~Q(override_by="") & Q(override_on__isnull=False)),
                name="override_has_reason_and_name",
            ),
            models.CheckConstraint(
                condition=Q(on_hold_since=None, on_hold_reason="")
                | (Q(on_hold_since__isnull=False) & ~Q(on_hold_reason="")),
                name="hold_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_by="") | (Q(closed_on__isnull=False) & ~Q(closed_by="")),
                name="closed_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "status"], name="action_standing"),
            models.Index(fields=["edition", "position", "id"], name="action_order"),
            models.Index(fields=["edition", "due_on"], name="action_due"),
        ]

    def owner_ids(self) -> set[int]:
        """The organisations that may speak for it today: its leads, and the heirs of leads that were merged."""
        return {p.organisation.heir().pk for p in self.participations.all() if p.part == Part.LEAD and p.until is None}

    def facts(self) -> ActionFacts:
        """What the rules look at. Expects milestones, updates and risks to be prefetched when used over many."""
        return ActionFacts(
            starts_on=self.starts_on,
            due_on=self.due_on,
            closed_on=self.closed_on,
            on_hold_since=self.on_hold_since,
            expected_on=self.expected_on,
            heard=tuple(u.on for u in self.updates.all()),
            high_risks=tuple((r.noted_on, r.closed_on) for r in self.risks.all() if r.score >= HIGH),
            milestones=tuple(MilestoneFacts(m.due_on, m.reached_on) for m in self.milestones.all()),
        )

    @property
    def standing(self) -> Standing:
        """As kept: the override where there is one, else what the rules gave."""
        return Standing(Status(self.status), Rule(self.status_rule), self.status_since)

    def get_absolute_url(self) -> str:
        return reverse("portal:action", args=[self.edition.code, self.code])

    def desk_url(self) -> str:
        return reverse("workspace:action", args=[self.edition.code, self.code])

    def search_entry(self) -> Entry:
        body = " ".join(
            [self.official_wording, self.public_text, str(self.translations.get("es", {}).get("title", ""))]
        )
        return Entry(
            "action",
            str(self),
            body,
            self.get_absolute_url(),
            self.desk_url(),
            self.is_public and self.edition.is_public,
        )


class OfAction(Record):
    """What hangs on an action and shows in its history; whoever owns the action owns it."""

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.action  # type: ignore[attr-defined, no-any-return]  # each child names its action

    def owner_ids(self) -> set[int]:
        return self.action.owner_ids()  # type: ignore[attr-defined, no-any-return]  # as above


class Part(models.TextChoices):
    LEAD = "lead", _("Lead")
    SUPPORT = "support", _("Supporting")


class Participation(OfAction, Sourced):
    """An organisation's part in an action, from a day to a day. When a body is renamed or merged, this still holds."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="participations")
    part = models.CharField(max_length=8, choices=Part.choices)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["part", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")), name="part_dates_in_order"
            )
        ]
        indexes = [models.Index(fields=["organisation", "part"], name="participation_whose")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"


class Milestone(OfAction, Translated, Sourced):
    """A point that shows an action has moved: due on a day, reached on a day."""

    translated_fields = ("title", "note")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="milestones")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    due_on = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)  # public
    evidence_url = models.URLField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["action", "code"], name="milestone_code_once")]
        indexes = [models.Index(fields=["due_on", "reached_on"], name="milestone_due")]

    def __str__(self) -> str:
        return self.title


class Update(OfAction, Translated):
    """What the lead says of an action on a day: done, next, risks. Many in a period; never edited away."""

    translated_fields = ("done", "next", "risks")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="updates")
    on = models.DateField()
    done = models.TextField(blank=True)
    next = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    nothing_changed = models.BooleanField(default=False)
    said_by = models.CharField(max_length=200)
    is_public = models.BooleanField(default=True)

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.action.code} {self.on}"


class BudgetLine(OfAction, Translated, Sourced):
    """Money of one funder for one action in one fiscal year. The only place where money is counted."""

    translated_fields = ("note",)

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="budget_lines")
    amount = models.DecimalField(max_digits=16, decimal_places=2, validators=[MinValueValidator(0)])
    spent = models.DecimalField(max_digits=16, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3)  # ISO 4217
    fiscal_year = models.PositiveSmallIntegerField()  # the year in which the fiscal year starts
    funder = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="budget_lines"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["fiscal_year", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0) & Q(spent__gte=0), name="money_not_negative")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.fiscal_year}"


class Risk(OfAction, Translated):
    """What could stop an action: likelihood and impact from 1 to 5, and what is done about it."""

    translated_fields = ("title", "response")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="risks")
    title = models.CharField(max_length=300)
    likelihood = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    impact = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    response = models.TextField(blank=True)
    noted_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(default=False)

    class Meta:
        ordering = ["closed_on", "-likelihood", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def score(self) -> int:
        return self.likelihood * self.impact


class Standings(models.Model):
    """How many actions of an edition stood how on a day: today's, and one per quarter's end, so that pages can compare."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="standings")
    on = models.DateField()
    counts = models.JSONField()  # {"done": 5, ...}

    class Meta:
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["edition", "on"], name="standings_once_a_day")]

    def __str__(self) -> str:
        return f"{self.edition} {self.on}"


class EventKind(models.TextChoices):
    WORK = "work", _("Work done")
    LAW = "law", _("Law")
    TRAINING = "training", _("Training or awareness")
    MEETING = "meeting", _("Meeting")
    PUBLICATION = "publication", _("Publication")
    MEASURE = "measure", _("Measure under way")  # from an imported text


class Event(Record, Translated, Sourced):
    """A dated thing that happened, or will, and that a source or a person ties to pillars or an action. Evidence of work,
    never an official action."""

    code = models.SlugField(max_length=80)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="events")
    title = models.CharField(max_length=300)
    on = models.DateField(null=True, blank=True)  # first day of the period when precision is coarser than a day
    precision = models.CharField(max_length=10, choices=DatePrecision.choices, default=DatePrecision.DAY)
    until = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=EventKind.choices, default=EventKind.WORK)
    pillars = models.ManyToManyField(Pillar, blank=True, related_name="events")
    action = models.ForeignKey(Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="events")
    is_public = models.BooleanField(default=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="event_code_once")]
        indexes = [models.Index(fields=["edition", "on"], name="event_when")]

    def __str__(self) -> str:
        return self.title


class EditionPart(models.TextChoices):
    LAUNCHED = "launched", _("Launched it")
    GUIDED = "guided", _("Guided it")
    COORDINATED = "coordinated", _("Coordinated it")
    COLLABORATED = "collaborated", _("Worked on it")
    LED = "led", _("Leads it")
    SUPPORTED = "supported", _("Supported it")
    FUNDED = "funded", _("Funded it")
    MEMBER = "member", _("Member of its task force")


class EditionBody(Record, Translated, Sourced):
    """An organisation's part in an edition as a whole."""

    translated_fields = ("purpose",)

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="bodies")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="edition_parts")
    part = models.CharField(max_length=14, choices=EditionPart.choices)
    purpose = models.CharField(max_length=300, blank=True)  # of a funder: what the money was for

    class Meta:
        ordering = ["part", "pk"]
        verbose_name_plural = "edition bodies"
        constraints = [models.UniqueConstraint(fields=["edition", "organisation", "part"], name="body_part_once")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"

    def audit_subject(self) -> models.Model:
        return self.edition


class Outlet(Record, Sourced):
    """Where an edition is published."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="outlets")
    name = models.CharField(max_length=200)
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.edition


class StatedTarget(Record, Translated, Sourced):
    """A number that a document states as a target: "training for 30 people". An indicator may take it up."""

    translated_fields = ("title", "unit")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="stated_targets")
    pillar = models.ForeignKey(Pillar, null=True, blank=True, on_delete=models.SET_NULL, related_name="stated_targets")
    title = models.CharField(max_length=300)
    number = models.DecimalField(max_digits=14, decimal_places=2)
    unit = models.CharField(max_length=80)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.edition


class DraftState(models.TextChoices):
    READING = "reading", _("Being read")
    OPEN = "open", _("Waits for review")
    FAILED = "failed", _("Could not be read")
    FINISHED = "finished", _("Finished")
    DROPPED = "dropped", _("Dropped")


class ImportDraft(Record):
    """What the rules read out of one text, waiting for a person. Nothing of it is in the plan until it is accepted."""

    code = models.SlugField(max_length=60, unique=True)
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/", blank=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, blank=True)  # text, word, pdf ...
    language = models.CharField(max_length=5, blank=True)
    text = models.TextField(blank=True)  # the whole text, mended
    mended = models.JSONField(default=list, blank=True)  # [[start, end], ...]
    blocks = models.JSONField(default=list, blank=True)  # [{"kind", "level", "number", "start", "end"}, ...]
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.READING)
    failure = models.CharField(max_length=500, blank=True)  # a sentence for the reader
    edition = models.ForeignKey(Edition, null=True, blank=True, on_delete=models.SET_NULL, related_name="drafts")
    started_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class RowState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("unconfirmed")
    ACCEPTED = "accepted", _("Accepted")
    EDITED = "edited", _("Accepted with a change")
    REJECTED = "rejected", _("Rejected")


class DraftRow(Record):
    """One drafted row and the exact passage it came from. Without a passage it cannot exist: the database refuses it."""

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)  # drafting.rows.Kind
    title = models.CharField(max_length=500)
    fields = models.JSONField(default=dict, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    passage = models.TextField()
    parent_number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=RowState.choices, default=RowState.UNCONFIRMED)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    became = models.CharField(max_length=120, blank=True)  # audit key of what it became in the plan

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_row_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")) & ~Q(passage=""), name="draft_row_has_passage"),
            models.CheckConstraint(
                condition=Q(state="unconfirmed", decided_by="", decided_at=None)
                | (~Q(state="unconfirmed") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="draft_row_decided_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def audit_subject(self) -> models.Model:
        return self.draft
