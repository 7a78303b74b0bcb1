"""Editions with their pillars and objectives: the frame of a plan."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.strategy.logic import MOST_LEVELS


class EditionState(models.TextChoices):
    """The phases of the NCS Guide's lifecycle, as far as an edition passes through them here."""

    DRAFT = "draft", _("In preparation")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")


def may_read_plan(viewer: object) -> bool:
    """Whether the viewer reads the plan at the workspace, unpublished editions included."""
    return can(viewer, Permission.PLAN_READ)


def may_read_internal(viewer: object) -> bool:
    """Whether the viewer reads what is internal of the whole plan; of their own actions, `work.py` says."""
    return reach(viewer, Permission.PLAN_INTERNAL) is None


# The columns of an edition that hold the words of its levels.
LEVEL_WORDS = tuple(
    f"{level}_{field}" for level in ("pillar", "objective", "sub_objective", "action") for field in ("word", "words")
)


def _word(label: Any) -> Any:
    return models.CharField(
        max_length=60,
        blank=True,
        verbose_name=label,
        help_text=_("As within a sentence. Empty: the word of the country pack."),
    )


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, viewer: object) -> EditionQuerySet:
        return self if may_read_plan(viewer) else self.filter(is_public=True)


class Edition(Record, Translated, Sourced):
    """One strategy as adopted for a period. Editions follow one another; the next carries unfinished actions over."""

    not_chained = {"valid_on": "For which day statuses were last worked out."}

    translated_fields = ("title", "objective", "vision", "public_text", *LEVEL_WORDS)
    internal_fields = frozenset({"internal_notes"})

    code = models.SlugField(max_length=40, unique=True, verbose_name=_("Code"))  # "2020-2023"
    title = models.CharField(max_length=300, verbose_name=_("Working title"))
    official_title = models.CharField(max_length=300, blank=True, verbose_name=_("Official title"))
    objective = models.TextField(
        blank=True, verbose_name=_("Overall objective"), help_text=_("In the document's words.")
    )  # the overall objective, in the document's words
    vision = models.TextField(blank=True, verbose_name=_("Vision"), help_text=_("In the document's words."))
    public_text = models.TextField(blank=True, verbose_name=_("Explanation for the public"))
    levels = models.PositiveSmallIntegerField(
        default=3,
        choices=[(number, number) for number in range(1, MOST_LEVELS + 1)],
        verbose_name=_("Levels of the plan"),
        help_text=_("Counted with the lowest, what is done. It can change while the plan is empty."),
    )
    # What the country calls one and several of each level, as within a sentence: "area of priority", "areas of priority".
    pillar_word = _word(_("Top level, one"))
    pillar_words = _word(_("Top level, several"))
    objective_word = _word(_("Second level, one"))
    objective_words = _word(_("Second level, several"))
    sub_objective_word = _word(_("Third of four levels, one"))
    sub_objective_words = _word(_("Third of four levels, several"))
    action_word = _word(_("What is done, one"))
    action_words = _word(_("What is done, several"))
    terms = models.JSONField(default=list, blank=True, editable=False)  # its own, where the pack's do not hold for it
    approved_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Approved on"),
        help_text=_("The day from which the terms of the plan are counted."),
    )
    internal_notes = models.TextField(blank=True, verbose_name=_("Internal notes"), help_text=_("Not published."))
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Start"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("End"))
    launched_on = models.DateField(null=True, blank=True, verbose_name=_("Launched on"))
    state = models.CharField(
        max_length=10, choices=EditionState.choices, default=EditionState.DRAFT, verbose_name=_("State")
    )
    closing_report_on = models.DateField(
        null=True, blank=True, verbose_name=_("Closing report")
    )  # when a closing report was published, if one was
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by", verbose_name=_("Follows")
    )
    is_public = models.BooleanField(default=False, verbose_name=_("Public"))
    valid_on = models.DateField(
        null=True, blank=True, verbose_name=_("Valid on")
    )  # the day for which statuses were last worked out

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

    def shows_internal_to(self, viewer: object) -> bool:
        return may_read_internal(viewer)

    @property
    def over_on(self) -> date | None:
        """Its last day, where it is over."""
        return self.ends_on if self.state == EditionState.ENDED else None

    def get_absolute_url(self) -> str:
        return path_to("portal:edition", self.code)

    def search_entry(self) -> Entry:
        workspace = path_to("workspace:plan", self.code)
        return Entry(
            "edition",
            self.title,
            in_each_language(self, "title", "objective", "vision"),
            self.get_absolute_url(),
            workspace,
            self.is_public,
        )


