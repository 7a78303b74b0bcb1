"""The outline page: one mark and every passage that looks alike follows; undo; the marks of another text; two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.strategy.actions.drafts import (
    accept_row,
    add_passage,
    apply_profile,
    finish_draft,
    join_passages,
    mark_passages,
    move_rows,
    read_draft,
    split_passage,
    start_draft,
    undo_mark,
)
from floreo.strategy.actions.drafts.marking import result_of
from floreo.strategy.models import Action, DraftRow, Edition, ImportDraft, Objective
from floreo.strategy.outline.edits import EditKind
from floreo.strategy.outline.marks import LEVELS, Meaning, Reach
from tests.factories.strategy import make_country
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
    found = result_of(draft).outline
    return next(one.opens for one in found.passages if found.words(one).startswith(words))


def plan(draft: ImportDraft) -> list[tuple[str, str, str]]:
    rows = DraftRow.objects.filter(draft=draft, kind__in=["pillar", "objective", "sub_objective", "action"]).order_by(
        "start"
    )
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
    draft = undo_mark(draft, by=drafter)
    assert [kind for kind, _code, _title in plan(draft)] == ["action", "action"]  # what the first one said


def test_one_press_makes_a_passage_a_row_beside_those_of_the_rules(draft: ImportDraft, drafter: User) -> None:
    before = plan(draft)
    draft = add_passage(draft, by=drafter, place=place(draft, "We thank everybody"))
    assert ("We thank everybody" in [title for _kind, _code, title in plan(draft)]) is True
    assert [title for _k, _c, title in plan(draft) if title != "We thank everybody"] == [
        title for _k, _c, title in before
    ]
    assert plan(undo_mark(draft, by=drafter)) == before


@pytest.mark.long
def test_rows_are_joined_split_and_moved_and_each_press_is_undone(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    steps: list[list[tuple[str, str, str]]] = [plan(draft)]
    two = [place(draft, "List all"), place(draft, "Name a person")]
    draft = join_passages(draft, by=drafter, places=two)
    assert ("action", "1.1.1", "List all computers of the offices Name a person for each of them") in plan(draft)
    steps.append(plan(draft))
    draft = split_passage(draft, by=drafter, place=place(draft, "Train two teachers"), cuts=[4])
    assert plan(draft)[-2:] == [("action", "2.1.1", "Train two teachers"), ("action", "2.1.2", "in each school")]
    steps.append(plan(draft))
    draft = move_rows(
        draft,
        by=drafter,
        places=[place(draft, "Offices are told")],
        act=EditKind.UNDER,
        to=place(draft, "Safe schools"),
    )
    told = DraftRow.objects.get(draft=draft, title="Offices are told in time")
    assert told.parent_number is not None
    above = DraftRow.objects.get(draft=draft, number=told.parent_number)
    assert (above.title, told.fields["code"]) == ("Safe schools", "2.2")
    assert AuditEntry.objects.filter(verb="draft.rows_moved").latest("number").detail["to"] == "Safe schools"
    for was in reversed(steps):
        draft = undo_mark(draft, by=drafter)
        assert plan(draft) == was


def test_five_passages_marked_by_one_press_are_undone_by_one(draft: ImportDraft, drafter: User) -> None:
    before = plan(draft)
    places = [place(draft, words) for words in ("List all", "Name a person", "Open a line")]
    draft = mark_passages(draft, by=drafter, places=places, meaning=Meaning.ACTION, reach=Reach.ONE)
    assert len(draft.marks) == 3
    assert plan(undo_mark(draft, by=drafter)) == before


def test_what_cannot_be_joined_moved_or_split(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    offices, schools = place(draft, "Safe offices"), place(draft, "Safe schools")
    with pytest.raises(Refused, match="at least two passages"):
        join_passages(draft, by=drafter, places=[offices])
    with pytest.raises(Refused, match="follow one another"):
        join_passages(draft, by=drafter, places=[offices, schools])
    with pytest.raises(Refused, match="only be below one of a higher level"):
        move_rows(draft, by=drafter, places=[offices], act=EditKind.UNDER, to=place(draft, "Offices know"))
    with pytest.raises(Refused, match="Choose the row"):
        move_rows(draft, by=drafter, places=[offices], act=EditKind.UNDER, to=10**9)
    with pytest.raises(Refused, match="Tick a row"):
        move_rows(draft, by=drafter, places=[10**9], act=EditKind.UNDER, to=schools)
    with pytest.raises(Refused, match="Choose where"):
        split_passage(draft, by=drafter, place=offices, cuts=[])
    with pytest.raises(Refused, match="Choose where"):
        split_passage(draft, by=drafter, place=offices, cuts=[1, 99])


# --- What is bad input for an outline has its sentence ------------------------------------------------------------


def head_of(draft: ImportDraft, browser: Client, **asked: str) -> str:
    page = browser.get(reverse("workspace:import_outline", args=[draft.code]), asked).content.decode()
    return " ".join(page.split("<main")[1].split("</header>")[0].split())


def test_marks_that_contradict_each_other_say_so(draft: ImportDraft, drafter: User, browser_of: Browser) -> None:
    browser = browser_of(drafter)
    for meaning in (Meaning.PILLAR, Meaning.PILLAR):
        draft = mark_passages(draft, by=drafter, places=[place(draft, "Safe offices")], meaning=meaning)
    assert "has no effect" not in head_of(draft, browser)  # said twice, and no contradiction
    draft = mark_passages(draft, by=drafter, places=[place(draft, "Safe schools")], meaning=Meaning.ACTION)
    assert "2 marks have no effect: later ones say something else of the same passages." in head_of(draft, browser)
    draft = undo_mark(draft, by=drafter)
    assert "no effect" not in head_of(draft, browser)


def test_levels_that_change_in_the_middle_are_counted_as_not_used(
    drafter: User, tmp_path: Path, browser_of: Browser
) -> None:
    first = "".join(f"## Goal {n}: Aim number {n}\n\n{n}.1 Do the first thing of {n}\n\n" for n in (1, 2))
    second = "".join(f"### Strand {n}: Line number {n}\n\na) Make a list of {n}\n\n" for n in (1, 2, 3))
    draft = drafted(first + second, tmp_path, drafter)
    marks = {"Aim number 1": Meaning.PILLAR, "Do the first thing of 1": Meaning.ACTION}
    draft = painted(draft, drafter, marks)
    assert "Not used: 6 numbered passages" in head_of(draft, browser_of(drafter))


@pytest.mark.long
def test_an_outline_of_3000_nodes_is_shown_in_pages(drafter: User, tmp_path: Path, browser_of: Browser) -> None:
    text = "".join(
        f"## Goal {n}: Aim number {n}\n\n" + "".join(f"{n}.{k} Do the thing {k} of goal {n}\n\n" for k in range(1, 31))
        for n in range(1, 100)
    )
    draft = drafted(text, tmp_path, drafter)
    draft = painted(draft, drafter, {"Aim number 1": Meaning.PILLAR, "Do the thing 1 of goal 1": Meaning.ACTION})
    browser = browser_of(drafter)
    assert "99 pillars, 0 objectives and 2,970 actions." in head_of(draft, browser)
    page = browser.get(reverse("workspace:import_outline", args=[draft.code]), {"page": "21"}).content.decode()
    assert "Do the thing 30 of goal 99" in page
    assert 0 < page.count('name="place"') <= 150


# --- One to four levels -------------------------------------------------------------------------------------------

FOUR = """# National Cybersecurity Strategy 2027-2030

