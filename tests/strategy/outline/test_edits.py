"""Passages joined and split, rows moved, terms that become dates; and marks that contradict each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pypdf import PdfReader
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.edits import Edit, EditKind, edited, spot_of
from floreo.strategy.outline.marks import Meaning, Reach, Step, read_with
from floreo.strategy.outline.passages import Outline, Passage, outline_of
from floreo.strategy.outline.profiles import NoProfile, as_toml, of_toml
from floreo.strategy.outline.reading import codes_of, counted, is_thin, unused_in
from floreo.strategy.outline.terms import Term, day_of, terms_in
from tests.strategy.outline.test_outline import PLAN, on, outline, tree


def passage(found: Outline, words: str) -> Passage:
    return next(one for one in found.passages if found.words(one).startswith(words))


def join(found: Outline, *words: str) -> Edit:
    return Edit(EditKind.JOIN, tuple(spot_of(found, passage(found, each)) for each in words))


def move(found: Outline, words: str, act: EditKind, to: str) -> Edit:
    return Edit(act, (spot_of(found, passage(found, words)),), spot_of(found, passage(found, to)))


@pytest.fixture
def plan(tmp_path: Path) -> Outline:
    return outline(PLAN, tmp_path)


def marks(plan: Outline) -> list[Step]:
    return [
        on(plan, "Safe offices", Meaning.PILLAR),
        on(plan, "Offices know", Meaning.OBJECTIVE),
        on(plan, "List all", Meaning.ACTION),
    ]


def titles(plan: Outline, steps: list[Step]) -> list[str]:
    return [row.title for row in read_with(plan, steps).rows]


def test_passages_are_joined_to_one_row(plan: Outline) -> None:
    steps = [*marks(plan), join(plan, "List all", "Name a person")]
    result = read_with(plan, steps)
    assert "List all computers of the offices Name a person for each of them" in [row.title for row in result.rows]
    joined = next(row for row in result.rows if row.title.startswith("List all"))
    assert plan.document.text[joined.start : joined.end].endswith("Name a person for each of them")
    assert [one.number for one in result.outline.passages] == list(range(1, len(plan.passages)))
    teachers = passage(result.outline, "Train two teachers")
    assert result.outline.words(result.outline.passages[teachers.under - 1]) == "Teachers are trained"


def test_a_passage_is_split_before_words_and_each_piece_is_a_row(plan: Outline) -> None:
    cut = Edit(EditKind.SPLIT, (spot_of(plan, passage(plan, "Train two teachers")),), cuts=(4,))
    result = read_with(plan, [*marks(plan), cut])
    assert tree(result)[-2:] == [
        ("action", "Train two teachers", "Teachers are trained"),
        ("action", "in each school", "Teachers are trained"),
    ]
    codes = codes_of(result.rows)
    assert [codes[row.number] for row in result.rows[-2:]] == ["2.1.1", "2.1.2"]


def test_what_was_joined_can_be_split_again(plan: Outline) -> None:
    joined = join(plan, "List all", "Name a person")
    again = edited(plan, [joined])
    cut = Edit(EditKind.SPLIT, (spot_of(again, passage(again, "List all")),), cuts=(7,))
    assert titles(plan, [*marks(plan), joined, cut])[2:4] == [
        "List all computers of the offices",
        "Name a person for each of them",
    ]


def test_a_row_is_moved_with_what_is_below_it(plan: Outline) -> None:
    steps = [*marks(plan), move(plan, "Offices are told", EditKind.UNDER, "Safe schools")]
    assert tree(read_with(plan, steps))[-4:] == [
        ("objective", "Teachers are trained", "Safe schools"),
        ("action", "Train two teachers in each school", "Teachers are trained"),
        ("objective", "Offices are told in time", "Safe schools"),
        ("action", "Open a line for reports", "Offices are told in time"),
    ]


def test_a_row_is_moved_among_those_beside_it(plan: Outline) -> None:
    steps = [*marks(plan), move(plan, "Offices are told", EditKind.BEFORE, "Offices know")]
    found = [title for kind, title, _above in tree(read_with(plan, steps)) if kind == "objective"]
    assert found == ["Offices are told in time", "Offices know what they have", "Teachers are trained"]
    steps = [*marks(plan), move(plan, "List all", EditKind.AFTER, "Name a person")]
    assert titles(plan, steps)[2:4] == ["Name a person for each of them", "List all computers of the offices"]


def test_a_move_that_contradicts_a_later_mark_has_no_effect_and_is_counted(plan: Outline) -> None:
    steps = [*marks(plan), move(plan, "List all", EditKind.UNDER, "Teachers are trained")]
    assert read_with(plan, steps).lost == 0
    steps.append(on(plan, "Teachers are trained", Meaning.ACTION, Reach.ONE))
    result = read_with(plan, steps)
    assert result.lost == 1
    assert ("action", "List all computers of the offices", "Offices know what they have") in tree(result)


def test_a_row_cannot_go_below_itself_or_below_what_is_below_it(plan: Outline) -> None:
    for act, to in ((EditKind.UNDER, "List all"), (EditKind.AFTER, "List all"), (EditKind.BEFORE, "Safe offices")):
        steps = [*marks(plan), move(plan, "Safe offices", act, to)]
        assert read_with(plan, steps).lost == 1
        assert tree(read_with(plan, steps)) == tree(read_with(plan, marks(plan)))


def test_marks_that_contradict_each_other_give_what_the_last_one_says(plan: Outline) -> None:
    steps = [
        *marks(plan),
        on(plan, "Safe offices", Meaning.ACTION),
        on(plan, "Safe schools", Meaning.NOTHING, Reach.BRANCH),
        on(plan, "Teachers are trained", Meaning.OBJECTIVE, Reach.ONE),
    ]
    result = read_with(plan, steps)
    assert ("action", "Safe offices", "") in tree(result)
    assert not any("schools" in title or "Train two" in title for title in [row.title for row in result.rows])
    assert result == read_with(plan, steps)


def test_a_number_that_continues_another_row_than_the_one_above_leaves_the_parent_open(tmp_path: Path) -> None:
    text = "# A plan for all of us\n\n## Goal 1: Offices\n\n1.1 Count the offices\n\n## Goal 2: Schools\n\n2.1 Count the schools\n\n"
    found = outline(text + "1.2 Visit every office again\n", tmp_path)
    steps = [on(found, "Offices", Meaning.PILLAR), on(found, "Count the offices", Meaning.ACTION)]
    result = read_with(found, steps)
    assert tree(result)[-1] == ("action", "Visit every office again", "")
    assert [row.is_open for row in result.rows] == [False, False, False, False, True]
    result = read_with(found, [*steps, move(found, "Visit every", EditKind.UNDER, "Offices")])
    assert tree(result)[2] == ("action", "Visit every office again", "Offices")
    assert not any(row.is_open for row in result.rows)


def test_a_file_gives_the_same_rows_on_the_same_text(plan: Outline) -> None:
    steps = [
        *marks(plan),
        on(plan, "The list is whole", Meaning.NOTHING, Reach.ONE),
        join(plan, "List all", "Name a person"),
        move(plan, "Offices are told", EditKind.UNDER, "Safe schools"),
        Edit(EditKind.SPLIT, (spot_of(plan, passage(plan, "Train two teachers")),), cuts=(4,)),
        Edit(EditKind.TERM, words="medium term", due="2027-12-31"),
    ]
    kept = of_toml(as_toml(plan, steps, name="plan.md"), plan)
    assert tree(read_with(plan, kept)) == tree(read_with(plan, steps))
    assert [step.due for step in kept if isinstance(step, Edit) and step.act == EditKind.TERM] == ["2027-12-31"]


def test_a_file_on_another_text_leaves_out_what_is_not_there_and_its_days(plan: Outline, tmp_path: Path) -> None:
    steps = [
        *marks(plan),
        join(plan, "List all", "Name a person"),
        move(plan, "Offices are told", EditKind.UNDER, "Safe schools"),
        Edit(EditKind.TERM, words="medium term", due="2027-12-31"),
    ]
    other = outline(PLAN.replace("Name a person for each", "Buy a lamp for each"), tmp_path, "next.md")
    kept = of_toml(as_toml(plan, steps, name="plan.md"), other)
    assert not any(isinstance(step, Edit) and step.act == EditKind.TERM for step in kept)
    result = read_with(other, kept)
    assert result.lost == 0
    assert ("action", "Buy a lamp for each of them", "Offices know what they have") in tree(result)
    assert ("objective", "Offices are told in time", "Safe schools") in tree(result)


@pytest.mark.parametrize(
    "text",
    [
        "[[edit]]",
        '[[edit]]\nact = "burn"',
        '[[edit]]\nact = "join"\nspots = 3',
        '[[edit]]\nact = "join"\nspots = [[1]]',
        '[[edit]]\nact = "split"\nspots = [[0, "a", -1]]',
        '[[edit]]\nact = "term"\nwords = "x"\ndue = "soon"',
        '[[edit]]\nact = "fresh"',
        '[[mark]]\nact = "join"',
        "edit = 3",
    ],
)
def test_what_is_no_edit_is_refused(text: str) -> None:
    with pytest.raises(NoProfile):
        of_toml(text)


class TestLevelsThatChangeInTheMiddle:
    """A plan whose second half calls its levels otherwise and numbers them otherwise."""

    TEXT = (
        "# A plan for a safe network of the whole state\n\n"
        + "".join(
            f"## Goal {n}: Aim number {n}\n\n{n}.1 Do the first thing of {n}\n\n{n}.2 Do the second thing of {n}\n\n"
            for n in (1, 2)
        )
        + "".join(
            f"### Strand {n}: Line number {n}\n\na) Make a list of {n}\n\nb) Make a book of {n}\n\n" for n in (1, 2, 3)
        )
    )

    def test_marks_for_each_half_give_the_whole(self, tmp_path: Path) -> None:
        found = outline(self.TEXT, tmp_path)
        first = [on(found, "Aim number 1", Meaning.PILLAR), on(found, "Do the first thing", Meaning.ACTION)]
        left = counted(unused_in(read_with(found, first)))
        assert (left.numbered, left.headings) == (9, 1)  # the second half is not used, and is counted
        whole = [*first, on(found, "Line number 1", Meaning.PILLAR), on(found, "Make a list of 1", Meaning.ACTION)]
        result = read_with(found, whole)
        assert result.count(Meaning.PILLAR) == 5
        assert ("action", "Make a book of 3", "Line number 3") in tree(result)
        assert counted(unused_in(result)).numbered == 0


def table(rows: int) -> str:
    cells = "".join(
        f"<tr><td>{n}. Do the thing that has the number {n} in the whole of the country</td><td>{('Treasury', 'Police', 'Port')[n % 3]}</td><td>{2026 + n % 4}</td></tr>"
        for n in range(1, rows + 1)
    )
    head = "<tr><th>Task</th><th>Responsible</th><th>Time</th></tr>"
    return f"<html><body><h2>Line A. Schools of the country</h2><table>{head}{cells}</table></body></html>"


@pytest.mark.long
def test_a_table_over_twenty_pages_is_read_to_its_end(tmp_path: Path) -> None:
    found = outline(table(500), tmp_path, "plan.html")
    steps = [
        on(found, "Line A. Schools", Meaning.PILLAR),
        on(found, "Do the thing", Meaning.ACTION),
        on(found, "Police", Meaning.LEAD),
    ]
    result = read_with(found, steps)
    assert result.count(Meaning.ACTION) == 500
    assert result.rows[-1].fields == {"lead": "Port"}
    assert counted(unused_in(result)).rows == 1  # the head of the table


@pytest.mark.long
def test_an_outline_of_3000_nodes_is_read_and_its_rows_are_moved(tmp_path: Path) -> None:
    text = "# A plan for the whole of the state\n\n" + "".join(
        f"## Goal {n}: Aim number {n}\n\n" + "".join(f"{n}.{k} Do the thing {k} of goal {n}\n\n" for k in range(1, 31))
        for n in range(1, 100)
    )
    found = outline(text, tmp_path)
    assert len(found.passages) == 1 + 99 * 31
    steps: list[Step] = [on(found, "Aim number 1", Meaning.PILLAR), on(found, "Do the thing 1", Meaning.ACTION)]
    steps += [move(found, f"Do the thing 1 of goal {n}", EditKind.UNDER, "Aim number 1") for n in range(2, 12)]
    result = read_with(found, steps)
    assert (len(result.rows), result.lost) == (99 * 31, 0)


def test_a_draft_is_thin_where_most_of_what_is_numbered_was_not_read(plan: Outline, tmp_path: Path) -> None:
    found = outline(table(30), tmp_path, "plan.html")
    assert is_thin(1, counted(unused_in(read_with(found, [on(found, "Line A. Schools", Meaning.PILLAR)]))))
    assert not is_thin(9, counted(unused_in(read_with(plan, marks(plan)))))


TERMS = """Timeline:

