"""Sessions that ambassadors hold, their photos, and requests for one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.languages import first as first_language
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.organisations.models import Place
from floreo.outreach.logic import BANDS, Clocks, due_of, likely_day
from floreo.outreach.models.ambassadors import Ambassador, AmbassadorLink
from floreo.outreach.models.choices import (
    Audience,
    Doubt,
    PhotoConsent,
    RequesterKind,
    RequestState,
    SessionChannel,
    SessionState,
    SessionTopic,
    VenueKind,
)
from floreo.outreach.models.schemes import KitItem, Venue, may_read


class OutreachSessionQuerySet(models.QuerySet["OutreachSession"]):
    def visible_to(self, viewer: object) -> OutreachSessionQuerySet:
        return self if may_read(viewer) else self.none()

    def counted(self) -> OutreachSessionQuerySet:
        """What a figure may count: read by the coordinator, with a day that somebody vouches for."""
        return self.filter(state=SessionState.REVIEWED)

    def within(self, first: date, last: date) -> OutreachSessionQuerySet:
        return self.filter(happened_on__gte=first, happened_on__lte=last)


class OutreachSession(Record):
    """One session that an ambassador held: where, for whom, on what, how many heads by age. Sent by a phone, maybe days later and more than
    once, or typed in from paper. Counted once it was reviewed."""

    uuid = models.CharField(max_length=36, unique=True)  # a UUID that the phone made, as it is written
    number = models.PositiveIntegerField(unique=True)
    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))
    ambassador = models.ForeignKey(
        Ambassador, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("Ambassador")
    )
    link = models.ForeignKey(AmbassadorLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions")
    channel = models.CharField(
        max_length=5, choices=SessionChannel.choices, default=SessionChannel.PHONE, verbose_name=_("Channel")
    )
    happened_on = models.DateField(verbose_name=_("Date"))
    district = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="outreach", verbose_name=_("District"))
    venue = models.CharField(max_length=120, verbose_name=_("Venue"))
    place = models.ForeignKey(
        Venue, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions", verbose_name=_("Known venue")
    )
    setting = models.CharField(
        max_length=9, choices=VenueKind.choices, default=VenueKind.OTHER, verbose_name=_("Setting")
    )
    audience = models.CharField(max_length=10, choices=Audience.choices, verbose_name=_("Audience"))
    topic = models.CharField(max_length=9, choices=SessionTopic.choices, verbose_name=_("Topic"))
    language = models.CharField(max_length=5, default=first_language, verbose_name=_("Language"))
    minutes = models.PositiveSmallIntegerField(verbose_name=pgettext_lazy("how long a session took", "Minutes"))
    people_12 = models.PositiveSmallIntegerField(default=0, verbose_name=_("Up to 12 years"))
    people_17 = models.PositiveSmallIntegerField(default=0, verbose_name=_("13 to 17 years"))
    people_34 = models.PositiveSmallIntegerField(default=0, verbose_name=_("18 to 34 years"))
    people_59 = models.PositiveSmallIntegerField(default=0, verbose_name=_("35 to 59 years"))
    people_60 = models.PositiveSmallIntegerField(default=0, verbose_name=_("60 years and over"))
    people = models.PositiveIntegerField(verbose_name=_("People"))  # the sum, kept for the map
    material = models.ForeignKey(
        KitItem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="left_at",
        verbose_name=_("Material left"),
    )
    materials_left = models.PositiveIntegerField(default=0, verbose_name=_("How many were left"))
    referrals = models.PositiveSmallIntegerField(
        default=0,
        verbose_name=_("Incidents passed on"),
        help_text=_("How many people spoke of an incident and were shown how to report it. Only the number."),
    )
    note = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Note for the coordinator"),
        help_text=_("Do not write names of participants."),
    )
    photo_consent = models.CharField(
        max_length=7, choices=PhotoConsent.choices, default=PhotoConsent.NONE, verbose_name=_("Photos")
    )
    sent_hash = models.CharField(
        max_length=64, blank=True
    )  # of what the phone sent last: the same again is nothing new
    photos_refused = models.PositiveSmallIntegerField(default=0)  # files that were no pictures, and are not kept
    phone_clock = models.DateTimeField(null=True, blank=True)  # when it was saved, as the phone says
    sent_clock = models.DateTimeField(null=True, blank=True)  # when it was sent, as the phone says
    received_at = models.DateTimeField(verbose_name=_("Received"))  # by our clock
    clock_doubt = models.CharField(
        max_length=6, choices=Doubt.choices, blank=True, verbose_name=_("Doubt about the date")
    )
    date_checked = models.BooleanField(default=False)  # the coordinator vouches for the day
    is_late_link = models.BooleanField(default=False, verbose_name=_("From an ended link"))
    is_in_use = models.BooleanField(default=False)  # from an ended link, and the coordinator says whose it is
    state = models.CharField(
        max_length=8, choices=SessionState.choices, default=SessionState.RECEIVED, verbose_name=_("State")
    )
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))
    reviewed_on = models.DateField(null=True, blank=True, verbose_name=_("Reviewed on"))
    reviewed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Reviewed by"))

    objects = OutreachSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(people=sum((F(name) for name in BANDS[1:]), F(BANDS[0]))), name="session_people_add_up"
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | Q(clock_doubt="") | Q(date_checked=True), name="session_day_sure"
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | Q(is_late_link=False) | Q(is_in_use=True), name="session_of_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "rejected"]) | ~Q(reason=""), name="session_for_a_reason"
            ),
        ]
        indexes = [
            # All that the map and its table count, so that no row is read: benchmarks/coverage.py.
            models.Index(fields=["state", "district", "happened_on", "people"], name="session_coverage"),
            models.Index(fields=["ambassador", "happened_on", "state"], name="session_ambassador"),
            models.Index(fields=["place", "state", "happened_on"], name="session_place"),
            models.Index(fields=["state", "received_at"], name="session_queue"),
            models.Index(fields=["-happened_on", "-id"], name="session_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    def owner_ids(self) -> set[int]:
        return self.ambassador.owner_ids()

    def workspace_url(self) -> str:
        return path_to("workspace:outreach_session", self.reference)

    @property
    def is_doubtful(self) -> bool:
        """Whether its day is not believed, and nobody has set it right."""
        return bool(self.clock_doubt) and not self.date_checked

    @property
    def needs_care(self) -> bool:
        """What is not approved with others: each of these is decided by itself."""
        return self.is_doubtful or (self.is_late_link and not self.is_in_use)

    def clocks(self, today: date) -> Clocks:
        return Clocks(self.happened_on, self.received_at, today, self.phone_clock, self.sent_clock)

    @property
    def proposed_day(self) -> date:
        """The day it was held if the phone's clock was wrong then as it was when it sent."""
        return likely_day(self.clocks(clock.today())) if self.is_doubtful else self.happened_on

    @property
    def happened(self) -> str:
        return self.happened_on.isoformat()


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, viewer: object) -> PhotoQuerySet:
        return self if may_read(viewer) else self.none()


