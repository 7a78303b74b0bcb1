"""`floreo strategy import`: a draft anybody can read in a terminal, and nothing written with --dry-run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from floreo.config.cli_import import Asked, import_text
from floreo.core.models import AuditEntry
from floreo.strategy.models import DraftState, ImportDraft

pytestmark = pytest.mark.django_db
DOCUMENTS = Path(__file__).resolve().parents[2] / "strategy" / "drafting" / "documents"


@pytest.fixture(autouse=True)
def files_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Others that run at the same moment keep files, too."""
    settings.MEDIA_ROOT = str(tmp_path / "files")


def run(path: Path, *, dry_run: bool) -> tuple[int, str]:
    out = io.StringIO()
    return import_text(path, how=Asked(dry_run=dry_run), out=out), out.getvalue()


def kept_files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_dry_run_prints_the_draft_and_writes_nothing() -> None:
    before = kept_files()
    code, text = run(DOCUMENTS / "estrategia.txt", dry_run=True)
    assert code == 0
    for words in (
        "Pillar",
        "780–810",
        "Marco jurídico e institucional",
        "lead: Ministerio de Justicia",
        "23 rows drafted",
        "Found, but not certain",
    ):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 160
    assert not ImportDraft.objects.exists()
    assert not AuditEntry.objects.exists()
    assert kept_files() == before


def test_without_it_the_draft_waits_on_the_site() -> None:
    code, text = run(DOCUMENTS / "estrategia.txt", dry_run=False)
    draft = ImportDraft.objects.get()
    assert (code, draft.state, draft.rows.count()) == (0, DraftState.OPEN, 24)
    assert f"Review it at {settings.SITE_ADDRESS}/workspace/imports/estrategia/" in text
    again, given = run(DOCUMENTS / "estrategia.txt", dry_run=False)
    assert (again, "This file was already imported. Here is its draft." in given, ImportDraft.objects.count()) == (
        0,
        True,
        1,
    )


def test_what_cannot_be_read_is_a_sentence_and_exit_code_one(tmp_path: Path) -> None:
    path = tmp_path / "cover.pdf"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    for dry_run in (True, False):
        code, text = run(path, dry_run=dry_run)
        assert (code, "is a PNG image" in text) == (1, True)
    assert run(tmp_path / "nothing.txt", dry_run=True) == (1, f"File not found: {tmp_path / 'nothing.txt'}.\n")
    assert not ImportDraft.objects.exists()
