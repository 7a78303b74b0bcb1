"""Initiatives of others, and competitions for youth with their entries, jury and result."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.initiatives.logic import LONGEST, MOST_POINTS, Phase, is_minor_band, phase_of
from floreo.organisations.models import Organisation, Place

RUN = Permission.INITIATIVE_RUN


class InitiativeAudience(models.TextChoices):
    CHILDREN = "children", _("Children and youth")
    PARENTS = "parents", _("Parents")
    TEACHERS = "teachers", _("Teachers and schools")
    WOMEN = "women", _("Women and girls")
    OLDER = "older", _("Older people")
    FIRMS = "firms", _("Small firms")
    OFFICIALS = "officials", _("Officials")
    TECHNICAL = "technical", _("Technical staff")
    PUBLIC = "public", _("Everybody")


class InitiativeState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    PUBLISHED = "published", pgettext_lazy("an initiative", "Published")
    DECLINED = "declined", pgettext_lazy("an initiative", "Not published")


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, viewer: object) -> InitiativeQuerySet:
        """What was read and published is for everybody."""
        return self if can(viewer, RUN) else self.filter(state=InitiativeState.PUBLISHED)


class Initiative(Record, Translated, Sourced):
    """What others do for a safer use of the Internet: an organisation, a firm, a council, a provider."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")
    # Whom to reach is for who runs the register; it can be erased, and the trail cannot.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"contact", "source_key"})

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Name of the initiative"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("What it does"), help_text=_("In plain words.")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="initiatives",
        verbose_name=_("Organisation in the register"),
    )
    who_name = models.CharField(
        max_length=200, blank=True, verbose_name=_("Who runs it"), help_text=_("An organisation, not a person.")
    )
    audience = models.CharField(
        max_length=9, choices=InitiativeAudience.choices, default=InitiativeAudience.PUBLIC, verbose_name=_("Audience")
    )
    districts = models.ManyToManyField(
        Place, through="InitiativeDistrict", related_name="initiatives", verbose_name=_("Districts")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("To"), help_text=_("Empty while it goes on."))
    address = models.URLField(max_length=500, blank=True, verbose_name=_("Address of its page"))
    contact = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("How to reach you"),
        help_text=_("E-mail or telephone, for the coordinator. Not published."),
    )
    state = models.CharField(
        max_length=9, choices=InitiativeState.choices, default=InitiativeState.PUBLISHED, verbose_name=_("State")
    )
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))
    received_on = models.DateField(null=True, blank=True, verbose_name=_("Received on"))  # by the public form
    source_key = models.CharField(max_length=64, blank=True, db_index=True)  # of the form: the same one is taken once

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="initiative_dates_in_order",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="initiative_declined_why"),
        ]
        indexes = [models.Index(fields=["state", "title"], name="initiative_listed")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.state == InitiativeState.PUBLISHED

    @property
    def who(self) -> str:
        """Who runs it, for everybody: an organisation that is not public keeps its name."""
        body = self.organisation
        return body.in_language("name") if body is not None and body.is_public else self.who_name

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < clock.today()

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:initiative", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:initiative", self.code)

    def search_entry(self) -> Entry:
        texts = [str(text) for each in self.translations.values() for text in each.values()]
        words = " ".join([self.summary, self.who_name, *texts])
        return Entry("initiative", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_public)


class InitiativeDistrictQuerySet(models.QuerySet["InitiativeDistrict"]):
    def visible_to(self, viewer: object) -> InitiativeDistrictQuerySet:
        """Seen by whoever sees the initiative."""
        return self.filter(initiative__in=Initiative.objects.visible_to(viewer))


