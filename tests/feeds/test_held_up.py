"""What is held until somebody acts is reported at once, and once, to each person who may release it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import News, Recipient
from floreo.core.wording import in_reader_language
from floreo.feeds.actions import notices as acts
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.watching import is_failing, note_not_taken, see_problem, watch
from floreo.feeds.engine import ingest
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Feed, FeedFile, HeldFile, NoticeRule, Run
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Contact, User
from floreo.tasks import notifications
from floreo.tasks.notifications import send_notifications
from floreo.tasks.notifying import Rhythm
from floreo.tasks.queries import rhythms_of
from tests.factories import strategy as make
from tests.feeds.making import hand_in, night
from tests.feeds.notices_made import TODAY, make_feed, make_finding

pytestmark = pytest.mark.django_db
UserWith = Callable[..., User]


@pytest.fixture
def responder(user_with: UserWith) -> Iterator[User]:
    """Looked at once, so that what comes from now on is news. Before the morning, when nothing daily leaves."""
    with clock.pinned_day(day=TODAY), time_machine.travel(datetime(2026, 11, 24, 3, tzinfo=UTC), tick=False):
        make.make_country()
        found = user_with("responder")
        make_feed()
        looked()
        yield found


def looked() -> int:
    """A look of the worker, whatever the chain says."""
    notifications._looked_at = ("", None, False)
    return send_notifications(by=SYSTEM)


def told(user: User) -> list[str]:
    looked()
    return list(OutboxMail.objects.filter(to=user.email).order_by("pk").values_list("subject", flat=True))


def test_who_handles_findings_is_told_at_once_and_may_choose_otherwise(responder: User) -> None:
    assert rhythms_of(responder)[News.HELD] is Rhythm.NOW


def test_held_notices_are_told_at_once_and_once_a_day(responder: User) -> None:
    NoticeRule.objects.create(every="at_once", contact_role="abuse")
    for number in range(25):
        make_finding(make.make_organisation(f"body-{number}", email=f"it@body-{number}.example"))
    acts.send_due()
    assert send_notifications(by=SYSTEM) == 1  # the act by which they are held is enough to look
    words = ["Send today's notices, or find out why they are so many"]
    assert told(responder) == words
    mail = OutboxMail.objects.get(to=responder.email)
    assert "WORK IS HELD UP UNTIL SOMEBODY ACTS" in mail.text
    assert "/workspace/notices/today/" in mail.text
    acts.send_due()
    assert told(responder) == words
    with clock.pinned_day(day=TODAY + timedelta(days=1)):
        acts.send_due()
        assert told(responder) == words * 2


@pytest.mark.long
def test_a_held_night_is_told_at_once_and_each_further_one(responder: User) -> None:
    feed = Feed.objects.get()
    words = ["Accept or refuse unusual files of Shadowserver"]

    def hold(days_ago: int) -> Run:
        day = TODAY - timedelta(days=days_ago)
        return Run.objects.create(feed=feed, report_type="scan_rdp", day=day, held="more", rows=900)

    first = hold(2)
    hold(1)
    assert told(responder) == words
    assert told(responder) == words
    Run.objects.filter(pk=first.pk).update(held="")
    assert told(responder) == words
    hold(0)  # as many as before the first was accepted
    assert told(responder) == words * 2
    assert told(responder) == words * 2


def test_held_mail_and_a_type_that_nobody_knows_are_told_at_once_and_once(responder: User) -> None:
    feed = Feed.objects.get()

    def hold(name: str) -> None:
        facts = {"size": 9, "sender": "reports@example.org", "reason": "unsigned", "received_at": moment(TODAY)}
        HeldFile.objects.create(feed=feed, sha256=name, name=name, **facts)

    def receive_unknown(name: str) -> None:
        facts = {"report_type": "scan_toaster", "is_known_type": False, "received_at": moment(TODAY)}
        FeedFile.objects.create(feed=feed, sha256=name, name=name, day=TODAY, **facts)

    hold("a.csv")
    words = ["Release or discard the held files of Shadowserver"]
    assert told(responder) == words
    hold("b.csv")  # forged mail that comes in large numbers is one e-mail
    assert told(responder) == words
    receive_unknown("c.csv")
    words = [*words, "Describe files of the type scan_toaster"]
    assert told(responder) == words
    receive_unknown("d.csv")
    assert told(responder) == words
    HeldFile.objects.all().delete()
    assert told(responder) == words
    hold("e.csv")
    assert told(responder) == [*words, words[0]]


def test_a_feed_that_cannot_be_fetched_again_and_again_is_told_at_once_and_once(responder: User) -> None:
    feed, words = Feed.objects.get(), ["Files of Shadowserver cannot be fetched"]

    def fail(times: int) -> None:
        Feed.objects.update(failures=times, last_error="The server responded with status 503.")

    fail(2)
    assert told(responder) == []
    fail(3)
    is_failing(feed, by=SYSTEM)
    assert send_notifications(by=SYSTEM) == 1  # the act is enough to look
    assert "3 attempts in a row failed. The server responded with status 503." in OutboxMail.objects.get().text
    fail(4)
    assert told(responder) == words
    fail(0)
    assert told(responder) == words
    fail(3)
    assert told(responder) == words * 2
    Feed.objects.update(is_active=False)  # nobody fetches it
    assert told(responder) == words * 2


def test_what_was_not_taken_is_told_at_once_until_a_person_saw_it(responder: User) -> None:
    feed, words = Feed.objects.get(), ["Look at what came for Shadowserver and was not taken"]
    assert told(responder) == []
    note_not_taken(feed, by=SYSTEM, why="a.csv: The file is empty.")
    assert send_notifications(by=SYSTEM) == 1  # the act is enough to look
    assert "a.csv: The file is empty." in OutboxMail.objects.get(to=responder.email).text
    note_not_taken(feed, by=SYSTEM, why="b.csv: The file is empty.")
    assert told(responder) == words
    noted = AuditEntry.objects.filter(verb="feed.not_taken")
    assert noted.count() == 1
    feed.refresh_from_db()
    assert feed.last_error == "b.csv: The file is empty."
    see_problem(feed, by=responder)
    assert told(responder) == words
    with pytest.raises(Refused, match="already"):
        see_problem(feed, by=responder)
    note_not_taken(feed, by=SYSTEM, why="c.csv: The file is empty.")
    assert told(responder) == words * 2
    assert noted.count() == 2


@pytest.mark.long
def test_a_file_that_cannot_be_read_is_told_with_its_reason(responder: User, feeds_folder: object) -> None:
    feed = Feed.objects.get()
    hand_in(feed, b"\x1f\x8b\x08broken", "2026-11-24-scan_rdp-isla.csv.gz")
    ingest_waiting(by=SYSTEM, run=ingest.run)
    assert told(responder) == ["Look at what came for Shadowserver and was not taken"]
    text = OutboxMail.objects.get(to=responder.email).text
    assert "2026-11-24-scan_rdp-isla.csv.gz: The" in text
    night(feed, TODAY, ["192.0.2.1"])
    assert len(told(responder)) == 1  # a file that is well is no news, and makes no bad one well


@pytest.mark.long
def test_why_something_was_not_taken_is_said_in_the_language_of_who_reads_it(responder: User, db: None) -> None:
    """The worker that took the file speaks English, and so does the record."""
    reason = "The file is incomplete: the transfer was interrupted. Get the file again."
    note_not_taken(Feed.objects.get(), by=SYSTEM, why=f"a: b.csv: {reason}")

    def why() -> str:
        (task,) = (
            each
            for each in waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY)
            if each.key.endswith(":not_taken")
        )
        return str(task.why)

    assert why() == f"a: b.csv: {reason}"
    with translation.override("es"):
        assert why() == "a: b.csv: El archivo está incompleto: la transferencia se interrumpió. Obténgalo de nuevo."
    with translation.override("fr"):
        assert why().startswith("a: b.csv\u00a0: Le fichier est incomplet")
        assert in_reader_language("2 of 3") == "2 of 3"
        assert in_reader_language("") == ""


def test_an_alert_that_comes_back_is_told_at_once_and_noted_once(responder: User) -> None:
    team = make.make_organisation("csirt", kind="csirt")
    contact = Contact.objects.create(
        organisation=team, purpose="Duty", role="duty", email="duty@csirt.example", language="en"
    )
    mail = OutboxMail.objects.create(
        to=contact.email, subject="On duty", text="x", kind="feeds.duty", state="bounced", next_try_at=clock.now()
    )
    words = ["Alerts to the duty contact duty@csirt.example do not arrive"]
    assert watch(by=SYSTEM) == 1
    assert watch(by=SYSTEM) == 0
    assert told(responder) == words
    entry = AuditEntry.objects.get(verb="duty.undelivered")
    assert (entry.subject, entry.detail["mail"]) == (f"organisations.organisation:{team.pk}", mail.pk)
    assert "@" not in str(entry.detail)
    contact.email = "night@csirt.example"
    contact.save()
    assert told(responder) == words
    with clock.pinned_day(day=TODAY):
        tasks = waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY)
    assert words[0] not in [task.title for task in tasks]
    contact.email = mail.to
    contact.save()
    OutboxMail.objects.create(
        to=mail.to, subject="On duty", text="x", kind="feeds.duty", state="sent", next_try_at=clock.now()
    )
    assert words[0] not in [task.title for task in waiting_tasks(Recipient(everybody=True), viewer=None, today=TODAY)]
