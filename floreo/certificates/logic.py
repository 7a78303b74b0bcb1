"""Certificates in plain Python: what state one is in on a day, who of a cohort gets one, how numbers and codes are made, what a
badge that somebody brings turns out to be. No Django."""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

SOON = timedelta(days=60)  # before the end: invited to renew, and a task for those who issue
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another
CODE_LENGTH = 12  # 30^12: nobody finds one by trying
LIST_SIZE = 131_072  # certificates of one status list: the smallest that the standard allows
SMALLEST_GROUP = 5  # people; of fewer no count is public


class State(StrEnum):
    CURRENT = "current"
    EXPIRES_SOON = "expires_soon"  # still valid
    EXPIRED = "expired"
    REVOKED = "revoked"


VALID = (State.CURRENT, State.EXPIRES_SOON)


class Dated(Protocol):
    """Whatever carries the dates of a certificate. The day of expiry is the last on which it is valid."""

    @property
    def issued_on(self) -> date: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def revoked_on(self) -> date | None: ...


def state_on(certificate: Dated, day: date) -> State | None:
    """In which state it is on that day; None before it was issued. What was revoked stays revoked, whatever its dates."""
    if day < certificate.issued_on:
        return None
    if certificate.revoked_on is not None and certificate.revoked_on <= day:
        return State.REVOKED
    if certificate.expires_on is None:
        return State.CURRENT
    if certificate.expires_on < day:
        return State.EXPIRED
    return State.EXPIRES_SOON if certificate.expires_on - day <= SOON else State.CURRENT


def is_valid_on(certificate: Dated, day: date) -> bool:
    return state_on(certificate, day) in VALID


def expiry(issued_on: date, months: int | None) -> date | None:
    """The last day of a certificate that is valid for so many months: the day before it is that many months old. None: for ever."""
    if months is None:
        return None
    index = issued_on.month - 1 + months
    year, month = issued_on.year + index // 12, index % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if issued_on.day > last:
        return date(year, month, last)
    return date(year, month, issued_on.day) - timedelta(days=1)


# --- Who gets one -------------------------------------------------------------------------------------------------


class Why(StrEnum):
    """Why somebody of a cohort gets no certificate now."""

    HAS_ONE = "has_one"
    WAS_REVOKED = "was_revoked"  # a new one is issued from the page of the old, by who knows why it was revoked
    NO_SEAT = "no_seat"  # cancelled, left, or still on the waiting list
    NO_NAME = "no_name"  # erased, or never written down
    NOT_COMPLETED = "not_completed"
    NOT_PASSED = "not_passed"


def why_not(
    *,
    holds_seat: bool,
    has_name: bool,
    completed_on: date | None,
    passed: bool | None,
    has_one: bool,
    was_revoked: bool = False,
) -> Why | None:
    """The first reason against a certificate; None where there is none. Without a pass mark nobody had to pass."""
    if has_one:
        return Why.HAS_ONE
    if was_revoked:
        return Why.WAS_REVOKED
    if not holds_seat:
        return Why.NO_SEAT
    if completed_on is None:
        return Why.NOT_COMPLETED
    if passed is False:
        return Why.NOT_PASSED
    return None if has_name else Why.NO_NAME


# --- Numbers and codes --------------------------------------------------------------------------------------------


def new_code(choose: Callable[[str], str]) -> str:
    """A code that nobody guesses: twelve characters, each from `choose(ALPHABET)`."""
    return "".join(choose(ALPHABET) for _n in range(CODE_LENGTH))


def spoken_code(code: str) -> str:
    """As people read it: 7KQ4-M9TX-2HDB."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


_MEANT = str.maketrans({"0": "", "-": "", " ": "", "‐": "", "–": ""})


def read_code(text: str) -> str:
    """A code as somebody typed it, or "" where it is none."""
    found = text.upper().translate(_MEANT)
    return found if len(found) == CODE_LENGTH and all(letter in ALPHABET for letter in found) else ""


def number_of(serial: int, year: int) -> str:
    """What is printed: 2026-00142."""
    return f"{year}-{serial:05d}"


def place_in_list(serial: int) -> tuple[int, int]:
    """Which status list, and which bit of it. Scattered, so that neighbours in a list say nothing of who came after whom."""
    whole, rest = divmod(serial - 1, LIST_SIZE)
    return whole + 1, (rest * 69_069 + 12_345) % LIST_SIZE  # an odd factor reaches each place once


def same_name(one: str, other: str) -> bool:
    """Whether both are the same name, whatever the accents, capitals, order of the words and points."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return sorted(kept.split())


# --- The issuer ---------------------------------------------------------------------------------------------------


def issuer_did(address: str, key_did: str) -> str:
    """Under which name the site signs: did:web of its address; where others cannot open that, did:key of its key."""
    scheme, _colon, rest = address.partition("://")
    host = rest.split("/")[0].rpartition("@")[2]
    name = host.split(":")[0].lower()
    is_reachable = scheme == "https" and "." in name and not name.replace(".", "").isdigit()
    if not is_reachable or "@" in rest:
        return key_did
    return "did:web:" + host.lower().replace(":", "%3A")