class InitiativeDistrict(Record):
    """A district in which an initiative works. One with none works in the whole country."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="in_districts")
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="initiative_districts", verbose_name=_("District")
    )

    objects = InitiativeDistrictQuerySet.as_manager()

    class Meta:
        ordering = ["place__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["initiative", "place"], name="initiative_district_once")]

    def __str__(self) -> str:
        return str(self.place)

    def audit_subject(self) -> models.Model:
        return self.initiative

    def owner_ids(self) -> set[int]:
        return self.initiative.owner_ids()


# --- Competitions -------------------------------------------------------------------------------------------------


class CompetitionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("a competition", "Announced")
    ENDED = "ended", _("Result published")


class CompetitionQuerySet(models.QuerySet["Competition"]):
    def visible_to(self, viewer: object) -> CompetitionQuerySet:
        return self if can(viewer, RUN) else self.exclude(state=CompetitionState.DRAFT)


class Competition(Record, Translated, Sourced):
    """Youth enter something they made; a jury gives points; the result is published without the names of minors."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "rules", "prizes", "jury_text", "categories")

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=2000, blank=True, verbose_name=_("What it is about"))
    rules = models.TextField(max_length=6000, blank=True, verbose_name=_("Rules"))
    prizes = models.TextField(max_length=1000, blank=True, verbose_name=_("Prizes"))
    jury_text = models.TextField(
        max_length=1000, blank=True, verbose_name=_("Jury"), help_text=_("Who judges, by their office. Published.")
    )
    categories = models.TextField(
        max_length=1000, blank=True, verbose_name=_("Categories"), help_text=_("One in each line. Empty: there is one.")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="competitions",
        verbose_name=_("Who runs it"),
    )
    age_from = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(5), MaxValueValidator(99)], verbose_name=_("Age from")
    )
    age_to = models.PositiveSmallIntegerField(
        default=17, validators=[MinValueValidator(5), MaxValueValidator(99)], verbose_name=_("Age to")
    )
    opens_on = models.DateField(null=True, blank=True, verbose_name=_("Opens"))
    closes_on = models.DateField(
        null=True, blank=True, verbose_name=_("Last day"), help_text=_("Entries are taken until the end of this day.")
    )
    takes_files = models.BooleanField(default=True, verbose_name=_("A file can be sent along"))
    erase_after_days = models.PositiveSmallIntegerField(
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        verbose_name=_("Erase names after"),
        help_text=_("Days after the result, after which names, addresses and files are erased."),
    )
    contact = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Questions"),
        help_text=_("Where parents and schools ask: an office, with its e-mail or telephone. Published."),
    )
    state = models.CharField(
        max_length=9, choices=CompetitionState.choices, default=CompetitionState.DRAFT, verbose_name=_("State")
    )
    result_on = models.DateField(null=True, blank=True, verbose_name=_("Result"))
    erased_on = models.DateField(
        null=True, blank=True, verbose_name=_("Erased on")
    )  # when names and addresses of its entries were erased

    objects = CompetitionQuerySet.as_manager()

    class Meta:
        ordering = ["-closes_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(opens_on__lte=F("closes_on")),
                name="competition_days_in_order",
            ),
            models.CheckConstraint(condition=Q(age_from__lte=F("age_to")), name="competition_ages_in_order"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opens_on__isnull=False, closes_on__isnull=False),
                name="competition_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(result_on__isnull=False), name="competition_ended_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def phase(self) -> Phase:
        return phase_of(self.state, self.opens_on, self.closes_on, today=clock.today())

    @property
    def is_public(self) -> bool:
        return self.state != CompetitionState.DRAFT

    @property
    def has_ended(self) -> bool:
        return self.state == CompetitionState.ENDED

    def category_names(self) -> list[str]:
        """Its categories as they were written: what entries keep."""
        return [line.strip() for line in self.categories.splitlines() if line.strip()]

    def category_words(self, name: str) -> str:
        """A category in the reader's language, where its translation has as many lines."""
        own, spoken = self.category_names(), self.in_language("categories").splitlines()
        read = [line.strip() for line in spoken if line.strip()]
        return read[own.index(name)] if name in own and len(read) == len(own) else name

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:competition", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:competition", self.code)

    def search_entry(self) -> Entry:
        texts = [str(text) for each in self.translations.values() for text in each.values()]
        words = " ".join([self.summary, *texts])
        return Entry("competition", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_public)


class OfCompetition(Record):
    """The base of what hangs on a competition."""

    competition: models.ForeignKey[Competition, Competition]

    class Meta:
        abstract = True

    def owner_ids(self) -> set[int]:
        return self.competition.owner_ids()


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def visible_to(self, viewer: object) -> CriterionQuerySet:
        """Seen by whoever sees the competition."""
        return self.filter(competition__in=Competition.objects.visible_to(viewer))


