"""OpenPGP by `pysequoia`, which only this module knows and loads late: signatures, encryption, and mail by RFC 3156.

The team's key lies in the file that FLOREO_PGP_KEY names, without a password, where only the worker reads. What is wrong with a key is
said in a sentence (`Refused`), when somebody enters it and again when a mail is to leave. Times are those of the library: the
machine's own clock judges whether a key has expired."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.exact_mail import Exact, bytes_of, crlf, parted

LONGEST_KEY = 200_000  # characters of an armoured key
_TRIAL = b"May it be encrypted for?"


@dataclass(frozen=True)
class Certificate:
    """A public key that can be used now. `fingerprint` in capital letters; `expires_at` None: never."""

    fingerprint: str
    names: tuple[str, ...]
    expires_at: datetime | None
    armoured: str = field(repr=False)
    _cert: Any = field(repr=False, compare=False)


@dataclass(frozen=True)
class TeamKey:
    """The team's own key: signs, and is among those for whom the team's mail is encrypted, so that the team can read it."""

    certificate: Certificate
    _tsk: Any = field(repr=False, compare=False)

    def sign(self, data: bytes) -> str:
        """A detached signature over the bytes, armoured."""
        from pysequoia import SignatureMode, sign  # late: here and below, of the worker and of who enters a key

        return bytes(sign(self._tsk.signer(), data, mode=SignatureMode.DETACHED)).decode()

    def signed_and_encrypted(self, data: bytes, receivers: Iterable[Certificate]) -> str:
        from pysequoia import encrypt  # late: as above

        all_of_them = [each._cert for each in (*receivers, self.certificate)]
        return bytes(encrypt(data, recipients=all_of_them, signer=self._tsk.signer())).decode()


def certificate(text: str, *, for_encryption: bool = True) -> Certificate:
    """A public key as somebody gave it. Refuses one that cannot be read, is a private key, has expired or was revoked, and where it
    is wanted, one for which nothing can be encrypted."""
    from pysequoia import Cert, encrypt  # late: as above

    try:
        (cert,) = Cert.split_bytes(text[: LONGEST_KEY + 1].strip().encode())
    except Exception as wrong:  # bytes from outside in a library that raises what it likes
        sentence = _("This is not one OpenPGP public key. Paste it whole, from BEGIN PGP PUBLIC KEY BLOCK to END.")
        raise Refused(sentence, code="no_key") from wrong
    if cert.has_secret_keys:
        sentence = _("This is a private key, which nobody else may have. Paste the public key, and make a new pair.")
        raise Refused(sentence, code="private_key")
    made = _described(cert)
    if for_encryption:
        try:
            encrypt(_TRIAL, recipients=[cert])
        except Exception as wrong:  # as above
            sentence = _("Nothing can be encrypted with this OpenPGP key. Ask for one with a part for encryption.")
            raise Refused(sentence, code="cannot_encrypt") from wrong
    return made


def _described(cert: Any) -> Certificate:
    """Refuses one that may not be used any more."""
    try:
        revoked, expires = bool(cert.is_revoked), cert.expiration
        names = tuple(str(each) for each in cert.user_ids)
    except Exception as wrong:  # as above: a key whose own signatures do not hold, as one by SHA-1
        sentence = _("This OpenPGP key is too old or damaged: its own signatures are not accepted any more.")
        raise Refused(sentence, code="bad_key") from wrong
    if revoked:
        raise Refused(_("This OpenPGP key was revoked by its owner. Ask for the new one."), code="revoked")
    if expires is not None and expires <= clock.machine():
        words = {"day": expires.date().isoformat()}
        raise Refused(_("This OpenPGP key expired on %(day)s. Ask for the new one.") % words, code="expired")
    return Certificate(str(cert.fingerprint).upper(), names, expires, str(cert), cert)


def team_key() -> TeamKey | None:
    """The team's key; None where none is named. Refuses one that cannot sign now, with what to do."""
    if not settings.PGP_KEY:
        return None
    from pysequoia import Cert, Tsk  # late: as above

    place = Path(settings.PGP_KEY)
    try:
        content = place.read_bytes()
    except OSError as error:
        words = {"path": str(place), "words": error.strerror or ""}
        sentence = _("The team's OpenPGP key cannot be read at %(path)s: %(words)s. See FLOREO_PGP_KEY.") % words
        raise Refused(sentence, code="no_team_key") from error
    try:
        tsk = Tsk.from_bytes(content) if Cert.from_bytes(content).has_secret_keys else None
    except Exception as wrong:  # whatever the library raises for what is no key
        raise _none() from wrong
    if tsk is None:
        raise _none()
    try:
        made = _described(tsk.extract_certificate())
        tsk.signer()
    except Refused as refusal:
        words = {"words": str(refusal.sentence)}
        raise Refused(_("The team's own key: %(words)s") % words, code="bad_team_key") from refusal
    except Exception as wrong:  # as above
        sentence = _("The team's OpenPGP key cannot sign, or has a password. Export it without one.")
        raise Refused(sentence, code="bad_team_key") from wrong
    return TeamKey(made, tsk)


def _none() -> Refused:
    return Refused(_("The file that FLOREO_PGP_KEY names holds no OpenPGP private key."), code="no_team_key")


# Mail (RFC 3156)


class ProtectedMessage(EmailMessage):
    """A mail that leaves signed, or signed and encrypted for `receivers`. Headers, the subject among them, stay readable."""

    def __init__(self, *args: Any, key: TeamKey, receivers: Iterable[Certificate] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key, self.receivers = key, tuple(receivers)

    def message(self, *args: Any, **kwargs: Any) -> Any:
        plain = super().message(*args, **kwargs)
        outer, inner = parted(plain)
        body = bytes_of(inner)
        boundary = f"floreo-{secrets.token_hex(16)}"
        if self.receivers:
            text = self.key.signed_and_encrypted(body, self.receivers)
            kind = 'multipart/encrypted; protocol="application/pgp-encrypted"'
            parts = [
                b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
                b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n' + crlf(text),
            ]
        else:
            text = self.key.sign(body)
            kind = f'multipart/signed; micalg="{_hash_name(text)}"; protocol="application/pgp-signature"'
            parts = [body, b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n' + crlf(text)]
        line = boundary.encode()
        whole = b"".join(b"--%b\r\n%b\r\n" % (line, part) for part in parts) + b"--%b--\r\n" % line
        return Exact(outer, f'{kind};\r\n boundary="{boundary}"', whole)


def _hash_name(signature: str) -> str:
    from pysequoia import Sig  # late: as above

    name = str(Sig.from_bytes(signature.encode()).hash_algorithm).rpartition(".")[2]
    return f"pgp-{name.lower().replace('-', '')}"
