"""Webhooks: what happened is sent, signed, to who may know of it; a bad receiver holds nothing up and learns nothing; and an address inside
is never asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core import clock, seal
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due as deliver_mail
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, named
from floreo.core.tasks import Recipient
from floreo.feeds.actions.notices import hold_notices, unhold_notices
from floreo.feeds.actions.numbering import number_changes
from floreo.feeds.actions.replies import answer_signed_in
from floreo.feeds.actions.watching import came_back, fell_silent, is_failing, night_is_held
from floreo.feeds.logic import OPEN_STATES
from floreo.feeds.models import Finding, FindingState, Notice
from floreo.organisations.actions.accounts import deactivate_account, take_role
from floreo.organisations.models import Membership, Organisation, User
from floreo.strategy.actions.course import set_override
from floreo.strategy.actions.milestones import reach_milestone
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition, EditionState, Milestone
from floreo.webhooks import events, logic
from floreo.webhooks.actions.webhooks import (
    SEAL,
    enable_webhook,
    end_webhook,
    make_webhook,
    redeliver,
    redeliver_given_up,
    renew_secret,
    send_test,
    update_webhook,
)
from floreo.webhooks.delivering import deliver_due, post
from floreo.webhooks.events import compare_states, make_messages
from floreo.webhooks.kinds import KINDS
from floreo.webhooks.models import MessageState, Problem, SeenState, Webhook, WebhookAttempt, WebhookMessage
from floreo.webhooks.targets import is_usable, may_be_asked
from floreo.webhooks.tasks import waiting_tasks
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation
from tests.feeds.notices_made import make_bank, make_feed, make_finding
from tests.webhooks.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db
LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    with clock.pinned_day(day=TODAY):
        yield TODAY


@pytest.fixture
def got(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE = LOOPBACK
    with receiver() as made:
        yield made


@pytest.fixture
def act(db: None) -> Action:
    make_country()
    edition = make_edition()
    Edition.objects.filter(pk=edition.pk).update(is_public=True, state=EditionState.IN_FORCE)
    return make_action(edition, lead=make_organisation("csirt"), milestones=2)


def hook_of(user: User, url: str, *kinds: str) -> tuple[Webhook, str]:
    return make_webhook(user, by=SYSTEM, name="Chat", url=url, kinds=kinds or list(KINDS))


@pytest.fixture
def hook(got: Receiver, act: Action, secretariat: User) -> Webhook:
    return hook_of(secretariat, got.url)[0]


def due_now() -> None:
    WebhookMessage.objects.update(next_try_at=clock.machine())


# --- What is sent -------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_an_update_is_told_and_signed_as_the_specification_says(got: Receiver, act: Action, secretariat: User) -> None:
    _hook, secret = hook_of(secretariat, got.url)
    add_update(act, by=secretariat, done="The course was held.")
    assert (make_messages(), make_messages(), deliver_due(), deliver_due()) == (1, 0, 1, 0)
    ((headers, body),) = got.got
    entry = AuditEntry.objects.get(verb="update.added")
    said = json.loads(body)
    assert said == {
        "type": "update.added",
        "timestamp": said["timestamp"],
        "data": {
            "kind": "action",
            "id": f"strategy.action:{act.pk}",
            "code": "1.1.1",
            "href": f"http://localhost:8000{act.get_absolute_url()}",
            "title": named(act),
            "entry": entry.number,
        },
    }
    number, at = headers["webhook-id"], headers["webhook-timestamp"]
    assert (at.isdecimal(), len(at)) == (True, 10)  # seconds
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{number}.{at}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
    assert (headers["content-type"], "authorization" in headers) == ("application/json", False)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of Standard Webhooks 1.0."""
    given = logic.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        number="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.long
def test_only_chosen_kinds_and_only_from_now_on(got: Receiver, act: Action, secretariat: User) -> None:
    add_update(act, by=secretariat, done="Before")
    hook_of(secretariat, got.url, "milestone.reached")
    add_update(act, by=secretariat, done="After")
    reach_milestone(Milestone.objects.order_by("pk")[0], by=secretariat, on=TODAY)
    make_messages()
    assert list(WebhookMessage.objects.values_list("kind", flat=True)) == ["milestone.reached"]


def test_of_what_is_internal_code_and_address_and_no_words(hook: Webhook, act: Action, secretariat: User) -> None:
    Action.objects.filter(pk=act.pk).update(is_public=False, title="Secret title")
    add_update(Action.objects.get(), by=secretariat, done="Secret words")
    make_messages()
    said = WebhookMessage.objects.get().body
    assert "Secret" not in said
    assert json.loads(said)["data"]["href"].startswith("http://localhost:8000/workspace/")


