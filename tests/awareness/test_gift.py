"""GIFT as Moodle writes it: what is taken, what is not and why, and that nothing breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.awareness.gift import (
    BLANK,
    LARGEST,
    Answer,
    Bank,
    GiftQuestion,
    Kind,
    Problem,
    Reason,
    decoded,
    escaped,
    read,
)


def only(text: str) -> GiftQuestion:
    bank = read(text)
    assert bank.problems == ()
    (found,) = bank.questions
    return found


def reasons(text: str) -> list[Reason]:
    return [problem.reason for problem in read(text).problems]


def test_one_answer() -> None:
    found = only("::Colours::What is red?{=blood#Yes. ~grass#That is green. ~sky####Think of a rose.}")
    assert (found.kind, found.text, found.title, found.feedback) == (
        Kind.SINGLE,
        "What is red?",
        "Colours",
        "Think of a rose.",
    )
    assert found.answers == (
        Answer("blood", True, "Yes."),
        Answer("grass", False, "That is green."),
        Answer("sky", False),
    )


def test_several_answers_by_their_weights() -> None:
    found = only("Which are signs?{\n~%50%hurry#yes\n~%50%secrecy\n~%-100%politeness\n~length\n}")
    assert (found.kind, [a.is_right for a in found.answers]) == (Kind.MULTIPLE, [True, True, False, False])
    assert [a.text for a in found.answers] == ["hurry", "secrecy", "politeness", "length"]


@pytest.mark.parametrize(("braces", "true"), [("{T}", True), ("{TRUE}", True), ("{false}", False), ("{ F }", False)])
def test_true_or_false(braces: str, true: bool) -> None:
    found = only(f"The sun rises.{braces}")
    assert (found.kind, [a.is_right for a in found.answers]) == (Kind.TRUE_FALSE, [true, not true])


def test_feedback_of_true_or_false_is_for_the_wrong_and_then_for_the_right() -> None:
    found = only("It is so.{FALSE#You are wrong.#You are right.####In general.}")
    assert [a.feedback for a in found.answers] == ["You are wrong.", "You are right."]
    assert found.feedback == "In general."


def test_comments_categories_and_empty_lines() -> None:
    text = """// a comment
$CATEGORY: $course$/Money

First?{=a ~b}
// in between

$CATEGORY: Phones
Second?{
=a
// within
~b
}

