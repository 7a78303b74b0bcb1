"""Evidence in packs: files with their hashes, what they show, and each bad row reported with its sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from floreo.core.access import SYSTEM
from floreo.core.keys import things_of
from floreo.core.models import AuditEntry
from floreo.core.policy import Tlp
from floreo.evidence.files import verify_files
from floreo.evidence.logic import Validity
from floreo.evidence.models import Attachment, Evidence, EvidenceKind, LinkState
from floreo.evidence.pack import EvidenceShape, facts_of_file
from floreo.organisations.models import Country
from floreo.packs.actions import load_pack
from tests.conftest import ROOT
from tests.evidence.making import PDF, PROGRAM
from tests.factories.strategy import TODAY

ISLA = ROOT / "packs" / "isla-prueba"


def test_the_sample_vault_has_every_kind_and_state_and_its_files_are_there(isla: Country) -> None:
    rows = list(Evidence.objects.all())
    assert {e.kind for e in rows} == set(EvidenceKind.values)
    assert {e.tlp for e in rows} == set(Tlp.values)
    assert {e.validity(TODAY) for e in rows} == set(Validity)
    assert {e.link_state for e in rows if e.kind == "link"} == set(LinkState.values) - {""}
    assert list(verify_files()) == []
    gazette = Evidence.objects.get(code="gazette-cybercrime-amendment")
    body = (ISLA / "evidence" / "gazette-2026-08-14.pdf").read_bytes()
    assert (gazette.sha256, gazette.size, gazette.media_type) == (
        hashlib.sha256(body).hexdigest(),
        len(body),
        "application/pdf",
    )
    attached = set(Attachment.objects.values_list("thing", flat=True))
    assert set(things_of(attached)) == attached
    assert load_pack(ISLA, by=SYSTEM) is None


def test_in_a_real_pack_every_link_has_its_source(real_country: Country) -> None:
    rows = list(Evidence.objects.all())
    assert {e.kind for e in rows} == {"link"}
    assert [e.code for e in rows if not e.source or (e.read_on is None and not e.doubt)] == []
    assert AuditEntry.objects.filter(verb="pack.loaded").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "give one of file, url, record"),
        ({"file": "evidence/a.pdf", "url": "https://example.org/"}, "give one of file, url, record"),
        ({"url": "https://example.org/", "is_public": True}, "is public and so must have tlp"),
        ({"url": "ftp://example.org/"}, "is not an address that begins with https"),
        ({"url": "https://example.org/", "tlp": "PINK"}, "is not one of: CLEAR, GREEN"),
    ],
)
def test_a_bad_row_is_told(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        EvidenceShape.model_validate({"code": "a", "title": "A"} | given)


def test_a_bad_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b.pdf").write_bytes(PROGRAM)
    files = {
        "evidence/a.pdf": tmp_path / "a.pdf",
        "evidence/b.pdf": tmp_path / "b.pdf",
        "documents/a.pdf": tmp_path / "a.pdf",
        "evidence/x/a.pdf": tmp_path / "a.pdf",
    }
    assert isinstance(facts_of_file("evidence/a.pdf", files), dict)
    for name in ("evidence/c.pdf", "documents/a.pdf", "evidence/x/a.pdf"):
        assert facts_of_file(name, files) == (
            f"the pack holds no file “{name}”; files of evidence lie in its folder evidence/"
        )
    assert "” contains a program, whatever its name is. Programs are not accepted as evidence; send a document." in str(
        facts_of_file("evidence/b.pdf", files)
    )
