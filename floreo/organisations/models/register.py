"""The register: the country, organisations with their names over time, people, places, networks and holdings."""

from __future__ import annotations

import secrets
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, reach
from floreo.core.dates import Precision
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.core.sectors import Sector
from floreo.core.wording import in_reader_language
from floreo.organisations.logic import OrganisationKind, PlaceKind


class Kind(models.TextChoices):
    """OrganisationKind with words for the reader."""

    MINISTRY = OrganisationKind.MINISTRY, _("Ministry or department")
    AGENCY = OrganisationKind.AGENCY, _("Public agency")
    REGULATOR = OrganisationKind.REGULATOR, _("Regulator")
    POLICE = OrganisationKind.POLICE, _("Police")
    JUSTICE = OrganisationKind.JUSTICE, _("Justice")
    CSIRT = OrganisationKind.CSIRT, _("Incident response team")
    OPERATOR = OrganisationKind.OPERATOR, _("Operator of a service")
    COMPANY = OrganisationKind.COMPANY, _("Company")
    ACADEMIA = OrganisationKind.ACADEMIA, _("Academia")
    CIVIL_SOCIETY = OrganisationKind.CIVIL_SOCIETY, _("Civil society")
    DONOR = OrganisationKind.DONOR, _("Donor")
    INTERNATIONAL = OrganisationKind.INTERNATIONAL, _("International organisation")
    GROUP = OrganisationKind.GROUP, _("Task force or committee")


class PlaceSort(models.TextChoices):
    DISTRICT = PlaceKind.DISTRICT, _("District")
    CITY = PlaceKind.CITY, _("City")
    TOWN = PlaceKind.TOWN, _("Town")
    VILLAGE = PlaceKind.VILLAGE, _("Village")


class ContactRole(models.TextChoices):
    """For what a contact is written to. Notices of findings choose by it."""

    ABUSE = "abuse", _("Abuse and security reports")
    TECHNICAL = "technical", _("Technical staff")
    MANAGEMENT = "management", _("Management")
    DUTY = "duty", _("Round the clock")
    PRESS = "press", _("Press")
    OTHER = "other", _("Other")


class DatePrecision(models.TextChoices):
    DAY = Precision.DAY, _("to the day")
    MONTH = Precision.MONTH, _("to the month")
    QUARTER = Precision.QUARTER, _("to the quarter")
    YEAR = Precision.YEAR, _("to the year")


