"""Bills and Acts: instruments, the names by which they are cited, the stages that they pass, their versions with each provision, what
an amending bill orders, when provisions come into force, and how they meet the articles of a treaty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.frameworks.models import Framework, Item
from floreo.organisations.models import Organisation, Person
from floreo.strategy.models import Action


class InstrumentKind(models.TextChoices):
    BILL = "bill", _("Bill")
    ACT = "act", _("Act")
    REGULATIONS = "regulations", _("Regulations")
    POLICY = "policy", _("Policy")


class StageState(models.TextChoices):
    DONE = "done", _("Done")
    NOW = "now", _("Now")
    NEXT = "next", _("Still to come")
    SKIPPED = "skipped", _("Not needed")


class Verdict(models.TextChoices):
    """How far an instrument meets an article of a treaty. Unknown is a verdict: somebody looked and cannot say."""

    FULL = "full", _("Met")
    PARTIAL = "partial", _("Partly met")
    GAP = "gap", _("Not met")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    UNKNOWN = "unknown", _("Not known")


class InstructionKind(models.TextChoices):
    INSERT_SECTION = "insert_section", _("Inserts a section")
    REPLACE_SECTION = "replace_section", _("Replaces a section")
    REPEAL_SECTION = "repeal_section", _("Repeals a section")
    INSERT_PART = "insert_part", _("Inserts a subsection or paragraph")
    REPLACE_PART = "replace_part", _("Replaces a subsection or paragraph")
    REPEAL_PART = "repeal_part", _("Repeals a subsection or paragraph")
    REPLACE_WORDS = "replace_words", _("Replaces words")
    INSERT_WORDS = "insert_words", _("Inserts words")
    DELETE_WORDS = "delete_words", _("Deletes words")
    INSERT_DEFINITION = "insert_definition", _("Inserts a definition")
    REPLACE_DEFINITION = "replace_definition", _("Replaces a definition")
    REPEAL_DEFINITION = "repeal_definition", _("Repeals a definition")
    NOT_UNDERSTOOD = "not_understood", _("Not understood by the program")


def may_read_drafts(viewer: object) -> bool:
    """Whether the viewer sees instruments and versions that are not public."""
    return can(viewer, Permission.LAW_READ)


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    def visible_to(self, viewer: object) -> InstrumentQuerySet:
        return self if may_read_drafts(viewer) else self.filter(is_public=True)


class Instrument(Record, Translated, Sourced):
    """A bill, an Act, regulations: one work, through all its versions."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")
    internal_fields: ClassVar[frozenset[str]] = frozenset({"note"})

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address, for example cybercrime-act-2020."),
    )
    kind = models.CharField(max_length=11, choices=InstrumentKind.choices, verbose_name=_("Kind"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    summary = models.TextField(
        blank=True, verbose_name=_("Summary"), help_text=_("In plain words: what it does, and for whom.")
    )
    number = models.CharField(
        max_length=40, blank=True, verbose_name=_("Number"), help_text=_("As in “No. 32 of 2020”: 32.")
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name=_("Year"))
    dated = models.DateField(  # of the work: its first publication, assent or date of the draft
        null=True, blank=True, verbose_name=_("Date")
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="instruments",
        verbose_name=_("Presented by"),
    )
    action = models.ForeignKey(
        Action,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="instruments",
        verbose_name=_("Action of the strategy"),
    )
    amends = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="amended_by", verbose_name=_("Amends")
    )
    became = models.ForeignKey(  # of a bill: the Act that it became
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="was", verbose_name=_("Became")
    )
    pen_organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pens",
        verbose_name=_("Waiting for (organisation)"),
    )
    pen_person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pens",
        verbose_name=_("Waiting for (person)"),
    )
    pen_until = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    in_force_on = models.DateField(null=True, blank=True, verbose_name=_("In force from"))
    is_public = models.BooleanField(default=False, verbose_name=_("On the public site"))
    is_text_complete = models.BooleanField(  # false where only headings, or some sections, were read
        default=True, verbose_name=_("The whole text is here")
    )
    note = models.TextField(blank=True, verbose_name=_("Internal note"))

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def number_and_year(self) -> str:
        """ "32/2020"; the year alone, or nothing, where no more is known."""
        return "/".join(str(each) for each in (self.number, self.year) if each)

    def get_absolute_url(self) -> str:
        return path_to("portal:law", self.code)

    def owner_ids(self) -> set[int]:
        return {pk for pk in (self.organisation_id, self.pen_organisation_id) if pk}

    def shows_internal_to(self, viewer: object) -> bool:
        return may_read_drafts(viewer)

    def search_entry(self) -> Entry:
        public = self.get_absolute_url() if self.is_public else path_to("workspace:law", self.code)
        words = in_each_language(self, "title", "summary")
        return Entry("law", self.title, words, public, path_to("workspace:law", self.code), self.is_public)


