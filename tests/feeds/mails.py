"""Mails with reports, as a sender's server signs them, and the sender's key as the name service gives it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from functools import cache

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from floreo.core.mail_in.senders import Keys

OURS = "feeds@floreo.example"
SELECTOR = "mail"
SIGNED = ("from", "to", "cc", "subject", "content-type", "mime-version")


def mail_from(sender: str, *files: tuple[str, bytes], to: str = OURS, **headers: str) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Reports"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Here they are.")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@cache
def key_of(domain: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key a domain."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def signed(
    raw: bytes,
    domain: str = "feed.example",
    *,
    key: rsa.RSAPrivateKey | None = None,
    headers: Sequence[str] = SIGNED,
    algorithm: str = "rsa-sha256",
    length: bool = False,
) -> bytes:
    pem = (key or key_of(domain)).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    signer = dkim.DKIM(raw, signature_algorithm=algorithm.encode())
    line: bytes = signer.sign(
        SELECTOR.encode(),
        domain.encode(),
        pem,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=list(headers),
        length=length,
    )
    return line + raw


def text_record(key: rsa.RSAPrivateKey, *, flags: str = "") -> bytes:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=rsa;" + flags.encode() + b" p=" + base64.b64encode(public)


def keys_of(*domains: str) -> Keys:
    """A name service that knows the keys of these domains."""
    records = {f"{SELECTOR}._domainkey.{domain}.": text_record(key_of(domain)) for domain in domains}
    return records.get
