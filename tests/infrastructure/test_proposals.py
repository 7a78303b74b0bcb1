"""An operator proposes changes of its services and assets; nothing changes before somebody of the team approves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.infrastructure.models import Asset, Dependency, Service
from floreo.offers import proposal_kinds
from floreo.organisations.access import Keeper
from floreo.organisations.actions.proposing import (
    approve_proposal,
    differences,
    is_smooth,
    may_decide,
    problems,
    propose,
    reject_proposal,
    withdraw_proposal,
)
from floreo.organisations.entry_page import entry_facts
from floreo.organisations.models import Contact, Country, Organisation, ProposedChange, User
from floreo.organisations.proposal_forms import ProposalForm
from floreo.organisations.tasks import waiting_tasks
from tests.infrastructure.making import a_dependency, a_sector, a_service, body

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


# --- What a service needs -----------------------------------------------------------------------------------------


def propose_dependency(by: User, **facts: object) -> ProposedChange:
    made = propose(
        mine(), by=by, kind="dependency", what="new", facts={"kind": "water", "hours": 2, "share": 50} | facts
    )
    assert made is not None
    return made


@pytest.fixture
def power(operator: User) -> Service:
    return a_service("Power", mine())


@pytest.fixture
def water(operator: User) -> Service:
    return a_service("Water", body("water-company", "Water Company"), is_public=True)


def test_what_a_service_needs_is_proposed_and_made_when_it_is_approved(
    operator: User, power: Service, water: Service, user_with: Callable[..., User]
) -> None:
    change = propose_dependency(operator, service=power, needs=water)
    assert (change.name, problems(change), is_smooth(change)) == ("What a service needs: Power", [], False)
    assert not Dependency.objects.exists()
    approve_proposal(change, by=user_with("responder"))
    made = Dependency.objects.get()
    assert (made.service, made.needs, made.kind, made.hours, made.share) == (power, water, "water", 2, 50)
    taken = propose(mine(), by=operator, kind="dependency", what="remove", record=made)
    assert taken is not None
    approve_proposal(taken, by=user_with("secretariat"))
    made.refresh_from_db()
    assert made.withdrawn_on is not None


def test_a_service_that_is_not_in_the_list_is_named_in_words_and_chosen_by_the_reviewer(
    operator: User, power: Service, user_with: Callable[..., User]
) -> None:
    pumps = a_service("Pumps", body("water-company", "Water Company"))
    change = propose_dependency(operator, service=power, needs_in_words="the pumps at the river")
    assert change.facts["needs_in_words"] == "the pumps at the river"
    assert problems(change) == ["“Needs” is named in words. Choose it when you approve the change."]
    assert [each.then for each in differences(change)][1] == "“the pumps at the river” (named in words)"
    responder = user_with("responder")
    with pytest.raises(Refused, match="Choose the record that is meant") as refusal:
        approve_proposal(change, by=responder)
    assert list(refusal.value.fields) == ["needs"]
    approve_proposal(change, by=responder, needs=pumps)
    assert (Dependency.objects.get().needs, ProposedChange.objects.get().facts["needs"]) == (pumps, pumps.pk)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "needs"),
        ({"needs": "water", "needs_in_words": "the water"}, "needs_in_words"),
        ({"needs": "hidden"}, "needs"),
        ({"needs": "power"}, "needs"),
        ({"needs": "water", "service": "water"}, "service"),
        ({"needs": "water", "fallback": "A tank"}, "fallback_hours"),
        ({"needs": "water", "share": 0}, "share"),
        ({"needs": "known"}, "needs"),
    ],
)
def test_what_cannot_be_recorded_is_refused_at_its_field(
    facts: dict[str, object], field: str, operator: User, power: Service, water: Service
) -> None:
    """Also one that the operator may not read of: the list offers published services and its own, and nothing else is taken."""
    known = a_service("Known", body("known-company", "Known"), is_public=True)
    a_dependency(power, known, kind="water")
    hidden = a_service("Hidden", Organisation.objects.get(code="water-company"))
    rows = {"water": water, "hidden": hidden, "power": power, "known": known}
    given = {
        name: rows.get(str(value), value) if name in {"needs", "service"} else value for name, value in facts.items()
    }
    with pytest.raises(Refused) as refusal:
        propose_dependency(operator, **{"service": power} | given)
    assert list(refusal.value.fields) == [field]
    assert not ProposedChange.objects.exists()


def test_the_form_offers_published_services_and_ones_own(operator: User, power: Service, water: Service) -> None:
    hidden = a_service("Hidden", Organisation.objects.get(code="water-company"))
    kind = proposal_kinds()["dependency"]
    offered = ProposalForm(None, kind=kind, record=None, organisation=mine()).fields["needs"].queryset  # type: ignore[attr-defined]
    assert set(offered) == {power, water}
    form = ProposalForm(None, kind=kind, record=a_dependency(power, hidden), organisation=mine())
    assert set(form.fields["needs"].queryset) == {power, water, hidden}  # type: ignore[attr-defined]  # what it needs today


def test_by_the_page_from_the_form_to_the_decision(
    operator: User, power: Service, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    pumps = a_service("Pumps", body("water-company", "Water Company"))
    base = "/workspace/entry/power-company/"
    assert "What a service needs" in browser_of(operator).get(base).content.decode()
    facts = {"service": power.pk, "needs": "", "kind": "water", "hours": "0", "share": "100", "fallback_hours": "0"}
    at = f"{base}propose/dependency/"
    assert browser_of(operator).post(at, facts).status_code == 422
    assert browser_of(operator).post(at, facts | {"needs_in_words": "River pumps"}).status_code == 302
    change = ProposedChange.objects.get()
    browser = browser_of(user_with("responder"))
    page = browser.get("/workspace/proposals/power-company/").content.decode()
    assert ("River pumps" in page, "Approve 1 change" in page) == (True, False)
    decide = f"/workspace/proposals/power-company/{change.pk}/approve/"
    assert "The organisation wrote: “River pumps”." in browser.get(decide).content.decode()
    assert browser.post(decide, {"shown": as_shown()}).status_code == 422
    assert browser.post(decide, {"shown": as_shown(), "needs": pumps.pk}).status_code == 302
    assert Dependency.objects.get().needs == pumps


def test_by_a_link_nobody_reads_or_proposes_what_a_service_needs(
    operator: User, power: Service, water: Service
) -> None:
    """A link goes by e-mail to whoever reads the contact's mail; dependencies are for people who sign in."""
    contact = Contact.objects.create(organisation=mine(), purpose="Desk", email="desk@power.example")
    keeper = Keeper(contact)
    change = propose_dependency(operator, service=power, needs=water, reason="xreason")
    a_dependency(power, water, kind="fuel")
    facts = entry_facts(mine(), keeper, (), {})
    assert [part.kind.name for part in facts["others"]] == ["service", "asset", "notice_rule", "address_pool"]
    assert facts["proposals"] == []
    with pytest.raises(Missing):
        propose(mine(), by=keeper, kind="dependency", what="new", facts={"service": power, "needs": water})
    with pytest.raises(Missing):
        withdraw_proposal(change, by=keeper)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("role", "own", "reads", "decides"),
    [
        ("administrator", False, False, False),
        ("secretariat", False, True, True),
        ("responder", False, True, True),
        ("operator", True, True, False),
        ("operator", False, False, False),
        ("lead", True, False, False),
        ("auditor", False, False, False),
    ],
)
def test_a_proposal_about_a_dependency_leaks_by_no_exit(  # noqa: PLR0917  # a row of the table
    role: str,
    own: bool,
    reads: bool,
    decides: bool,
    operator: User,
    power: Service,
    user_with: Callable[..., User],
    browser_of: Callable[[User], Client],
) -> None:
    change = propose_dependency(operator, service=power, needs_in_words="xsecret pumps")
    where = mine() if own else body("other-company", "Other")
    user = user_with(
        role,
        organisation=None if role in {"administrator", "secretariat", "responder"} else where,
        email="who@example.org",
    )
    assert ProposedChange.objects.visible_to(user).exists() is reads
    assert may_decide(change, user) is decides
    browser = browser_of(user)
    number = AuditEntry.objects.get(verb="proposal.made").number
    addresses = (
        "proposals/power-company/",
        f"proposals/power-company/{change.pk}/approve/",
        f"proposals/power-company/{change.pk}/reject/",
        "entry/power-company/",
        "organisations/power-company/",
        "search/?q=xsecret",
        "audit/",
        f"audit/{number}/",
        "tasks/",
        "outbox/",
    )
    found = {
        each
        for each in addresses
        if "xsecret"
        in browser.get(f"/workspace/{each}")
        .content.decode()
        .replace("?q=xsecret", "")
        .replace('value="xsecret"', "")
        .replace("“xsecret”", "")
    }
    assert bool(found) is reads, found
    waits = "1" in str(
        [task.why for task in waiting_tasks(Recipient(everybody=True), viewer=user, today=clock.today())]
    )
    assert waits is decides
    listed = browser.get("/workspace/proposals/").content.decode()
    assert ("/workspace/proposals/power-company/" in listed) is decides
    if not decides:
        for name, more in (("approve", {"needs": power.pk}), ("reject", {"reason": "No"})):
            answer = browser.post(
                f"/workspace/proposals/power-company/{change.pk}/{name}/", {"shown": as_shown()} | more
            )
            assert answer.status_code in {403, 404}
        with pytest.raises(NotAllowed):
            reject_proposal(change, by=user, reason="No")
    change.refresh_from_db()
    assert change.state == "open"


