"""Changing the register: contacts and holdings, what the chain says of it, and who is refused."""

from __future__ import annotations

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.organisations import actions as acts
from floreo.organisations.models import Holding, Organisation, User
from tests.factories.trail import last_entry, recorded


@pytest.fixture
def bank(db: None) -> Organisation:
    return acts.add_organisation(by=SYSTEM, name="A bank", kind="company")


def test_a_contact_is_changed_once_by_whoever_saw_it_last(
    bank: Organisation, secretariat: User, observer: User
) -> None:
    contact = acts.add_contact(bank, by=secretariat, purpose="abuse", email="abuse@bank.example")
    version = contact.version
    acts.update_contact(contact, by=secretariat, version=version, email="soc@bank.example")
    assert recorded("contact.updated", secretariat.name) == {"email": ["abuse@bank.example", "soc@bank.example"]}
    with pytest.raises(Changed):
        acts.update_contact(contact, by=secretariat, version=version, email="third@bank.example")
    with pytest.raises(NotAllowed):
        acts.update_contact(contact, by=observer, email="mine@bank.example")


def test_a_holding_is_changed_and_checked_as_a_new_one(bank: Organisation, secretariat: User) -> None:
    holding = acts.add_holding(bank, by=secretariat, kind="prefix", value="192.0.2.0/28")
    changed = acts.update_holding(holding, by=secretariat, value="192.0.2.16/28")
    assert changed.value == "192.0.2.16/28"
    assert {"value": ["192.0.2.0/28", "192.0.2.16/28"]}.items() <= recorded("holding.updated").items()
    with pytest.raises(Refused) as refused:
        acts.update_holding(changed, by=secretariat, value="192.0.2.1/28")
    assert refused.value.code == "bad_prefix"


def test_a_holding_is_removed_with_its_reason(bank: Organisation, secretariat: User) -> None:
    holding = acts.add_holding(bank, by=secretariat, kind="domain", value="bank.example")
    with pytest.raises(Refused) as refused:
        acts.remove_holding(holding, by=secretariat, reason=" ")
    assert refused.value.fields == {"reason": "Give the reason for removing it."}
    acts.remove_holding(holding, by=secretariat, reason="Sold in May")
    assert not Holding.objects.exists()
    assert (last_entry().verb, last_entry().detail["reason"]) == ("holding.removed", "Sold in May")