class Country(Record, Translated):
    """The state that this installation serves: one row, from pack.toml. Everything a page says about "the country" is here."""

    read_with = Permission.AUDIT_READ

    translated_fields = ("name", "currency_name", "report_text", "programme")

    code = models.CharField(max_length=2, unique=True)  # ISO 3166-1; a fictional state uses a user-assigned code
    name = models.CharField(max_length=100, verbose_name=_("Name"))
    languages = models.JSONField(default=list, blank=True)  # ["en", "es"], the site's, first is the pack's own
    zone = models.CharField(max_length=60, default="UTC", verbose_name=_("Time zone"))
    currency = models.CharField(max_length=3, verbose_name=_("Currency"))
    currency_name = models.CharField(max_length=80, blank=True, verbose_name=_("Name of the currency"))
    fiscal_year_starts = models.PositiveSmallIntegerField(
        default=1, verbose_name=_("First month of the fiscal year")
    )  # month
    is_sample = models.BooleanField(default=False, verbose_name=_("Sample data"))
    calendar_day = models.DateField(null=True, blank=True)  # a sample country's calendar is stopped on it
    report_text = models.TextField(blank=True)  # Markdown: where to report an incident, as the pack knows it
    pack = models.CharField(max_length=60)
    pages = models.JSONField(default=dict, blank=True)  # {"about": {"en": "Markdown"}}
    # The levels of a plan from the top, as the pack names them: [{"one": ..., "many": ..., "translations": {"en": {...}}}]
    levels = models.JSONField(default=list, blank=True)
    # Terms that actions are due in, and fields that its actions have, as the pack declares them: organisations/pack/shape.py
    terms = models.JSONField(default=list, blank=True)
    action_fields = models.JSONField(default=list, blank=True)
    # Its own branding, as the pack brings it: {"light": {"canopy": "#0b3d5c"}, "dark": {...}, "mark": {"kind": "svg", "text": ...}}
    branding = models.JSONField(default=dict, blank=True)
    programme = models.CharField(max_length=120, blank=True)  # what it calls the programme of which the site is
    official_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Official since"))
    official_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Recorded by"))
    official_basis = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Document of the confirmation"),
        help_text=_("The document in which the government confirms this site: who signed it, its date and its number."),
    )

    class Meta:
        verbose_name = _("country")
        constraints = [
            models.CheckConstraint(
                condition=Q(official_on=None, official_by="", official_basis="")
                | (Q(official_on__isnull=False) & ~Q(official_by="") & ~Q(official_basis="")),
                name="official_by_whom",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_official(self) -> bool:
        """Whether a person of this installation recorded that the government confirmed the site."""
        return self.official_on is not None

    @property
    def site_notice(self) -> str:
        """What every page and paper says of the site: that it is a sample, or that nobody confirmed it; "" where it is official."""
        name = self.in_language("name")
        if self.is_sample:
            return gettext("Sample data. %(country)s is a fictional country.") % {"country": name}
        if self.is_official:
            return ""
        return gettext("Unofficial. The government of %(country)s has not confirmed this site.") % {"country": name}


class PlaceQuerySet(models.QuerySet["Place"]):
    def visible_to(self, viewer: object) -> PlaceQuerySet:
        """Everybody sees places."""
        return self


class Place(Record, Translated, Sourced):
    """A district, city, town or village. Districts carry their shape; figures by place join on code, never on order."""

    translated_fields = ("name", "capital")

    code = models.CharField(max_length=20, unique=True, verbose_name=_("Code"))  # ISO 3166-2 for districts
    name = models.CharField(max_length=120, verbose_name=_("Name"))
    kind = models.CharField(max_length=10, choices=PlaceSort.choices, verbose_name=_("Kind"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="places", verbose_name=_("District")
    )
    capital = models.CharField(max_length=120, blank=True, verbose_name=_("Capital"))
    position = models.PositiveSmallIntegerField(default=0)  # order of listing, e.g. north to south
    latitude = models.FloatField(null=True, blank=True, verbose_name=_("Latitude"))
    longitude = models.FloatField(null=True, blank=True, verbose_name=_("Longitude"))
    population = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("People"))
    population_year = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name=_("Year"))
    area_km2 = models.FloatField(null=True, blank=True, verbose_name=_("Square kilometres"))
    shape = models.JSONField(null=True, blank=True)  # GeoJSON geometry

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("portal:district", self.code)

    def search_entry(self) -> Entry:
        return Entry(
            "place", self.name, self.capital, self.get_absolute_url(), is_public=self.kind == PlaceKind.DISTRICT
        )


class NationalSectorQuerySet(models.QuerySet["NationalSector"]):
    def visible_to(self, viewer: object) -> NationalSectorQuerySet:
        """Everybody sees sectors."""
        return self


class NationalSector(Record, Translated, Sourced):
    """A sector as the country names it, in a tree. `broad` is the general sector that it is part of, by which countries compare."""

    translated_fields = ("name", "summary")

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=120, verbose_name=_("Name"))
    summary = models.TextField(
        max_length=1000, blank=True, verbose_name=_("What belongs to it"), help_text=_("Shown to the public.")
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts", verbose_name=_("Part of")
    )
    broad = models.CharField(
        max_length=10,
        choices=Sector.choices,
        verbose_name=_("General sector"),
        help_text=_("Incidents, advisories and training are counted by it."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = NationalSectorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="sector_not_part_of_itself")]

    def __str__(self) -> str:
        return self.name

    def workspace_url(self) -> str:
        return path_to("workspace:sector", self.code)

    def search_entry(self) -> Entry:
        return Entry(
            "sector",
            self.name,
            " ".join([*spoken(self)[1:], self.summary]),
            path_to("portal:infrastructure"),
            self.workspace_url(),
            is_public=True,
        )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, viewer: object) -> OrganisationQuerySet:
        """Everybody sees public organisations, and their own; who may see internal ones sees all."""
        own = reach(viewer, Permission.REGISTER_INTERNAL)
        return self if own is None else self.filter(Q(is_public=True) | Q(pk__in=own))