def test_nobody_is_told_of_what_their_account_may_not_know(
    got: Receiver, act: Action, secretariat: User, user_with: Callable[..., User]
) -> None:
    other = user_with("operator", organisation=make_organisation("power"))
    hook_of(other, got.url)
    Action.objects.filter(pk=act.pk).update(is_public=False)
    add_update(Action.objects.get(), by=secretariat, done="x")
    assert (make_messages(), WebhookMessage.objects.count()) == (0, 0)


@pytest.mark.long
def test_what_was_taken_from_the_account_meanwhile_does_not_leave(
    got: Receiver, act: Action, secretariat: User, administrator: User, user_with: Callable[..., User]
) -> None:
    analyst = user_with("analyst")
    hook_of(analyst, got.url)
    Action.objects.filter(pk=act.pk).update(is_public=False)
    add_update(Action.objects.get(), by=secretariat, done="x")
    assert make_messages() == 1
    take_role(Membership.objects.get(user=analyst), by=administrator)
    assert (deliver_due(), got.got, WebhookMessage.objects.get().state) == (0, [], MessageState.CANCELLED)


def test_who_was_switched_off_is_told_nothing_any_more(
    hook: Webhook, got: Receiver, act: Action, secretariat: User, administrator: User
) -> None:
    add_update(act, by=secretariat, done="x")
    make_messages()
    deactivate_account(secretariat, by=administrator)
    add_update(act, by=administrator, done="y")
    assert (make_messages(), deliver_due(), got.got) == (0, 0, [])


def test_a_status_that_changed_is_told_with_what_it_was(hook: Webhook, act: Action, secretariat: User) -> None:
    assert compare_states() == 0
    set_override(act, by=secretariat, status="at_risk", reason="The tender failed.")
    assert (compare_states(), compare_states()) == (1, 0)
    data = json.loads(WebhookMessage.objects.get().body)["data"]
    assert (data["before"], data["now"], data["code"]) == ("on_track", "at_risk", "1.1.1")
    end_webhook(hook, by=secretariat)
    compare_states()
    assert SeenState.objects.count() == 0


def test_each_kind_is_of_acts_and_records_that_there_are() -> None:
    from django.apps import apps

    import floreo.advisories.actions
    import floreo.meetings.actions
    import floreo.publications.actions
    import floreo.reports.actions  # noqa: F401 -- actions are known once their modules are read
    from floreo.core.action import VERBS

    for kind in KINDS.values():
        assert not kind.verbs or any(verb in VERBS for verb in kind.verbs), kind.name
        for label in kind.models:
            apps.get_model(label)


def _of_kind(kind: str) -> list[dict[str, Any]]:
    return [json.loads(each.body)["data"] for each in WebhookMessage.objects.filter(kind=kind).order_by("pk")]


def test_replies_are_told_with_their_numbers_and_help_as_a_kind_of_its_own(
    hook: Webhook, user_with: Callable[..., User]
) -> None:
    Webhook.objects.update(user=user_with("responder"))
    bank = make_bank()
    first, second = make_finding(bank), make_finding(bank, "192.0.2.8")
    operator = user_with("operator", organisation=bank)
    answer_signed_in(bank, by=operator, replies={first.pk: "fixed"})
    make_messages()
    assert ([each["replies"] for each in _of_kind("reply.received")], _of_kind("help.requested")) == (
        [{"fixed": 1}],
        [],
    )
    answer_signed_in(bank, by=operator, replies={first.pk: "need_help", second.pk: "need_help"}, remark="Who can come?")
    make_messages()
    (told,) = _of_kind("help.requested")
    assert (told["replies"], told["id"]) == ({"need_help": 2}, f"organisations.organisation:{bank.pk}")
    assert "Who can come" not in json.dumps(told)


def look() -> int:
    """As the worker does: numbers are given first."""
    number_changes()
    return compare_states()


def becomes(finding: Finding, state: str) -> None:
    on = TODAY if state == "fixed" else None
    Finding.objects.filter(pk=finding.pk).update(
        state=state, observed=state if state != "false_alarm" else "new", fixed_on=on
    )


@pytest.fixture
def bank(hook: Webhook, user_with: Callable[..., User]) -> Organisation:
    """Its findings are the webhook's to know."""
    Webhook.objects.update(user=user_with("responder"))
    return make_bank()


