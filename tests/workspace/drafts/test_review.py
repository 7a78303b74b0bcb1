"""The review page: text beside rows, decisions with and without script, two people at once, long texts in windows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.strategy.actions.drafts import accept_all, accept_row, read_draft, start_draft
from floreo.strategy.models import DraftState, Edition, ImportDraft, RowState
from floreo.workspace.drafts.passages import Paragraph
from floreo.workspace.drafts.review import Review
from tests.factories import strategy as make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
DOCUMENTS = Path(__file__).resolve().parents[2] / "strategy" / "drafting" / "documents"


@pytest.fixture
def drafter(user_with: Callable[..., User]) -> User:
    return user_with("drafter")


@pytest.fixture
def workspace(drafter: User, browser_of: Browser) -> Client:
    return browser_of(drafter)


def drafted(path: Path, by: User) -> ImportDraft:
    return read_draft(start_draft(path, by=by, name=path.name).pk, by=SYSTEM)


@pytest.fixture
def draft(drafter: User) -> ImportDraft:
    return drafted(DOCUMENTS / "estrategia.txt", drafter)


def address(draft: ImportDraft, number: int | None = None) -> str:
    here = f"/workspace/imports/{draft.code}/"
    return here if number is None else f"{here}rows/{number}/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_every_row_leads_to_its_passage_and_back(draft: ImportDraft, workspace: Client) -> None:
    page = text_of(workspace.get(address(draft)))
    for row in draft.rows.filter(is_offer=False):
        assert f'id="r{row.number}"' in page
        assert page.count(f'id="p{row.number}"') == 1
        assert f'href="#p{row.number}"' in page
        assert f'href="#r{row.number}"' in page
    assert "23 rows drafted from one text. 0 accepted, 23 to review." in page


def test_the_text_is_whole_and_in_order(draft: ImportDraft, drafter: User) -> None:
    pieces = Review(draft, drafter).window()
    assert all(isinstance(p, Paragraph) for p in pieces)
    shown = "".join(s.text for p in pieces if isinstance(p, Paragraph) for s in p.segments)
    squeezed = re.sub(r"[\s\-•*]", "", draft.text)
    assert re.sub(r"[\s\-•*]", "", shown) == squeezed


def test_overlapping_passages_split_the_text_and_each_keeps_its_number(draft: ImportDraft, drafter: User) -> None:
    outer = draft.rows.filter(kind="action").first()
    assert outer is not None
    draft.rows.create(
        number=90,
        kind="body",
        title="Inner",
        start=outer.start + 3,
        end=outer.start + 9,
        passage=draft.text[outer.start + 3 : outer.start + 9],
    )
    draft.rows.create(
        number=91,
        kind="body",
        title="Across",
        start=outer.start + 6,
        end=outer.end + 1,
        passage=draft.text[outer.start + 6 : outer.end + 1],
    )
    review = Review(draft, drafter)
    (paragraph,) = review.paragraphs_of(outer.number)[:1]
    found = [(s.text, [x.number for x in s.starts], s.href) for s in paragraph.segments]
    lead = found.index(next(f for f in found if outer.number in f[1]))
    assert [f[0] for f in found[lead : lead + 3]] == [
        draft.text[outer.start : outer.start + 3],
        draft.text[outer.start + 3 : outer.start + 6],
        draft.text[outer.start + 6 : outer.start + 9],
    ]
    assert [f[1] for f in found[lead : lead + 3]] == [[outer.number], [90], [91]]
    assert found[lead + 1][2] == "#r90"


def test_corrected_characters_are_marked(drafter: User, workspace: Client, tmp_path: Path) -> None:
    path = tmp_path / "mended.txt"
    path.write_bytes(
        "The first National Cybersecurity Strategy 2026-2030 is Prueba’s own.".encode()
        .replace(b"\x80\x99", b"\x80\x99")
        .replace("’".encode(), "â€™".encode())
    )
    draft = drafted(path, drafter)
    page = text_of(workspace.get(address(draft)))
    assert "Prueba" in page
    assert "1 broken character corrected." in page
    assert 'class="fl-repaired"' in page


def test_without_script_a_decision_leads_to_the_next_row(draft: ImportDraft, workspace: Client) -> None:
    done = workspace.post(address(draft, 1), {"decision": "accept", "version": "1"})
    assert (done.status_code, done.headers["Location"]) == (302, f"{address(draft)}#r9")
    page = text_of(workspace.get(address(draft)))
    assert "1 accepted, 22 to review" in page
    assert "by you" in page
    assert "Finish with 1 row" in page
    workspace.post(address(draft, 1), {"decision": "undo", "version": "2"})
    assert draft.rows.get(number=1).state == RowState.UNCONFIRMED


def test_with_script_only_what_changed_comes_back(draft: ImportDraft, workspace: Client) -> None:
    done = workspace.post(address(draft, 1), {"decision": "accept", "version": "1"}, headers={"HX-Request": "true"})
    page = text_of(done)
    assert "<html" not in page
    assert page.index('id="r1"') < page.index('id="r9"')
    assert 'id="r9" class="fl-draft fl-draft--now" hx-swap-oob="true"' in page
    assert 'id="review-head" hx-swap-oob="true"' in page
    assert "data-focus" in page


def test_an_edit_opens_in_the_row_and_keeps_bad_text(draft: ImportDraft, workspace: Client) -> None:
    row = draft.rows.filter(kind="action").first()
    assert row is not None
    opened = workspace.post(address(draft, row.number), {"decision": "open"}, follow=True)
    assert f'id="row{row.number}-due"' in text_of(opened)
    bad = {"decision": "edit", "version": "1", "title": "Better words", "due": "sometime", "code": "1.1.1"}
    answer = workspace.post(address(draft, row.number), bad)
    assert answer.status_code == 422
    for words in ("Better words", "sometime", "Enter the date as year-month-day, for example 2027-06-30."):
        assert words in text_of(answer)
    workspace.post(address(draft, row.number), bad | {"due": "2027-01-31"})
    row.refresh_from_db()
    assert (row.title, row.fields["due"], row.state) == ("Better words", "2027-01-31", RowState.EDITED)


@pytest.mark.parametrize("script", [True, False])
def test_the_second_of_two_who_decide_reads_the_first_decision(
    script: bool, draft: ImportDraft, workspace: Client, secretariat: User
) -> None:
    accept_row(draft.rows.get(number=10), by=secretariat, version=1)
    headers = {"HX-Request": "true"} if script else {}
    answer = workspace.post(address(draft, 10), {"decision": "reject", "version": "1"}, headers=headers)
    assert answer.status_code == 409
    assert "Test secretariat decided on row 10 while you were viewing it: accepted." in text_of(answer)
    assert draft.rows.get(number=10).state == RowState.ACCEPTED


def test_a_row_that_lacks_something_opens_its_form(draft: ImportDraft, drafter: User, workspace: Client) -> None:
    other = drafted(DOCUMENTS / "numbered-plain.txt", drafter)
    row = next(r for r in other.rows.all() if r.fields.get("part") == "adopted")
    workspace.post(f"{address(other)}take/", {"number": row.number})
    row.refresh_from_db()
    answer = workspace.post(address(other, row.number), {"decision": "accept", "version": row.version})
    assert answer.status_code == 422
    assert f'id="row{row.number}-part"' in text_of(answer)


def test_what_is_not_certain_is_an_offer_until_somebody_takes_it(draft: ImportDraft, workspace: Client) -> None:
    offer = draft.rows.get(is_offer=True)
    page = text_of(workspace.get(address(draft)))
    assert "1 find that is not certain" in page
    assert f'name="number" value="{offer.number}"' in page
    assert workspace.post(address(draft, offer.number), {"decision": "accept"}).status_code == 404
    nothing = workspace.post(f"{address(draft)}take/", {}, follow=True)
    assert "Tick at least one." in text_of(nothing)
    taken = workspace.post(f"{address(draft)}take/", {"number": offer.number}, follow=True)
    assert "24 rows drafted from one text. 0 accepted, 24 to review." in text_of(taken)
    assert AuditEntry.objects.get(verb="draft.offers_taken").detail["taken"] == [offer.title]


def test_many_rows_of_a_kind_are_rejected_at_once(draft: ImportDraft, workspace: Client) -> None:
    workspace.post(f"{address(draft)}accept/", {"reject": "target"})
    states = {row.kind: row.state for row in draft.rows.filter(is_offer=False)}
    assert states["target"] == RowState.REJECTED
    assert states["pillar"] == RowState.UNCONFIRMED


def test_it_says_what_was_not_read(draft: ImportDraft, workspace: Client) -> None:
    page = text_of(workspace.get(address(draft)))
    assert "Not used: 5 headings." in page
    assert f'{address(draft)}outline/?show=unused"' in page


def test_many_rows_of_a_kind_at_once(draft: ImportDraft, workspace: Client) -> None:
    workspace.post(f"{address(draft)}accept/", {"kind": "pillar"})
    assert set(draft.rows.filter(kind="pillar").values_list("state", flat=True)) == {RowState.ACCEPTED}


def test_finishing_asks_where_to_and_leads_to_the_plan(draft: ImportDraft, drafter: User, workspace: Client) -> None:
    make.make_edition("2025-2028")
    for kind in ("edition", "pillar", "objective"):
        accept_all(draft, by=drafter, kind=kind)
    page = text_of(workspace.get(f"{address(draft)}finish/"))
    assert 'value="2025-2028-2"' in page
    assert "Strategy 2025-2028" not in page  # a drafter may not change the plan that is there
    taken = workspace.post(f"{address(draft)}finish/", {"into": "new", "code": "2025-2028"})
    assert (
        taken.status_code,
        "Edition 2025-2028 already exists. Choose it below, or give the new edition another code." in text_of(taken),
    ) == (422, True)
    done = workspace.post(f"{address(draft)}finish/", {"into": "new", "code": "next"})
    assert done.headers["Location"] == "/workspace/plan/next/"
    assert Edition.objects.get(code="next").pillars.count() == 3
    draft.refresh_from_db()
    assert (draft.state, draft.edition.code if draft.edition else "") == (DraftState.OPEN, "next")
    assert "in the plan" in text_of(workspace.get(address(draft)))


def test_whoever_changes_the_plan_may_choose_an_edition(
    draft: ImportDraft, secretariat: User, browser_of: Browser
) -> None:
    make.make_edition("2025-2028")
    accept_all(draft, by=secretariat, kind="pillar")
    workspace = browser_of(secretariat)
    assert "Strategy 2025-2028" in text_of(workspace.get(f"{address(draft)}finish/"))
    done = workspace.post(f"{address(draft)}finish/", {"into": "2025-2028"})
    assert done.headers["Location"] == "/workspace/plan/2025-2028/"


def long_plan(path: Path, *, pillars: int, filler: int) -> Path:
    lines = ["# National Cybersecurity Strategy 2026-2030", ""]
    for pillar in range(1, pillars + 1):
        lines += [f"## Pillar {pillar}: Safe services number {pillar}", "", f"### Objective {pillar}.1: Reports", ""]
        for _n in range(filler):
            lines += ["The country depends on its networks, and what was said before is said again here. " * 12, ""]
        for action in range(1, 11):
            lines += [
                f"#### Action {pillar}.1.{action}: Publish report {action} of pillar {pillar} by December 2027",
                "",
            ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.long
def test_a_long_text_is_shown_in_windows(drafter: User, workspace: Client, tmp_path: Path) -> None:
    draft = drafted(long_plan(tmp_path / "long.md", pillars=12, filler=25), drafter)
    assert len(draft.text) > 250_000
    assert draft.rows.count() > 100
    answer = workspace.get(address(draft))
    page = text_of(answer)
    assert len(answer.content) < 150_000
    assert "paragraphs without drafted rows" in page
    assert "Rows, page 2" in page
    gap = re.search(r"open=(\d+)", page)
    assert gap
    opened = text_of(workspace.get(f"{address(draft)}?page=1&open={gap[1]}"))
    assert f'id="b{gap[1]}"' in opened
    assert len(opened) > len(page)
    last = workspace.get(f"{address(draft)}?page=3")
    assert last.status_code == 200
    assert workspace.get(f"{address(draft)}?page=999&row=x&open=-1").status_code == 200


def test_a_draft_costs_the_same_however_many_rows(
    draft: ImportDraft, workspace: Client, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    workspace.get(address(draft))  # the numbers in the menu are counted once a minute
    with django_assert_max_num_queries(20):
        workspace.get(address(draft))


def test_a_text_being_read_looks_again_by_itself(drafter: User, workspace: Client) -> None:
    path = DOCUMENTS / "estrategia.txt"
    draft = start_draft(path, by=drafter, name=path.name)
    page = text_of(workspace.get(address(draft)))
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "Read it now" not in page
    ImportDraft.objects.update(changed_at=draft.changed_at.replace(year=2020))
    assert "Read it now" in text_of(workspace.get(address(draft)))
    workspace.post(f"{address(draft)}read/")
    draft.refresh_from_db()
    assert draft.state == DraftState.OPEN


def test_what_is_not_there_is_missing(
    draft: ImportDraft, workspace: Client, observer: User, browser_of: Browser
) -> None:
    assert workspace.get("/workspace/imports/nothing/").status_code == 404
    assert workspace.post(address(draft, 999), {"decision": "accept"}).status_code == 404
    assert workspace.post(address(draft, 1), {"decision": "explode"}).status_code == 404
    assert workspace.get(address(draft, 1)).status_code == 405
    for page in (address(draft), f"{address(draft)}finish/"):
        assert browser_of(observer).get(page).status_code == 403


def test_a_part_asked_for_by_nobody_signed_in_leads_to_the_whole_sign_in_page(
    draft: ImportDraft, stranger: Client
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address(draft)}?page=2"}
    answer = stranger.post(address(draft, 1), {"decision": "accept"}, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/account/login/?next=%2Fworkspace%2Fimports%2Festrategia%2F%3Fpage%3D2"


def test_a_refused_part_takes_the_place_of_the_page(draft: ImportDraft, observer: User, browser_of: Browser) -> None:
    answer = browser_of(observer).post(address(draft, 1), {"decision": "accept"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (403, "#main")
