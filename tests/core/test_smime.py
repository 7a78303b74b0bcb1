"""Mail signed and encrypted by S/MIME, judged from the outside by OpenSSL, which also makes the certificates; and what is wrong with one."""

from __future__ import annotations

import email
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any

import pysequoia
import pytest
import time_machine
from django.test import override_settings

from floreo.core import smime
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.core.outbox import Attachment, letter
from floreo.core.protection import Keys
from floreo.organisations.actions.register import add_contact, update_contact
from floreo.organisations.models import Organisation
from floreo.organisations.queries import keys_of
from tests.core.mail_server import MailServer, mail_server

OPENSSL = str(shutil.which("openssl"))
TEXT = "Estimada Ana:\n\nEl sitio ñandú.example fue atacado. \nFrom here on: trailing space \n.\n" + "x" * 200 + "\n"
EXTENSIONS = {
    "mail": "extendedKeyUsage=emailProtection\nsubjectAltName=email:{0}\nkeyUsage=digitalSignature,keyEncipherment\n",
    "web": "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:www.example.org\n",
    "any": "subjectAltName=email:{0}\n",
}


def openssl(*arguments: object, given: bytes = b"", is_well: bool = True) -> bytes:
    done = subprocess.run([OPENSSL, *map(str, arguments)], input=given, capture_output=True, check=False)
    assert (done.returncode == 0) == is_well, done.stderr.decode()
    return done.stdout


