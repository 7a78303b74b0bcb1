"""Sessions: logged by a phone, typed in from paper, reviewed by the coordinator. None is lost, none is counted twice."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.uploads import disk_full
from floreo.core.wording import day_text
from floreo.core.writing import delete, lock_latest, refuse, require_past, require_text, save
from floreo.organisations.models import Place
from floreo.outreach.logic import BANDS, MOST_IN_BAND, MOST_MINUTES, Clocks, doubt_of, reference_of
from floreo.outreach.models import (
    Ambassador,
    AmbassadorLink,
    KitItem,
    MoveKind,
    OutreachSession,
    Photo,
    PhotoConsent,
    Scheme,
    SessionChannel,
    SessionState,
    StockMove,
    Venue,
    VenueKind,
)
from floreo.outreach.pictures import Picture

_RUN = Permission.OUTREACH_RUN


@dataclass(frozen=True)
class Given:
    """What somebody says of a session."""

    happened_on: date
    district: Place
    venue: str
    audience: str
    topic: str
    minutes: int
    heads: tuple[int, int, int, int, int]  # in the order of logic.BANDS
    language: str = field(default_factory=languages.first)
    setting: str = VenueKind.OTHER
    material: KitItem | None = None
    materials_left: int = 0
    referrals: int = 0
    note: str = ""
    photo_consent: str = PhotoConsent.NONE

    def digest(self, photos: Iterable[str] = ()) -> str:
        """Of all that was sent, so that the same again is known for the same. `photos`: hashes of the files as they came."""
        facts = vars(self) | {
            "district": self.district.pk,
            "material": self.material.pk if self.material else None,
            "photos": list(photos),
        }
        return hashlib.sha256(repr(sorted(facts.items())).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Arrival:
    """How it came: the phone's number of it, both of its clocks, and what its photos became."""

    uuid: str
    digest: str = ""
    written: datetime | None = None
    sent: datetime | None = None
    pictures: Sequence[Picture] = ()
    refused: int = 0  # files that were no pictures
    channel: str = SessionChannel.PHONE


@dataclass(frozen=True)
class Logged:
    """What became of one sending: the session, and whether it was there before or changed by it."""

    session: OutreachSession
    is_again: bool = False
    is_changed: bool = False


def sound_given(given: Given) -> None:
    """Refuses what no session can be; what is only odd is looked at by the coordinator."""
    if not given.venue.strip():
        raise refuse("venue", _("Enter where it was held."), code="missing")
    if not 5 <= given.minutes <= MOST_MINUTES:
        raise refuse("minutes", _("Enter between 5 minutes and 12 hours."))
    for name, count in zip(BANDS, given.heads, strict=True):
        if not 0 <= count <= MOST_IN_BAND:
            raise refuse(name, _("Enter a number from 0 to 5,000."))
    if not sum(given.heads):
        raise refuse(BANDS[0], _("Count at least one person. A guess within five is fine."), code="nobody")
    if given.materials_left and given.material is None:
        raise refuse("material", _("Choose which material was left."), code="missing")


def _fill(session: OutreachSession, given: Given) -> None:
    facts = dict(vars(given))
    heads = facts.pop("heads")
    for name, value in facts.items():
        setattr(session, name, value.strip() if isinstance(value, str) else value)
    for name, count in zip(BANDS, heads, strict=True):
        setattr(session, name, count)
    session.people = sum(heads)
    session.materials_left = given.materials_left if given.material else 0
    session.place = known_venue(given.district, given.venue)
    if session.place is not None:
        session.setting = session.place.kind


def known_venue(district: Place, written: str) -> Venue | None:
    """The venue of the register that is meant: as the form proposes it, or by its name alone where only one has it."""
    wanted = " ".join(written.casefold().split())
    rows = list(Venue.objects.filter(district=district))
    for venue in rows:
        if str(venue).casefold() == wanted:
            return venue
    named = [venue for venue in rows if venue.name.casefold() == wanted]
    return named[0] if len(named) == 1 else None


def _doubt(session: OutreachSession) -> None:
    today = clock.today()
    is_unchanged = clock.calendar_day(clock.now()) != today  # of a sample country: no phone's clock is set to its day
    written = None if is_unchanged else session.phone_clock
    session.clock_doubt = doubt_of(Clocks(session.happened_on, session.received_at, today, written, session.sent_clock))


def _numbered() -> int:
    """The next number. Two at once wait for each other: a scheme is locked, and there is one where there are ambassadors."""
    Scheme.objects.select_for_update().order_by("pk").first()
    return int(OutreachSession.objects.aggregate(last=Max("number"))["last"] or 0) + 1


