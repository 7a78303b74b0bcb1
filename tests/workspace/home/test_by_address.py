"""An address, a network's number or a name typed into the search: what has it, for whoever may know."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.core.access import SYSTEM
from floreo.organisations.models import Holding, HoldingKind, HoldingState, Network, User
from floreo.workspace.home.by_address import found_by_address
from tests.factories import strategy as make
from tests.feeds.notices_made import make_finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def known() -> Network:
    make.make_country()
    bank = make.make_organisation("bank", name="A bank")
    make_finding(bank, "192.0.2.7")
    make_finding(bank, "www.bank.example")
    for kind, value in ((HoldingKind.PREFIX, "192.0.2.0/28"), (HoldingKind.DOMAIN, "bank.example")):
        Holding.objects.create(organisation=bank, kind=kind, value=value, state=HoldingState.APPROVED)
    return Network.objects.create(
        asn=64500, name="ISLANET", holder=bank, prefixes=["192.0.2.0/24", "2001:db8::/32"], is_public=False
    )


def kinds(words: str, viewer: object) -> list[str]:
    return [str(hit.kind) for hit in found_by_address(words, viewer)]


def test_a_network_is_found_by_its_name_by_those_who_may_see_networks(user_with: Callable[..., User]) -> None:
    for number, name in ((64500, "Light and Power control network"), (64501, "Ferry Wi-Fi"), (64502, "University")):
        Network.objects.create(asn=number, name=name, prefixes=[], is_public=number == 64502)

    def called(words: str, viewer: object = SYSTEM) -> list[str]:
        return [hit.title for hit in found_by_address(words, viewer) if str(hit.kind) == "Network"]

    assert called("CONTROL power") == ["AS64500 Light and Power control network"]
    assert called("ferry wi-fi") == ["AS64501 Ferry Wi-Fi"]
    assert [called(odd) for odd in ("", " ", "a", "no such", "%%%", "_______")] == [[]] * 6
    for role in ("secretariat", "responder"):
        assert called("ferry", user_with(role, email=f"{role}@example.org")) == ["AS64501 Ferry Wi-Fi"]
    assert [called("ferry", None), called("university", None)] == [[], ["AS64502 University"]]


def test_the_team_finds_networks_holdings_and_findings_by_an_address(
    known: Network, user_with: Callable[..., User]
) -> None:
    team = user_with("responder")
    assert kinds("192.0.2.7", team) == ["Network", "Addresses or domain", "Finding"]
    assert kinds("192.0.2.200", team) == ["Network"]
    assert kinds("192.0.2.0/25", team) == ["Network"]
    assert kinds("2001:DB8::1", team) == ["Network"]
    assert kinds("AS64500", team) == kinds("as 64500", team) == kinds("64500", team) == ["Network"]
    assert kinds("www.bank.example", team) == ["Addresses or domain", "Finding"]
    assert kinds("203.0.113.9", team) == []


def test_whoever_may_not_know_finds_nothing(known: Network, user_with: Callable[..., User]) -> None:
    other = make.make_organisation("other", name="Other")
    for viewer in (None, user_with("operator", organisation=other)):
        assert kinds("192.0.2.7", viewer) == []
    assert "Finding" not in kinds("192.0.2.7", user_with("drafter"))


def test_what_is_no_address_asks_for_names_of_networks_alone(
    known: Network, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(4):  # type: ignore[attr-defined]  # a context manager
        for odd in ("line", "", "999.999.999.999/99", "a" * 200, "::::", "1.2.3.4.5.6.7/8", "´"):
            assert found_by_address(odd, SYSTEM) == [] or "." in odd