@pytest.mark.long
def test_a_finding_that_is_fixed_and_comes_again_is_told_each_time_and_once(bank: Organisation) -> None:
    first, quiet = make_finding(bank, "192.0.2.1"), make_finding(bank, "192.0.2.9")
    look()
    steps = [
        ("fixed", 1),
        ("fixed", 0),
        ("reopened", 1),
        ("persisting", 0),
        ("false_alarm", 1),
        ("fixed", 0),
        ("new", 1),
    ]
    for state, count in steps:
        becomes(first, state)
        assert (look(), look()) == (count, 0), state
    told = [(message.kind, message.thing) for message in WebhookMessage.objects.order_by("pk")]
    name = f"feeds.finding:{first.pk}"
    assert told == [(f"finding.{kind}", name) for kind in ("fixed", "opened", "ended", "opened")]
    assert [each["before"] for each in _of_kind("finding.fixed")] == ["open"]
    Finding.objects.filter(pk=quiet.pk).delete()
    Finding.objects.filter(pk=first.pk).update(organisation=make_organisation("shop"))
    assert look() == 0


def test_every_way_in_which_an_open_finding_ends_is_told_and_named(bank: Organisation) -> None:
    states = [state for state in FindingState.values if state not in OPEN_STATES]
    made = {state: make_finding(bank, f"192.0.2.{number}") for number, state in enumerate(states, 1)}
    look()
    for state, finding in made.items():
        becomes(finding, state)
    assert look() == len(states)
    told = {message.thing: json.loads(message.body)["data"]["now"] for message in WebhookMessage.objects.all()}
    assert told == {f"feeds.finding:{finding.pk}": state for state, finding in made.items()}
    assert {each["now"] for each in _of_kind("finding.fixed")} == {"fixed"}
    assert {each["now"] for each in _of_kind("finding.ended")} == {*states} - {"fixed"}


