"""The feed: well formed whatever people pasted, with addresses and guids that stay."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from floreo.publications.actions import publishing, writing
from floreo.publications.models import Publication

ATOM = "{http://www.w3.org/2005/Atom}link"


def feed(browser: Client, address: str = "/publications/feed.xml") -> etree._Element:
    response = browser.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/rss+xml; charset=utf-8")
    return etree.fromstring(response.content)


def test_control_characters_break_no_feed(draft: Publication, stranger: Client) -> None:
    writing.update_publication(
        draft, by=SYSTEM, title="Bell \x07 & <b>", summary="A\x00B\x0b \ud800 C", text="x\x1f", kind="notice"
    )
    publishing.publish(draft, by=SYSTEM)
    Publication.objects.filter(pk=draft.pk).update(summary="Old \x0c row")  # as an older import may have left it
    (item,) = feed(stranger).iter("item")
    assert (item.findtext("title"), item.findtext("description")) == ("Bell & <b>", "Old  row")


def test_the_feed_names_itself_and_each_item_for_good(draft: Publication, secretariat: User, stranger: Client) -> None:
    writing.update_publication(draft, by=secretariat, translations={"es": {"title": "El primer aviso"}})
    out = publishing.publish(draft, by=secretariat)
    there = f"{settings.SITE_ADDRESS}/publications/first/"
    root = feed(stranger)
    link = root.find(f"channel/{ATOM}")
    assert link is not None
    assert (link.get("rel"), link.get("href")) == ("self", f"{settings.SITE_ADDRESS}/publications/feed.xml")
    item = root.find("channel/item")
    assert item is not None
    assert (item.findtext("link"), item.findtext("guid"), item.findtext("category")) == (
        there,
        there,
        "Press notice",
    )
    assert root.findtext("channel/language") == "en"
    spanish = feed(stranger, "/es/publications/feed.xml")
    assert (spanish.findtext("channel/language"), spanish.findtext("channel/item/title")) == ("es", "El primer aviso")
    publishing.correct(out, by=secretariat, what="A word", text="Better")
    again = feed(stranger).find("channel/item")
    assert again is not None
    assert again.findtext("guid") == there
    assert again.findtext("pubDate") == item.findtext("pubDate")
    assert "Corrected on" in (again.findtext("description") or "")


@pytest.mark.usefixtures("country")
def test_an_empty_feed_is_a_feed(stranger: Client) -> None:
    assert list(feed(stranger).iter("item")) == []
