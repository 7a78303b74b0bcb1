"""The digital copy of a strategy: one data, four forms, kept until the plan says something else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from floreo.core import clock, once
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.publications.actions.copies import KINDS, draw_stale, drawn, kept_copy
from floreo.publications.copies import StrategyCopy, copy_of, digest_of
from floreo.publications.models import Copy
from floreo.strategy.actions.actions import update_action
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "strategy-copy.schema.json"


@pytest.fixture
def edition(db: None, tmp_path: Path, settings: Any) -> Iterator[Edition]:
    settings.MEDIA_ROOT = tmp_path
    with clock.pinned_day(day=TODAY):
        make_country()
        made = make_edition()
        Edition.objects.filter(pk=made.pk).update(is_public=True, vision="Safe in every harbour")
        made.refresh_from_db()
        act = make_action(made, lead=make_organisation("csirt", "National CSIRT"), milestones=1)
        update_action(act, by=SYSTEM, official_wording="Establish & run a <form>", source="Strategy, page 9")
        yield made


def test_the_documented_shape_is_the_one_that_is_given() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == StrategyCopy.model_json_schema()


def test_the_file_holds_what_the_plan_says(edition: Edition, stranger: Client) -> None:
    response = stranger.get("/strategy/2025-2028/copy.json")
    assert response["Content-Disposition"] == 'attachment; filename="2025-2028.en.json"'
    given = StrategyCopy.model_validate_json(response.content)
    assert not Copy.objects.exists()  # to look writes nothing
    draw_stale(by=SYSTEM)
    kept = stranger.get("/strategy/2025-2028/copy.json")
    assert b"".join(kept.streaming_content) == response.content  # type: ignore[attr-defined]  # a file streams
    (pillar,) = given.pillars
    (act,) = pillar.objectives[0].actions
    assert (given.code, given.vision, pillar.code, act.code, act.leads) == (
        "2025-2028",
        "Safe in every harbour",
        "1",
        "1.1.1",
        ["National CSIRT"],
    )
    assert (act.official_wording, act.source.title, act.source.confirmed) == (
        "Establish & run a <form>",
        "Strategy, page 9",
        False,
    )
    assert [(m.title, m.due_on) for m in act.milestones] == [("Step 1", date(2027, 1, 28))]


def body_of(edition: Edition, kind: str) -> bytes:
    with kept_copy(edition, kind, "en").file.open("rb") as opened:
        return bytes(opened.read())


@pytest.mark.long
def test_page_pdf_and_word_say_the_same(edition: Edition, stranger: Client) -> None:
    page = stranger.get("/strategy/2025-2028/text/").content.decode()
    pdf = "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(body_of(edition, "pdf"))).pages)
    word = docx.Document(io.BytesIO(body_of(edition, "docx")))
    written = "\n".join(
        [*(p.text for p in word.paragraphs), *(c.text for t in word.tables for r in t.rows for c in r.cells)]
    )
    for expected in (
        "Safe in every harbour",
        "A cybercrime law in force",
        "Action 1.1.1",
        "National CSIRT",
        "Not checked yet",
    ):
        assert expected in page
        assert expected in " ".join(pdf.split())
        assert expected in " ".join(written.split())
    assert "Establish &amp; run a &lt;form&gt;" in page


@pytest.mark.long
def test_a_file_is_kept_until_the_plan_says_something_else(edition: Edition) -> None:
    first = kept_copy(edition, "docx", "en")
    assert kept_copy(edition, "docx", "en").file.name == first.file.name
    assert AuditEntry.objects.filter(verb="copy.drawn").count() == 1
    update_action(Action.objects.get(), by=SYSTEM, title="Another title")
    second = kept_copy(edition, "docx", "en")
    assert (second.pk, second.digest != first.digest, second.size) == (first.pk, True, len(body_of(edition, "docx")))
    assert not Path(settings.MEDIA_ROOT, str(first.file.name)).exists() or first.file.name == second.file.name


@pytest.mark.long
def test_a_file_is_drawn_before_the_action_that_keeps_it(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an action runs nobody else writes on SQLite, and a large plan takes seconds to draw."""
    known = copy_of(edition, None, "en")
    monkeypatch.setattr("floreo.publications.actions.copies.save", lambda row: pytest.fail(str(drawn(known, "docx"))))
    with pytest.raises(RuntimeError, match="before the action"):
        kept_copy(edition, "docx", "en")


def test_what_was_made_internal_is_in_no_file_any_more(edition: Edition) -> None:
    assert b"1.1.1" in body_of(edition, "json")
    Action.objects.update(is_public=False)
    assert b"1.1.1" not in body_of(edition, "json")


@pytest.mark.long
def test_the_worker_draws_what_is_stale(edition: Edition) -> None:
    assert draw_stale(by=SYSTEM) == len(KINDS) * 2
    assert draw_stale(by=SYSTEM) == 0
    assert Copy.objects.count() == len(KINDS) * 2


def test_an_edition_that_is_not_public_is_copied_for_who_may_read_it_and_kept_nowhere(
    edition: Edition, stranger: Client, browser_of: Any, secretariat: User
) -> None:
    Edition.objects.update(is_public=False)
    for address in ("/strategy/2025-2028/copy.json", "/strategy/2025-2028/text/"):
        assert stranger.get(address).status_code == 404
        assert browser_of(secretariat).get(address).status_code == 200
    assert Copy.objects.count() == 0
    assert stranger.get("/strategy/2025-2028/copy.exe").status_code == 404


@pytest.mark.long
def test_the_copy_takes_a_fixed_number_of_queries(edition: Edition, django_assert_num_queries: Any) -> None:
    with once.reading(), django_assert_num_queries(8):
        copy_of(edition, None, "en")
    for number in range(2, 12):
        make_action(edition, f"1.1.{number}", milestones=2)
    with once.reading(), django_assert_num_queries(8):
        given = copy_of(edition, None, "es")
    assert (given.language, len(digest_of(given))) == ("es", 64)
