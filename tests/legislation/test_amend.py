"""Amending bills: what their clauses order, the Act as it would read, and what does not fit is reported."""

from __future__ import annotations

import copy

import pytest

from floreo.legislation.text.amend import Instruction, apply, instructions_of, text_of
from floreo.legislation.text.lines import lines_of
from floreo.legislation.text.outline import Builder, TextLine
from floreo.legislation.text.structure import LegalText, Node
from tests.legislation.making import ACT, AMENDED, BILL, provisions, read, sample

# --- The sample -------------------------------------------------------------------------------------------------------

ORDERED = [
    ("2(1)(a)", "replace_definition", "2", ""),
    ("2(1)(b)", "insert_definition", "2", ""),
    ("3(1)", "replace_section", "4", ""),
    ("3(4)", "insert_section", "4", ""),
    ("4(1)(a)", "replace_words", "5", ""),
    ("4(1)(b)", "replace_words", "5", "(1)"),
    ("4(1)(c)", "replace_words", "5", "(1)"),
    ("4(1)(d)", "insert_part", "5", "(2)"),
    ("5(1)", "replace_section", "6", ""),
    ("5(2)", "insert_section", "6", ""),
    ("5(3)", "repeal_section", "7", ""),
    ("5(4)", "replace_words", "15", "(1)"),
    ("5(5)", "replace_words", "Schedule, item 1", ""),
    ("6(1)", "insert_words", "9", "(1)"),
    ("6(2)", "replace_part", "9", "(2)"),
    ("7(1)", "replace_part", "11", "(1)(b)"),
    ("7(2)", "insert_section", "11", ""),
    ("9(5)", "repeal_section", "19", ""),
    ("13(3)", "replace_words", "26", "(2)"),
    ("13(4)", "repeal_part", "27", "(3)"),
    ("14(3)", "replace_words", "28", ""),
]


def test_every_instruction_of_the_sample_is_read_and_fits() -> None:
    found = instructions_of(sample(f"{BILL}3"))
    apply(sample(ACT), found)
    assert [(each.clause, each.kind, each.section, "".join(each.below)) for each in found] == ORDERED
    assert [each.clause for each in found if each.problem] == []


def test_the_act_with_the_bill_applied_is_the_act_as_amended() -> None:
    """But for what is repealed, whose number stays with a note in place of its words."""
    made = apply(sample(ACT), instructions_of(sample(f"{BILL}3")))
    assert [(s.number, lines_of(s)) for s in made.sections() if lines_of(s) == ["[Repealed]"]] == [
        ("7", ["[Repealed]"]),
        ("19", ["[Repealed]"]),
    ]
    ours = [
        each for each in provisions(made) if each.kind in {"part", "section", "schedule"} and each.words != "[Repealed]"
    ]
    theirs = [each for each in provisions(sample(AMENDED)) if each.kind in {"part", "section", "schedule"}]
    assert [(p.kind, p.number, p.heading, p.words) for p in ours] == [
        (p.kind, p.number, p.heading, p.words) for p in theirs
    ]


def test_each_instruction_says_what_was_there_and_what_is_now() -> None:
    found = instructions_of(sample(f"{BILL}3"))
    apply(sample(ACT), found)
    by_clause = {each.clause: each for each in found}
    assert by_clause["5(5)"].before == (
        "1. A computer system that is needed to supply electricity, telephone service or drinking water, "
        "where the Energy and Telephone Board has so declared."
    )
    assert by_clause["5(5)"].after == by_clause["5(5)"].before.replace(
        "Energy and Telephone Board", "Utilities Commission"
    )
    assert by_clause["5(3)"].after == "7. [Repealed]"
    assert all(each.after for each in found)


def test_the_act_itself_stays_as_it_is() -> None:
    act = sample(ACT)
    before = copy.deepcopy(act)
    apply(act, instructions_of(sample(f"{BILL}3")))
    assert act == before


