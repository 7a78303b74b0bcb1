"""Badges from the outside: samples of 1EdTech judged as their names say, ours verified by the library that others use, and each way of
cheating recognised. Nothing is fetched: tests cannot reach the network, and the reader runs in a cage."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.status import check_credential_status
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from floreo.certificates import badges, papers, reading
from floreo.certificates.actions import holding, issuing, signing
from floreo.certificates.actions.signing import statement_of
from floreo.certificates.checking import check_badge, explanation, headline
from floreo.certificates.logic import Verdict
from floreo.certificates.models import Certificate, SigningKey, StatusList
from floreo.certificates.signatures import Signer
from floreo.core import clock
from floreo.core.access import SYSTEM
from tests.certificates.making import SITE, cohort, one, signed
from tests.conftest import SAMPLES

pytestmark = pytest.mark.usefixtures("isla")
FOLDER = SAMPLES / "openbadges"
NAMED = {
    "credential-status-revoked.json": Verdict.UNCHECKED,  # of the standard before; its list is elsewhere: never valid
    "simple-did-key-method.json": Verdict.FOREIGN,
    "simple-err-expired.json": Verdict.FOREIGN_EXPIRED,
    "simple-err-issuer.json": Verdict.BROKEN,
    "simple-err-proof-value.json": Verdict.EDITED,
    "simple-err-type.json": Verdict.BROKEN,
    "simple-json.svg": Verdict.FOREIGN,
    "simple-jwt.png": Verdict.FOREIGN,
    "simple-jwt.svg": Verdict.FOREIGN,
    "simple-multiple-proofs.json": Verdict.FOREIGN,
    "simple.json": Verdict.FOREIGN,
}


@pytest.mark.long
@pytest.mark.skipif(not FOLDER.is_dir(), reason="the samples of 1EdTech are not here")
def test_every_sample_is_judged_as_its_name_says() -> None:
    files = sorted(FOLDER.iterdir())
    assert {file.name: check_badge(file.read_bytes()).verdict for file in files} == NAMED


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the samples of 1EdTech are not here")
def test_one_sample_that_was_changed_is_found_out() -> None:
    text = (FOLDER / "simple.json").read_text(encoding="utf-8")
    assert check_badge(text.replace("Example Corp", "Another Corp").encode()).verdict is Verdict.EDITED


def fetched() -> dict[str, bytes]:
    """What others find at this site."""
    browser = Client()
    return {
        f"{SITE}/.well-known/did.json": browser.get("/.well-known/did.json").content,
        f"{SITE}/certificates/status/1": browser.get("/certificates/status/1").content,
    }


def download(address: str) -> bytes:
    return fetched()[address]


def unreachable(address: str) -> bytes:
    raise OSError(address)


@pytest.mark.long
def test_others_verify_ours_with_what_this_site_serves() -> None:
    made = signed(one())
    document = json.loads(made.credential)
    assert document["issuer"]["id"] == "did:web:floreo.example"
    found = OB3LdpVerifier().verify(document, download=download)
    check_credential_status(found, download=download, verify_list=True)
    token = OB3Verifier.for_issuer_did("did:web:floreo.example", download=download).verify(made.token)
    assert (found.id, token.id) == (f"{SITE}/certificates/{made.code}/",) * 2
    assert found.identifiers[0].identity_hash == made.name
    assert (document["validFrom"], document["validUntil"]) == ("2026-11-03T00:00:00Z", "2028-11-02T23:59:59Z")


def test_signature_and_status_are_two_questions() -> None:
    made = signed(one())
    issuing.revoke(made, by=SYSTEM, reason="Issued twice.")
    signing.sign_due()
    found = OB3LdpVerifier().verify(json.loads(made.credential), download=download)  # the first alone accepts it
    with pytest.raises(OB3VerificationError, match="revocation"):
        check_credential_status(found, download=download, verify_list=True)
    assert check_badge(made.credential.encode()).verdict is Verdict.REVOKED


@pytest.mark.long
def test_a_revoked_badge_that_is_checked_offline_is_unknown_and_never_valid() -> None:
    made = signed(one())
    issuing.revoke(made, by=SYSTEM, reason="Issued twice.")
    found = OB3LdpVerifier(badges.pem_of(SigningKey.objects.get().public_key)).verify(json.loads(made.credential))
    with pytest.raises(OB3VerificationError, match="could not fetch"):
        check_credential_status(found, download=unreachable, verify_list=True)


def test_ours_is_valid_in_each_of_its_forms() -> None:
    made = signed(one())
    forms = {kind: papers.file_of(made, kind) for kind in ("json", "jwt", "svg", "png")}
    assert {kind: check_badge(content).verdict for kind, content in forms.items()} == dict.fromkeys(
        forms, Verdict.VALID
    )


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ana Marea 1", "Eva Marea 1"),
        ("Safe harbours", "Harbour master"),
        ("2028-11-02", "2099-11-02"),
        ("The holder can close a port.", "The holder commands the port."),
        ('"statusListIndex"', '"statusListIndexx"'),
    ],
)
def test_an_edited_badge_is_told_apart(old: str, new: str) -> None:
    made = signed(one())
    assert old in made.credential
    check = check_badge(made.credential.replace(old, new).encode())
    assert check.verdict is Verdict.EDITED
    assert headline(check) == "The signature of this badge does not fit it"


@pytest.mark.long
def test_an_edited_badge_says_in_what_it_differs_from_the_record() -> None:
    made = signed(one())
    check = check_badge(made.credential.replace("Ana Marea 1", "Eva Marea 1").encode())
    assert (check.certificate, check.differs) == (made, ("holder",))


@pytest.mark.long
def test_a_token_with_another_payload_is_told_apart() -> None:
    made = signed(one())
    head, body, signature = made.token.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload["validUntil"] = "2099-01-01T00:00:00Z"
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    assert check_badge(f"{head}.{body}.{signature}".encode()).verdict is Verdict.EDITED


def somebody_elses(made: Certificate, **facts: Any) -> bytes:
    """The same claims, signed with another key."""
    key = Ed25519PrivateKey.generate()
    did = facts.pop("did", badges.key_did(badges.public_of(key)))
    name = facts.pop("name", made.issuer_name)
    signer = Signer(key, badges.Issuer(did, name, facts.pop("url", SITE)))
    statement = statement_of(made)
    fields = statement.__dict__ | facts
    return signer.sign(badges.Statement(**fields), at=clock.machine())[0].encode()


@pytest.mark.long
def test_a_badge_in_our_name_that_we_did_not_sign_is_forged() -> None:
    made = signed(one())
    check = check_badge(somebody_elses(made, did="did:web:floreo.example"))
    assert (check.verdict, headline(check)) == (Verdict.FORGED, "This badge is forged")


@pytest.mark.long
def test_another_issuers_badge_that_copies_ours_is_a_copy() -> None:
    made = signed(one())
    with_our_page = check_badge(somebody_elses(made))
    with_our_name = check_badge(
        somebody_elses(
            made,
            id="https://evil.example/1",
            achievement="https://evil.example/a",
            status_list="https://evil.example/s",
        )
    )
    assert [with_our_page.verdict, with_our_name.verdict] == [Verdict.COPY, Verdict.COPY]
    assert "somebody else signed it" in explanation(with_our_page)


@pytest.mark.long
def test_another_issuers_own_badge_is_not_ours_and_not_called_valid() -> None:
    made = signed(one())
    facts = {
        "id": "https://other.example/1",
        "achievement": "https://other.example/a",
        "status_list": "https://other.example/s",
        "evidence": "https://other.example/e",
        "url": "https://other.example",
    }
    check = check_badge(somebody_elses(made, name="Another School", **facts))
    assert check.verdict is Verdict.FOREIGN_UNKNOWN
    assert "Another School" in explanation(check)


@pytest.mark.long
def test_a_badge_without_its_proof_is_forged_in_our_name() -> None:
    document = json.loads(signed(one()).credential)
    del document["proof"]
    assert check_badge(json.dumps(document).encode()).verdict is Verdict.FORGED


@pytest.mark.long
def test_old_keys_still_verify_after_another_took_over(settings: Any, tmp_path: Any) -> None:
    first = signed(one())
    settings.CERTIFICATE_KEY_FILE = str(tmp_path / "second.pem")
    second = signed(one(cohort(code="second-2026", people=1)))
    assert [k.number for k in SigningKey.objects.all()] == [2, 1]
    assert first.signed_with != second.signed_with
    assert [check_badge(c.credential.encode()).verdict for c in (first, second)] == [Verdict.VALID] * 2
    document = json.loads(first.credential)
    assert resolve_verification_method(document["proof"]["verificationMethod"], download=download)
    found = OB3LdpVerifier().verify(document, download=download)
    check_credential_status(found, download=download, verify_list=False)


@pytest.mark.long
def test_a_withdrawn_key_counts_no_more_and_all_is_signed_again(settings: Any, tmp_path: Any) -> None:
    made = signed(one())
    stolen = made.credential
    signing.withdraw_key(SigningKey.objects.get(), by=SYSTEM, reason="The server was broken into.")
    assert check_badge(stolen.encode()).verdict is Verdict.KEY_WITHDRAWN
    settings.CERTIFICATE_KEY_FILE = str(tmp_path / "next.pem")
    again = signed(made)
    assert [check_badge(text.encode()).verdict for text in (stolen, again.credential)] == [
        Verdict.KEY_WITHDRAWN,
        Verdict.VALID,
    ]
    assert json.loads(fetched()[f"{SITE}/.well-known/did.json"])["verificationMethod"][0]["id"].endswith(
        badges.multikey(SigningKey.objects.get(number=2).public_key)
    )


@pytest.mark.long
def test_a_site_that_nobody_can_open_signs_by_its_key(settings: Any) -> None:
    settings.SITE_ADDRESS = "http://localhost:8000"
    made = signed(one())
    document = json.loads(made.credential)
    assert document["issuer"]["id"].startswith("did:key:z6Mk")
    assert OB3LdpVerifier().verify(document, download=unreachable).id == document["id"]
    assert check_badge(made.credential.encode()).verdict is Verdict.VALID
    assert Client().get("/.well-known/did.json").status_code == 404


@pytest.mark.long
def test_a_corrected_name_is_signed_again_and_the_old_file_is_told_apart() -> None:
    made = signed(one())
    before = made.credential
    made = signed(issuing.correct_name(made, by=SYSTEM, name="Ana Mareas"))
    assert json.loads(made.credential)["credentialSubject"]["identifier"][0]["identityHash"] == "Ana Mareas"
    assert check_badge(before.encode()).differs == ("holder",)


def test_an_erased_certificate_is_known_without_its_name() -> None:
    made = signed(one())
    text = made.credential
    holding.erase(made, by=SYSTEM)
    check = check_badge(text.encode())
    assert (check.verdict, check.certificate, check.differs) == (Verdict.VALID, made, ())


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"hello",
        b"{}",
        b"[1, 2]",
        b"{" * 5000,
        b"a.b.c",
        b"eyJhbGciOiJub25lIn0.e30.",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"<!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><svg>&b;</svg>",
    ],
)
def test_what_is_no_badge_gets_its_sentence(content: bytes) -> None:
    check = check_badge(content)
    assert (check.verdict, headline(check)) == (Verdict.NO_BADGE, "There is no Open Badge in this")


def test_a_badge_of_the_standard_before_cannot_be_checked_here() -> None:
    old = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://school.example/1"}
    assert check_badge(json.dumps(old).encode()).verdict is Verdict.UNCHECKED


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert check_badge(b"{" + b" " * reading.LARGEST).verdict is Verdict.NO_BADGE


def test_a_badge_that_names_other_hosts_makes_nobody_ask_them() -> None:
    """Contexts, key and list at an address inside: refused, and no socket was opened (the cage kills whoever tries)."""
    document = json.loads(signed(one()).credential)
    document["@context"] = [document["@context"][0], "http://169.254.169.254/context.json"]
    document["proof"]["verificationMethod"] = "did:web:169.254.169.254#key"
    assert check_badge(json.dumps(document).encode()).verdict in {Verdict.FORGED, Verdict.EDITED}


@pytest.mark.long
def test_the_list_of_revoked_ones_is_signed_again_when_one_more_is_revoked() -> None:
    first, second = (signed(c) for c in (one(), one(cohort(code="other-2026", people=1))))
    before = StatusList.objects.get()
    assert signing.sign_due() == 0
    assert StatusList.objects.get().text == before.text
    issuing.revoke(first, by=SYSTEM, reason="Issued twice.")
    signing.sign_due()
    after = StatusList.objects.get()
    assert (after.revoked - before.revoked, after.text == before.text) == (1, False)
    found = OB3LdpVerifier().verify(json.loads(second.credential), download=download)
    check_credential_status(found, download=download, verify_list=True)