def test_the_mail_about_the_decision_says_nothing_of_it(
    operator: User, power: Service, water: Service, user_with: Callable[..., User]
) -> None:
    """Whoever reads the outbox need not be one who may read dependencies."""
    change = propose_dependency(operator, service=power, needs=water)
    reject_proposal(change, by=user_with("responder"), reason="xsecret reason")
    text = OutboxMail.objects.get().text
    assert "- rejected: What a service needs. Sign in to read the reason." in text
    assert [word for word in ("xsecret", "Power:", "Water") if word in text] == []


@pytest.mark.long
def test_the_sample_country_has_proposals_to_review(
    isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    waiting = ProposedChange.objects.open().order_by("proposed_at")
    assert [(each.organisation.code, each.kind) for each in waiting] == [
        ("light-and-power", "contact"),
        ("light-and-power", "asset"),
        ("light-and-power", "dependency"),
    ]
    at = "/workspace/proposals/light-and-power/"
    pages = [
        browser_of(user_with(role, email=f"{role}@example.org")).get(at).content.decode()
        for role in ("responder", "administrator")
    ]
    for words in ("555-1180", "Battery store at the harbour", "Power generation at the harbour", "Approve 2 changes"):
        assert [words in page for page in pages] == [True, True], words
    assert ["the radio link from the north hill" in page for page in pages] == [True, False]
    responder = User.objects.get(email="responder@example.org")
    backbone = Service.objects.get(code="backbone")
    for change in waiting:
        chosen: dict[str, Any] = {"needs": backbone} if change.kind == "dependency" else {}
        approve_proposal(change, by=responder, **chosen)
    assert Contact.objects.filter(organisation__code="light-and-power", phone="555-1180").exists()
    assert Asset.objects.get(name="Battery store at the harbour").service.code == "power-generation"
    made = Dependency.objects.get(service__code="street-lights", needs=backbone, kind="telecom")
    assert (made.hours, made.share, made.fallback_hours) == (2, 40, 72)