## Thrust 1: Safe offices

### Aim 1: Offices know what they have

#### Part 1: Lists

1. List all computers of the offices
2. Name a person for each of them

#### Part 2: Sums

1. Count them each year

### Aim 2: Offices are told in time

1. Open a line for reports

## Thrust 2: Safe schools

1. Train two teachers in each school
"""


def with_levels(*words: str) -> None:
    """The levels of the country's plans, as a pack names them."""
    country = make_country()
    country.levels = [{"one": word, "many": f"{word}s", "translations": {}} for word in words]
    country.save()


def painted(draft: ImportDraft, by: User, given: dict[str, Meaning]) -> ImportDraft:
    for words, meaning in given.items():
        draft = mark_passages(draft, by=by, places=[place(draft, words)], meaning=meaning)
    return draft


def entered(draft: ImportDraft, by: User, code: str) -> Edition:
    for row in DraftRow.objects.filter(draft=draft, state="unconfirmed", is_offer=False):
        accept_row(row, by=by)
    return finish_draft(draft, by=by, new=True, code=code).edition


def tree_of(edition: Edition) -> list[tuple[str, list[str]]]:
    """Each action with what is above it, from the top."""
    actions = Action.objects.filter(edition=edition).order_by("position")
    return [(act.title, [each.title for each in act.above]) for act in actions]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("thrust", "aim", "part", "work"), ["pillar", "objective", "sub_objective", "action"]),
        (("thrust", "aim", "work"), ["pillar", "objective", "action"]),
        (("thrust", "work"), ["pillar", "action"]),
        (("work",), ["action"]),
        ((), ["pillar", "objective", "action"]),
    ],
)
def test_the_outline_offers_the_levels_that_plans_of_the_country_have(
    words: tuple[str, ...], offered: list[str], draft: ImportDraft, drafter: User, browser_of: Browser
) -> None:
    with_levels(*words)
    page = browser_of(drafter).get(reverse("workspace:import_outline", args=[draft.code])).content.decode()
    levels = [str(level) for level in LEVELS]
    assert [value for value in re.findall(r'name="meaning"[^>]*value="(\w+)"', page) if value in levels] == offered


