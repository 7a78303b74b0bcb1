"""Who sent a mail is proven, or its files wait for a person: they count nothing and close nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.mail_in.reading import parse_mail
from floreo.core.mail_in.senders import Keys, NoAnswer, why_not_proven
from floreo.core.mail_in.shape import NotProven
from floreo.core.models import AuditEntry
from floreo.feeds.actions import held as acts
from floreo.feeds.actions.collect import take_mail
from floreo.feeds.actions.feeds import change_feed, make_feed, make_mail_address
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.nights import accept_run
from floreo.feeds.actions.retention import let_go_of_old
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.models import Feed, FeedFile, Finding, HeldFile, HeldReason, HeldState, Run
from floreo.feeds.presenters.noted import received_text
from tests.conftest import make_user
from tests.feeds.mails import OURS, SELECTOR, SIGNED, key_of, keys_of, mail_from, signed, text_record
from tests.feeds.making import hand_in, make_register, name_of, report
from tests.pages import decide

DAY = date(2026, 11, 20)
SENDER = "reports@feed.example"
FILES = [(name_of(DAY), report(DAY, ["192.0.2.1"]))]
KEYS = keys_of("feed.example", "else.example", "example")


@pytest.fixture(autouse=True)
def our_address() -> Iterator[None]:
    with override_settings(FEED_ADDRESSES=[OURS]):
        yield


@pytest.fixture
def feed(db: None, feeds_folder: Path) -> Feed:
    return make_feed("Mailed", by=SYSTEM, collector="mail", place=SENDER, format="shadowserver", absent_runs=2)


def reason(raw: bytes, keys: Keys = KEYS) -> NotProven | None:
    return why_not_proven(parse_mail(raw), ours=[OURS], keys=keys)


def test_a_mail_signed_by_its_senders_domain_and_sent_to_us_is_proven() -> None:
    plain = mail_from(SENDER, *FILES)
    assert reason(signed(plain)) is None
    assert reason(signed(signed(plain), "else.example")) is None  # another server signed it on the way
    assert reason(signed(mail_from("reports@lists.feed.example", *FILES))) is None  # by the domain above the sender's
    assert reason(signed(mail_from(SENDER, *FILES, to=f"Team <feeds+isla@floreo.example>, {SENDER}"))) is None
    assert reason(signed(mail_from(SENDER, *FILES, to="list@else.example", Cc=OURS))) is None


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (mail_from(SENDER, *FILES), HeldReason.UNSIGNED),
        (
            mail_from(SENDER, *FILES, Authentication_Results="mx.floreo.example; dkim=pass header.d=feed.example"),
            HeldReason.UNSIGNED,
        ),
        (signed(mail_from(SENDER, *FILES), "else.example"), HeldReason.UNSIGNED),
        (signed(mail_from(SENDER, *FILES), "example"), HeldReason.UNSIGNED),  # a whole top-level domain is nobody
        (signed(mail_from(SENDER, *FILES), key=key_of("forger")), HeldReason.NOT_VALID),
        (signed(mail_from(SENDER, *FILES)).replace(b"Reports", b"Rapports"), HeldReason.NOT_VALID),
        (signed(mail_from(SENDER, *FILES)).replace(b"filename=", b"filename =", 1), HeldReason.NOT_VALID),
        (signed(mail_from(SENDER, *FILES), algorithm="rsa-sha1"), HeldReason.UNSIGNED),
        (signed(mail_from(SENDER, *FILES), length=True) + b"more", HeldReason.UNSIGNED),
        (signed(mail_from(SENDER, *FILES, to="somebody@else.example")), HeldReason.NOT_TO_US),
        (
            b"To: feeds@floreo.example\r\n" + signed(mail_from(SENDER, *FILES, to="a@else.example")),
            HeldReason.NOT_TO_US,
        ),
        (
            b"Cc: feeds@floreo.example\r\n"
            + signed(mail_from(SENDER, *FILES, to="a@else.example"), headers=[h for h in SIGNED if h != "cc"]),
            HeldReason.NOT_TO_US,
        ),
        (signed(mail_from(SENDER, *FILES), headers=["from", "subject"]), HeldReason.NOT_TO_US),
        (b"Content-Type: text/plain\r\n" + signed(mail_from(SENDER, *FILES)), HeldReason.UNSIGNED),  # read otherwise
        (b"Content-Transfer-Encoding: 7bit\r\n" * 2 + signed(mail_from(SENDER, *FILES)), HeldReason.UNSIGNED),
        (b"DKIM-Signature: v=1; a=rsa-sha256\r\n" + mail_from(SENDER, *FILES), HeldReason.UNSIGNED),
        (b" \r\nDKIM-Signature: ;;;\r\n" + mail_from(SENDER, *FILES), HeldReason.UNSIGNED),
    ],
)
def test_any_other_is_not(raw: bytes, text: HeldReason) -> None:
    assert reason(raw) == text


def test_a_key_that_is_withdrawn_small_or_under_trial_proves_nothing() -> None:
    name, mail = f"{SELECTOR}._domainkey.feed.example.", mail_from(SENDER, *FILES)
    small = key_of("small", 1024)
    assert reason(signed(mail), lambda _name: None) == HeldReason.NOT_VALID
    assert reason(signed(mail), lambda _name: b"v=DKIM1; p=") == HeldReason.NOT_VALID
    assert reason(signed(mail), lambda _name: b"nothing to read") == HeldReason.NOT_VALID
    assert (
        reason(signed(mail), {name: text_record(key_of("feed.example"), flags=" t=s:y;")}.get) == HeldReason.NOT_VALID
    )
    assert reason(signed(mail, key=small), {name: text_record(small)}.get) is None


def test_where_our_own_address_is_not_known_nothing_is_proven() -> None:
    letter = parse_mail(signed(mail_from(SENDER, *FILES)))
    assert why_not_proven(letter, ours=[], keys=KEYS) == HeldReason.ADDRESS_UNKNOWN


def test_a_forged_mail_of_empty_reports_leaves_every_finding_as_it_was(feed: Feed) -> None:
    """The attack: the sender is public knowledge, and three nights without a row mean that all is fixed."""
    make_register()
    for n in (3, 4):
        hand_in(feed, report(DAY - timedelta(days=n), ["192.0.2.18"]), name_of(DAY - timedelta(days=n)))
    ingest_waiting(by=SYSTEM)
    before = list(Finding.objects.values("pk", "state", "last_seen", "version"))
    runs, reports = Run.objects.count(), FeedFile.objects.count()
    nights = [DAY - timedelta(days=n) for n in range(3)]
    forged = mail_from(SENDER, *((name_of(night), report(night, [])) for night in nights))
    assert take_mail(parse_mail(forged), by=SYSTEM, keys=KEYS) == 0
    ingest_waiting(by=SYSTEM)
    assert list(Finding.objects.values("pk", "state", "last_seen", "version")) == before
    assert before[0]["state"] != "fixed"
    assert (Run.objects.count(), FeedFile.objects.count()) == (runs, reports)
    held = HeldFile.objects.order_by("pk").values_list("name", "sender", "reason", "state")
    assert list(held) == [(name_of(night), SENDER, "unsigned", "held") for night in nights]

    assert take_mail(parse_mail(signed(forged)), by=SYSTEM, keys=KEYS) == 3  # from the sender it says just that
    ingest_waiting(by=SYSTEM)
    assert list(Finding.objects.values_list("state", flat=True)) == ["persisting"]  # a file without a row waits too
    assert set(Run.objects.filter(day__in=nights).values_list("held", flat=True)) == {"empty"}
    for run in Run.objects.waiting():
        accept_run(run, by=SYSTEM)
    assert list(Finding.objects.values_list("state", flat=True)) == ["fixed"]


def test_a_signed_mail_is_taken_in(feed: Feed) -> None:
    assert take_mail(parse_mail(signed(mail_from(SENDER, *FILES))), by=SYSTEM, keys=KEYS) == 1
    assert (FeedFile.objects.get().name, HeldFile.objects.count()) == (name_of(DAY), 0)


def test_a_mail_to_the_secret_address_is_taken_in_and_to_any_other_word_held(feed: Feed) -> None:
    first = make_mail_address(feed, by=SYSTEM)
    second = make_mail_address(feed, by=SYSTEM)
    assert second.startswith("feeds+")
    assert second.endswith("@floreo.example")
    forged = mail_from("anybody@else.example", *FILES, to=first)
    assert take_mail(parse_mail(forged), by=SYSTEM, keys=KEYS) is None  # the older word has ended
    named = mail_from(SENDER, *FILES, to="feeds+guess@floreo.example")
    assert take_mail(parse_mail(named), by=SYSTEM, keys=KEYS) == 0
    assert FeedFile.objects.count() == 0
    meant = mail_from("Somebody <robot@else.example>", *FILES, Delivered_To=second.upper())
    assert take_mail(parse_mail(meant), by=SYSTEM, keys=KEYS) == 1
    assert FeedFile.objects.get().received_by == "robot@else.example"
    word = second.partition("+")[2].partition("@")[0]
    kept = str(list(Feed.objects.values())) + str(list(AuditEntry.objects.values()))
    assert word not in kept


def test_the_secret_word_of_a_feed_that_is_not_mailed_opens_nothing(feed: Feed) -> None:
    address = make_mail_address(feed, by=SYSTEM)
    change_feed(feed, by=SYSTEM, collector="upload", place="")
    assert take_mail(parse_mail(mail_from(SENDER, *FILES, to=address)), by=SYSTEM, keys=KEYS) is None
    with pytest.raises(Refused, match="Only a feed whose files are mailed"):
        make_mail_address(feed, by=SYSTEM)


def test_while_the_name_service_does_not_answer_nothing_is_decided(feed: Feed) -> None:
    def silent(_name: str) -> bytes | None:
        raise NoAnswer("timed out")

    with pytest.raises(NoAnswer):
        take_mail(parse_mail(signed(mail_from(SENDER, *FILES))), by=SYSTEM, keys=silent)
    assert (FeedFile.objects.count(), HeldFile.objects.count()) == (0, 0)


def hold_one(*, keys: Keys = KEYS) -> HeldFile:
    take_mail(parse_mail(mail_from(SENDER, *FILES)), by=SYSTEM, keys=keys)
    return HeldFile.objects.get()


def test_a_held_file_is_released_by_a_person_and_then_read_like_any_other(feed: Feed) -> None:
    make_register()
    responder = make_user("responder")
    with translation.override("es"):  # what is kept does not depend on who released it
        report_ = acts.release(hold_one(), by=responder)
    ingest_waiting(by=SYSTEM)
    report_.refresh_from_db()
    assert (report_.state, report_.kept) == ("done", 1)
    assert report_.received_by == f"{SENDER}, released by {responder.actor_name}"
    with translation.override("es"):
        assert received_text(report_) == f"{SENDER}, liberado por {responder.actor_name}"
    entry = AuditEntry.objects.get(verb="held.released")
    assert (entry.actor_name, entry.subject) == (responder.actor_name, f"feeds.feed:{feed.pk}")
    with pytest.raises(Refused, match="decided about this file already: Released"):
        acts.discard(HeldFile.objects.get(), by=responder)


def test_a_discarded_file_is_gone_and_not_held_again(feed: Feed) -> None:
    held = hold_one()
    acts.discard(held, by=SYSTEM)
    assert hold_one().state == HeldState.DISCARDED
    assert FeedFile.objects.count() == 0
    with pytest.raises(Refused, match="Discarded"):
        acts.release(held, by=SYSTEM)


def test_bytes_are_kept_as_long_as_they_are_held(feed: Feed) -> None:
    held = hold_one()
    os.utime(path_of(held.sha256), (0, 0))
    let_go_of_old(by=SYSTEM)
    assert path_of(held.sha256).exists()
    acts.discard(held, by=SYSTEM)
    let_go_of_old(by=SYSTEM)
    assert not path_of(held.sha256).exists()


def test_strangers_cannot_fill_the_disk(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_HELD", 2)
    flood = mail_from(SENDER, *((f"{n}.csv", f"row {n}".encode()) for n in range(5)))
    assert take_mail(parse_mail(flood), by=SYSTEM, keys=KEYS) is None  # flagged in the mailbox
    assert HeldFile.objects.count() == 2
    feed.refresh_from_db()
    assert feed.last_error.startswith("More mail of an unproven sender came")


def test_what_is_held_is_recorded_under_its_feed(feed: Feed) -> None:
    held = hold_one()
    entry = AuditEntry.objects.get(verb="held.kept")
    assert (entry.actor_name, entry.subject) == (SYSTEM.actor_name, f"feeds.feed:{feed.pk}")
    (change,) = entry.detail["changes"]
    assert (change["what"], change["thing"]) == ("made", f"feeds.heldfile:{held.pk}")
    assert change["fields"] == {
        "feed": feed.pk,
        "name": name_of(DAY),
        "sha256": held.sha256,
        "size": len(FILES[0][1]),
        "sender": SENDER,
        "reason": "unsigned",
        "state": "held",
        "received_at": str(held.received_at),
    }
    hold_one()  # the same file again
    assert AuditEntry.objects.filter(verb="held.kept").count() == 1


def test_only_who_runs_feeds_has_a_file_held(feed: Feed) -> None:
    attached = parse_mail(mail_from(SENDER, *FILES)).files[0]
    with pytest.raises(NotAllowed):
        acts.hold(feed, file=attached, sender=SENDER, reason=HeldReason.UNSIGNED, by=make_user("observer"))
    assert (HeldFile.objects.count(), AuditEntry.objects.filter(verb="held.kept").count()) == (0, 0)


def test_only_who_runs_feeds_decides(feed: Feed) -> None:
    held = hold_one()
    for role in ("auditor", "observer", "lead"):
        user = make_user(role)
        with pytest.raises(NotAllowed):
            acts.release(held, by=user)
        with pytest.raises(NotAllowed):
            acts.discard_all(feed, by=user)


def test_the_feeds_page_lists_what_is_held_and_why_and_offers_both_ways(feed: Feed) -> None:
    held, client = hold_one(), Client()
    client.force_login(make_user("responder"))
    page = client.get(feed.get_absolute_url()).content.decode()
    assert "1 file is held: nothing proves who sent it." in page
    assert "The mail has no DKIM signature of the sender&#x27;s domain." in page
    answer = decide(client, reverse("workspace:release_held", args=[held.pk]))
    assert (answer.status_code, answer["Location"]) == (302, feed.get_absolute_url())
    assert FeedFile.objects.count() == 1
    assert reverse("workspace:release_held", args=[held.pk]) not in client.get(feed.get_absolute_url()).content.decode()


def test_all_that_is_held_is_discarded_at_once(feed: Feed) -> None:
    hold_one()
    client = Client()
    client.force_login(make_user("responder"))
    assert client.post(reverse("workspace:discard_all_held", args=[feed.code])).status_code == 302
    assert HeldFile.objects.get().state == HeldState.DISCARDED


def test_the_secret_address_is_shown_once(feed: Feed) -> None:
    client = Client()
    client.force_login(make_user("responder"))
    address = reverse("workspace:feed_address", args=[feed.code])
    assert "feeds+" not in client.get(address).content.decode()
    assert "feeds+" in client.post(address).content.decode()
    assert "feeds+" not in client.get(address).content.decode()
    assert "secret address" in client.get(feed.get_absolute_url()).content.decode()