class InEdition(Record, Translated, Sourced):
    """What is in an edition under a code of its own, with its working title apart from the official wording."""

    code = models.CharField(
        max_length=30, verbose_name=_("Code"), help_text=_("Part of its address, for example 2.1.4. It cannot change.")
    )
    title = models.CharField(max_length=300, verbose_name=_("Working title"))  # working title
    official_wording = models.TextField(
        blank=True,
        verbose_name=_("Official wording"),
        help_text=_("Exactly as printed, errors included. Leave empty if there is none."),
    )  # exactly as printed
    official_place = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Place in the printed document"),
        help_text=_("For example: page 19, action 7."),
    )  # "page 19, action 7"
    public_text = models.TextField(blank=True, verbose_name=_("Explanation for the public"))
    internal_notes = models.TextField(blank=True, verbose_name=_("Internal notes"), help_text=_("Not published."))
    position = models.PositiveIntegerField(default=0, verbose_name=_("Place"))

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "public_text")
    internal_fields = frozenset({"internal_notes"})

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def shows_internal_to(self, viewer: object) -> bool:
        return may_read_internal(viewer)


class ShownManager(models.Manager[Any]):
    """Rows that people see: not those that only hold the actions of a plan with fewer levels."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(is_implied=False)


class Pillar(InEdition):
    """A pillar, priority area, axis or goal: the top division of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="pillars", verbose_name=_("Edition"))
    named_with: ClassVar[tuple[str, ...]] = ("edition",)
    also_published_as = models.JSONField(
        default=list, blank=True
    )  # [{"wording": ..., "source": ..., "source_url": ...}]
    # Of a plan whose only level are its actions: it holds them, and nobody sees it.
    is_implied = models.BooleanField(default=False, editable=False)

    everything: ClassVar[models.Manager[Any]] = models.Manager()  # first, so that copies, chain and loader see all
    objects = ShownManager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="pillar_code_once")]

    def get_absolute_url(self) -> str:
        return (
            self.edition.get_absolute_url()
            if self.is_implied
            else path_to("portal:pillar", self.edition.code, self.code)
        )

    def search_entry(self) -> Entry | None:
        if self.is_implied:
            return None
        workspace = path_to("workspace:plan", self.edition.code)
        return Entry(
            "pillar",
            str(self),
            f"{self.official_wording} {in_each_language(self, 'title', 'public_text')}",
            self.get_absolute_url(),
            workspace,
            self.edition.is_public,
        )


class Objective(InEdition):
    """What a pillar wants to reach."""

    named_with: ClassVar[tuple[str, ...]] = ("pillar__edition",)
    pillar = models.ForeignKey(Pillar, on_delete=models.CASCADE, related_name="objectives")
    # Of a plan of four levels: the objective that this one is a part of.
    above = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="below", verbose_name=_("Part of")
    )
    # Of a plan without objectives: it holds the actions of its pillar, and nobody sees it.
    is_implied = models.BooleanField(default=False, editable=False)

    everything: ClassVar[models.Manager[Any]] = models.Manager()  # first, so that copies, chain and loader see all
    objects = ShownManager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["pillar", "code"], name="objective_code_once")]

    @property
    def edition(self) -> Edition:
        return self.pillar.edition

    @property
    def level(self) -> str:
        """The level it is on: an objective, or a part of one."""
        return "sub_objective" if self.above_id else "objective"

    def get_absolute_url(self) -> str:
        if self.is_implied:
            return self.pillar.get_absolute_url()
        return path_to("portal:objective", self.pillar.edition.code, self.code)

    def search_entry(self) -> Entry | None:
        if self.is_implied:
            return None
        edition = self.pillar.edition
        workspace = path_to("workspace:plan", edition.code)
        return Entry(
            "objective",
            str(self),
            f"{self.official_wording} {in_each_language(self, 'title', 'public_text')}",
            self.get_absolute_url(),
            workspace,
            edition.is_public,
        )
