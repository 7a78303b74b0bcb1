"""What people upload by mistake or on purpose: each gets its sentence, nothing is lost, nothing is shown inline."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas

from floreo.core.access import ROLES, SYSTEM, Permission
from floreo.organisations.models import User
from floreo.strategy.actions.drafts import read_draft
from floreo.strategy.models import DraftState, ImportDraft
from tests.config.installation import prepared

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
ROOT = Path(__file__).resolve().parents[3]
PLAN = ROOT / "tests" / "strategy" / "drafting" / "documents" / "numbered-plain.txt"


@pytest.fixture
def workspace(user_with: Callable[..., User], browser_of: Browser) -> Client:
    return browser_of(user_with("drafter"))


def upload(workspace: Client, data: bytes, name: str = "strategy.pdf", **more: Any) -> Any:
    return workspace.post("/workspace/imports/", {"file": SimpleUploadedFile(name, data)}, **more)


def after_reading(workspace: Client) -> str:
    """Lets the worker read the newest draft; what its page then says."""
    draft = ImportDraft.objects.latest("pk")
    read_draft(draft.pk, by=SYSTEM)
    return workspace.get(f"/workspace/imports/{draft.code}/").content.decode()


def pdf(*, words: str = "", encrypt: str = "", picture: bool = False) -> bytes:
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    if words:
        page.drawString(72, 720, words)
    if picture:
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        page.drawImage(ImageReader(Image.effect_noise((400, 500), 60)), 72, 72, 400, 500)
    page.showPage()
    page.save()
    if not encrypt:
        return buffer.getvalue()
    writer, locked = PdfWriter(clone_from=PdfReader(buffer)), io.BytesIO()
    writer.encrypt(encrypt, algorithm="AES-256-R5")
    writer.write(locked)
    return locked.getvalue()


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * 230_000_000)
    return buffer.getvalue()


GERMAN = (
    "Die nationale Strategie für die Sicherheit im Netz ist ein Dokument, das die Ziele der Politik des Landes nennt. "
    "Die Ministerien und die Unternehmen sind für die Umsetzung der Maßnahmen in dem Zeitraum verantwortlich. "
) * 4


# At the form, at once


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "cover.png", "is a PNG image"),
        (b"MZ" + bytes(100), "strategy.pdf", "is a Windows program"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "strategy.doc", "is an old Office file (.doc)"),
        (b"", "strategy.pdf", "is empty"),
        (
            b"PK\x03\x04 cut",
            "strategy.docx",
            "is damaged or incomplete, so it cannot be opened. Ask for the file again, or save it again.",
        ),
        (
            bytes(range(256)) * 8,
            "strategy.txt",
            "has the ending of a text file, but its content is not text. Open it in the program that made it and save it as Word or PDF.",
        ),
    ],
)
def test_a_wrong_file_is_refused_at_the_form(workspace: Client, data: bytes, name: str, sentence: str) -> None:
    page = upload(workspace, data, name)
    assert (page.status_code, sentence in page.content.decode()) == (422, True)
    assert not ImportDraft.objects.exists()


def test_no_file_at_all(workspace: Client) -> None:
    page = workspace.post("/workspace/imports/", {})
    assert (page.status_code, "Choose a file first" in page.content.decode()) == (422, True)


def test_a_file_past_the_limit_stops_before_it_is_kept(workspace: Client, tmp_path: Path) -> None:
    with override_settings(UPLOAD_LARGEST=1024 * 1024, FILE_UPLOAD_TEMP_DIR=str(tmp_path)):
        page = upload(workspace, b"x" * (3 * 1024 * 1024), "huge.txt")
    assert (page.status_code, "larger than 1 MB" in page.content.decode()) == (422, True)
    assert not ImportDraft.objects.exists()
    assert list(tmp_path.iterdir()) == []


# After reading


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (pdf(), "empty.pdf", "empty.pdf"),
        (pdf(words="National Strategy", encrypt="secret"), "locked.pdf", "is protected by a password"),
        (
            pdf(picture=True),
            "scan.pdf",
            "contains images of pages, not text. Run text recognition (OCR) on it, or upload the Word file it was made from.",
        ),
        (
            b"%PDF-1.4 cut off",
            "cut.pdf",
            "is damaged or incomplete, so it cannot be opened. Ask for the file again, or save it again.",
        ),
        (
            GERMAN.encode(),
            "strategie.txt",
            ", in which texts cannot be read here. Upload a translation, or enter the content by hand.",
        ),
        (
            b"Hello there. This is a letter to the editor about the weather and the sea.",
            "a.txt",
            "a.txt does not look like a strategy: it has no title with a period and nothing that reads like a plan. Check that it is the right file, or enter the strategy by hand.",
        ),
    ],
)
def test_what_cannot_be_read_says_why_and_is_kept(workspace: Client, data: bytes, name: str, sentence: str) -> None:
    done = upload(workspace, data, name, follow=True)
    assert (done.status_code, "being read" in done.content.decode()) == (200, True)
    page = after_reading(workspace)
    assert sentence in page
    draft = ImportDraft.objects.get()
    assert draft.state == DraftState.FAILED
    assert Path(draft.file.path).read_bytes() == data
    assert "Traceback" not in page


@pytest.mark.long
def test_a_zip_bomb_is_not_opened(workspace: Client) -> None:
    upload(workspace, bomb(), "strategy.docx")
    assert (
        "expands to a much larger size than expected, so it was not opened. Open it in Word, save it under a new name and upload that file."
        in after_reading(workspace)
    )


def test_a_failure_speaks_the_readers_language_only_when_shown(workspace: Client) -> None:
    upload(workspace, pdf(), "empty.pdf")
    after_reading(workspace)
    assert '"code": "empty"' in ImportDraft.objects.get().failure


def test_a_failed_text_can_be_read_again_and_discarded(workspace: Client) -> None:
    upload(workspace, pdf(), "empty.pdf")
    after_reading(workspace)
    code = ImportDraft.objects.get().code
    workspace.post(f"/workspace/imports/{code}/read/")
    assert ImportDraft.objects.get().state == DraftState.READING
    workspace.post(f"/workspace/imports/{code}/drop/")
    assert "This draft was discarded" in workspace.get(f"/workspace/imports/{code}/").content.decode()
    assert "empty.pdf" not in workspace.get("/workspace/imports/").content.decode()


# The machine


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 kB, where the machine lets us mount one."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this machine mounts no file systems")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_disk_that_fills_during_an_upload(workspace: Client, tiny_disk: Path) -> None:
    with override_settings(FILE_UPLOAD_TEMP_DIR=str(tiny_disk)):
        page = upload(workspace, b"A National Cybersecurity Strategy 2026-2030. " * 5000, "strategy.txt")
    assert (page.status_code, "There is no space on the server" in page.content.decode()) == (422, True)
    assert not ImportDraft.objects.exists()
    assert list(tiny_disk.iterdir()) == []


def test_a_disk_that_is_full_when_the_file_is_kept(workspace: Client, tiny_disk: Path) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tiny_disk)}}
    from django.conf import settings

    with override_settings(STORAGES={**settings.STORAGES, "default": storage}):
        page = upload(workspace, b"A National Cybersecurity Strategy 2026-2030. " * 5000, "strategy.txt")
    assert (page.status_code, "There is no space on the server" in page.content.decode()) == (422, True)
    assert not ImportDraft.objects.exists()
    assert [p for p in tiny_disk.rglob("*") if p.is_file()] == []


BEFORE_THE_KILL = """
import os, sys, django
django.setup()
from pathlib import Path
from floreo.core.access import SYSTEM
from floreo.strategy.actions.drafts import reading
draft = reading.start_draft(Path(sys.argv[1]), by=SYSTEM, name="plan.txt")
reading.draft_rows = lambda document: os.kill(os.getpid(), 9)
reading.read_draft(draft.pk, by=SYSTEM)
"""
AFTER_THE_KILL = """
import django
django.setup()
from floreo.config.jobs import run_due
from floreo.strategy.models import ImportDraft
print(ImportDraft.objects.get().state)
run_due(["imports"])
draft = ImportDraft.objects.get()
print(draft.state, draft.rows.count() > 10)
"""


@pytest.mark.long
def test_a_server_killed_while_reading_takes_the_text_up_again(tmp_path: Path) -> None:
    env = {
        "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
        "FLOREO_DATA": str(tmp_path),
        "PATH": os.environ["PATH"],
    }

    prepared(tmp_path)

    def run(code: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, str(PLAN)]
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run(BEFORE_THE_KILL).returncode == -9
    assert run(AFTER_THE_KILL).stdout.split() == ["reading", "open", "True"]


# What was uploaded


def test_a_file_is_only_ever_downloaded_and_only_by_reviewers(
    workspace: Client, stranger: Client, observer: User, browser_of: Browser
) -> None:
    upload(
        workspace, b"<script>alert(1)</script><h1>National Cybersecurity Strategy 2026-2030</h1><p>words</p>", "x.html"
    )
    draft = ImportDraft.objects.get()
    address = f"/workspace/imports/{draft.code}/file/"
    answer = workspace.get(address)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.html"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert stranger.get(address).status_code == 302
    assert browser_of(observer).get(address).status_code == 403
    for path in (f"/media/{draft.file.name}", f"/files/{draft.file.name}", f"/static/{draft.file.name}"):
        assert stranger.get(path).status_code in {302, 404}
    default_storage.delete(str(draft.file.name))
    assert workspace.get(address).status_code == 404


def test_what_a_text_holds_is_shown_as_text(workspace: Client) -> None:
    text = (
        "National Cybersecurity Strategy 2026-2030 <script>alert(1)</script>\n\nThe strategy was led by Cabinet Office."
    )
    upload(workspace, text.encode(), "<b>x</b>.txt")
    page = after_reading(workspace)
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", list(ROLES))
def test_imports_are_for_reviewers(role: str, user_with: Callable[..., User], browser_of: Browser) -> None:
    may = Permission.IMPORT_REVIEW in ROLES[role].grants
    browser = browser_of(user_with(role))
    assert browser.get("/workspace/imports/").status_code == (200 if may else 403)
    assert upload(browser, PLAN.read_bytes(), "plan.txt").status_code == (302 if may else 403)
    assert ImportDraft.objects.exists() is may


def test_the_same_file_twice_leads_to_the_draft_that_is_there(workspace: Client) -> None:
    upload(workspace, PLAN.read_bytes(), "plan.txt")
    again = upload(workspace, PLAN.read_bytes(), "other.txt", follow=True)
    assert again.redirect_chain == [("/workspace/imports/plan/", 302)]
    assert "This file was already imported. Here is its draft." in again.content.decode()
    assert ImportDraft.objects.count() == 1


@pytest.mark.long
def test_the_packs_own_texts_can_be_tried(isla: object, workspace: Client) -> None:
    page = workspace.get("/workspace/imports/").content.decode()
    assert "launch-release.en.txt" in page
    assert workspace.post("/workspace/imports/", {"sample": "launch-release.en.txt"}).status_code == 302
    assert "Review a draft" in after_reading(workspace)
    assert workspace.post("/workspace/imports/", {"sample": "../pack.toml"}).status_code == 404
