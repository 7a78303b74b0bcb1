"""Advisories with their versions and documents, who subscribed to them, which organisations they are sent to and what these reply,
catalogues of what is exploited, and response teams."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.advisories.logic import Product, products_of
from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.policy import Tlp
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.infrastructure.models import Asset
from floreo.organisations.models import Organisation


class AdvisoryState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Severity(models.TextChoices):
    LOW = "low", pgettext_lazy("severity", "Low")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    HIGH = "high", pgettext_lazy("severity", "High")
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")


class ProductStatus(models.TextChoices):
    """As CSAF calls them."""

    AFFECTED = "known_affected", pgettext_lazy("product", "Affected")
    FIXED = "fixed", pgettext_lazy("product", "Fixed")
    NOT_AFFECTED = "known_not_affected", pgettext_lazy("product", "Not affected")
    INVESTIGATED = "under_investigation", pgettext_lazy("product", "Under investigation")


class ReplyKind(models.TextChoices):
    """What an organisation says of an advisory on what it runs."""

    WORKING = "working", pgettext_lazy("reply to an advisory", "Affected; working on it")
    FIXED = "fixed", pgettext_lazy("reply to an advisory", "Fixed")
    NOT_AFFECTED = "not_affected", pgettext_lazy("reply to an advisory", "Not affected")
    NEED_HELP = "need_help", pgettext_lazy("reply to an advisory", "Need help")


CLOSING = (ReplyKind.FIXED, ReplyKind.NOT_AFFECTED)  # nothing is left to do

# What is sent to organisations: what their people may read in the workspace.
SENT_TO_ORGANISATIONS = (Tlp.CLEAR, Tlp.GREEN)

# Who may read what is not TLP:CLEAR: AMBER is for who writes advisories, AMBER+STRICT and RED for few of them.
CLOSED = (Tlp.AMBER_STRICT, Tlp.RED)


def may_write(viewer: object) -> bool:
    """Whether the viewer sees what is not published yet."""
    return can(viewer, Permission.ADVISORY_WRITE)


def may_read_marking(viewer: object, tlp: str) -> bool:
    """Whether somebody who writes advisories may also read one with that marking."""
    return tlp not in CLOSED or can(viewer, Permission.ADVISORY_RED)


def markings_read_by(viewer: object) -> tuple[str, ...]:
    """The markings of what was published that the viewer may read."""
    if may_write(viewer):
        return tuple(tlp for tlp in Tlp.values if may_read_marking(viewer, tlp))
    return (Tlp.CLEAR, Tlp.GREEN) if can(viewer, Permission.ADVISORY_READ) else (Tlp.CLEAR,)


class AdvisoryQuerySet(models.QuerySet["Advisory"]):
    def out(self) -> AdvisoryQuerySet:
        """What everybody may read: published, and TLP:CLEAR."""
        return self.filter(state=AdvisoryState.PUBLISHED, tlp=Tlp.CLEAR)

    def visible_to(self, viewer: object) -> AdvisoryQuerySet:
        if may_write(viewer):
            return self if can(viewer, Permission.ADVISORY_RED) else self.exclude(tlp__in=CLOSED)
        return self.filter(state=AdvisoryState.PUBLISHED, tlp__in=markings_read_by(viewer))

    def numbered(self) -> AdvisoryQuerySet:
        """With `public_number`: which version stands, for readers who know of none that was not TLP:CLEAR."""
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
        verbose_name="TLP",
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
    state = models.CharField(max_length=9, choices=AdvisoryState.choices, default=AdvisoryState.DRAFT)
    returned_note = models.CharField(max_length=500, blank=True)  # why a reviewer sent it back
    sent_at = models.DateTimeField(null=True, blank=True)  # to review
    published_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)  # public
    issue = models.PositiveIntegerField(default=1)  # which version stands
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
    issue = models.PositiveIntegerField()
    title = models.CharField(max_length=300, blank=True)  # empty where the version is a withdrawal
    summary = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    advice = models.TextField(blank=True)
    translations = models.JSONField(default=dict, blank=True)
    # tlp, always: who may read this version; severity, cves, cvss, products, sectors, references unless it is a withdrawal
    facts = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500)  # what changed
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
    by_maker = models.BooleanField(default=False)

    objects = AdvisoryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-issue"]
        constraints = [models.UniqueConstraint(fields=["advisory", "issue"], name="advisory_version_once")]

    def __str__(self) -> str:
        return f"{self.advisory} ({self.issue})"

    def audit_subject(self) -> models.Model:
        return self.advisory


class CsafDocument(Record):
    """The CSAF document of the version that stands, byte for byte as it is served. Only of what is TLP:CLEAR."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"text", "signature", "public_key"})  # long, and no facts

    advisory = models.OneToOneField(Advisory, on_delete=models.CASCADE, related_name="document")
    issue = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    signature = models.TextField(blank=True)  # detached, armoured; empty until the worker has signed
    fingerprint = models.CharField(max_length=64, blank=True)  # of the key that signed
    public_key = models.TextField(blank=True)  # armoured: the web server cannot read the key itself
    released_at = models.DateTimeField()

    class Meta:
        ordering = ["-released_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.advisory_id} ({self.issue})"

    def audit_subject(self) -> models.Model:
        return self.advisory


class Subscriber(Record):
    """Somebody who asked for advisories by e-mail, and, once the link in the first mail was used, receives them. Neither
    the trail nor a list names the address: without a rule nobody sees a row (core/policy.py)."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"email"})

    email = models.EmailField(unique=True, verbose_name=_("E-mail"))
    sectors = models.JSONField(default=list, blank=True, verbose_name=_("Sectors"))
    products = models.JSONField(default=list, blank=True, verbose_name=_("Products"))  # names or parts of names
    language = models.CharField(max_length=5, verbose_name=_("Language"))
    link_version = models.PositiveIntegerField()  # a random number: links of somebody who left open nothing later
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class OfRegisterQuerySet(models.QuerySet[Any]):
    """Rows that say what an organisation runs: for who may see its services, and the advisory."""

    body = ""  # how a row leads to the organisation

    def visible_to(self, viewer: object) -> OfRegisterQuerySet:
        own = reach(viewer, Permission.SERVICE_READ)
        rows = self.filter(advisory__in=Advisory.objects.visible_to(viewer))
        return rows if own is None else rows.filter(**{f"{self.body}__in": own})


class RecipientQuerySet(OfRegisterQuerySet):
    body = "organisation"


class AdvisoryReplyQuerySet(OfRegisterQuerySet):
    body = "asset__service__operator"


class AdvisoryRecipient(Record):
    """An organisation that runs a product of an advisory, and to whose contacts each version of it is sent."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="recipients")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="advisories_sent", verbose_name=_("Organisation")
    )
    mailed_issue = models.PositiveIntegerField(default=0)  # which version it was sent last

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["advisory", "organisation"], name="advisory_recipient_once")]

    def __str__(self) -> str:
        return f"{self.advisory}: {self.organisation}"

    def audit_subject(self) -> models.Model:
        return self.advisory