class Criterion(OfCompetition, Translated):
    """What the jury gives points for, from 0 to 10."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="criteria")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, verbose_name=_("Criterion"))
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(100)], verbose_name=_("Weight")
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        ordering = ["competition", "number"]
        constraints = [models.UniqueConstraint(fields=["competition", "number"], name="criterion_once")]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.competition


class EntryState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the guardian")  # nobody of the jury reads it
    ENTERED = "entered", _("Entered")
    EXCLUDED = "excluded", pgettext_lazy("entry of a competition", "Excluded")


class CompetitionEntry(OfCompetition):
    """What one entrant or team sent in. Who it is, is for those who run the competition, and is erased after the result."""

    # What minors write, and who they are, is never in the trail: it can be erased, and the trail cannot.
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {
            "title",
            "description",
            "team",
            "entrant_name",
            "guardian_name",
            "guardian_mail",
            "file_name",
            "link_hash",
            "guardian_hash",
            "source_key",
        }
    )
    read_with = RUN

    competition = models.ForeignKey(
        Competition, on_delete=models.PROTECT, related_name="entries", verbose_name=_("Competition")
    )
    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))  # ENT-2026-K7QF3M
    category = models.CharField(max_length=200, blank=True, verbose_name=_("Category"))
    age_band = models.CharField(max_length=6, verbose_name=_("Age"))
    title = models.CharField(max_length=200, verbose_name=_("Title of the entry"))
    description = models.TextField(max_length=LONGEST, blank=True, verbose_name=_("Description"))
    team = models.CharField(max_length=200, blank=True, verbose_name=_("Team"))
    school = models.CharField(max_length=200, blank=True, verbose_name=_("School"))
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="competition_entries",
        verbose_name=_("District"),
    )
    entrant_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the entrant"))
    guardian_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the guardian"))
    guardian_mail = models.EmailField(blank=True, verbose_name=_("E-mail of the guardian"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    file = models.FileField(upload_to="competitions/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True, verbose_name=_("Media type"))
    file_size = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=8, choices=EntryState.choices, default=EntryState.WAITING, verbose_name=_("State")
    )
    received_on = models.DateField(verbose_name=_("Received on"))
    agreed_on = models.DateField(
        null=True, blank=True, verbose_name=_("Consent")
    )  # when the guardian, or the adult who enters, agreed
    may_name = models.BooleanField(
        default=False, verbose_name=_("Name may be published")
    )  # the guardian agreed to the name in the published result
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))  # why it is excluded
    link_hash = models.CharField(max_length=64, blank=True, db_index=True)  # of whoever sent it
    guardian_hash = models.CharField(max_length=64, blank=True, db_index=True)
    source_key = models.CharField(max_length=64, blank=True, db_index=True)  # of the form: the same one is taken once
    points = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, verbose_name=_("Points")
    )  # of 100, in the result
    rank = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("Place")
    )  # its place in its category, in the result
    is_erased = models.BooleanField(default=False, verbose_name=_("Erased"))

    class Meta:
        ordering = ["competition", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="entered") | Q(agreed_on__isnull=False), name="entry_agreed_before_read"
            ),
            models.CheckConstraint(condition=~Q(state="excluded") | ~Q(reason=""), name="entry_excluded_why"),
        ]
        indexes = [models.Index(fields=["competition", "state"], name="entry_queue")]

    def __str__(self) -> str:
        return self.reference

    def audit_subject(self) -> models.Model:
        """Each has a history of its own, under its number."""
        return self

    @property
    def is_of_minor(self) -> bool:
        return is_minor_band(self.age_band)

    @property
    def published_name(self) -> str:
        """The name in the published result: of nobody, unless the guardian agreed to just that."""
        if self.is_erased or not self.may_name or not self.competition.has_ended:
            return ""
        return self.entrant_name

    def workspace_url(self) -> str:
        return path_to("workspace:competition_entry", self.competition.code, self.reference)


class JuryMember(OfCompetition):
    """Who judges: by a link of their own, without an account."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash", "mail"})
    read_with = RUN

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="jury")
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    mail = models.EmailField(verbose_name=_("E-mail"), help_text=_("The personal link is sent there."))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    link_hash = models.CharField(max_length=64, blank=True, db_index=True)  # "" once it was ended

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["competition", "name"], name="in_jury_once")]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.competition


class JuryScore(Record):
    """Points that one member gave one entry for one criterion: one number, however often it is sent."""

    read_with = RUN

    member = models.ForeignKey(JuryMember, on_delete=models.CASCADE, related_name="scores")
    entry = models.ForeignKey(
        CompetitionEntry, on_delete=models.CASCADE, related_name="scores", verbose_name=_("Entry")
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="scores", verbose_name=_("Criterion")
    )
    points = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_POINTS)], verbose_name=_("Points"))

    class Meta:
        ordering = ["entry", "member", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["member", "entry", "criterion"], name="scored_once"),
            models.CheckConstraint(condition=Q(points__lte=MOST_POINTS), name="score_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.points}"

    def audit_subject(self) -> models.Model:
        return self.member.competition

    def owner_ids(self) -> set[int]:
        return self.member.owner_ids()


class JuryConflict(Record):
    """A member of the jury said that they know who entered this: they do not judge it."""

    read_with = RUN

    member = models.ForeignKey(JuryMember, on_delete=models.CASCADE, related_name="conflicts")
    entry = models.ForeignKey(
        CompetitionEntry, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("Entry")
    )

    class Meta:
        ordering = ["entry", "member"]
        constraints = [models.UniqueConstraint(fields=["member", "entry"], name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.entry}"

    def audit_subject(self) -> models.Model:
        return self.member.competition

    def owner_ids(self) -> set[int]:
        return self.member.owner_ids()