Third?{T}
"""
    bank = read(text)
    assert [(q.line, q.text, q.category) for q in bank.questions] == [
        (4, "First?", "$course$/Money"),
        (8, "Second?", "Phones"),
        (14, "Third?", "Phones"),
    ]
    assert (bank.problems, bank.categories) == ((), ("$course$/Money", "Phones"))


def test_escaped_signs_and_line_breaks() -> None:
    found = only(r"What is 1 \= 1 \{x\}\: \~ \# \\ \n and?{=a\=b ~c\~d#e\#f}")
    assert found.text == "What is 1 = 1 {x}: ~ # \\\nand?"
    assert found.answers == (Answer("a=b", True), Answer("c~d", False, "e#f"))


def test_a_blank_in_the_sentence() -> None:
    assert only("A phish wants your {=password ~advice} or money.").text == f"A phish wants your {BLANK} or money."


def test_two_right_answers_of_which_one_is_chosen() -> None:
    found = only("Even?{=2 =4 ~3}")
    assert (found.kind, [a.is_right for a in found.answers]) == (Kind.SINGLE, [True, True, False])


def test_script_is_text_and_html_loses_its_marks() -> None:
    plain = only("<script>alert(1)</script> Which?{=<b>a</b> ~b}")
    assert (plain.text, plain.answers[0].text) == ("<script>alert(1)</script> Which?", "<b>a</b>")
    marked = only(
        "[html]<p>Which <b>one</b>?<script>alert(1)</script></p>{=<i>a</i> &amp; c ~<img src\\=x onerror\\=y>b}"
    )
    assert (marked.text, [a.text for a in marked.answers]) == ("Which one?", ["a & c", "b"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Who?{=Grant =Ulysses}", Reason.SHORT_ANSWER),
        ("Who?{=Grant}", Reason.SHORT_ANSWER),
        ("Match.{=a -> 1 =b -> 2}", Reason.MATCHING),
        ("When?{#1822:5}", Reason.NUMERICAL),
        ("Tell.{}", Reason.ESSAY),
        ("Only a text.", Reason.NO_ANSWERS),
        ("Open?{=a ~b", Reason.NO_END),
        ("Open?{=a ~b} and {=c ~d}", Reason.NO_END),
        ("Shut} {=a ~b", Reason.NO_BEGIN),
        ("{=a ~b}", Reason.NO_TEXT),
        ("Which?{~a ~b}", Reason.NONE_RIGHT),
        ("Which?{~%0%a ~%-50%b}", Reason.NONE_RIGHT),
        ("Which?{=a ~%50%b ~c}", Reason.PART_MARKS),
        ("Which?{~%100%a}", Reason.ONE_ANSWER),
        ("Which?{=a ~}", Reason.EMPTY_ANSWER),
        ("Which?{=a ~a}", Reason.SAME_ANSWERS),
        ("Which?{first =a ~b}", Reason.STRAY_TEXT),
        ("Which?{=a " + "~b" * 13 + "}", Reason.TOO_MANY_ANSWERS),
        ("x" * 1001 + "{=a ~b}", Reason.TOO_LONG),
        ("Which?{=a\x07 ~b}", Reason.CONTROL_SIGNS),
    ],
)
def test_what_is_not_taken_and_why(text: str, reason: Reason) -> None:
    assert (reasons(text), read(text).questions) == ([reason], ())


def test_a_broken_question_does_not_take_the_next_with_it() -> None:
    bank = read("First?{=a ~b\n\nstill first\n\nSecond?{=a ~b}\n\nThird?{T}\n")
    assert [q.text for q in bank.questions] == ["Second?", "Third?"]
    assert [(problem.line, problem.reason) for problem in bank.problems] == [(1, Reason.NO_END), (3, Reason.NO_ANSWERS)]


@pytest.mark.long
def test_two_megabytes_are_read() -> None:
    text = "\n\n".join(
        f"Question number {n}, {'long ' * 118}?{{=yes, it is ~no#feedback ~perhaps}}" for n in range(3_100)
    )
    assert 0.9 * LARGEST < len(text) < LARGEST
    bank = read(text)
    assert (len(bank.questions), bank.problems) == (3_100, ())


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("sign", ["{", "}", "~", "=", "#", "\\", ":", "\n\n", "%", "// ", "{{{{\n\n"])
def test_a_file_of_one_sign_is_read_to_its_end(sign: str) -> None:
    assert read(sign * 200_000).questions == ()


def test_files_of_other_encodings() -> None:
    assert [decoded("¿Qué?".encode(name)) for name in ("utf-8", "utf-8-sig", "cp1252")] == ["¿Qué?"] * 3


@given(st.text(max_size=400))
def test_any_text_gives_questions_and_problems(text: str) -> None:
    bank = read(text)
    assert all(each.answers and any(a.is_right for a in each.answers) for each in bank.questions)
    assert all(isinstance(problem, Problem) for problem in bank.problems)


@given(st.text(alphabet="{}~=#\\:%ab \nT-> $/", max_size=120))
def test_any_text_of_its_signs(text: str) -> None:
    bank: Bank = read(text)
    lines = text.count("\n") + 1
    found = [each.line for each in bank.questions] + [each.line for each in bank.problems]
    assert all(1 <= line <= lines for line in found)


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=30)


@pytest.mark.long
@given(WORDS, st.lists(WORDS, min_size=2, max_size=6, unique=True), WORDS)
def test_what_is_written_in_gift_is_read_back(text: str, answers: list[str], feedback: str) -> None:
    # A text that begins as a comment, a title, a category or a format means that: Moodle writes a title before it.
    right, *wrong = answers
    parts = "".join(f" ~{escaped(each)}#{escaped(feedback)}" for each in wrong)
    found = only(f"::t::[plain]x {escaped(text)}{{=x {escaped(right)}{parts}####{escaped(feedback)}}}")
    assert (found.text, found.feedback) == (f"x {text}", feedback)
    assert found.answers[0] == Answer(f"x {right}", True)
    assert [a.feedback for a in found.answers[1:]] == [feedback] * len(wrong)
