"""Certificates: what was issued to whom, until when, and what became of it; the terms of a course's certificates; the public keys
with which they are signed, and the list of those that were revoked."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.certificates.logic import SOON, State, place_in_list, spoken_code, state_on
from floreo.core import clock, languages
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.organisations.models import Organisation, Person
from floreo.training.models import Cohort, Course, Enrolment


class StateChoice(models.TextChoices):
    CURRENT = State.CURRENT, pgettext_lazy("a certificate", "Valid")
    EXPIRES_SOON = State.EXPIRES_SOON, _("Valid, expires soon")
    EXPIRED = State.EXPIRED, pgettext_lazy("a certificate", "Expired")
    REVOKED = State.REVOKED, pgettext_lazy("a certificate", "Revoked")


class Origin(models.TextChoices):
    """How it came to be here."""

    COHORT = "cohort", _("Issued here")
    RENEWAL = "renewal", _("Renewed here")
    ENTERED = "entered", _("Entered from an earlier course")  # issued elsewhere, on paper: recorded, never signed


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees who holds certificates."""
    return can(viewer, Permission.TRAINING_READ)


class SigningKey(Record):
    """A public key with which certificates are, or were, signed. The private one lies in a file that only the worker reads. Older keys
    stay: what they signed is checked with them. One that was withdrawn counts no more."""

    read_with = Permission.CERTIFICATE_ISSUE

    number = models.PositiveIntegerField(unique=True, verbose_name=_("Number"))
    public_key = models.CharField(max_length=60, unique=True, verbose_name=_("Public key"))  # 32 bytes in base64
    from_on = models.DateField(verbose_name=_("In use from"))
    until_on = models.DateField(null=True, blank=True, verbose_name=_("In use until"))
    withdrawn_on = models.DateField(null=True, blank=True, verbose_name=_("Withdrawn on"))
    withdrawn_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(_("Key %(number)d")) % {"number": self.number}

    @property
    def counts(self) -> bool:
        return self.withdrawn_on is None

    def workspace_url(self) -> str:
        return path_to("workspace:certificate_keys")


class StatusList(Record):
    """The signed list of revoked certificates that verifiers fetch: one bit for each, whether it is revoked."""

    read_with = Permission.CERTIFICATE_ISSUE
    not_chained: ClassVar = {
        "text": "Follows from the certificates and the key, and is signed again each day.",
        "made_at": "The job says in it when it was signed.",
        "revoked": "How many bits are set in the text.",
    }

    number = models.PositiveIntegerField(unique=True, verbose_name=_("Number"))
    text = models.TextField(blank=True)  # JWT
    made_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Made on"))
    revoked = models.PositiveIntegerField(default=0, verbose_name=_("Revoked"))

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class TermsQuerySet(models.QuerySet["CertificateTerms"]):
    def visible_to(self, viewer: object) -> TermsQuerySet:
        return self.filter(course__in=Course.objects.visible_to(viewer))


class CertificateTerms(Record, Translated, Sourced):
    """What a certificate of a course says and for how long it is valid."""

    translated_fields: ClassVar[tuple[str, ...]] = ("criteria", "signed_post")

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, related_name="certificate_terms", verbose_name=_("Course")
    )
    months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        verbose_name=_("Months of validity"),
        help_text=_("Empty: it does not expire."),
    )
    criteria = models.TextField(
        max_length=1000,
        blank=True,
        verbose_name=_("What it attests"),
        help_text=_("One or two sentences. They are on the certificate and on its public page."),
    )
    issuer = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificate_terms",
        verbose_name=_("Issued by"),
        help_text=_("Empty: the organisation that runs the programme."),
    )
    signed_name = models.CharField(max_length=120, blank=True, verbose_name=_("Signed by"))
    signed_post = models.CharField(max_length=160, blank=True, verbose_name=_("Post of who signs"))

    objects = TermsQuerySet.as_manager()

    class Meta:
        ordering = ["course__title", "pk"]
        verbose_name_plural = "certificate terms"

    def __str__(self) -> str:
        return str(self.course)

    def audit_subject(self) -> models.Model:
        return self.course

    def owner_ids(self) -> set[int]:
        return self.course.owner_ids()

    def workspace_url(self) -> str:
        return path_to("workspace:certificate_course", self.course.code)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, viewer: object) -> CertificateQuerySet:
        """Who holds which is for those who run courses; a single one opens to whoever has its code."""
        return self if may_read_all(viewer) else self.none()

    def in_state(self, state: str, day: date) -> CertificateQuerySet:
        """The same as logic.state_on, in the database."""
        rows = self.filter(issued_on__lte=day)
        revoked = Q(revoked_on__isnull=False, revoked_on__lte=day)
        if state == State.REVOKED:
            return rows.filter(revoked)
        rows = rows.exclude(revoked)
        soon = day + SOON
        match state:
            case State.EXPIRED:
                return rows.filter(expires_on__lt=day)
            case State.EXPIRES_SOON:
                return rows.filter(expires_on__gte=day, expires_on__lte=soon)
            case State.CURRENT:
                return rows.filter(Q(expires_on=None) | Q(expires_on__gt=soon))
        return self.none()

    def valid_on(self, day: date) -> CertificateQuerySet:
        """Those that hold on that day."""
        rows = self.filter(issued_on__lte=day).filter(Q(expires_on=None) | Q(expires_on__gte=day))
        return rows.exclude(revoked_on__isnull=False, revoked_on__lte=day)

    def unsigned(self) -> CertificateQuerySet:
        """What the worker still has to sign."""
        return self.filter(signed_at=None, is_erased=False).exclude(origin=Origin.ENTERED)


