"""The page of the documents that the plan quotes: who may open it, what an upload changes and records, and each bad file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.audit import key
from floreo.core.models import AuditEntry
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action, Quotation, SourceDocument
from tests.portal.crawl import body

TEXT = "First words. La acción exacta. Last words."
FILE = TEXT.encode("latin-1")
PASSAGE = "La acción exacta."
LIST, ADD = "/workspace/documents/", "/workspace/documents/d/add/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64

Browser = Callable[[User], Client]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def act(isla: Country) -> Action:
    return Action.objects.filter(edition__code="2025-2028", is_public=True)[0]


@pytest.fixture
def document(act: Action) -> SourceDocument:
    made = SourceDocument.objects.create(
        code="d",
        title="The printed plan",
        file_sha256=sha256(FILE),
        text_sha256=sha256(TEXT.encode()),
        encoding="latin-1",
        source="A library",
    )
    Quotation.objects.create(
        document=made, thing=key(act), start=13, length=len(PASSAGE), sha256=sha256(PASSAGE.encode())
    )
    return made


@pytest.fixture
def client(document: SourceDocument, secretariat: User, browser_of: Browser) -> Client:
    return browser_of(secretariat)


def upload(client: Client, content: bytes, name: str = "plan.txt") -> Any:
    return client.post(ADD, {"file": SimpleUploadedFile(name, content)})


@pytest.mark.long
def test_the_very_file_is_added_and_its_passage_appears(
    client: Client, document: SourceDocument, act: Action, secretariat: User, stranger: Client
) -> None:
    before = body(client, LIST)
    assert "0 of 1 documents are held here." in before
    assert "1 passage, not compared yet" in before
    assert document.file_sha256 in before
    assert ADD in before
    assert PASSAGE not in body(stranger, act.get_absolute_url())
    number = AuditEntry.objects.count()
    answer = upload(client, FILE)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    document.refresh_from_db()
    assert (document.text, document.added_on, document.added_by) == (TEXT, clock.today(), secretariat.name)
    (entry,) = AuditEntry.objects.order_by("number")[number:]
    assert (entry.verb, entry.actor_name) == ("document.taken_in", secretariat.name)
    assert TEXT not in str(entry.detail)
    after = body(client, LIST)
    assert "“The printed plan” is added: 1 of 1 passage found." in after
    assert "1 of 1 documents are held here." in after
    assert ADD not in after
    assert PASSAGE in body(stranger, act.get_absolute_url())
    again = upload(client, FILE)
    assert (again.status_code, "“The printed plan” was added already." in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"Another plan.", "other.txt", "other.txt is another file than “The printed plan”: its SHA-256 is"),
        (PNG, "scan.png", "scan.png is a PNG image, not a document with text."),
        (bytes(range(256)) * 8, "plan.txt", "plan.txt is a file of an unknown type, not a document with text."),
        (b" \n\t\n", "blank.txt", "blank.txt contains no words."),
        (b"PK\x03\x04 cut", "plan.docx", "plan.docx is damaged or incomplete, so it cannot be opened."),
        (b"", "empty.txt", "The file “empty.txt” is empty. Choose another."),
    ],
)
def test_what_is_not_the_document_is_refused_in_a_sentence(
    client: Client, document: SourceDocument, content: bytes, name: str, sentence: str
) -> None:
    number = AuditEntry.objects.count()
    answer = upload(client, content, name)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    document.refresh_from_db()
    assert (document.is_held, AuditEntry.objects.count()) == (False, number)


def test_a_file_without_text_is_refused(client: Client, document: SourceDocument) -> None:
    blank = b" " * 9000
    SourceDocument.objects.filter(pk=document.pk).update(file_sha256=sha256(blank), text_sha256=sha256(blank))
    answer = upload(client, blank, "blank.txt")
    assert (answer.status_code, "No text was found in blank.txt." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("encoding", ["ascii", "no-such-encoding"])
def test_an_encoding_that_the_pack_states_wrongly_is_refused(
    client: Client, document: SourceDocument, encoding: str
) -> None:
    SourceDocument.objects.filter(pk=document.pk).update(encoding=encoding)
    answer = upload(client, FILE)
    assert (answer.status_code, f"cannot be read as {encoding}" in answer.content.decode()) == (422, True)


def test_a_passage_that_is_elsewhere_refuses_the_document(client: Client, document: SourceDocument) -> None:
    Quotation.objects.update(start=12)
    answer = upload(client, FILE)
    assert (answer.status_code, "1 passage is not where the pack says." in answer.content.decode()) == (422, True)
    document.refresh_from_db()
    assert not document.is_held


def test_no_file_and_one_past_the_limit(client: Client, tmp_path: Path) -> None:
    none = client.post(ADD, {})
    assert (none.status_code, "Choose a file first." in none.content.decode()) == (422, True)
    with override_settings(UPLOAD_LARGEST=1024 * 1024, FILE_UPLOAD_TEMP_DIR=str(tmp_path)):
        answer = upload(client, b"x" * (2 * 1024 * 1024))
    assert (answer.status_code, "larger than 1 MB, so it cannot be uploaded" in answer.content.decode()) == (422, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("secretariat", 200), ("auditor", 403)])
def test_who_may_open_the_page(
    document: SourceDocument, user_with: Callable[..., User], browser_of: Browser, role: str, status: int
) -> None:
    browser = browser_of(user_with(role, email="x@example.org"))
    assert [browser.get(each).status_code for each in (LIST, ADD)] == [status, status]


def test_a_stranger_signs_in_first_and_an_unknown_document_is_none(client: Client, stranger: Client) -> None:
    assert "/account/login/" in stranger.get(LIST)["Location"]
    assert client.get("/workspace/documents/no-such/add/").status_code == 404


def test_the_row_to_check_leads_to_the_document(client: Client, act: Action, document: SourceDocument) -> None:
    Action.objects.filter(pk=act.pk).update(confirmed=False, confirmed_by="", confirmed_on=None)
    Action.objects.exclude(pk=act.pk).filter(confirmed=False).delete()
    page = body(client, "/workspace/check/?kind=actions")
    assert (LIST in page, ADD in page) == (True, True)
    upload(client, FILE)
    after = body(client, "/workspace/check/?kind=actions")
    assert (ADD in after, PASSAGE in after) == (False, True)


def test_the_page_asks_as_often_however_many_documents_there_are(client: Client, document: SourceDocument) -> None:
    client.get(LIST)  # the first request asks for what is then kept
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(5):
        SourceDocument.objects.create(
            code=f"d{number}", title="D", file_sha256=f"{number}" * 64, text_sha256="0" * 64, source="A library"
        )
    with CaptureQueriesContext(connection) as six:
        client.get(LIST)
    assert len(six) == len(one)


def test_the_page_in_spanish(client: Client) -> None:
    page = body(client, f"/es{LIST}")
    assert "Aquí se conservan 0 de 1 documentos." in page
    assert "1 pasaje, aún sin comparar" in page
    form = body(client, f"/es{ADD}")
    assert "Incorporar un documento citado" in form
    assert "Exactamente el archivo que se publicó." in form
    assert "opcional" not in form
    assert [s in body(client, "/es/workspace/check/") for s in ("Poner en duda", "Filas por verificar")] == [True, True]