@dataclass
class Authority:
    """What OpenSSL made in a folder: a root, one between, and certificates of people."""

    folder: Path

    def __post_init__(self) -> None:
        self._pair("root", "rsa:2048")
        openssl(
            "req",
            "-x509",
            "-key",
            self.folder / "root.key",
            "-out",
            self.folder / "root.pem",
            "-subj",
            "/CN=Root",
            "-days",
            9,
        )
        self.signed("between", "rsa:2048", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n", "root")

    def _pair(self, name: str, kind: str) -> None:
        options = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["-algorithm", "RSA"]
        bits = [] if kind == "ec" else ["-pkeyopt", f"rsa_keygen_bits:{kind.partition(':')[2]}"]
        openssl("genpkey", *options, *bits, "-out", self.folder / f"{name}.key")

    def signed(self, name: str, kind: str, extensions: str, by: str = "between", days: int = 5) -> str:
        """Its certificate in PEM."""
        self._pair(name, kind)
        at = self.folder
        (at / f"{name}.ext").write_text(extensions)
        asked = openssl("req", "-new", "-key", at / f"{name}.key", "-subj", f"/CN={name}")
        openssl(
            *("x509", "-req", "-CA", at / f"{by}.pem", "-CAkey", at / f"{by}.key", "-CAcreateserial", "-days", days),
            *("-extfile", at / f"{name}.ext", "-out", at / f"{name}.pem"),
            given=asked,
        )
        return (at / f"{name}.pem").read_text()

    def text(self, *names: str) -> str:
        return "".join((self.folder / name).read_text() for name in names)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.signed("team", "rsa:2048", EXTENSIONS["mail"].format("csirt@floreo.example"))
    made.signed("team_ec", "ec", EXTENSIONS["mail"].format("csirt@floreo.example"))
    made.signed("ana", "rsa:2048", EXTENSIONS["mail"].format("ana@water.example"))
    return made


@pytest.fixture(params=["team", "team_ec"])
def key_file(authority: Authority, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    place = tmp_path / "team.pem"
    place.write_text(authority.text(f"{request.param}.key", f"{request.param}.pem", "between.pem"))
    with override_settings(SMIME_KEY=str(place)):
        yield place


def sent(kind: str, keys: Keys | None = None, **more: Any) -> tuple[list[bytes], OutboxMail]:
    """What reached the mail server byte for byte, and the mail in the outbox after."""

    class Raw(MailServer):
        raw: list[bytes] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.raw.append(envelope.content)
            return "250 OK"

    server = Raw()
    server.raw = []
    mail = letter(to="ana@water.example", subject="[TLP:AMBER] señal", text=TEXT, kind=kind, **more)
    mail.save()
    with mail_server(server):
        deliver_due(lambda _address: keys or Keys())
    mail.refresh_from_db()
    return server.raw, mail


def verified(raw: bytes, authority: Authority, *, is_well: bool = True) -> bytes:
    """What OpenSSL gives of a signed mail that chains to the root."""
    root = authority.folder / "root.pem"
    return openssl("cms", "-verify", "-CAfile", root, "-purpose", "smimesign", given=raw, is_well=is_well)


@pytest.mark.long
@pytest.mark.django_db
def test_a_notice_leaves_signed_and_openssl_says_so(key_file: Path, authority: Authority) -> None:
    (raw,), mail = sent("feeds.notice", attachment=Attachment("findings.csv", "a,b\nñ,1 \n"))
    assert (mail.state, mail.is_signed, mail.is_encrypted) == (MailState.SENT, True, False)
    assert max(raw) < 128
    inner = email.message_from_bytes(verified(raw, authority), policy=policy.default)
    text, csv = inner.iter_parts()
    assert text.get_content().replace("\r\n", "\n").strip() == TEXT.strip()
    assert (csv.get_filename(), csv.get_content().replace("\r\n", "\n").strip()) == ("findings.csv", "a,b\nñ,1")
    verified(raw.replace(b"atacado", b"salvado"), authority, is_well=False)
    message = email.message_from_bytes(raw, policy=policy.default)
    assert (message.get_content_type(), message.get_param("micalg")) == ("multipart/signed", "sha-256")
    assert (message["Subject"], message["Message-ID"]) == ("[TLP:AMBER] señal", mail.message_id)


@pytest.mark.django_db
def test_to_whom_has_a_certificate_it_is_encrypted_and_openssl_reads_it(key_file: Path, authority: Authority) -> None:
    (raw,), mail = sent("feeds.notice", Keys(smime=authority.text("ana.pem")))
    assert (mail.state, mail.is_signed, mail.is_encrypted) == (MailState.SENT, True, True)
    assert b"atacado" not in raw
    message = email.message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "application/pkcs7-mime"
    at = authority.folder
    opened = openssl("cms", "-decrypt", "-recip", at / "ana.pem", "-inkey", at / "ana.key", given=raw)
    inner = email.message_from_bytes(verified(opened, authority), policy=policy.default)
    assert str(inner.get_content()).replace("\r\n", "\n").strip() == TEXT.strip()
    openssl("cms", "-decrypt", "-recip", at / "root.pem", "-inkey", at / "root.key", given=raw, is_well=False)
    identity = smime.team_identity()
    assert identity is not None
    if identity.certificate == smime.certificate(authority.text("team.pem")):  # an RSA key: the team reads what it sent
        openssl("cms", "-decrypt", "-recip", at / "team.pem", "-inkey", at / "team.key", given=raw)


@pytest.mark.long
@pytest.mark.django_db
def test_which_key_protects_which_mail(key_file: Path, authority: Authority, tmp_path: Path) -> None:
    ours = tmp_path / "key.asc"
    ours.write_text(str(pysequoia.Tsk.generate("CSIRT <csirt@floreo.example>")))
    theirs = str(pysequoia.Tsk.generate("ana@water.example").extract_certificate())
    ana = authority.text("ana.pem")
    with override_settings(PGP_KEY=str(ours)):
        kinds = [
            email.message_from_bytes(sent(kind, keys)[0][0]).get_content_type()
            for kind, keys in (
                ("feeds.notice", Keys()),
                ("feeds.notice", Keys(openpgp=theirs, smime=ana)),
                ("case.message", Keys(smime=ana)),
                ("review.asked", Keys(openpgp=theirs, smime=ana)),
            )
        ]
    assert kinds == ["multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "text/plain"]
    assert (
        email.message_from_bytes(sent("feeds.notice", Keys(openpgp=theirs))[0][0]).get_content_type()
        == "multipart/signed"
    )


@pytest.mark.long
@pytest.mark.django_db
def test_where_a_certificate_cannot_be_used_nothing_leaves_in_the_open(key_file: Path, authority: Authority) -> None:
    raw, mail = sent("feeds.notice", Keys(smime="no certificate"))
    assert (raw, mail.state) == ([], MailState.STUCK)
    assert mail.last_error.startswith("ana@water.example: This is not one certificate.")
    key_file.write_text("nothing")
    raw, mail = sent("feeds.notice")
    assert (raw, mail.state) == ([], MailState.WAITING)
    assert "a private key without a password and its certificate" in mail.last_error


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("kind", "extensions", "sentence"),
    [
        ("rsa:2048", EXTENSIONS["web"], "not for e-mail"),
        ("ec", EXTENSIONS["mail"].format("a@b.example"), "Nothing can be encrypted"),
        ("rsa:1024", EXTENSIONS["mail"].format("a@b.example"), "Nothing can be encrypted"),
        ("rsa:2048", EXTENSIONS["any"].format("a@b.example"), ""),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    authority: Authority, kind: str, extensions: str, sentence: str
) -> None:
    text = authority.signed("other", kind, extensions)
    if not sentence:
        assert smime.certificate(f"\n{text}\n").addresses == ("a@b.example",)
        return
    with pytest.raises(Refused, match=sentence):
        smime.certificate(text)


def test_what_is_no_certificate_or_is_not_valid_now_is_refused(authority: Authority) -> None:
    ana = authority.text("ana.pem")
    for text, sentence in (
        ("hello", "This is not one certificate"),
        (ana + ana, "This is not one certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "This is not one certificate"),
        (ana + authority.text("ana.key"), "This is a private key"),
        ("x" * 1_000_000, "This is not one certificate"),
    ):
        with pytest.raises(Refused, match=sentence):
            smime.certificate(text)
    with time_machine.travel(smime.certificate(ana).expires_at), pytest.raises(Refused, match="expired on"):
        smime.certificate(ana)
    with time_machine.travel("2020-01-01"), pytest.raises(Refused, match="not valid before"):
        smime.certificate(ana)


@pytest.mark.long
def test_what_is_wrong_with_our_own_is_said(authority: Authority, tmp_path: Path) -> None:
    place = tmp_path / "team.pem"
    with override_settings(SMIME_KEY=str(place)):
        with pytest.raises(Refused, match="cannot be read at"):
            smime.team_identity()
        for names, sentence in (
            (("team.pem",), "has to hold a private key"),
            (("team.key",), "has to hold a private key"),
            (("team.key", "ana.pem"), "No certificate in the file"),
        ):
            place.write_text(authority.text(*names))
            with pytest.raises(Refused, match=sentence):
                smime.team_identity()
        place.write_text(authority.text("between.pem", "team.pem", "team.key"))  # in any order
        assert smime.team_identity().certificate.addresses == ("csirt@floreo.example",)  # type: ignore[union-attr]
    with override_settings(SMIME_KEY=""):
        assert smime.team_identity() is None


@pytest.mark.django_db
def test_a_contact_of_the_register_has_a_certificate_that_can_be_used(authority: Authority) -> None:
    who = Organisation.objects.create(code="water", name="Water", kind="ministry")
    ana = authority.text("ana.pem")
    contact = add_contact(who, by=SYSTEM, purpose="Abuse", email="Ana@water.example", smime_certificate=f"\n{ana}\n")
    assert keys_of("ana@WATER.example") == Keys("", smime.certificate(ana).pem)
    with pytest.raises(Refused) as caught:
        update_contact(contact, by=SYSTEM, smime_certificate="none")
    assert list(caught.value.fields) == ["smime_certificate"]
    with time_machine.travel("2040-01-01"):  # an old one stops no other change
        assert update_contact(contact, by=SYSTEM, purpose="Security").purpose == "Security"
