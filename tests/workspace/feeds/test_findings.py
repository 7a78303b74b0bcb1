"""Findings, notices and corrections in the workspace: what happened, replies, and who sees which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds.actions.endings import end_findings
from floreo.feeds.actions.replies import answer_signed_in
from floreo.feeds.models import Correction, Finding, Notice, NoticeRule, Reply
from floreo.organisations.actions.sectors import add_sector
from floreo.organisations.models import Contact, Network, User
from tests.pages import decide, squeezed
from tests.workspace.feeds.conftest import Night
from tests.workspace.feeds.test_feeds import page, rows_of

Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def responder(user_with: Callable[..., User], browser_of: Browser) -> Client:
    return browser_of(user_with("responder"))


@pytest.fixture
def banker(user_with: Callable[..., User], browser_of: Browser, night: Night) -> Client:
    return browser_of(user_with("operator", organisation=night.bank))


@pytest.mark.long
def test_without_findings_the_page_says_what_to_do_first(responder: Client) -> None:
    for address, first in (
        ("/workspace/findings/", "Add a feed and upload its first file"),
        ("/workspace/findings/", "No file has been read yet, so no finding is known."),
        (
            "/workspace/notices/",
            "Notices are sent automatically when there are findings and the register has a contact. See the notices due today, and the rules for recipients.",
        ),
        (
            "/workspace/corrections/",
            "Replies of “Not ours” to a notice appear here, so that you can decide who is responsible for the network.",
        ),
        ("/workspace/notices/today/", "No notices due today"),
        ("/workspace/notices/rules/", "applies if no rule above matches"),
        (
            "/workspace/feeds/rules/",
            "Files are read as received. Add a rule to correct them for this country: for example, your own scanner shown as an attacker, or a finding that is more severe here than elsewhere.",
        ),
        ("/workspace/findings/explorer/", "Choose other days"),
    ):
        assert first in page(responder, address), address


@pytest.mark.long
def test_a_whole_address_is_looked_for_as_one_and_other_words_in_all_texts(
    responder: Client, banker: Client, night: Night
) -> None:
    there = f"/workspace/findings/{night.of_bank.pk}/"
    address = night.of_bank.subject
    for words in (address, f"{address} rdp", address.rsplit(".", 1)[0], "rdp"):
        assert there in page(responder, f"/workspace/findings/?q={words}&state=all"), words
    for words in (address[:-1] + "9" + address[-1], f"{address} smtp", "192.0.2.77"):
        assert there not in page(responder, f"/workspace/findings/?q={words}&state=all"), words
    others = Finding.objects.exclude(organisation=night.bank).first()
    assert others is not None
    assert f"/workspace/findings/{others.pk}/" not in page(banker, f"/workspace/findings/?q={others.subject}&state=all")


@pytest.mark.long
def test_a_finding_tells_what_it_means_why_it_is_theirs_and_what_happened(responder: Client, night: Night) -> None:
    text = page(responder, f"/workspace/findings/{night.of_bank.pk}/")
    for part in (
        "Seen for the first time.",
        "Notice sent to abuse@bank.example.",
        "Abuse, once a week",
        "What to do",
        "The register lists the addresses 192.0.2.7/32 under this organisation.",
        "192.0.2.7, port 3389",
        "&lt;b&gt;product&lt;/b&gt;",
    ):
        assert part in text, part
    assert "<b>product" not in text


@pytest.mark.long
def test_the_list_narrows_and_leaves_as_a_file(responder: Client, night: Night) -> None:
    assert "2 open findings." in squeezed(page(responder, "/workspace/findings/")).replace("</h1><p>", " ")
    only = page(responder, "/workspace/findings/?organisation=bank&state=open")
    assert ("192.0.2.7" in only, "198.51.100.9" in only) == (True, False)
    head, *rows = rows_of(responder, "/workspace/findings/?organisation=shop&download=csv")
    assert [dict(zip(head, row, strict=True))["subject"] for row in rows] == ["198.51.100.9"]
    assert "No results. Try fewer words, or remove a filter." in page(responder, "/workspace/findings/?state=fixed")


@pytest.mark.long
def test_the_list_narrows_by_the_sector_of_the_organisation_and_guesses_none(responder: Client, night: Night) -> None:
    def found(sector: str) -> list[str]:
        head, *rows = rows_of(responder, f"/workspace/findings/?sector={sector}&download=csv")
        return [dict(zip(head, row, strict=True))["subject"] for row in rows]

    assert "sector=none" not in page(responder, "/workspace/findings/")  # nothing to choose from
    money = add_sector(by=SYSTEM, name="Money", broad="finance")
    night.bank.sector = add_sector(by=SYSTEM, name="Banking", broad="finance", parent=money)
    night.bank.save()
    assert "sector=banking" in page(responder, "/workspace/findings/")
    assert [found(sector) for sector in ("banking", "money", "none")] == [
        ["192.0.2.7"],
        ["192.0.2.7"],
        ["198.51.100.9"],
    ]


@pytest.mark.long
def test_a_new_holder_does_not_read_why_the_team_ended_it_for_the_one_before(
    banker: Client, responder: Client, night: Night
) -> None:
    on = clock.today() + timedelta(days=30)
    ending = end_findings("accepted", by=SYSTEM, reason="An old line of ours", ends_on=on, finding=night.of_bank)
    Finding.objects.filter(pk=night.of_bank.pk).update(ending=ending, state="accepted")
    here = f"/workspace/findings/{night.of_bank.pk}/"
    assert "An old line of ours" in page(banker, here)
    Finding.objects.filter(pk=night.of_bank.pk).update(moved_on=clock.today() + timedelta(days=1))
    assert ("An old line of ours" in page(banker, here), "Accepted" in page(banker, here)) == (False, True)
    assert "An old line of ours" in page(responder, here)


def test_an_operator_sees_and_answers_for_their_own_and_knows_of_no_other(banker: Client, night: Night) -> None:
    text = page(banker, "/workspace/findings/")
    assert ("192.0.2.7" in text, "198.51.100.9" in text, "A shop" in text) == (True, False, False)
    assert [row[1] for row in rows_of(banker, "/workspace/findings/?download=csv")[1:]] == ["bank"]
    assert [row[1] for row in rows_of(banker, "/workspace/notices/?download=csv")[1:]] == ["bank"]
    for address in (
        f"findings/{night.of_shop.pk}/",
        f"findings/{night.of_shop.pk}/answer/",
        f"notices/{night.letter_shop.pk}/",
    ):
        page(banker, f"/workspace/{address}", 404)
    page(banker, f"/workspace/notices/{night.letter_bank.pk}/")
    for address in (
        "notices/today/",
        "notices/rules/",
        "notices/rules/new/",
        "corrections/",
        f"notices/{night.letter_bank.pk}/resend/",
        f"notices/{night.letter_bank.pk}/end-links/",
        "feeds/rules/",
        "feeds/new/",
        "feeds/types/scan_rdp/",
        "feeds/shadowserver/upload/",
        "feeds/shadowserver/columns/",
    ):
        page(banker, f"/workspace/{address}", 403)
    sent = banker.post(
        f"/workspace/findings/{night.of_bank.pk}/answer/", {"reply": "fixed", "remark": "closed the port"}
    )
    assert sent.status_code == 302
    night.of_bank.refresh_from_db()
    assert (night.of_bank.reply, night.of_bank.claim, night.of_bank.state) == ("fixed", "claimed", "persisting")
    assert "closed the port" in page(banker, f"/workspace/findings/{night.of_bank.pk}/")
    assert banker.post(f"/workspace/findings/{night.of_shop.pk}/answer/", {"reply": "fixed"}).status_code == 404


def test_one_answer_may_speak_for_all_of_its_kind(banker: Client, night: Night) -> None:
    other = Finding.objects.get(pk=night.of_bank.pk)
    other.pk, other.subject, other.unit, other.ip = None, "192.0.2.8", "", "192.0.2.8"
    other._state.adding = True
    other.save()
    form = f"/workspace/findings/{night.of_bank.pk}/answer/"
    assert "Apply to the other finding of this kind" in page(banker, form)
    assert banker.post(form, {"remark": "?"}).status_code == 422
    assert banker.post(form, {"reply": "working", "every": "on"}).status_code == 302
    assert sorted(Reply.objects.values_list("finding__subject", "kind")) == [
        ("192.0.2.7", "working"),
        ("192.0.2.8", "working"),
    ]


@pytest.mark.long
def test_the_team_sees_to_a_call_for_help(responder: Client, administrator: User, night: Night) -> None:
    (row,) = answer_signed_in(
        night.bank, by=administrator, replies={night.of_bank.pk: "need_help"}, remark="Position of is it? among"
    )
    page_of = f"/workspace/findings/{night.of_bank.pk}/"
    assert f"{page_of}answers/{row.pk}/" in page(responder, page_of)
    assert (
        responder.post(f"{page_of}answers/{row.pk}/", {"answer": "On the second floor.", "every": "on"}).status_code
        == 302
    )
    assert "On the second floor." in page(responder, page_of)
    page(responder, f"/workspace/findings/{night.of_shop.pk}/answers/{row.pk}/", 404)


@pytest.mark.long
def test_a_notice_shows_nothing_of_a_finding_that_went_to_another_organisation(
    banker: Client, responder: Client, night: Night
) -> None:
    """Neither its state there, nor what the new holder replied."""
    address = f"/workspace/notices/{night.letter_bank.pk}/"
    moved = {"organisation": night.shop, "state": "persisting", "reply": "fixed"}
    Finding.objects.filter(pk=night.of_bank.pk).update(**moved)
    text = page(banker, address)
    assert "192.0.2.7, port" not in text
    assert "1 other finding of this notice is no longer yours: the register was corrected." in squeezed(text)
    assert [row[1] for row in rows_of(banker, f"{address}?download=csv")[1:]] == []
    assert "192.0.2.7, port 3389" in page(responder, address)
    assert rows_of(responder, f"{address}?download=csv")[1][1] == "192.0.2.7"


@pytest.mark.long
def test_a_notice_shows_its_findings_is_sent_again_and_its_links_are_ended(responder: Client, night: Night) -> None:
    Contact.objects.create(organisation=night.bank, purpose="Abuse", role="abuse", email="new@bank.example")
    address = f"/workspace/notices/{night.letter_bank.pk}/"
    assert "192.0.2.7, port 3389" in page(responder, address)
    assert rows_of(responder, f"{address}?download=csv")[1][1] == "192.0.2.7"
    assert responder.post(f"{address}resend/").status_code == 302
    assert OutboxMail.objects.get().to == "new@bank.example"
    assert responder.post(f"{address}end-links/", {"reason": ""}).status_code == 422
    before = Notice.objects.get(pk=night.letter_bank.pk).link_version
    assert responder.post(f"{address}end-links/", {"reason": "forwarded"}).status_code == 302
    assert Notice.objects.get(pk=night.letter_bank.pk).link_version == before + 1


def test_rules_of_notices_are_added_moved_changed_and_removed(responder: Client, night: Night) -> None:
    facts = {"kind": "open-rdp", "contact_role": "technical", "every": "never", "resend_days": "7"}
    assert (
        "Give the reason for not notifying them."
        in responder.post("/workspace/notices/rules/new/", facts).content.decode()
    )
    for organisation in ("", "bank"):
        given = facts | {"reason": f"quiet {organisation}", "organisation": organisation}
        assert responder.post("/workspace/notices/rules/new/", given).status_code == 302
    first, second = NoticeRule.objects.all()
    assert responder.post(f"/workspace/notices/rules/{second.pk}/move/", {"to": "up"}).status_code == 302
    assert [r.pk for r in NoticeRule.objects.all()] == [second.pk, first.pk]
    second.refresh_from_db()
    given = facts | {"reason": "weekly", "every": "week", "organisation": "bank", "version": str(second.version)}
    assert responder.post(f"/workspace/notices/rules/{second.pk}/", given).status_code == 302
    assert "weekly" in page(responder, "/workspace/notices/rules/")
    assert responder.post(f"/workspace/notices/rules/{first.pk}/remove/").status_code == 302
    assert NoticeRule.objects.count() == 1


@pytest.mark.long
def test_a_correction_is_accepted_or_refused(responder: Client, administrator: User, night: Night) -> None:
    Finding.objects.update(network="192.0.2.0/24")
    Network.objects.create(asn=64500, name="Bank", holder=night.bank, prefixes=["192.0.2.0/24"])
    answer_signed_in(night.bank, by=administrator, replies={night.of_bank.pk: "not_ours"}, remark="Sold in May")
    correction = Correction.objects.get()
    text = page(responder, "/workspace/corrections/")
    assert ("Sold in May" in text, "1 correction is waiting for a decision." in text) == (True, True)
    refused = decide(responder, f"/workspace/corrections/{correction.pk}/refuse/", {"decision": ""})
    assert refused.status_code == 422
    accepted = decide(
        responder, f"/workspace/corrections/{correction.pk}/accept/", {"moved_to": "shop", "decision": "Thank you."}
    )
    assert accepted.status_code == 302
    assert Finding.objects.get(pk=night.of_bank.pk).organisation == night.shop
    assert "The register was wrong" in page(responder, "/workspace/corrections/")
    again = decide(responder, f"/workspace/corrections/{correction.pk}/refuse/", {"decision": "No."})
    assert (again.status_code, "has already decided this. Reload the page." in again.content.decode()) == (422, True)


def test_an_auditor_reads_neither_findings_nor_notices_and_changes_nothing(
    user_with: Callable[..., User], browser_of: Browser, night: Night
) -> None:
    auditor = browser_of(user_with("auditor"))
    for address in (
        "findings/",
        f"findings/{night.of_bank.pk}/",
        "notices/",
        f"notices/{night.letter_bank.pk}/",
        "notices/rules/",
        "notices/today/",
        "corrections/",
        "feeds/",
        "feeds/rules/",
        "findings/explorer/",
    ):
        assert auditor.get(f"/workspace/{address}").status_code in {403, 404}, address
    for address in (f"findings/{night.of_bank.pk}/answer/", f"notices/{night.letter_bank.pk}/resend/", "feeds/new/"):
        assert auditor.post(f"/workspace/{address}").status_code == 403
