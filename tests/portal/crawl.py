"""Every public address there is, from the rows of the loaded country, and how a page is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from html import unescape

from django.test import Client
from django.urls import resolve, reverse
from django.utils.translation import override

from floreo.indicators.models import Indicator
from floreo.open_data.catalogue import public_tables
from floreo.organisations.models import Organisation, Place
from floreo.portal import guides
from floreo.strategy.models import Action, Edition, Objective, Pillar

PLAIN = (
    "home",
    "strategy",
    "indicators",
    "organisations",
    "districts",
    "observatory",
    "data",
    "search",
    "about",
    "status_rules",
    "roles",
    "unconfirmed",
    "audit",
    "accessibility",
    "privacy",
    "report",
    "notices",
    "help",
)


def pages() -> list[str]:
    """Pages a visitor may open, with the addresses of the first language."""
    with override("en"):
        return list(_pages())


def _pages() -> Iterator[str]:
    yield from (reverse(f"portal:{name}") for name in PLAIN)
    yield from (reverse("portal:guide", args=[name]) for name in guides.NAMES)
    yield from ("/strategy/?show=late", "/strategy/?show=due", "/districts/?show=cohorts", "/search/?q=strategy")
    for edition in Edition.objects.filter(is_public=True):
        yield edition.get_absolute_url()
        yield reverse("portal:timeline", args=[edition.code])
    for model in (Pillar, Objective):
        yield from (thing.get_absolute_url() for thing in model._default_manager.all())
    for act in Action.objects.visible_to(None).select_related("edition"):
        yield act.get_absolute_url()
        yield reverse("portal:action_history", args=[act.edition.code, act.code])
    yield from (i.get_absolute_url() for i in Indicator.objects.visible_to(None))
    yield from (o.get_absolute_url() for o in Organisation.objects.visible_to(None))
    yield from (p.get_absolute_url() for p in Place.objects.filter(kind="district"))
    yield from (reverse("portal:table", args=[table.name]) for table in public_tables())


def files() -> list[str]:
    """Everything that can be downloaded."""
    with override("en"):
        return list(_files())


def _files() -> Iterator[str]:
    for name in (table.name for table in public_tables()):
        yield from (reverse("portal:table_file", args=[name, kind]) for kind in ("csv", "json"))
    for section in ("strategy", "indicators", "organisations", "districts"):
        yield from (f"/{section}/?download={kind}" for kind in ("csv", "json"))
    yield "/districts/?download=geojson"
    yield reverse("portal:catalogue")
    yield from (f"{i.get_absolute_url()}?download=csv" for i in Indicator.objects.visible_to(None))


OF_A_KIND = 2  # pages of one view, and files of one ending, that are opened without LONG: the first and the last


def some_of_each(addresses: Iterable[str]) -> list[str]:
    """With LONG all of them; else some of each kind, in their order: the view that answers, and what the query asks for."""
    given = list(addresses)
    if os.environ.get("LONG"):
        return given
    kinds: dict[tuple[str, str], list[str]] = {}
    for address in given:
        path, _mark, query = address.partition("?")
        found = resolve(path)
        kind = (found.view_name, f"{found.kwargs.get('kind', '')} {query}")
        kinds.setdefault(kind, []).append(address)
    kept = {
        group[round(place * (len(group) - 1) / (OF_A_KIND - 1))]
        for group in kinds.values()
        for place in range(OF_A_KIND)
    }
    return [address for address in given if address in kept]


def body(client: Client, address: str) -> str:
    """What an address answers, as text; it must answer 200."""
    response = client.get(address)
    assert response.status_code == 200, address
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # a streaming response has it
    return bytes(content).decode("utf-8")


def words(html: str) -> str:
    """The text of a page as it reads, without tags."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    plain = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()
    return re.sub(r" ([.,;:)])", r"\1", plain)


def heading(html: str) -> str:
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    assert len(found) == 1, f"{len(found)} headings of the first rank"
    return words(found[0])