def test_what_is_inserted_is_not_shared_with_the_bill() -> None:
    bill = sample(f"{BILL}3")
    made = apply(sample(ACT), instructions_of(bill))
    before = copy.deepcopy(bill)
    for section in made.sections():
        section.heading = "spoilt"
        for node in section.walk():
            node.before.clear()
    assert bill == before


# --- Each kind --------------------------------------------------------------------------------------------------------

THE_ACT = [
    "1. Short title",
    "This is the Boats Act.",
    "2. Interpretation",
    "(1) In this Act—",
    "“boat” means a thing that floats;",
    "“sail” means—",
    "(a) a cloth; or",
    "(b) a wing.",
    "(2) A word has its meaning.",
    "3. Offences",
    "(1) A person who takes a boat, or hides a boat, pays ten dollars.",
    "(2) A person who—",
    "(a) sinks a boat; or",
    "(b) burns a boat,",
    "pays fifty dollars.",
    "(3) The court may forgive.",
    "4. Register",
    "The Board keeps the register of the Board.",
    "SCHEDULE",
    "Kinds of boats",
    "1. A canoe of wood.",
    "2. A raft of wood.",
]


def ordered(*lines: str) -> list[Instruction]:
    return instructions_of(read("1. Amendment", *lines))


def applied(*lines: str) -> tuple[LegalText, list[Instruction]]:
    found = ordered(*lines)
    return apply(read(*THE_ACT), found), found


def section(text: LegalText, number: str) -> list[str]:
    return [line for each in text.sections() if each.number == number for line in text_of(each).split("\n")]


