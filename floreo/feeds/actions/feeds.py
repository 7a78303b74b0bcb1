"""Feeds themselves: four fields and what has defaults."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock, openpgp
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.addresses import is_web_address
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.seal import seal
from floreo.core.writing import assign, free_code, lock_latest, refuse, require_name, save, touch
from floreo.feeds import logic
from floreo.feeds.actions.aggregate import settle_feed
from floreo.feeds.actions.runs import declare
from floreo.feeds.collectors import n6, shadowserver
from floreo.feeds.collectors.fetching import KEY_PLACE, is_keyed_well, origin_of
from floreo.feeds.collectors.header_names import AUTHORIZATION, is_for_keys
from floreo.feeds.engine import formats
from floreo.feeds.engine.arrange.model import KEY, WrongArrangement, arrangement_of
from floreo.feeds.logic import BY_HAND
from floreo.feeds.models import SENT_MARKINGS, CollectorKind, Delivery, Evidence, Feed, Finding, Run
from floreo.feeds.models.choices import BATCHED, FETCHED
from floreo.feeds.models.files import HEADER_PURPOSE, SUNDAY
from floreo.feeds.presenters.arranging import arrangement_sentence
from floreo.feeds.ready_sources import LEAST_MINUTES, source_at

LONGEST_HEADER = 500
SETTLED_AT_ONCE = 5_000  # findings: some seconds
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\Z")
_PAGES = {
    "new",
    "reports",
    "types",
    "rules",
    "explorer",
    "held",
    "texts",
    "nights",
}  # pages beside the feeds' own, so no codes of feeds
_PLACED = {CollectorKind.FOLDER, CollectorKind.MAIL, *FETCHED}
_MAPPING_WORDS = {
    "address",
    "time",
    "kind",
    "port",
    "name",
    "url",
    "taxonomy",
    "type",
    "severity",
    "delimiter",
    "header",
}


class Facts(TypedDict, total=False):
    """What may be said of a feed."""

    collector: str
    place: str
    format: str
    mapping: dict[str, Any]
    every_minutes: int
    absent_runs: int
    evidence: str
    delivery: str
    whole_on: int
    sends_empty: bool
    tlp: str
    is_active: bool
    fetch_secret: str
    sender_key: str
    secret_header: str


class Changes(Facts, total=False):
    """What may be changed of it."""

    name: str


@action("feed.made", needs=Permission.FEED_RUN)
def make_feed(name: str, *, by: Actor, code: str = "", **facts: Unpack[Facts]) -> Feed:
    """A feed from its four fields: name, way, place, format."""
    feed = Feed()
    assign(feed, {**_sealed(facts), "name": name})
    require_name(feed)
    feed.code = free_code(Feed, feed.name, wanted=code)[:40].strip("-")
    if feed.code in _PAGES:
        feed.code = free_code(Feed, f"{feed.code} feed")
    _check(feed)
    if feed.collector in FETCHED:
        feed.due_at = clock.now()
    return save(feed)


@action("feed.changed", needs=Permission.FEED_RUN)
def change_feed(
    feed: Feed,
    *,
    by: Actor,
    version: int | None = None,
    held_since: date | None = None,
    at_once: int = SETTLED_AT_ONCE,
    **facts: Unpack[Changes],
) -> Feed:
    """`held_since`: the day of the data from which its files hold what is said of them now. Without it that counts for files that come
    from now on, and for those of which nobody had said what they hold. What follows for findings is in the trail: at once, or
    from the job (`settle_waiting`) where more than `at_once` were reported by the feed last. Another number of files without a finding
    changes nothing of what was seen so far."""
    fresh = lock_latest(feed, version)
    was = _Before.of(fresh)
    assign(fresh, _sealed(facts))
    require_name(fresh)
    _check(fresh)
    if _follow(fresh, was):
        _check(fresh)
    saved = save(fresh)
    if held_since is not None or _silence(saved) != was.silence:
        declare(saved, since=held_since)
        _settle_now_or_later(saved, at_once)
    return saved


def change_by_pack(feed: Feed, facts: Mapping[str, Any]) -> None:
    """What a pack that is loaded again says otherwise of a feed, within the action that loads it; the pack's reader has checked the fields.
    As on the page, but for two things: a pack names no day, so what it says its files mean and hold is so from the first of them; and
    findings are worked out by the job, since loading waits for nothing."""
    was = _Before.of(feed)
    for name, value in facts.items():
        setattr(feed, name, value)
    _follow(feed, was)
    save(feed, full_clean=False)
    if _silence(feed) != was.silence and Run.objects.filter(feed=feed).exists():
        declare(feed, since=date.min)
        _settle_later(feed)


@dataclass(frozen=True)
class _Before:
    """What was said of a feed, where more than the field itself follows from a change of it."""

    asked: tuple[object, ...]
    place: str
    secret: str
    silence: tuple[object, ...]
    absent_runs: int

    @classmethod
    def of(cls, feed: Feed) -> _Before:
        return cls(_asked_with(feed), feed.place, feed.fetch_secret, _silence(feed), feed.absent_runs)


def _follow(feed: Feed, was: _Before) -> bool:
    """What follows on the feed's own row. Returns whether its key was forgotten."""
    forgets = feed.fetch_secret == was.secret and origin_of(feed.place) != origin_of(was.place)
    if forgets:
        feed.fetch_secret = ""  # the key of one server is never sent to another
    if _asked_with(feed) != was.asked:  # another place has said nothing yet
        feed.etag = feed.modified = feed.last_error = ""
        feed.passed_over = []
        feed.failures, feed.due_at = 0, clock.now() if feed.collector in FETCHED else None
    if feed.absent_runs != was.absent_runs:
        _ask_from_now_on(feed, was.absent_runs)
    return forgets


