"""PDF: tagged, in its language, with every word it was given and none read as markup."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from floreo.core.documents.blocks import Bullets, Cell, Facts, Grid, Heading, Paragraph, Picture
from floreo.core.documents.pdf import pages_of, to_pdf
from tests.core.documents.making import LATE, document


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())


def tags_of(pdf: bytes) -> list[str]:
    """The kinds of the structure tree, in reading order."""
    root = PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(str(node["/S"]))
            node = node.get("/K")
            if node is None:
                return
            node = node.get_object()
        if isinstance(node, list):
            for child in node:
                if isinstance(child.get_object(), DictionaryObject):
                    walk(child)
        elif isinstance(node, DictionaryObject):
            walk(node)

    walk(root)
    return found


def test_a_document_is_tagged_in_its_language_with_its_title() -> None:
    pdf = to_pdf(document(language="es", author="Secretaría", keywords=["2026"]))
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.root_object  # nested objects resolve themselves
    about = reader.metadata
    assert about is not None
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], about.title, about.author) == (
        "es",
        True,
        "14 of 24 actions hold their dates.",
        "Secretaría",
    )
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<|pdfuaid:part=\"1\"", xmp)
    kinds = tags_of(pdf)
    for kind in ("/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/Link"):
        assert kind in kinds, kind


def test_every_block_says_its_words() -> None:
    words = words_of(to_pdf(document()))
    for text in (
        "1 How it stands",
        "Fourteen of 24 hold.",
        "Not started",
        "Internal",
        "As the law says.",
        "Deeper",
        "3 December 2026",
        "Sign it. agreed",
        "Readings",
        "What is late",
        "55 days",
        "Counted in days.",
        "Decisions asked of you",
        "One",
        "Days.",
        "Two",
        "Left",
        "Right",
        "Snapshot 12ab",
        "A State",
    ):
        assert text in words, text


def test_links_are_whole_addresses_or_none() -> None:
    def addresses(**more: object) -> set[str]:
        found = set()
        for page in PdfReader(io.BytesIO(to_pdf(document(**more)))).pages:
            for note in page.get("/Annots", []):
                found.add(str(note.get_object()["/A"]["/URI"]))
        return found

    assert addresses() == {"https://strategy.example/strategy/", "https://else.example/x"}
    assert addresses(site="") == {"https://else.example/x"}
    assert (
        addresses(blocks=[Paragraph("x", href="javascript:alert(1)"), Paragraph("y", href="//evil.example")]) == set()
    )


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_pdf(document()) == to_pdf(document())


MARKUP = '#import "x" *b* _i_ $x^2$ @label <tag> `raw` \\n = Title {{ code }} ${x} "q" \' // ; #eval("1")'


def test_texts_are_data_and_never_markup() -> None:
    pdf = to_pdf(document([Heading(MARKUP), Paragraph(MARKUP), Bullets([MARKUP]), Facts([(MARKUP, MARKUP)])]))
    assert words_of(pdf).count('#import "x" *b* _i_ $x^2$ @label <tag> `raw`') == 5


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "odd",
    [
        "x" * 20_000,
        pytest.param("x" * 100_000, marks=pytest.mark.long),  # the same on five times the pages
        "a\x00\x0b\x1fb\ud800c\ufffe",
        "😀👩‍👩‍👧 🇧🇿",
        "שלום עולם",
        "مرحبا",
        "汉字",
        "e\u0301\u0302",
        "1\ufe0f",
        "1\ufe0e",
        "1\ufe0f\u20e3",
        "#\u20e3*\u20e3",
        "\u20e3",
        "a\u0485 #\u093e א\u0591\u05b0",
        "\u202eabc",
        "",
        "\n\n",
    ],
)
def test_odd_words_are_drawn_or_stood_in_for(odd: str) -> None:
    blocks = [Heading(odd), Paragraph(odd), Grid(odd, [odd], [[Cell(odd)]]), Facts([(odd, odd)]), Bullets([odd])]
    assert pages_of(to_pdf(document(blocks, title=odd, foot=odd, author=odd, keywords=[odd], kicker=odd))) >= 1


def test_an_emoji_is_named_and_a_letter_without_a_face_is_a_box() -> None:
    words = words_of(to_pdf(document([Paragraph("Done 😀 汉")])))
    assert "Done [grinning face] □" in words


def test_a_mark_that_no_face_puts_on_its_letter_is_left_out_and_the_letter_stays() -> None:
    words = words_of(to_pdf(document([Paragraph("Dial 1\ufe0f\u20e3 or 9\u20e3, then e\u0301 and n\u0303.")])))
    assert "Dial 1 or 9, then é and ñ." in unicodedata.normalize("NFC", words.replace("\ufe0f", ""))


def test_nothing_to_draw_is_no_fault() -> None:
    empty = [Grid("", [], []), Grid("No rows", ["A"], []), Bullets([]), Facts([]), Picture("", "nothing")]
    assert "Nothing to show." in words_of(to_pdf(document(empty)))
    assert pages_of(to_pdf(document([]))) == 1


def test_one_page_stays_one_page_by_being_drawn_tighter() -> None:
    rows = [[LATE, Cell("Two ministries sent figures late")] for _ in range(14)]
    pdf = to_pdf(document([Grid("Late", ["Action", "Why"], rows)], one_page=True))
    assert pages_of(pdf) == 1
    assert len(pypdfium2.PdfDocument(pdf)) == 1


@pytest.mark.long
def test_one_page_never_cuts_words_off() -> None:
    rows = [[LATE, Cell(f"row {i}.")] for i in range(200)]
    pdf = to_pdf(document([Grid("Late", ["Action", "Why"], rows)], one_page=True))
    assert pages_of(pdf) > 1
    assert "row 199." in words_of(pdf)


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.lists(st.integers(-3, 9), max_size=6))
@example("1\ufe0f", [1])
@example("2\ufe0e", [])
@example("1\ufe0f\u20e3 #\u20e3", [2])
def test_any_text_under_any_headings_is_drawn(text: str, levels: list[int]) -> None:
    blocks = [Heading(text, level) for level in levels] + [Paragraph(text), Grid(text, [text], [[Cell(text)]])]
    assert pages_of(to_pdf(document(blocks))) >= 1
