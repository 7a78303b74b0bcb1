"""What the team says once and changes later: its rules, who is written to, how a type is read; and reports given back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.feeds.actions import claiming, mappings, notices, receiving, replay, rules
from floreo.feeds.models import Feed, FeedFile, FeedRule, FileState, Notice
from floreo.feeds.pack import nights_in
from floreo.feeds.presenters.problems import STOPPED
from floreo.organisations.models import Country, User
from tests.factories.trail import last_entry, recorded
from tests.feeds.making import hand_in, name_of, report
from tests.feeds.notices_made import MONDAY, make_bank, make_finding

DAY = date(2026, 11, 20)
ISLA = Path(__file__).resolve().parents[2] / "packs" / "isla-prueba"
WHEN = [{"field": "feed.name", "is": "=", "value": "Shadow"}]


@pytest.fixture
def responder(user_with: object) -> User:
    return user_with("responder")  # type: ignore[operator,no-any-return]  # the factory of conftest


def test_a_rule_is_changed_and_switched_on_by_who_runs_feeds(db: None, responder: User, observer: User) -> None:
    rule = rules.make_rule("Ours", by=responder, when=WHEN, does="drop", reason="A test of ours")
    assert (rule.is_on, rule.position) == (False, 1)
    changed = rules.change_rule(rule, by=responder, reason="Our own scanner")
    assert recorded("feed_rule.changed", responder.name) == {"reason": ["A test of ours", "Our own scanner"]}
    with pytest.raises(Changed):
        rules.change_rule(rule, by=responder, version=rule.version, reason="Older")
    rules.switch_rule(changed, by=responder, is_on=True)
    assert recorded("feed_rule.switched", responder.name) == {"is_on": [False, True]}
    with pytest.raises(NotAllowed):
        rules.switch_rule(changed, by=observer, is_on=False)
    assert FeedRule.objects.get().is_on


def test_a_rule_that_means_nothing_is_not_switched_on(db: None, responder: User) -> None:
    rule = rules.make_rule("Ours", by=responder, when=WHEN, does="drop", reason="A test of ours")
    FeedRule.objects.update(when=[{"field": "no.such", "is": "=", "value": "x"}])
    with pytest.raises(Refused):
        rules.switch_rule(rule, by=responder, is_on=True)
    assert not FeedRule.objects.get().is_on


def test_who_is_written_to_is_changed_and_silence_needs_its_reason(db: None, responder: User) -> None:
    rule = notices.make_rule(by=responder, every="week")
    notices.change_rule(rule, by=responder, every="day")
    assert recorded("notice_rule.changed", responder.name) == {"every": ["week", "day"]}
    with pytest.raises(Refused) as refused:
        notices.change_rule(rule, by=responder, every="never", reason=" ")
    assert refused.value.fields == {"reason": "Give the reason for not notifying them."}


def test_one_organisation_is_written_to_now_and_not_twice(db: None, responder: User) -> None:
    bank = make_bank()
    make_finding(bank)
    sent = notices.write_to(bank, by=responder, today=MONDAY)
    assert [d.organisation for d in sent] == [bank]
    assert last_entry().verb == "notice.sent"
    assert notices.write_to(bank, by=responder, today=MONDAY) == []
    assert (Notice.objects.count(), OutboxMail.objects.count()) == (1, 1)


def test_how_a_type_is_read_is_said_once_and_changed(db: None, responder: User, observer: User) -> None:
    for report_type, mapping in (("", {"address": "ip"}), ("scan_toaster", {})):
        with pytest.raises(Refused):
            mappings.set_mapping(report_type, by=responder, mapping=mapping)
    text = mappings.set_mapping("scan_toaster", by=responder, mapping={"address": "ip"})
    mappings.set_mapping("scan_toaster", by=responder, mapping={"address": "src_ip"}, version=text.version)
    assert recorded("type_mapping.set", responder.name) == {"mapping": [{"address": "ip"}, {"address": "src_ip"}]}
    with pytest.raises(NotAllowed):
        mappings.set_mapping("scan_toaster", by=observer, mapping={"address": "ip"})


def test_the_same_report_is_received_once_and_again_after_a_refusal(feed: Feed, feeds_folder: Path) -> None:
    data = report(DAY, ["192.0.2.1"])
    first = hand_in(feed, data, name_of(DAY))
    assert last_entry().verb == "report.received"
    assert (hand_in(feed, data, name_of(DAY)).already, FeedFile.objects.count()) == (True, 1)
    FeedFile.objects.update(state=FileState.REFUSED, attempts=3, problem=STOPPED)
    assert hand_in(feed, data, name_of(DAY)).already
    again = FeedFile.objects.get(pk=first.report.pk)
    assert (again.state, again.attempts, again.problem) == (FileState.WAITING, 0, "")
    assert receiving.Received(first.report, already=False).report == again


def test_what_was_not_read_waits_again_three_times_and_is_then_refused(feed: Feed, feeds_folder: Path) -> None:
    hand_in(feed, report(DAY, ["192.0.2.1"]), name_of(DAY))
    states = []
    for _time in range(claiming.MOST_ATTEMPTS):
        claimed = claiming.claim_next()
        assert claimed is not None
        claiming.give_back(claimed, by=SYSTEM)
        one = FeedFile.objects.get()
        states.append((one.state, one.attempts, one.claimed_until))
    assert states == [(FileState.WAITING, 1, None), (FileState.WAITING, 2, None), (FileState.REFUSED, 3, None)]
    assert FeedFile.objects.get().problem == STOPPED
    assert last_entry().verb == "report.given_back"
    assert claiming.claim_next() is None


@pytest.mark.long
def test_a_night_is_told_as_one_act_and_its_mail_never_leaves(isla: Country, feeds_folder: Path) -> None:
    night = min(nights_in(ISLA))
    replay.replay_night(night, by=SYSTEM, folder=ISLA)
    entry = AuditEntry.objects.get(verb="sample.night_told")
    assert entry.detail["night"] == night.isoformat()
    assert entry.detail["reports"] == FeedFile.objects.count() > 0
    assert not OutboxMail.objects.filter(state="waiting", kind__startswith="feeds.").exists()
    assert night + timedelta(days=1) in nights_in(ISLA)