def _settle_now_or_later(feed: Feed, at_once: int) -> None:
    """A page is not kept waiting for minutes: of a large feed the findings stay as they are until the job has worked them all out."""
    few = Finding.objects.filter(feed=feed).order_by().values("pk")[: at_once + 1]
    if len(few) <= at_once and feed.unsettled_since is None:
        note(findings=settle_feed(feed))
        return
    _settle_later(feed)
    note(findings="later")


def _settle_later(feed: Feed) -> None:
    feed.unsettled_since = clock.now()
    Feed.objects.filter(pk=feed.pk).update(unsettled_since=feed.unsettled_since)


def settle_waiting(*, by: Actor) -> int:
    """The job: works out the findings of feeds of which something else was said. One that is killed begins again: of each feed all is
    saved or nothing. Returns how many feeds."""
    feeds = list(Feed.objects.exclude(unsettled_since=None).order_by("unsettled_since", "pk"))
    for feed in feeds:
        settle_later(feed, by=by)
    return len(feeds)


@action("feed.settled", needs=Permission.FEED_RUN)
def settle_later(feed: Feed, *, by: Actor) -> None:
    """All findings of the feed, by what is said of it now. Where something else is said meanwhile, that waits for the next time; nobody who
    says it waits for this."""
    fresh = Feed.objects.get(pk=feed.pk)
    note(findings=settle_feed(fresh))
    touch([fresh])
    Feed.objects.filter(pk=fresh.pk, unsettled_since=fresh.unsettled_since).update(unsettled_since=None)


def _silence(feed: Feed) -> tuple[object, ...]:
    """All of a feed by which it is known what a file does not name."""
    return feed.format, feed.evidence, feed.delivery, feed.whole_on, feed.sends_empty


def _ask_from_now_on(feed: Feed, was: int) -> None:
    """Another number of files without a finding is for what the next file is the first not to name, so that no figure of a day that is over
    moves. Of a feed from which nothing came yet it is for all."""
    last = Run.objects.filter(feed=feed).aggregate(day=Max("day"))["day"]
    if last is None:
        return
    kept = logic.asked_before(feed.asked_before(), asked=was, until=max(clock.today(), last + timedelta(days=1)))
    feed.absent_runs_before = [[day.isoformat(), number] for day, number in kept]


@action("feed.address_made", needs=Permission.FEED_RUN)
def make_mail_address(feed: Feed, *, by: Actor) -> str:
    """A secret address for a feed whose sender does not sign its mail. It is returned once and not kept; the one before it
    ends. Where our own address is not known, the part before the @ alone."""
    fresh = lock_latest(feed)
    if fresh.collector != CollectorKind.MAIL:
        raise Refused(_("Only a feed whose files are mailed has such an address."), code="not_mailed")
    word = secrets.token_hex(16)  # small letters and figures: servers may change the case of an address
    fresh.mail_word_hash = hash_of(word)
    save(fresh)
    local, at, host = next(iter(settings.FEED_ADDRESSES), "").partition("@")
    return f"{local}+{word}{at}{host}"


