"""What is internal is read by those alone whose role names the purpose: every address of the workspace that a person can
come to, every list's download, the search, the trail and the public files are read for words that stand in all of it."""

from __future__ import annotations

import html
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from floreo.core.access import ROLES, SYSTEM, Permission, reach
from floreo.core.models import AuditEntry, SearchEntry
from floreo.core.policy import has_rule
from floreo.evidence.models import Evidence
from floreo.offers import tables
from floreo.organisations.models import Country, Organisation, User
from floreo.strategy.models import Action, BudgetLine, Grant, Payment
from tests.contracts.planted_inside import ACTION, ASN, COMMON, EDITION, WORDS, plant
from tests.portal.test_leaks_of_reviews import text_of

pytestmark = pytest.mark.one_database

OF_A_KIND = 1  # how many addresses of one route are followed; those of planted things are read all


@pytest.fixture
def planted(isla: Country) -> Country:
    plant(by=SYSTEM)
    return isla


def own_addresses() -> list[str]:
    """Of everything that was planted, and of what lists and searches say of it."""
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    hidden = Action.objects.get(edition__code=EDITION, code__startswith=COMMON)
    found = [
        act.workspace_url(),
        hidden.workspace_url(),
        hidden.get_absolute_url(),
        reverse("workspace:organisation", args=["light-and-power"]),
        reverse("workspace:network", args=[ASN]),
        reverse("workspace:network_gaps"),
        reverse("workspace:money", args=[EDITION]),
        f"{reverse('workspace:search')}?q={COMMON}",
        f"{reverse('workspace:audit')}?subject={COMMON}",
        f"/search/?q={COMMON}",
        f"/api/v1/editions/{EDITION}/plan",
    ]
    found += [reverse("workspace:grant", args=[g.code]) for g in Grant.objects.filter(code__startswith=COMMON)]
    found += [reverse("workspace:budget_line", args=[line.pk]) for line in BudgetLine.objects.filter(action=act)]
    found += [reverse("workspace:edit_payment", args=[p.pk]) for p in Payment.objects.filter(budget_line__action=act)]
    for piece in Evidence.objects.filter(code__startswith=COMMON):
        found += [piece.workspace_url(), piece.portal_url(), f"{piece.portal_url()}file/"]
    for body in Organisation.objects.filter(code__startswith=COMMON):
        found += [reverse("workspace:organisation", args=[body.code]), body.get_absolute_url()]
    for entry in AuditEntry.objects.order_by("-number")[:3]:
        found.append(reverse("workspace:audit_entry", args=[entry.number]))
    return found


def public_files() -> list[str]:
    """They are a stranger's whoever asks (open_data/test_doors.py), so they are read once."""
    return [each for name in tables() for each in (f"/data/{name}.csv", f"/api/v1/{name}?limit=200")]


LINK = re.compile(r'href="(/[^"#]*)')


def crawled(client: Client, *more: str) -> Iterator[tuple[str, str]]:
    """Address and text of what can be come to from the first page of the workspace, a few of each route, and of `more`; of
    each list also its downloads."""
    waiting, seen, counts = deque(["/workspace/", *own_addresses(), *more]), set[str](), defaultdict[str, int](int)
    given = set(waiting)
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        try:
            route = resolve(unquote(urlsplit(address).path)).view_name
        except Resolver404:
            continue
        kind = f"{route} {parse_qs(urlsplit(address).query).get('download', [''])[0]}"
        counts[kind] += 1
        if address not in given and counts[kind] > OF_A_KIND:
            continue
        text = text_of(client, address)
        yield address, text.replace(urlsplit(address).path, "")  # a page that refuses still says its own address
        for href in LINK.findall(text):
            found = html.unescape(href)
            if found.startswith("/workspace/") and "logout" not in found:
                waiting.append(found)


def told_to(client: Client, *more: str) -> dict[Permission, list[str]]:
    """Where each word was read."""
    found: dict[Permission, list[str]] = {needs: [] for needs in WORDS}
    for address, text in crawled(client, *more):
        low = text.lower()
        for needs, word in WORDS.items():
            if word in low:
                at = low.index(word)
                found[needs].append(f"{address}: …{' '.join(text[max(at - 80, 0) : at + 60].split())}…")
    return found


def test_every_kind_that_can_be_internal_has_a_rule() -> None:
    """A kind with `is_public`, or with fields that are internal, says itself who sees it: the trail and the search ask."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("floreo.") and m is not SearchEntry]
    marked = [m for m in ours if any(f.name == "is_public" for f in m._meta.concrete_fields)]
    assert [m._meta.label for m in marked if not has_rule(m)] == []
    inside = [m for m in ours if getattr(m, "internal_fields", ())]
    assert {m._meta.label for m in inside} == {
        "organisations.Organisation",
        "strategy.Action",
        "strategy.Edition",
        "strategy.Objective",
        "strategy.Payment",
        "strategy.Pillar",
    }
    assert [m._meta.label for m in ours if _has_notes(m) and m not in inside] == []


def _has_notes(model: type[models.Model]) -> bool:
    return any(f.name == "internal_notes" for f in model._meta.concrete_fields)


TIED = {"lead", "operator", "coordinator"}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_internal_is_told_to_those_alone_whose_role_names_the_purpose(
    role: str, planted: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    elsewhere = Organisation.objects.create(code="elsewhere", name="Elsewhere", kind="ministry")
    user = user_with(role, organisation=elsewhere if role in TIED else None, email="r@example.org")
    given = told_to(browser_of(user))
    may = {needs for needs in WORDS if reach(user, needs) is None}
    wrong = [line for needs, where in given.items() if needs not in may for line in where]
    assert wrong == [], "\n".join(wrong)
    assert {needs for needs in may if not given[needs]} == set()  # else nothing was tested


def test_a_stranger_is_told_nothing_of_it(planted: Country, stranger: Client) -> None:
    assert {needs: where for needs, where in told_to(stranger, *public_files()).items() if where} == {}


def own_text(role: str, code: str, make: Any, browser: Any) -> dict[Permission, list[str]]:
    user = make(role, organisation=Organisation.objects.get(code=code), email="own@example.org")
    return {needs: where for needs, where in told_to(browser(user)).items() if where}


def test_an_operator_reads_its_own_networks_and_contacts(
    planted: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    given = own_text("operator", "light-and-power", user_with, browser_of)
    assert set(given) == {Permission.ASSET_READ, Permission.CONTACT_READ, Permission.REGISTER_INTERNAL}, given


def test_the_lead_of_an_action_reads_what_is_internal_of_it(
    planted: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    lead = act.participations.filter(part="lead", ends_on=None)[0].organisation
    user = user_with("lead", organisation=lead, email="own@example.org")
    text = text_of(browser_of(user), act.workspace_url()).lower()
    word = WORDS[Permission.PLAN_INTERNAL]
    assert [expected for expected in (f"{word} note", f"{word} said", f"{word} risk") if expected not in text] == []
    assert WORDS[Permission.EVIDENCE_RED] not in text


def test_a_kind_that_no_rule_names_is_found_by_nobody(
    planted: Country, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    for is_public in (True, False):
        SearchEntry.objects.create(
            key=f"drills.drill:{int(is_public)}",
            kind="drill",
            title=f"Drillword {is_public}",
            address="/x/",
            is_public=is_public,
        )
    text = text_of(browser_of(administrator), f"{reverse('workspace:search')}?q=drillword")
    assert "Drillword" not in text
