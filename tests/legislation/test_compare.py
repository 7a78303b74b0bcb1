"""Two versions side by side: what changed is what the notes of the sample name, and no word is lost between the runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.legislation.text.compare import changed_eids, compare, runs, summary
from floreo.legislation.text.provisions import PrintedLine, Provision
from tests.legislation.making import ACT, AMENDED, BILL, provisions, read, sample

VERSIONS = {n: provisions(sample(f"{BILL}{n}")) for n in (1, 2, 3)}
ACTS = {name: provisions(sample(name)) for name in (ACT, AMENDED)}


def changes(old: list[Provision], new: list[Provision]) -> dict[str, str]:
    found = compare(old, new)
    return {each.label: each.change for each in found if each.change != "same"}


def test_from_the_first_version_to_the_second_the_clauses_of_the_notes_changed() -> None:
    assert changes(VERSIONS[1], VERSIONS[2]) == dict.fromkeys(["2", "3", "6", "8", "9", "10", "13", "14"], "changed")


def test_from_the_second_version_to_the_third_one_clause_changed_and_one_is_new() -> None:
    assert changes(VERSIONS[2], VERSIONS[3]) == {"1": "changed", "12A": "added"}


def test_backwards_what_was_new_is_removed_where_it_stood() -> None:
    found = compare(VERSIONS[3], VERSIONS[2])
    assert {each.label: each.change for each in found if each.change != "same"} == {"1": "changed", "12A": "removed"}
    labels = [each.label for each in found]
    assert labels.index("12A") == labels.index("12") + 1


def test_what_is_new_in_clause_three_is_marked_line_by_line() -> None:
    (clause,) = (each for each in compare(VERSIONS[1], VERSIONS[2]) if each.label == "3")
    numbers = [line.number for line in clause.lines if line.change == "added" and not line.number.startswith("“")]
    assert "(4)" in numbers


def test_the_act_and_the_act_as_amended() -> None:
    changed = ["2", "4", "5", "6", "9", "11", "15", "26", "27", "28", "SCHEDULE (Section 2) PROTECTED COMPUTERS"]
    assert changes(ACTS[ACT], ACTS[AMENDED]) == (
        dict.fromkeys(changed, "changed")
        | dict.fromkeys(["4A", "6A", "11A"], "added")
        | dict.fromkeys(["7", "19"], "removed")
    )


@pytest.mark.parametrize("version", [*VERSIONS.values(), *ACTS.values()])
def test_a_version_beside_itself_says_that_nothing_changed(version: list[Provision]) -> None:
    found = compare(version, version)
    assert {each.change for each in found} == {"same"}
    assert (changed_eids(found), summary(found).words_added, summary(found).words_removed) == ({}, 0, 0)


def test_a_section_with_another_number_is_seen_as_the_same() -> None:
    old = provisions(read("1. A", "The first words stand here.", "2. B", "The second words are others."))
    new = provisions(read("1. B", "The second words are others.", "2. C", "Wholly new matter about fishing boats."))
    found = compare(old, new)
    assert [(each.label, each.change, each.is_renumbered) for each in found] == [
        ("1", "removed", False),
        ("1", "moved", True),
        ("2", "added", False),
    ]


def test_a_section_that_was_renumbered_and_changed_a_little_is_changed_and_renumbered() -> None:
    words = "A person who takes a boat without asking its owner commits an offence and pays {} dollars."
    old = provisions(read("1. Boats", words.format("ten"), "2. Cars", "No car is let into the harbour at night."))
    new = provisions(read("1. New matter", "The Minister keeps a list of islands.", "2. Boats", words.format("twenty")))
    assert [(each.label, each.change, each.is_renumbered) for each in compare(old, new)] == [
        ("1", "added", False),
        ("2", "changed", True),
        ("2", "removed", False),
    ]


def test_a_section_in_another_part_is_moved() -> None:
    lines = ["1. A", "Words of one.", "PART II – Y", "2. B", "Words of two."]
    old = provisions(read("PART I – X", *lines, "3. C", "Words of three."))
    new = provisions(
        read("PART I – X", "1. A", "Words of one.", "2. B", "Words of two.", "PART II – Y", "3. C", "Words of three.")
    )
    assert changes(old, new) == {"2": "moved"}


def test_a_heading_alone_is_a_change() -> None:
    old, new = provisions(read("1. A", "Words.")), provisions(read("1. B", "Words."))
    (found,) = compare(old, new)
    assert (found.change, [(run.kind, run.words) for run in found.heading]) == (
        "changed",
        [("removed", "A"), ("added", "B")],
    )


def test_nothing_beside_something() -> None:
    assert changes([], VERSIONS[2]) == dict.fromkeys([str(n) for n in range(1, 16)], "added")
    assert changes(VERSIONS[2], []) == dict.fromkeys([str(n) for n in range(1, 16)], "removed")
    assert compare([], []) == []


# --- Properties -----------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["the", "court", "may", "order", ",", " ", "  ", "12", "months", ".", "“", "é", "\t"]), max_size=14
).map("".join)


@given(WORDS | st.text(max_size=40), WORDS | st.text(max_size=40))
def test_the_runs_give_both_texts_back(old: str, new: str) -> None:
    found = runs(old, new)
    assert "".join(run.words for run in found if run.kind != "removed") == new
    assert "".join(run.words for run in found if run.kind != "added") == old


@given(
    st.lists(st.tuples(st.sampled_from(["1", "2", "2A", "3"]), WORDS), max_size=5),
    st.lists(st.tuples(st.sampled_from(["1", "2", "2A", "3"]), WORDS), max_size=5),
)
def test_every_section_of_both_versions_is_there_once(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    before, after = _sections(old), _sections(new)
    found = compare(before, after)
    assert [each.new for each in found if each.new is not None] == after
    assert sorted(each.old.eid for each in found if each.old is not None) == sorted(each.eid for each in before)
    for each in found:
        if each.new is not None:
            told = "\n".join(
                "".join(run.words for run in line.runs if run.kind != "removed")
                for line in each.lines
                if line.change != "removed"
            )
            assert told == "\n".join(line.words for line in each.new.lines)


def _sections(rows: list[tuple[str, str]]) -> list[Provision]:
    made = []
    for place, (number, words) in enumerate(rows):
        line = PrintedLine(words)
        made.append(replace(_EMPTY, eid=f"sec_{place}", number=number, label=number, words=words, lines=(line,)))
    return made


_EMPTY = Provision("", "section", "", "", "", "", "")