def test_a_look_reads_what_changed_and_nothing_else(bank: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BLOCK", 2)
    monkeypatch.setattr(events, "MOST_MESSAGES", 4)
    look()
    made = [make_finding(bank, f"192.0.2.{number}") for number in range(7)]
    assert [look() for _turn in range(3)] == [4, 3, 0]
    assert WebhookMessage.objects.filter(kind="finding.opened").count() == 7
    assert SeenState.objects.filter(thing__startswith="feeds.finding:").count() == 7
    with CaptureQueriesContext(connection) as asked:
        compare_states()
    assert not [each["sql"] for each in asked if 'feeds_finding"' in each["sql"]]
    becomes(made[3], "fixed")
    assert look() == 1
    assert SeenState.objects.filter(thing__startswith="feeds.finding:").count() == 6


@pytest.mark.long
def test_after_a_restore_of_an_older_database_it_remembers_anew(bank: Organisation) -> None:
    made = make_finding(bank, "192.0.2.1")
    look()
    SeenState.objects.filter(thing=events.PLACE).update(state=str(10**9))  # of a database that had been asked more
    becomes(made, "fixed")
    assert (look(), look()) == (0, 0)
    becomes(made, "reopened")
    assert look() == 1


def test_a_critical_finding_a_silent_feed_and_a_notice_that_came_back_are_told(
    hook: Webhook, user_with: Callable[..., User]
) -> None:
    Webhook.objects.update(user=user_with("responder"))
    bank = make_bank()
    make_finding(bank, "192.0.2.1")
    look()  # the first look only remembers
    make_finding(bank, "192.0.2.2")
    worst = make_finding(bank, "192.0.2.3", severity="critical")
    look()
    assert [each["id"] for each in _of_kind("finding.critical")] == [f"feeds.finding:{worst.pk}"]
    assert len(_of_kind("finding.opened")) == 2
    feed = make_feed("quiet")
    notice = Notice.objects.create(
        organisation=bank,
        contact_role="abuse",
        on=TODAY,
        start=TODAY,
        end=TODAY,
        to=["abuse@bank.example.org"],
        link_until=clock.now(),
        posted_at=clock.now(),
    )
    fell_silent(feed, by=SYSTEM, since=clock.now())
    came_back(notice, by=SYSTEM, address="abuse@bank.example.org")
    make_messages()
    assert [each["id"] for each in _of_kind("feed.silent")] == [f"feeds.feed:{feed.pk}"]
    (told,) = _of_kind("notice.undelivered")
    assert told["id"] == f"feeds.notice:{notice.pk}"
    assert "@" not in json.dumps(told)


def test_what_is_held_and_a_feed_that_cannot_be_fetched_are_told_with_numbers_and_without_words(
    hook: Webhook, user_with: Callable[..., User]
) -> None:
    Webhook.objects.update(user=user_with("responder"))
    feed = make_feed("odd")
    night_is_held(feed, by=SYSTEM, day=TODAY, types={"scan_rdp": 900, "scan_ssh": 3})
    is_failing(feed, by=SYSTEM)
    hold_notices(Organisation.objects.get(code="csirt"), by=SYSTEM, today=TODAY, due=25)
    hold_notices(Organisation.objects.get(code="csirt"), by=SYSTEM, today=TODAY, due=26)
    make_messages()
    (night,) = _of_kind("night.held")
    assert (night["id"], night["night"]) == (f"feeds.feed:{feed.pk}", {"files": 2, "rows": 903})
    assert "scan" not in json.dumps(night)
    assert [each["id"] for each in _of_kind("feed.failing")] == [f"feeds.feed:{feed.pk}"]
    (held,) = _of_kind("notices.held")  # noted once a day
    assert held["notices"] == {"organisations": 25}
    assert make_messages() == 0


def test_held_notices_are_told_to_no_account_that_does_not_handle_findings(
    hook: Webhook, user_with: Callable[..., User]
) -> None:
    Webhook.objects.update(user=user_with("responder"))
    hold_notices(Organisation.objects.get(code="csirt"), by=SYSTEM, today=TODAY, due=25)
    make_messages()
    message = WebhookMessage.objects.get(kind="notices.held")
    assert events.still_seen(message)
    Webhook.objects.update(user=user_with("analyst"))  # who may see the organisation
    message = WebhookMessage.objects.get(kind="notices.held")
    assert not events.still_seen(message)
    unhold_notices(TODAY, by=SYSTEM)
    hold_notices(Organisation.objects.get(code="csirt"), by=SYSTEM, today=TODAY, due=25)
    make_messages()
    assert WebhookMessage.objects.filter(kind="notices.held").count() == 1


# --- Bad receivers ------------------------------------------------------------------------------------------------


def outcome_of(got: Receiver, **answer: Any) -> tuple[str, int]:
    for name, value in answer.items():
        setattr(got, name, value)
    found = post(got.url, {"Content-Type": "application/json"}, b"{}", seconds=0.6)
    return found.problem.value, found.status


def test_one_that_hangs_or_answers_letter_by_letter_is_left_after_seconds(got: Receiver) -> None:
    assert outcome_of(got, hangs=True) == ("timeout", 0)
    assert outcome_of(got, hangs=False, size=60 * 1024, pause=0.5) == (
        "",
        200,
    )  # its status came in time: what it says after is not waited for


def test_a_redirect_is_not_followed(got: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        assert outcome_of(got, status=status, headers={"Location": f"{got.url}/inside"}) == ("redirect", status)
    assert {headers["host"] for headers, _body in got.got} == {got.url.split("/")[2]}
    assert len(got.got) == 5


def test_of_ten_megabytes_a_few_kilobytes_are_read(got: Receiver) -> None:
    assert outcome_of(got, size=10 * 1024 * 1024) == ("", 200)
    assert got.finished.wait(30)
    assert got.written < 8 * 1024 * 1024  # what lies in buffers of the machine; the sender left


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503])
def test_an_error_is_no_delivery(status: int, got: Receiver) -> None:
    assert outcome_of(got, status=status) == ("status", status)


