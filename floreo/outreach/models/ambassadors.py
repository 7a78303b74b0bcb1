"""Ambassadors, and the links with which they report."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.certificates.models import Certificate
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.languages import first as first_language
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.organisations.models import Organisation, Person, Place
from floreo.outreach.models.choices import AmbassadorState
from floreo.outreach.models.schemes import Scheme, may_read


class AmbassadorQuerySet(models.QuerySet["Ambassador"]):
    def visible_to(self, viewer: object) -> AmbassadorQuerySet:
        """Outside the workspace only who agreed to be listed, while active."""
        return self if may_read(viewer) else self.listed()

    def listed(self) -> AmbassadorQuerySet:
        return self.certified_on(clock.today()).filter(state=AmbassadorState.ACTIVE).exclude(listed_on=None)

    def certified_on(self, day: date) -> AmbassadorQuerySet:
        """Whose certificate held on that day, and who had not left."""
        held = Q(certificate_expires_on=None) | Q(certificate_expires_on__gte=day)
        stayed = Q(left_on=None) | Q(left_on__gt=day)
        revoked = Q(certificate__revoked_on__isnull=False, certificate__revoked_on__lte=day)
        return self.filter(held, stayed, certified_on__lte=day).exclude(revoked)


class Ambassador(Record):
    """Somebody who is trained to raise awareness where they live, and holds sessions there. Known outside by a code; the name only with
    consent."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"mail", "phone"})
    internal_fields: ClassVar[frozenset[str]] = frozenset({"notes"})

    code = models.CharField(max_length=12, unique=True, verbose_name=_("Code"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="ambassadors", verbose_name=_("Scheme of ambassadors")
    )
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="ambassador_of", verbose_name=_("Person")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ambassadors",
        verbose_name=_("Organisation"),
        help_text=_("Where they work, if that is known and of use."),
    )
    district = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="ambassadors", verbose_name=_("District")
    )
    community = models.CharField(max_length=120, blank=True, verbose_name=_("Community"))
    languages = models.JSONField(default=list, blank=True, verbose_name=_("Languages"))  # codes, of the table below
    cohort = models.CharField(max_length=120, blank=True, verbose_name=_("Cohort"))
    state = models.CharField(
        max_length=9, choices=AmbassadorState.choices, default=AmbassadorState.CANDIDATE, verbose_name=_("State")
    )
    leave_until = models.DateField(null=True, blank=True, verbose_name=_("On leave until"))
    left_on = models.DateField(null=True, blank=True, verbose_name=_("Left on"))
    certificate = models.ForeignKey(
        Certificate,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ambassadors",
        verbose_name=_("Certificate issued here"),
        help_text=_("Number and dates below then follow from it, also when it is renewed or revoked."),
    )
    certificate_number = models.CharField(max_length=60, blank=True, verbose_name=_("Certificate"))
    certified_on = models.DateField(null=True, blank=True, verbose_name=_("Certified on"))
    certificate_expires_on = models.DateField(null=True, blank=True, verbose_name=_("Certificate expires on"))
    listed_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Agreed to be listed on"),
        help_text=_("Code, district and languages on the public list. Empty: not listed."),
    )
    named_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Agreed to be named on"),
        help_text=_("The name on the public list as well."),
    )
    meets_minors = models.BooleanField(default=False, verbose_name=_("Meets minors"))
    checked_on = models.DateField(null=True, blank=True, verbose_name=_("Safeguarding check on"))
    check_expires_on = models.DateField(null=True, blank=True, verbose_name=_("Safeguarding check expires on"))
    phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    language = models.CharField(
        max_length=5,
        default=first_language,
        verbose_name=_("Language of messages"),
        help_text=_("Of e-mails and of their page."),
    )
    notes = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Internal notes"), help_text=_("Not published.")
    )
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Reminder sent on"))
    called_on = models.DateField(null=True, blank=True, verbose_name=_("Telephone call on"))
    call_note = models.CharField(max_length=300, blank=True, verbose_name=_("What was agreed"))

    objects = AmbassadorQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certified_on=None)
                | Q(certificate_expires_on=None)
                | Q(certificate_expires_on__gte=F("certified_on")),
                name="ambassador_certificate",
            ),
            models.CheckConstraint(condition=Q(named_on=None) | Q(listed_on__isnull=False), name="ambassador_named"),
            models.CheckConstraint(condition=~Q(state="left") | Q(left_on__isnull=False), name="ambassador_left_on"),
        ]
        indexes = [models.Index(fields=["district", "state"], name="ambassador_district")]

    def __str__(self) -> str:
        return self.code

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def shows_internal_to(self, viewer: object) -> bool:
        return may_read(viewer)

    @property
    def public_name(self) -> str:
        """The name, where they agreed to it."""
        return self.name if self.named_on else ""

    def workspace_url(self) -> str:
        return path_to("workspace:ambassador", self.code)

    def search_entry(self) -> Entry:
        words = " ".join([self.name, self.community, self.cohort])
        return Entry("ambassador", self.code, words, "", self.workspace_url())


class AmbassadorLink(Record):
    """A personal link: whoever has it logs sessions as that ambassador. One that was ended is remembered, so that what was written under it
    and arrives later is known for what it is."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash"})
    read_with = Permission.OUTREACH_READ

    ambassador = models.ForeignKey(Ambassador, on_delete=models.CASCADE, related_name="links")
    link_hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the secret
    issued_at = models.DateTimeField(verbose_name=_("Made on"))
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ended"))
    ended_why = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["ambassador"], condition=Q(ended_at=None), name="one_link_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.ambassador_id} {self.key}"

    def audit_subject(self) -> models.Model:
        return self.ambassador

    @property
    def key(self) -> str:
        """What the phone knows the link by: says nothing of the secret."""
        return self.link_hash[:16]

    @property
    def is_live(self) -> bool:
        return self.ended_at is None