CASES: list[tuple[str, list[str], str, list[str]]] = [
    (
        "insert_section",
        [
            "The principal Act is amended by inserting after section 3 the following section—",
            "“3A. Fire",
            "No fire on a boat.”.",
        ],
        "3A",
        ["3A. Fire", "No fire on a boat."],
    ),
    (
        "replace_section",
        [
            "Section 4 of the principal Act is repealed and the following section is substituted therefor—",
            "“4. List",
            "There is a list.”.",
        ],
        "4",
        ["4. List", "There is a list."],
    ),
    ("repeal_section", ["Section 4 of the principal Act is repealed."], "4", ["4. [Repealed]"]),
    (
        "insert_part",
        [
            "Section 3 of the principal Act is amended by inserting after subsection (2) the following subsection—",
            "“(2A) Both are sad.”.",
        ],
        "3",
        [
            "3. Offences",
            "(1) A person who takes a boat, or hides a boat, pays ten dollars.",
            "(2) A person who—",
            "(a) sinks a boat; or",
            "(b) burns a boat,",
            "pays fifty dollars.",
            "(2A) Both are sad.",
            "(3) The court may forgive.",
        ],
    ),
    (
        "replace_part",
        [
            "Section 3(1) of the principal Act is amended by deleting it and substituting the following subsection—",
            "“(1) Nobody takes a boat.”.",
        ],
        "3",
        [
            "3. Offences",
            "(1) Nobody takes a boat.",
            "(2) A person who—",
            "(a) sinks a boat; or",
            "(b) burns a boat,",
            "pays fifty dollars.",
            "(3) The court may forgive.",
        ],
    ),
    (
        "repeal_part",
        ["Section 3 of the principal Act is amended by repealing subsection (3)."],
        "3",
        [
            "3. Offences",
            "(1) A person who takes a boat, or hides a boat, pays ten dollars.",
            "(2) A person who—",
            "(a) sinks a boat; or",
            "(b) burns a boat,",
            "pays fifty dollars.",
        ],
    ),
    (
        "replace_words",
        [
            "Section 3(1) of the principal Act is amended by deleting the words “ten dollars” and substituting the words “a dollar”."
        ],
        "3",
        [
            "3. Offences",
            "(1) A person who takes a boat, or hides a boat, pays a dollar.",
            "(2) A person who—",
            "(a) sinks a boat; or",
            "(b) burns a boat,",
            "pays fifty dollars.",
            "(3) The court may forgive.",
        ],
    ),
    (
        "insert_words",
        ["Section 1 of the principal Act is amended by inserting after the word “Boats” the words “and Ships”."],
        "1",
        ["1. Short title", "This is the Boats and Ships Act."],
    ),
    (
        "delete_words",
        ["Section 3(3) of the principal Act is amended by deleting the words “may forgive”."],
        "3",
        [
            "3. Offences",
            "(1) A person who takes a boat, or hides a boat, pays ten dollars.",
            "(2) A person who—",
            "(a) sinks a boat; or",
            "(b) burns a boat,",
            "pays fifty dollars.",
            "(3) The court.",
        ],
    ),
    (
        "replace_words",
        [
            "Section 4 of the principal Act is amended by deleting the word “Board” wherever it occurs and substituting the word “Office”."
        ],
        "4",
        ["4. Register", "The Office keeps the register of the Office."],
    ),
    (
        "insert_definition",
        ["Section 2 of the principal Act is amended by inserting the following definition—", "““oar” means a pole;”."],
        "2",
        [
            "2. Interpretation",
            "(1) In this Act—",
            "“boat” means a thing that floats;",
            "“oar” means a pole;",
            "“sail” means—",
            "(a) a cloth; or",
            "(b) a wing.",
            "(2) A word has its meaning.",
        ],
    ),
    (
        "replace_definition",
        [
            "Section 2 of the principal Act is amended by deleting the definition of “sail” and substituting the following definition—",
            "““sail” means a cloth;”.",
        ],
        "2",
        [
            "2. Interpretation",
            "(1) In this Act—",
            "“boat” means a thing that floats;",
            "“sail” means a cloth;",
            "(2) A word has its meaning.",
        ],
    ),
    (
        "repeal_definition",
        ["Section 2 of the principal Act is amended by deleting the definition of “boat”."],
        "2",
        [
            "2. Interpretation",
            "(1) In this Act—",
            "“sail” means—",
            "(a) a cloth; or",
            "(b) a wing.",
            "(2) A word has its meaning.",
        ],
    ),
]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("kind", "lines", "number", "reads"), CASES, ids=[f"{n}-{each[0]}" for n, each in enumerate(CASES)]
)
def test_each_kind_of_instruction_does_what_it_says(kind: str, lines: list[str], number: str, reads: list[str]) -> None:
    made, found = applied(*lines)
    assert [(each.kind, each.problem) for each in found] == [(kind, "")]
    assert section(made, number) == reads
    untouched = [each.number for each in read(*THE_ACT).sections() if each.number != number]
    assert [section(made, each) for each in untouched] == [section(read(*THE_ACT), each) for each in untouched]


def test_words_of_a_schedule_are_replaced_in_the_item_that_is_named() -> None:
    made, found = applied(
        "The Schedule to the principal Act is amended in item 2 by deleting the word “wood” and substituting the word “straw”."
    )
    assert [(each.section, each.problem) for each in found] == [("Schedule, item 2", "")]
    assert [lines_of(each) for each in made.schedules[0].nodes] == [["A canoe of wood."], ["A raft of straw."]]


def test_sections_that_are_inserted_one_by_one_stand_in_their_order() -> None:
    made, _found = applied(
        "(1) The principal Act is amended by inserting after section 3 the following section—",
        "“3A. Fire",
        "No fire.”.",
        "(2) The principal Act is amended by inserting after section 3A the following section—",
        "“3B. Smoke",
        "No smoke.”.",
    )
    assert [each.number for each in made.sections()] == ["1", "2", "3", "3A", "3B", "4"]


# --- What does not fit ------------------------------------------------------------------------------------------------

