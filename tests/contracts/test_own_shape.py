"""A country's own shape needs no code: the fictional French-speaking state with two levels is only a pack, and its pages speak of its
own levels, in its own colours."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from floreo.core.documents.text import as_text
from floreo.organisations.models import Country, User
from floreo.publications.copies import copy_of, document_of
from floreo.strategy.models import Edition

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
PACK = "terre-essai"
# Levels as they are called where a country names none. What an edition or a service aims at is another thing, and stays.
# "objectif" within a French sentence is any purpose; as a label, with a capital, it is the level.
OURS = re.compile(r"\b([Pp]illars?|[Pp]iliers?|[Pp]ilar(es)?|[Oo]bjectives?|Objectifs?|[Oo]bjetivos?)\b")
NOT_A_LEVEL = re.compile(r"overall objective|objectif général|recovery time objective", re.IGNORECASE)
MOST = 260  # pages; of one route three are read
OF_A_ROUTE = 3
LEFT_OUT = re.compile(
    r"/(api|static|branding|frameworks|data/framework_items|audit|help|media|account)/|download=|\.(csv|xlsx|json|pdf|docx|odt|zip|svg|xml|ics|css|js)\b|/es/"
)


def words_of(page: str) -> str:
    """What a reader sees, without names for machines."""
    bare = re.sub(r"(?s)<(script|style|code)\b.*?</\1>", " ", page)
    return NOT_A_LEVEL.sub(" ", " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split()))


def route_of(address: str) -> str:
    return re.sub(r"/[^/]*[\d][^/]*", "/N", address.partition("?")[0])


def pages(client: Client, start: str, *, within: str = "") -> Iterator[tuple[str, str]]:
    """Address and text of each page that links lead to, of those alone that begin as `within` says."""
    seen: set[str] = set()
    read: dict[str, int] = {}
    waiting = deque([start])
    while waiting and len(seen) < MOST:
        address = waiting.popleft()
        route = route_of(address)
        if address in seen or read.get(route, 0) >= OF_A_ROUTE:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        read[route] = read.get(route, 0) + 1
        text = answer.content.decode()
        yield address, text
        for found in re.findall(r'href="(/[^"#]*)', text):
            link = html.unescape(found)
            is_ours = re.match(within, link) and link.startswith("/en/") == start.startswith("/en/")
            if is_ours and not LEFT_OUT.search(link):
                waiting.append(link)


@pytest.mark.long
@pytest.mark.parametrize("start", ["/", "/en/"])
def test_public_pages_use_no_word_of_levels_that_the_country_does_not_have(
    essai: Country, client: Client, start: str
) -> None:
    read = 0
    for address, text in pages(client, start):
        found = OURS.search(words_of(text))
        around = words_of(text)[max(0, found.start() - 60) : found.end() + 60] if found else ""
        assert found is None, f"{address}: {around}"
        assert "style=" not in text
        read += 1
    assert read > 60


@pytest.mark.long
def test_pages_of_the_plan_s_desk_use_no_such_word_either(essai: Country, secretariat: User, client: Client) -> None:
    client.force_login(secretariat)
    read = 0
    within = r"/en/workspace/(plan|indicators|money)/"
    for address, text in pages(client, "/en/workspace/plan/2025-2027/", within=within):
        found = OURS.search(words_of(text))
        around = words_of(text)[max(0, found.start() - 60) : found.end() + 60] if found else ""
        assert found is None, f"{address}: {around}"
        read += 1
    assert read > 20


def test_copies_of_the_strategy_use_no_such_word(essai: Country) -> None:
    edition = Edition.objects.get()
    assert essai.calendar_day is not None
    document = document_of(copy_of(edition, None, "en"), country=essai, made_on=essai.calendar_day)
    text = NOT_A_LEVEL.sub(" ", as_text(document))
    assert OURS.search(text) is None
    assert "People who benefit" in text


@pytest.mark.long
def test_its_own_words_stand_in_their_place(essai: Country, client: Client) -> None:
    french = words_of(client.get("/").content.decode())
    assert "Trois axes stratégiques" in french
    assert "Programme national de cybersécurité" in french
    home = words_of(client.get("/en/").content.decode())
    assert "Three strategic axes" in home
    assert "National cybersecurity programme" in home
    assert "Strategic axis 2" in words_of(client.get("/en/strategy/2025-2027/pillars/2/").content.decode())
    page = words_of(client.get("/en/strategy/2025-2027/actions/2.4/").content.decode())
    assert "medium term: 24 months after approval on 1 March 2025" in page
    assert "Centre-Essai" in page
    assert "La livraison" not in client.get("/strategy/2025-2027/actions/1.4/").content.decode()


@pytest.mark.long
def test_no_code_names_this_pack() -> None:
    places = [*(ROOT / "floreo").rglob("*.py"), *(ROOT / "floreo").rglob("*.html"), *(ROOT / "assets").rglob("*.*")]
    named = [
        path.name for path in places if re.search(r"terre.?essai", path.read_text("utf-8", "replace"), re.IGNORECASE)
    ]
    assert named == []


def test_every_text_of_the_pack_is_in_both_languages(essai: Country) -> None:
    assert essai.languages == ["fr", "en"]
    for edition in Edition.objects.all():
        assert set(edition.translations) == {"en"}
        for act in edition.actions.all():
            assert {"title", "public_text"} <= set(act.translations["en"]), act.code
