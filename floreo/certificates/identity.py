"""Under which name and with which key this site signs, and where others find both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from floreo.certificates import badges
from floreo.certificates.logic import Ours, issuer_did
from floreo.certificates.models import Certificate, SigningKey
from floreo.core import heads, languages
from floreo.core.errors import Refused
from floreo.core.routes import path_to
from floreo.organisations.models import Country, Organisation
from floreo.organisations.queries import the_country


def private_key() -> Any:
    """The private key, made when there is none: core/heads.py. Only the worker asks. Raises Refused."""
    try:
        return heads.private_key(Path(settings.CERTIFICATE_KEY_FILE))
    except (OSError, ValueError) as problem:
        sentence = "The key that signs certificates cannot be read. See FLOREO_CERTIFICATE_KEY_FILE in the guide."
        raise Refused(sentence, code="certificate_key") from problem


def did_of(public: str) -> str:
    return issuer_did(settings.SITE_ADDRESS, badges.key_did(public))


def is_web(did: str) -> bool:
    return did.startswith("did:web:")


def site_name() -> str:
    country = the_country()
    return country.in_language("name") if country else "Floreo"


def status_address(number: int) -> str:
    return _address("portal:certificate_status", number)


def public_address(certificate: Certificate) -> str:
    """The same in every language: it is what the badge is called."""
    return _address("portal:certificate", certificate.code)


def _address(name: str, *parts: object) -> str:
    with translation.override(languages.home()):
        return f"{settings.SITE_ADDRESS}{path_to(name, *parts)}"


def ours(names: set[str]) -> Ours:
    """What makes a badge look like one of our own. `names`: of those who issue here."""
    own = names | _every_name(the_country())
    keys = list(SigningKey.objects.all())
    ids = {did_of(each.public_key) for each in keys} | {badges.key_did(each.public_key) for each in keys}
    if is_web(found := issuer_did(settings.SITE_ADDRESS, "")):
        ids.add(found)
    return Ours(
        address=settings.SITE_ADDRESS,
        issuer_names=tuple(sorted(name for name in own if name)),
        issuer_ids=tuple(sorted(ids)),
        keys=tuple((each.public_key, each.counts) for each in keys),
        other_names=tuple(sorted(_names_of_organisations())),
    )


def _every_name(named: Country | Organisation | None) -> set[str]:
    """In every language that it has a name in."""
    if named is None:
        return set()
    return {named.name, *(texts.get("name", "") for texts in named.translations.values())} - {""}


def _names_of_organisations() -> set[str]:
    """Of those that the public knows: the answer reveals no other."""
    rows = Organisation.objects.filter(is_public=True).only("name", "short_name", "translations")
    return {name for each in rows for name in (*_every_name(each), each.short_name) if name}


def known_names() -> set[str]:
    """Names under which certificates were issued here."""
    return set(Certificate.objects.order_by().values_list("issuer_name", flat=True).distinct())
