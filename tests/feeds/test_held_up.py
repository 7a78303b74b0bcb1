"""What is held until somebody acts is told at once, and once, to each person who may release it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.core.tasks import News
from floreo.feeds.actions import notices as acts
from floreo.feeds.models import Feed, NoticeRule, Run
from floreo.organisations.models import User
from floreo.tasks import notifications
from floreo.tasks.notifications import send_notifications
from floreo.tasks.notifying import Rhythm
from floreo.tasks.queries import rhythms_of
from tests.factories import strategy as make
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
