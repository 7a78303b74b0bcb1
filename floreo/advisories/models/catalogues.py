"""What two public catalogues say of weaknesses, and other teams that publish advisories."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record, Sourced, Translated
from floreo.organisations.models import Organisation


class KevEntry(models.Model):
    """One row of the catalogue of vulnerabilities known to be exploited (KEV), as it was loaded."""

    not_chained = "A copy of a public catalogue, loaded again whenever it changes; that it was loaded is in the trail."
    read_with = Permission.ADVISORY_WRITE

    cve = models.CharField(max_length=30, unique=True, verbose_name=_("CVE"))
    vendor = models.CharField(max_length=200, verbose_name=_("Vendor"))
    product = models.CharField(max_length=200, verbose_name=_("Product"))
    name = models.CharField(max_length=500, verbose_name=_("Name"))
    description = models.TextField(blank=True)
    action = models.TextField(blank=True)
    added_on = models.DateField(verbose_name=_("Added"))
    due_on = models.DateField(null=True, blank=True)
    ransomware = models.BooleanField(default=False, verbose_name=_("Ransomware"))
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
    is_own = models.BooleanField(
        default=False, verbose_name=_("Runs this site")
    )  # the team that runs this installation
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
