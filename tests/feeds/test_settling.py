"""A large feed of which something else is said: the page does not wait, a job works its findings out again, and until then nothing looks
better than it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Frequency, period_of
from floreo.core.models import AuditEntry
from floreo.feeds import offers, waits
from floreo.feeds.actions.feeds import change_feed, settle_waiting
from floreo.feeds.models import Feed, Finding, OpenPeriod, Run
from floreo.indicators.actions import freeze_reading, take_reading
from floreo.organisations.models import Organisation, User
from tests.conftest import make_user
from tests.factories import strategy as make
from tests.feeds.making import make_register, night, shadow_feed
from tests.indicators.making import make_indicator
from tests.pages import squeezed

START, AFTER = date(2026, 9, 21), date(2026, 10, 1)
SENTENCE = "The feed Shadow was changed on 1 Oct 2026, 14:10. Its findings are being calculated again"


@pytest.fixture
def feed(db: None, feeds_folder: object) -> Iterator[Feed]:
    """Of six hosts two are silent from the third night on, and fixed."""
    make.make_country()
    make_register()
    with clock.pinned_day(day=AFTER):
        made = shadow_feed(delivery="whole")
        for number in range(10):
            night(made, START + timedelta(days=number), [f"192.0.2.{n + 16}" for n in range(6 if number < 2 else 4)])
        yield made


def known() -> tuple[Counter[str], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    periods = OpenPeriod.objects.order_by("finding", "opened_on").values_list(
        "finding", "ended_on", "shown_on", "ending"
    )
    runs = Run.objects.order_by("pk").values_list("day", "held", "again", "missed")
    return Counter(Finding.objects.values_list("state", flat=True)), list(periods), list(runs)


def entries(verb: str) -> list[dict[str, Any]]:
    return list(AuditEntry.objects.filter(verb=verb).order_by("number").values_list("detail", flat=True))


def say_later(feed: Feed, **facts: Any) -> Feed:
    given: dict[str, Any] = {"delivery": "difference", "held_since": START} | facts
    return change_feed(feed, by=SYSTEM, at_once=3, **given)


@pytest.mark.long
def test_the_findings_of_a_large_feed_stay_as_they_were_until_the_job_has_worked_them_out(feed: Feed) -> None:
    before = known()
    assert before[0] == {"persisting": 4, "fixed": 2}
    changed = say_later(feed)
    assert changed.delivery == "difference"
    assert known() == before
    assert entries("feed.changed")[-1]["findings"] == "later"
    assert entries("feed.settled") == []
    assert settle_waiting(by=SYSTEM) == 1
    # Sunday the 27th alone was a look.
    assert known()[0] == {"persisting": 6}
    assert [each["findings"] for each in entries("feed.settled")] == [{"persisting": 6}]
    assert settle_waiting(by=SYSTEM) == 0


@pytest.mark.long
@pytest.mark.parametrize(
    "facts", [{}, {"evidence": "list", "format": "csv"}, {"held_since": START + timedelta(days=4)}]
)
def test_the_job_gives_what_the_page_gives_at_once(feed: Feed, facts: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"delivery": "whole", "evidence": "", "format": "shadowserver", "held_since": START}
    given: dict[str, Any] = {"delivery": "difference", "held_since": START} | facts
    feed = change_feed(feed, by=SYSTEM, **given)
    at_once = known()
    feed = change_feed(feed, by=SYSTEM, **whole)
    assert known()[0] == {"persisting": 4, "fixed": 2}
    say_later(feed, **given)
    settle_waiting(by=SYSTEM)
    assert known() == at_once


def test_no_value_is_frozen_meanwhile_and_the_pages_say_why(feed: Feed, secretariat: User) -> None:
    quarter = period_of(START, Frequency.QUARTER)
    indicator = make_indicator(measure="share_findings_fixed_within_7_days", frequency="quarter")
    night(feed, AFTER, [f"192.0.2.{n + 16}" for n in range(4)])
    assert [each.text for each in waits.waits_for_looks(quarter)] == []
    reading = take_reading(indicator, by=SYSTEM, period=quarter)
    with clock.at(datetime(2026, 10, 1, 14, 10, tzinfo=UTC)):
        say_later(feed)
    (wait,) = waits.waits_for_looks(quarter)
    assert wait.text.startswith(SENTENCE)
    assert wait.address == "/workspace/feeds/shadow/"
    with pytest.raises(Refused, match="are being calculated again") as refused:
        freeze_reading(reading, by=secretariat)
    assert refused.value.code == "waits"
    team, client = make_user("responder"), Client()
    client.force_login(team)
    for page in ("/workspace/feeds/shadow/", "/workspace/findings/", "/workspace/findings/endings/"):
        assert SENTENCE in squeezed(client.get(page).content.decode()), page
    operator = make_user("operator", organisation=Organisation.objects.get(code="bank"), email="own@example.org")
    client.force_login(operator)
    assert SENTENCE not in squeezed(client.get("/workspace/findings/").content.decode())
    settle_waiting(by=SYSTEM)
    assert waits.waits_for_looks(quarter) == ()
    client.force_login(team)
    assert "being calculated again" not in squeezed(client.get("/workspace/feeds/shadow/").content.decode())


def test_a_job_that_is_killed_leaves_nothing_half_done_and_the_next_one_does_it(feed: Feed) -> None:
    say_later(feed)
    before = known()
    with pytest.raises(KeyboardInterrupt), connection.execute_wrapper(once_it_writes("feeds_openperiod", stop)):
        settle_waiting(by=SYSTEM)
    assert known() == before
    assert entries("feed.settled") == []
    settle_waiting(by=SYSTEM)
    assert known()[0] == {"persisting": 6}


@pytest.mark.long
def test_what_is_said_while_the_job_runs_is_worked_out_next(feed: Feed) -> None:
    say_later(feed)

    def say_something_else() -> None:
        Feed.objects.filter(pk=feed.pk).update(unsettled_since=clock.now() + timedelta(minutes=1))

    with connection.execute_wrapper(once_it_writes("feeds_openperiod", say_something_else)):
        settle_waiting(by=SYSTEM)
    feed.refresh_from_db()
    assert feed.unsettled_since is not None
    # Nor is a second change done at once while the first one waits.
    change_feed(feed, by=SYSTEM, delivery="whole", held_since=START)
    assert known()[0] == {"persisting": 6}
    settle_waiting(by=SYSTEM)
    feed.refresh_from_db()
    assert (feed.unsettled_since, known()[0]) == (None, {"persisting": 4, "fixed": 2})


def test_the_job_comes_round() -> None:
    assert "feeds that were changed" in {job.name for job in offers.OFFERS.jobs}


def stop() -> None:
    raise KeyboardInterrupt


def once_it_writes(table: str, then: Callable[[], None]) -> Callable[..., Any]:
    """Does something at the first statement that deletes from a table."""
    done: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        if not done and sql.startswith("DELETE") and table in sql:
            done.append(sql)
            then()
        return execute(sql, params, many, context)

    return listen
