"""`floreo certificates check`: the verdict of a file, its fields with the issuer first, and exit codes that a program can rely on."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from floreo.certificates import papers, reading
from floreo.certificates.actions import issuing, signing
from floreo.certificates.logic import Verdict
from floreo.config.cli import main
from floreo.config.cli_certificates import NOT_ACCEPTED, NOT_KNOWN, NOT_READ, VALID, check, code_of
from floreo.core.access import SYSTEM
from tests.certificates.making import SITE, one, signed
from tests.conftest import SAMPLES

pytestmark = pytest.mark.usefixtures("isla")
FOLDER = SAMPLES / "openbadges"
SAID = {
    "credential-status-revoked.json": (
        NOT_KNOWN,
        "The signature of this badge cannot be checked here.",
        "1EdTech Testing",
    ),
    "simple-did-key-method.json": (NOT_KNOWN, "This badge was not issued here.", "Andy F. Miller"),
    "simple-err-expired.json": (NOT_ACCEPTED, "This badge was not issued here, and has expired.", "Example Corp"),
    "simple-err-issuer.json": (NOT_ACCEPTED, "This is not a sound Open Badge.", ""),
    "simple-err-proof-value.json": (NOT_ACCEPTED, "The signature of this badge does not fit it.", "Example Corp"),
    "simple-err-type.json": (NOT_ACCEPTED, "This is a credential of another kind.", "Example University"),
    "simple-json.svg": (NOT_KNOWN, "This badge was not issued here.", "Example Corp"),
    "simple-jwt.png": (NOT_KNOWN, "This badge was not issued here.", "Example Corp"),
    "simple-jwt.svg": (NOT_KNOWN, "This badge was not issued here.", "Example Corp"),
    "simple-multiple-proofs.json": (NOT_KNOWN, "This badge was not issued here.", "Example Corp"),
    "simple.json": (NOT_KNOWN, "This badge was not issued here.", "Example Corp"),
}


def said(path: Path, *, as_json: bool = False) -> tuple[int, str]:
    out = StringIO()
    return check(path, as_json=as_json, out=out), out.getvalue()


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def first_fields(text: str) -> list[list[str]]:
    return [line.strip().split(": ", 1) for line in text.splitlines() if line.startswith("  ")]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the samples of 1EdTech are not here")
def test_every_sample_of_others_is_judged_and_its_issuer_printed_first() -> None:
    found = {}
    for file in sorted(FOLDER.iterdir()):
        code, text = said(file)
        (name, value), *_rest = first_fields(text)
        found[file.name] = (code, text.splitlines()[0], value if name == "Issuer" else "")
    assert found == SAID


@pytest.mark.long
def test_ours_is_valid_in_each_form_and_every_field_is_printed(tmp_path: Path) -> None:
    made = signed(one())
    for kind in ("json", "jwt", "svg", "png"):
        code, text = said(written(tmp_path, f"badge.{kind}", papers.file_of(made, kind)))
        assert code == VALID, (kind, text)
    fields = first_fields(said(tmp_path / "badge.json")[1])
    assert [name for name, _value in fields] == [
        "Issuer",
        "Identity of the issuer",
        "Holder",
        "Certificate for",
        "Valid from",
        "Valid until",
        "Address of the badge",
        "Address of what it attests",
        "List of revoked badges, not asked",
        "Signature",
        "Key",
    ]
    stated = dict(fields)
    assert (stated["Holder"], stated["Identity of the issuer"]) == (made.name, "did:web:floreo.example")
    assert stated["Address of the badge"] == f"{SITE}/certificates/{made.code}/"
    assert f"On record here as {made.number}: Valid." in said(tmp_path / "badge.json")[1]


def test_one_that_was_revoked_and_one_that_was_edited_are_not_accepted(tmp_path: Path) -> None:
    made = signed(one())
    edited = written(tmp_path, "edited.json", made.credential.replace(made.name, "Somebody Else").encode())
    assert said(edited)[0] == NOT_ACCEPTED
    whole = written(tmp_path, "whole.json", made.credential.encode())
    issuing.revoke(made, by=SYSTEM, reason="Issued twice.")
    signing.sign_due()
    code, text = said(whole)
    assert (code, text.splitlines()[0]) == (NOT_ACCEPTED, "This certificate was revoked.")
    assert f"On record here as {made.number}: Revoked." in text


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("content", [b"", b"no badge", b"%PDF-1.7 a certificate on paper", b"\x89PNG\r\n\x1a\n", b"{"])
def test_what_holds_no_badge_is_a_case_of_its_own(tmp_path: Path, content: bytes) -> None:
    code, text = said(written(tmp_path, "file", content))
    assert (code, text.splitlines()[0]) == (NOT_READ, "There is no Open Badge in this.")


def test_what_is_too_large_or_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    assert said(written(tmp_path, "large", b" " * (reading.LARGEST + 1)))[0] == NOT_READ
    code, text = said(tmp_path / "nothing.json")
    assert (code, text) == (NOT_READ, f"{tmp_path / 'nothing.json'} cannot be read: No such file or directory.\n")
    assert said(tmp_path) == (NOT_READ, f"{tmp_path} cannot be read: Is a directory.\n")


def test_a_program_reads_the_same_as_json(tmp_path: Path) -> None:
    made = signed(one())
    code, text = said(written(tmp_path, "badge.json", made.credential.encode()), as_json=True)
    found: dict[str, Any] = json.loads(text)
    assert (code, found["verdict"], found["record"], found["differs"]) == (VALID, "valid", made.number, [])
    assert (found["issuer"]["id"], found["holder"], found["signature"]) == (
        "did:web:floreo.example",
        made.name,
        "holds",
    )


def test_only_a_valid_one_ends_with_nought() -> None:
    codes = {verdict: code_of(verdict) for verdict in Verdict}
    assert [verdict for verdict, code in codes.items() if code == VALID] == [Verdict.VALID]
    assert {verdict for verdict, code in codes.items() if code == NOT_KNOWN} == {
        Verdict.FOREIGN,
        Verdict.FOREIGN_UNKNOWN,
        Verdict.UNCHECKED,
        Verdict.UNRECORDED,
        Verdict.NAMESAKE,
    }


def test_the_command_line_knows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["certificates", "check"])
    assert end.value.code == 2
    assert "floreo certificates check" in capsys.readouterr().err
