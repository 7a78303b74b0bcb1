"""Word: real headings, header rows that repeat, pictures with words, the document's language."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floreo.core.documents.blocks import Bullets, Cell, Facts, Grid, Heading, Paragraph, Picture
from floreo.core.documents.word import to_word
from tests.core.documents.making import document


def opened(made: bytes) -> Any:
    return docx.Document(io.BytesIO(made))


def all_words(word: Any) -> str:
    return " ".join(t.text or "" for t in word.element.body.iter(qn("w:t")))


def test_headings_are_real_and_never_skip_a_level() -> None:
    word = opened(to_word(document()))
    heads = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert heads == [
        ("Title", "14 of 24 actions hold their dates."),
        ("Heading 1", "1 How it stands"),
        ("Heading 2", "Deeper"),
        ("Heading 2", "One"),
        ("Heading 2", "Two"),
        ("Heading 1", "Left"),
        ("Heading 1", "Right"),
    ]


def test_it_knows_its_title_and_language() -> None:
    word = opened(to_word(document(language="es", author="Secretaría")))
    defaults = word.styles.element.find(qn("w:docDefaults"))
    tongues = [e.get(qn("w:val")) for e in defaults.iter(qn("w:lang"))]
    core = word.core_properties
    assert (core.title, core.language, core.author, tongues) == (
        "14 of 24 actions hold their dates.",
        "es",
        "Secretaría",
        ["es-MX"],
    )
    assert "Página" in word.sections[0].footer.paragraphs[0]._p.xml


@pytest.mark.long
def test_tables_repeat_their_header_and_pictures_have_words() -> None:
    word = opened(to_word(document()))
    data = [t for t in word.tables if t._tbl.tblPr.find(qn("w:tblCaption")) is not None]
    assert [t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for t in data] == ["What is late", "Figures"]
    assert all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in data)
    spoken = [e.get("descr") for e in word.element.body.iter(qn("wp:docPr"))]
    assert spoken == ["5 done, 9 on track", "From 53 to 62", "", "55 to 81", "3 to 4"]


def test_lists_begin_at_one_again() -> None:
    blocks = [Bullets(["a", "b"], numbered=True), Paragraph("x"), Bullets(["c"], numbered=True)]
    word = opened(to_word(document(blocks)))
    numbers = [p._p.pPr.numPr.numId.val for p in word.paragraphs if p.style.name == "List Number"]
    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.long
def test_links_are_whole_addresses_or_none() -> None:
    def addresses(**more: object) -> set[str]:
        word = opened(to_word(document(**more)))
        return {r.target_ref for r in word.part.rels.values() if r.is_external}

    assert addresses() == {"https://strategy.example/strategy/", "https://else.example/x"}
    assert addresses(blocks=[Paragraph("x", href="file:///etc/passwd")]) == set()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "odd", ["x" * 100_000, "a\x00\x0b\x1fb\ud800c\ufffe", "😀", "שלום", "<w:p/>&amp;", "{{ 7*7 }}", ""]
)
def test_odd_words_are_kept_as_words(odd: str) -> None:
    blocks = [Heading(odd), Paragraph(odd), Grid(odd, [odd], [[Cell(odd, below=odd, small=odd)]]), Facts([(odd, odd)])]
    word = opened(to_word(document(blocks, title=odd, foot=odd, author=odd, keywords=[odd], kicker=odd)))
    kept = "".join(c for c in odd if c not in "\x00\x0b\x1f\ud800\ufffe")
    assert kept in all_words(word)


def test_nothing_to_draw_is_no_fault() -> None:
    empty = [Grid("", [], []), Grid("No rows", ["A"], []), Bullets([]), Facts([]), Picture("", "nothing")]
    assert "Nothing to show." in all_words(opened(to_word(document(empty))))
    assert opened(to_word(document([]))).paragraphs[0].style.name in {"Title", "Normal"}


@pytest.mark.long
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.lists(st.integers(-3, 9), max_size=6))
def test_any_text_under_any_headings_opens_again(text: str, levels: list[int]) -> None:
    blocks = [Heading(text, level) for level in levels] + [Paragraph(text), Grid(text, [text], [[Cell(text)]])]
    assert opened(to_word(document(blocks))).paragraphs
