"""Corrections: the register is corrected or stays, findings go along, and whoever asked is notified."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from floreo.core import clock
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import OutboxMail
from floreo.feeds.actions.corrections import accept, refuse_correction
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.replies import answer
from floreo.feeds.constituency import owned
from floreo.feeds.engine.constituency import build
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.holding_links import holder_of, token_of
from floreo.feeds.models import Correction, Finding, Notice, OpenPeriod
from floreo.organisations.models import Holding, Network, Organisation, User
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, make_bank, make_finding, make_telco


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        yield make_bank()


@pytest.fixture
def telco(bank: Organisation) -> Organisation:
    return make_telco()


@pytest.fixture
def responder(user_with: Callable[..., User]) -> User:
    return user_with("responder")


def asked(organisation: Organisation, *findings: Finding) -> Correction:
    """They were notified on Monday, and reply that it is not theirs."""
    send_notices(MONDAY)
    notice = Notice.objects.get(organisation=organisation)
    answer(
        notice, by=holder_of(token_of(notice, 0)), replies={f.pk: "not_ours" for f in findings}, remark="Sold in May"
    )
    OutboxMail.objects.all().delete()
    return Correction.objects.get()


def whose() -> dict[str, tuple[str, str]]:
    return {f.subject: (f.organisation.code, f.state) for f in Finding.objects.order_by("pk")}


@pytest.mark.long
def test_a_holding_goes_to_whom_it_belongs_and_its_findings_go_along(
    bank: Organisation, telco: Organisation, responder: User
) -> None:
    mine, other = (
        make_finding(bank),
        make_finding(bank, "www.bank.example.org", network="bank.example.org", reason="domain"),
    )
    make_finding(bank, "192.0.2.8")
    make_finding(telco, "192.0.2.8", network="192.0.2.0/25")  # they know of it already
    accept(asked(bank, mine), by=responder, moved_to=telco, decision="Thank you")
    assert Holding.objects.get(value="192.0.2.0/25").organisation == telco
    assert whose() == {"192.0.2.7": ("telco", "new"), other.subject: ("bank", "new"), "192.0.2.8": ("telco", "new")}
    assert Finding.objects.filter(organisation=bank, subject="192.0.2.8", state="outside", reply="not_ours").exists()
    assert sorted(OpenPeriod.objects.values_list("finding__organisation__code", "ending")) == [
        ("bank", ""),
        ("bank", "outside"),
        ("telco", ""),
        ("telco", ""),
    ]
    (mail,) = OutboxMail.objects.all()
    assert (
        mail.to,
        "is not yours. You were right: we corrected the register, and you will receive no more notices about it."
        in mail.text,
    ) == ("abuse@bank.example.org", True)
    send_notices(TODAY.replace(day=30))
    given = Notice.objects.filter(organisation=telco).latest("pk")
    assert [line.finding.subject for line in given.lines.all()] == ["192.0.2.7"]


def test_nobodys_network_is_removed_and_its_findings_close_unfixed(bank: Organisation, responder: User) -> None:
    accept(asked(bank, make_finding(bank)), by=responder)
    assert list(Holding.objects.values_list("value", flat=True)) == ["bank.example.org"]
    assert whose() == {"192.0.2.7": ("bank", "outside")}
    assert OpenPeriod.objects.get().ending == "outside"
    ending = Finding.objects.get().ending
    assert ending is not None
    assert ending.reason.startswith("They report that it is not theirs")


def test_a_prefix_of_a_network_becomes_the_others_holding(
    bank: Organisation, telco: Organisation, responder: User
) -> None:
    Network.objects.update(confirmed=True)  # even so: what was decided counts from the next report on
    finding = make_finding(telco, "198.51.100.1", network="198.51.100.0/24")
    accept(asked(telco, finding), by=responder, moved_to=bank)
    found = Network.objects.get(asn=64496)
    assert (found.holder, found.prefixes) == (telco, [])
    seen = b"timestamp,ip,port\n2026-11-24 01:00:00,198.51.100.1,23\n"
    events, _rejects = events_of(seen, "scan_telnet.csv", received_at=clock.now(), format="shadowserver")
    assert build(owned()).attribute(events)["organisation"].to_pylist() == [bank.code]


@pytest.mark.long
def test_a_system_number_changes_hands(bank: Organisation, telco: Organisation, responder: User) -> None:
    finding = make_finding(telco, "203.0.113.1", network="AS64496", reason="asn")
    accept(asked(telco, finding), by=responder, moved_to=bank)
    assert Network.objects.get(asn=64496).holder == bank
    assert whose() == {"203.0.113.1": ("bank", "new")}


def test_a_prefix_that_is_nobodys_leaves_the_network(telco: Organisation, responder: User) -> None:
    accept(asked(telco, make_finding(telco, "198.51.100.1", network="198.51.100.0/24")), by=responder)
    assert Network.objects.get(asn=64496).prefixes == []


def test_a_refusal_says_why_and_changes_nothing(bank: Organisation, telco: Organisation, responder: User) -> None:
    correction = asked(bank, make_finding(bank))
    with pytest.raises(Refused, match="Give the reason"):
        refuse_correction(correction, by=responder, decision=" ")
    with pytest.raises(Refused, match="It is already attributed to this organisation"):
        accept(correction, by=responder, moved_to=bank)
    refuse_correction(correction, by=responder, decision="The registry names you since 2019.")
    (mail,) = OutboxMail.objects.all()
    assert "The registry names you since 2019." in mail.text
    assert whose() == {"192.0.2.7": ("bank", "new")}
    with pytest.raises(Refused, match="Test responder has already decided this"):
        accept(correction, by=responder, moved_to=telco)


def test_only_the_team_decides(bank: Organisation, user_with: Callable[..., User]) -> None:
    correction = asked(bank, make_finding(bank))
    with pytest.raises(NotAllowed):
        accept(correction, by=user_with("operator", organisation=bank))
