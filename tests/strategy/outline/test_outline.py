"""The outline of a document, and the rows that follow from a few marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.looks import caption_of, named_by, numbered_lines, prefixed_by, shape_of
from floreo.strategy.outline.marks import Mark, Meaning, Reach, Result, marked, read_with
from floreo.strategy.outline.passages import Outline, outline_of
from floreo.strategy.outline.profiles import NoProfile, as_toml, of_toml
from floreo.strategy.outline.reading import codes_of, counted, guesses_in, is_thin, unused_in

# Levels that no vocabulary knows, numbers that begin again under each of them, points in the foreword that are not the plan.
PLAN = """# A plan for a safe network

## Foreword

- We thank everybody.
- We go on.

## Thrust 1: Safe offices

Text that says why.

### Aim 1: Offices know what they have

Work:

1. List all computers of the offices
2. Name a person for each of them

Outcomes:

1. The list is whole

### Aim 2: Offices are told in time

Work:

1. Open a line for reports

## Thrust 2: Safe schools

### Aim 1: Teachers are trained

Work:

1. Train two teachers in each school

## Annexes

1. A list of words
"""


def outline(text: str, tmp_path: Path, name: str = "plan.md") -> Outline:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return outline_of(read_document(path, openers=OPENERS))


def on(found: Outline, words: str, meaning: Meaning, reach: Reach = Reach.ALIKE) -> Mark:
    passage = next(one for one in found.passages if found.words(one).startswith(words))
    return marked(found, passage, meaning, reach)


def tree(result: Result) -> list[tuple[str, str, str]]:
    titles = {row.number: row.title for row in result.rows}
    return [(str(row.meaning), row.title, titles.get(row.parent or 0, "")) for row in result.rows]


@pytest.fixture
def plan(tmp_path: Path) -> Outline:
    return outline(PLAN, tmp_path)


def test_three_marks_give_the_plan_with_its_parents(plan: Outline) -> None:
    marks = [
        on(plan, "Safe offices", Meaning.PILLAR),
        on(plan, "Offices know", Meaning.OBJECTIVE),
        on(plan, "List all", Meaning.ACTION),
        on(plan, "The list is whole", Meaning.NOTHING, Reach.HERE),
    ]
    assert tree(read_with(plan, marks)) == [
        ("pillar", "Safe offices", ""),
        ("objective", "Offices know what they have", "Safe offices"),
        ("action", "List all computers of the offices", "Offices know what they have"),
        ("action", "Name a person for each of them", "Offices know what they have"),
        ("objective", "Offices are told in time", "Safe offices"),
        ("action", "Open a line for reports", "Offices are told in time"),
        ("pillar", "Safe schools", ""),
        ("objective", "Teachers are trained", "Safe schools"),
        ("action", "Train two teachers in each school", "Teachers are trained"),
    ]


def test_the_order_of_the_marks_changes_nothing(plan: Outline) -> None:
    marks = [
        on(plan, "List all", Meaning.ACTION),
        on(plan, "Offices know", Meaning.OBJECTIVE),
        on(plan, "Safe offices", Meaning.PILLAR),
    ]
    assert tree(read_with(plan, marks)) == tree(read_with(plan, marks[::-1]))


def test_a_branch_can_be_left_out(plan: Outline) -> None:
    marks = [on(plan, "Safe offices", Meaning.PILLAR), on(plan, "Safe schools", Meaning.NOTHING, Reach.BRANCH)]
    marks += [on(plan, "Offices know", Meaning.OBJECTIVE)]
    assert [title for _kind, title, _above in tree(read_with(plan, marks))] == [
        "Safe offices",
        "Offices know what they have",
        "Offices are told in time",
    ]


def test_one_passage_alone_can_be_a_row(plan: Outline) -> None:
    marks = [on(plan, "Safe offices", Meaning.PILLAR), on(plan, "Text that says why", Meaning.OBJECTIVE)]
    assert marks[1].reach == Reach.ONE  # a plain paragraph looks like every other
    assert tree(read_with(plan, marks))[:2] == [
        ("pillar", "Safe offices", ""),
        ("objective", "Text that says why", "Safe offices"),
    ]


def test_codes_come_from_the_tree_where_numbers_begin_again(plan: Outline) -> None:
    marks = [on(plan, "Safe offices", Meaning.PILLAR), on(plan, "Offices know", Meaning.OBJECTIVE)]
    rows = read_with(plan, marks).rows
    codes = codes_of(rows)
    assert [codes[row.number] for row in rows] == ["1", "1.1", "1.2", "2", "2.1"]


def test_what_no_row_came_of_is_counted(plan: Outline) -> None:
    marks = [on(plan, "Safe offices", Meaning.PILLAR), on(plan, "List all", Meaning.ACTION)]
    left = unused_in(read_with(plan, marks))
    assert [plan.words(one) for one in left] == [
        "A plan for a safe network",
        "Foreword",
        "Offices know what they have",
        "Offices are told in time",
        "Teachers are trained",
        "Annexes",
        "A list of words",
    ]
    assert (counted(left).numbered, counted(left).headings, counted(left).rows) == (4, 3, 0)
    assert not is_thin(3, counted(left))


def test_the_marks_of_one_edition_read_the_next(plan: Outline, tmp_path: Path) -> None:
    marks = [
        on(plan, "Safe offices", Meaning.PILLAR),
        on(plan, "Offices know", Meaning.OBJECTIVE),
        on(plan, "List all", Meaning.ACTION),
    ]
    kept = of_toml(as_toml(plan, marks, name="plan.md"))
    other = outline(
        PLAN.replace("Safe offices", "Quiet harbours").replace("Open a line", "Keep a line"), tmp_path, "2.md"
    )
    titles = [title for _kind, title, _above in tree(read_with(other, kept))]
    assert titles[0] == "Quiet harbours"
    assert "Keep a line for reports" in titles
    assert "We thank everybody" not in titles


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mark = 1",
        "[[mark]]",
        '[[mark]]\nmeaning = "king"\nreach = "alike"\nkey = ["a"]',
        "[[mark",
        "x = 1",
        "[[mark]]\nkey=[{}]",
    ],
)
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(NoProfile):
        of_toml(text)


def test_a_table_gives_rows_with_who_and_when(tmp_path: Path) -> None:
    text = """<html><body><h2>Line A. Schools</h2><table>
    <tr><th>Task</th><th>Responsible</th><th>Time</th></tr>
    <tr><td>1. Train teachers 2. Print a guide</td><td>Ministry of Education</td><td>2027</td></tr>
    <tr><td>Visit the islands in the north of the country</td><td>Police</td><td>Medium</td></tr></table>
    <h2>Line B. Harbours</h2><table><tr><th>Task</th><th>Responsible</th><th>Time</th></tr>
    <tr><td>Count the cables that come to the harbour</td><td>Port</td><td>Long</td></tr></table></body></html>"""
    found = outline(text, tmp_path, "plan.html")
    marks = [
        on(found, "Schools", Meaning.PILLAR),
        on(found, "Train teachers", Meaning.ACTION),
        on(found, "Visit the islands", Meaning.ACTION),
        on(found, "Ministry of Education", Meaning.LEAD),
        on(found, "2027", Meaning.DUE),
    ]
    rows = read_with(found, marks).rows
    assert [(row.title, row.fields) for row in rows] == [
        ("Schools", {}),
        ("Train teachers", {"lead": "Ministry of Education", "due": "2027"}),
        ("Print a guide", {"lead": "Ministry of Education", "due": "2027"}),
        ("Visit the islands in the north of the country", {"lead": "Police", "due": "Medium"}),
        ("Harbours", {}),
        ("Count the cables that come to the harbour", {"lead": "Port", "due": "Long"}),
    ]
    assert rows[-1].parent == rows[-2].number


def test_a_page_foot_in_the_middle_of_a_text_is_no_passage(tmp_path: Path) -> None:
    page = "Goal {n}: Something that is good for all\n\nA sentence that goes\n\nOfficial {n}\n\non here.\n\n"
    found = outline("".join(page.format(n=n) for n in range(1, 7)), tmp_path, "plan.txt")
    assert found.furniture == 6
    assert not any("Official" in found.words(one) for one in found.passages)
    assert (
        len(read_with(found, [on(found, "Something that", Meaning.PILLAR)]).rows) == 1
    )  # the same goal six times is one


def test_a_guess_says_in_how_many_of_those_that_look_alike_the_rules_agree(plan: Outline) -> None:
    offices = next(one for one in plan.passages if plan.words(one) == "Safe offices")
    guesses = guesses_in(plan, [(offices.opens, offices.end, "pillar")])
    assert {number: (str(g.meaning), g.same, g.alike) for number, g in guesses.items()} == {
        offices.number: ("pillar", 1, 2)
    }


@pytest.mark.parametrize(
    ("text", "word", "number"),
    [
        ("Area of Priority 1: Develop the law", "area of priority", "1"),
        ("GOAL 2 - Standards", "goal", "2"),
        ("Policy goal 1. Ensuring", "policy goal", "1"),
        ("PILLAR ONE", "pillar", "ONE"),
        ("Eje estratégico II: Personas", "eje estrategico", "II"),
        ("Pillar Four: Skills", "pillar", "Four"),
        ("In 2018 the country had", None, None),
        ("partnerships", None, None),
        ("Partnerships", None, None),
    ],
)
def test_the_word_of_a_level(text: str, word: str | None, number: str | None) -> None:
    found = named_by(text)
    assert (found.word if found else None, found.number if found else None) == (word, number)


def test_shapes_of_numbers() -> None:
    given = ["1", "12", "1.1", "3.2.10", "(a)", "b)", "iv", "(IV)", "A", ""]
    assert [shape_of(one) for one in given] == ["1", "1", "1.1", "1.1.1", "a", "a", "i", "I", "A", "•"]


def test_lines_that_head_others() -> None:
    assert [
        caption_of(one) for one in ["Activities:", "1 Objectives:", "Sub Objectives:", "Lead: PUC", "A long text."]
    ] == [
        "activities",
        "objectives",
        "sub objectives",
        "",
        "",
    ]
    found = prefixed_by("Lead: PUC")
    assert found is not None
    assert found.word == "lead"


def test_points_in_one_breath_are_cut() -> None:
    text = "1. Train teachers 2. Print a guide. 3. Visit 12 islands"
    assert [text[a:b].strip() for a, b in numbered_lines(text)] == [
        "1. Train teachers",
        "2. Print a guide.",
        "3. Visit 12 islands",
    ]
    assert numbered_lines("In 2. January there was 1. nothing") == []


# Leads and terms at the foot of the page, one box for each aim above it; a title and a label that a line broke in two.
BOXES = """Lead: Everybody

