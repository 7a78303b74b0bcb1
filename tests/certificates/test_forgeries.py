"""What somebody with the source tried against the check of badges: each way of making a false one pass for ours, written again."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import re
import struct
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openbadgeslib.ob3.ldp import add_data_integrity_proof

from floreo.certificates import badges, identity, papers
from floreo.certificates.actions import holding, issuing, signing
from floreo.certificates.actions.signing import statement_of
from floreo.certificates.checking import check_badge, explanation, headline
from floreo.certificates.logic import Fault, Verdict
from floreo.certificates.models import Certificate, SigningKey, StatusList
from floreo.certificates.signatures import Signer
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, Organisation
from tests.certificates.making import SITE, one, signed

pytestmark = pytest.mark.usefixtures("isla")

SAFE = {Verdict.EDITED, Verdict.FORGED, Verdict.BROKEN, Verdict.COPY, Verdict.NO_BADGE}
ELSEWHERE = {
    "id": "https://elsewhere.example/1",
    "achievement": "https://elsewhere.example/a",
    "status_list": "https://elsewhere.example/s",
    "evidence": "https://elsewhere.example/e",
}
FALSE_NAME = {"type": "IdentityObject", "hashed": False, "identityType": "name", "identityHash": "Eva Forger"}


def coded(value: Any) -> str:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def verdict(content: str | bytes) -> Verdict:
    return check_badge(content if isinstance(content, bytes) else content.encode()).verdict


def signed_by(key: Any, made: Certificate, **facts: Any) -> tuple[str, str]:
    """JSON and JWT with that key, elsewhere unless said."""
    did = facts.pop("did", badges.key_did(badges.public_of(key)))
    name = facts.pop("name", "Another School")
    signer = Signer(key, badges.Issuer(did, name, facts.pop("url", "https://elsewhere.example")))
    fields = statement_of(made).__dict__ | ELSEWHERE | facts
    return signer.sign(badges.Statement(**fields), at=clock.machine())


def theirs(made: Certificate, **facts: Any) -> str:
    return signed_by(Ed25519PrivateKey.generate(), made, **facts)[0]


# --- JWT ----------------------------------------------------------------------------------------------------------

NOT_OURS = (
    "none",
    "none with the old signature",
    "no alg",
    "HS256 by the public key",
    "RS256",
    "crit",
    "b64",
    "deep header",
    "signature of impossible length",
    "no signature",
    "old signature",
    "words of an error",
)


def false_token(made: Certificate, way: str, key: dict[str, Any]) -> str:
    _head, body, signature = made.token.split(".")
    payload = decoded(body)
    payload["credentialSubject"]["identifier"][0]["identityHash"] = "Eva Forger"
    header, last = {"typ": "JWT", "alg": "EdDSA"} | key, signature
    match way:
        case "none":
            header["alg"], last = "none", ""
        case "none with the old signature":
            header["alg"] = "none"
        case "no alg":
            del header["alg"]
        case "HS256 by the public key":
            header["alg"] = "HS256"
            secret = badges.pem_of(SigningKey.objects.get().public_key)
            text = f"{coded(header)}.{coded(payload)}".encode()
            last = coded(hmac.new(secret, text, hashlib.sha256).digest())
        case "RS256":
            header["alg"] = "RS256"
        case "crit":
            header |= {"crit": ["x"], "x": 1}
        case "b64":
            header |= {"crit": ["b64"], "b64": False}
        case "deep header":
            deep = json.dumps(header).replace("{", '{"z": ' + "[" * 300 + "]" * 300 + ", ", 1)
            return f"{coded(deep.encode())}.{coded(payload)}.{signature}"
        case "signature of impossible length":
            last = "A" * 85
        case "no signature":
            last = ""
        case "words of an error":
            header["alg"] = "JWT payload is missing the required 'sub' claim"
    return f"{coded(header)}.{coded(payload)}.{last}"


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("way", NOT_OURS)
def test_a_token_that_we_did_not_sign_is_never_ours_whatever_its_header_says(way: str) -> None:
    made = signed(one())
    public = SigningKey.objects.get().public_key
    jwk = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": coded(base64.b64decode(public))}}
    kid = {"kid": badges.method_of("did:web:floreo.example", public)}
    found = [check_badge(false_token(made, way, key).encode()) for key in (jwk, kid)]
    assert [(each.verdict, each.read.holder) for each in found] == [(Verdict.EDITED, "Eva Forger")] * 2
    assert [str(each.read.signature) for each in found] == ["broken"] * 2


@pytest.mark.parametrize("alg", ["none", "HS256", "JWT payload is missing the required 'sub' claim"])
def test_nor_is_another_issuers_token_unchanged_that_nobody_signed(alg: str) -> None:
    key = Ed25519PrivateKey.generate()
    token = signed_by(key, signed(one()))[1]
    assert verdict(token) is Verdict.FOREIGN_UNKNOWN
    body = token.split(".")[1]
    header = {"alg": alg, "kid": badges.key_did(badges.public_of(key))}
    assert verdict(f"{coded(header)}.{coded(decoded(body))}.AAAA") is Verdict.EDITED


@pytest.mark.parametrize("header", [{"crit": ["x"], "x": 1}, {"crit": ["b64"], "b64": True}, {"b64": True}])
def test_a_header_that_demands_what_nobody_knows_is_not_believed_though_it_is_signed(header: dict[str, Any]) -> None:
    key = Ed25519PrivateKey.generate()
    token = signed_by(key, signed(one()))[1]
    text = f"{coded(header | decoded(token.split('.')[0]))}.{token.split('.')[1]}"
    assert verdict(f"{text}.{coded(key.sign(text.encode()))}") is Verdict.EDITED


def test_a_token_is_expired_by_its_claim_too_and_may_not_contradict_itself() -> None:
    key = Ed25519PrivateKey.generate()
    token = signed_by(key, signed(one()))[1]

    def again(**claims: Any) -> Verdict:
        text = f"{token.split('.')[0]}.{coded(decoded(token.split('.')[1]) | claims)}"
        return verdict(f"{text}.{coded(key.sign(text.encode()))}")

    assert again() is Verdict.FOREIGN_UNKNOWN
    assert again(exp=1_000_000_000) is Verdict.FOREIGN_EXPIRED
    assert [again(**claim) for claim in ({"jti": "x:y"}, {"iss": "x:y"}, {"nbf": None}, {"sub": "x:y"})] == [
        Verdict.BROKEN
    ] * 4


# --- JSON ---------------------------------------------------------------------------------------------------------

VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
CREDENTIALS = "https://www.w3.org/2018/credentials#"
NOTHING: dict[str, Any] = {"@value": None}


def to_keyword(document: dict[str, Any]) -> None:
    document["@type"] = document.pop("type")


def issuer_to_iri(document: dict[str, Any]) -> None:
    document[f"{CREDENTIALS}issuer"] = document.pop("issuer")


def false_subject_first(document: dict[str, Any]) -> None:
    document["credentialSubject"] = [NOTHING | {"identifier": [FALSE_NAME]}, document["credentialSubject"]]


def false_identifier_first(document: dict[str, Any]) -> None:
    subject = document["credentialSubject"]
    subject["identifier"] = [NOTHING | FALSE_NAME, *subject["identifier"]]


def identifier_to_iri(document: dict[str, Any]) -> None:
    subject = document["credentialSubject"]
    subject[f"{VOCABULARY}identifier"] = subject.pop("identifier")
    subject["identifier"] = [NOTHING | FALSE_NAME]


def end_to_iri(document: dict[str, Any]) -> None:
    moment = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": document.pop("validUntil")}
    document |= {f"{CREDENTIALS}validUntil": moment, "expirationDate": "2099-01-01T00:00:00Z"}


def unknown_member(document: dict[str, Any]) -> None:
    document["holder"] = "Eva Forger"


TRICKS = (
    to_keyword,
    issuer_to_iri,
    false_subject_first,
    false_identifier_first,
    identifier_to_iri,
    end_to_iri,
    unknown_member,
)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("first", [None, to_keyword, issuer_to_iri])
@pytest.mark.parametrize("trick", TRICKS)
def test_json_that_a_machine_reads_as_ours_and_a_person_as_another_is_not_ours(trick: Any, first: Any) -> None:
    """The graph that the proof covers is the same: only its text differs."""
    document = json.loads(signed(one()).credential)
    trick(document)
    if first is not None and first is not trick:
        first(document)
    found = check_badge(json.dumps(document).encode())
    assert found.verdict in {Verdict.EDITED, Verdict.BROKEN}
    assert str(found.read.signature) != "holds"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"validUntil": "2028', '"validUntil": "2099-11-02T23:59:59Z", "validUntil": "2028'),
        ('{"@context"', '{"credentialSubject": {"identifier": []}, "@context"'),
        ('"identityHash": "Ana', '"identityHash": "Eva Forger", "identityHash": "Ana'),
    ],
)
def test_a_badge_that_says_a_thing_twice_is_refused(old: str, new: str) -> None:
    made = signed(one())
    false = made.credential.replace(old, new, 1)
    assert false != made.credential
    found = check_badge(false.encode())
    assert (found.verdict, found.read.fault, found.read.holder) == (Verdict.BROKEN, Fault.AMBIGUOUS, "")
    assert "says the same thing twice" in explanation(found)


def test_a_signed_token_that_says_a_thing_twice_is_refused() -> None:
    key = Ed25519PrivateKey.generate()
    head, body, _signature = signed_by(key, signed(one()))[1].split(".")
    payload = b'{"id": "https://one.example", ' + json.dumps(decoded(body)).encode()[1:]
    text = f"{head}.{coded(payload)}"
    assert verdict(f"{text}.{coded(key.sign(text.encode()))}") is Verdict.BROKEN


# --- Pictures -----------------------------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("kind", [b"iTXt", b"tEXt"])
def test_a_png_with_two_badges_is_refused(kind: bytes, *, is_first: bool) -> None:
    made = signed(one())
    png = papers.file_of(made, "png")
    marks = b"\0\0\0\0\0" if kind == b"iTXt" else b"\0"
    false = chunk(kind, b"openbadgecredential" + marks + made.credential.replace("Ana", "Eva").encode())
    at = (png.index(b"iTXt") if is_first else png.rindex(b"IEND")) - 4
    found = check_badge(png[:at] + false + png[at:])
    assert (verdict(png), found.verdict, found.read.fault) == (Verdict.VALID, Verdict.BROKEN, Fault.AMBIGUOUS)


def test_an_svg_with_two_badges_is_refused() -> None:
    made = signed(one())
    svg = papers.file_of(made, "svg").decode()
    found = re.search(r"<openbadges:credential.*?</openbadges:credential>", svg, re.S)
    assert found is not None
    node = found[0].replace("Ana Marea", "Eva Forger")
    other = node.replace("openbadges:", "b:").replace("xmlns:openbadges", "xmlns:b")
    false = [
        svg.replace("</svg>", f"{node}</svg>"),
        svg.replace(found[0], node + found[0]),
        svg.replace("</svg>", f"{other}</svg>"),
        svg.replace("<openbadges:credential ", f'<openbadges:credential verify="{made.token}" ', 1),
    ]
    assert [verdict(each) for each in (svg, *false)] == [Verdict.VALID, *[Verdict.BROKEN] * 4]


# --- Our signature, and the record says something else -------------------------------------------------------------


def shown(content: str) -> str:
    answer = Client().post("/certificates/", {"what": "badge", "file": SimpleUploadedFile("b", content.encode())})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_old_file_of_a_corrected_name_is_not_called_genuine_and_valid() -> None:
    made = signed(one())
    before = made.credential
    made = signed(issuing.correct_name(made, by=SYSTEM, name="Ana Mareas"))
    check = check_badge(before.encode())
    assert (check.verdict, check.differs, verdict(made.credential)) == (Verdict.DIFFERS, ("holder",), Verdict.VALID)
    page = shown(before)
    assert "<h1>This badge was signed here, and differs from the certificate on record</h1>" in page
    assert "genuine and valid" not in page
    assert "fl-cert-verdict--good" not in page
    assert "fl-cert-verdict--good" in shown(made.credential)


@pytest.mark.parametrize("is_hidden", [False, True])
def test_what_a_thief_of_our_key_signs_under_an_id_on_record_differs_from_it(*, is_hidden: bool) -> None:
    made = signed(one())
    if is_hidden:
        holding.hide_name(made, by=SYSTEM)
    facts = statement_of(made).__dict__ | {"holder": "Eva Thief", "valid_until": None}
    signer = Signer(identity.private_key(), badges.Issuer("did:web:floreo.example", made.issuer_name, SITE))
    for text in signer.sign(badges.Statement(**facts), at=clock.machine()):
        check = check_badge(text.encode())
        assert (check.verdict, check.differs) == (Verdict.DIFFERS, ("holder", "expires"))


def test_a_name_with_odd_blanks_does_not_differ_from_itself() -> None:
    made = one()
    Certificate.objects.filter(pk=made.pk).update(name="Ana  Marea\u00a01\u200b")
    assert verdict(signed(made).credential) is Verdict.VALID


@pytest.mark.parametrize("do", [holding.hide_name, holding.erase])
def test_a_withheld_name_cannot_be_found_by_guessing(do: Any) -> None:
    """Unsigned, signed by another, and with our signature broken: the answer is the same for a right and for a wrong guess."""
    made = signed(one())
    document, key = json.loads(made.credential), Ed25519PrivateKey.generate()
    do(made, by=SYSTEM)
    bare = {
        "@context": document["@context"],
        "type": document["type"],
        "issuer": {"id": "x:y"},
        "id": document["id"],
        "credentialSubject": document["credentialSubject"],
    }

    def answers(guess: str) -> list[tuple[Any, ...]]:
        unsigned, broken = copy.deepcopy(bare), copy.deepcopy(document)
        for each in (unsigned, broken):
            each["credentialSubject"]["identifier"][0]["identityHash"] = guess
        broken["name"] = "Another course"
        other = signed_by(key, made, id=document["id"], holder=guess)[0]
        checks = [check_badge(text.encode()) for text in (json.dumps(unsigned), json.dumps(broken), other)]
        return [(each.verdict, each.differs, headline(each), explanation(each)) for each in checks]

    assert answers("Ana Marea 1") == answers("Eva")
    assert "the name of the holder" not in shown(json.dumps(bare))


# --- The issuer ---------------------------------------------------------------------------------------------------


def test_an_issuer_that_is_called_by_a_key_must_have_signed_with_it() -> None:
    made = signed(one())
    key = Ed25519PrivateKey.generate()
    other = badges.key_did(badges.public_of(Ed25519PrivateKey.generate()))
    own = badges.key_did(badges.public_of(key))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for did in (other, other.replace("did:key", "DID:KEY"), f"{other}#x"):
        document = json.loads(signed_by(key, made, did=did)[0])
        del document["proof"]
        method = f"{own}#{own.removeprefix('did:key:')}"
        text = json.dumps(add_data_integrity_proof(document, pem, method, created=clock.machine()))
        check = check_badge(text.encode())
        assert check.verdict is Verdict.FORGED
        assert "it was signed with another key" in explanation(check)
    assert [verdict(each) for each in signed_by(key, made, did=other)] == [Verdict.EDITED, Verdict.FORGED]
    assert [verdict(each) for each in signed_by(key, made, did=own)] == [Verdict.FOREIGN_UNKNOWN] * 2


CYRILLIC = str.maketrans("aeocipx", "аеосірх")


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "written",
    [
        lambda name: name,
        lambda name: name.translate(CYRILLIC),
        lambda name: name.upper().replace("O", "0"),
        lambda name: f"{name[:3]}\u200b{name[3:]}",
        lambda name: f"{name[:3]}\u00ad{name[3:]}",
        lambda name: f"{name[:3]}\u034f{name[3:]}\ufe0f",
        lambda name: f"\u202e{name[::-1]}",
        lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
        lambda name: f"The {name}",
        lambda name: name.replace("i", "l"),
        lambda name: name.replace(" ", ""),
        lambda name: " ".join(reversed(name.split())),
    ],
)
def test_an_issuers_name_that_looks_like_ours_imitates_ours(written: Any) -> None:
    made = signed(one())
    check = check_badge(theirs(made, name=written(made.issuer_name)).encode())
    assert (check.verdict, headline(check)) == (Verdict.COPY, "This badge imitates one that was issued here")


def test_the_countrys_name_in_each_language_is_ours_too() -> None:
    made, country = signed(one()), Country.objects.get()
    names = [
        country.name,
        f"Government of {country.name}",
        *(t["name"] for t in country.translations.values() if "name" in t),
    ]
    assert {name: verdict(theirs(made, name=name)) for name in names} == dict.fromkeys(names, Verdict.COPY)
    assert verdict(theirs(made, name=f"Divers of {country.name}")) is Verdict.FOREIGN_UNKNOWN


def test_a_badge_with_the_name_of_an_organisation_on_record_says_to_ask_it() -> None:
    """It may have issued it elsewhere: then it is no imitation, and nobody here knows."""
    made = signed(one())
    body = Organisation.objects.create(
        code="lagoon-academy",
        name="Lagoon Academy",
        kind=Organisation.objects.exclude(kind="").order_by("pk")[0].kind,
        translations={"es": {"name": "Academia de la Laguna"}},
    )
    checks = [check_badge(theirs(made, name=name).encode()) for name in ("LAGOON ACADEMY", "Асademia de la Laguna")]
    assert [each.verdict for each in checks] == [Verdict.NAMESAKE] * 2
    assert "Ask them before you accept it." in explanation(checks[0])
    body.is_public = False
    body.save()
    assert verdict(theirs(made, name="Lagoon Academy")) is Verdict.FOREIGN_UNKNOWN


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "did",
    [
        "did:web:FLOREO.example",
        "did:web:floreo.example:certificates",
        "did:web:floreo.example%3A443",
        "did:web:floreo.example#x",
        "DID:WEB:floreo.example",
        "https://floreo.example/",
        "HTTPS://FLOREO.EXAMPLE:443/issuer",
    ],
)
def test_an_issuer_at_our_host_is_forged_however_it_is_written(did: str) -> None:
    assert verdict(theirs(signed(one()), did=did)) in {Verdict.FORGED, Verdict.EDITED}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "facts",
    [
        {"id": "HTTPS://FLOREO.EXAMPLE/certificates/N5YANT7WBZVS/"},
        {"id": "https://floreo.example:443/certificates/N5YANT7WBZVS/"},
        {"id": "https://floreo.example./certificates/N5YANT7WBZVS/"},
        {"id": "https://user@floreo.example/certificates/N5YANT7WBZVS/"},
        {"id": "https://fl0reo.example/certificates/N5YANT7WBZVS/"},
        {"id": "https://xn--flreo-kye.example/certificates/N5YANT7WBZVS/"},
        {"evidence": "https://floreo.example/certificates/"},
        {"url": "https://floreo.example"},
        {"status_list": "https://FLOREO.example/certificates/status/1"},
    ],
)
def test_a_badge_that_leads_to_our_host_imitates_ours_however_it_is_written(facts: dict[str, str]) -> None:
    check = check_badge(theirs(signed(one()), name="X", **facts).encode())
    assert check.verdict is Verdict.COPY


# --- Of another kind ----------------------------------------------------------------------------------------------


def test_a_credential_of_another_kind_gets_its_own_sentence() -> None:
    made = signed(one())
    signing.sign_due()
    document = json.loads(made.credential)
    document["type"] = ["VerifiableCredential", "EndorsementCredential"]
    for content in (json.dumps(document), StatusList.objects.get().text):
        check = check_badge(content.encode())
        assert (check.verdict, headline(check)) == (Verdict.BROKEN, "This is a credential of another kind")
        assert "attests no course" in explanation(check)


def test_a_signature_that_does_not_fit_is_not_said_to_prove_a_change() -> None:
    made = signed(one())
    check = check_badge(made.credential.replace("Ana Marea 1", "Eva Marea 1").encode())
    assert headline(check) == "The signature of this badge does not fit it"
    assert "or it was signed by an earlier draft of the standard" in explanation(check)
