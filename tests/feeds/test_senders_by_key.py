"""A mail that its sender signed with OpenPGP (RFC 3156) counts by what was signed, and by nothing else that is in it. GnuPG makes the
key and the signature where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pysequoia
import pytest
from django.test import override_settings

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.mail_in.reading import parse_mail
from floreo.feeds.actions.collect import take_mail
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.models import Feed, FeedFile, HeldFile
from tests.feeds.mails import OURS, mail_from, signed
from tests.feeds.making import name_of, report

DAY = date(2026, 11, 20)
SENDER = "reports@feed.example"
FILE = (name_of(DAY), report(DAY, ["192.0.2.1"]))
OTHER = (name_of(DAY - timedelta(days=1)), report(DAY - timedelta(days=1), []))
HEAD = "From: {sender}\r\nTo: {to}\r\nSubject: Reports\r\nMIME-Version: 1.0\r\n"
Sign = Callable[[bytes], bytes]


@pytest.fixture
def feed(db: None, feeds_folder: Path) -> Iterator[Feed]:
    with override_settings(FEED_ADDRESSES=[OURS]):
        yield make_feed("Mailed", by=SYSTEM, collector="mail", place=SENDER, format="shadowserver")


def content_of(*files: tuple[str, bytes]) -> bytes:
    """The part that is signed, with lines as a signature covers them."""
    plain = mail_from(SENDER, *files)
    head, _gap, body = plain.partition(b"\r\n\r\n")
    kept = [line for line in head.replace(b"\r\n ", b" ").split(b"\r\n") if line.lower().startswith(b"content-")]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body.rstrip(b"\r\n")


def mail_of(content: bytes, signature: bytes, *, extra: bytes = b"", after: bytes = b"", name: str = "x.asc") -> bytes:
    head = HEAD.format(sender=SENDER, to=OURS).encode()
    head += b'Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary="sig"\r\n\r\n'
    attached = (
        f'Content-Type: application/pgp-signature; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"'
    )
    parts = [content, attached.encode() + b"\r\n\r\n" + signature.replace(b"\n", b"\r\n")]
    text = b"".join(b"--sig\r\n" + part + b"\r\n" for part in parts)
    return head + extra + text + b"--sig--\r\n" + after


def signer(key: Any) -> Sign:
    from pysequoia import SignatureMode, sign

    return lambda data: bytes(sign(key.signer(), data, mode=SignatureMode.DETACHED))


@pytest.fixture(scope="module")
def key() -> Any:
    return pysequoia.Tsk.generate("Reports <reports@feed.example>")


def with_key(feed: Feed, key: Any) -> Feed:
    return change_feed(feed, by=SYSTEM, sender_key=str(key.extract_certificate()))


def taken(raw: bytes) -> int | None:
    return take_mail(parse_mail(raw), by=SYSTEM, keys=lambda _name: None)


def test_what_the_sender_signed_is_taken_in(feed: Feed, key: Any) -> None:
    content = content_of(FILE)
    raw = mail_of(content, signer(key)(content))
    assert taken(raw) == 0  # the feed has no key: held
    assert HeldFile.objects.get().reason == "unsigned"
    with_key(feed, key)
    assert taken(raw) == 1
    assert FeedFile.objects.get().name == FILE[0]
    assert taken(raw) == 0  # sent again, it is the same file


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "attack", ["changed", "other_key", "before", "after", "outer", "signature_file", "two_boundaries"]
)
def test_what_nobody_signed_is_not_read(feed: Feed, key: Any, attack: str) -> None:
    """Files of an attacker in a mail whose signed part is a genuine one of the sender's."""
    feed = with_key(feed, key)
    content = content_of(FILE)
    signature = signer(key)(content)
    forged = b"--sig\r\n" + content_of(OTHER) + b"\r\n"
    raw = mail_of(content, signature)
    if attack == "changed":
        raw = raw.replace(b"Here they are", b"Here they were")
    elif attack == "other_key":
        raw = mail_of(content, signer(pysequoia.Tsk.generate("Reports <reports@feed.example>"))(content))
    elif attack == "before":
        raw = mail_of(content, signature, extra=forged)
    elif attack == "after":
        raw = mail_of(content, signature, after=forged)
    elif attack == "outer":
        inner = raw.partition(b"Content-Type: multipart/signed")[2]
        whole = b'Content-Type: multipart/mixed; boundary="out"\r\n\r\n' + forged.replace(b"--sig", b"--out")
        raw = HEAD.format(sender=SENDER, to=OURS).encode() + whole
        raw += b"--out\r\nContent-Type: multipart/signed" + inner + b"--out--\r\n"
    elif attack == "signature_file":
        raw = mail_of(content, signature, name=OTHER[0])
    elif attack == "two_boundaries":
        raw = raw.replace(b'boundary="sig"', b'boundary="sig"; boundary="evil"')
        raw = raw.replace(b"--sig\r\n", b"--evil\r\n" + content_of(OTHER) + b"\r\n--evil--\r\n--sig\r\n", 1)
    taken(raw)
    assert set(FeedFile.objects.values_list("name", flat=True)) <= {FILE[0]}
    assert not FeedFile.objects.filter(name=OTHER[0]).exists()


def test_a_key_that_cannot_be_used_is_refused_and_later_proves_nothing(
    feed: Feed, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong, words in (("no key", "not one OpenPGP public key"), (str(key), "private key")):
        with pytest.raises(Refused, match=words) as refused:
            change_feed(feed, by=SYSTEM, sender_key=wrong)
        assert list(refused.value.fields) == ["sender_key"]
    with_key(feed, key)
    content = content_of(FILE)
    raw = mail_of(content, signer(key)(content))

    def expired(_text: str, *, for_encryption: bool = True) -> None:
        raise Refused("This OpenPGP key expired.", code="expired")

    monkeypatch.setattr("floreo.feeds.actions.collect.certificate", expired)
    assert taken(raw) == 0
    assert HeldFile.objects.get().reason == "unsigned"


def test_a_mail_signed_by_the_domain_needs_no_key(feed: Feed, key: Any) -> None:
    from tests.feeds.mails import keys_of

    with_key(feed, key)
    raw = signed(mail_from(SENDER, FILE))
    assert take_mail(parse_mail(raw), by=SYSTEM, keys=keys_of("feed.example")) == 1


@pytest.mark.skipif(shutil.which("gpg") is None, reason="GnuPG is not installed")
def test_a_mail_that_gnupg_signed_is_taken_in(feed: Feed) -> None:
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o700)

        def gpg(*words: str, given: bytes = b"") -> bytes:
            command = ["gpg", "--homedir", name, "--batch", "--yes", "--passphrase", "", "--pinentry-mode", "loopback"]
            return subprocess.run([*command, *words], input=given, capture_output=True, check=True).stdout

        gpg("--quick-generate-key", f"Reports <{SENDER}>", "default", "default", "never")
        change_feed(feed, by=SYSTEM, sender_key=gpg("--armor", "--export").decode())
        content = content_of(FILE)
        raw = mail_of(content, gpg("--armor", "--detach-sign", "--digest-algo", "SHA256", given=content))
        subprocess.run(["gpgconf", "--homedir", name, "--kill", "all"], check=False)
    assert taken(raw) == 1
    assert taken(raw.replace(b"Here they are", b"Here they were")) == 0
    assert HeldFile.objects.count() == 1
