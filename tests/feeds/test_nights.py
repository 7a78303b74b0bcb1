"""A night out of line waits for a person: it closes no finding, and nothing of it leaves; nor do notices to everybody at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient
from floreo.feeds import logic, selection
from floreo.feeds.actions import nights
from floreo.feeds.actions import notices as acts
from floreo.feeds.actions.duty import held_nights
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.logic import Odd
from floreo.feeds.models import Feed, Finding, Notice, NoticeRule, Run
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Organisation, User
from floreo.organisations.queries import in_the_country
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register, night, report, shadow_feed
from tests.feeds.notices_made import make_feed as make_other_feed
from tests.feeds.notices_made import make_finding
from tests.pages import squeezed

DAY = date(2026, 11, 2)
USUAL = [f"192.0.2.{n}" for n in range(16, 28)]


@pytest.fixture
def feed(db: None, feeds_folder: Path) -> Iterator[Feed]:
    """Six nights with twelve rows each."""
    make.make_country()
    make_register()
    found = shadow_feed()
    for number in range(6):
        night(found, DAY + timedelta(days=number), USUAL)
    with clock.pinned_day(day=DAY + timedelta(days=12)):
        yield found


def open_ones() -> int:
    return Finding.objects.filter(state__in=logic.OPEN_STATES).count()


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, 100_000))
def test_what_is_as_before_is_never_odd_and_what_nobody_knows_is_never_few(before: list[int], rows: int) -> None:
    found = logic.odd(rows, before)
    if before and min(before) <= rows <= max(before):
        assert found is not Odd.MORE
    if len(before) < 5 or rows * 5 >= max(before):
        assert found is not Odd.FEWER
    if found is Odd.MORE:
        assert rows >= 50
        assert rows > 5 * max(before)
    assert logic.odd(rows, [rows] * 9) is Odd.NONE


@pytest.mark.parametrize(
    ("rows", "before", "expected"),
    [
        (0, [12] * 6, Odd.FEWER),
        (2, [12] * 6, Odd.FEWER),
        (3, [12] * 6, Odd.NONE),
        (0, [12] * 4, Odd.NONE),  # too young to have a usual number
        (0, [4] * 9, Odd.NONE),  # a handful comes and goes
        (61, [12] * 6, Odd.MORE),
        (60, [12] * 6, Odd.NONE),
        (49, [1] * 6, Odd.NONE),
        (500, [], Odd.NONE),
    ],
)
def test_what_is_out_of_line(rows: int, before: list[int], expected: Odd) -> None:
    assert logic.odd(rows, before) is expected


@pytest.mark.long
def test_nights_that_fall_silent_close_nothing_until_a_person_says_so(feed: Feed, secretariat: User) -> None:
    """The review's own attack: files with a header alone, night after night, closed what was open."""
    assert open_ones() == 12
    for number in range(6, 9):
        night(feed, DAY + timedelta(days=number), [])
    assert open_ones() == 12
    waiting = nights.waiting_of(feed)
    assert [(run.held, run.rows) for run in waiting] == [("fewer", 0)] * 3
    assert AuditEntry.objects.filter(verb="reports.read", detail__held="fewer").count() == 3
    noted = AuditEntry.objects.filter(verb="feed.night_held", subject_name=str(feed)).order_by("number")
    assert [entry.detail["day"] for entry in noted] == [str(DAY + timedelta(days=n)) for n in range(6, 9)]
    assert noted[0].detail["night"] == {"files": 1, "rows": 0}
    (task,) = [
        t
        for t in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())
        if "unusual" in t.title
    ]
    assert task.why.startswith("3 files have far fewer or far more rows than usual.")
    nights.refuse_run(waiting[0], by=secretariat)
    nights.accept_run(waiting[1], by=secretariat)
    assert open_ones() == 12  # one run that counts is too few: the feed asks for two
    nights.accept_run(waiting[2], by=secretariat)
    assert open_ones() == 0
    assert Finding.objects.filter(fixed_on=DAY + timedelta(days=6)).count() == 12
    with pytest.raises(Refused, match="Somebody decided about this day already"):
        nights.refuse_run(waiting[2], by=secretariat)


