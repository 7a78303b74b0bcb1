"""Documents that a pack quotes: taken in by their hash, and every passage found where the pack says, or refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from floreo.config.doctor import BAD, RECORDS, Finding
from floreo.core.audit import key
from floreo.core.errors import NotAllowed, Refused
from floreo.organisations.models import User
from floreo.strategy.actions.documents import document_of, take_in
from floreo.strategy.models import Action, Edition, Pillar, Quotation, SourceDocument, quotations_of
from tests.conftest import SAMPLES
from tests.portal.crawl import body

OCR, RELEASE = SAMPLES / "belize" / "strategy-2020-2023.ocr.txt", SAMPLES / "belize" / "launch-release.txt"
needs_samples = pytest.mark.skipif(not OCR.exists(), reason="the documents are not part of the project")


def findings() -> list[Finding]:
    return list(RECORDS["quotations"]())


@pytest.mark.long
@needs_samples
@pytest.mark.usefixtures("real_country")
def test_the_documents_that_nobody_here_wrote_hold_every_passage(secretariat: User, stranger: Client) -> None:
    act, area, edition = Action.objects.get(code="1.3.3"), Pillar.objects.get(code="PA1"), Edition.objects.get()
    before = body(stranger, act.get_absolute_url())
    assert "It appears here when the document has been added." in before
    assert body(stranger, edition.get_absolute_url()).count("It appears here when the document has been added.") == 2
    for path in (OCR, RELEASE):
        taken = take_in(document_of(path), by=secretariat, path=path)
        assert (taken.is_held, taken.added_by) == (True, secretariat.name)
    assert all(each.is_found for each in Quotation.objects.select_related("document"))
    assert Quotation.objects.count() == 73
    (passage,) = quotations_of(act)
    assert passage.words in OCR.read_text(encoding="utf-8")
    page = body(stranger, act.get_absolute_url())
    assert "Compared with the document held here." in page
    assert passage.words.split("\n")[0][:40] in page
    about = body(stranger, edition.get_absolute_url())
    assert about.count("Compared with the document held here.") == 2
    for each in quotations_of(edition):
        assert each.words.split("\n")[0][:40] in about, each.field
    assert {each.words for each in quotations_of(area) if each.document.code == "release"} == {
        "Developing a Legislative Framework"
    }
    assert [each.state for each in findings()] == ["good"]
    with pytest.raises(Refused) as again:
        take_in(document_of(OCR), by=secretariat, path=OCR)
    assert again.value.code == "held"


@pytest.fixture
def quoted(edition_made: Action, tmp_path: Path) -> tuple[SourceDocument, Quotation, Path]:
    text = "First words. The exact passage. Last words."
    path = tmp_path / "document.txt"
    path.write_text(text, encoding="latin-1")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    document = SourceDocument.objects.create(
        code="d", title="A document", file_sha256=digest, text_sha256=digest, encoding="latin-1", source="A library"
    )
    words = hashlib.sha256(b"The exact passage.").hexdigest()
    quotation = Quotation.objects.create(document=document, thing=key(edition_made), start=13, length=18, sha256=words)
    return document, quotation, path


@pytest.fixture
def edition_made(isla: object) -> Action:
    return Action.objects.filter(edition__code="2025-2028")[0]


def test_a_passage_that_is_elsewhere_refuses_the_document(
    quoted: tuple[SourceDocument, Quotation, Path], secretariat: User
) -> None:
    document, quotation, path = quoted
    Quotation.objects.filter(pk=quotation.pk).update(start=12)
    with pytest.raises(Refused) as refusal:
        take_in(document, by=secretariat, path=path)
    assert refusal.value.code == "not_found"
    document.refresh_from_db()
    assert not document.is_held
    Quotation.objects.filter(pk=quotation.pk).update(start=13)
    take_in(document, by=secretariat, path=path)
    Quotation.objects.filter(pk=quotation.pk).update(start=12)
    assert [each.state for each in findings()] == [BAD]


def test_another_file_and_another_text_are_refused(
    quoted: tuple[SourceDocument, Quotation, Path], secretariat: User, user_with: object
) -> None:
    document, _quotation, path = quoted
    path.write_text("Another file", encoding="utf-8")
    with pytest.raises(Refused) as unknown:
        document_of(path)
    with pytest.raises(Refused) as other:
        take_in(document, by=secretariat, path=path)
    assert (unknown.value.code, other.value.code) == ("unknown_document", "another_file")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    SourceDocument.objects.filter(pk=document.pk).update(file_sha256=digest)
    document.refresh_from_db()
    with pytest.raises(Refused) as text:
        take_in(document, by=secretariat, path=path)
    assert text.value.code == "other_text"


def test_who_may_not_change_the_plan_takes_no_document_in(
    quoted: tuple[SourceDocument, Quotation, Path], observer: User
) -> None:
    document, _quotation, path = quoted
    with pytest.raises(NotAllowed):
        take_in(document, by=observer, path=path)
