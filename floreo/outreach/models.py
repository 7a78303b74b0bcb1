"""Outreach: schemes of ambassadors, who they are, the links by which they log, the sessions they held, who asks for one, and their kit.

Nothing here names a participant: a session holds heads by age band, and there is no field for anybody's name."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.certificates.models import Certificate
from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.languages import first as first_language
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.organisations.models import Organisation, Person, Place
from floreo.outreach.logic import BANDS, ClockDoubt, Clocks, due_of, likely_day


class AmbassadorState(models.TextChoices):
    CANDIDATE = "candidate", _("Candidate")
    ACTIVE = "active", pgettext_lazy("an ambassador", "Active")
    ON_LEAVE = "on_leave", _("On leave")
    LAPSED = "lapsed", _("Certificate expired")
    LEFT = "left", pgettext_lazy("an ambassador", "Left")


class Audience(models.TextChoices):
    PUPILS = "pupils", _("Pupils")
    FAMILIES = "families", _("Families")
    OLDER = "older", _("Older people")
    WORKERS = "workers", _("Workers")
    BUSINESSES = "businesses", _("Small businesses")
    OFFICIALS = "officials", _("Officials")


class SessionTopic(models.TextChoices):
    FRAUD = "fraud", _("Fraud by message")
    SIGN_IN = "sign_in", _("Two-step sign-in and passwords")
    CHILDREN = "children", _("Children online")
    DEVICES = "devices", _("Safe devices")
    REPORTING = "reporting", _("How to report an incident")


class VenueKind(models.TextChoices):
    """Where a session is held: its setting."""

    SCHOOL = "school", _("School")
    HALL = "hall", _("Community hall")
    WORKPLACE = "workplace", _("Workplace")
    HEALTH = "health", _("Health post")
    WORSHIP = "worship", _("Place of worship")
    OUTDOOR = "outdoor", _("Market or open air")
    ONLINE = "online", _("Online or radio")
    OTHER = "other", pgettext_lazy("a place", "Other")


class PhotoConsent(models.TextChoices):
    NONE = "none", _("No photos were taken")
    WRITTEN = "written", _("Photos, and everybody in them agreed in writing")
    NOBODY = "nobody", _("Photos in which nobody can be recognised")


class SessionChannel(models.TextChoices):
    PHONE = "phone", _("By telephone, from its queue")
    WEB = "web", _("On this site")
    PAPER = "paper", _("On paper")


class SessionState(models.TextChoices):
    RECEIVED = "received", _("Waiting for review")
    REVIEWED = "reviewed", _("Reviewed and counted")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", pgettext_lazy("a session", "Not counted")


class Doubt(models.TextChoices):
    """ClockDoubt with words for the reader."""

    AHEAD = ClockDoubt.AHEAD, _("The clock of the phone is ahead")
    BEHIND = ClockDoubt.BEHIND, _("The clock of the phone is behind ours")
    FUTURE = ClockDoubt.FUTURE, _("The date is still to come")
    BEFORE = ClockDoubt.BEFORE, _("The date is after the day on which it was written")
    OLD = ClockDoubt.OLD, _("The date is more than half a year before it arrived")


class RequestState(models.TextChoices):
    WAITING = "waiting", _("Waiting for an ambassador")
    ASSIGNED = "assigned", _("Assigned")
    DONE = "done", pgettext_lazy("a request", "Done")
    DECLINED = "declined", _("Declined")


class RequesterKind(models.TextChoices):
    SCHOOL = "school", _("School")
    FIRM = "firm", _("Firm")
    ASSOCIATION = "association", _("Association or council")
    PUBLIC_BODY = "public_body", _("Public body")
    OTHER = "other", pgettext_lazy("who asks", "Other")


class MoveKind(models.TextChoices):
    RECEIVED = "received", _("Arrived in the store")
    HANDED_OUT = "handed_out", _("Handed to an ambassador")
    RETURNED = "returned", _("Brought back to the store")
    LEFT = "left", _("Left at a session")
    LOST = "lost", _("Lost or damaged")


def may_read(viewer: object) -> bool:
    """Whether the viewer sees ambassadors, sessions before review, requests and kit."""
    return can(viewer, Permission.OUTREACH_READ)


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def visible_to(self, viewer: object) -> SchemeQuerySet:
        return self


class Scheme(Record, Translated, Sourced):
    """A programme that trains people to raise awareness where they live: who runs it, since when, and what it aims at. Public."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=1000, blank=True, verbose_name=_("Summary"))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="schemes", verbose_name=_("Run by")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    target = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("Target"), help_text=_("Ambassadors certified and active.")
    )
    target_rate = models.DecimalField(
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        verbose_name=_("Target per 10,000 inhabitants"),
        help_text=_("In each district."),
    )
    target_due = models.DateField(null=True, blank=True, verbose_name=_("Target due"))
    coordinator = models.CharField(
        max_length=100,
        blank=True,
        verbose_name=_("Coordinator's telephone"),
        help_text=_("Shown to ambassadors, and beside the public form."),
    )

    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="scheme_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()


