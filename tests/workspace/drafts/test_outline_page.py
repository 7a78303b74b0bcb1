"""The outline page: one mark and every passage that looks alike follows; undo; the marks of another text; two people at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.strategy.actions.drafts import accept_row, apply_profile, mark_passages, read_draft, start_draft, undo_mark
from floreo.strategy.actions.drafts.marking import outline_of_draft
from floreo.strategy.models import DraftRow, ImportDraft
from floreo.strategy.outline.marks import Meaning, Reach
from tests.strategy.outline.test_outline import PLAN

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture
def drafter(user_with: Callable[..., User]) -> User:
    return user_with("drafter")


def drafted(text: str, tmp_path: Path, by: User, name: str = "plan.md") -> ImportDraft:
    path = tmp_path / name
    path.write_text(f"# National plan 2025-2028\n\n{text}", encoding="utf-8")
    return read_draft(start_draft(path, by=by, name=name).pk, by=SYSTEM)


@pytest.fixture
def draft(drafter: User, tmp_path: Path) -> ImportDraft:
    return drafted(PLAN, tmp_path, drafter)


def place(draft: ImportDraft, words: str) -> int:
    found = outline_of_draft(draft)
    return next(one.opens for one in found.passages if found.words(one).startswith(words))


def plan(draft: ImportDraft) -> list[tuple[str, str, str]]:
    rows = DraftRow.objects.filter(draft=draft, kind__in=["pillar", "objective", "action"]).order_by("start")
    return [(row.kind, row.fields["code"], row.title) for row in rows]


WHOLE = [
    ("pillar", "1", "Safe offices"),
    ("objective", "1.1", "Offices know what they have"),
    ("action", "1.1.1", "List all computers of the offices"),
    ("action", "1.1.2", "Name a person for each of them"),
    ("action", "1.1.3", "The list is whole"),
    ("objective", "1.2", "Offices are told in time"),
    ("action", "1.2.1", "Open a line for reports"),
    ("pillar", "2", "Safe schools"),
    ("objective", "2.1", "Teachers are trained"),
    ("action", "2.1.1", "Train two teachers in each school"),
]


def marked(draft: ImportDraft, by: User) -> ImportDraft:
    for words, meaning in (
        ("Safe offices", Meaning.PILLAR),
        ("Offices know", Meaning.OBJECTIVE),
        ("List all", Meaning.ACTION),
    ):
        draft = mark_passages(draft, by=by, places=[place(draft, words)], meaning=meaning)
    return draft


def test_three_marks_make_the_rows_of_the_plan(draft: ImportDraft, drafter: User) -> None:
    assert plan(marked(draft, drafter)) == WHOLE
    entry = AuditEntry.objects.filter(verb="draft.marked").latest("number")
    assert entry.detail["passages"] == ["List all computers of the offices"]


def test_each_row_is_below_the_one_that_the_tree_says(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    rows = {row.number: row for row in DraftRow.objects.filter(draft=draft)}
    above = {row.title: rows[row.parent_number].title for row in rows.values() if row.parent_number}
    assert above["Train two teachers in each school"] == "Teachers are trained"
    assert above["Teachers are trained"] == "Safe schools"


def test_an_exception_under_one_line_leaves_the_others(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    draft = mark_passages(
        draft, by=drafter, places=[place(draft, "The list is whole")], meaning=Meaning.NOTHING, reach=Reach.HERE
    )
    assert [title for _kind, _code, title in plan(draft)] == [t for _k, _c, t in WHOLE if t != "The list is whole"]


def test_undo_takes_back_one_mark_after_the_other_to_what_the_rules_drafted(draft: ImportDraft, drafter: User) -> None:
    before = plan(draft)
    draft = marked(draft, drafter)
    for _time in range(3):
        draft = undo_mark(draft, by=drafter)
    assert plan(draft) == before
    with pytest.raises(Refused, match="no mark to undo"):
        undo_mark(draft, by=drafter)


def test_what_somebody_accepted_stays(draft: ImportDraft, drafter: User) -> None:
    draft = mark_passages(draft, by=drafter, places=[place(draft, "Safe offices")], meaning=Meaning.PILLAR)
    row = DraftRow.objects.get(draft=draft, title="Safe offices")
    accept_row(row, by=drafter)
    draft = mark_passages(draft, by=drafter, places=[place(draft, "Offices know")], meaning=Meaning.OBJECTIVE)
    row.refresh_from_db()
    assert row.state == "accepted"
    assert DraftRow.objects.get(draft=draft, title="Offices know what they have").parent_number == row.number
    assert DraftRow.objects.filter(draft=draft, title="Safe offices").count() == 1


def test_two_who_mark_at_once(draft: ImportDraft, drafter: User) -> None:
    shown = draft.version
    mark_passages(draft, by=drafter, places=[place(draft, "Safe offices")], meaning=Meaning.PILLAR, version=shown)
    with pytest.raises(Changed, match="marked this text"):
        mark_passages(draft, by=drafter, places=[place(draft, "Safe offices")], meaning=Meaning.ACTION, version=shown)


def test_the_last_of_marks_that_contradict_each_other_holds(draft: ImportDraft, drafter: User) -> None:
    for meaning in (Meaning.ACTION, Meaning.PILLAR):
        draft = mark_passages(draft, by=drafter, places=[place(draft, "Safe offices")], meaning=meaning)
    assert [kind for kind, _code, _title in plan(draft)] == ["pillar", "pillar"]
    assert len(draft.marks) == 1


def test_a_place_that_is_none(draft: ImportDraft, drafter: User) -> None:
    with pytest.raises(Refused, match="Choose a passage first"):
        mark_passages(draft, by=drafter, places=[10**9], meaning=Meaning.PILLAR)


def test_a_file_that_holds_no_marks(draft: ImportDraft, drafter: User) -> None:
    with pytest.raises(Refused, match="holds no marks"):
        apply_profile(draft, by=drafter, text="x = 1")


class TestThePage:
    def test_it_shows_every_passage_and_marks_by_a_form(
        self, draft: ImportDraft, drafter: User, browser_of: Browser
    ) -> None:
        browser = browser_of(drafter)
        address = f"/workspace/imports/{draft.code}/outline/"
        page = browser.get(address).content.decode()
        assert "Nothing is marked yet" in page
        assert "List all computers of the offices" in page
        given = {"place": place(draft, "Safe offices"), "meaning": "pillar", "reach": "alike", "version": draft.version}
        response: Any = browser.post(f"{address}mark/", given)
        assert response.status_code == 302
        assert response.url.endswith(f"#p{given['place']}")
        page = browser.get(address).content.decode()
        assert "2 pillars, 0 objectives and 0 actions." in page
        assert "Not used: " in page
        response = browser.post(f"{address}undo/")
        assert "Nothing is marked yet" in browser.get(address).content.decode()

    def test_what_is_not_used_can_be_shown_alone(self, draft: ImportDraft, drafter: User, browser_of: Browser) -> None:
        marked(draft, drafter)
        page = browser_of(drafter).get(f"/workspace/imports/{draft.code}/outline/?show=unused").content.decode()
        assert "A list of words" in page
        assert "List all computers" not in page.split("What you marked")[0]

    def test_the_marks_are_a_file_and_serve_another_text(
        self, draft: ImportDraft, drafter: User, browser_of: Browser, tmp_path: Path
    ) -> None:
        marked(draft, drafter)
        browser = browser_of(drafter)
        response = browser.get(f"/workspace/imports/{draft.code}/outline/marks.toml")
        assert response.headers["Content-Disposition"] == f'attachment; filename="{draft.code}.marks.toml"'
        assert 'meaning = "pillar"' in response.content.decode()
        other = drafted(PLAN.replace("Safe offices", "Quiet harbours"), tmp_path, drafter, "next.md")
        browser.post(f"/workspace/imports/{other.code}/outline/use/", {"from": draft.code})
        assert plan(other)[0] == ("pillar", "1", "Quiet harbours")

    def test_what_is_no_meaning_is_not_found(self, draft: ImportDraft, drafter: User, browser_of: Browser) -> None:
        response = browser_of(drafter).post(f"/workspace/imports/{draft.code}/outline/mark/", {"meaning": "king"})
        assert response.status_code == 404
