"""What somebody has answered so far, carried in the form itself: signed, compressed, and limited in size.

Nothing is kept on the server until the report is sent, but for the files. So the form works in a frame of another site, where
browsers refuse cookies, and going back loses nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.core import signing
from django.utils.crypto import salted_hmac

from floreo.core import clock
from floreo.core.links import hash_of
from floreo.incidents.logic import new_report_reference
from floreo.incidents.spooled import Staged

LARGEST = 120_000  # characters of the hidden field
LONGEST = 20_000  # characters of one answer that are carried; more than any field takes, so that a text too long comes back whole
_SALT = "floreo.portal.reporting"


class Unreadable(Exception):  # noqa: N818 -- says what the field is
    """The hidden field is not one that we made."""


@dataclass
class Answers:
    """`values` are as typed, by the name of their field; `key` is drawn once for each report, so that sending it twice is known."""

    key: str
    reference: str
    values: dict[str, str] = field(default_factory=dict)
    files: list[Staged] = field(default_factory=list)
    is_checking: bool = False  # the last page was reached: from a changed answer it goes back there

    @classmethod
    def begin(cls) -> Answers:
        return cls(secrets.token_urlsafe(16), new_report_reference(clock.machine().year))

    @property
    def secret(self) -> str:
        """Of the reporter's link: follows from the key, and is in no page before the last."""
        return salted_hmac(f"{_SALT}.link", self.key, algorithm="sha256").hexdigest()[:32]

    @property
    def link_hash(self) -> str:
        return hash_of(self.secret)

    def put(self, name: str, text: str) -> None:
        self.values.pop(name, None)
        if text:
            self.values[name] = text[:LONGEST]

    def dumps(self) -> str:
        plain = {
            "k": self.key,
            "r": self.reference,
            "v": self.values,
            "f": [[each.name, each.sha256, each.size] for each in self.files],
            "c": self.is_checking,
        }
        return signing.dumps(plain, salt=_SALT, compress=True)


def loads(text: str) -> Answers:
    """Raises Unreadable for what we did not sign. The signature is checked before anything is unpacked."""
    if len(text) > LARGEST:
        raise Unreadable
    try:
        plain = signing.loads(text, salt=_SALT)
        files = [Staged(name, digest, size) for name, digest, size in plain["f"]]
        return Answers(plain["k"], plain["r"], plain["v"], files, plain["c"])
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise Unreadable from error