Lead: Everybody

Area 1: Safe offices

Aims:
{first}.
Work:
1.1 Train the clerks in the use of
Locks and keys.
1.2 Buy locks
Aims:
Quiet harbours for all.
Work:
2.1 Count the cables
Box:
Lead: Office of
Locks
Time:
{terms}
Box:
Lead:
Port
Customs
Time:
Long term
Area 2
Box of the area:
Safe schools
"""


def boxes(tmp_path: Path, *, first: str = "Offices know what they have", terms: str = "Short term") -> Outline:
    return outline(BOXES.format(first=first, terms=terms).replace("\n", "\n\n"), tmp_path, "boxes.txt")


def by_boxes(found: Outline) -> list[Mark]:
    return [
        on(found, "Safe offices", Meaning.PILLAR),
        on(found, "Quiet harbours", Meaning.OBJECTIVE),
        on(found, "Buy locks", Meaning.ACTION),
        on(found, "Locks and keys", Meaning.MORE),
        on(found, "Office of", Meaning.LEAD, Reach.IN_ORDER),
        on(found, "Long term", Meaning.DUE, Reach.IN_ORDER),
    ]


def fields(result: Result) -> dict[str, dict[str, str]]:
    return {row.title: row.fields for row in result.rows if row.meaning == Meaning.ACTION}


def test_boxes_at_the_foot_of_a_page_belong_to_the_rows_above_in_their_order(tmp_path: Path) -> None:
    found = boxes(tmp_path)
    result = read_with(found, by_boxes(found))
    assert fields(result) == {
        "Train the clerks in the use of Locks and keys": {"lead": "Office of Locks", "due": "Short term"},
        "Buy locks": {"lead": "Office of Locks", "due": "Short term"},
        "Count the cables": {"lead": "Port; Customs", "due": "Long term"},
    }
    assert [row.title for row in result.rows if row.meaning == Meaning.PILLAR] == ["Safe offices", "Safe schools"]
    assert result == read_with(found, of_toml(as_toml(found, by_boxes(found), name="x")))


def test_a_box_with_a_term_for_each_action_gives_one_to_each_and_any_other_number_none(tmp_path: Path) -> None:
    found = boxes(tmp_path, terms="Short term\nMedium\nTerm")
    assert [each.get("due") for each in fields(read_with(found, by_boxes(found))).values()] == [
        "Short term",
        "Medium Term",
        "Long term",
    ]
    found = boxes(tmp_path, terms="Short term\nMedium term\nLong term")
    assert [each.get("due") for each in fields(read_with(found, by_boxes(found))).values()] == [None, None, "Long term"]


def test_where_there_are_more_rows_than_boxes_nobody_gets_one(tmp_path: Path) -> None:
    found = boxes(
        tmp_path, first="Offices know what they have.\nWork:\n1.0 Ask around\nAims:\nOffices are told in time"
    )
    result = read_with(found, by_boxes(found))
    assert [each.get("lead") for each in fields(result).values()] == [None, None, None, None]
    left = [found.words(one) for one in unused_in(result)]
    assert "Office of" in left  # it is counted among what was not used


def test_what_does_not_follow_a_row_at_once_is_no_part_of_it(tmp_path: Path) -> None:
    found = boxes(tmp_path)
    steps = [*by_boxes(found)[:4], on(found, "Port", Meaning.MORE, Reach.ONE)]
    assert not any("Port" in row.title for row in read_with(found, steps).rows)


def test_a_file_without_words_finds_its_passages_by_their_hashes(plan: Outline) -> None:
    marks = [on(plan, "Safe offices", Meaning.PILLAR), on(plan, "Text that says why", Meaning.OBJECTIVE, Reach.ONE)]
    kept = as_toml(plan, marks, name="plan.md", with_words=False)
    assert "text that says" not in kept
    assert tree(read_with(plan, of_toml(kept))) == tree(read_with(plan, marks))


@given(
    some.lists(
        some.sampled_from(["# A 1: x", "## B", "- p", "1. q", "Lead: z", "text", "Work:", "| a | b |", ""]), max_size=40
    )
)
def test_whatever_the_document_every_row_is_a_slice_of_it(lines: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.md"
        path.write_text(
            "These are some words of the plan that is for all of the people in it.\n\n" + "\n".join(lines),
            encoding="utf-8",
        )
        found = outline_of(read_document(path, openers=OPENERS))
    marks = [marked(found, one, list(Meaning)[n % len(Meaning)]) for n, one in enumerate(found.passages)]
    result = read_with(found, marks)
    numbers = {row.number for row in result.rows}
    for row in result.rows:
        assert 0 <= row.start < row.end <= len(found.document.text)
        assert row.parent is None or row.parent in numbers
        assert row.parent != row.number
    assert result == read_with(found, marks)
    assert [one.number for one in found.passages] == list(range(1, len(found.passages) + 1))
