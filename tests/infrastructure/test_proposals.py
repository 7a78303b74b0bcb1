"""An operator proposes changes of its services and assets; nothing changes before somebody of the team approves it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.errors import Missing, Refused
from floreo.infrastructure.models import Asset, Service
from floreo.offers import proposal_kinds
from floreo.organisations.actions.proposing import approve_proposal, propose
from floreo.organisations.models import Organisation, ProposedChange, User
from floreo.organisations.proposal_forms import ProposalForm
from tests.infrastructure.making import a_sector, a_service, body

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(user_with: Callable[..., User]) -> User:
    return user_with("operator", organisation=body())


def mine() -> Organisation:
    return Organisation.objects.get(code="power-company")


def test_a_change_of_a_service_waits_and_is_then_made(operator: User, secretariat: User) -> None:
    made = a_service("Power", mine(), users=100)
    change = propose(mine(), by=operator, kind="service", what="change", record=made, facts={"users": 200})
    made.refresh_from_db()
    assert (made.users, change is not None) == (100, True)
    approve_proposal(ProposedChange.objects.get(), by=secretariat)
    made.refresh_from_db()
    assert made.users == 200


def test_a_new_service_is_of_who_proposed_it(operator: User, secretariat: User) -> None:
    facts = {"name": "Street lights", "sector": a_sector(), "rto_hours": 4, "mtpd_hours": 24}
    propose(mine(), by=operator, kind="service", what="new", facts=facts)
    assert not Service.objects.exists()
    approve_proposal(ProposedChange.objects.get(), by=secretariat)
    assert Service.objects.get().operator == mine()


def test_what_the_register_would_refuse_is_refused_at_once(operator: User) -> None:
    made = a_service("Power", mine(), mtpd_hours=24)
    with pytest.raises(Refused):
        propose(mine(), by=operator, kind="service", what="change", record=made, facts={"rto_hours": 48})


def test_an_asset_is_proposed_for_a_service_of_ones_own(operator: User, secretariat: User) -> None:
    made = a_service("Power", mine())
    propose(
        mine(), by=operator, kind="asset", what="new", facts={"service": made, "name": "Substation", "kind": "site"}
    )
    approve_proposal(ProposedChange.objects.get(), by=secretariat)
    assert Asset.objects.get().service == made


def test_nothing_of_another_can_be_named_or_changed(operator: User) -> None:
    other = a_service("Water", body("water-company", "Water Company"))
    form = ProposalForm(None, kind=proposal_kinds()["asset"], record=None, organisation=mine())
    assert list(form.fields["service"].queryset) == []  # type: ignore[attr-defined]
    with pytest.raises(Missing):
        propose(mine(), by=operator, kind="service", what="change", record=other, facts={"users": 1})


def test_dependencies_are_proposed_by_nobody(operator: User, browser_of: Callable[[User], Client]) -> None:
    assert "dependency" not in proposal_kinds()