@pytest.mark.long
def test_the_night_after_is_measured_against_nights_that_counted(feed: Feed) -> None:
    night(feed, DAY + timedelta(days=6), [])
    night(feed, DAY + timedelta(days=7), USUAL[:9])
    assert list(Run.objects.order_by("day").values_list("held", flat=True))[-2:] == ["fewer", ""]
    assert open_ones() == 12
    night(feed, DAY + timedelta(days=8), USUAL[:9])
    assert open_ones() == 9  # absent from two nights that counted


@pytest.mark.long
def test_a_second_file_of_the_day_brings_it_into_line(feed: Feed) -> None:
    day = DAY + timedelta(days=6)
    night(feed, day, [USUAL[0]])
    assert nights.waiting_of(feed)
    hand_in(feed, report(day, USUAL[1:]), f"{day}-scan_rdp-other.csv")
    ingest_waiting(by=SYSTEM)
    assert nights.waiting_of(feed) == []


@pytest.mark.long
def test_a_night_that_waits_is_noted_and_mailed_once_and_again_only_when_it_is_held_anew(feed: Feed) -> None:
    day, noted = DAY + timedelta(days=6), AuditEntry.objects.filter(verb="feed.night_held")

    def hand_in_more(subjects: list[str], name: str) -> int:
        """How many nights the duty contact is to be mailed of after one more file."""
        hand_in(feed, report(day, subjects), f"{day}-scan_rdp-{name}.csv")
        ingest_waiting(by=SYSTEM)
        return held_nights().count()

    assert hand_in_more([USUAL[0]], "first") == 1
    Run.objects.exclude(held="").update(alerted_at=clock.now())  # the duty contact was mailed
    assert hand_in_more([USUAL[1]], "second") == 0
    assert (nights.waiting_of(feed)[0].held, noted.count()) == ("fewer", 1)
    assert hand_in_more(USUAL[2:], "third") == 0
    assert nights.waiting_of(feed) == []
    assert hand_in_more([f"2001:db8::{n:x}" for n in range(1, 200)], "flood") == 1
    assert noted.count() == 2


@pytest.mark.long
def test_what_a_jump_brings_is_in_no_notice_until_a_person_accepts_it(feed: Feed, secretariat: User) -> None:
    bank = Organisation.objects.get(code="bank")
    Organisation.objects.update(email="abuse@bank.example")
    NoticeRule.objects.create(every="at_once", contact_role="abuse")
    day = DAY + timedelta(days=6)

    def named() -> set[str]:
        chooser = selection.Chooser(day)
        return {
            str(i.finding.subject) for o in chooser.organisations() for x in chooser.plan(o).letters for i in x.items
        }

    usual = named()
    flood = [f"192.0.2.{n}" for n in range(28, 255)] + [f"2001:db8::{n:x}" for n in range(1, 60)]
    night(feed, day, flood)
    assert [run.held for run in nights.waiting_of(feed)] == ["more"]
    assert open_ones() > 200
    assert named() == usual
    nights.accept_run(nights.waiting_of(feed)[0], by=secretariat)
    assert len(named()) > len(usual) + 200
    assert bank.pk


@pytest.mark.long
def test_what_a_refused_jump_brought_is_never_told_unless_another_night_sees_it(feed: Feed, secretariat: User) -> None:
    day = DAY + timedelta(days=6)
    flood = [f"192.0.2.{n}" for n in range(28, 255)]
    night(feed, day, flood)
    nights.refuse_run(nights.waiting_of(feed)[0], by=secretariat)
    subjects = selection.candidates(day).values_list("subject", flat=True)
    assert set(subjects).isdisjoint(flood)
    night(feed, day + timedelta(days=1), [*USUAL, flood[0]])
    assert set(selection.candidates(day).values_list("subject", flat=True)) & set(flood) == {flood[0]}


def test_who_may_not_run_feeds_decides_nothing(feed: Feed, user_with: Callable[..., User]) -> None:
    night(feed, DAY + timedelta(days=6), [])
    (run,) = nights.waiting_of(feed)
    for user in map(user_with, ("lead", "auditor", "operator")):
        for decide in (nights.accept_run, nights.refuse_run):
            with pytest.raises(NotAllowed):
                decide(run, by=user)


