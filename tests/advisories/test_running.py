"""Advisories and the assets that run what they name: who sees which, to whom a version is sent, what an operator replies, and its tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from floreo.advisories.access import get_named_for
from floreo.advisories.actions.publishing import correct, mail_due, publish, send_to_organisations, withdraw
from floreo.advisories.actions.replying import reply
from floreo.advisories.actions.writing import send_to_review, update_advisory, write_advisory
from floreo.advisories.matching import Verdict
from floreo.advisories.models import Advisory, AdvisoryRecipient, AdvisoryReply, KevEntry
from floreo.advisories.queries import assets_named, bodies_named, exploited_on, running_named
from floreo.advisories.tasks import waiting_tasks
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.infrastructure.actions.registering import add_asset, remove_asset, withdraw_service
from floreo.infrastructure.models import Asset
from floreo.organisations.models import Contact, Country, Organisation, User
from floreo.tasks.queries import recipient_of
from tests.advisories.conftest import facts_with
from tests.infrastructure.making import a_service, body
from tests.pages import decide


@pytest.fixture
def assets(country: Country) -> Mapping[str, Asset]:
    """One of a version that is affected, one of none, one that is fixed, one of something else; each of its own operator."""
    made = {}
    for code, product, version in (
        ("power", "mail", "4.1"),
        ("water", "MAIL", ""),
        ("port", "Mail", "4.2"),
        ("bank", "Ledger", "4.1"),
    ):
        operator = body(code, f"{code.title()} Company")
        Contact.objects.create(organisation=operator, role="technical", email=f"it@{code}.example", language="en")
        service = a_service(f"Service of {code}", operator)
        facts = {"vendor": "Maréa", "product": product, "product_version": version}
        made[code] = add_asset(service, by=SYSTEM, name=f"Server of {code}", kind="system", **facts)
    return made


def operator_of(asset: Asset, make: Callable[..., User]) -> User:
    operator = asset.service.operator
    assert operator is not None
    return make("operator", organisation=operator, email=f"{operator.code}@example.net")


def published(draft: Advisory, by: User, *organisations: str) -> Advisory:
    send_to_review(draft, by=SYSTEM)
    return publish(draft, by=by, organisations=organisations)


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_the_team_sees_who_runs_it_and_an_operator_only_its_own(
    draft: Advisory, assets: Mapping[str, Asset], writer: User, user_with: Callable[..., User]
) -> None:
    def seen(viewer: object) -> list[tuple[str, str]]:
        return [(each.organisation.code, each.verdict) for each in assets_named(draft, viewer) if each.organisation]

    assert seen(writer) == [
        ("power", Verdict.AFFECTED),
        ("water", Verdict.NOT_KNOWN),
        ("port", Verdict.FIXED),
    ]
    assert seen(operator_of(assets["water"], user_with)) == [("water", Verdict.NOT_KNOWN)]
    assert seen(operator_of(assets["bank"], user_with)) == []
    for role in ("lead", "observer", "auditor"):
        one = user_with(role, organisation=assets["water"].service.operator, email=f"{role}@example.net")
        assert seen(one) == []
    assert seen(None) == []


def test_services_that_ended_and_assets_that_are_gone_run_nothing(
    draft: Advisory, assets: Mapping[str, Asset], writer: User
) -> None:
    withdraw_service(assets["power"].service, by=SYSTEM, reason="It ended.")
    remove_asset(assets["water"], by=SYSTEM)
    assert [each.asset.name for each in assets_named(draft, writer)] == ["Server of port"]


def test_each_organisation_is_named_once_by_its_worst_and_as_it_is_today(
    draft: Advisory, assets: Mapping[str, Asset], writer: User
) -> None:
    more = {"vendor": "Marea", "product": "Mail", "product_version": "3.9"}
    add_asset(assets["port"].service, by=SYSTEM, name="Old server", kind="system", **more)
    new = body("waterworks", "Waterworks")
    Organisation.objects.filter(code="water").update(merged_into=new)
    found = {
        each.organisation.code: (each.verdict, [r.address for r in each.to]) for each in bodies_named(draft, writer)
    }
    assert found == {
        "power": (Verdict.AFFECTED, ["it@power.example"]),
        "port": (Verdict.AFFECTED, ["it@port.example"]),
        "waterworks": (Verdict.NOT_KNOWN, ["it@water.example"]),
    }


@pytest.mark.long
def test_chosen_organisations_are_sent_each_version_once_and_its_withdrawal(
    draft: Advisory, assets: Mapping[str, Asset], second: User
) -> None:
    advisory = published(draft, second, "power")
    assert list(advisory.recipients.values_list("organisation__code", "mailed_issue")) == [("power", 0)]
    assert (mail_due(by=SYSTEM), mail_due(by=SYSTEM)) == (1, 0)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == (
        "it@power.example",
        "[TLP:CLEAR] Critical: Marea lets strangers in (adv-2026-001)",
    )
    assert "/workspace/advisories/adv-2026-001/" in mail.text
    assert "Server of power" not in mail.text  # what runs there is in no mail
    correct(advisory, by=second, what="Another version is affected.", organisations=["water"])
    assert mail_due(by=SYSTEM) == 2
    subjects = {m.to: m.subject for m in OutboxMail.objects.filter(subject__contains="version 2")}
    assert sorted(subjects) == ["it@power.example", "it@water.example"]
    withdraw(advisory, by=second, reason="It was wrong.")
    assert mail_due(by=SYSTEM) == 2
    assert OutboxMail.objects.filter(subject="[TLP:CLEAR] Advisory adv-2026-001 was withdrawn").count() == 2


def test_who_is_sent_it_is_in_the_trail(draft: Advisory, assets: Mapping[str, Asset], second: User) -> None:
    published(draft, second, "power")
    entry = AuditEntry.objects.get(verb="advisory.published")
    made = [c for c in entry.detail["changes"] if c["thing"].startswith("advisories.advisoryrecipient:")]
    assert len(made) == 1
    assert made[0]["what"] == "made"


def test_a_version_that_was_published_is_sent_to_further_organisations(
    draft: Advisory, assets: Mapping[str, Asset], second: User, user_with: Callable[..., User]
) -> None:
    advisory = published(draft, second)
    assert mail_due(by=SYSTEM) == 0
    send_to_organisations(advisory, by=second, organisations=["water", "water"])
    send_to_organisations(advisory, by=second, organisations=["water"])  # it has it
    assert (mail_due(by=SYSTEM), mail_due(by=SYSTEM)) == (1, 0)
    assert OutboxMail.objects.get().to == "it@water.example"
    assert refusal(lambda: send_to_organisations(advisory, by=second, organisations=[])) == "none"
    assert refusal(lambda: send_to_organisations(advisory, by=second, organisations=["bank"])) == "runs_nothing"
    one = operator_of(assets["water"], user_with)
    with pytest.raises(NotAllowed):
        send_to_organisations(advisory, by=one, organisations=["water"])


@pytest.mark.parametrize(("tlp", "mails"), [("GREEN", 1), ("AMBER", None), ("RED", None)])
def test_only_what_their_people_may_read_leaves_to_organisations(
    tlp: str, mails: int | None, draft: Advisory, assets: Mapping[str, Asset], second: User
) -> None:
    update_advisory(draft, by=second, tlp=tlp)
    if mails is None:
        assert refusal(lambda: published(draft, second, "power")) == "marking"
        assert AdvisoryRecipient.objects.count() == 0
        return
    published(draft, second, "power")
    assert mail_due(by=SYSTEM) == mails
    mail = OutboxMail.objects.get()
    assert mail.subject.startswith(f"[TLP:{tlp}]")
    assert "/workspace/advisories/adv-2026-001/" in mail.text
    public = f"/advisories/{draft.code}/"
    assert mail.text.count(public) == mail.text.count(f"/workspace{public}")  # no address that everybody may open


def test_a_reply_is_recorded_with_its_version_and_replaces_the_one_before(
    draft: Advisory, assets: Mapping[str, Asset], second: User, user_with: Callable[..., User]
) -> None:
    advisory, asset = published(draft, second), assets["power"]
    one = operator_of(asset, user_with)
    reply(asset, by=one, advisory=advisory, kind="working", note=" Tonight. ")
    reply(asset, by=one, advisory=advisory, kind="fixed")
    row = AdvisoryReply.objects.get()
    assert (row.kind, row.note, row.issue, row.replied_by, row.asset) == ("fixed", "", 1, one.actor_name, asset)
    assert AuditEntry.objects.filter(verb="advisory.answered").count() == 2
    assert [each.reply and each.reply.kind for each in assets_named(advisory, second)] == ["fixed", None, None]


def test_replies_that_are_refused(
    draft: Advisory, assets: Mapping[str, Asset], second: User, user_with: Callable[..., User]
) -> None:
    asset = assets["power"]
    one, other = operator_of(asset, user_with), operator_of(assets["water"], user_with)
    assert refusal(lambda: reply(asset, by=one, advisory=draft, kind="fixed")) == "not_out"
    advisory = published(draft, second)
    with pytest.raises(NotAllowed):
        reply(asset, by=other, advisory=advisory, kind="fixed")
    assert refusal(lambda: reply(asset, by=one, advisory=advisory, kind="perhaps")) == "bad_value"
    bank = operator_of(assets["bank"], user_with)
    assert refusal(lambda: reply(assets["bank"], by=bank, advisory=advisory, kind="fixed")) == "not_named"
    secret = write_advisory("adv-2026-009", by=second, **facts_with(tlp="AMBER"))
    amber = published(secret, second)
    assert refusal(lambda: reply(asset, by=one, advisory=amber, kind="fixed")) == "not_out"
    assert AdvisoryReply.objects.count() == 0
    for viewer, code in ((other, advisory.code), (one, amber.code), (None, advisory.code)):
        with pytest.raises(Missing):
            get_named_for(viewer, code, asset.pk)


def test_a_reply_is_seen_by_the_team_and_its_operator(
    draft: Advisory, assets: Mapping[str, Asset], second: User, user_with: Callable[..., User]
) -> None:
    advisory = published(draft, second, "power", "water")
    one, other = (operator_of(assets[code], user_with) for code in ("power", "water"))
    reply(assets["power"], by=one, advisory=advisory, kind="need_help")
    seen = {who: AdvisoryReply.objects.visible_to(who).count() for who in (second, one, other, None)}
    sent = {who: AdvisoryRecipient.objects.visible_to(who).count() for who in (second, one, other, None)}
    assert (list(seen.values()), list(sent.values())) == ([1, 1, 0, 0], [2, 1, 1, 0])


def test_it_is_a_task_until_the_operator_says_that_nothing_is_left(
    draft: Advisory, assets: Mapping[str, Asset], second: User, user_with: Callable[..., User]
) -> None:
    def tasks(user: User) -> list[str]:
        found = waiting_tasks(recipient_of(user), viewer=user, today=clock.today())
        return [each.why for each in found if each.organisation is not None]

    users = {code: operator_of(assets[code], user_with) for code in assets}
    assert [tasks(each) for each in users.values()] == [[], [], [], []]
    advisory = published(draft, second)
    assert {code: tasks(user) for code, user in users.items()} == {
        "power": ["It names a product that your organisation runs. Affected."],
        "water": ["It names a product that your organisation runs. Version not known: to be checked."],
        "port": [],
        "bank": [],
    }
    assert tasks(second) == []  # the team finds it at the advisory
    reply(assets["power"], by=users["power"], advisory=advisory, kind="working")
    assert len(tasks(users["power"])) == 1
    reply(assets["power"], by=users["power"], advisory=advisory, kind="fixed")
    reply(assets["water"], by=users["water"], advisory=advisory, kind="not_affected")
    assert (tasks(users["power"]), tasks(users["water"])) == ([], [])
    correct(advisory, by=second, what="More versions.")  # a new version asks again
    assert len(tasks(users["power"])) == 1
    withdraw(advisory, by=second, reason="It was wrong.")
    assert tasks(users["power"]) == []


def test_known_exploited_products_are_found_without_their_version(
    assets: Mapping[str, Asset], writer: User, user_with: Callable[..., User]
) -> None:
    rows = [
        KevEntry.objects.create(
            cve=cve, vendor=vendor, product=product, name=cve, added_on=clock.today(), catalogue="1"
        )
        for cve, vendor, product in (
            ("CVE-2020-1000", "Marea", "Mail"),
            ("CVE-2020-1001", "Marea", "Mail and Calendar"),
            ("CVE-2020-1002", "Marea", "Multiple Products"),
            ("CVE-2020-1003", "Coral", "Mail"),
        )
    ]
    found = exploited_on([assets["power"], assets["bank"]])
    assert [(each.asset.name, [e.cve for e in each.entries]) for each in found] == [
        ("Server of power", ["CVE-2020-1001", "CVE-2020-1000"])
    ]
    assert running_named(rows, writer) == {rows[0].pk: 3, rows[1].pk: 3}
    assert running_named(rows, operator_of(assets["port"], user_with)) == {rows[0].pk: 1, rows[1].pk: 1}
    assert running_named(rows, None) == {}


# --- Pages --------------------------------------------------------------------------------------------------------


def test_the_desk_publishes_to_those_who_run_it_and_an_operator_replies(
    draft: Advisory,
    assets: Mapping[str, Asset],
    second: User,
    user_with: Callable[..., User],
    browser_of: Callable[[User], Client],
) -> None:
    send_to_review(draft, by=SYSTEM)
    desk, address = browser_of(second), draft.workspace_url()
    page = desk.get(address).content.decode()
    assert [word in page for word in ("Organisations that run it", "Server of power", "Server of bank")] == [
        True,
        True,
        False,
    ]
    field = desk.get(f"{address}do/publish/").context["form"].fields["organisations"]
    assert (field.initial, [code for code, _text in field.choices]) == (["power", "water"], ["power", "water", "port"])
    assert decide(desk, f"{address}do/publish/", {"organisations": ["power"]}).status_code == 302
    mail_due(by=SYSTEM)
    assert OutboxMail.objects.get().to == "it@power.example"
    offered = desk.get(f"{address}do/notify/").context["form"].fields["organisations"]
    assert [code for code, _text in offered.choices] == ["water", "port"]
    assert desk.post(f"{address}do/notify/", {"organisations": ["water"]}).status_code == 302

    one = operator_of(assets["power"], user_with)
    browser, asset = browser_of(one), assets["power"]
    seen = browser.get(address).content.decode()
    assert ["Server of power" in seen, "Server of water" in seen, "Water Company" in seen] == [True, False, False]
    service = browser.get(asset.service.workspace_url()).content.decode()
    assert ["Advisories on what runs here" in service, "Marea lets strangers in" in service] == [True, True]
    assert "Marea lets strangers in" in browser.get("/workspace/").content.decode()
    form = f"{address}reply/{asset.pk}/"
    assert browser.get(f"{address}reply/{assets['water'].pk}/").status_code == 404
    assert browser.post(form, {}).status_code == 422
    assert browser.post(form, {"kind": "fixed", "note": "Since Monday."}).status_code == 302
    assert "Marea lets strangers in" not in browser.get("/workspace/").content.decode()
    assert "Since Monday." in desk.get(address).content.decode()


def test_an_advisory_that_may_not_leave_offers_nobody(
    draft: Advisory, assets: Mapping[str, Asset], second: User, browser_of: Callable[[User], Client]
) -> None:
    update_advisory(draft, by=second, tlp="AMBER")
    send_to_review(draft, by=SYSTEM)
    desk, address = browser_of(second), draft.workspace_url()
    assert "organisations" not in desk.get(f"{address}do/publish/").context["form"].fields
    assert decide(desk, f"{address}do/publish/").status_code == 302
    assert "do/notify/" not in desk.get(address).content.decode()