class AdvisoryReply(Record):
    """What the operator says of an advisory on one of its assets: the last word, which replaces the one before."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="replies")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="advisory_replies")
    kind = models.CharField(max_length=12, choices=ReplyKind.choices, verbose_name=_("Reply"))
    note = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Note"), help_text=_("The national team reads it.")
    )
    issue = models.PositiveIntegerField()  # the version of the advisory that was read
    replied_at = models.DateTimeField()
    replied_by = models.CharField(max_length=200)

    objects = AdvisoryReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-replied_at", "-pk"]
        verbose_name_plural = "advisory replies"
        constraints = [models.UniqueConstraint(fields=["advisory", "asset"], name="advisory_reply_once")]

    def __str__(self) -> str:
        return f"{self.advisory}: {self.asset}"

    def audit_subject(self) -> models.Model:
        return self.advisory

    def owner_ids(self) -> set[int]:
        return self.asset.owner_ids()


class KevEntry(models.Model):
    """One row of the catalogue of vulnerabilities known to be exploited (KEV), as it was loaded."""

    not_chained = "A copy of a public catalogue, loaded again whenever it changes; that it was loaded is in the trail."
    read_with = Permission.ADVISORY_WRITE

    cve = models.CharField(max_length=30, unique=True)
    vendor = models.CharField(max_length=200)
    product = models.CharField(max_length=200)
    name = models.CharField(max_length=500)
    description = models.TextField(blank=True)
    action = models.TextField(blank=True)
    added_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    ransomware = models.BooleanField(default=False)
    notes = models.TextField(blank=True)
    cwes = models.JSONField(default=list, blank=True)
    catalogue = models.CharField(max_length=40)  # its version

    class Meta:
        ordering = ["-added_on", "cve"]
        verbose_name_plural = "KEV entries"

    def __str__(self) -> str:
        return f"{self.cve} {self.name}"


class EpssScore(models.Model):
    """How likely it is that a vulnerability is exploited within 30 days (EPSS), with the model and the day of the score."""

    not_chained = "A copy of public scores, loaded again every day; that they were loaded is in the trail."
    read_with = Permission.ADVISORY_WRITE

    cve = models.CharField(max_length=30, unique=True)
    score = models.FloatField()  # 0 to 1
    percentile = models.FloatField()  # 0 to 1
    model = models.CharField(max_length=40)
    scored_on = models.DateField()

    class Meta:
        ordering = ["cve"]

    def __str__(self) -> str:
        return f"{self.cve} {self.score}"


class Team(Record, Translated, Sourced):
    """A response team of the country: the national one with its profile by RFC 2350, and others with their constituency."""

    read_with = Permission.ADVISORY_READ

    translated_fields = (
        "name",
        "constituency",
        "mission",
        "sponsorship",
        "authority",
        "incident_types",
        "disclosure",
        "authentication",
        "response",
        "proactive",
        "forms",
        "disclaimers",
        "members",
        "hours",
    )

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    is_own = models.BooleanField(default=False)  # the team that runs this installation
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="teams",
        verbose_name=_("Organisation"),
    )
    position = models.PositiveIntegerField(default=0)
    # In the order and under the numbers of RFC 2350, appendix D.
    updated_on = models.DateField(null=True, blank=True, verbose_name=_("Date of last update"))  # 1.1
    distribution = models.TextField(blank=True, verbose_name=_("Distribution list for notifications"))  # 1.2
    locations = models.TextField(blank=True, verbose_name=_("Where this document can be found"))  # 1.3
    name = models.CharField(max_length=200, verbose_name=_("Name of the team"))  # 2.1
    address = models.TextField(blank=True, verbose_name=_("Address"))  # 2.2
    zone = models.CharField(max_length=120, blank=True, verbose_name=_("Time zone"))  # 2.3
    phone = models.CharField(max_length=120, blank=True, verbose_name=_("Telephone"))  # 2.4
    fax = models.CharField(max_length=120, blank=True, verbose_name=_("Fax"))  # 2.5
    other_channels = models.TextField(blank=True, verbose_name=_("Other telecommunication"))  # 2.6
    email = models.EmailField(blank=True, verbose_name=_("E-mail"))  # 2.7
    keys = models.TextField(blank=True, verbose_name=_("Public keys and encryption"))  # 2.8
    members = models.TextField(blank=True, verbose_name=_("Team members"))  # 2.9
    website = models.URLField(max_length=500, blank=True, verbose_name=_("Website"))  # 2.10
    hours = models.TextField(blank=True, verbose_name=_("Points of contact and hours"))  # 2.11
    mission = models.TextField(blank=True, verbose_name=_("Mission"))  # 3.1
    constituency = models.TextField(blank=True, verbose_name=_("Constituency"))  # 3.2
    sponsorship = models.TextField(blank=True, verbose_name=_("Sponsorship and affiliation"))  # 3.3
    authority = models.TextField(blank=True, verbose_name=_("Authority"))  # 3.4
    incident_types = models.TextField(blank=True, verbose_name=_("Types of incidents and level of support"))  # 4.1
    disclosure = models.TextField(blank=True, verbose_name=_("Cooperation and disclosure of information"))  # 4.2
    authentication = models.TextField(blank=True, verbose_name=_("Communication and authentication"))  # 4.3
    response = models.TextField(blank=True, verbose_name=_("Incident response"))  # 5.1
    proactive = models.TextField(blank=True, verbose_name=_("Proactive activities"))  # 5.2
    forms = models.TextField(blank=True, verbose_name=_("Forms for reporting incidents"))  # 6
    disclaimers = models.TextField(blank=True, verbose_name=_("Disclaimers"))  # 7

    class Meta:
        ordering = ["-is_own", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["is_own"], condition=Q(is_own=True), name="one_own_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:team")
