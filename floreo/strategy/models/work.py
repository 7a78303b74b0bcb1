"""Actions and what hangs on them: parts, milestones, updates, money, risks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.core.ui.locale import day
from floreo.organisations.models import Organisation, Person
from floreo.organisations.queries import bodies_of
from floreo.strategy.logic import HIGH, ActionFacts, MilestoneFacts, Rule, Status, StatusResult
from floreo.strategy.models.editions import Edition, InEdition, Objective, Pillar, may_read_plan


class StatusChoice(models.TextChoices):
    DONE = Status.DONE, _("Done")
    ON_TRACK = Status.ON_TRACK, _("On track")
    AT_RISK = Status.AT_RISK, _("At risk")
    LATE = Status.LATE, _("Late")
    STALLED = Status.STALLED, _("Stalled")
    NOT_STARTED = Status.NOT_STARTED, _("Not started")
    CARRIED = Status.CARRIED, _("Carried over")
    NOT_KNOWN = Status.NOT_KNOWN, _("Not known")


_WORKED_OUT = "Worked out by the rules from the dates, again with each new day."


def taken_part_in(bodies: Iterable[int]) -> models.QuerySet[Participation, int]:
    """Ids of the actions that one of those organisations, or one merged into them, leads or takes part in."""
    rows = Participation.objects.filter(organisation__in=bodies_of(bodies), ends_on=None)
    return rows.order_by().values_list("action_id", flat=True)


def in_seen_actions(viewer: object, path: str = "") -> Q:
    """Rows of (`path` "") or below (`path` "action__") actions that the viewer may know of: the public of public ones in
    public editions, who reads the plan of public ones and their own, who reads what is internal of all."""
    own = reach(viewer, Permission.PLAN_INTERNAL)
    if own is None:
        return Q()
    seen = Q(**{f"{path}is_public": True})
    if not may_read_plan(viewer):
        return seen & Q(**{f"{path}edition__is_public": True})
    return seen | Q(**{f"{path}pk__in": taken_part_in(own)}) if own else seen


def in_own_actions(viewer: object, path: str = "") -> Q:
    """Rows of or below actions of which the viewer reads what is internal too."""
    own = reach(viewer, Permission.PLAN_INTERNAL)
    if own is None:
        return Q()
    return Q(**{f"{path}pk__in": taken_part_in(own)}) if own else Q(pk__in=())


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, viewer: object) -> ActionQuerySet:
        return self.filter(in_seen_actions(viewer))


class OfActionQuerySet(models.QuerySet[Any]):
    """Updates and risks: public ones of actions that the viewer sees, and all of those whose inside they read."""

    def visible_to(self, viewer: object) -> OfActionQuerySet:
        inside = in_own_actions(viewer, "action__")
        if not inside:
            return self
        return self.filter(in_seen_actions(viewer, "action__") & (Q(is_public=True) | inside))


class Action(InEdition):
    """Something to be done by somebody by a date. Its status is worked out from dates by `logic.standing`, never typed."""

    not_chained = {
        "status": _WORKED_OUT,
        "status_rule": _WORKED_OUT,
        "status_since": _WORKED_OUT,
    }

    translated_fields: ClassVar[tuple[str, ...]] = (
        *InEdition.translated_fields,
        "late_reason",
        "on_hold_reason",
        "override_reason",
    )
    named_with: ClassVar[tuple[str, ...]] = ("edition",)
    internal_fields = InEdition.internal_fields | {"own_internal"}

    # The edition is the objective's; kept here too so that every list and count is one index away.
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="actions", editable=False, verbose_name=_("Edition")
    )
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, related_name="actions", verbose_name=_("Level above")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Start"))
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    expected_on = models.DateField(null=True, blank=True, verbose_name=_("Expected"))  # when the lead now expects it
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed"))
    closed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Closed by"))
    on_hold_since = models.DateField(null=True, blank=True, verbose_name=_("On hold since"))
    on_hold_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for the hold"))  # public
    late_reason = models.CharField(
        max_length=500, blank=True, verbose_name=_("Reason for being late")
    )  # public, in the lead's words
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="actions",
        verbose_name=_("Person responsible"),
        help_text=_("Only the post is published, not the name."),
    )
    carried_from = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carried_to",
        verbose_name=_("Carried from"),
    )
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))
    term = models.CharField(max_length=60, blank=True, verbose_name=_("Term"))  # code of a term: plan_terms.py
    # The fields that the country's pack adds, by their codes: own_fields.py
    own = models.JSONField(default=dict, blank=True, verbose_name=_("Fields of this country"))
    own_internal = models.JSONField(default=dict, blank=True, verbose_name=_("Internal fields of this country"))
    # What has to be done first, within the same edition and never in a circle: actions/waiting.py
    waits_for = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="awaited_by", verbose_name=_("Waits for")
    )

    # Worked out by `logic.standing` and kept, so that lists can be filtered; refreshed on every change and every new day.
    status = models.CharField(
        max_length=12,
        choices=StatusChoice.choices,
        default=StatusChoice.NOT_STARTED,
        editable=False,
        verbose_name=_("Status"),
    )
    status_rule = models.CharField(max_length=20, default=Rule.UNDATED, editable=False, verbose_name=_("Rule"))
    status_since = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Since"))

    # An override is beside the rule, with a name, a reason and a date; it ends when it is lifted.
    override = models.CharField(
        max_length=12, choices=StatusChoice.choices, blank=True, verbose_name=_("Status override")
    )
    override_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for the status set by hand"))
    override_by = models.CharField(max_length=200, blank=True, verbose_name=_("Set by"))
    override_on = models.DateField(null=True, blank=True, verbose_name=_("Set on"))

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

    @property
    def above(self) -> list[Pillar | Objective]:
        """What is above it, from the top, without what nobody sees."""
        parts: list[Pillar | Objective | None] = [self.objective.pillar, self.objective.above, self.objective]
        return [each for each in parts if each is not None and not each.is_implied]

    def shows_internal_to(self, viewer: object) -> bool:
        return Action.objects.filter(in_own_actions(viewer), pk=self.pk).exists()

    def owner_ids(self) -> set[int]:
        """The organisations that may speak for it today: its leads, and the successors of leads that were merged."""
        return {
            p.organisation.successor().pk
            for p in self.participations.all()
            if p.part == LeadRole.LEAD and p.ends_on is None
        }

    def facts(self) -> ActionFacts:
        """What the rules look at. Expects edition, successor, milestones, updates and risks to be loaded when used over many."""
        return ActionFacts(
            starts_on=self.starts_on,
            due_on=self.due_on,
            closed_on=self.closed_on,
            on_hold_since=self.on_hold_since,
            expected_on=self.expected_on,
            updated_on=tuple(u.on for u in self.updates.all()),
            high_risks=tuple((r.noted_on, r.closed_on) for r in self.risks.all() if r.score >= HIGH),
            milestones=tuple(MilestoneFacts(m.due_on, m.reached_on) for m in self.milestones.all()),
            edition_ended_on=self.edition.over_on,
            carried_on=follower.edition.starts_on if (follower := getattr(self, "carried_to", None)) else None,
        )

    @property
    def status_result(self) -> StatusResult:
        """As kept: the override where there is one, else what the rules gave."""
        return StatusResult(Status(self.status), Rule(self.status_rule), self.status_since)

    def get_absolute_url(self) -> str:
        return path_to("portal:action", self.edition.code, self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:action", self.edition.code, self.code)

    def search_entry(self) -> Entry:
        body = f"{self.official_wording} {in_each_language(self, 'title', 'public_text')}"
        return Entry(
            "action",
            str(self),
            body,
            self.get_absolute_url(),
            self.workspace_url(),
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


class LeadRole(models.TextChoices):
    LEAD = "lead", _("Lead")
    SUPPORT = "support", _("Supporting")


class Participation(OfAction, Sourced):
    """An organisation's part in an action, from a day to a day. When a body is renamed or merged, this still holds."""

    action = models.ForeignKey(
        Action, on_delete=models.CASCADE, related_name="participations", verbose_name=_("Action")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="participations", verbose_name=_("Organisation")
    )
    part = models.CharField(max_length=8, choices=LeadRole.choices, verbose_name=_("Part"))
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Since"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))

    class Meta:
        ordering = ["part", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="part_dates_in_order",
            )
        ]
        indexes = [models.Index(fields=["organisation", "part"], name="participation_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"


class Milestone(OfAction, Translated, Sourced):
    """A point that shows an action has moved: due on a day, reached on a day."""

    translated_fields = ("title", "note")
    named_with: ClassVar[tuple[str, ...]] = ("action__edition",)

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("Action"))
    code = models.CharField(max_length=40, verbose_name=_("Code"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    reached_on = models.DateField(null=True, blank=True, verbose_name=_("Reached"))
    expected_on = models.DateField(null=True, blank=True, verbose_name=_("Expected"))
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))  # public
    evidence_url = models.URLField(blank=True, verbose_name=_("Evidence"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["action", "code"], name="milestone_code_once")]
        indexes = [
            models.Index(fields=["reached_on", "due_on"], name="milestone_open"),
            models.Index(fields=["reached_on", "id"], name="milestone_reached"),
        ]

    def __str__(self) -> str:
        return self.title


class Update(OfAction, Translated):
    """What the lead says of an action on a day: done, next, risks. Many in a period; never edited away."""

    translated_fields = ("done", "next", "risks")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="updates", verbose_name=_("Action"))
    on = models.DateField(verbose_name=_("As of"))
    done = models.TextField(blank=True, verbose_name=_("Work done"))
    next = models.TextField(blank=True, verbose_name=_("Next steps"))
    risks = models.TextField(blank=True, verbose_name=_("Risks"))
    nothing_changed = models.BooleanField(default=False, verbose_name=_("Nothing changed"))
    reported_by = models.CharField(max_length=200, verbose_name=_("Given by"))
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.action.code} {self.on}"

    named_with = ("action",)  # rows that its name is read from

    def named(self) -> str:
        """The action in the reader's language, and the day."""
        return f"{self.action.named()}, {day(self.on)}"

    def search_entry(self) -> Entry:
        """Found by its words in each language, under the action that it is about. Whether the public sees the action is asked when it is
        found."""
        words = [
            self.done,
            self.next,
            self.risks,
            *(str(t) for each in self.translations.values() for t in each.values()),
        ]
        here = f"{self.action.get_absolute_url()}#updates"
        title = f"{self.action.code} {self.action.title}, {self.on}"
        return Entry("update", title, " ".join(words), here, self.action.workspace_url(), self.is_public)


