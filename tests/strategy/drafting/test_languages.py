"""Languages of strategies: each file of words says all that the rules ask for, French is read like English and Spanish, and others by their outline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale

from floreo.core import languages
from floreo.core.reading.document import Document, Unreadable
from floreo.core.reading.reading import read_document
from floreo.strategy.actions.drafts.opening import openers_here
from floreo.strategy.drafting import lexicon
from floreo.strategy.drafting.dates import first_date
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.outline.marks import Meaning, marked, read_with
from floreo.strategy.outline.passages import Outline, Passage, outline_of
from floreo.strategy.outline.terms import terms_in
from tests.strategy.drafting.score import _answer, matches, score

FRENCH = Path(__file__).parent / "french"
DUTCH = (
    "Nationale strategie voor cyberbeveiliging 2026-2030\n\n"
    + "Deze strategie is van de regering en het parlement, en zij geldt voor alle diensten van het land die op het net zijn.\n\n"
    * 4
    + "Pijler 1: Veilige diensten\n\n1. Wachtwoorden vervangen\n\n2. Ambtenaren opleiden\n\n"
    + "Pijler 2: Veilige scholen\n\n1. Leraren opleiden\n"
)


def tables() -> Iterator[tuple[str, str]]:
    for section, table in lexicon.languages()["en"].items():
        yield from ((section, name) for name in table)


def test_each_language_has_every_list_of_words() -> None:
    wanted = set(tables())
    for code, data in lexicon.languages().items():
        assert Locale(code)
        assert {(section, name) for section, table in data.items() for name in table} == wanted, code


def test_every_word_is_an_expression() -> None:
    for code, data in lexicon.languages().items():
        for section, table in data.items():
            for name, given in table.items():
                for word in given if isinstance(given, list) else ():
                    assert re.compile(word), (code, section, name)
                    assert "(?P<" not in word, (code, section, name)


@pytest.mark.parametrize("name", ["strategie", "plan"])
def test_a_strategy_in_french_is_drafted(name: str) -> None:
    answer = _answer(FRENCH / f"{name}.toml", held_out=False)
    draft = draft_rows(read_document(answer.path, openers=OPENERS))
    assert draft.document.language == "fr"
    assert [expected.title for expected, row in matches(answer, draft) if row is None] == []
    tallies = score(answer).values()
    assert sum(tally.drafted for tally in tallies) == len(answer.rows)  # and nothing else
    assert sum(tally.fields_right for tally in tallies) == sum(tally.fields_expected for tally in tallies)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1er mars 2026", "2026-03-01", "2026-03-01"),
        ("15 août 2027", "2027-08-15", "2027-08-15"),
        ("déc. 2026", "2026-12-01", "2026-12-31"),
        ("premier trimestre de 2027", "2027-01-01", "2027-03-31"),
        ("deuxième semestre 2027", "2027-07-01", "2027-12-31"),
        ("2026 à 2030", "2026-01-01", "2030-12-31"),
    ],
)
def test_days_in_french(text: str, first: str, last: str) -> None:
    found = first_date(text)
    assert found is not None
    assert (found.first, found.last) == (first, last)


def test_a_day_that_is_none_in_french() -> None:
    assert first_date("31 février 2027") is None


def test_terms_in_french_take_the_definition_of_their_document() -> None:
    text = "Court terme : 6 mois\nMoyen terme : un an\nLong terme signifie deux ans ou plus."
    found = terms_in(text, ["Court terme", "Moyen terme", "moyen terme", "Long terme"])
    assert {term.words: term.months for term in found} == {"moyen terme": 12, "court terme": 6, "long terme": 24}


def dutch(tmp_path: Path) -> Document:
    path = tmp_path / "strategie.txt"
    path.write_text(DUTCH, encoding="utf-8")
    return read_document(path, openers=openers_here())


def test_a_language_without_words_is_read_where_the_pack_names_it(tmp_path: Path) -> None:
    with languages.of_site(["en", "es"]), pytest.raises(Unreadable) as refusal:
        dutch(tmp_path)
    assert refusal.value.code == "language"
    with languages.of_site(["nl", "en"]):
        document = dutch(tmp_path)
    assert document.language == "nl"
    assert not [row for row in draft_rows(document).rows if row.kind in {Kind.PILLAR, Kind.OBJECTIVE, Kind.ACTION}]
    # The rules know no word of it; with two marks it is the plan.
    found = outline_of(document)
    steps = [
        marked(found, at(found, words), meaning)
        for words, meaning in (("Veilige diensten", Meaning.PILLAR), ("Wacht", Meaning.ACTION))
    ]
    assert [row.title for row in read_with(found, steps).rows] == [
        "Veilige diensten",
        "Wachtwoorden vervangen",
        "Ambtenaren opleiden",
        "Veilige scholen",
        "Leraren opleiden",
    ]


def at(found: Outline, words: str) -> Passage:
    return next(one for one in found.passages if found.words(one).startswith(words))