class Organisation(Record, Translated, Sourced):
    """A body that exists once, whatever it is called this year. Former names are kept; a merged body points to its successor."""

    translated_fields = ("name", "role_text")
    internal_fields = frozenset({"internal_notes"})

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    short_name = models.CharField(max_length=40, blank=True, verbose_name=_("Short name"))
    kind = models.CharField(max_length=20, choices=Kind.choices, verbose_name=_("Kind"))
    role_text = models.TextField(
        blank=True, verbose_name=_("Its role in cybersecurity"), help_text=_("Shown to the public.")
    )  # public: what it does in cybersecurity
    internal_notes = models.TextField(blank=True, verbose_name=_("Internal notes"), help_text=_("Not published."))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts", verbose_name=_("Part of")
    )
    website = models.URLField(blank=True, verbose_name=_("Website"))
    email = models.EmailField(blank=True, verbose_name=_("E-mail"))
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("Place")
    )
    sector = models.ForeignKey(
        NationalSector,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
        verbose_name=_("Sector"),
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("First day"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Last day"))
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed", verbose_name=_("Merged into")
    )
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="organisation_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="organisation_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.in_language("name")

    def shows_internal_to(self, viewer: object) -> bool:
        return can(viewer, Permission.REGISTER_INTERNAL, self)

    def owner_ids(self) -> set[int]:
        return {self.pk}

    @property
    def general_sector(self) -> str:
        """The general sector that its own sector is part of; "" where the register gives it none: then it is not known."""
        return self.sector.broad if self.sector is not None else ""

    def successor(self) -> Organisation:
        """Who acts for it today: itself, or the body it was merged into, however many times."""
        seen, body = {self.pk}, self
        while body.merged_into is not None and body.merged_into.pk not in seen:
            body = body.merged_into
            seen.add(body.pk)
        return body

    def name_on(self, day: date) -> str:
        """What it was called on `day`."""
        for former in self.former_names.all():
            if (former.starts_on is None or former.starts_on <= day) and day <= former.ends_on:
                return former.name
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("portal:organisation", self.code)

    def search_entry(self) -> Entry:
        """Found by its names and its roles, in each language."""
        roles = [words for role in self.roles.all() for words in spoken(role)] if self.pk else []
        does = [self.role_text, *(str(each.get("role_text", "")) for each in self.translations.values())]
        body = " ".join(filter(None, [self.short_name, *does, *spoken(self)[1:], *roles]))
        workspace = path_to("workspace:organisation", self.code)
        return Entry("organisation", self.name, body, self.get_absolute_url(), workspace, self.is_public)


class FormerName(Record, Sourced):
    """What an organisation was called until a day."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="former_names", verbose_name=_("Organisation")
    )
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"))

    class Meta:
        ordering = ["-ends_on"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.organisation


class OrganisationRole(Record, Translated, Sourced):
    """A dated role of an organisation: "leads national cybersecurity since 2025". Never in code: roles move."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="roles", verbose_name=_("Organisation")
    )
    code = models.SlugField(max_length=60, verbose_name=_("Role"))
    title = models.CharField(
        max_length=200, verbose_name=_("Role"), help_text=_("For example: leads national cybersecurity.")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Since"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    precision = models.CharField(
        max_length=10,
        choices=DatePrecision.choices,
        default=DatePrecision.DAY,
        verbose_name=_("Precision of the dates"),
    )

    class Meta:
        ordering = ["-starts_on", "title"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="role_code_once"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="role_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.organisation

    def found_with(self) -> Organisation:
        """Who is found by its words."""
        return self.organisation


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, viewer: object) -> PersonQuerySet:
        """People are seen by whoever may see them all, or answers for their organisation."""
        own = reach(viewer, Permission.PEOPLE_READ)
        return self if own is None else self.filter(organisation__in=own)


