"""Mail that is signed and encrypted, judged from the outside by GnuPG where it is installed; and what is wrong with a key."""

from __future__ import annotations

import email
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pysequoia
import pytest
from django.test import override_settings

from floreo.core import openpgp
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import Refused
from floreo.core.mail_in.pgp import signed_part, signers_in_a_cage
from floreo.core.models import MailState, OutboxMail
from floreo.core.outbox import Attachment, letter
from floreo.core.protection import Keys
from floreo.organisations.actions.register import add_contact, update_contact
from floreo.organisations.models import Contact, Organisation
from floreo.organisations.queries import openpgp_key_of
from tests.core.mail_server import MailServer, mail_server

GPG = shutil.which("gpg")
needs_gpg = pytest.mark.skipif(GPG is None, reason="GnuPG is not installed")
TEXT = "Estimada Ana:\n\nEl sitio ñandú.example fue atacado. \nFrom here on: trailing space \n.\n" + "x" * 200 + "\n"


@pytest.fixture(scope="module")
def team() -> Any:
    return pysequoia.Tsk.generate("CSIRT <csirt@floreo.example>")


@pytest.fixture
def key_file(team: Any, tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "key.asc"
    place.write_text(str(team))
    with override_settings(PGP_KEY=str(place)):
        yield place


@pytest.fixture
def gpg_home() -> Iterator[Path]:
    """A short path: the agent's socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name:
        Path(name).chmod(0o700)
        yield Path(name)
        if shutil.which("gpgconf"):
            subprocess.run(["gpgconf", "--homedir", name, "--kill", "all"], check=False)


def gpg(home: Path, *arguments: str, given: bytes = b"") -> tuple[bytes, str]:
    done = subprocess.run(
        [
            str(GPG),
            "--homedir",
            str(home),
            "--batch",
            "--yes",
            "--trust-model",
            "always",
            "--status-fd",
            "2",
            *arguments,
        ],
        input=given,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr.decode("utf-8", "replace")


def sent(kind: str, key_of: dict[str, str] | None = None, **more: Any) -> tuple[list[bytes], OutboxMail]:
    """What reached the mail server byte for byte, and the mail in the outbox after."""

    class Raw(MailServer):
        raw: list[bytes] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.raw.append(envelope.content)
            return "250 OK"

    server = Raw()
    server.raw = []
    mail = letter(to="ana@water.example", subject="[TLP:AMBER] INC-2026-0001 señal", text=TEXT, kind=kind, **more)
    mail.save()
    with mail_server(server):
        deliver_due(lambda address: Keys(openpgp=(key_of or {}).get(address, "")))
    mail.refresh_from_db()
    return server.raw, mail


def read_text(message: Any) -> str:
    return str(message.get_content())


@pytest.mark.django_db
@needs_gpg
def test_a_mail_of_a_case_leaves_signed_and_gnupg_says_so(key_file: Path, team: Any, gpg_home: Path) -> None:
    (raw,), mail = sent("case.message", attachment=Attachment("hosts.csv", "a,b\nñ,1 \n"))
    assert (mail.state, mail.is_signed, mail.is_encrypted) == (MailState.SENT, True, False)
    assert max(raw) < 128
    found = signed_part(raw)
    assert found is not None
    data, signature = found
    gpg(gpg_home, "--import", given=str(team.extract_certificate()).encode())
    (gpg_home / "data").write_bytes(data)
    _out, status = gpg(gpg_home, "--verify", "-", str(gpg_home / "data"), given=signature)
    assert f"VALIDSIG {openpgp.team_key().certificate.fingerprint}" in status or "GOODSIG" in status  # type: ignore[union-attr]
    (gpg_home / "data").write_bytes(data.replace(b"atacado", b"salvado"))
    assert "BADSIG" in gpg(gpg_home, "--verify", "-", str(gpg_home / "data"), given=signature)[1]

    message = email.message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "[TLP:AMBER] INC-2026-0001 señal"
    assert (message["Message-ID"], message["Auto-Submitted"]) == (mail.message_id, "auto-generated")
    assert message.get_content_type() == "multipart/signed"
    assert message.get_param("micalg") == "pgp-sha512"
    inner, _signature = message.iter_parts()
    text, csv = inner.iter_parts()
    assert text.get_content().replace("\r\n", "\n").strip() == TEXT.strip()
    assert csv.get_content().replace("\r\n", "\n").strip() == "a,b\nñ,1"


@pytest.mark.django_db
@needs_gpg
def test_to_whom_has_a_key_it_is_encrypted_and_gnupg_reads_it(key_file: Path, team: Any, gpg_home: Path) -> None:
    gpg(gpg_home, "--passphrase", "", "--quick-gen-key", "ana@water.example", "default", "default", "1y")
    public = gpg(gpg_home, "--armor", "--export", "ana@water.example")[0].decode()
    assert openpgp.certificate(public).names == ("ana@water.example",)
    (raw,), mail = sent("advisory.published", {"ana@water.example": public})
    assert (mail.state, mail.is_signed, mail.is_encrypted) == (MailState.SENT, True, True)
    assert b"atacado" not in raw
    message = email.message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/encrypted"
    version, box = message.iter_parts()
    packed: Any = box.get_payload(decode=True)
    assert version.get_content_type() == "application/pgp-encrypted"
    gpg(gpg_home, "--import", given=str(team.extract_certificate()).encode())
    out, status = gpg(gpg_home, "--decrypt", given=packed)
    assert "GOODSIG" in status
    assert "DECRYPTION_OKAY" in status
    read = email.message_from_bytes(out, policy=policy.default)
    assert read_text(read).replace("\r\n", "\n").strip() == TEXT.strip()
    own = pysequoia.decrypt(packed, team.decryptor())
    assert own.bytes is not None  # the team can read what it sent


@pytest.mark.django_db
def test_other_mail_and_mail_without_a_key_leave_as_before(key_file: Path) -> None:
    (raw,), _mail = sent("invitation")
    assert b"multipart/signed" not in raw
    with override_settings(PGP_KEY=""):
        (raw,), mail = sent("case.message")
    assert (b"multipart/signed" in raw, mail.is_signed) == (False, False)


@pytest.mark.django_db
def test_where_a_key_cannot_be_used_nothing_leaves_in_the_open(key_file: Path, team: Any) -> None:
    raw, mail = sent("case.message", {"ana@water.example": "no key"})
    assert (raw, mail.state) == ([], MailState.STUCK)
    assert mail.last_error.startswith("ana@water.example: This is not one OpenPGP public key.")
    key_file.write_text("nothing")
    raw, mail = sent("case.message")
    assert (raw, mail.state) == ([], MailState.WAITING)
    assert mail.last_error == "The file that FLOREO_PGP_KEY names holds no OpenPGP private key."


def expired() -> str:
    made = pysequoia.Tsk.generate("old@floreo.example")
    cert = made.extract_certificate()
    from datetime import UTC, datetime

    return str(cert.set_expiration(datetime.now(UTC) - timedelta(seconds=1), made.certifier()))


def revoked() -> str:
    made = pysequoia.Tsk.generate("gone@floreo.example")
    cert = made.extract_certificate()
    return str(pysequoia.Cert.from_bytes(bytes(cert) + bytes(cert.revoke(made.certifier()))))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: "hello", "This is not one OpenPGP public key"),
        (lambda: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----", "This is not one"),
        (lambda: str(pysequoia.Tsk.generate("a@b.example")), "This is a private key"),
        (expired, "This OpenPGP key expired on"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(make: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        openpgp.certificate(make())


def test_what_is_wrong_with_our_own_key_is_said(tmp_path: Path, team: Any) -> None:
    place = tmp_path / "key.asc"
    with override_settings(PGP_KEY=str(place)):
        with pytest.raises(Refused, match="cannot be read at"):
            openpgp.team_key()
        for content in ("", str(team.extract_certificate())):
            place.write_text(content)
            with pytest.raises(Refused, match="holds no OpenPGP private key"):
                openpgp.team_key()
        place.write_bytes(bytes(team))  # not armoured
        assert openpgp.team_key() is not None
    with override_settings(PGP_KEY=""):
        assert openpgp.team_key() is None


@pytest.mark.django_db
def test_a_signed_mail_that_comes_in_is_proven_by_the_key_of_its_sender(key_file: Path, team: Any) -> None:
    (raw,), _mail = sent("case.message")
    ours, other = str(team.extract_certificate()), str(pysequoia.Tsk.generate("x@y.example").extract_certificate())
    fingerprint = openpgp.certificate(ours).fingerprint
    assert signers_in_a_cage(raw, [other, ours]) == (fingerprint,)
    assert signers_in_a_cage(raw, [other]) == ()
    assert signers_in_a_cage(raw.replace(b"Estimada", b"Estimado"), [ours]) == ()
    assert signers_in_a_cage(b"X: 1\r\n" + raw.replace(b"\r\n", b"\n"), [ours]) == (fingerprint,)
    appended = raw.replace(b"Content-Type: application/pgp-signature", b"Content-Type: text/plain\r\n\r\nMore\r\n")
    assert signers_in_a_cage(appended, [ours]) == ()


@pytest.mark.django_db
def test_a_contact_of_the_register_has_a_key_that_can_be_used() -> None:
    who = Organisation.objects.create(code="water", name="Water", kind="ministry")
    good = str(pysequoia.Tsk.generate("ana@water.example").extract_certificate())
    contact = add_contact(who, by=SYSTEM, purpose="Abuse", email="Ana@water.example", openpgp_key=f"\n{good}\n")
    assert openpgp.certificate(openpgp_key_of("ana@WATER.example")).names == ("ana@water.example",)
    with pytest.raises(Refused) as caught:
        update_contact(contact, by=SYSTEM, openpgp_key=str(pysequoia.Tsk.generate("ana@water.example")))
    assert list(caught.value.fields) == ["openpgp_key"]
    Contact.objects.update(openpgp_key=expired())
    contact.refresh_from_db()
    assert (
        update_contact(contact, by=SYSTEM, purpose="Security").purpose == "Security"
    )  # an old key stops no other change
    assert openpgp_key_of("nobody@water.example") == ""
