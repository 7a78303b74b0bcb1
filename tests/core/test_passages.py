"""The passage in which words were found: marked with and without accents, never as markup, at a bounded cost."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.passages import DIVIDES, LOOKED_AT, MOST_LOOKED_AT, WIDTH, passage, terms_of


def marked(text: str, words: str) -> list[str]:
    return [piece.words for piece in passage(text, words) if piece.is_marked]


def test_words_are_marked_to_their_end_with_and_without_accents() -> None:
    assert marked("La línea de Comunicación", "linea comunic") == ["línea", "Comunicación"]
    assert marked("The reporting line", "línea REPORT") == ["reporting", "line"] or marked(
        "The reporting line", "REPORT"
    ) == ["reporting"]
    assert marked("A headline", "line") == []
    assert marked("Año nuevo", "ano") == ["Año"]


def test_the_passage_lies_where_most_of_the_words_are() -> None:
    text = "cyber " + "x " * 400 + "the cyber incident line" + " y" * 400
    found = passage(text, "cyber incident line")
    assert [p.words for p in found if p.is_marked] == ["cyber", "incident", "line"]
    assert found[0].words == "… "
    assert found[-1].words == " …"
    assert sum(len(p.words) for p in found) < WIDTH + 30


def test_a_passage_is_in_one_language() -> None:
    text = DIVIDES.join(["A plan for cyber incidents", "Un plan para incidentes cibernéticos"])

    def shown(words: str) -> str:
        return "".join(piece.words for piece in passage(text, words))

    assert shown("plan cyber") == "A plan for cyber incidents"
    assert shown("plan para") == "Un plan para incidentes cibernéticos"
    assert shown("incident") == "A plan for cyber incidents"
    assert shown("none") == ""


def test_a_text_is_shown_as_text_never_as_markup() -> None:
    shown = render_to_string("ui/passage.html", {"passage": passage("<script>alert(1)</script> line", "script line")})
    assert "<script>" not in shown
    assert shown.count("<mark") >= 2


def test_what_is_no_word_marks_nothing() -> None:
    for odd in ("", "´", "\u0301", '* ( ) "', "_", "..."):
        assert terms_of(odd) == []
        assert passage("a text", odd) == []


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    assert marked("x " * LOOKED_AT + "line", "line") == ["line"]
    assert passage("x " * MOST_LOOKED_AT + "line", "line") == []


@pytest.mark.long
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_and_any_words_give_pieces_of_the_text(text: str, words: str) -> None:
    found = passage(text, words)
    assert all(piece.words for piece in found)
    if found:
        assert any(piece.is_marked for piece in found)
        assert sum(len(p.words) for p in found) <= max(len(text), 1) + 8
