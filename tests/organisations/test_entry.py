"""An organisation keeps its own entry: by a link that was sent to one of its contacts, or signed in. Nothing changes until a person of
the team has reviewed it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import MailState, OneTimeLink, OutboxMail
from floreo.core.tasks import Recipient
from floreo.feeds.actions.notices import make_rule
from floreo.feeds.models import AddressPool, NoticeRule
from floreo.organisations import actions as acts
from floreo.organisations.access import Keeper, keeper_of
from floreo.organisations.actions.proposing import differences, problems
from floreo.organisations.models import Contact, Country, Network, Organisation, ProposedChange, RegisterEntry, User
from floreo.organisations.tasks import waiting_tasks

Browser = Callable[[User], Client]


@pytest.fixture
def bank(db: None) -> Organisation:
    Country.objects.create(code="XP", name="Isla", languages=["en", "es"], currency="XCD", pack="x", is_sample=True)
    return acts.add_organisation(
        by=SYSTEM, name="A bank", kind="operator", website="https://www.bank.example", phone="+1 202 555 0100"
    )


@pytest.fixture
def desk(bank: Organisation) -> Contact:
    return acts.add_contact(bank, by=SYSTEM, purpose="Desk", role="duty", email="desk@bank.example", language="es")


def sent_link(contact: Contact, by: User) -> str:
    acts.send_entry_link(contact, by=by)
    return token_in(OutboxMail.objects.filter(kind="register.entry").latest("pk"))


def token_in(mail: OutboxMail) -> str:
    found = re.search(r"/register/entry/([^/\s]+)/", mail.text)
    assert found is not None
    return found[1]


def propose(by: Any, **facts: Any) -> ProposedChange:
    organisation = by.organisation if isinstance(by, Keeper) else facts.pop("organisation")
    made = acts.propose(
        organisation,
        by=by,
        kind=facts.pop("kind", "organisation"),
        what=facts.pop("what", "change"),
        record=facts.pop("record", organisation),
        facts=facts,
    )
    assert made is not None
    return made


# --- Links --------------------------------------------------------------------------------------------------------


def test_the_link_speaks_for_the_contacts_organisation_and_only_that(desk: Contact, secretariat: User) -> None:
    token = sent_link(desk, secretariat)
    keeper = keeper_of(token)
    assert (keeper.organisation, keeper.actor_code) == (desk.organisation, f"contact:{desk.pk}")
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.language, mail.is_secret) == ("desk@bank.example", "es", True)
    other = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    with pytest.raises(NotAllowed):
        acts.propose(other, by=keeper, kind="organisation", what="change", record=other, facts={"phone": "555"})
    with pytest.raises(NotAllowed):
        acts.confirm_entry(other, by=keeper)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("what", ["removed", "moved", "ended", "sent again", "old", "invented"])
def test_a_link_that_opens_nothing_any_more_says_why(what: str, desk: Contact, secretariat: User) -> None:
    """The contact left, its address changed, the link came into other hands, a newer one was sent, its days are over."""
    token = sent_link(desk, secretariat)
    keeper_of(token)
    match what:
        case "removed":
            acts.remove_contact(desk, by=secretariat)
        case "moved":
            acts.update_contact(desk, by=secretariat, email="new@bank.example")
        case "ended":
            acts.end_entry_links(desk, by=secretariat)
            assert OutboxMail.objects.get().state == MailState.DROPPED
        case "sent again":
            sent_link(desk, secretariat)
        case "old":
            OneTimeLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
        case "invented":
            token = token[:-2] + "xx"
    with pytest.raises(Missing) as missing:
        keeper_of(token)
    assert str(missing.value.sentence) != str(Missing().sentence)
    page = Client().get(f"/register/entry/{token}/")
    assert (page.status_code, "desk@bank.example" in page.content.decode()) == (404, False)


def test_an_address_asks_for_its_link_and_nobody_learns_whether_it_is_known(desk: Contact, stranger: Client) -> None:
    answers = []
    for address in ("desk@bank.example", "DESK@bank.example", "nobody@bank.example"):
        answer = stranger.post("/register/link/", {"address": address}, follow=True)
        answers.append((answer.redirect_chain, answer.content.decode().partition("<main")[2].partition("</main>")[0]))
    assert answers[0][0] == answers[2][0] == [("/register/link/?done=yes", 302)]
    assert answers[0][1] == answers[1][1] == answers[2][1]
    assert {mail.to for mail in OutboxMail.objects.all()} == {"desk@bank.example"}


@pytest.mark.long
def test_thirty_requests_for_one_address_are_two_mails(desk: Contact) -> None:
    for number in range(30):
        Client(REMOTE_ADDR=f"203.0.113.{number}").post("/register/link/", {"address": "desk@bank.example"})
    waiting = OutboxMail.objects.filter(state=MailState.WAITING)
    assert (OutboxMail.objects.count(), waiting.count()) == (2, 1)


def test_who_asks_too_often_is_told_to_wait(bank: Organisation, stranger: Client) -> None:
    codes = [stranger.post("/register/link/", {"address": f"a{n}@example.org"}).status_code for n in range(12)]
    assert codes == [302] * 10 + [429] * 2
    wrong = Client(REMOTE_ADDR="203.0.113.9").post("/register/link/", {"address": "nobody"})
    assert (wrong.status_code, "Enter the whole e-mail address" in wrong.content.decode()) == (422, True)


# --- Proposing ----------------------------------------------------------------------------------------------------


def test_nothing_changes_until_it_is_reviewed_and_only_differences_are_shown(desk: Contact, secretariat: User) -> None:
    bank, keeper = desk.organisation, Keeper(desk)
    change = propose(keeper, phone="+1 202 555 0199", website="https://www.bank.example")
    bank.refresh_from_db()
    assert bank.phone == "+1 202-555-0100"
    assert [(d.label, d.now, d.then) for d in differences(change)] == [
        ("Telephone", "+1 202-555-0100", "+1 202 555 0199")
    ]
    acts.approve_proposal(change, by=secretariat)
    bank.refresh_from_db()
    assert bank.phone == "+1 202-555-0199"
    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("approved", secretariat.name)
    mail = OutboxMail.objects.get(kind="register.decided")
    assert (mail.to, mail.language) == ("desk@bank.example", "es")


def test_what_does_not_differ_is_no_proposal_and_a_newer_one_replaces(desk: Contact) -> None:
    keeper = Keeper(desk)
    bank = desk.organisation
    same = acts.propose(bank, by=keeper, kind="organisation", what="change", record=bank, facts={"phone": bank.phone})
    assert same is None
    first, second = propose(keeper, email="a@bank.example"), propose(keeper, email="b@bank.example")
    first.refresh_from_db()
    assert (first.state, first.decision, second.state) == ("withdrawn", "Replaced by a newer one.", "open")
    back = acts.propose(bank, by=keeper, kind="organisation", what="change", record=bank, facts={"email": bank.email})
    second.refresh_from_db()
    assert (back, second.state) == (None, "withdrawn")


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("contact", {"purpose": "", "email": "x@bank.example"}, "purpose"),
        ("contact", {"purpose": "Night", "email": "no address"}, "email"),
        ("contact", {"purpose": "Night"}, "email"),
        ("contact", {"purpose": "Night", "phone": "nobody"}, "phone"),
        ("contact", {"purpose": "Night", "email": "x@bank.example", "openpgp_key": "no key"}, "openpgp_key"),
        ("contact", {"purpose": "N" * 90, "email": "x@bank.example"}, "purpose"),
        ("contact", {"purpose": "Night", "email": "x@bank.example", "role": "king"}, "role"),
        ("organisation", {"website": "not a page"}, "website"),
    ],
)
def test_what_the_register_would_refuse_is_refused_when_it_is_proposed(
    kind: str, facts: dict[str, str], field: str, desk: Contact
) -> None:
    record = desk.organisation if kind == "organisation" else None
    what = "change" if kind == "organisation" else "new"
    with pytest.raises(Refused) as refusal:
        acts.propose(desk.organisation, by=Keeper(desk), kind=kind, what=what, record=record, facts=facts)
    assert (list(refusal.value.fields), ProposedChange.objects.count()) == ([field], 0)


def test_records_of_others_and_fields_that_are_not_offered_stay_out(desk: Contact) -> None:
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    theirs = acts.add_contact(shop, by=SYSTEM, purpose="Desk", email="desk@shop.example")
    keeper = Keeper(desk)
    with pytest.raises(Missing):
        propose(keeper, kind="contact", record=theirs, purpose="Mine")
    with pytest.raises(Missing):
        propose(keeper, kind="nothing", purpose="Mine")
    change = propose(keeper, internal_notes="Read me", is_public=False, kind_of="x", phone="+1 202 555 0111")
    assert change.facts == {"phone": "+1 202 555 0111"}


def test_a_contact_is_proposed_changed_and_removed(desk: Contact, secretariat: User) -> None:
    keeper = Keeper(desk)
    new = propose(keeper, kind="contact", what="new", record=None, purpose="Night", role="duty", email="n@bank.example")
    assert problems(new) == []
    acts.approve_proposal(new, by=secretariat)
    night = Contact.objects.get(purpose="Night")
    new.refresh_from_db()
    assert new.thing == f"organisations.contact:{night.pk}"
    gone = propose(keeper, kind="contact", what="remove", record=night)
    assert problems(gone) == ["It would be removed."]
    acts.approve_proposal(gone, by=secretariat)
    assert not Contact.objects.filter(purpose="Night").exists()


def test_how_often_it_is_notified_is_proposed_and_comes_before_the_rule_of_all(
    desk: Contact, secretariat: User
) -> None:
    general = make_rule(by=SYSTEM, contact_role="abuse", every="week")
    facts = {"contact_role": "duty", "every": "day", "reason": ""}
    change = propose(Keeper(desk), kind="notice_rule", what="new", record=None, **facts)
    assert problems(change) == []
    acts.approve_proposal(change, by=secretariat)
    first = NoticeRule.objects.order_by("position", "pk")[0]
    assert (first.organisation, first.every, NoticeRule.objects.order_by("position", "pk")[1]) == (
        desk.organisation,
        "day",
        general,
    )
    with pytest.raises(Refused):
        propose(Keeper(desk), kind="notice_rule", record=first, every="never")
    silent = propose(Keeper(desk), kind="notice_rule", record=first, every="never", reason="We read the page")
    assert problems(silent) == ["The organisation would get no notices any more."]


def test_by_the_link_an_organisation_says_which_of_its_addresses_change_hands(desk: Contact, secretariat: User) -> None:
    Network.objects.create(asn=64496, name="Ours", holder=desk.organisation, prefixes=["192.0.2.0/24"])
    Network.objects.create(asn=64497, name="Theirs", prefixes=["198.51.100.0/24"])
    facts = {"prefix": "192.0.2.0/25", "kind": "dynamic", "reason": "DHCP of our customers"}
    given: dict[str, Any] = {"by": Keeper(desk), "kind": "address_pool", "what": "new"}
    change = acts.propose(desk.organisation, facts=facts, **given)
    assert change is not None
    assert not AddressPool.objects.exists()
    acts.approve_proposal(change, by=secretariat)
    (pool,) = AddressPool.objects.active()
    assert (pool.organisation, pool.prefix, pool.kind, pool.made_by) == (
        desk.organisation,
        "192.0.2.0/25",
        "dynamic",
        secretariat.actor_name,
    )
    for wrong in (facts, facts | {"prefix": "198.51.100.0/25"}, facts | {"prefix": "x"}, facts | {"kind": "other"}):
        with pytest.raises(Refused):
            acts.propose(desk.organisation, facts=wrong, **given)


def test_mail_that_would_go_elsewhere_is_for_a_person_to_read(desk: Contact) -> None:
    """Whoever got hold of a link could send what is meant for the organisation to themselves."""
    keeper = Keeper(desk)
    moved = propose(keeper, kind="contact", record=desk, email="desk@elsewhere.example")
    assert problems(moved) == [
        "E-mail to this contact would go to another address.",
        "The address is under none of the domains that the register knows of the organisation.",
    ]
    added = propose(keeper, kind="contact", what="new", record=None, purpose="X", email="x@elsewhere.example")
    assert len(problems(added)) == 1


def test_that_another_contact_may_reply_to_notices_is_for_a_person_to_read(desk: Contact, secretariat: User) -> None:
    keeper = Keeper(desk)
    quiet = propose(keeper, kind="contact", record=desk, may_answer=False)
    assert problems(quiet) == []
    assert [(str(one.label), one.now, one.then) for one in differences(quiet)] == [
        ("May reply to notices", "Yes", "No")
    ]
    acts.approve_proposal(quiet, by=secretariat)
    desk.refresh_from_db()
    assert not desk.may_answer
    again = propose(keeper, kind="contact", record=desk, may_answer=True)
    words = ["Whoever reads e-mail to this contact could reply to notices. Others of the organisation may not."]
    assert problems(again) == words
    facts = {"purpose": "Night", "email": "n@bank.example", "may_answer": True}
    assert problems(propose(keeper, kind="contact", what="new", record=None, **facts)) == words


def test_all_that_is_smooth_is_approved_with_one_press_and_the_rest_waits(
    desk: Contact, secretariat: User, browser_of: Browser
) -> None:
    bank, keeper = desk.organisation, Keeper(desk)
    propose(keeper, phone="+1 202 555 0199")
    propose(keeper, kind="contact", what="new", record=None, purpose="Night", email="n@bank.example")
    propose(keeper, kind="contact", record=desk, email="desk@elsewhere.example")
    browser = browser_of(secretariat)
    page = browser.get(f"/workspace/proposals/{bank.code}/").content.decode()
    assert "Approve 2 changes" in page
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown is not None
    answer = browser.post(f"/workspace/proposals/{bank.code}/approve-all/", {"shown": shown[1]}, follow=True)
    assert "2 changes approved, and made." in answer.content.decode()
    assert list(bank.proposed_changes.order_by("pk").values_list("state", flat=True)) == [
        "approved",
        "approved",
        "open",
    ]
    desk.refresh_from_db()
    assert desk.email == "desk@bank.example"
    last = bank.proposed_changes.get(state="open")
    empty = browser.post(f"/workspace/proposals/{bank.code}/{last.pk}/reject/", {"reason": "", "shown": as_shown()})
    assert empty.status_code == 422
    done = browser.post(
        f"/workspace/proposals/{bank.code}/{last.pk}/reject/", {"reason": "Not your domain", "shown": as_shown()}
    )
    last.refresh_from_db()
    assert (done.status_code, last.state, last.decision) == (302, "rejected", "Not your domain")
    keeper_page = Client().get(f"/register/entry/{sent_link(desk, secretariat)}/").content.decode()
    assert "Not your domain" in keeper_page


def test_a_decision_is_bound_to_what_was_shown(desk: Contact, secretariat: User) -> None:
    change = propose(Keeper(desk), phone="+1 202 555 0199")
    shown = as_shown()
    acts.update_organisation(desk.organisation, by=secretariat, phone="+1 202 555 0122")
    with pytest.raises(Refused, match="It was changed after you opened it"):
        acts.approve_proposal(change, by=secretariat, shown=shown)
    assert "The register was changed meanwhile." in problems(change)


def test_what_was_decided_is_decided(desk: Contact, secretariat: User) -> None:
    change = propose(Keeper(desk), phone="+1 202 555 0199")
    with pytest.raises(Refused, match="Give the reason"):
        acts.reject_proposal(change, by=secretariat, reason=" ")
    acts.reject_proposal(change, by=secretariat, reason="The number is not in service")
    for decide in (acts.approve_proposal, acts.withdraw_proposal):
        with pytest.raises(Refused, match="already decided this"):
            decide(change, by=secretariat)


def test_who_proposed_does_not_approve_and_nobody_outside_does(
    bank: Organisation, secretariat: User, user_with: Callable[..., User]
) -> None:
    operator = user_with("operator", organisation=bank)
    change = propose(operator, organisation=bank, record=bank, email="a@bank.example")
    with pytest.raises(NotAllowed):
        acts.approve_proposal(change, by=operator)
    own = propose(secretariat, organisation=bank, record=bank, email="b@bank.example")
    with pytest.raises(Refused, match="second person"):
        acts.approve_proposal(own, by=secretariat)
    with pytest.raises(Refused, match="None can be approved together"):
        acts.approve_all(bank, by=secretariat)


def test_what_waits_is_a_task_of_the_team(desk: Contact, secretariat: User) -> None:
    acts.claim_holding(desk.organisation, by=Keeper(desk), kind="domain", value="bank.example")
    propose(Keeper(desk), phone="+1 202 555 0199")
    team = Recipient(permissions=frozenset({"register.edit"}))
    found = [(t.title, t.why) for t in waiting_tasks(team, viewer=secretariat, today=clock.today())]
    assert found == [
        ("A bank", "1 claim to addresses or a domain waits."),
        ("A bank", "1 proposed change waits for review."),
    ]
    assert list(waiting_tasks(Recipient(), viewer=secretariat, today=clock.today())) == []


# --- The pages ----------------------------------------------------------------------------------------------------


def test_the_whole_way_by_the_link(desk: Contact, secretariat: User) -> None:
    """No account, no cookie, no script: to look changes nothing, and each press says what it did."""
    bank, browser = desk.organisation, Client()
    base = f"/register/entry/{sent_link(desk, secretariat)}/"
    page = browser.get(base)
    assert (page.status_code, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
        200,
        "no-referrer",
        "no-store",
    )
    assert not page.cookies
    assert (RegisterEntry.objects.get().confirmed_on, ProposedChange.objects.count()) == (None, 0)
    assert browser.post(base, {"do": "confirm"}).headers["Location"] == f"{base}?done=confirmed"
    desk.refresh_from_db()
    assert (RegisterEntry.objects.get().confirmed_on, desk.verified_on) == (clock.today(), clock.today())
    form = browser.get(f"{base}propose/organisation/{bank.pk}/").content.decode()
    assert 'value="https://www.bank.example"' in form
    facts = {"website": "https://www.bank.example", "phone": "+1 202 555 0199", "why": "New exchange"}
    assert browser.post(f"{base}propose/organisation/{bank.pk}/", facts).headers["Location"] == f"{base}?done=proposed"
    wrong = browser.post(f"{base}propose/contact/", {"purpose": "Night", "role": "duty"})
    assert (wrong.status_code, "Enter an e-mail address or a telephone number" in wrong.content.decode()) == (422, True)
    assert browser.post(f"{base}claim/", {"kind": "prefix", "value": "10.0.0.0/8"}).status_code == 422
    claimed = browser.post(f"{base}claim/", {"kind": "domain", "value": "Bank.Example"})
    assert claimed.headers["Location"] == f"{base}?done=claimed"
    held = bank.holdings.get()
    assert held.record in browser.get(base).content.decode()
    assert browser.post(base, {"do": f"withdraw:{held.pk}"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "withdrawn"
    change = bank.proposed_changes.get()
    assert browser.post(base, {"do": f"take-back:{change.pk}"}).status_code == 302
    assert browser.post(base, {"do": f"take-back:{change.pk}"}).status_code == 422
    assert browser.post(base, {"do": "take-back:999999"}).status_code == 404
    assert browser.post(base, {"do": "whatever"}).status_code == 404


def test_signed_in_an_operator_keeps_its_own_entry_and_no_others(
    bank: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    shop = acts.add_organisation(by=SYSTEM, name="A shop", kind="operator")
    acts.add_holding(shop, by=SYSTEM, kind="domain", value="shop.example")
    browser = browser_of(user_with("operator", organisation=bank))
    assert browser.get("/workspace/entry/").headers["Location"] == f"/workspace/entry/{bank.code}/"
    page = browser.get(f"/workspace/entry/{bank.code}/")
    assert page.status_code == 200
    assert browser.get(f"/workspace/entry/{shop.code}/").status_code == 403
    base = f"/workspace/entry/{bank.code}/"
    assert browser.post(f"{base}claim/", {"kind": "domain", "value": "bank.example"}).status_code == 302
    new = {"purpose": "Night", "role": "duty", "email": "n@bank.example"}
    assert browser.post(f"{base}propose/contact/", new).status_code == 302
    held, change = bank.holdings.get(), bank.proposed_changes.get()
    assert browser.get(f"/workspace/organisations/{bank.code}/holdings/{held.pk}/claim/").status_code == 200
    for address in ("/workspace/claims/", "/workspace/proposals/", f"/workspace/proposals/{bank.code}/"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{base}withdraw/{change.pk}/").status_code == 302
    assert browser.post(f"{base}confirm/").status_code == 302
    theirs = shop.holdings.get()
    assert browser.get(f"/workspace/organisations/{shop.code}/holdings/{theirs.pk}/claim/").status_code == 404
    assert browser.post(f"{base}claim/{theirs.pk}/withdraw/").status_code == 404


def test_the_team_decides_on_the_page_of_claims(desk: Contact, secretariat: User, browser_of: Browser) -> None:
    bank = desk.organisation
    acts.claim_holding(bank, by=Keeper(desk), kind="prefix", value="192.0.2.0/28")
    browser, held = browser_of(secretariat), bank.holdings.get()
    page = browser.get("/workspace/claims/").content.decode()
    for part in ("192.0.2.0/28", "Nothing proves that it is theirs.", "No network of the register announces it."):
        assert part in page
    at = f"/workspace/organisations/{bank.code}/holdings/{held.pk}/claim/"
    assert browser.get(at).status_code == 200
    assert browser.post(f"{at}approve/", {"reason": "", "shown": as_shown()}).status_code == 422
    assert browser.post(f"{at}registry/", {}).status_code == 422
    assert browser.get(f"{at}document/").status_code == 200
    assert browser.get(f"{at}record/").status_code == 404
    assert browser.post(f"{at}approve/", {"reason": "By telephone", "shown": as_shown()}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.decision) == ("approved", "By telephone")
    assert browser.get("/workspace/claims/?download=csv").status_code == 200
    assert browser.get("/workspace/claims/registry/").status_code == 200
