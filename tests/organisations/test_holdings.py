"""Addresses and domains that a body answers for, whom its notices reach, and what the register leaves open."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations import actions as acts
from floreo.organisations.models import Contact, Holding, Network, Organisation, User
from floreo.workspace.register.gaps import HeldPrefix, held_prefixes, overlaps

Browser = Callable[[User], Client]
pytestmark = pytest.mark.one_database


def body(name: str, **facts: Any) -> Organisation:
    return acts.add_organisation(by=SYSTEM, name=name, kind="company", **facts)


def hold(whose: Organisation, kind: str, value: str) -> Holding:
    return acts.add_holding(whose, by=SYSTEM, kind=kind, value=value)


@pytest.mark.first_cases(2)
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("prefix", " 192.0.2.0/28 ", "192.0.2.0/28"),
        ("prefix", "192.0.2.7", "192.0.2.7/32"),
        ("prefix", "2001:DB8::/48", "2001:db8::/48"),
        ("domain", "Bank.Example.", "bank.example"),
        ("domain", "*.bank.example", "bank.example"),
        ("domain", "año.example", "xn--ao-zja.example"),
    ],
)
def test_a_holding_is_kept_as_everything_else_writes_it(kind: str, text: str, kept: str) -> None:
    assert hold(body("A bank"), kind, text).value == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("prefix", "192.0.2.1/28", "bad_prefix"),
        ("prefix", "bank.example", "bad_prefix"),
        ("prefix", "", "bad_prefix"),
        ("domain", "example", "bad_domain"),
        ("domain", "https://bank.example/", "bad_domain"),
        ("domain", "192.0.2.1", "bad_domain"),
        ("domain", "a..example", "bad_domain"),
        ("domain", "-a.example", "bad_domain"),
        ("domain", "x" * 64 + ".example", "bad_domain"),
        ("elsewhere", "bank.example", "missing"),
    ],
)
def test_what_is_neither_is_refused_with_a_sentence(kind: str, text: str, code: str) -> None:
    bank = body("A bank")
    with pytest.raises(Refused) as refusal:
        hold(bank, kind, text)
    assert refusal.value.code == code
    assert not Holding.objects.exists()


@pytest.mark.django_db
def test_a_prefix_stands_with_one_body_and_is_moved_with_its_verification_gone() -> None:
    bank, shop = body("A bank"), body("A shop")
    facts: dict[str, Any] = {"verified_on": date(2026, 1, 5), "verified_how": "letter"}
    held = acts.add_holding(bank, by=SYSTEM, is_approved=True, kind="prefix", value="192.0.2.0/28", **facts)
    with pytest.raises(Refused, match="A bank"):
        hold(shop, "prefix", "192.0.2.0/28")
    moved = acts.move_holding(held, by=SYSTEM, to=shop, reason="said so")
    assert (moved.organisation, moved.verified_on, moved.verified_how) == (shop, None, "")


@pytest.mark.usefixtures("isla")
def test_the_desk_adds_changes_moves_and_removes(user_with: Callable[..., User], browser_of: Browser) -> None:
    browser, bank, shop = browser_of(user_with("responder")), body("A bank"), body("A shop")
    base = f"/workspace/organisations/{bank.code}/holdings/"
    facts = {"kind": "domain", "value": "BANK.example", "service": "Online banking", "confirmed": "on"}
    assert browser.post(f"{base}new/", facts).status_code == 302
    held = Holding.objects.get(value="bank.example")
    page = browser.get(f"/workspace/organisations/{bank.code}/").content.decode()
    assert "Online banking" in page
    wrong = browser.post(f"{base}{held.pk}/", facts | {"value": "bank", "version": held.version})
    assert (wrong.status_code, "is not a domain" in wrong.content.decode()) == (422, True)
    assert browser.post(f"{base}{held.pk}/", facts | {"service": "Mail", "version": held.version}).status_code == 302
    assert browser.post(f"{base}{held.pk}/move/", {"to": shop.code, "reason": "their letter"}).status_code == 302
    there = f"/workspace/organisations/{shop.code}/holdings/{held.pk}/remove/"
    assert browser.post(there, {"reason": ""}).status_code == 422
    assert browser.post(there, {"reason": "sold"}).status_code == 302
    assert not Holding.objects.filter(pk=held.pk).exists()


@pytest.mark.usefixtures("isla")
def test_a_contact_has_a_role_a_language_and_a_day_on_which_somebody_answered(
    user_with: Callable[..., User], browser_of: Browser
) -> None:
    bank = body("A bank")
    facts = {"purpose": "Abuse desk", "role": "abuse", "email": "abuse@bank.example", "language": "es"}
    browser = browser_of(user_with("responder"))
    late = browser.post(f"/workspace/organisations/{bank.code}/contacts/new/", facts | {"verified_on": "2999-01-01"})
    assert late.status_code == 422
    assert browser.post(f"/workspace/organisations/{bank.code}/contacts/new/", facts).status_code == 302
    kept = Contact.objects.get(organisation=bank)
    assert (kept.role, kept.language, kept.verified_on) == ("abuse", "es", None)


@pytest.mark.usefixtures("isla")
def test_who_reads_only_their_own_body_sees_neither_gaps_nor_others_holdings(
    user_with: Callable[..., User], browser_of: Browser
) -> None:
    bank, shop = body("A bank"), body("A shop")
    hold(shop, "domain", "shop.example")
    browser = browser_of(user_with("operator", organisation=bank))
    assert browser.get("/workspace/networks/gaps/").status_code == 403
    assert "shop.example" not in browser.get(f"/workspace/organisations/{shop.code}/").content.decode()
    assert browser.post(f"/workspace/organisations/{bank.code}/holdings/new/", {}).status_code == 403


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_the_page_names_what_is_open(administrator: User, browser_of: Browser) -> None:
    Network.objects.create(asn=64511, name="Nobody's", prefixes=["198.51.100.128/27"])
    bank, carrier = body("A silent bank"), body("A carrier", email="noc@carrier.example")
    Network.objects.create(asn=64510, name="Carrier", holder=carrier, prefixes=["203.0.113.192/28"])
    acts.add_holding(bank, by=SYSTEM, is_approved=True, kind="prefix", value="203.0.113.200/30")
    acts.add_contact(carrier, by=SYSTEM, purpose="Operations", role="abuse", email="noc@carrier.example")
    page = browser_of(administrator).get("/workspace/networks/gaps/").content.decode()
    for part in (
        "A silent bank",
        "AS64511 Nobody",
        "203.0.113.200/30",
        "203.0.113.192/28",
        "AS64510 Carrier",
        "Operations",
    ):
        assert part in page
    assert "/workspace/networks/gaps/" in browser_of(administrator).get("/workspace/networks/").content.decode()


BODIES = [Organisation(pk=n, code=str(n), name=str(n)) for n in range(3)]
# Short prefixes meet often.
prefixes = st.builds(
    lambda bits, length: ipaddress.ip_network((bits >> (32 - length) << (32 - length), length)),
    st.integers(0, 2**32 - 1),
    st.integers(1, 6),
)


@given(st.lists(st.tuples(prefixes, st.sampled_from(BODIES)), max_size=12))
def test_overlaps_are_what_comparing_each_with_each_finds(text: list[tuple[Any, Organisation]]) -> None:
    ordered = sorted(
        (HeldPrefix(p, b, "") for p, b in text),
        key=lambda c: (c.prefix.version, int(c.prefix.network_address), c.prefix.prefixlen),
    )
    expected = []
    for at, claim in enumerate(ordered):
        around = [
            c for c in ordered[:at] if ipaddress.IPv4Network(claim.prefix).subnet_of(ipaddress.IPv4Network(c.prefix))
        ]
        if (
            around
            and (nearest := max(enumerate(around), key=lambda c: (c[1].prefix.prefixlen, c[0]))[1]).body != claim.body
        ):
            expected.append((nearest, claim))
    assert [(o.wide, o.exact) for o in overlaps(ordered)] == expected


@pytest.mark.usefixtures("isla")
def test_claims_name_who_stands_for_a_merged_body() -> None:
    old, successor = body("Old bank"), body("New bank")
    acts.add_holding(old, by=SYSTEM, is_approved=True, kind="prefix", value="203.0.113.208/30")
    Organisation.objects.filter(pk=old.pk).update(merged_into=successor)
    assert [c.body for c in held_prefixes() if str(c.prefix) == "203.0.113.208/30"] == [successor]
