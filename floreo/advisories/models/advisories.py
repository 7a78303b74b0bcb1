"""Advisories, their versions, and their files in CSAF."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.advisories.logic import Product, products_of
from floreo.advisories.models.choices import CLOSED, AdvisoryState, Severity, markings_read_by, may_write
from floreo.core.access import Permission, can
from floreo.core.models import Record, Translated
from floreo.core.policy import Tlp
from floreo.core.search import Entry
from floreo.core.sectors import Sector


class AdvisoryQuerySet(models.QuerySet["Advisory"]):
    def out(self) -> AdvisoryQuerySet:
        """What everybody may read: published, and TLP:CLEAR."""
        return self.filter(state=AdvisoryState.PUBLISHED, tlp=Tlp.CLEAR)

    def visible_to(self, viewer: object) -> AdvisoryQuerySet:
        if may_write(viewer):
            return self if can(viewer, Permission.ADVISORY_RED) else self.exclude(tlp__in=CLOSED)
        return self.filter(state=AdvisoryState.PUBLISHED, tlp__in=markings_read_by(viewer))

    def numbered(self) -> AdvisoryQuerySet:
        """With `public_number`: which version is current, for readers who know of none that was not TLP:CLEAR."""
        public = AdvisoryVersionQuerySet(AdvisoryVersion).public().filter(advisory=OuterRef("pk")).order_by()
        number = Subquery(public.values("advisory").annotate(n=Count("pk")).values("n"))
        return self.annotate(public_number=Coalesce(number, 1))

    def in_working_order(self) -> AdvisoryQuerySet:
        """With `turn`: what waits for a second person first, then drafts, what is published, and what was withdrawn."""
        places = {state: place for place, state in enumerate(("review", "draft", "published", "withdrawn"))}
        whens = [When(state=state, then=Value(place)) for state, place in places.items()]
        return self.annotate(turn=Case(*whens, output_field=IntegerField()))


class AdvisoryVersionQuerySet(models.QuerySet["AdvisoryVersion"]):
    def visible_to(self, viewer: object) -> AdvisoryVersionQuerySet:
        """By the marking that each had when it was published, whatever the advisory is marked today. One of which no marking
        is known is shown to those alone who may read every marking."""
        markings = markings_read_by(viewer)
        if len(markings) == len(Tlp.values):
            return self
        return self.filter(advisory__in=Advisory.objects.visible_to(viewer), facts__tlp__in=markings)

    def public(self) -> AdvisoryVersionQuerySet:
        """Those that were TLP:CLEAR, also of what was withdrawn since."""
        return self.filter(facts__tlp=Tlp.CLEAR)


class Advisory(Record, Translated):
    """What the team says of a weakness or a threat, under an address that stays. Once published, it changes only as a new
    version with what changed."""

    translated_fields = ("title", "summary", "text", "advice")

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address and its name in CSAF, for example adv-2026-004."),
    )
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    summary = models.CharField(
        max_length=500,
        verbose_name=_("Summary"),
        help_text=_(
            "One or two sentences: what is wrong and who is concerned. Shown in lists and at the top of e-mails."
        ),
    )
    text = models.TextField(
        blank=True,
        verbose_name=_("Text"),
        help_text=_("Markdown: ## before a heading, - before each point of a list, [words](address) for a link."),
    )
    advice = models.TextField(
        blank=True, verbose_name=_("What to do"), help_text=_("The steps to take, in their order. Markdown.")
    )
    language = models.CharField(max_length=5, verbose_name=_("Language"))  # of title, summary, text and advice
    severity = models.CharField(max_length=8, choices=Severity.choices, verbose_name=_("Severity"))
    cves = models.JSONField(default=list, blank=True, verbose_name=_("CVE numbers"))  # ["CVE-2026-1234"]
    # [{"cve": "CVE-2026-1234", "vector": "CVSS:3.1/..."}]; cve "" is for all of them
    cvss = models.JSONField(default=list, blank=True, verbose_name=_("CVSS vectors"))
    products = models.JSONField(default=list, blank=True, verbose_name=_("Products"))  # rows of logic.Product
    sectors = models.JSONField(
        default=list, blank=True, verbose_name=_("Sectors"), help_text=_("If none is selected: all.")
    )
    references = models.JSONField(default=list, blank=True, verbose_name=_("References"))  # addresses
    tlp = models.CharField(
        max_length=12,
        choices=Tlp.choices,
        default=Tlp.CLEAR,
        verbose_name=_("TLP"),
        help_text=_("Only TLP:CLEAR is public. Others can be read in the workspace, by those who may."),
    )
    # What it was made of: "cve:CVE-2026-1234", "kev:CVE-2026-1234", or the key of a record ("incidents.case:17").
    made_from = models.CharField(max_length=120, blank=True, verbose_name=_("Made from"))
    source_known_at = models.DateTimeField(
        null=True,
        blank=True,
        verbose_name=_("Known since"),
        help_text=_("When the team or its source first knew. The time to publication is counted from here."),
    )
    state = models.CharField(
        max_length=9, choices=AdvisoryState.choices, default=AdvisoryState.DRAFT, verbose_name=_("State")
    )
    returned_note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))  # why a reviewer sent it back
    sent_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Sent"))  # to review
    published_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Published"))
    corrected_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Newest version"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Withdrawn"))
    withdrawn_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for withdrawal"))  # public
    issue = models.PositiveIntegerField(default=1, verbose_name=_("Version"))  # which version is current
    mailed_issue = models.PositiveIntegerField(default=0)  # which version subscribers were sent last

    # What the trail shows of them may be of an earlier time, when the advisory was marked narrower.
    internal_fields: ClassVar[frozenset[str]] = frozenset(
        {
            *translated_fields,
            "translations",
            "cves",
            "cvss",
            "products",
            "references",
            "sectors",
            "severity",
            "made_from",
        }
    )

    objects = AdvisoryQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name_plural = "advisories"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "withdrawn"]) | Q(published_at__isnull=False),
                name="advisory_published_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_reason=""),
                name="advisory_withdrawn_for_a_reason",
            ),
        ]
        indexes = [models.Index(F("published_at").desc(), "id", name="advisory_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_out(self) -> bool:
        """Whether everybody may read it."""
        return self.state == AdvisoryState.PUBLISHED and self.tlp == Tlp.CLEAR

    @property
    def is_gone(self) -> bool:
        """Whether everybody could read it, and it was withdrawn."""
        return self.state == AdvisoryState.WITHDRAWN and self.tlp == Tlp.CLEAR

    def shows_internal_to(self, viewer: object) -> bool:
        """Whether they may read it as it was in each of its versions."""
        versions = AdvisoryVersionQuerySet(AdvisoryVersion).filter(advisory=self)
        return versions.visible_to(viewer).count() == versions.count()

    def product_rows(self) -> list[Product]:
        return products_of(self.products)

    def sector_words(self) -> list[str]:
        words = dict(Sector.choices)
        return [str(words[code]) for code in self.sectors if code in words]

    def get_absolute_url(self) -> str:
        return reverse("portal:advisory", args=[self.code])

    def workspace_url(self) -> str:
        return reverse("workspace:advisory", args=[self.code])

    def search_entry(self) -> Entry:
        names = [product.name for product in self.product_rows()]
        titles = [str(texts.get("title", "")) for texts in self.translations.values()]
        body = " ".join([self.code, self.summary, self.text, *self.cves, *names, *titles])
        return Entry("advisory", self.title, body, self.get_absolute_url(), self.workspace_url(), self.is_out)


class AdvisoryVersion(Record):
    """One version as it was published: its text, what changed, who published it, and whether the same person wrote it."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="versions")
    issue = models.PositiveIntegerField(verbose_name=_("Version"))
    title = models.CharField(
        max_length=300, blank=True, verbose_name=_("Title")
    )  # empty where the version is a withdrawal
    summary = models.CharField(max_length=500, blank=True, verbose_name=_("Summary"))
    text = models.TextField(blank=True, verbose_name=_("Text"))
    advice = models.TextField(blank=True, verbose_name=_("What to do"))
    translations = models.JSONField(default=dict, blank=True)
    # tlp, always: who may read this version; severity, cves, cvss, products, sectors, references unless it is a withdrawal
    facts = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, verbose_name=_("Note"))  # what changed
    published_at = models.DateTimeField(verbose_name=_("Published"))
    published_by = models.CharField(max_length=200, verbose_name=_("Published by"))
    by_maker = models.BooleanField(default=False, verbose_name=_("By the maker"))

    objects = AdvisoryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-issue"]
        constraints = [models.UniqueConstraint(fields=["advisory", "issue"], name="advisory_version_once")]

    def __str__(self) -> str:
        return f"{self.advisory} ({self.issue})"

    def audit_subject(self) -> models.Model:
        return self.advisory


class CsafDocument(Record):
    """The CSAF document of the current version, byte for byte as it is served. Only of what is TLP:CLEAR."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"text", "signature", "public_key"})  # long, and no facts

    advisory = models.OneToOneField(Advisory, on_delete=models.CASCADE, related_name="document")
    issue = models.PositiveIntegerField(verbose_name=_("Version"))
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    signature = models.TextField(blank=True)  # detached, armoured; empty until the worker has signed
    fingerprint = models.CharField(max_length=64, blank=True)  # of the key that signed
    public_key = models.TextField(blank=True)  # armoured: the web server cannot read the key itself
    released_at = models.DateTimeField(verbose_name=_("Released"))

    class Meta:
        ordering = ["-released_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.advisory_id} ({self.issue})"

    def audit_subject(self) -> models.Model:
        return self.advisory