@pytest.mark.long
def test_a_plan_of_four_levels_is_painted_and_entered(drafter: User, tmp_path: Path) -> None:
    with_levels("thrust", "aim", "part", "work")
    draft = drafted(FOUR, tmp_path, drafter)
    marks = {"Safe offices": Meaning.PILLAR, "Offices know": Meaning.OBJECTIVE, "Lists": Meaning.SUB_OBJECTIVE}
    draft = painted(draft, drafter, {**marks, "List all": Meaning.ACTION})
    assert ("sub_objective", "1.1.2", "Sums") in plan(draft)
    assert ("action", "1.1.2.1", "Count them each year") in plan(draft)
    alone = [
        place(draft, words) for words in ("Open a line", "Train two")
    ]  # points where no part is open are no actions by themselves
    draft = mark_passages(draft, by=drafter, places=alone, meaning=Meaning.ACTION, reach=Reach.ONE)
    edition = entered(draft, drafter, "four")
    assert edition.levels == 4
    assert tree_of(edition) == [
        ("List all computers of the offices", ["Safe offices", "Offices know what they have", "Lists"]),
        ("Name a person for each of them", ["Safe offices", "Offices know what they have", "Lists"]),
        ("Count them each year", ["Safe offices", "Offices know what they have", "Sums"]),
        # Where the text has no part, or no aim, one with the title above it holds the action: nothing is invented.
        ("Open a line for reports", ["Safe offices", "Offices are told in time", "Offices are told in time"]),
        ("Train two teachers in each school", ["Safe schools", "Safe schools", "Safe schools"]),
    ]


@pytest.mark.long
def test_a_plan_of_two_levels_is_painted_and_entered(drafter: User, tmp_path: Path) -> None:
    with_levels("thrust", "work")
    text = FOUR.replace("### Aim 1: ", "### ").replace("### Aim 2: ", "### ").replace("#### Part ", "#### Note ")
    draft = painted(
        drafted(text, tmp_path, drafter), drafter, {"Safe offices": Meaning.PILLAR, "List all": Meaning.ACTION}
    )
    edition = entered(draft, drafter, "two")
    assert edition.levels == 2
    assert ("Count them each year", ["Safe offices"]) in tree_of(edition)
    assert not Objective.objects.filter(pillar__edition=edition).exists()


def test_a_plan_of_one_level_is_painted_and_entered(drafter: User, tmp_path: Path) -> None:
    with_levels("work")
    draft = painted(drafted(FOUR, tmp_path, drafter), drafter, {"List all": Meaning.ACTION})
    edition = entered(draft, drafter, "one")
    assert edition.levels == 1
    assert ("Count them each year", []) in tree_of(edition)


