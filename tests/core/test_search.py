"""Search: the same answers on both databases, and nothing internal to the public."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from floreo.core import search
from floreo.core.models import SearchEntry

pytestmark = pytest.mark.two_databases


@pytest.fixture
def entries(db: None) -> None:
    rows = [
        ("a:1", "Cybercrime Act", "Offences and powers", True),
        ("a:2", "Reporting line", "A telephone line for incidents", True),
        ("a:3", "Línea de reporte", "Comunicación de incidentes", True),
        ("a:4", "Hiring talks", "Pay offered for the reporting line", False),
    ]
    for key, title, body, public in rows:
        SearchEntry.objects.create(key=key, kind="action", title=title, body=body, address=f"/{key}/", is_public=public)


def found(words: str, *, public_only: bool = False) -> list[str]:
    return [e.key for e in search.find(words, public_only=public_only, known=["action"], kinds=["action"])]


@pytest.mark.usefixtures("entries")
class TestFinding:
    def test_a_title_counts_more_than_a_body(self) -> None:
        assert found("reporting") == ["a:2", "a:4"]

    def test_what_is_called_just_so_comes_before_all_that_mention_it(self) -> None:
        for n in range(5, 12):
            SearchEntry.objects.create(
                key=f"a:{n}",
                kind="action",
                title=f"Línea de reporte, {n} Oct 2026",
                body="linea de reporte, linea de reporte",
                address=f"/{n}/",
                is_public=True,
            )
        assert found("linea de REPORTE")[0] == "a:3"
        assert len(found("linea de reporte")) == 8

    def test_strangers_find_only_what_is_public(self) -> None:
        assert found("reporting", public_only=True) == ["a:2"]

    def test_a_kind_that_is_not_known_is_found_by_nobody_not_even_where_it_is_public(self) -> None:
        assert search.find("reporting", public_only=False) == []
        assert search.find("reporting", public_only=False, known=["drill"], kinds=["drill"]) == []

    def test_of_a_known_kind_that_is_not_opened_only_what_is_public_is_found(self) -> None:
        assert [e.key for e in search.find("reporting", public_only=False, known=["action"])] == ["a:2"]

    def test_every_word_must_be_there_and_beginnings_are_enough(self) -> None:
        assert found("report tele") == ["a:2"]

    def test_accents_do_not_matter(self) -> None:
        assert found("linea comunicacion") == ["a:3"]
        assert found("LÍNEA") == ["a:3"]

    def test_a_changed_or_removed_entry_is_found_by_its_new_text(self) -> None:
        SearchEntry.objects.filter(key="a:1").update(title="Data Protection Act")
        assert found("cybercrime") == []
        assert found("protection") == ["a:1"]
        SearchEntry.objects.get(key="a:1").delete()
        assert found("protection") == []

    def test_signs_between_words_change_nothing(self) -> None:
        assert found("reporting & telephone") == ["a:2"]

    def test_of_more_than_are_ranked_the_newest_come_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "MOST_RANKED", 2)
        for number in range(3):
            SearchEntry.objects.create(
                key=f"b:{number}", kind="action", title=f"Port {number}", body="", is_public=True
            )
        assert found("port") == ["b:2", "b:1"]
        assert found("reporting", public_only=True) == ["a:2"]

    def test_what_one_may_not_find_takes_no_place_of_what_one_may(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search, "MOST_RANKED", 2)
        for number in range(5):
            SearchEntry.objects.create(key=f"b:{number}", kind="inner_case", title="Reporting", body="")
        assert found("reporting", public_only=True) == ["a:2"]
        assert found("reporting") == ["a:4", "a:2"]
        inside = search.find("reporting", public_only=False, known=["inner_case"], kinds=["inner_case"])
        assert [e.key for e in inside] == ["b:4", "b:3"]

    def test_the_word_that_says_who_may_find_it_is_no_word_of_it(self) -> None:
        assert found("publicaction") == found("insideaction") == found("public") == []

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        "words", ["", "   ", '"', "AND OR NOT", "a* OR b", "title:x", "NEAR(", "'; DROP", "&|!", "(", "\\", "%"]
    )
    def test_what_people_type_is_never_an_operator(self, words: str) -> None:
        assert isinstance(found(words), list)


class TestAnything(TestCase):
    @pytest.mark.long
    @given(st.text(max_size=60).filter(lambda t: "\x00" not in t))
    @settings(max_examples=60, deadline=None)
    def test_any_text_can_be_asked_for(self, words: str) -> None:
        assert search.find(words, public_only=True) == []  # nothing is indexed, and nothing is broken by asking