class Person(Record, Translated, Sourced):
    """Somebody who answers for something. Public only where the person's office is: then the post shows, not the number."""

    translated_fields = ("post",)

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("Organisation"),
    )
    post = models.CharField(
        max_length=200, blank=True, verbose_name=_("Post"), help_text=_("Shown to the public instead of the name.")
    )  # "Head of operations": what the public sees
    email = models.EmailField(blank=True, verbose_name=_("E-mail"))
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    deputy = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deputises_for",
        verbose_name=_("Deputy"),
        help_text=_("Receives the request if this person does not answer in a review."),
    )
    language = models.CharField(
        max_length=5,
        blank=True,
        verbose_name=_("Language for e-mails"),
        help_text=_("The language of the e-mails that this person receives."),
    )  # in which they are written to; blank = the pack's own
    is_active = models.BooleanField(default=True, verbose_name=_("Still in post"))

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    @property
    def public_label(self) -> str:
        return self.in_language("post") or str(_("a named person"))

    def search_entry(self) -> Entry:
        workspace = path_to("workspace:person", self.code)
        return Entry("person", self.name, self.post, workspace, workspace)


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, viewer: object) -> ContactQuerySet:
        """Public contacts of organisations that the viewer may know of; the others are a purpose of their own."""
        own = reach(viewer, Permission.CONTACT_READ)
        if own is None:
            return self
        known = Organisation.objects.visible_to(viewer)
        return self.filter(Q(is_public=True, organisation__in=known) | Q(organisation__in=own))


class Contact(Record, Sourced):
    """A way to reach an organisation for one purpose: abuse desk, press, 24/7. Internal unless said otherwise."""

    named_with: ClassVar[tuple[str, ...]] = ("organisation",)

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("Organisation")
    )
    purpose = models.CharField(
        max_length=80, verbose_name=_("Purpose"), help_text=_("For example: abuse reports, press, around the clock.")
    )
    role = models.CharField(
        max_length=12,
        choices=ContactRole.choices,
        default=ContactRole.OTHER,
        verbose_name=_("Role"),
        help_text=_("Notices of findings are sent according to the role."),
    )
    email = models.EmailField(blank=True, verbose_name=_("E-mail"))
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    language = models.CharField(
        max_length=5, blank=True, verbose_name=_("Language for e-mails")
    )  # in which it is written to; blank = all of the country's
    openpgp_key = models.TextField(
        blank=True,
        verbose_name=_("OpenPGP public key"),
        help_text=_(
            "The whole key, from BEGIN PGP PUBLIC KEY BLOCK to END. Notices and e-mails of cases to this address are then encrypted, if the team has an OpenPGP key too."
        ),
    )
    smime_certificate = models.TextField(
        blank=True,
        verbose_name=_("S/MIME certificate"),
        help_text=_(
            "The whole certificate, from BEGIN CERTIFICATE to END CERTIFICATE. It encrypts where no OpenPGP key does, if the team has a certificate too."
        ),
    )
    may_answer = models.BooleanField(
        default=True,
        verbose_name=_("May reply to notices"),
        help_text=_("Otherwise the link in a notice shows the findings, and takes no reply."),
    )
    is_public = models.BooleanField(default=False, verbose_name=_("Public"))
    verified_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Last reply from this contact"),
        help_text=_(
            "Leave empty until somebody replies. It is filled in automatically when somebody replies through the link in a notice."
        ),
    )  # the day on which somebody there last answered
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)  # raising it ends every link sent to it

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["purpose"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.purpose}"

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def audit_subject(self) -> models.Model:
        return self.organisation


class NetworkQuerySet(models.QuerySet["Network"]):
    def visible_to(self, viewer: object) -> NetworkQuerySet:
        """Public networks, and those of one's own organisation; the others are a purpose of their own."""
        own = reach(viewer, Permission.ASSET_READ)
        return self if own is None else self.filter(Q(is_public=True) | Q(holder__in=own))


class Network(Record, Sourced):
    """A network by its autonomous system number, with the prefixes that are the country's own. Who is to be notified when
    something is seen in it."""

    asn = models.PositiveBigIntegerField(
        unique=True, verbose_name=_("Autonomous system number"), help_text=_("Digits only, for example 64500.")
    )
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    holder = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="networks", verbose_name=_("Holder")
    )
    prefixes = models.JSONField(
        default=list,
        blank=True,
        verbose_name=_("Prefixes"),
        help_text=_("One per line, for example 192.0.2.0/24 or 2001:db8::/32."),
    )  # ["45.180.120.0/22", "2803:160::/32"]
    # Those among them that came from a registry's file and were approved, with the registry: only these does a later file of it propose to
    # remove. {"192.0.2.0/24": "lacnic"}
    registry_prefixes = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["asn"]

    def __str__(self) -> str:
        return f"AS{self.asn} {self.name}"

    @property
    def code(self) -> str:
        return f"AS{self.asn}"

    def workspace_url(self) -> str:
        return path_to("workspace:network", self.asn)

    def owner_ids(self) -> set[int]:
        return {self.holder_id} if self.holder_id else set()