class VenueQuerySet(models.QuerySet["Venue"]):
    def visible_to(self, viewer: object) -> VenueQuerySet:
        return self


class Venue(Record, Sourced):
    """A place where sessions are held again and again: a school, a hall. Schools that are known here are those of which the share that was
    visited is told."""

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=120, verbose_name=_("Name"))
    kind = models.CharField(max_length=9, choices=VenueKind.choices, verbose_name=_("Setting"))
    district = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="venues", verbose_name=_("District"))
    community = models.CharField(max_length=120, blank=True, verbose_name=_("Community"))
    is_open = models.BooleanField(default=True, verbose_name=_("In use"))

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["kind", "district"], name="venue_kind")]

    def __str__(self) -> str:
        return f"{self.name}, {self.community}" if self.community else self.name


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
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
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


class KitItemQuerySet(models.QuerySet["KitItem"]):
    def visible_to(self, viewer: object) -> KitItemQuerySet:
        return self if may_read(viewer) else self.none()


class KitItem(Record, Translated):
    """Something that ambassadors carry and leave: leaflets, posters, a roll-up. How many there are follows from the moves."""

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    minimum = models.PositiveIntegerField(default=0, verbose_name=_("Order again below"), help_text=_("In the store."))
    is_active = models.BooleanField(default=True, verbose_name=_("In use"))

    objects = KitItemQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class OutreachSessionQuerySet(models.QuerySet["OutreachSession"]):
    def visible_to(self, viewer: object) -> OutreachSessionQuerySet:
        return self if may_read(viewer) else self.none()

    def counted(self) -> OutreachSessionQuerySet:
        """What a figure may count: read by the coordinator, with a day that somebody stands for."""
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
    channel = models.CharField(max_length=5, choices=SessionChannel.choices, default=SessionChannel.PHONE)
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
    date_checked = models.BooleanField(default=False)  # the coordinator stands for the day
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
    """A photo of a session: drawn anew here, so that nothing but the picture is in it. Not published."""

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
    is_erased = models.BooleanField(default=False)  # whom to call was deleted

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


class StockMoveQuerySet(models.QuerySet["StockMove"]):
    def visible_to(self, viewer: object) -> StockMoveQuerySet:
        return self if may_read(viewer) else self.none()


class StockMove(Record):
    """Kit that arrived, was handed out, brought back, left at a session or lost."""

    item = models.ForeignKey(KitItem, on_delete=models.PROTECT, related_name="moves", verbose_name=_("Kit"))
    kind = models.CharField(max_length=10, choices=MoveKind.choices, verbose_name=_("What happened"))
    amount = models.PositiveIntegerField(verbose_name=_("How many"))
    moved_on = models.DateField(verbose_name=_("Date"))
    ambassador = models.ForeignKey(
        Ambassador,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kit_moves",
        verbose_name=_("Ambassador"),
        help_text=_("Empty: the store."),
    )
    session = models.OneToOneField(
        OutreachSession, null=True, blank=True, on_delete=models.CASCADE, related_name="kit_move"
    )

    objects = StockMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-moved_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="stock_moves_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=["handed_out", "returned", "left"]) | Q(ambassador__isnull=False),
                name="stock_moves_to_whom",
            ),
        ]
        indexes = [models.Index(fields=["item", "kind"], name="stock_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind} {self.amount}"

    def audit_subject(self) -> models.Model:
        return self.item


__all__ = [
    "Ambassador",
    "AmbassadorLink",
    "AmbassadorRequest",
    "AmbassadorState",
    "Audience",
    "Doubt",
    "KitItem",
    "MoveKind",
    "OutreachSession",
    "Photo",
    "PhotoConsent",
    "RequestState",
    "RequesterKind",
    "Scheme",
    "SessionChannel",
    "SessionState",
    "SessionTopic",
    "StockMove",
    "Venue",
    "VenueKind",
    "may_read",
]