def test_a_level_that_the_edition_does_not_have_is_refused_when_it_enters(drafter: User, tmp_path: Path) -> None:
    three = Edition.objects.create(code="three", title="Another plan", levels=3)
    marks = {"Safe offices": Meaning.PILLAR, "Offices know": Meaning.OBJECTIVE, "Lists": Meaning.SUB_OBJECTIVE}
    draft = painted(drafted(FOUR, tmp_path, drafter), drafter, marks)
    for row in DraftRow.objects.filter(draft=draft, kind__in=["pillar", "objective", "sub_objective"]):
        accept_row(row, by=drafter)
    with pytest.raises(Refused, match="This plan has these levels"):
        finish_draft(draft, by=SYSTEM, edition=three)


def test_what_cannot_be_given_in_order(draft: ImportDraft, drafter: User) -> None:
    with pytest.raises(Refused, match="Only leads, supporting bodies"):
        mark_passages(
            draft, by=drafter, places=[place(draft, "Safe offices")], meaning=Meaning.PILLAR, reach=Reach.IN_ORDER
        )
    with pytest.raises(Refused, match="Mark it alone"):
        mark_passages(
            draft, by=drafter, places=[place(draft, "We thank everybody")], meaning=Meaning.LEAD, reach=Reach.IN_ORDER
        )
    draft.refresh_from_db()
    assert draft.marks == []


