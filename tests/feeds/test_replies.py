"""Answers by a notice's link: what they say, that they close nothing, who is informed, and what a visitor's hands can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import MailState, OutboxMail
from floreo.feeds.actions import replies
from floreo.feeds.actions.corrections import refuse_correction
from floreo.feeds.actions.notices import end_link, resend, send_notices
from floreo.feeds.actions.replies import answer, answer_signed_in, record_received, see_to, take_back, unhandle
from floreo.feeds.holding_links import Holder, holder_of, token_of
from floreo.feeds.models import Correction, Finding, Notice, Reply
from floreo.organisations.models import Contact, ContactRole, Organisation, User
from tests.core.mail_server import mail_server
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, make_bank, make_finding, make_telco
from tests.moments import on

UserWith = Callable[..., User]


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with on(TODAY):
        make.make_country()
        make.make_organisation("csirt", "National CSIRT", kind="csirt", email="team@csirt.example.org")
        yield make_bank()


@pytest.fixture
def notice(bank: Organisation) -> Notice:
    """Notified on Monday of three open desktops and a name."""
    for last in (7, 8, 9):
        make_finding(bank, f"192.0.2.{last}")
    make_finding(
        bank, "www.bank.example.org", kind="compromised-website", port=0, network="bank.example.org", reason="domain"
    )
    send_notices(MONDAY)
    OutboxMail.objects.all().delete()
    return Notice.objects.get()


def holder(notice: Notice) -> Holder:
    return holder_of(token_of(notice, 0))


def ids(*subjects: str) -> list[int]:
    return [Finding.objects.get(subject=subject).pk for subject in subjects]


def say(notice: Notice, word: str, *subjects: str, remark: str = "") -> list[Reply]:
    return answer(notice, by=holder(notice), replies=dict.fromkeys(ids(*subjects), word), remark=remark)


def stands() -> dict[str, tuple[str, str, str]]:
    return {f.subject: (f.state, f.reply, f.claim) for f in Finding.objects.order_by("pk")}


@pytest.mark.long
def test_an_answer_says_something_and_closes_nothing(notice: Notice) -> None:
    say(notice, "fixed", "192.0.2.7", remark="Closed at the firewall")
    say(notice, "working", "192.0.2.8")
    assert stands() == {
        "192.0.2.7": ("new", "fixed", "claimed"),
        "192.0.2.8": ("new", "working", ""),
        "192.0.2.9": ("new", "", ""),
        "www.bank.example.org": ("new", "", ""),
    }
    first = Reply.objects.get(finding__subject="192.0.2.7")
    assert (first.note, first.replied_by) == ("Closed at the firewall", "by the link sent to abuse@bank.example.org")
    with translation.override("es"):
        assert first.sender == "por el enlace enviado a abuse@bank.example.org"
    notice.refresh_from_db()
    assert notice.answered_at is not None


def test_the_same_sent_twice_counts_once(notice: Notice) -> None:
    for _press in range(3):
        say(notice, "fixed", "192.0.2.7", "192.0.2.8", remark="Done")
    assert Reply.objects.count() == 2
    assert OutboxMail.objects.count() == 1


def test_a_contact_that_answers_by_its_link_is_verified_and_no_other(notice: Notice, bank: Organisation) -> None:
    Contact.objects.create(organisation=bank, purpose="NOC", role=ContactRole.TECHNICAL, email="noc@bank.example.org")
    record_received(notice, by=holder(notice))
    assert dict(Contact.objects.values_list("email", "verified_on")) == {
        "abuse@bank.example.org": TODAY,
        "noc@bank.example.org": None,
    }
    assert Reply.objects.count() == 0


@pytest.mark.long
def test_whoever_was_written_to_is_told_in_one_mail_and_can_take_it_back(notice: Notice) -> None:
    say(notice, "need_help", "192.0.2.7")
    say(notice, "false_alarm", "192.0.2.8")
    (waiting,) = OutboxMail.objects.filter(state=MailState.WAITING)
    assert waiting.next_try_at - clock.now() > timedelta(minutes=9)
    OutboxMail.objects.update(next_try_at=clock.now())
    with mail_server() as server:
        deliver_due()
    text = server.got[0].get_content()
    assert str(server.got[0]["To"]) == "abuse@bank.example.org"
    for words in (
        "- Need help: 1",
        "- 192.0.2.8, port 3389: False alarm",
        f"/findings/{token_of(notice, 0)}/",
    ):
        assert words in text
    assert take_back(notice, by=holder(notice), findings=ids("192.0.2.7", "192.0.2.8")) == 2
    assert {row[1] for row in stands().values()} == {""}
    assert Reply.objects.count() == 0


def test_taking_back_leaves_what_a_night_writes_meanwhile(notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    say(notice, "need_help", "192.0.2.7")
    judged = replies._is_handled

    def with_a_night(row: Reply) -> bool:
        Finding.objects.filter(pk=row.finding_id).update(last_day=TODAY, times_seen=77)
        return judged(row)

    monkeypatch.setattr(replies, "_is_handled", with_a_night)
    take_back(notice, by=holder(notice), findings=ids("192.0.2.7"))
    found = Finding.objects.get(subject="192.0.2.7")
    assert (found.reply, found.last_day, found.times_seen) == ("", TODAY, 77)


def test_taking_back_brings_back_what_was_said_before(notice: Notice, bank: Organisation, user_with: UserWith) -> None:
    operator = user_with("operator", organisation=bank)
    answer_signed_in(bank, by=operator, replies={ids("192.0.2.7")[0]: "working"})
    say(notice, "fixed", "192.0.2.7")
    take_back(notice, by=holder(notice), findings=ids("192.0.2.7"))
    assert stands()["192.0.2.7"] == ("new", "working", "")


@pytest.mark.long
def test_not_ours_asks_about_a_network_once_and_for_as_long_as_anybody_says_so(notice: Notice) -> None:
    say(notice, "not_ours", "192.0.2.7", "192.0.2.8", "www.bank.example.org")
    say(notice, "not_ours", "192.0.2.9")
    asked = [(c.network, c.reason) for c in Correction.objects.order_by("network")]
    assert asked == [("192.0.2.0/25", "prefix"), ("bank.example.org", "domain")]
    take_back(notice, by=holder(notice), findings=ids("192.0.2.7"))
    assert Correction.objects.count() == 2
    take_back(notice, by=holder(notice), findings=ids("192.0.2.8", "192.0.2.9"))
    assert [c.network for c in Correction.objects.all()] == ["bank.example.org"]


def test_the_team_sees_to_calls_for_help_and_replies(notice: Notice, user_with: UserWith, bank: Organisation) -> None:
    first, _second = say(notice, "need_help", "192.0.2.7", "192.0.2.8", remark="How?")
    with pytest.raises(NotAllowed):
        see_to(first, by=user_with("operator", organisation=bank))
    responder = user_with("responder")
    assert see_to(first, by=responder, answer="We call you at noon.") == 2
    reply = OutboxMail.objects.get(kind="feeds.reply")
    assert (reply.to, "We call you at noon." in reply.text) == ("abuse@bank.example.org", True)
    with pytest.raises(Refused, match="has already dealt with this"):
        see_to(first, by=responder)
    with pytest.raises(Refused, match="The team has already dealt with this"):
        take_back(notice, by=holder(notice), findings=ids("192.0.2.7"))


@pytest.mark.long
def test_what_was_settled_can_be_said_again(notice: Notice, user_with: UserWith) -> None:
    say(notice, "fixed", "192.0.2.7")
    Finding.objects.filter(subject="192.0.2.7").update(claim="contradicted")
    say(notice, "fixed", "192.0.2.7")
    assert stands()["192.0.2.7"] == ("new", "fixed", "claimed")
    (help_,) = say(notice, "need_help", "192.0.2.8")
    see_to(help_, by=SYSTEM)
    assert len(say(notice, "need_help", "192.0.2.8")) == 1
    say(notice, "not_ours", "192.0.2.9")
    refuse_correction(Correction.objects.get(), by=user_with("responder"), decision="The registry names you.")
    assert len(say(notice, "not_ours", "192.0.2.9")) == 1
    assert len(say(notice, "not_ours", "192.0.2.9")) == 0
    assert list(Correction.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "open"]


def test_whoever_answers_signed_in_answers_the_letter_too(
    notice: Notice, bank: Organisation, user_with: UserWith
) -> None:
    answer_signed_in(bank, by=user_with("operator", organisation=bank), replies={ids("192.0.2.7")[0]: "working"})
    notice.refresh_from_db()
    assert notice.answered_at is not None


@pytest.mark.long
def test_a_link_opens_its_own_letter_and_answers_nothing_else(notice: Notice, bank: Organisation) -> None:
    telco = make_telco()
    theirs = make_finding(telco, "198.51.100.1", network="198.51.100.0/24")
    later = make_finding(bank, "192.0.2.99")
    for other in (theirs, later):
        with pytest.raises(Missing):
            answer(notice, by=holder(notice), replies={other.pk: "fixed"})
    send_notices(date(2026, 11, 30))
    to_telco = Notice.objects.get(organisation=telco)
    with pytest.raises(NotAllowed):
        answer(to_telco, by=holder(notice), replies={theirs.pk: "fixed"})
    with pytest.raises(NotAllowed):
        see_to(say(notice, "need_help", "192.0.2.7")[0], by=holder(notice))


def test_an_address_that_may_not_reply_reads_and_confirms_and_says_nothing(
    notice: Notice, bank: Organisation, client: Client
) -> None:
    """The register says who may: a contact of its own, by the link that was sent to it."""
    first = holder(notice)
    say(notice, "working", "192.0.2.7")
    Contact.objects.filter(email__iexact=first.address).update(may_answer=False)
    for act in (
        lambda: say(notice, "fixed", "192.0.2.8"),
        lambda: take_back(notice, by=first, findings=ids("192.0.2.7")),
    ):
        with pytest.raises(Refused, match="does not let") as refused:
            act()
        assert refused.value.code == "may_not_answer"
    assert stands()["192.0.2.7"][1] == "working"
    link = reverse("portal:findings", args=[token_of(notice, 0)])
    page = client.get(link).content.decode()
    assert "192.0.2.8" in page
    assert f"The register does not let {first.address} reply to notices." in page
    assert 'name="finding"' not in page
    assert 'name="reply"' not in page
    posted = client.post(link, {"finding": ids("192.0.2.8"), "reply": "fixed", "press": "answer"})
    assert posted.status_code == 422
    assert stands()["192.0.2.8"][1] == ""
    assert client.post(link, {"received": "1"}).status_code == 302
    Contact.objects.create(organisation=bank, purpose="Also", email=first.address.upper())  # who has two roles
    say(notice, "fixed", "192.0.2.8")


def test_the_mail_to_an_address_that_may_not_reply_invites_to_none(notice: Notice, secretariat: User) -> None:
    """It shows the findings, and says who may reply; with a second role that may, the address may too."""
    first = holder(notice)
    invites = ("Reply on this page", "reply “not ours” on the page")
    contact = Contact.objects.get(email__iexact=first.address)

    def text() -> str:
        OutboxMail.objects.all().delete()
        resend(notice, by=secretariat)
        return OutboxMail.objects.get(to__iexact=first.address).text

    assert [words in text() for words in invites] == [True, True]
    Contact.objects.filter(pk=contact.pk).update(may_answer=False)
    silent = text()
    assert [words in silent for words in invites] == [False, False]
    assert "You can see everything on this page until" in silent
    assert f"The register does not let {first.address} reply to notices." in silent
    Contact.objects.create(organisation=contact.organisation, purpose="Also", email=first.address.upper(), role="press")
    assert [words in text() for words in invites] == [True, True]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("0.", "1.", 1),
        lambda t: "0" + t,
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t.partition(".")[2],
        lambda _t: "0.9999-1~x",
        lambda _t: "²." + "1-1~x",
        lambda t: t.replace("-1~", "-2~"),
    ],
)
def test_a_link_that_was_changed_opens_nothing(notice: Notice, change: Callable[[str], str]) -> None:
    with pytest.raises(Missing, match="Copy the whole link, or ask for a new one"):
        holder_of(change(token_of(notice, 0)))


def test_an_ended_link_says_so_and_so_does_one_that_has_run_out(notice: Notice) -> None:
    token = token_of(notice, 0)
    with clock.pinned_day(day=MONDAY + timedelta(days=44)):
        assert holder_of(token).address == "abuse@bank.example.org"
    with clock.pinned_day(day=MONDAY + timedelta(days=46)), pytest.raises(Missing, match="has expired"):
        holder_of(token)
    end_link(notice, by=SYSTEM)
    with pytest.raises(Missing, match="The team ended this link"):
        holder_of(token)


def test_who_speaks_for_another_cannot_answer(notice: Notice, bank: Organisation, user_with: UserWith) -> None:
    stranger = user_with("operator", organisation=make_telco())
    for press in (
        lambda: answer(notice, by=stranger, replies={ids("192.0.2.7")[0]: "fixed"}),
        lambda: answer_signed_in(bank, by=stranger, replies={ids("192.0.2.7")[0]: "fixed"}),
        lambda: take_back(notice, by=stranger, findings=ids("192.0.2.7")),
    ):
        with pytest.raises(NotAllowed):
            press()
    with pytest.raises(Refused, match="Choose a reply"):
        say(notice, "paid", "192.0.2.7")
    with pytest.raises(Refused, match="Shorten it"):
        say(notice, "fixed", "192.0.2.7", remark="x" * 4001)


def test_that_a_reply_was_handled_is_taken_back_unless_words_were_sent(notice: Notice, user_with: UserWith) -> None:
    first, _second = say(notice, "need_help", "192.0.2.7", "192.0.2.8", remark="How?")
    responder = user_with("responder")
    see_to(first, by=responder, with_its_like=False)
    unhandle(first, by=responder)
    first.refresh_from_db()
    assert (first.handled_at, first.handled_by) == (None, "")
    with pytest.raises(NotAllowed):
        unhandle(first, by=user_with("observer"))
    see_to(first, by=responder, answer="We call you at noon.")
    with pytest.raises(Refused, match="A reply was sent with it, which cannot be taken back"):
        unhandle(first, by=responder)