class Citation(Record, Sourced):
    """A name by which an instrument is cited, and for how long: "No. 32 of 2020", "Chapter 106:01, revised edition 2020"."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="citations")
    words = models.CharField(max_length=200, verbose_name=_("Citation"))
    uri = models.CharField(max_length=200, blank=True)  # "/akn/bz/act/2020-10-02/32"
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["instrument", "words"], name="citation_once")]

    def __str__(self) -> str:
        return self.words

    def audit_subject(self) -> models.Model:
        return self.instrument


class Stage(Record, Translated, Sourced):
    """A step of a bill: drafting instructions, consultation, first reading, assent, commencement. Which steps there are is data."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="stages")
    code = models.SlugField(max_length=60, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Stage"))
    state = models.CharField(max_length=7, choices=StageState.choices, default=StageState.NEXT, verbose_name=_("State"))
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Done on"))
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due"))
    votes_for = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Votes for"))
    votes_against = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Votes against"))
    abstained = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Abstentions"))
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="stage_once"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="stage_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.instrument

    def owner_ids(self) -> set[int]:
        return self.instrument.owner_ids()


class LawVersionQuerySet(models.QuerySet["LawVersion"]):
    def visible_to(self, viewer: object) -> LawVersionQuerySet:
        return self if may_read_drafts(viewer) else self.filter(is_public=True, instrument__is_public=True)


class LawVersion(Record, Translated, Sourced):
    """The text of an instrument as it was on a day, as Akoma Ntoso. Its provisions are rows of their own, made from the text."""

    not_chained = {"built_from": "Says which text the provisions were made from; that text's hash is in the trail."}

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="versions")
    code = models.SlugField(max_length=40, verbose_name=_("Code"))  # "v2": part of its address
    title = models.CharField(max_length=200, verbose_name=_("Version"))  # "Bill as introduced"
    dated = models.DateField(verbose_name=_("Dated"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    text = models.TextField(
        blank=True
    )  # Akoma Ntoso 3.0, valid against its schema; empty where only headings are known
    sha256 = models.CharField(max_length=64, blank=True, verbose_name=_("SHA-256"))  # of `text`
    built_from = models.CharField(max_length=64, blank=True)  # sha256 of the text that its provisions were made from
    doubts = models.JSONField(default=list, blank=True)  # [[code, place, {facts}]]: what a drafter looks at
    is_public = models.BooleanField(default=False, verbose_name=_("On the public site"))
    is_locked = models.BooleanField(
        default=False, verbose_name=_("Locked")
    )  # published or left to Parliament: corrected by a new version only
    file_name = models.CharField(
        max_length=200, blank=True, verbose_name=_("File name")
    )  # of the file that it was read from
    file_sha256 = models.CharField(max_length=64, blank=True)

    objects = LawVersionQuerySet.as_manager()

    class Meta:
        ordering = ["instrument", "-dated", "-pk"]
        constraints = [models.UniqueConstraint(fields=["instrument", "code"], name="law_version_once")]

    def __str__(self) -> str:
        return f"{self.instrument.title}, {self.title}"

    def get_absolute_url(self) -> str:
        return path_to("portal:law_version", self.instrument.code, self.code)

    def audit_subject(self) -> models.Model:
        return self.instrument

    def owner_ids(self) -> set[int]:
        return self.instrument.owner_ids()


class LawProvision(models.Model):
    """One part, section or what is numbered within it, of one version: made from the version's text and from nothing else."""

    not_chained = "Made from the text of its version, whose hash is in the trail."

    version = models.ForeignKey(
        LawVersion, on_delete=models.CASCADE, related_name="provisions", verbose_name=_("Version")
    )
    eid = models.CharField(max_length=200, verbose_name=_("eId"))  # "part_II__sec_3__subsec_2"
    kind = models.CharField(max_length=20, verbose_name=_("Kind"))
    number = models.CharField(max_length=40, blank=True)
    heading = models.CharField(max_length=500, blank=True, verbose_name=_("Heading"))
    label = models.CharField(max_length=200, blank=True, verbose_name=_("Number"))  # "3(2)(a)", "Part II"
    parent = models.CharField(max_length=200, blank=True)  # eId
    words = models.TextField(blank=True, verbose_name=_("Text"))
    lines = models.JSONField(default=list, blank=True)  # of a section: text/provisions.py PrintedLine
    digest = models.CharField(max_length=32)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "eid"], name="provision_once")]
        indexes = [models.Index(fields=["version", "kind", "position"], name="provision_kind")]

    def __str__(self) -> str:
        return f"{self.label} {self.heading}".strip()


