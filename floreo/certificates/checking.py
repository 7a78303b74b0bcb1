"""What a badge is that somebody brings: read in a cage, compared with what is on record here, and said in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.certificates import reading
from floreo.certificates.identity import known_names, ours
from floreo.certificates.logic import Fault, Read, Signature, State, Verdict, read_code, state_on, verdict_of
from floreo.certificates.models import Certificate
from floreo.core import cage, clock

_PAGE = re.compile(r"(?:/[a-z]{2,3})?/certificates/([0-9A-Za-z-]{12,20})/")
_SECONDS = 20  # of processor time
_OUTPUT = 64 * 1024
NOT_KNOWN_HERE = frozenset(  # whether it is genuine and valid: neither accepted nor refused
    {Verdict.FOREIGN, Verdict.FOREIGN_UNKNOWN, Verdict.UNCHECKED, Verdict.UNRECORDED, Verdict.NAMESAKE}
)


@dataclass(frozen=True)
class Check:
    """What came of it. `certificate` is the one on record that the badge names, whoever signed it."""

    verdict: Verdict
    read: Read
    certificate: Certificate | None
    differs: tuple[str, ...] = ()  # in what it differs from the one on record


def check_badge(content: bytes) -> Check:
    """Judges a file or a text. Nothing that it names is fetched."""
    if len(content) > reading.LARGEST:
        return Check(Verdict.NO_BADGE, Read(fault=Fault.NO_BADGE), None)
    return _judged(_read_in_a_cage(content))


def _read_in_a_cage(content: bytes) -> Read:
    try:
        given = cage.run(reading.__name__, content, seconds=_SECONDS, output=_OUTPUT).value
        return _rebuilt(given)
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return Read(fault=Fault.NO_BADGE)


def _rebuilt(given: Any) -> Read:
    """From what the reader said. Raises cage.Died where none of our readers says so."""
    try:
        apart = {"fault", "signature", "status_lists", "hosts"}
        return Read(
            fault=Fault(given["fault"]) if given["fault"] else None,
            signature=Signature(given["signature"]),
            status_lists=tuple(str(each)[:1000] for each in given["status_lists"]),
            hosts=tuple(str(each)[:1000] for each in given["hosts"]),
            **{name: str(value)[:1000] for name, value in given.items() if name not in apart},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise cage.Died("fault", str(wrong)) from wrong


def _judged(read: Read) -> Check:
    found = certificate_named(read.id)
    day = clock.today()
    state = state_on(found, day) if found is not None else None
    us = ours(known_names())
    by_us = read.signature is Signature.HOLDS and read.key in dict(us.keys)
    differs = _differences(read, found, by_us=by_us) if found is not None else ()
    verdict = verdict_of(read, us, state, is_known=found is not None, differs=bool(differs))
    return Check(verdict, read, found, differs)


def certificate_named(address: str) -> Certificate | None:
    """The certificate whose public page has that address."""
    if not address.startswith(settings.SITE_ADDRESS):
        return None
    match = _PAGE.fullmatch(address.removeprefix(settings.SITE_ADDRESS))
    code = read_code(match[1]) if match else ""
    return Certificate.objects.filter(code=code).first() if code else None


def _differences(read: Read, found: Certificate, *, by_us: bool) -> tuple[str, ...]:
    """In which fields a badge says something else than the one on record; not what.

    A name that the holder withheld is compared only with what we signed ourselves: whoever may write a name into a badge and ask
    whether it is the right one finds it by trying. Of an erased certificate nothing is left to compare it with."""
    if not found.is_digital:
        return ()
    pairs = {
        "holder": (read.holder, found.name),
        "title": (read.title, found.title),
        "issuer": (read.issuer_name, found.issuer_name),
        "issued": (read.valid_from[:10], found.issued_on.isoformat()),
        "expires": (read.valid_until[:10], found.expires_on.isoformat() if found.expires_on else ""),
    }
    if found.is_erased or not (found.public_name or by_us):
        del pairs["holder"]
    if not found.issuer_name:  # then the site's name of that day was signed
        del pairs["issuer"]
    return tuple(name for name, (stated, kept) in pairs.items() if stated != reading.words(kept))


def headline(check: Check) -> str:
    """The answer, in one line."""
    if check.read.fault is Fault.NOT_A_BADGE:
        return _("This is a credential of another kind")
    heads = {
        Verdict.VALID: _("This certificate is genuine and valid"),
        Verdict.EXPIRED: _("This certificate is genuine, and has expired"),
        Verdict.REVOKED: _("This certificate was revoked"),
        Verdict.DIFFERS: _("This badge was signed here, and differs from the certificate on record"),
        Verdict.EDITED: _("The signature of this badge does not fit it"),
        Verdict.FORGED: _("This badge is forged"),
        Verdict.COPY: _("This badge imitates one that was issued here"),
        Verdict.NAMESAKE: _("This badge was not issued here, and carries the name of an organisation on record here"),
        Verdict.KEY_WITHDRAWN: _("This badge is signed with a key that is no longer accepted"),
        Verdict.UNRECORDED: _("It is not known whether this certificate is valid"),
        Verdict.FOREIGN: _("This badge was not issued here"),
        Verdict.FOREIGN_UNKNOWN: _("This badge was not issued here, and it is not known whether it is valid"),
        Verdict.FOREIGN_EXPIRED: _("This badge was not issued here, and has expired"),
        Verdict.UNCHECKED: _("The signature of this badge cannot be checked here"),
        Verdict.UNSIGNED: _("This badge is not signed"),
        Verdict.BROKEN: _("This is not a sound Open Badge"),
        Verdict.NO_BADGE: _("There is no Open Badge in this"),
    }
    return heads[check.verdict]


def explanation(check: Check) -> str:
    """What that means, and what to do."""
    words = {"issuer": check.read.issuer_name or check.read.issuer_id or "–"}
    if check.read.fault is Fault.NOT_A_BADGE:
        return _("It is no Open Badge, and attests no course. Whether it is genuine is not checked here.")
    if check.verdict is Verdict.FORGED and check.read.signature is Signature.OTHER_KEY:
        return _("Its issuer is called by a key, and it was signed with another key. Do not accept it.")
    stated = {
        Verdict.VALID: _("It was signed here and not changed, it is on record here, and it was not revoked."),
        Verdict.EXPIRED: _("It was signed here and not changed. Its last day has passed."),
        Verdict.REVOKED: _("It was signed here, and later revoked. The reason is on its page."),
        Verdict.DIFFERS: _(
            "Its signature is one of this site, but the certificate on record says something else. Ask the holder for the"
            " present form of the certificate, and do not accept this one."
        ),
        Verdict.EDITED: _(
            "It was changed after it was signed, or it was signed by an earlier draft of the standard. Do not accept it."
        ),
        Verdict.FORGED: _(
            "It names this site as its issuer, but was not signed with a key of this site. Do not accept it."
        ),
        Verdict.COPY: _(
            "It carries the name or an address of an issuer of this site, but somebody else signed it. Do not accept it."
        ),
        Verdict.NAMESAKE: _(
            "It says that it was issued by %(issuer)s. Whether it is theirs or an imitation is not known here: none of their keys is"
            " on record. Ask them before you accept it."
        ),
        Verdict.KEY_WITHDRAWN: _(
            "The key was withdrawn, for example because it was stolen. Ask the holder for the present form of the"
            " certificate, or check it by its number."
        ),
        Verdict.UNRECORDED: _("It was signed here, but there is no such certificate on record. Ask the issuer."),
        Verdict.FOREIGN: _(
            "It says that it was issued by %(issuer)s, and was not changed since it was signed. Whether that issuer is"
            " who it says is not checked here. Ask the issuer."
        ),
        Verdict.FOREIGN_UNKNOWN: _(
            "It says that it was issued by %(issuer)s, and was not changed since it was signed. It can be revoked, and the"
            " list of revoked badges is elsewhere: it was not asked. Ask the issuer."
        ),
        Verdict.FOREIGN_EXPIRED: _("It says that it was issued by %(issuer)s. Its last day has passed."),
        Verdict.UNCHECKED: _(
            "It is signed in a way, or with a key, that is not known here. So it is not known whether it is genuine, or"
            " was revoked. Ask %(issuer)s."
        ),
        Verdict.UNSIGNED: _("Anybody can have written it. Do not accept it."),
        Verdict.BROKEN: _("It lacks what the standard asks for: %(fault)s Do not accept it."),
        Verdict.NO_BADGE: _(
            "Use the file as the holder got it (JSON, SVG or PNG), or paste its whole text. To check a certificate on"
            " paper, use its number or code."
        ),
    }
    text = stated[check.verdict] % (words | {"fault": fault_text(check.read.fault)})
    is_erased = check.certificate is not None and check.certificate.is_erased
    if check.verdict is Verdict.VALID and is_erased:
        text += " " + _("The name on record was erased, so the name in the badge was compared with nothing.")
    return text


def fault_text(fault: Fault | None) -> str:
    match fault:
        case Fault.NO_ISSUER:
            return _("it names no issuer.")
        case Fault.AMBIGUOUS:
            return _("it holds more than one badge, or says the same thing twice.")
        case Fault.NOT_YET:
            return _("it is not valid yet.")
        case _:
            return _("it is incomplete or contradicts itself.")


def state_text(state: State | None) -> str:
    match state:
        case State.CURRENT:
            return _("Valid")
        case State.EXPIRES_SOON:
            return _("Valid, expires soon")
        case State.EXPIRED:
            return _("Expired")
        case State.REVOKED:
            return _("Revoked")
        case _:
            return _("Not valid yet")


def stated(read: Read) -> list[tuple[str, str]]:
    """What a badge states about itself, the issuer first; what it does not say is left out."""
    rows = [
        (_("Issuer"), read.issuer_name),
        (_("Identity of the issuer"), read.issuer_id),
        (_("Holder"), read.holder),
        (_("Certificate for"), read.title),
        (_("Valid from"), read.valid_from[:10]),
        (_("Valid until"), read.valid_until[:10]),
    ]
    return [(words, value) for words, value in rows if value]


def particulars(read: Read) -> list[tuple[str, str]]:
    """The rest of it, for who looks closer: addresses, signature and key."""
    rows = [
        (_("Address of the badge"), read.id),
        (_("Address of what it attests"), read.achievement),
        *((_("List of revoked badges, not asked"), each) for each in read.status_lists),
        (_("Signature"), "" if read.fault is Fault.NO_BADGE else signature_text(read)),
        (_("Key"), read.key),
    ]
    return [(words, value) for words, value in rows if value]


def signature_text(read: Read) -> str:
    if read.signature is Signature.UNKNOWN and read.fault not in (None, Fault.OLD):
        return _("not checked, for what is wrong with the badge")
    match read.signature:
        case Signature.HOLDS:
            return _("fits the badge, by the key that it names")
        case Signature.BROKEN:
            return _("does not fit the badge")
        case Signature.OTHER_KEY:
            return _("fits the badge, by another key than the one by which the issuer is called")
        case Signature.MISSING:
            return _("there is no signature")
        case _:
            return _("of a kind, or with a key, that cannot be checked here")


def difference_text(name: str) -> str:
    return {
        "holder": _("the name of the holder"),
        "title": _("the course"),
        "issuer": _("the issuer"),
        "issued": _("the day of issue"),
        "expires": _("the last day"),
    }[name]