class HoldingKind(models.TextChoices):
    PREFIX = "prefix", _("Addresses")
    DOMAIN = "domain", _("Domain")


class HoldingState(models.TextChoices):
    """How far a claim to addresses or a domain has come. Only approved ones attribute findings."""

    CLAIMED = "claimed", _("Claimed")
    PROVED = "proved", _("Proved")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE_STATES = (HoldingState.CLAIMED, HoldingState.PROVED, HoldingState.APPROVED)
OPEN_STATES = (HoldingState.CLAIMED, HoldingState.PROVED)


class HoldingQuerySet(models.QuerySet["Holding"]):
    def visible_to(self, viewer: object) -> HoldingQuerySet:
        """Nothing of these is public."""
        own = reach(viewer, Permission.ASSET_READ)
        return self if own is None else self.filter(organisation__in=own)

    def live(self) -> HoldingQuerySet:
        """Neither rejected nor withdrawn."""
        return self.filter(state__in=LIVE_STATES)

    def approved(self) -> HoldingQuerySet:
        """What the team approved: these attribute findings."""
        return self.filter(state=HoldingState.APPROVED)


def new_token() -> str:
    """What a name server record shows that whoever claims a domain controls it."""
    return secrets.token_hex(16)


class Holding(Record, Sourced):
    """Addresses or a domain that an organisation answers for, whoever's network they lie in: a bank's prefix at its
    provider, a ministry's domain. It is claimed, proved and approved; several may claim the same, one is approved. The longest
    prefix counts; of two that are equal the verified one."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="holdings", verbose_name=_("Organisation")
    )
    kind = models.CharField(max_length=6, choices=HoldingKind.choices, verbose_name=_("What it is"))
    value = models.CharField(
        max_length=255,
        verbose_name=_("Prefix or domain"),
        help_text=_("For example 192.0.2.0/28, 2001:db8::/48 or example.org. The subdomains of a domain are included."),
    )  # 192.0.2.0/28, example.org (its subdomains too)
    service = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Service at this address"),
        help_text=_("For example: online banking. Notices mention it."),
    )  # what runs there: "online banking"
    state = models.CharField(
        max_length=10, choices=HoldingState.choices, default=HoldingState.CLAIMED, verbose_name=_("State")
    )
    claimed_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Claimed on"))
    claimed_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Claimed by"))
    claimed_by_code = models.CharField(max_length=60, blank=True, editable=False)  # the actor's, "user:7"
    token = models.CharField(max_length=40, default=new_token, editable=False)
    verified_on = models.DateField(null=True, blank=True, verbose_name=_("Verified on"))
    verified_how = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Method of verification"),
        help_text=_("For example: a letter, the registry, a name server record."),
    )  # signed letter, registry, name server record
    decided_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Decided on"))
    decided_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Decided by"))
    decision = models.CharField(
        max_length=500, blank=True, verbose_name=_("Reason"), help_text=_("The organisation reads it.")
    )
    # What the newest delegated files of the registries say of a prefix; "" where none was read or none names it.
    registry_country = models.CharField(max_length=2, blank=True, editable=False)
    registry_range = models.CharField(max_length=120, blank=True, editable=False)  # "192.0.2.0 - 192.0.2.255"
    registry_on = models.DateField(null=True, blank=True, editable=False)  # the day of the file

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "value", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], condition=Q(state="approved"), name="holding_approved_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "value"],
                condition=Q(state__in=["claimed", "proved", "approved"]),
                name="holding_claimed_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="proved") | Q(verified_on__isnull=False), name="holding_proved_on_a_day"
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(decision=""), name="holding_rejected_why"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def verified_text(self) -> str:
        """`verified_how`, in the reader's language where a proof wrote it."""
        return in_reader_language(self.verified_how)

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def audit_subject(self) -> models.Model:
        return self.organisation

    def workspace_url(self) -> str:
        return path_to("workspace:holding", self.organisation.code, self.pk)

    @property
    def record(self) -> str:
        """The text of the name server record that proves control."""
        return f"floreo-verify={self.token}"