@action("outreach.logged", needs=None, quiet=True)
def log_session(link: AmbassadorLink, *, by: Actor, given: Given, arrival: Arrival) -> Logged:
    """One session, by the link under which it was written. The same number again is the same session: nothing is written, and the same
    receipt is given. Changed on the phone in the meantime, it is changed here too, until it was reviewed. By a link that was ended it is
    kept and not counted until the coordinator says whose it is."""
    number = _numbered()
    before = OutreachSession.objects.select_for_update().filter(uuid=arrival.uuid).first()
    if before is not None:
        return _again(before, link, given, arrival)
    sound_given(given)
    fresh = AmbassadorLink.objects.select_related("ambassador").get(pk=link.pk)  # it may have been ended a moment ago
    session = OutreachSession(
        uuid=arrival.uuid,
        number=number,
        reference=reference_of(given.district.code, number),
        ambassador=fresh.ambassador,
        link=fresh,
        channel=arrival.channel,
        phone_clock=clock.sound(arrival.written),
        sent_clock=clock.sound(arrival.sent),
        received_at=clock.now(),
        is_late_link=not fresh.is_live,
        sent_hash=arrival.digest,
        photos_refused=arrival.refused,
    )
    _fill(session, given)
    _doubt(session)
    save(session)
    _add_photos(session, arrival.pictures)
    return Logged(session)


def _again(before: OutreachSession, link: AmbassadorLink, given: Given, arrival: Arrival) -> Logged:
    if before.ambassador_id != link.ambassador_id:
        raise Refused(_("This session was sent before under another link. It is kept there."), code="other_link")
    if before.sent_hash == arrival.digest:
        return Logged(before, is_again=True)
    if before.state not in (SessionState.RECEIVED, SessionState.RETURNED):
        sentence = _("%(number)s was reviewed already and is not changed. Call your coordinator to correct it.")
        raise Refused(sentence % {"number": before.reference}, code="reviewed")
    sound_given(given)
    _fill(before, given)
    before.sent_hash = arrival.digest
    before.state, before.reason, before.date_checked = SessionState.RECEIVED, "", False  # another day may have come
    before.sent_clock = clock.sound(arrival.sent) or before.sent_clock
    _doubt(before)
    if arrival.pictures or given.photo_consent == PhotoConsent.NONE:
        for photo in before.photos.all():
            delete(photo)
        before.photos_refused = arrival.refused
        _add_photos(before, arrival.pictures)
    save(before)
    return Logged(before, is_changed=True)


def _add_photos(session: OutreachSession, pictures: Sequence[Picture]) -> None:
    if session.photo_consent == PhotoConsent.NONE:
        return
    for number, picture in enumerate(pictures, start=1):
        photo = Photo(session=session, number=number, sha256=picture.sha256, width=picture.width, height=picture.height)
        try:
            photo.file.save(f"{secrets.token_hex(16)}.jpg", ContentFile(picture.content), save=False)
        except OSError as error:
            raise disk_full(error) from error
        save(photo)


# --- Paper --------------------------------------------------------------------------------------------------------


def twins_of(ambassador: Ambassador, given: Given) -> list[OutreachSession]:
    """Sessions that may be the same one, reported another time: the same ambassador, day, audience and topic, not rejected."""
    rows = OutreachSession.objects.filter(
        ambassador=ambassador, happened_on=given.happened_on, audience=given.audience, topic=given.topic
    )
    return list(rows.exclude(state=SessionState.REJECTED).order_by("pk")[:5])


@action("outreach.entered", needs=_RUN)
def enter_session(
    ambassador: Ambassador, *, by: Actor, given: Given, uuid: str, is_another: bool = False
) -> OutreachSession:
    """A session from a paper form: whoever types it in has the paper, so it is reviewed by that. One that is there already is not typed in
    a second time, unless they say that it is another."""
    number = _numbered()
    sound_given(given)
    require_past(given.happened_on, field="happened_on")
    twins = twins_of(ambassador, given)
    if twins and not is_another:
        sentence = _(
            "%(number)s is a session of the same ambassador, day, audience and topic, with %(people)d people. If this is another"
            " one, say so below."
        ) % {"number": twins[0].reference, "people": twins[0].people}
        raise Refused(sentence, code="twin", fields={"is_another": sentence})
    session = OutreachSession(
        uuid=uuid,
        number=number,
        reference=reference_of(given.district.code, number),
        ambassador=ambassador,
        channel=SessionChannel.PAPER,
        received_at=clock.now(),
        date_checked=True,
    )
    _fill(session, given)
    _count(session, by)
    save(session)
    _move_kit(session)
    return session


# --- Review -------------------------------------------------------------------------------------------------------


def _count(session: OutreachSession, by: Actor) -> None:
    session.state, session.reason = SessionState.REVIEWED, ""
    session.reviewed_on, session.reviewed_by = clock.today(), by.actor_name[:200]


def must_wait(session: OutreachSession) -> None:
    if session.state not in (SessionState.RECEIVED, SessionState.RETURNED):
        raise Refused(_("This session was reviewed already."), code="reviewed")


def must_not_be_rejected(session: OutreachSession) -> None:
    if session.state == SessionState.REJECTED:
        raise Refused(_("This session is not counted. Open it again first."), code="rejected")