@pytest.mark.long
def test_the_feeds_page_shows_it_and_offers_both_ways(
    feed: Feed, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    night(feed, DAY + timedelta(days=6), [])
    (run,), browser = nights.waiting_of(feed), browser_of(secretariat)
    page = squeezed(browser.get(feed.get_absolute_url()).content.decode())
    assert "Held: far fewer or far more rows than usual" in page
    assert "Far fewer rows than usual" in page
    for name, words in (("accept", "may count as not seen any more"), ("refuse", "It ends no finding")):
        address = f"/workspace/feeds/nights/{run.pk}/{name}/"
        assert f'href="{address}"' in page
        assert words in browser.get(address).content.decode()
    assert browser.post(f"/workspace/feeds/nights/{run.pk}/refuse/").status_code == 302
    assert "Held: far fewer" not in browser.get(feed.get_absolute_url()).content.decode()
    assert browser.post(f"/workspace/feeds/nights/{run.pk}/accept/").status_code == 422


# Notices to everybody at once.


@pytest.fixture
def in_country(db: None) -> Iterator[None]:
    make.make_country()
    with in_the_country():
        yield


@pytest.mark.long
def test_far_more_letters_than_usual_wait_for_a_person(
    in_country: None, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    other = make_other_feed()
    for number in range(25):
        body = make.make_organisation(f"body-{number}", email=f"it@body-{number}.example")
        make_finding(body, feed=other)
    NoticeRule.objects.create(every="at_once", contact_role="abuse")
    assert acts.send_due() == 0
    assert acts.send_due() == 0
    today = clock.today()
    assert (Notice.objects.count(), acts.held_today(today)) == (0, 25)
    assert AuditEntry.objects.filter(verb="notices.held").count() == 1
    titles = [t.title for t in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=today)]
    assert "Send today's notices, or find out why they are so many" in titles
    browser = browser_of(secretariat)
    assert "Held: far more notices than usual." in browser.get("/workspace/notices/today/").content.decode()
    done = browser.post("/workspace/notices/today/send/", follow=True).content.decode()
    assert "25 notices will be sent." in done
    assert "Held: far more" not in done
    assert Notice.objects.count() == 25
    with pytest.raises(Refused, match="No notice waits any more"):
        acts.release_notices(today, by=secretariat)
    make_finding(make.make_organisation("late", email="it@late.example"), feed=other)
    assert acts.send_due() == 1  # a person looked today


@pytest.mark.long
def test_what_is_no_longer_due_is_no_longer_held(
    in_country: None, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    """Found by looking: the page spoke of far more notices than usual above a list without one."""
    other, today = make_other_feed(), clock.today()
    for number in range(25):
        make_finding(make.make_organisation(f"body-{number}", email=f"it@body-{number}.example"), feed=other)
    NoticeRule.objects.create(every="at_once", contact_role="abuse")
    acts.send_due()
    assert acts.held_today(today) == 25
    Finding.objects.exclude(organisation__code="body-1").update(state="fixed", fixed_on=today)
    assert "Held: far more" in browser_of(secretariat).get("/workspace/notices/today/").content.decode()
    Finding.objects.update(state="fixed", fixed_on=today)
    assert "Held: far more" not in browser_of(secretariat).get("/workspace/notices/today/").content.decode()
    assert acts.send_due() == 0
    assert acts.held_today(today) is None
    assert not [
        t for t in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=today) if "notices" in t.title
    ]
    acts.unhold_notices(today, by=SYSTEM)
    assert AuditEntry.objects.filter(verb="notices.unheld").count() == 1
    Finding.objects.update(state="new", fixed_on=None)
    assert acts.send_due() == 0  # many again, so held again
    assert acts.held_today(today) == 25


def test_as_many_letters_as_usual_go_by_themselves() -> None:
    assert not logic.are_many(20, [])
    assert logic.are_many(21, [])
    assert not logic.are_many(90, [30, 31, 30])
    assert logic.are_many(91, [30, 29, 30])
    assert not logic.are_many(0, [])
