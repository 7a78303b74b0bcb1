"""What somebody types or publishes so that the machine is busy for minutes, or falls: each is read, or refused with a sentence."""

from __future__ import annotations

import random

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.legislation.actions import versions
from floreo.legislation.actions.versions import parsed_clause
from floreo.legislation.text.amend import instructions_of
from floreo.legislation.text.compare import align, compare, runs
from floreo.legislation.text.provisions import PrintedLine, Provision
from floreo.legislation.text.structure import LegalText
from tests.legislation.laws import make_law, make_version

# Each took seconds, minutes or the process when it was first tried.
TYPED = {
    "one order again and again": "Section 5 is amended by " + "replacing follow " * 500 + "“a” add—\n“b”.",
    "many words to delete": "Section 5 is amended by " + "deleting the words “" * 400,
    "a long address": "Section 5" + "(a)" * 3000 + " is repealed",
    "dashes": "in this - " * 950,
    "brackets": "(" * 5000,
    "quotation marks": "“" * 9000,
    "quotations in quotations": "\n".join(f"“insert {n} the following—" for n in range(1500)),
    "lines of a letter": "\n".join("a" for _n in range(1900)),
    "lines of dots": "." * 9000 + "x",
    "a letter and a roman number": "(1) In this Act—\n“x” means—\n(a) foo\n(ii) bar",
    "capitals and roman numbers": "In this Act—\n“x” means—\n(A) foo\n(II) bar\n(b) x\n(iii) y",
    "all numbers in one": "\n".join("(a)(i)(A)(1)" for _n in range(1500)),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_clause_is_read_whatever_is_typed(name: str) -> None:
    node, _doubts = parsed_clause("5", "Heading", TYPED[name])
    assert node.number == "5"
    for each in instructions_of(LegalText(body=[node])):
        assert each.words


@pytest.mark.parametrize(
    "words", ["x" * 60_001, "\n".join("a" for _n in range(2001)), "a word " * 2000], ids=["letters", "lines", "a line"]
)
def test_a_clause_that_is_too_long_is_refused(words: str) -> None:
    with pytest.raises(Refused) as caught:
        parsed_clause("5", "", words)
    assert (caught.value.code, list(caught.value.fields)) == ("too_long", ["words"])


def _whole(found: list[object], kind: str) -> str:
    return "".join(run.words for run in found if run.kind in {"same", kind})  # type: ignore[attr-defined]  # Run


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 8000, "a " * 7999 + "b"),
        ("aa" * 8000, "aa" * 7999),
        (
            " ".join(random.Random(1).choices("abcdefgh", k=6000)),
            " ".join(random.Random(2).choices("abcdefgh", k=6000)),
        ),
        ("One. " * 900 + "Two.", "One. " * 900 + "Three."),
    ],
    ids=["one word", "one letter", "eight words", "sentences"],
)
def test_texts_of_few_words_are_compared_and_give_both_back(old: str, new: str) -> None:
    found: list[object] = list(runs(old, new))
    assert (_whole(found, "removed"), _whole(found, "added")) == (old, new)


def _section(number: int, words: str, lines: int = 1) -> Provision:
    each = tuple(PrintedLine(f"{words} {n % 7}") for n in range(lines))
    return Provision(f"sec_{number}", "section", str(number), "", str(number), "", words, each)


@pytest.mark.long
def test_thousands_of_sections_and_lines_that_are_alike_are_compared() -> None:
    before = [_section(n, f"word{n % 3} same") for n in range(3000)]
    after = [_section(n + 5000, f"word{n % 3} same but") for n in range(3000)]
    assert align(before, after) == []  # too many to hold each against each
    assert len(compare(before, after)) == 6000
    (one,) = compare([_section(1, "a b c x", lines=3000)], [_section(1, "a b c y", lines=2900)])
    assert len(one.lines) == 5900


@pytest.mark.django_db
def test_a_published_bill_keeps_what_its_instructions_came_to() -> None:
    act = make_law()
    principal = make_version(act)
    bill = make_law("boats-bill", kind="bill", amends=act)
    lines = (
        "1. Theft",
        "Section 3(1) of the principal Act is amended by deleting the words “ten dollars” and substituting the words “a dollar”.",
    )
    version = make_version(bill, "v1", *lines)
    versions.publish_version(version, by=SYSTEM)
    before = list(version.instructions.values_list("pk", "after"))
    other = make_version(act, "v2", "1. Theft", "(1) Nobody pays.")
    version.refresh_from_db()
    versions.apply_bill(version, by=SYSTEM, principal=other, code="v3", title="As amended", dated=principal.dated)
    assert list(version.instructions.values_list("pk", "after")) == before != []