class Photo(Record):
    """A photo of a session: drawn again here, so that nothing but the picture is in it. Not published."""

    session = models.ForeignKey(OutreachSession, on_delete=models.CASCADE, related_name="photos")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="outreach/", max_length=300)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="photo_once")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"

    def audit_subject(self) -> models.Model:
        return self.session


class AmbassadorRequestQuerySet(models.QuerySet["AmbassadorRequest"]):
    def visible_to(self, viewer: object) -> AmbassadorRequestQuerySet:
        return self if may_read(viewer) else self.none()

    def open(self) -> AmbassadorRequestQuerySet:
        return self.filter(state__in=(RequestState.WAITING, RequestState.ASSIGNED))


class AmbassadorRequest(Record):
    """A school or a firm that asks for an ambassador, by the public form. Whom to call is deleted some time after the visit."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"contact_name", "contact_phone", "contact_mail"})

    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Number"))
    source_key = models.CharField(max_length=64, blank=True, db_index=True)
    received_on = models.DateField(verbose_name=_("Received on"))
    requester = models.CharField(max_length=200, verbose_name=_("School, firm or group"))
    kind = models.CharField(
        max_length=11, choices=RequesterKind.choices, default=RequesterKind.SCHOOL, verbose_name=_("What it is")
    )
    district = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="ambassador_requests", verbose_name=_("District")
    )
    community = models.CharField(max_length=120, blank=True, verbose_name=_("Community"))
    audience = models.CharField(max_length=10, choices=Audience.choices, verbose_name=_("Audience"))
    topic = models.CharField(max_length=9, choices=SessionTopic.choices, blank=True, verbose_name=_("Topic"))
    language = models.CharField(max_length=5, default=first_language, verbose_name=_("Language"))
    people = models.PositiveSmallIntegerField(verbose_name=_("About how many people"))
    wanted = models.CharField(
        max_length=200, blank=True, verbose_name=_("When"), help_text=_("For example: a morning in March.")
    )
    contact_name = models.CharField(max_length=200, blank=True, verbose_name=_("Whom to call"))
    contact_phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    contact_mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    state = models.CharField(
        max_length=8, choices=RequestState.choices, default=RequestState.WAITING, verbose_name=_("State")
    )
    ambassador = models.ForeignKey(
        Ambassador,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        verbose_name=_("Ambassador"),
    )
    assigned_on = models.DateField(null=True, blank=True, verbose_name=_("Assigned on"))
    planned_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Day of the session"),
        help_text=_("On which the ambassador agreed with who asked."),
    )
    session = models.ForeignKey(
        OutreachSession,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requests",
        verbose_name=_("Session"),
    )
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed on"))
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))
    is_erased = models.BooleanField(default=False, verbose_name=_("Erased"))  # whom to call was deleted

    objects = AmbassadorRequestQuerySet.as_manager()

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "done"]) | Q(ambassador__isnull=False), name="request_assigned"
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="request_for_a_reason"),
        ]
        indexes = [models.Index(fields=["state", "received_on"], name="request_queue")]

    def __str__(self) -> str:
        return f"{self.reference} {self.requester}"

    @property
    def is_open(self) -> bool:
        return self.state in (RequestState.WAITING, RequestState.ASSIGNED)

    @property
    def due_on(self) -> date:
        """By when somebody is to have an ambassador."""
        return due_of(self.received_on)

    def workspace_url(self) -> str:
        return path_to("workspace:ambassador_request", self.reference)