INSIDE = (
    *("127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the name means when it is asked for: the address itself is judged, and that very address is connected to."""
    asked = []

    def resolved(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it was connected to"))
    assert post("https://hooks.example.org/", {}, b"{}").problem == Problem.CLOSED
    assert asked == ["hooks.example.org"]


def test_one_closed_address_among_open_ones_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    assert post("https://hooks.example.org/", {}, b"{}").problem == Problem.CLOSED


def test_a_name_that_changes_between_the_look_and_the_call_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: it is looked up once, and the machine that was judged is the one that is connected to."""
    answers, connected = iter(["8.8.8.8", "127.0.0.1"]), []

    def resolved(_host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(target: tuple[str, int], _seconds: float = 0) -> None:
        connected.append(target[0])
        raise OSError("no network here")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert post("https://hooks.example.org/", {}, b"{}").problem == Problem.UNREACHED
    assert connected == ["8.8.8.8"]


def test_without_the_setting_loopback_and_http_are_closed(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE = []
    assert (is_usable("http://127.0.0.1:1/"), is_usable("https://127.0.0.1:1/"), may_be_asked("127.0.0.1")) == (
        False,
        True,
        False,
    )
    assert post("https://127.0.0.1:1/", {}, b"").problem == Problem.CLOSED
    assert post("http://example.org/", {}, b"").problem == Problem.ADDRESS


# --- Again, and the end -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_failure_is_tried_again_with_growing_waits_under_one_number_and_then_given_up(
    hook: Webhook, got: Receiver, secretariat: User
) -> None:
    got.status = 500
    message = send_test(hook, by=secretariat)
    waits = []
    for _turn in range(len(logic.WAITS) + 1):
        before = clock.machine()
        assert deliver_due() == 0
        message.refresh_from_db()
        waits.append(message.next_try_at - before)
        due_now()
    assert all(later >= earlier for earlier, later in pairwise(waits[:-1]))
    assert (message.state, message.attempts) == (MessageState.FAILED, len(logic.WAITS) + 1)
    assert {headers["webhook-id"] for headers, _body in got.got} == {message.number}
    assert sum(logic.WAITS, timedelta()) < timedelta(days=4)
    tries = list(WebhookAttempt.objects.values_list("status", "problem"))
    assert tries == [(500, "status")] * (len(logic.WAITS) + 1)


@pytest.mark.long
def test_one_bad_receiver_holds_no_other_up(hook: Webhook, got: Receiver, act: Action, secretariat: User) -> None:
    bad, _secret = hook_of(secretariat, "http://127.0.0.1:9/")
    for _turn in range(15):
        send_test(bad, by=secretariat)
    send_test(hook, by=secretariat)
    assert deliver_due() == 1
    assert WebhookAttempt.objects.filter(message__webhook=bad).count() == 10


def test_after_days_it_is_disabled_its_owner_is_told_and_it_can_be_enabled(
    hook: Webhook, got: Receiver, secretariat: User
) -> None:
    got.status = 500
    send_test(hook, by=secretariat)
    deliver_due()
    Webhook.objects.update(failing_since=clock.machine() - logic.DISABLED_AFTER - timedelta(minutes=1))
    due_now()
    deliver_due()
    hook.refresh_from_db()
    assert hook.disabled_at is not None
    (task,) = waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY)
    assert (task.title, task.href) == ("Chat", hook.workspace_url())
    deliver_mail()
    assert [letter.subject for letter in mail.outbox] == ["The webhook “Chat” was disabled"]
    due_now()
    assert (deliver_due(), len(got.got)) == (0, 2)
    with pytest.raises(Refused):
        send_test(hook, by=secretariat)
    got.status = 200
    enable_webhook(hook, by=secretariat)
    assert (deliver_due(), list(waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY))) == (1, [])


def test_a_receiver_that_says_it_is_gone_is_disabled_at_once(hook: Webhook, got: Receiver, secretariat: User) -> None:
    got.status = 410
    send_test(hook, by=secretariat)
    deliver_due()
    hook.refresh_from_db()
    assert hook.disabled_at is not None


def test_a_success_ends_the_count_of_failures(hook: Webhook, got: Receiver, secretariat: User) -> None:
    Webhook.objects.update(failing_since=clock.machine() - timedelta(days=4))
    send_test(hook, by=secretariat)
    deliver_due()
    hook.refresh_from_db()
    assert (hook.failing_since, hook.delivered_at is not None) == (None, True)


def test_a_message_is_sent_again_by_a_press_under_the_same_number(
    hook: Webhook, got: Receiver, secretariat: User
) -> None:
    message = send_test(hook, by=secretariat)
    deliver_due()
    redeliver(hook, by=secretariat, number=message.pk)
    deliver_due()
    assert [headers["webhook-id"] for headers, _body in got.got] == [message.number] * 2


def test_what_was_given_up_waits_for_its_owner_and_is_sent_again_by_one_press(
    hook: Webhook, got: Receiver, secretariat: User
) -> None:
    got.status = 500
    for _n in range(2):
        send_test(hook, by=secretariat)
    while WebhookMessage.objects.filter(state=MessageState.WAITING).exists():
        due_now()
        deliver_due()
    (task,) = waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=TODAY)
    assert task.why == "2 messages were given up. Correct the receiver, and send them again."
    got.status = 200
    assert redeliver_given_up(hook, by=secretariat) == 2
    due_now()
    deliver_due()
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {MessageState.DELIVERED}
    assert list(waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=TODAY)) == []
    with pytest.raises(Refused):
        redeliver_given_up(hook, by=secretariat)


def test_the_secret_lies_sealed_and_in_no_trail(got: Receiver, act: Action, secretariat: User) -> None:
    hook, secret = hook_of(secretariat, got.url)
    assert secret not in hook.secret
    assert seal.unseal(hook.secret, purpose=SEAL) == secret
    trail = "\n".join(str(row) for row in AuditEntry.objects.values())
    assert (secret in trail, hook.secret in trail) == (False, False)


def test_with_another_secret_key_nothing_is_sent_unsigned(
    hook: Webhook, got: Receiver, secretariat: User, settings: Any
) -> None:
    send_test(hook, by=secretariat)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, []
    assert (deliver_due(), got.got) == (0, [])
    assert WebhookAttempt.objects.get().problem == Problem.ADDRESS


def signed_by(secret: str, headers: Any, body: bytes) -> str:
    at = int(headers["webhook-timestamp"])
    return logic.signature(secret, number=headers["webhook-id"], at=at, body=body)


def test_for_a_day_after_it_was_renewed_both_secrets_sign_and_then_the_new_one_alone(
    got: Receiver, act: Action, secretariat: User
) -> None:
    hook, old = hook_of(secretariat, got.url)
    hook, new = renew_secret(hook, by=secretariat)
    assert (new != old, logic.PREFIX in new, new in hook.secret) == (True, True, False)
    send_test(hook, by=secretariat)
    assert deliver_due() == 1
    headers, body = got.got[-1]
    assert headers["webhook-signature"].split() == [signed_by(new, headers, body), signed_by(old, headers, body)]
    Webhook.objects.update(previous_until=clock.machine() - timedelta(seconds=1))
    send_test(hook, by=secretariat)
    assert deliver_due() == 1
    headers, body = got.got[-1]
    assert headers["webhook-signature"] == signed_by(new, headers, body)
    assert Webhook.objects.values_list("previous_secret", "previous_until").get() == ("", None)  # kept no longer
    trail = "\n".join(str(row) for row in AuditEntry.objects.values())
    assert (new in trail, "webhook.secret_renewed" in trail) == (False, True)


def test_a_secret_that_cannot_be_read_any_more_is_mended_by_a_new_one(
    hook: Webhook, got: Receiver, secretariat: User, settings: Any
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, []
    _hook, new = renew_secret(hook, by=secretariat)
    send_test(hook, by=secretariat)
    assert deliver_due() == 1
    headers, body = got.got[-1]
    assert headers["webhook-signature"] == signed_by(new, headers, body)


def test_only_its_own_account_sees_a_new_secret(
    hook: Webhook, secretariat: User, administrator: User, user_with: Callable[..., User]
) -> None:
    """An administrator may end the webhook of another, and not sign in its name."""
    lead = user_with("lead", organisation=Organisation.objects.get(code="csirt"), email="lead@example.org")
    for by in (lead, administrator):
        with pytest.raises(NotAllowed):
            renew_secret(hook, by=by)
    end_webhook(hook, by=administrator)
    with pytest.raises(Refused, match="ended"):
        renew_secret(hook, by=secretariat)


def test_nobody_makes_one_for_another_or_touches_anothers(
    hook: Webhook, secretariat: User, observer: User, user_with: Callable[..., User]
) -> None:
    body = Organisation.objects.get(code="csirt")
    lead = user_with("lead", organisation=body, email="lead@example.org")
    for do in (
        lambda: make_webhook(secretariat, by=lead, name="x", url="https://example.org/", kinds=list(KINDS)),
        lambda: make_webhook(observer, by=observer, name="x", url="https://example.org/", kinds=list(KINDS)),
        lambda: send_test(hook, by=lead),
        lambda: end_webhook(hook, by=lead),
    ):
        with pytest.raises(NotAllowed):
            do()
    with pytest.raises(Refused):
        make_webhook(lead, by=lead, name="x", url="https://example.org/", kinds=["no.such"])


@pytest.mark.long
def test_making_and_changing_one_is_in_the_trail(hook: Webhook, secretariat: User) -> None:
    changed = update_webhook(hook, by=secretariat, name="Chat of the team", url=hook.url, kinds=hook.kinds[:1])
    assert (changed.name, changed.kinds) == ("Chat of the team", hook.kinds[:1])
    verbs = AuditEntry.objects.filter(verb__startswith="webhook.").order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["webhook.made", "webhook.updated"]