* Short-Term: 6 months
* Medium-Term: 1 year
* Long Term - within three (3) years
* Corto plazo: hasta 2027
"""


def test_terms_take_the_definition_of_their_document() -> None:
    used = ["Medium Term", "medium-term", "Short–Medium Term", "Long term", "corto plazo", "On-going", ""]
    found = {term.words: (term.count, term.months, term.day) for term in terms_in(TERMS, used)}
    assert found == {
        "medium term": (2, 12, ""),
        "short medium term": (1, 12, ""),
        "long term": (1, 36, ""),
        "corto plazo": (1, 0, "2027-12-31"),
        "on going": (1, 0, ""),
    }
    quoted = next(term for term in terms_in(TERMS, ["Medium Term"]))
    assert quoted.span is not None
    assert TERMS[quoted.span[0] : quoted.span[1]] == "Medium-Term: 1 year"


@pytest.mark.parametrize(
    ("months", "begins", "ends"),
    [(12, "2020-01-01", "2020-12-31"), (6, "2020-08-31", "2021-02-27"), (12, "", None), (12 * 999, "2020-01-01", None)],
)
def test_the_last_day_of_a_term(months: int, begins: str, ends: str | None) -> None:
    found = day_of(Term("x", 1, (0, 1), months), date.fromisoformat(begins) if begins else None)
    assert found == (date.fromisoformat(ends) if ends else None)


def test_a_sentence_is_no_definition() -> None:
    assert terms_in("In the medium term, 12 months of work are needed.", ["Medium term"])[0].span is None


@pytest.mark.long
@given(
    some.lists(
        some.tuples(
            some.sampled_from([act for act in EditKind if act != EditKind.FRESH]),
            some.integers(0, 30),
            some.integers(0, 30),
            some.integers(0, 9),
        ),
        max_size=12,
    )
)
def test_whatever_is_edited_every_row_is_a_slice_of_the_text(given_edits: list[tuple[EditKind, int, int, int]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = outline(PLAN, Path(folder))
    steps: list[Step] = [*marks(found)]
    for act, one, other, cut in given_edits:
        now = read_with(found, steps).outline
        spots = [spot_of(now, now.passages[n % len(now.passages)]) for n in (one, other)]
        steps.append(Edit(act, tuple(spots) if act == EditKind.JOIN else (spots[0],), spots[1], (cut,)))
    result = read_with(found, steps)
    at = {row.number: n for n, row in enumerate(result.rows)}
    assert [one.number for one in result.outline.passages] == list(range(1, len(result.outline.passages) + 1))
    for row in result.rows:
        assert found.document.text[row.start : row.end].strip()
        assert row.parent is None or at[row.parent] < at[row.number]
    kept = of_toml(as_toml(found, steps, name="x"), found) if steps else []
    assert [row.title for row in read_with(found, kept).rows] == [row.title for row in result.rows]


def pages_of_a_table(path: Path, rows: int) -> None:
    """A PDF with one ruled table, its head on the first page alone."""
    words = getSampleStyleSheet()["BodyText"]
    cells = [["Task", "Responsible", "Time"]]
    for n in range(1, rows + 1):
        task = (
            f"{n}. Do the thing that has the number {n} in the whole of the country, and do it in all of its districts"
        )
        cells.append([Paragraph(task, words), ("Treasury", "Police", "Port")[n % 3], str(2026 + n % 4)])
    ruled = LongTable(cells, colWidths=[300, 90, 60], style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    heading = Paragraph("Line A. Schools of the country", getSampleStyleSheet()["Heading1"])
    SimpleDocTemplate(str(path), pagesize=A4).build([heading, ruled])


@pytest.mark.long
def test_a_table_over_twenty_pages_of_a_pdf_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    pages_of_a_table(path, 420)
    assert len(PdfReader(path).pages) >= 20
    found = outline_of(read_document(path, openers=OPENERS))
    steps = [
        on(found, "Line A. Schools", Meaning.PILLAR),
        on(found, "Do the thing", Meaning.ACTION),
        on(found, "Police", Meaning.LEAD),
    ]
    result = read_with(found, steps)
    assert result.count(Meaning.ACTION) == 420
    assert result.rows[-1].fields == {"lead": "Treasury"}
    assert [row.fields.get("lead") for row in result.rows[1:4]] == ["Police", "Port", "Treasury"]
    assert {row.parent for row in result.rows[1:]} == {result.rows[0].number}
