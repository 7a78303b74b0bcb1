"""Every page of the workspace in Spanish: nothing of the interface is in English, and nothing whose Spanish is known."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve
from django.utils import translation
from lxml import html

from floreo.core.models import Translated
from floreo.organisations.models import Country, Membership, User
from tests.contracts.test_language import interface_sentences, shown_texts

pytestmark = pytest.mark.one_database
TYPED = ("input", "textarea", "pre", "code", "script", "style")  # what somebody wrote in a language, or a program reads
SHORTEST = 12  # characters of a text that is looked for: a shorter one may be in another word
AT_MOST = 1  # pages of a route
PAGES = 10**6 if os.environ.get("LONG") else 70  # those that the menu leads to, and what is next to them
# What is in one language for a reason: the pages, and the words there.
IN_ONE_LANGUAGE = {
    r"/(audit|mail|word-templates)/": ".*",  # as it was said on its day, or to somebody else
    r"/certificates/": ".*",  # as it was issued
    r"/check/": ".*",  # both languages beside each other
    r"/laws/[^/]+/(versions|treaties)/": "Computer|Ministry|National|Utilities|Illegal|Interference|Attorney|November|Legislative|Incident",
    r"/committees/": "One calendar",  # as a member proposed it
    r"/consultations/[^/]+/comments/": "Island|North Point",  # who commented, as they signed
    r"/networks/|/organisations/coral-broadband/": "Government network|Coral Broadband|North Point Cable",  # a network's name
    r"/organisation-assessments/|/assessment-campaigns/": "Security officer",  # a person's post, as it was typed
    r"/exercises/|/campaigns/": "Chamber of Commerce|Ministry of Finance|November 2026",  # a group or a link, as it was typed
    r"/competitions/": "Trial Harbour",  # a school, as it was typed
    r"/tabletops/": "National Emergency Office|Planner|Head of operations",  # a place and posts, as they were typed
    r"/reports/|/plan/": "Permanent Secretary|Ministry of|Officer for|Director of|Head of|National (CSIRT|Police)",  # who recorded it
    r"/reviews/|/publications/": "Ministry of Finance|National CSIRT|November 2026",  # within what somebody wrote
    r"/standards/": "Utilities Commission",  # who publishes it, as it was typed
    r"/holdings/": "Name server record",  # how it was verified, as it was typed
    r"/proposals/": "October 2026",  # within what somebody wrote
    r"/feeds/|/findings/endings/": "Uploaded by hand",  # a feed's name
    r"/assets/": "Grid control",  # within an asset's name
}


def english() -> dict[str, str]:
    """Texts of records of which a Spanish one is known, each with that."""
    found = {}
    for model in apps.get_models():
        if not issubclass(model, Translated):
            continue
        for row in model._base_manager.all():
            for field, spanish in row.translations.get("es", {}).items():
                text = getattr(row, field, "")
                if isinstance(text, str) and len(text) >= SHORTEST and text not in spanish:
                    found[" ".join(text.split())] = " ".join(spanish.split())
    return found


def spanish_pages(client: Client) -> Iterator[tuple[str, bytes]]:
    """One of each route and command, each with its text."""
    waiting, seen, counts = deque(["/es/workspace/"]), {"/es/workspace/"}, dict[str, int]()
    read = 0
    while waiting and read < PAGES:
        address = waiting.popleft()
        with translation.override("es"):
            page = resolve(unquote(address))
        command = page.kwargs.get("name", "") if "/do/" in address or "/claim/" in address else ""
        kind = f"{page.route} {command} {page.kwargs.get('kind', '')}"
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > AT_MOST:
            continue
        response = client.get(address)
        if (
            response.streaming
            or not response.content
            or not response.headers.get("Content-Type", "").startswith("text/html")
        ):
            continue
        read += 1
        yield address, response.content
        for href in re.findall(r'href="([^"#?]+)', response.content.decode()):
            path = urlsplit(urljoin(address, unescape(href))).path
            path = path if path.startswith("/es/") else f"/es{path}"
            if path.startswith("/es/workspace/") and "logout" not in path and path not in seen:
                seen.add(path)
                waiting.append(path)


def readable(page: bytes) -> html.HtmlElement:
    """What is on it for a reader, without what is typed and what is marked as English."""
    tree = html.fromstring(page)
    for part in list(tree.iter()):
        if part.tag in TYPED or (part.get("lang") == "en" and part is not tree):
            part.drop_tree()  # type: ignore[attr-defined]  # an HtmlElement
    return tree


@pytest.mark.long
def test_no_page_of_the_workspace_in_spanish_shows_what_is_english(isla: Country, secretariat: User) -> None:
    Membership.objects.create(user=secretariat, role="administrator")
    client = Client()
    client.force_login(secretariat)
    words, texts, found, pages = interface_sentences(), english(), dict[str, list[str]](), 0
    for address, page in spanish_pages(client):
        pages += 1
        tree = readable(page)
        text = " ".join(tree.text_content().split())
        bad = [each for each in texts if each in text and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)]
        bad += words & set(shown_texts(html.tostring(tree)))
        known = [why for where, why in IN_ONE_LANGUAGE.items() if re.search(where, address)]
        bad = sorted(each for each in bad if not any(re.match(why, each) for why in known))
        if bad:
            found[address] = bad
    assert found == {}
    assert pages > (200 if PAGES > 200 else PAGES - 1)