def test_words_of_another_column_are_cut_out_and_the_rest_is_joined(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    draft = split_passage(draft, by=drafter, place=place(draft, "List all"), cuts=[3, 5])
    assert ("action", "1.1.2", "computers of") in plan(draft)
    draft = join_passages(draft, by=drafter, places=[place(draft, "List all"), place(draft, "the offices")])
    assert ("action", "1.1.1", "List all the offices") in plan(draft)
    with pytest.raises(Refused, match="follow one another"):  # what is between is a passage of its own
        join_passages(draft, by=drafter, places=[place(draft, "List all"), place(draft, "Open a line")])


def test_the_page_of_a_split_offers_phrases_and_every_word(
    draft: ImportDraft, drafter: User, browser_of: Browser
) -> None:
    address = reverse("workspace:import_split", args=[draft.code, place(draft, "List all")])
    browser = browser_of(drafter)
    assert 'name="cut"' not in browser.get(address).content.decode()
    assert browser.get(address, {"at": "words"}).content.decode().count('name="cut"') == 5
    browser.post(f"{address}?at=words", {"cut": ["3"], "version": str(draft.version)})
    draft.refresh_from_db()
    assert [one["act"] for one in draft.marks] == ["split"]


def test_what_somebody_accepted_is_not_moved_under_their_hands(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    accept_row(DraftRow.objects.get(draft=draft, title="Offices are told in time"), by=drafter)
    with pytest.raises(Refused, match="accepted already"):
        move_rows(
            draft,
            by=drafter,
            places=[place(draft, "Offices are told")],
            act=EditKind.UNDER,
            to=place(draft, "Safe schools"),
        )


def test_the_marks_of_another_text_are_undone_by_one_press(draft: ImportDraft, drafter: User) -> None:
    draft = marked(draft, drafter)
    before = plan(draft)
    only = mark_text("pillar", "thrust")
    draft = apply_profile(draft, by=drafter, text=only)
    assert [kind for kind, _code, _title in plan(draft)] == ["pillar", "pillar"]
    assert plan(undo_mark(draft, by=drafter)) == before


def mark_text(meaning: str, label: str) -> str:
    return f'[[mark]]\nmeaning = "{meaning}"\nreach = "alike"\nkey = ["label", "{label}"]\n'


TERMS = """Short term: 6 months

| Work | Who | When |
|---|---|---|
| Count all of the computers in the offices | Treasury | Short term |
| Buy a good lamp for each of the offices | Police | Long term |
"""


def test_a_term_becomes_a_date_when_a_person_says_so(drafter: User, tmp_path: Path, browser_of: Browser) -> None:
    draft = drafted(
        f"National Cybersecurity Strategy 2025-2028\n\n{TERMS}\n{'Words of the plan. ' * 20}", tmp_path, drafter
    )
    draft = mark_passages(draft, by=drafter, places=[place(draft, "Count all")], meaning=Meaning.ACTION)
    draft = mark_passages(draft, by=drafter, places=[place(draft, "Long term")], meaning=Meaning.DUE)
    browser = browser_of(drafter)
    address = f"/workspace/imports/{draft.code}/outline/"
    page = browser.get(address).content.decode()
    assert "The text says: “Short term: 6 months”" in page
    assert 'value="2025-06-30"' in page  # from the first day of the edition's period
    assert "The text does not say until when." in page
    rows = DraftRow.objects.filter(draft=draft, kind="action")
    assert [row.fields.get("due") for row in rows] == [None, None]
    given = {"term": ["short term", "long term"], "day": ["2025-06-30", ""]}
    assert browser.post(f"{address}terms/", given).status_code == 302
    assert [row.fields.get("due") for row in rows.all()] == ["2025-06-30", None]
    wrong: Any = browser.post(f"{address}terms/", {"term": ["long term"], "day": ["soon"]})
    assert (wrong.status_code, "Enter the date as year-month-day" in wrong.content.decode()) == (422, True)
    draft.refresh_from_db()
    undo_mark(draft, by=drafter)
    assert [row.fields.get("due") for row in rows.all()] == [None, None]


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

    def test_everything_is_done_by_forms(self, draft: ImportDraft, drafter: User, browser_of: Browser) -> None:
        draft = marked(draft, drafter)
        browser = browser_of(drafter)
        address = f"/workspace/imports/{draft.code}/outline/"

        def press(**given: object) -> Any:
            return browser.post(f"{address}mark/", {"show": "plan", **given})

        page = browser.get(f"{address}?show=plan").content.decode()
        assert "The plan, 10 rows" in page
        down = press(do="down", place=place(draft, "List all"))
        assert (down.status_code, down.url.split("?")[1].split("#")[0]) == (302, "page=1&show=plan")
        assert [title for _k, _c, title in plan(draft)][2:4] == [
            "List all computers of the offices",
            "Name a person for each of them",
        ]
        assert [row.fields["code"] for row in DraftRow.objects.filter(draft=draft, start=place(draft, "List all"))] == [
            "1.1.2"
        ]
        last: Any = press(do="down", place=place(draft, "Safe schools"))
        assert (last.status_code, "the last at its place" in last.content.decode()) == (422, True)
        assert (
            f'value="{place(draft, "Safe schools")}" aria-label="Thrust 2: Safe schools" checked'
            in last.content.decode()
            or ("checked" in last.content.decode())
        )
        assert (
            press(do="under", place=place(draft, "Offices are told"), to=place(draft, "Safe schools")).status_code
            == 302
        )
        split: Any = press(do="split", place=place(draft, "Train two"))
        assert f"/outline/split/{place(draft, 'Train two')}/?show=plan" in split.url
        assert "Tick each phrase" in browser.get(split.url).content.decode()
        assert browser.post(split.url, {}).status_code == 422
        assert browser.post(split.url, {"cut": "4"}).status_code == 302
        assert press(add=place(draft, "We go on")).status_code == 302
        assert press(do="join", place=[place(draft, "We thank"), place(draft, "We go on")]).status_code == 302
        assert "We thank everybody. We go on" in [title for _k, _c, title in plan(draft)]
        assert press(do="burn").status_code == 404
        assert press().status_code == 404

    def test_one_press_agrees_with_what_the_rules_propose(
        self, drafter: User, browser_of: Browser, tmp_path: Path
    ) -> None:
        draft = drafted(PLAN.replace("Thrust", "Pillar"), tmp_path, drafter)
        draft = mark_passages(draft, by=drafter, places=[place(draft, "List all")], meaning=Meaning.ACTION)
        browser = browser_of(drafter)
        address = f"/workspace/imports/{draft.code}/outline/"
        assert "Proposed: Pillar, 2 of 2 alike" in browser.get(address).content.decode()
        browser.post(f"{address}mark/", {"agree": place(draft, "Safe offices")})
        assert [kind for kind, _code, _title in plan(draft) if kind == "pillar"] == ["pillar", "pillar"]
        assert browser.post(f"{address}mark/", {"agree": place(draft, "We go on")}).status_code == 404

    def test_two_people_at_once(self, draft: ImportDraft, drafter: User, browser_of: Browser) -> None:
        version = draft.version
        marked(draft, drafter)
        given = {"place": place(draft, "Safe offices"), "do": "down", "version": version}
        answer: Any = browser_of(drafter).post(f"/workspace/imports/{draft.code}/outline/mark/", given)
        assert answer.status_code == 409
        assert "Somebody marked this text" in answer.content.decode()