class Certificate(Record, Sourced):
    """That somebody completed a course: to whom, by whom, for what, from when until when. What it says was written down when it was
    issued, and does not change when the course is renamed.

    `code` is the secret part of its address, which only the holder and whoever they show it to know; `number` is printed and opens
    nothing by itself."""

    # Who it is can be erased, and the trail cannot: so neither the name nor what is signed over it enters the trail.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"name", "mail", "code", "credential", "token"})
    not_chained: ClassVar = {
        "credential": "Signed by the worker over what the row says; its signature is its own proof.",
        "token": "The same in another form.",
        "signed_at": "The worker says in it that it has signed.",
        "signed_with": "With which key the worker signed.",
    }

    code = models.CharField(max_length=12, unique=True, verbose_name=_("Code"))
    number = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))
    serial = models.PositiveIntegerField(unique=True)
    origin = models.CharField(max_length=7, choices=Origin.choices, default=Origin.COHORT, verbose_name=_("Origin"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the holder"))
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="certificates",
        verbose_name=_("Person in the register"),
    )
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    course = models.ForeignKey(
        Course,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates",
        verbose_name=_("Course"),
        help_text=_("Empty, where the course is not on record here."),
    )
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("Cohort")
    )
    title = models.CharField(max_length=200, verbose_name=_("Course, as it is on the certificate"))
    cohort_title = models.CharField(max_length=200, blank=True, verbose_name=_("Cohort, as it is on the certificate"))
    criteria = models.TextField(max_length=1000, blank=True, verbose_name=_("What it attests"))
    hours = models.DecimalField(
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        verbose_name=pgettext_lazy("length of a course", "Hours"),
    )
    # [{"name": "...", "address": "...", "framework": "...", "code": "..."}]: the roles for which the course prepares
    roles = models.JSONField(default=list, blank=True, verbose_name=_("Roles"))
    issuer = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates_issued",
        verbose_name=_("Issued by"),
    )
    issuer_name = models.CharField(max_length=200, verbose_name=_("Issuer, as it is on the certificate"))
    signed_name = models.CharField(max_length=120, blank=True, verbose_name=_("Signed by"))
    signed_post = models.CharField(max_length=160, blank=True, verbose_name=_("Post of who signs"))
    issued_on = models.DateField(verbose_name=_("Issued on"))
    expires_on = models.DateField(
        null=True, blank=True, verbose_name=_("Valid until"), help_text=_("Empty: it does not expire.")
    )
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals", verbose_name=_("Renews")
    )
    revoked_on = models.DateField(null=True, blank=True, verbose_name=_("Revoked on"))
    revoked_reason = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Reason"),
        help_text=_("Everybody reads it who checks the certificate."),
    )
    is_name_hidden = models.BooleanField(default=False, verbose_name=_("Name hidden by the holder"))
    is_erased = models.BooleanField(default=False, verbose_name=_("Erased"))
    link_version = models.PositiveIntegerField(default=1)  # raised when the holder's link is ended
    invited_on = models.DateField(null=True, blank=True, verbose_name=_("Invited to renew on"))
    wants_renewal_on = models.DateField(null=True, blank=True, verbose_name=_("Asked for a renewal on"))
    notified_on = models.DateField(
        null=True, blank=True, verbose_name=_("Notified on")
    )  # when the holder was sent the link; empty: with the next signature
    credential = models.TextField(blank=True)  # Open Badge 3.0 with its proof, JSON
    token = models.TextField(blank=True)  # the same as JWT
    signed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Signed"))
    signed_with = models.ForeignKey(
        SigningKey, null=True, blank=True, on_delete=models.PROTECT, related_name="certificates"
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-serial"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("issued_on")), name="certificate_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | ~Q(revoked_reason=""), name="certificate_revoked_for_a_reason"
            ),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(revoked_on=None), name="certificate_once_an_enrolment"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_on"], name="certificate_expires"),
            models.Index(fields=["issued_on"], name="certificate_issued"),
            models.Index(fields=["signed_at"], name="certificate_signed"),
        ]

    def __str__(self) -> str:
        return self.number

    def owner_ids(self) -> set[int]:
        return {self.issuer_id} if self.issuer_id else set()

    @property
    def spoken_code(self) -> str:
        return spoken_code(self.code)

    @property
    def state(self) -> State | None:
        """Today."""
        return state_on(self, clock.today())

    @property
    def is_digital(self) -> bool:
        """Whether it is one of our own: signed, with a badge. What was issued on paper elsewhere is only on record."""
        return self.origin != Origin.ENTERED

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None and bool(self.credential)

    @property
    def shown_name(self) -> str:
        """For those who issue them."""
        return str(_("Erased")) if self.is_erased else self.name

    @property
    def public_name(self) -> str:
        """What everybody who has the code reads; empty where the holder withheld it."""
        return "" if self.is_erased or self.is_name_hidden else self.name

    @property
    def list_place(self) -> tuple[int, int]:
        """Which status list, and which bit."""
        return place_in_list(self.serial)

    @property
    def may_be_renewed(self) -> bool:
        """From sixty days before the end, and afterwards."""
        return self.expires_on is not None and clock.today() >= self.expires_on - SOON

    def get_absolute_url(self) -> str:
        return path_to("portal:certificate", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:certificate", self.number)

    def search_entry(self) -> Entry:
        title = f"{self.number} {self.shown_name}".strip()
        return Entry(
            "certificate", title, f"{self.title} {self.cohort_title}", self.workspace_url(), self.workspace_url()
        )
