"""Search of the public site: by right, with the passage, and a sentence for what cannot be sought."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from floreo.core import search
from floreo.core.models import SearchEntry
from floreo.core.policy import things_seen
from floreo.organisations.models import Country
from floreo.strategy.models import Action, Update
from tests.portal.crawl import body

pytestmark = pytest.mark.django_db
MARKED = re.compile(r"<mark\s*>([^<]*)</mark>")


@pytest.fixture
def update(isla: Country) -> Update:
    act = Action.objects.filter(edition__code="2025-2028", is_public=True).order_by("pk")[0]
    made = Update.objects.create(
        action=act, on=date(2026, 11, 1), done="The zanahoria form was used 58 times", reported_by="Somebody"
    )
    search.refresh(made)
    return made


def test_an_update_is_found_with_its_passage(update: Update, stranger: Client) -> None:
    page = body(stranger, "/search/?q=zanahoria+form")
    assert MARKED.findall(page) == ["zanahoria", "form"]
    assert f'href="{update.action.get_absolute_url()}#updates"' in page
    assert "Update" in page


def test_an_update_is_titled_by_its_action_and_its_day_in_the_readers_language(
    update: Update, stranger: Client
) -> None:
    assert f"{update.action.code} {update.action.title}, 1 Nov 2026" in body(stranger, "/search/?q=zanahoria")
    in_spanish = update.action.translations["es"]["title"]
    assert f"{update.action.code} {in_spanish}, 1 nov 2026" in body(stranger, "/es/search/?q=zanahoria")


def test_an_update_of_an_action_that_is_not_public_any_more_is_found_by_no_stranger(
    update: Update, stranger: Client
) -> None:
    Action.objects.filter(pk=update.action_id).update(is_public=False)
    assert SearchEntry.objects.get(key=f"strategy.update:{update.pk}").is_public  # the index does not know it yet
    page = body(stranger, "/search/?q=zanahoria")
    assert "No public results" in page
    assert "58 times" not in page


def test_what_the_index_calls_public_is_seen_by_everybody_by_its_own_rule(isla: Country) -> None:
    keys = list(SearchEntry.objects.filter(is_public=True).values_list("key", flat=True))
    seen = things_seen(keys, None)
    assert [key for key in keys if key not in seen and not key.startswith("strategy.update:")] == []


def test_minutes_and_notices_are_found_by_no_stranger(isla: Country) -> None:
    inside = SearchEntry.objects.filter(kind__in=["agenda_item", "notice"])
    assert inside.exists()
    assert not inside.filter(is_public=True).exists()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("odd", ["%C2%B4", "%CC%81", "%22", "*", "%28%29"])
def test_signs_alone_are_answered_with_a_sentence(isla: Country, stranger: Client, odd: str) -> None:
    assert "Enter a word or a number." in body(stranger, f"/search/?q={odd}")
    assert "Ingrese una palabra" in body(stranger, f"/es/search/?q={odd}")


@pytest.mark.long
def test_one_letter_and_operators_are_words_like_others(isla: Country, stranger: Client) -> None:
    assert stranger.get("/search/", {"q": "a"}).status_code == 200
    for odd in ('line OR "', "NEAR(line", "line AND NOT -x", "col:line", "'; drop table", "line*"):
        assert stranger.get("/search/", {"q": odd}).status_code == 200


def test_two_thousand_characters_are_cut_and_that_is_said(isla: Country, stranger: Client) -> None:
    page = stranger.get("/search/", {"q": "line " * 400}).content.decode()
    assert "Only the first 200 characters were used. Use fewer words." in " ".join(page.split())


def test_the_passage_is_there_in_both_languages(isla: Country, stranger: Client) -> None:
    for address in ("/search/?q=estrategia", "/es/search/?q=estrategia"):
        assert any("strategia" in words for words in MARKED.findall(body(stranger, address)))