@action("outreach.reviewed", needs=_RUN)
def approve_session(
    session: OutreachSession,
    *,
    by: Actor,
    happened_on: date,
    place: Venue | None = None,
    setting: str = "",
    is_theirs: bool = False,
    version: int | None = None,
) -> OutreachSession:
    """It counts from now on, in the period of its day, which the coordinator may set right first. Where it came from an ended link, they say
    that it was that ambassador's."""
    fresh = lock_latest(session, version)
    must_wait(fresh)
    require_past(happened_on, field="happened_on")
    if fresh.is_late_link and not is_theirs:
        sentence = _(
            "The link was ended before this arrived. Ask who held the session, then say so here, or do not count it."
        )
        raise refuse("is_theirs", sentence, code="late_link")
    _place(fresh, place, setting)
    fresh.happened_on, fresh.date_checked, fresh.is_in_use = happened_on, True, fresh.is_late_link
    _count(fresh, by)
    save(fresh)
    _move_kit(fresh)
    return fresh


def _place(session: OutreachSession, place: Venue | None, setting: str) -> None:
    if place is not None and place.district_id != session.district_id:
        raise refuse("place", _("This venue lies in another district."))
    session.place = place or session.place
    if session.place is not None:
        session.setting = session.place.kind
    elif setting:
        session.setting = setting


@action("outreach.reviewed_together", needs=_RUN)
def approve_sessions(sessions: Sequence[OutreachSession], *, by: Actor) -> int:
    """Those of them that nothing speaks against; what needs care is decided one by one and left as it is. Returns how many."""
    done = 0
    rows = OutreachSession.objects.select_for_update().filter(pk__in=[s.pk for s in sessions]).order_by("pk")
    for fresh in rows:
        if fresh.state != SessionState.RECEIVED or fresh.needs_care:
            continue
        _count(fresh, by)
        save(fresh)
        _move_kit(fresh)
        done += 1
    return done


@action("outreach.returned", needs=_RUN)
def return_session(session: OutreachSession, *, by: Actor, reason: str) -> OutreachSession:
    """Back to the ambassador, whose page says why; not counted until it comes again."""
    fresh = lock_latest(session)
    must_wait(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say what is missing or wrong."))
    fresh.state = SessionState.RETURNED
    return save(fresh)


@action("outreach.rejected", needs=_RUN)
def reject_session(session: OutreachSession, *, by: Actor, reason: str) -> OutreachSession:
    """It is kept and never counted: a trial, the same session reported twice, nobody's."""
    fresh = lock_latest(session)
    must_not_be_rejected(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is not counted."))
    fresh.state, fresh.reviewed_on, fresh.reviewed_by = SessionState.REJECTED, clock.today(), by.actor_name[:200]
    save(fresh)
    _move_kit(fresh)
    return fresh


@action("outreach.reopened", needs=_RUN)
def reopen_session(session: OutreachSession, *, by: Actor) -> OutreachSession:
    """To be reviewed again; it does not count meanwhile."""
    fresh = lock_latest(session)
    if fresh.state not in (SessionState.REVIEWED, SessionState.REJECTED):
        raise Refused(_("This session is waiting for its review already."), code="waiting")
    fresh.state, fresh.reason, fresh.reviewed_on, fresh.reviewed_by = SessionState.RECEIVED, "", None, ""
    fresh.date_checked = fresh.is_in_use = False
    save(fresh)
    _move_kit(fresh)
    return fresh


@action("outreach.corrected", needs=_RUN)
def correct_session(
    session: OutreachSession, *, by: Actor, given: Given, version: int | None = None
) -> OutreachSession:
    """What the coordinator learnt by telephone. Its review stays."""
    fresh = lock_latest(session, version)
    must_not_be_rejected(fresh)
    sound_given(given)
    require_past(given.happened_on, field="happened_on")
    if fresh.happened_on != given.happened_on:
        note(said=day_text(fresh.happened_on))
        fresh.date_checked = True
    _fill(fresh, given)
    save(fresh)
    _move_kit(fresh)
    return fresh


@action("outreach.photo_removed", needs=_RUN)
def remove_photo(photo: Photo, *, by: Actor) -> None:
    """For good, file and all: somebody in it takes their consent back."""
    name, storage = str(photo.file.name), photo.file.storage
    delete(photo)
    storage.delete(name)


def _move_kit(session: OutreachSession) -> None:
    """What was left there is off the ambassador's stock while the session counts."""
    move = StockMove.objects.filter(session=session).first()
    item = session.material if session.state == SessionState.REVIEWED and session.materials_left > 0 else None
    if item is None:
        if move is not None:
            delete(move)
        return
    move = move or StockMove(session=session)
    move.item, move.kind, move.amount = item, MoveKind.LEFT, session.materials_left
    move.moved_on, move.ambassador = session.happened_on, session.ambassador
    save(move)