class MoneyStage(models.TextChoices):
    PLANNED = "planned", _("Planned: requested, not committed by anyone yet")
    COMMITTED = "committed", _("Committed: in an adopted budget or a signed agreement")


class GrantState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SIGNED = "signed", _("Signed")
    ENDED = "ended", _("Ended")
    CALLED_OFF = "called_off", _("Cancelled")


COMMITTED_STATES = frozenset({GrantState.SIGNED, GrantState.ENDED})  # agreements whose money is committed


class BudgetLine(OfAction, Translated, Sourced):
    """Money of one funder for one action in one fiscal year. The only place where money is counted."""

    translated_fields = ("note",)

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="budget_lines", verbose_name=_("Action"))
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, validators=[MinValueValidator(0)], verbose_name=_("Amount")
    )
    spent = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        verbose_name=_("Spent so far"),
        help_text=_("The sum of the payments, if payments are recorded."),
    )
    currency = models.CharField(
        max_length=3, verbose_name=_("Currency"), help_text=_("Three letters, for example USD.")
    )  # ISO 4217
    fiscal_year = models.PositiveSmallIntegerField(
        verbose_name=_("Fiscal year"), help_text=_("The year in which it starts.")
    )  # the year in which the fiscal year starts
    funder = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="budget_lines",
        verbose_name=_("Funder"),
    )
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Purpose"))
    stage = models.CharField(
        max_length=9, choices=MoneyStage.choices, default=MoneyStage.COMMITTED, verbose_name=_("Stage")
    )
    grant = models.ForeignKey(  # the agreement that pays for it
        "strategy.Grant",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="lines",
        verbose_name=_("Agreement that funds it"),
    )

    class Meta:
        ordering = ["fiscal_year", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0) & Q(spent__gte=0), name="money_not_negative")]

    def __str__(self) -> str:
        amount = f"{Decimal(self.amount or 0):,.2f}".removesuffix(".00")
        return f"{self.currency} {amount}, {self.fiscal_year}"

    @property
    def is_committed(self) -> bool:
        """Whether it is committed: what an unsigned agreement would pay is planned, whatever the line says."""
        return self.stage == MoneyStage.COMMITTED and (self.grant is None or self.grant.state in COMMITTED_STATES)


class Risk(OfAction, Translated):
    """What could stop an action: likelihood and impact from 1 to 5, and what is done about it."""

    translated_fields = ("title", "response")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="risks", verbose_name=_("Action"))
    title = models.CharField(max_length=300, verbose_name=_("What could happen"))
    likelihood = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)], verbose_name=_("Likelihood")
    )
    impact = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)], verbose_name=_("Impact")
    )
    response = models.TextField(blank=True, verbose_name=_("Response"))
    noted_on = models.DateField(verbose_name=_("Recorded"))
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed"))
    is_public = models.BooleanField(default=False, verbose_name=_("Public"))

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ["closed_on", "-likelihood", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def score(self) -> int:
        return self.likelihood * self.impact
