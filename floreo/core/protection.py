"""How a mail is protected as it leaves: by which of the team's keys it is signed, and for whom it is encrypted.

A contact's own key decides: encrypted by OpenPGP for who has an OpenPGP key, by S/MIME for who has a certificate. Whoever has neither gets a
mail that is signed, by S/MIME where the team has a certificate, since most mail programs check that by themselves, else by OpenPGP."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from floreo.core import openpgp, smime
from floreo.core.errors import Refused

# How the `kind` of a mail begins that is protected.
KINDS = ("case", "advisory", "incident", "feeds", "obligation", "notification", "register", "contact", "audit")


class Keys(NamedTuple):
    """What the register has for an address: an armoured OpenPGP key and a certificate in PEM, "" where it has none."""

    openpgp: str = ""
    smime: str = ""


KeysOf = Callable[[str], Keys]
Make = Callable[..., EmailMessage]
Protected = openpgp.ProtectedMessage | smime.ProtectedMessage


def no_keys(_address: str) -> Keys:
    return Keys()


class KeyUnfit(Refused):
    """The receiver's key cannot be used: nothing leaves in the open instead."""


def is_protected(kind: str) -> bool:
    """Whether a mail of this kind is signed where the team has a key."""
    return kind.split(".", 1)[0].split("_", 1)[0] in KINDS


def unfit_key() -> str:
    """The code of why a key of the team that is named cannot be used; "" where all of them can, or none is named."""
    try:
        openpgp.team_key()
        smime.team_identity()
    except Refused as refusal:
        return refusal.code
    return ""


def maker_for(kind: str, address: str, keys_of: KeysOf) -> Make:
    """What makes the message of a mail of that kind to that address. Raises KeyUnfit, and Refused where the team's own key cannot be
    used: those of both kinds have to be sound, so that nothing leaves unsigned by a slip."""
    if not is_protected(kind):
        return EmailMessage
    key, identity = openpgp.team_key(), smime.team_identity()
    if key is None and identity is None:
        return EmailMessage
    theirs = keys_of(address)
    try:
        if key is not None and theirs.openpgp:
            return partial(openpgp.ProtectedMessage, key=key, receivers=[openpgp.certificate(theirs.openpgp)])
        if identity is not None and theirs.smime:
            return partial(smime.ProtectedMessage, identity=identity, receivers=[smime.certificate(theirs.smime)])
    except Refused as refusal:
        words = {"address": address, "words": str(refusal.sentence)}
        raise KeyUnfit(_("%(address)s: %(words)s") % words, code="key_unfit") from refusal
    if identity is not None:
        return partial(smime.ProtectedMessage, identity=identity)
    assert key is not None  # else it would have left above
    return partial(openpgp.ProtectedMessage, key=key)
