"""S/MIME (RFC 8551) by `cryptography`: signatures and encryption of mail with certificates of an authority, as most mail programs check
them without anything installed.

The team's private key and its certificate, with those between it and the authority, lie in the PEM file that FLOREO_SMIME_KEY names, without
a password, where only the worker reads. What is wrong with one is said in a sentence (`Refused`), when somebody enters it and again when
a mail is to leave. Whether an authority vouches for a certificate is not asked here: the receiver's program decides whom it trusts."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.exact_mail import Exact, bytes_of, parted

LONGEST = 50_000  # characters of a certificate in PEM
_FEWEST_BITS = 2048
_BINARY = pkcs7.PKCS7Options.Binary  # what is signed has its line ends already
_USES = {ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


@dataclass(frozen=True)
class Certificate:
    """A certificate that can be used for mail now. `fingerprint`: SHA-256 in capital letters; `addresses` as it names them."""

    fingerprint: str
    addresses: tuple[str, ...]
    issuer: str
    expires_at: datetime
    pem: str = field(repr=False)
    _cert: x509.Certificate = field(repr=False, compare=False)


@dataclass(frozen=True)
class TeamIdentity:
    """The team's own certificate with its private key, and those between it and the authority."""

    certificate: Certificate
    _key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False, compare=False)
    _between: tuple[x509.Certificate, ...] = field(repr=False, compare=False)

    def signature_of(self, data: bytes) -> bytes:
        """A detached signature over the bytes: CMS, DER."""
        made = pkcs7.PKCS7SignatureBuilder().set_data(data)
        made = made.add_signer(self.certificate._cert, self._key, hashes.SHA256())
        for each in self._between:
            made = made.add_certificate(each)
        return made.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, _BINARY])

    def encrypted(self, data: bytes, receivers: Iterable[Certificate]) -> bytes:
        """For the receivers, and for the team itself where its key is one for encryption: CMS, DER, AES-256."""
        made = pkcs7.PKCS7EnvelopeBuilder().set_data(data).set_content_encryption_algorithm(algorithms.AES256)
        own = [self.certificate] if isinstance(self._key, rsa.RSAPrivateKey) else []
        for each in (*receivers, *own):
            made = made.add_recipient(each._cert)
        return made.encrypt(serialization.Encoding.DER, [_BINARY])


def certificate(text: str, *, for_encryption: bool = True) -> Certificate:
    """A certificate as somebody gave it, in PEM. Refuses what cannot be read, holds a private key, is not for mail, is not valid now, and
    where it is wanted, one for which nothing can be encrypted."""
    text = text[: LONGEST + 1].strip()
    if "PRIVATE KEY-----" in text:
        sentence = _("This is a private key, which nobody else may have. Paste the certificate, and get a new one.")
        raise Refused(sentence, code="private_key")
    try:
        (cert,) = x509.load_pem_x509_certificates(text.encode())
    except ValueError as wrong:
        sentence = _("This is not one certificate. Paste it whole, from BEGIN CERTIFICATE to END CERTIFICATE.")
        raise Refused(sentence, code="no_certificate") from wrong
    return _described(cert, for_encryption=for_encryption)


def _described(cert: x509.Certificate, *, for_encryption: bool) -> Certificate:
    now = clock.machine()
    if cert.not_valid_after_utc <= now:
        words = {"day": cert.not_valid_after_utc.date().isoformat()}
        raise Refused(_("This certificate expired on %(day)s. Ask for the new one.") % words, code="expired")
    if cert.not_valid_before_utc > now:
        words = {"day": cert.not_valid_before_utc.date().isoformat()}
        raise Refused(_("This certificate is not valid before %(day)s.") % words, code="not_yet")
    if not _is_for_mail(cert):
        raise Refused(_("This certificate is not for e-mail. Ask for an S/MIME certificate."), code="not_for_mail")
    if for_encryption and not _is_rsa(cert):
        sentence = _(
            "Nothing can be encrypted for this certificate. Ask for one with an RSA key of at least 2048 bits."
        )
        raise Refused(sentence, code="cannot_encrypt")
    return Certificate(
        cert.fingerprint(hashes.SHA256()).hex().upper(),
        _addresses(cert),
        _name_of(cert.issuer),
        cert.not_valid_after_utc,
        cert.public_bytes(serialization.Encoding.PEM).decode("ascii"),
        cert,
    )