# --- What a badge turns out to be ---------------------------------------------------------------------------------


class Signature(StrEnum):
    HOLDS = "holds"  # by the key that it names
    BROKEN = "broken"
    OTHER_KEY = "other_key"  # it fits, by another key than the one that its issuer is called by
    MISSING = "missing"
    UNKNOWN = "unknown"  # of a kind that is not checked here, or by a key that is not in it


class Fault(StrEnum):
    """What is wrong with the credential itself."""

    NO_BADGE = "no_badge"  # nothing of the kind in the file
    OLD = "old"  # an earlier edition of the standard
    NO_ISSUER = "no_issuer"
    NOT_A_BADGE = "not_a_badge"  # a credential of another kind
    MALFORMED = "malformed"
    AMBIGUOUS = "ambiguous"  # two readers could read two things in it
    NOT_YET = "not_yet"
    EXPIRED = "expired"


class Verdict(StrEnum):
    """What a badge is that somebody brought. Only VALID is valid."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DIFFERS = "differs"  # our signature, and the record says something else
    EDITED = "edited"  # its signature does not fit
    FORGED = "forged"  # names this site as its issuer, and this site did not sign it
    COPY = "copy"  # somebody else signed something that looks like ours
    NAMESAKE = "namesake"  # the same, with the name of an organisation on record that issues nothing here
    KEY_WITHDRAWN = "key_withdrawn"  # signed with one of our keys that counts no more
    UNRECORDED = "unrecorded"  # our signature, and no such certificate is on record
    FOREIGN = "foreign"  # another issuer; its signature holds by a key that nobody vouches for here
    FOREIGN_UNKNOWN = "foreign_unknown"  # the same, and it can be revoked at a place that is not asked
    FOREIGN_EXPIRED = "foreign_expired"
    UNCHECKED = "unchecked"  # its signature cannot be checked here
    UNSIGNED = "unsigned"
    BROKEN = "broken"  # it breaks the standard
    NO_BADGE = "no_badge"


@dataclass(frozen=True)
class Read:
    """What a reader found in a file or a text. `key` is the public key that made the signature, as base64 of its 32 bytes where it is
    an Ed25519 key. Whatever is in the other fields is what the badge states about itself."""

    fault: Fault | None = None
    signature: Signature = Signature.MISSING
    key: str = ""
    id: str = ""
    issuer_id: str = ""
    issuer_name: str = ""
    title: str = ""
    achievement: str = ""
    holder: str = ""
    valid_from: str = ""
    valid_until: str = ""
    status_lists: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # to which it leads, wherever in it


@dataclass(frozen=True)
class Ours:
    """What the site knows of itself: its names, addresses, and keys with whether each still counts."""

    address: str
    issuer_names: tuple[str, ...]  # of those who issue here, of the site and of the country
    issuer_ids: tuple[str, ...]
    keys: tuple[tuple[str, bool], ...]  # public key, whether it counts
    other_names: tuple[str, ...] = ()  # of organisations on record


_SOUND = (None, Fault.EXPIRED, Fault.NOT_YET)  # faults of a badge that can be ours: its dates are judged by the record


def verdict_of(read: Read, ours: Ours, known: State | None, *, is_known: bool, differs: bool = False) -> Verdict:
    """What it is. `is_known`: its id is that of a certificate on record here; `known`: the state of that one today; `differs`: it says
    something else than that one.

    A signature by our key over a sound badge is the only thing that makes it ours; what it states about itself makes it a copy or a forgery."""
    keys = dict(ours.keys)
    by_us = read.signature is Signature.HOLDS and read.key in keys
    if by_us and read.fault in _SOUND:
        return _of_ours(keys[read.key], known, is_known=is_known, differs=differs)
    rules = (
        (read.fault is Fault.NO_BADGE, Verdict.NO_BADGE),
        (by_us or read.fault in {Fault.NO_ISSUER, Fault.NOT_A_BADGE, Fault.AMBIGUOUS}, Verdict.BROKEN),
        (read.signature is Signature.BROKEN, Verdict.EDITED),
        (read.signature is Signature.OTHER_KEY or _names_us(read, ours), Verdict.FORGED),
        (is_known or _looks_like_ours(read, ours), Verdict.COPY),
        (read.fault in {Fault.MALFORMED, Fault.NOT_YET}, Verdict.BROKEN),
        (read.signature is Signature.MISSING, Verdict.UNSIGNED),
        (any(alike(read.issuer_name, name) for name in ours.other_names), Verdict.NAMESAKE),
        (read.signature is Signature.UNKNOWN or read.fault is Fault.OLD, Verdict.UNCHECKED),
        (read.fault is Fault.EXPIRED, Verdict.FOREIGN_EXPIRED),
        (bool(read.status_lists), Verdict.FOREIGN_UNKNOWN),
    )
    return next((verdict for holds, verdict in rules if holds), Verdict.FOREIGN)


def _of_ours(counts: bool, known: State | None, *, is_known: bool, differs: bool) -> Verdict:  # noqa: FBT001 -- whether the key counts
    if not is_known:
        return Verdict.UNRECORDED if counts else Verdict.KEY_WITHDRAWN
    if known is State.REVOKED:
        return Verdict.REVOKED
    if not counts:
        return Verdict.KEY_WITHDRAWN
    if differs:
        return Verdict.DIFFERS
    if known is State.EXPIRED:
        return Verdict.EXPIRED
    return Verdict.VALID if known in VALID else Verdict.UNRECORDED


def _names_us(read: Read, ours: Ours) -> bool:
    """Its issuer is this site, however that is written."""
    here = host_of(ours.address)
    return read.issuer_id in ours.issuer_ids or bool(here and host_of(read.issuer_id) == here)


def _looks_like_ours(read: Read, ours: Ours) -> bool:
    """It leads to this site or to a host that looks the same, or carries the name of one who issues here."""
    here = look(host_of(ours.address))
    addresses = (read.id, read.achievement, read.issuer_id, *read.status_lists)
    if here and any(look(host) == here for host in (*map(host_of, addresses), *read.hosts)):
        return True
    return any(alike(read.issuer_name, name) for name in ours.issuer_names)


# --- What looks the same ------------------------------------------------------------------------------------------

# Characters of other scripts, and figures, that are drawn like a Latin character. Not complete: Unicode lists thousands
# (https://www.unicode.org/reports/tr39/); these are those of the scripts with which names are imitated.
_DRAWN_ALIKE = {
    "a": "аАαΑɑ",
    "b": "вВΒ",
    "c": "сСϲϹ",
    "d": "ԁđ",
    "e": "еЕεΕ",
    "g": "ɡԌ",
    "h": "һҺнНΗħ",
    "j": "јЈϳ",
    "k": "кКκΚ",
    "l": "ӏӀіІιΙıłƖǀ|1",
    "m": "мМΜ",
    "n": "ηΝ",
    "o": "оОοΟø0",
    "p": "рРρΡ",
    "q": "ԛԚ",
    "s": "ѕЅ",
    "t": "тТτΤ",
    "u": "υ",
    "v": "νѵ",
    "w": "ԝԜω",
    "x": "хХχΧ",
    "y": "уУγΥүҮ",
    "z": "Ζ",
}
_LATIN = str.maketrans({drawn: latin for latin, letters in _DRAWN_ALIKE.items() for drawn in letters})
_SMALL_WORDS = """
the a an of and for at in on by el la los las lo un una de del y e en para por
official oficial government gobierno republic republica state estado
"""


def look(text: str) -> str:
    """As it looks to somebody who reads quickly: without marks, accents, capitals and whatever is invisible, in Latin characters."""
    letters = unicodedata.normalize("NFKD", text)
    shown = "".join(c for c in letters if not _is_unseen(c)).translate(_LATIN).casefold()
    return shown.replace("rn", "m").replace("vv", "w").replace("i", "l")  # a capital I is drawn as an l


def _is_unseen(letter: str) -> bool:
    """Marks on other characters, and what is not drawn at all."""
    return (
        unicodedata.category(letter) in {"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"}
        or letter in "\u115f\u1160\u3164\uffa0"
    )


def alike(one: str, other: str) -> bool:
    """Whether somebody takes one name for the other. The order of the words and small words count for nothing, nor does the direction
    in which a word is written: marks that turn it leave no trace in how it looks."""
    return bool(_shapes(one) & _shapes(other))


def _shapes(name: str) -> frozenset[str]:
    """Its words in any order, and its characters without blanks."""
    unspaced = "".join(c if c.isalnum() or _is_unseen(c) else " " for c in name)
    words = unspaced.split()
    kept = [word for word in words if (seen := _by_look(word)) and seen not in _SMALL]
    if not kept:
        return frozenset()
    in_any_order = " ".join(sorted(map(_by_look, kept)))
    return frozenset({in_any_order, _by_look("".join(kept)), _by_look("".join(words))})


def _by_look(word: str) -> str:
    return min(look(word), look(word[::-1]))


_SMALL = frozenset(_by_look(word) for word in _SMALL_WORDS.split())


def host_of(address: str) -> str:
    """The host to which an address or a did:web leads, in one writing; "" where it leads to none. Its port does not count."""
    text = address.strip()
    try:
        if text[:8].casefold() == "did:web:":
            text = "https://" + unquote(text[8:].partition(":")[0].partition("#")[0])
        found = urlsplit(text)
        if found.scheme not in {"http", "https"}:
            return ""
        host = unicodedata.normalize("NFKC", unquote(found.hostname or "")).casefold().rstrip(".")
    except ValueError:
        return ""
    return _unpuny(host)


def _unpuny(host: str) -> str:
    """With the characters that a browser may show."""
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except (UnicodeError, ValueError):
        return host


def counts_of(states: Iterable[State | None]) -> dict[State, int]:
    """How many are in each state."""
    found = dict.fromkeys(State, 0)
    for each in states:
        if each is not None:
            found[each] += 1
    return found