def _asked_with(feed: Feed) -> tuple[object, ...]:
    """How its files are asked for."""
    return feed.collector, feed.place, feed.fetch_secret, feed.secret_header, feed.is_active


def _sealed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with the key as it is stored."""
    given = dict(facts)
    if header := given.get("fetch_secret", "").strip():
        if any(not c.isprintable() or not c.isascii() for c in header):
            raise refuse("fetch_secret", _("The key contains characters that are not allowed."))
        if len(header) > LONGEST_HEADER:
            sentence = _("The key is longer than %(most)s characters.") % {"most": LONGEST_HEADER}
            raise refuse("fetch_secret", sentence)
        given["fetch_secret"] = seal(header, purpose=HEADER_PURPOSE)
    return given


def by_hand(*, by: Actor) -> Feed:
    """The feed of files that nobody named a feed for, made when it is first needed."""
    found = Feed.objects.filter(code=BY_HAND).first()
    return found or make_feed(_("By hand"), by=by, code=BY_HAND)


def _check(feed: Feed) -> None:
    if feed.collector not in CollectorKind.values:
        raise refuse("collector", _("Choose how the files of this feed arrive."))
    _set_format(feed)
    if feed.format and feed.format not in formats.names():
        raise refuse("format", _("Choose a format, or leave it to be detected from the files."))
    if feed.tlp not in dict(SENT_MARKINGS):
        raise refuse("tlp", _("Choose a marking of the Traffic Light Protocol."))
    if feed.every_minutes < LEAST_MINUTES:
        raise refuse("every_minutes", _("Enter at least 5 minutes."))
    if feed.absent_runs < 1:
        raise refuse(
            "absent_runs",
            _("A finding counts as fixed only after at least one file has come without it. Enter 1 or more."),
        )
    if feed.evidence not in ("", *Evidence.values):
        raise refuse("evidence", _("Choose what it means that a file does not name something."))
    if feed.delivery not in ("", *Delivery.values):
        raise refuse("delivery", _("Choose what each file holds."))
    if not 0 <= feed.whole_on <= SUNDAY:
        raise refuse("whole_on", _("Choose a day of the week."))
    _check_keys(feed)
    check_mapping(feed.mapping, of_programs=feed.collector == CollectorKind.API)
    if feed.collector in _PLACED:
        _CHECKS[CollectorKind(feed.collector)](feed)
        _check_key_place(feed)
        _must_be_alone(feed)
        _must_leave_alone(feed)
    elif feed.place:
        raise refuse("place", _("Files of this feed are uploaded here. Leave “Place” blank."))


def _check_keys(feed: Feed) -> None:
    if feed.sender_key:
        feed.sender_key = _sound_key(feed.sender_key)
    feed.secret_header = feed.secret_header or AUTHORIZATION
    if not is_for_keys(feed.secret_header):
        sentence = _("A key cannot be sent in this header. Enter the name that the source gives, such as Auth-Key.")
        raise refuse("secret_header", sentence, code="no_header")


def _sound_key(text: str) -> str:
    """One that can be used now, as its owner exported it. Refused at its field otherwise."""
    try:
        return openpgp.certificate(text, for_encryption=False).armoured
    except Refused as wrong:
        raise refuse("sender_key", str(wrong.sentence), code=wrong.code) from wrong


def _set_format(feed: Feed) -> None:
    """Of events that programs send, set once, so that what is checked on arrival is what is read later; and of lines that we make
    ourselves."""
    if feed.collector == CollectorKind.API and not feed.format:
        feed.format = "jsonl" if feed.mapping else "intelmq"
    if feed.collector in BATCHED:
        feed.format, feed.mapping = "intelmq", {}


def _must_be_alone(feed: Feed) -> None:
    same = Feed.objects.filter(collector=feed.collector, place__iexact=feed.place).exclude(pk=feed.pk)
    if (other := same.first()) is not None:
        sentence = _("The feed “%(name)s” already uses this place.") % {"name": other.name}
        raise refuse("place", sentence, code="place_taken")


def _must_leave_alone(feed: Feed) -> None:
    """As long as the source asks, where we know."""
    source = source_at(feed.collector, feed.place)
    if source is not None and source.least_minutes and feed.every_minutes < source.least_minutes:
        sentence = _("%(name)s asks not to be fetched more often than every %(minutes)s minutes.")
        facts = {"name": source.name, "minutes": source.least_minutes}
        raise refuse("every_minutes", sentence % facts, code="too_often")


def _check_folder(feed: Feed) -> None:
    if not _FOLDER.match(feed.place):
        raise refuse(
            "place",
            _(
                "Use letters, digits, full stops and hyphens for the folder name. The folder is in “incoming”, "
                "in the data folder."
            ),
        )


def _check_mail(feed: Feed) -> None:
    feed.place = feed.place.lower()
    try:
        validate_email(feed.place)
    except ValidationError as error:
        raise refuse("place", _("Enter the address from which the files are mailed.")) from error


def _check_fetch(feed: Feed) -> None:
    if not is_web_address(feed.place):
        raise refuse(
            "place", _("Enter an address that begins with https:// or http:// and contains no user name or password.")
        )


def _check_key_place(feed: Feed) -> None:
    """Where an address has the place of a key."""
    if KEY_PLACE not in feed.place:
        return
    if feed.collector != CollectorKind.FETCH or not is_keyed_well(feed.place):
        sentence = _(
            "Write {key} only once: after the question mark of an address from which files are fetched, or between two slashes before the name of the file."
        )
        raise refuse("place", sentence, code="key_place")
    if not feed.fetch_secret:
        raise refuse("fetch_secret", _("Enter the key, which goes into the address."), code="no_key")


def _check_reports(feed: Feed) -> None:
    """The address of the API, which has a usual one; with key and secret."""
    feed.place = feed.place or shadowserver.API
    _check_fetch(feed)
    key, _colon, word = feed.header().partition(":") if feed.fetch_secret else ("", "", "")
    if not (key.strip() and word.strip()):
        sentence = _("Enter the key of the Reports API, a colon, and its secret.")
        raise refuse("fetch_secret", sentence, code="no_key")


def _check_n6(feed: Feed) -> None:
    """The address of the API, which has a usual one; with the key."""
    feed.place = feed.place or n6.API
    _check_fetch(feed)
    if not feed.fetch_secret:
        raise refuse("fetch_secret", _("Enter the API key of n6."), code="no_key")


_CHECKS: Mapping[CollectorKind, Callable[[Feed], None]] = {
    CollectorKind.FOLDER: _check_folder,
    CollectorKind.MAIL: _check_mail,
    CollectorKind.FETCH: _check_fetch,
    CollectorKind.REPORTS: _check_reports,
    CollectorKind.TAXII: _check_fetch,
    CollectorKind.MISP: _check_fetch,
    CollectorKind.N6: _check_n6,
}


def check_mapping(mapping: Any, *, of_programs: bool = False) -> None:
    """Raises Refused for what is no mapping of the four-field form, and no arrangement. `of_programs`: of a feed to which programs send
    events, which are checked on arrival and not in a cage."""
    if isinstance(mapping, dict) and KEY in mapping:
        if of_programs:
            raise refuse("mapping", _("Programs send events with fixed names, so they need no description of a file."))
        _check_arrangement(mapping)
        return
    if not isinstance(mapping, dict) or not all(
        isinstance(value, bool if name == "header" else str) and len(str(value)) <= 200
        for name, value in mapping.items()
    ):
        raise refuse("mapping", _("Give a column or a fixed value for each field of the mapping."))
    if unknown := sorted(set(mapping) - _MAPPING_WORDS):
        raise refuse("mapping", _("A mapping cannot contain “%(names)s”.") % {"names": ", ".join(unknown)})
    if mapping and not any(mapping.get(name) for name in ("address", "name", "url")):
        raise refuse("mapping", _("Choose the column that holds the IP address or the domain name."), code="no_subject")


def _check_arrangement(mapping: dict[str, Any]) -> None:
    """Nothing else is beside an arrangement."""
    if len(mapping) > 1:
        raise refuse("mapping", _("A feed has either a full description of its files or the four columns, not both."))
    try:
        arrangement_of(mapping[KEY])
    except WrongArrangement as wrong:
        raise refuse("mapping", arrangement_sentence(wrong.key, wrong.why), code=f"arrange_{wrong.why}") from wrong