def _is_for_mail(cert: x509.Certificate) -> bool:
    """Where it says what it is for; one that does not say may be used for all."""
    try:
        uses = cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except ValueError:  # extensions that cannot be read
        return False
    return bool(_USES & set(uses))


def _is_rsa(cert: x509.Certificate) -> bool:
    try:
        key = cert.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return False
    return isinstance(key, rsa.RSAPublicKey) and key.key_size >= _FEWEST_BITS


def _addresses(cert: x509.Certificate) -> tuple[str, ...]:
    try:
        names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [str(each) for each in names.get_values_for_type(x509.RFC822Name)]
    except (x509.ExtensionNotFound, ValueError):
        found = []
    found += [str(each.value) for each in cert.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    return tuple(dict.fromkeys(found))


def _name_of(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string()


def team_identity() -> TeamIdentity | None:
    """The team's certificate with its key; None where none is named. Refuses one that cannot sign now, with what to do."""
    if not settings.SMIME_KEY:
        return None
    place = Path(settings.SMIME_KEY)
    try:
        content = place.read_bytes()
    except OSError as error:
        words = {"path": str(place), "words": error.strerror or ""}
        sentence = (
            _("The team's S/MIME certificate cannot be read at %(path)s: %(words)s. See FLOREO_SMIME_KEY.") % words
        )
        raise Refused(sentence, code="no_team_certificate") from error
    try:
        key = serialization.load_pem_private_key(content, None)
        certs = x509.load_pem_x509_certificates(content)
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        sentence = _(
            "The file that FLOREO_SMIME_KEY names has to hold a private key without a password and its certificate, in PEM."
        )
        raise Refused(sentence, code="no_team_certificate") from wrong
    own = next((each for each in certs if each.public_key() == key.public_key()), None)
    if own is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        sentence = _("No certificate in the file that FLOREO_SMIME_KEY names belongs to its private key (RSA or EC).")
        raise Refused(sentence, code="no_team_certificate")
    try:
        made = _described(own, for_encryption=False)
    except Refused as refusal:
        words = {"words": str(refusal.sentence)}
        raise Refused(_("The team's own certificate: %(words)s") % words, code="bad_team_certificate") from refusal
    return TeamIdentity(made, key, tuple(each for each in certs if each != own))


# Mail (RFC 8551)


class ProtectedMessage(EmailMessage):
    """A mail that leaves signed, or signed and then encrypted for `receivers`. Headers, the subject among them, stay readable."""

    def __init__(
        self, *args: Any, identity: TeamIdentity, receivers: Iterable[Certificate] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.identity, self.receivers = identity, tuple(receivers)

    def message(self, *args: Any, **kwargs: Any) -> Any:
        outer, inner = parted(super().message(*args, **kwargs))
        kind, body = _signed(self.identity, bytes_of(inner))
        if not self.receivers:
            return Exact(outer, kind, body)
        whole = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        return _enveloped(outer, self.identity.encrypted(whole, self.receivers))


def _signed(identity: TeamIdentity, body: bytes) -> tuple[str, bytes]:
    """Content type and body of a multipart/signed."""
    boundary = f"floreo-{secrets.token_hex(16)}"
    line = boundary.encode()
    signature = (
        b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n' + _base64(identity.signature_of(body))
    )
    whole = b"".join(b"--%b\r\n%b\r\n" % (line, part) for part in (body, signature)) + b"--%b--\r\n" % line
    kind = 'multipart/signed; protocol="application/pkcs7-signature"; micalg="sha-256"'
    return f'{kind};\r\n boundary="{boundary}"', whole


def _enveloped(outer: Message, data: bytes) -> Exact:
    outer["Content-Transfer-Encoding"] = "base64"
    outer["Content-Disposition"] = 'attachment; filename="smime.p7m"'
    return Exact(outer, 'application/pkcs7-mime; smime-type=enveloped-data;\r\n name="smime.p7m"', _base64(data))


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")