class LawInstruction(models.Model):
    """What one clause of an amending bill orders, and what became of it when it was applied to the principal Act."""

    not_chained = "Made from the texts of two versions, whose hashes are in the trail."

    version = models.ForeignKey(
        LawVersion, on_delete=models.CASCADE, related_name="instructions"
    )  # of the amending bill
    principal = models.ForeignKey(  # to which version of the Act it was applied
        LawVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="instructed"
    )
    clause = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=InstructionKind.choices)
    section = models.CharField(max_length=40)
    below = models.CharField(max_length=60, blank=True)  # "(2)(a)"
    words = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    problem = models.CharField(max_length=40, blank=True)  # why it does not fit; empty when it was applied
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["version", "position"]

    def __str__(self) -> str:
        return f"{self.clause}: {self.section}{self.below}"


class Commencement(Record, Sourced):
    """When an instrument, or some of its sections, comes into force."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="commencements")
    sections = models.CharField(  # "1, 4, 12A", "Part III"; empty for all that no other row names
        max_length=300, blank=True, verbose_name=_("Sections")
    )
    on = models.DateField(null=True, blank=True, verbose_name=_("In force on"))
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.instrument}: {self.sections or '*'}"

    def audit_subject(self) -> models.Model:
        return self.instrument


class TreatyVerdictQuerySet(models.QuerySet["TreatyVerdict"]):
    def visible_to(self, viewer: object) -> TreatyVerdictQuerySet:
        """A verdict on a version that is not public speaks of its words: it is shown once that version is."""
        if may_read_drafts(viewer):
            return self
        return self.filter(instrument__is_public=True).filter(Q(on_version=None) | Q(on_version__is_public=True))


class TreatyVerdict(Record, Translated):
    """How far one version of an instrument meets one item of a framework, by which provisions and why; reviewed by a second person or
    not yet. A later version is rated again and the rating of the earlier one stays: what is public does not wait for a draft."""

    translated_fields: ClassVar[tuple[str, ...]] = ("reason",)

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="verdicts", verbose_name=_("Law"))
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="verdicts", verbose_name=_("Item"))
    verdict = models.CharField(max_length=14, choices=Verdict.choices, verbose_name=_("Verdict"))
    provisions = models.JSONField(default=list, blank=True, verbose_name=_("Provisions"))  # labels: ["10(1)", "10(2)"]
    reason = models.TextField(blank=True, verbose_name=_("Reason"))
    on_version = models.ForeignKey(
        LawVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="verdicts", verbose_name=_("Version")
    )
    digests = models.JSONField(default=dict, blank=True)  # {"10(1)": hash}: the words that were judged
    rated_by = models.CharField(max_length=200, blank=True, verbose_name=_("Rated by"))
    rated_by_code = models.CharField(max_length=80, blank=True)  # of the actor: two people may have one name
    rated_on = models.DateField(null=True, blank=True, verbose_name=_("Rated on"))
    reviewed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Reviewed by"))
    reviewed_on = models.DateField(null=True, blank=True, verbose_name=_("Reviewed on"))

    objects = TreatyVerdictQuerySet.as_manager()

    class Meta:
        ordering = ["instrument", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "item", "on_version"],
                condition=Q(on_version__isnull=False),
                name="verdict_once_a_version",
            ),
            models.UniqueConstraint(
                fields=["instrument", "item"], condition=Q(on_version=None), name="verdict_once_without_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_verdict_display()}"

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_on is not None

    def audit_subject(self) -> models.Model:
        return self.instrument

    def owner_ids(self) -> set[int]:
        return self.instrument.owner_ids()


class TreatyStatus(Record, Translated, Sourced):
    """Where the country is with a treaty: signed, ratified, in force, reservations, and the day until which it is open."""

    translated_fields: ClassVar[tuple[str, ...]] = ("state", "reservations")

    framework = models.OneToOneField(
        Framework, on_delete=models.CASCADE, related_name="treaty_status", verbose_name=_("Framework")
    )
    state = models.CharField(max_length=300, blank=True, verbose_name=_("State"))  # in words, as the source says
    signed_on = models.DateField(null=True, blank=True, verbose_name=_("Signed on"))
    ratified_on = models.DateField(null=True, blank=True, verbose_name=_("Ratified or acceded on"))
    in_force_on = models.DateField(null=True, blank=True, verbose_name=_("In force from"))
    open_until = models.DateField(null=True, blank=True, verbose_name=_("Open for signature until"))
    reservations = models.TextField(blank=True, verbose_name=_("Reservations and declarations"))

    class Meta:
        ordering = ["framework__position", "pk"]

    def __str__(self) -> str:
        return self.framework.title

    def audit_subject(self) -> models.Model:
        return self.framework