PROBLEMS: list[tuple[str, list[str]]] = [
    ("no_such_section", ["Section 9 of the principal Act is repealed."]),
    ("no_such_part", ["Section 3 of the principal Act is amended by repealing subsection (9)."]),
    (
        "words_not_found",
        [
            "Section 3(1) of the principal Act is amended by deleting the words “nine dollars” and substituting the words “a dollar”."
        ],
    ),
    (
        "words_more_than_once",
        [
            "Section 3(1) of the principal Act is amended by deleting the words “a boat” and substituting the words “a ship”."
        ],
    ),
    (
        "quotes_no_section",
        [
            "The principal Act is amended by inserting after section 3 the following section—",
            "“Just words that are no section.”.",
        ],
    ),
    (
        "quotes_nothing",
        [
            "Section 3 of the principal Act is amended by inserting after subsection (2) the following subsection—",
            "“Just words.”.",
        ],
    ),
    (
        "no_definitions",
        ["Section 4 of the principal Act is amended by inserting the following definition—", "““oar” means a pole;”."],
    ),
    ("no_such_definition", ["Section 2 of the principal Act is amended by deleting the definition of “oar”."]),
    (
        "no_such_schedule",
        [
            "The Third Schedule to the principal Act is amended by deleting the word “wood” and substituting the word “straw”."
        ],
    ),
    (
        "no_such_part",
        [
            "The Schedule to the principal Act is amended in item 9 by deleting the word “wood” and substituting the word “straw”."
        ],
    ),
    (
        "words_more_than_once",
        ["The Schedule to the principal Act is amended by deleting the word “wood” and substituting the word “straw”."],
    ),
]


@pytest.mark.parametrize(("problem", "lines"), PROBLEMS, ids=[f"{n}-{each[0]}" for n, each in enumerate(PROBLEMS)])
def test_what_does_not_fit_is_told_and_changes_nothing(problem: str, lines: list[str]) -> None:
    made, found = applied(*lines)
    assert [each.problem for each in found] == [problem]
    assert made == read(*THE_ACT)


def test_every_problem_has_its_sentence() -> None:
    import ast
    import inspect

    from floreo.legislation.presenters import PROBLEMS as SENTENCES
    from floreo.legislation.text import amend

    constants = {
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(amend)))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant)
        for node in [node.value]
    }
    assert {each for each in constants if isinstance(each, str) and each} - set(SENTENCES) == set()


def test_a_clause_that_amends_nothing_orders_nothing() -> None:
    assert ordered("(1) This Act comes into force on a day.", "(2) Section 3 of the Act applies to boats.") == []
    assert instructions_of(sample(ACT)) == []


# --- A clause as a drafter edits it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ACT, AMENDED, *(f"{BILL}{n}" for n in (1, 2, 3)), "data-protection-regulations-2026"])
def test_every_clause_comes_back_the_same_from_its_lines(name: str) -> None:
    for each in sample(name).sections():
        builder = Builder([])
        builder.open_section(Node("section", each.number, each.heading))
        nodes, _loose = builder.build([TextLine(line) for line in lines_of(each)])
        assert nodes == [each]


# --- What is not understood -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Section 3(1) of the principal Act is amended by renumbering it as section 4.", ("3", "(1)")),
        ("In section 3 of the principal Act, subsections (2) to (5) are deleted.", ("3", "")),
        ("Section 3 of the principal Act is amended by inserting a comma after the word boat.", ("3", "")),
    ],
)
def test_an_order_in_words_that_are_not_known_is_a_row_that_says_so(words: str, place: tuple[str, str]) -> None:
    (one,) = instructions_of(read("1. Changes", words))
    assert (one.kind, one.section, "".join(one.below)) == ("not_understood", *place)
    act = read("3. Theft", "(1) A person who takes a boat pays.")
    made = apply(act, [one])
    assert (one.problem, provisions(made)) == ("not_understood", provisions(act))


@pytest.mark.parametrize(
    "words",
    [
        "This Act may be cited as the Boats (Amendment) Act.",
        "Section 3 of the principal Act applies to boats that were built before this Act.",
        "Notwithstanding the repeal of section 3, a licence that was given under it stays.",
        "Section 3 is amended in the manner that follows.",
    ],
)
def test_what_orders_nothing_is_no_row(words: str) -> None:
    assert instructions_of(read("1. Changes", words)) == []
