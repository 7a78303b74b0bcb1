"""What the loop says is so: each case of the review with a truth that is known here, through files as they come."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry
from floreo.core.tasks import Recipient
from floreo.feeds import logic, measures, times
from floreo.feeds.actions import aggregate, endings, nights
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.rules import make_rule, switch_rule
from floreo.feeds.engine import formats
from floreo.feeds.logic import Source
from floreo.feeds.models import Feed, FeedFile, Finding, FindingEnding, OpenPeriod, Run
from floreo.feeds.presenters.nights import nights_shown
from floreo.feeds.spans import WITHIN, span_of
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Holding, Network, Organisation, User
from floreo.workspace.feeds import ending_views
from tests.conftest import SAMPLES
from tests.examples import drawn
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register, name_of, night, report, shadow_feed
from tests.pages import squeezed

START = date(2026, 9, 7)  # a Monday
TODAY = date(2026, 12, 20)
BANK = "192.0.2.20"
FACTS = SAMPLES.parent / "research" / "shadowserver-types.tsv"


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.fixture
def register(db: None, feeds_folder: object) -> object:
    make.make_country()
    make_register()
    with clock.pinned_day(day=TODAY):
        yield


@pytest.fixture
def feed(register: object) -> Feed:
    """As Shadowserver's: a type without a row does not come."""
    return shadow_feed(absent_runs=3, sends_empty=False)


def state_of(subject: str = BANK) -> tuple[str, str, date | None]:
    found = Finding.objects.get(subject=subject)
    return found.state, found.observed, found.fixed_on


def states() -> Counter[str]:
    return Counter(Finding.objects.values_list("state", flat=True))


def hosts(number: int) -> list[str]:
    return [f"192.0.2.{n + 1}" for n in range(number)]


def share(within: int, until: int) -> tuple[float | None, int]:
    found = times.cohort_of(day(until)).survival.ended_by(within)
    return found.shown, found.at_risk


# What a type's silence says.


@pytest.mark.skipif(not FACTS.exists(), reason="the list of Shadowserver's report types is not here")
def test_every_type_of_shadowserver_is_a_scan_a_sighting_or_a_list() -> None:
    with FACTS.open() as lines:
        types = [row["report_type"] for row in csv.DictReader(lines, delimiter="\t")]
    found = {one: formats.silence_of("shadowserver", one) for one in types}
    assert len(found) == 170
    for name, (evidence, sends_empty) in {n: f or ("", True) for n, f in found.items()}.items():
        begins = name.split("_")[0].rstrip("46")
        expected = {"scan": "scan", "population": "scan", "device": "scan", "event": "sighting"}.get(begins, "list")
        assert (evidence, sends_empty) == (expected, False), name


def test_a_type_that_nobody_lists_is_a_list_until_the_team_says_otherwise() -> None:
    assert formats.silence_of("csv", "anything") is None
    assert formats.silence_of("", "scan_rdp") == ("scan", False)
    with pytest.raises(ValueError, match="guess"):
        formats.parse({"name": "x", "reads": "csv", "types": {"a": {"evidence": "guess"}}})


@pytest.mark.long
@pytest.mark.one_database
def test_a_bot_that_calls_every_six_days_is_one_finding_and_its_silence_fixes_nothing(feed: Feed) -> None:
    for number in range(36):  # longer than a sighting may be silent
        night(feed, day(number), [], kind="scan_rdp") if number % 6 else sighted(feed, number)
    found = Finding.objects.get(port=0)
    assert (found.state, found.open_periods.count(), found.days_seen) == ("persisting", 1, 6)


def sighted(feed: Feed, number: int, ip: str = BANK) -> None:
    """A bot calls a sinkhole, and a scan sees something else."""
    header = "timestamp,severity,protocol,src_ip,src_port,src_asn,dst_ip,dst_port,infection,family"
    line = f"{day(number)} 03:00:00,critical,tcp,{ip},50123,64496,198.51.100.9,80,avalanche,avalanche"
    hand_in(feed, f"{header}\n{line}\n".encode(), name_of(day(number), "event4_sinkhole"))
    night(feed, day(number), ["192.0.2.1"])


@pytest.mark.long
def test_a_silent_sighting_is_not_seen_any_more_after_a_month_and_never_fixed(feed: Feed) -> None:
    sighted(feed, 0)
    for number in range(1, 32):
        night(feed, day(number), ["192.0.2.1"])
        bot = Finding.objects.get(subject=BANK)
        assert bot.state == ("not_seen" if number >= 31 else "new"), number
    assert (bot.fixed_on, bot.open_periods.get().ending) == (None, "not_seen")
    assert times.cohort_of(day(40)).others == 1


@pytest.mark.long
def test_a_list_names_its_day_only(register: object) -> None:
    """The review's: a mapped CSV that names the day's incidents was "fixed" after three other days' files."""
    feed = make_feed("Incidents", by=SYSTEM, format="csv", mapping={"address": "ip", "time": "timestamp", "kind": "x"})
    for number in range(10):
        hand_in(feed, f"timestamp,ip\n{day(number)} 01:00:00,192.0.2.{number + 1}\n".encode(), f"{day(number)}-x.csv")
        ingest_waiting(by=SYSTEM)
    assert states() == {"new": 10}
    change_feed(feed, by=SYSTEM, evidence="scan")
    hand_in(feed, f"timestamp,ip\n{day(10)} 01:00:00,192.0.2.99\n".encode(), f"{day(10)}-x.csv")
    ingest_waiting(by=SYSTEM)
    assert states() == {"fixed": 8, "new": 3}  # the team says that it looks


# What a look covers.


@pytest.mark.long
def test_the_last_finding_of_a_type_is_fixed_though_no_file_of_it_comes(feed: Feed) -> None:
    for number in range(12):
        night(feed, day(number), ["192.0.2.1"])
        if number < 5:
            night(feed, day(number), [BANK], kind="scan_telnet")
    found = Finding.objects.get(report_type="scan_telnet")
    assert (found.state, found.fixed_on) == ("fixed", day(5))
    assert Finding.objects.get(report_type="scan_rdp").state == "persisting"


@pytest.mark.long
def test_no_file_at_all_is_no_look_and_an_outage_is_no_time_to_fix(feed: Feed) -> None:
    for number in (0, 1, 2, 40, 41, 42):
        night(feed, day(number), ["192.0.2.1", *([BANK] if number < 3 else [])])
    assert state_of() == ("fixed", "fixed", day(40))
    period = OpenPeriod.objects.get(finding__subject=BANK)
    assert (period.last_day, period.ended_on, period.shown_on) == (day(2), day(40), day(42))
    found = times.cohort_of(day(50)).survival
    early, late = found.ended_by(10), found.ended_by(45)
    assert (early.shown, late.shown) == (0, 0.5)
    assert early.low == 0  # it may have been fixed on the third day, or on the fortieth
    assert early.high > 0.5


@pytest.mark.long
def test_a_night_that_collapsed_and_a_header_alone_are_no_look_until_a_person_says_so(
    feed: Feed, secretariat: User
) -> None:
    for number in range(6):
        night(feed, day(number), hosts(200))
    for number in range(6, 9):
        night(feed, day(number), hosts(5))
    assert states() == {"persisting": 200}
    for number in range(9, 12):
        night(feed, day(number), [])
    assert states() == {"persisting": 200}
    assert Counter(Run.objects.values_list("held", flat=True)) == {"": 6, "fewer": 6}
    for run in nights.waiting_of(feed)[3:]:
        nights.accept_run(run, by=secretariat)
    assert states() == {"persisting": 5, "fixed": 195}


@pytest.mark.long
def test_a_night_of_a_third_of_the_usual_rows_shows_no_fix_until_it_is_usual(feed: Feed) -> None:
    """Nobody is asked; what such a night names was seen, and after a week it is what comes."""
    for number in range(6):
        night(feed, day(number), hosts(40))
    for number in range(6, 11):
        night(feed, day(number), hosts(14))
    assert states() == {"persisting": 40}
    assert not nights.waiting_of(feed)
    for number in range(11, 16):
        night(feed, day(number), hosts(14))
    assert states() == {"persisting": 14, "fixed": 26}


def test_which_nights_are_thin() -> None:
    assert [logic.is_thin(rows, [40] * 6) for rows in (7, 8, 19, 20)] == [False, True, True, False]
    assert not logic.is_thin(8, [19] * 6)  # of few rows a third is chance
    assert not logic.is_thin(8, [40] * 4)  # nothing is usual yet
    accepted = {day(n): logic.Night(40) for n in range(6)} | {day(6): logic.Night(2)}
    assert logic.looks_of(accepted)[-1] == day(6)  # a person says that it is true


@pytest.mark.long
def test_a_header_alone_waits_also_where_there_are_few_rows(feed: Feed) -> None:
    for number in range(3):
        night(feed, day(number), [BANK])
    for number in range(3, 7):
        night(feed, day(number), [])
    assert state_of()[0] == "persisting"
    assert set(Run.objects.filter(day__gte=day(3)).values_list("held", flat=True)) == {"empty"}


@pytest.mark.long
def test_a_type_with_many_rows_that_stays_away_is_asked_about(feed: Feed, secretariat: User) -> None:
    for number in range(12):
        night(feed, day(number), ["192.0.2.1"], kind="scan_telnet")
        if number < 6:
            night(feed, day(number), hosts(30))
    assert states() == {"persisting": 31}
    waiting = nights.waiting_of(feed)
    assert {(run.report_type, run.held) for run in waiting} == {("scan_rdp", "no_file")}
    noted = AuditEntry.objects.filter(verb="feed.night_held").values_list("detail__types", flat=True)
    assert list(noted) == [["scan_rdp"]] * len(waiting)
    assert len(waiting) == 5  # the last night may not be complete
    for run in waiting:
        nights.accept_run(run, by=secretariat)
    assert states() == {"persisting": 1, "fixed": 30}


def test_a_night_of_far_fewer_types_than_usual_says_nothing_of_the_others() -> None:
    whole = {day(n): 6 for n in range(8)}
    assert logic.full_nights(whole | {day(8): 2, day(9): 6}) == {day(n) for n in range(8)}
    assert logic.full_nights({}) == frozenset()
    own = {day(0): logic.Night(1), day(9): logic.Night(1, "fewer")}
    assert logic.looks_of(own, [day(1), day(2)]) == [day(0), day(1), day(2)]
    assert logic.looks_of({}, [day(1)]) == []


def delta(feed: Feed, number: int, there: Iterable[str], before: Iterable[str]) -> None:
    """Everything on Sundays, and what differs from it on other days."""
    is_sunday = day(number).weekday() == 6
    rows = list(there) if is_sunday else sorted(set(there) - set(before))
    if rows:
        night(feed, day(number), rows)


@pytest.mark.long
def test_a_file_of_changes_shows_no_fix(feed: Feed) -> None:
    """Twenty hosts that stay, for five weeks of Shadowserver's delta mode; one is fixed in the third."""
    change_feed(feed, by=SYSTEM, delivery="difference")
    always = hosts(20)
    for number in range(6, 42):
        there = always if number < 23 else always[:-1]
        delta(feed, number, [*there, f"192.0.2.{100 + number}"], always)
    assert Counter(Finding.objects.filter(subject__in=always).values_list("state", "fixed_on")) == {
        ("persisting", None): 19,
        ("fixed", day(27)): 1,
    }
    assert not nights.waiting_of(feed)


@pytest.mark.long
def test_changes_that_nobody_declared_are_recognised_and_asked_about(feed: Feed) -> None:
    always = hosts(20)
    for number in range(6, 30):
        delta(feed, number, [*always, f"192.0.2.{100 + number}"], always)
    assert set(Finding.objects.filter(subject__in=always).values_list("observed", flat=True)) == {"persisting"}
    with clock.pinned_day(day=day(30)):
        tasks = waiting_tasks(Recipient(everybody=True), viewer=None, today=clock.today())
        assert "Find out what each file of Shadow holds" in [task.title for task in tasks]
    change_feed(feed, by=SYSTEM, delivery="whole")
    with clock.pinned_day(day=day(30)):
        tasks = waiting_tasks(Recipient(everybody=True), viewer=None, today=clock.today())
        assert "Find out what each file of Shadow holds" not in [task.title for task in tasks]


@pytest.mark.long
def test_each_address_family_has_its_own_looks(feed: Feed) -> None:
    """scan6_rdp sees what scan_rdp cannot, and is silent for itself."""
    night(feed, day(0), ["2001:db8::7"], kind="scan6_rdp")
    night(feed, day(0), [BANK])
    for number in range(1, 9):
        night(feed, day(number), [BANK, "192.0.2.1"])
        if number < 8:
            night(feed, day(number), ["2001:db8::7"], kind="scan6_rdp")
    assert state_of("2001:db8::7")[0] == "persisting"


@pytest.mark.long
def test_a_night_without_ipv6_shows_no_fix_of_ipv6(feed: Feed) -> None:
    """A scanner that lost IPv6 for three nights; one address of IPv4 is fixed in the same nights."""
    new = [f"2001:db8::{n}" for n in range(1, 9)]
    for number in range(6):
        night(feed, day(number), [*hosts(9), *new])
    for number in range(6, 10):
        night(feed, day(number), hosts(8))
    assert states() == {"persisting": 16, "fixed": 1}
    shown = {str(one.run.day): one.shows for one in nights_shown(feed)}
    assert shown[str(day(9))] == "That it was not there, but for IPv6, of which far fewer came than usual"
    assert shown[str(day(5))] == "That it was not there"
    night(feed, day(10), [*hosts(8), *new[:7]])
    assert states() == {"persisting": 16, "fixed": 1}
    for number in range(11, 13):
        night(feed, day(number), [*hosts(8), *new[:7]])
    assert state_of(new[7]) == ("fixed", "fixed", day(10))  # the first look that covered it


@pytest.mark.long
def test_ipv6_that_stays_away_for_a_week_is_what_comes(feed: Feed) -> None:
    new = [f"2001:db8::{n}" for n in range(1, 9)]
    for number in range(6):
        night(feed, day(number), [*hosts(9), *new])
    for number in range(6, 18):
        night(feed, day(number), hosts(9))
    assert states() == {"persisting": 9, "fixed": 8}


@pytest.mark.long
def test_what_files_hold_stays_as_it_was_said_when_they_came(feed: Feed) -> None:
    """Weeks of whole files, then a sender who changes to differences: the old nights go on showing their fixes."""
    for number in range(8):
        night(feed, day(number), hosts(9) if number < 2 else hosts(8))
    assert states() == {"persisting": 8, "fixed": 1}
    change_feed(feed, by=SYSTEM, delivery="whole")
    change_feed(feed, by=SYSTEM, delivery="difference")
    assert states() == {"persisting": 8, "fixed": 1}
    for number in range(8, 13):
        night(feed, day(number), ["192.0.2.200"])
    assert states() == {"persisting": 9, "fixed": 1}
    assert next((one.run.day, one.shows) for one in nights_shown(feed)) == (day(12), "Nothing: it holds changes only")


@pytest.mark.long
def test_a_declaration_that_came_late_works_findings_out_again(feed: Feed, secretariat: User) -> None:
    """The team finds out in the second week that files held differences from the first Monday on: what was "fixed" was not."""
    change_feed(feed, by=SYSTEM, delivery="whole")
    for number in range(10):
        night(feed, day(number), hosts(7) if number < 3 else hosts(3))
    assert states() == {"persisting": 3, "fixed": 4}
    feed = change_feed(feed, by=secretariat, delivery="difference", held_since=day(0))
    assert states() == {"persisting": 7}
    entry = AuditEntry.objects.filter(verb="feed.changed").latest("number")
    assert entry.detail["findings"] == {"persisting": 7}
    assert set(Run.objects.values_list("holds", "day__week_day")) == {
        ("whole" if (START + timedelta(days=n)).weekday() == 6 else "difference", (n + 1) % 7 + 1) for n in range(7)
    }
    change_feed(feed, by=secretariat, delivery="whole", held_since=day(3))  # and takes it back for part of it
    assert states() == {"persisting": 3, "fixed": 4}


@pytest.mark.long
def test_what_was_never_said_is_answered_for_the_past_too(feed: Feed) -> None:
    for number in range(8):
        night(feed, day(number), hosts(9) if number < 2 else hosts(8))
    assert states() == {"persisting": 8, "fixed": 1}
    change_feed(feed, by=SYSTEM, delivery="difference")  # nobody had said what those files hold
    assert states() == {"persisting": 9}
    change_feed(feed, by=SYSTEM, name="Shadow two")
    assert "findings" not in AuditEntry.objects.filter(verb="feed.changed").latest("number").detail


@pytest.mark.long
@pytest.mark.parametrize("number", [1, 2, 9])
def test_another_number_of_files_without_a_finding_moves_no_figure_of_a_day_that_is_over(
    feed: Feed, number: int
) -> None:
    """Of nine machines one is silent for two nights and back, one is fixed, and one is silent since last night."""
    for at in range(8):
        gone = {8} if at in (2, 3) else set()
        gone |= {7} if at >= 4 else set()
        gone |= {6} if at == 7 else set()
        night(feed, day(at), [f"192.0.2.{n + 1}" for n in range(9) if n not in gone])
    before = [(within, at, share(within, at)) for within in (7, 30) for at in range(8)]
    found = states(), sorted(OpenPeriod.objects.values_list("finding__subject", "opened_on", "ended_on", "shown_on"))
    assert found[0] == {"persisting": 8, "fixed": 1}
    with clock.pinned_day(day=day(8)):
        changed = change_feed(feed, by=SYSTEM, absent_runs=number)
    entry = AuditEntry.objects.filter(verb="feed.changed").latest("number")
    (change,) = entry.detail["changes"]
    assert change["fields"]["absent_runs"] == [3, number]
    assert change["fields"]["absent_runs_before"] == [[], [[str(day(8)), 3]]]
    after = states(), sorted(OpenPeriod.objects.values_list("finding__subject", "opened_on", "ended_on", "shown_on"))
    assert after == found
    night(feed, day(8), [f"192.0.2.{n + 1}" for n in range(9) if n not in (5, 6, 7)])  # one more is silent
    look_again_at_all(changed)
    assert [(within, at, share(within, at)) for within, at, _share in before] == before
    # What was silent before waits for three, and what is silent from now on for the new number.
    assert state_of("192.0.2.7")[0] == "persisting"
    assert state_of("192.0.2.6")[0] == ("fixed" if number == 1 else "persisting")
    for at in (9, 10):
        night(feed, day(at), [f"192.0.2.{n + 1}" for n in range(9) if n not in (5, 6, 7)])
    assert state_of("192.0.2.7") == ("fixed", "fixed", day(7))
    assert state_of("192.0.2.6")[0] == ("fixed" if number < 4 else "persisting")


def look_again_at_all(feed: Feed) -> None:
    """As a night that comes late makes the program do."""

    @action("test.looked", needs=Permission.FEED_RUN)
    def look(feed: Feed, *, by: Actor) -> None:
        aggregate.look_at_all(feed, again=True)

    look(feed, by=SYSTEM)


def test_a_number_that_was_asked_for_on_no_day_leaves_no_trace(feed: Feed) -> None:
    assert change_feed(feed, by=SYSTEM, absent_runs=5).absent_runs_before == []  # nothing has come yet
    night(feed, day(0), hosts(2))
    with clock.pinned_day(day=day(0)):
        feed = change_feed(feed, by=SYSTEM, absent_runs=1)
        feed = change_feed(feed, by=SYSTEM, absent_runs=4)
    assert (feed.absent_runs, feed.absent_runs_before) == (4, [[str(day(1)), 5]])
    night(feed, day(1), hosts(2))
    with clock.pinned_day(day=day(2)):
        feed = change_feed(feed, by=SYSTEM, absent_runs=2)
    assert feed.asked_before() == [(day(1), 5), (day(2), 4)]


@pytest.mark.long
@settings(max_examples=drawn(400), deadline=None)
@given(
    seen=st.lists(st.lists(st.booleans(), min_size=12, max_size=30), min_size=1, max_size=5),
    numbers=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), min_size=1, max_size=4),
    asked=st.integers(1, 6),
)
def test_no_change_of_the_number_moves_what_was_known_before_it(
    seen: list[list[bool]], numbers: list[tuple[int, int]], asked: int
) -> None:
    """Each machine is seen on some of the nights; `numbers` are changes by the night from which they count."""
    kept: list[tuple[date, int]] = []
    now = asked
    for at, number in sorted(numbers):
        kept = logic.asked_before(kept, asked=now, until=day(at))
        now = number
    first = day(min(at for at, _number in numbers))
    looks = [day(n) for n in range(30)]
    was = logic.Source(looks, patience=asked)
    is_now = logic.Source(looks, patience=now, before=[(until, number, 1) for until, number in kept])
    for machine in seen:
        stretches: list[logic.Stretch] = []
        for n, there in enumerate(machine):
            stretches = logic.add_day(stretches, day(n)) if there else stretches
        periods = [logic.open_periods({"a": stretches}, {"a": source}) if stretches else [] for source in (was, is_now)]
        known = [[p for p in each if p.opened_on < first and (p.shown_on or date.max) < first] for each in periods]
        assert known[0] == known[1]


@pytest.mark.long
def test_a_night_is_held_by_what_came_before_it_also_when_that_comes_later(feed: Feed) -> None:
    """Files of missed days: the night that was read first turns out to be one that collapsed, and nothing is fixed by it."""
    night(feed, day(6), hosts(2))
    night(feed, day(7), hosts(30))
    assert not nights.waiting_of(feed)
    for number in reversed(range(6)):
        night(feed, day(number), hosts(30))
    (run,) = nights.waiting_of(feed)
    assert (run.day, run.held) == (day(6), "fewer")
    assert AuditEntry.objects.filter(verb="feed.night_held", detail__day=str(day(6))).count() == 1
    assert states() == {"persisting": 30}


@pytest.mark.long
def test_what_a_person_decided_of_a_night_without_a_file_is_void_once_the_file_comes(
    feed: Feed, secretariat: User
) -> None:
    for number in range(9):
        night(feed, day(number), ["192.0.2.1"], kind="scan_telnet")
        if number < 6:
            night(feed, day(number), hosts(30))
    first, second = sorted(nights.waiting_of(feed), key=lambda run: run.day)
    nights.refuse_run(first, by=secretariat)
    nights.accept_run(second, by=secretariat)
    for run in (first, second):
        night(feed, run.day, hosts(29))
    assert (
        list(Run.objects.filter(report_type="scan_rdp", day__gte=first.day).values_list("held", "rows"))
        == [("", 29)] * 2
    )
    assert not nights.waiting_of(feed)


def test_a_corrected_file_withdraws_and_fixes_nothing_and_it_can_be_undone(feed: Feed, secretariat: User) -> None:
    night(feed, day(0), hosts(100))
    night(feed, day(0), hosts(3))  # the same name, other bytes
    assert states() == {"new": 3, "withdrawn": 97}
    assert OpenPeriod.objects.filter(finding__state="withdrawn").count() == 0
    assert FeedFile.objects.exclude(corrected_by=None).count() == 1
    ending = FindingEnding.objects.filter(finding__subject="192.0.2.50").get()
    assert ending.reason == "A corrected file of 7 Sep 2026 does not name it any more."
    endings.undo_ending(ending, by=secretariat)
    assert (state_of("192.0.2.50")[0], states()["withdrawn"]) == ("new", 96)
    night(feed, day(1), hosts(20))
    assert states() == {"persisting": 3, "new": 18, "withdrawn": 79}  # seen after all
    assert FindingEnding.objects.exclude(undone_on=None).count() == 18


@pytest.mark.long
def test_a_second_file_of_another_name_corrects_nothing(feed: Feed) -> None:
    night(feed, day(0), hosts(10))
    hand_in(feed, report(day(0), ["192.0.2.200"]), f"{day(0)}-scan_rdp-other.csv")
    ingest_waiting(by=SYSTEM)
    assert states() == {"new": 11}


@pytest.mark.long
def test_a_correction_out_of_line_waits_with_what_it_withdraws(feed: Feed, secretariat: User) -> None:
    for number in range(6):
        night(feed, day(number), hosts(40))
    night(feed, day(6), [*hosts(40), "192.0.2.99"])
    night(feed, day(6), hosts(4))
    assert states() == {"persisting": 40, "new": 1}
    (run,) = nights.waiting_of(feed)
    assert len(run.withdraws) == 37
    nights.accept_run(run, by=secretariat)
    assert states() == {"persisting": 40, "withdrawn": 1}


@pytest.mark.long
@pytest.mark.one_database
def test_a_scanner_that_misses_three_in_ten_closes_next_to_nothing(feed: Feed) -> None:
    """100 hosts that stay for 30 nights."""
    chance = random.Random(1)
    for number in range(30):
        night(feed, day(number), [host for host in hosts(100) if chance.random() > 0.3])
    closed = OpenPeriod.objects.filter(ending="fixed", opened_on__gte=day(0))
    assert closed.count() <= 8  # of its first weeks, before enough is known of what it misses
    known = logic.patience_of(
        3, sum(Run.objects.values_list("again", flat=True)), sum(Run.objects.values_list("missed", flat=True))
    )
    assert known == (8, 3)
    for number in range(30, 38):
        night(feed, day(number), [host for host in hosts(60) if chance.random() > 0.3])
    late = OpenPeriod.objects.filter(ending="fixed", shown_on__gte=day(30))
    assert late.filter(finding__subject__in=hosts(100)[60:]).count() >= 24  # what is gone is found out


# Who holds it, and what is its machine.


@pytest.mark.long
def test_a_prefix_that_changes_hands_carries_its_findings_and_fixes_nothing(feed: Feed) -> None:
    for number in range(4):
        night(feed, day(number), [BANK])
    Finding.objects.update(reply="working", notified_on=day(2), notified_state="new")
    other = make.make_organisation("telco")
    Holding.objects.filter(kind="prefix").update(organisation=other)
    for number in range(4, 10):
        night(feed, day(number), [BANK])
    (found,) = Finding.objects.all()
    assert (found.organisation, found.state, found.opened_on) == (other, "persisting", day(0))
    assert (found.moved_from, found.moved_on) == (Organisation.objects.get(code="bank"), TODAY)
    assert (found.reply, found.notified_on) == ("", None)
    assert share(30, 10) == (None, 0)
    assert not OpenPeriod.objects.exclude(ending="").exists()


def test_what_nobody_holds_any_more_is_outside_and_comes_back_with_the_register(feed: Feed) -> None:
    for number in range(4):
        night(feed, day(number), [BANK, "192.0.2.1"])
    network = Network.objects.get()
    Network.objects.update(prefixes=[], holder=None)
    Holding.objects.filter(kind="prefix").delete()
    for number in range(4, 8):
        night(feed, day(number), [BANK, "192.0.2.1"])
    assert states() == {"outside": 2}
    assert set(OpenPeriod.objects.values_list("ending", flat=True)) == {"outside"}
    assert times.cohort_of(day(40)).survival.ended == 0
    Network.objects.update(prefixes=network.prefixes, holder=network.holder)
    night(feed, day(8), ["192.0.2.1"])
    assert state_of("192.0.2.1")[0] in logic.OPEN_STATES


@pytest.mark.long
@pytest.mark.one_database
def test_one_infected_computer_with_a_new_address_each_day_is_no_fix(feed: Feed) -> None:
    """DHCP: each address is silent after a day. A sinkhole that receives nothing proves nothing."""
    for number in range(36):  # some are then not seen any more
        sighted(feed, number, f"192.0.2.{number + 20}")
    assert Finding.objects.filter(state="not_seen").exists()
    assert times.cohort_of(day(36)).survival.ended == 0
    assert not Finding.objects.filter(state="fixed").exists()


@pytest.mark.long
def test_an_address_that_its_machine_makes_up_is_never_fixed_by_its_silence(feed: Feed) -> None:
    """IPv6 privacy addresses (RFC 8981), as a scan sees them; a server's address stays, and is."""
    chance = random.Random(3)
    for number in range(20):
        made_up = f"2001:db8::{chance.getrandbits(64) | 1 << 60:x}"
        made_up = ":".join(["2001:db8:0:0", *(f"{chance.getrandbits(16) | 0x1000:x}" for _n in range(4))])
        night(feed, day(number), [made_up, "2001:db8::1", *(["2001:db8::53"] if number < 9 else [])], kind="scan6_rdp")
    assert dict(states()) == {"not_seen": 17, "new": 2, "persisting": 1, "fixed": 1} or states()["fixed"] == 1
    assert list(Finding.objects.filter(state="fixed").values_list("subject", flat=True)) == ["2001:db8::53"]
    assert [logic.wanders(each) for each in ("192.0.2.7", "2001:db8::53", "2001:db8::21f:5bff:fe12:3456", None)] == [
        False
    ] * 4


# What people say, and what is published.


def published(until: date = TODAY) -> tuple[Decimal | None, ...]:
    period = Period(until - timedelta(days=60), until)
    return (
        measures.findings_open_per_1000_addresses(period, Filters()).numerator,
        measures.share_findings_fixed_within_7_days(period, Filters()).value,
        measures.share_findings_fixed_within_30_days(period, Filters()).value,
        measures.share_findings_fixed_within_90_days(period, Filters()).value,
        measures.median_days_to_fix(period, Filters()).value,
    )


def some_weeks(feed: Feed) -> None:
    for number in range(20):
        night(feed, day(number), hosts(30 - number))


@pytest.mark.guards("no published figure moves by what people say")
def test_no_published_figure_moves_by_what_people_say(feed: Feed, secretariat: User) -> None:
    some_weeks(feed)
    before = published()
    in_a_month = TODAY + timedelta(days=30)
    one = Finding.objects.get(subject="192.0.2.2")
    for facts in (
        {"kind": "false_alarm", "finding": one},
        {"kind": "accepted", "subject": "192.0.2.0/29"},
        {"kind": "outside", "finding_kind": "open-rdp"},
        {"kind": "false_alarm", "feed": feed},
    ):
        made = endings.end_findings(by=secretariat, reason="Looked at", ends_on=in_a_month, **facts)
        assert published() == before, facts
        endings.undo_ending(made, by=secretariat)
        assert published() == before, facts
    Finding.objects.update(reply="fixed", replied_on=TODAY)
    assert published() == before


@pytest.mark.long
def test_a_rule_that_drops_events_fixes_nothing_and_hides_nothing(feed: Feed) -> None:
    night(feed, day(0), [BANK, "192.0.2.1"])
    when = [{"field": "source.ip", "is": "=", "value": BANK}]
    switch_rule(make_rule("Ours", by=SYSTEM, does="drop", when=when, reason="x"), by=SYSTEM, is_on=True)
    for number in range(1, 7):
        night(feed, day(number), [BANK, "192.0.2.1"])
    assert state_of() == ("dropped", "persisting", None)
    assert published(day(6))[0] == 2
    night(feed, day(7), ["192.0.2.1", "192.0.2.21"])
    assert state_of("192.0.2.21")[0] == "new"


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.parametrize("lost", [(8, 9, 10), *(pytest.param(few, marks=pytest.mark.long) for few in ((7,), (12, 13)))])
def test_nights_that_do_not_come_or_are_held_make_no_figure_better(feed: Feed, lost: tuple[int, ...]) -> None:
    """The same weeks with and without those nights, or with a header alone on them."""
    some_weeks(feed)
    whole = {within: share(within, 21)[0] or 0 for within in WITHIN}
    open_count = published(day(21))[0] or 0
    for empty in (False, True):
        other = shadow_feed(absent_runs=3, sends_empty=False, code=f"other-{empty}".lower())
        Finding.objects.all().delete()
        for number in range(20):
            if number not in lost:
                night(other, day(number), hosts(30 - number))
            elif empty:
                night(other, day(number), [])
        for within, value in whole.items():
            assert (share(within, 21)[0] or 0) <= value + 1e-9
        assert (published(day(21))[0] or 0) >= open_count


@pytest.mark.guards("a closed period stays as it is")
def test_a_closed_period_reads_the_same_whenever_it_is_read(feed: Feed) -> None:
    """The review's: 0 fixed and 21 open on the last night, 20 fixed one night later."""
    for number in range(10):
        night(feed, day(number), hosts(30 if number < 7 else 16))
    last = published(day(8))
    for number in range(10, 16):
        night(feed, day(number), hosts(16))
    assert published(day(8)) == last
    assert published(day(15)) != last


@pytest.mark.long
def test_a_hundred_hosts_of_which_eighty_stay_have_no_median(feed: Feed) -> None:
    for number in range(14):
        gone = max(0, min(20, (number - 2) * 5))
        night(feed, day(number), hosts(100)[gone:])
    found = times.cohort_of(day(13)).survival
    assert found.median().shown is None
    assert found.ended_by(7).shown == pytest.approx(0.2)
    reading = measures.median_days_to_fix(Period(day(0), day(13)), Filters())
    assert (reading.value, reading.numerator, reading.denominator, reading.band) == (None, 20, 100, None)
    assert (reading.without_value, reading.at_risk) == ("not_reached", 80)
    reading = measures.share_findings_fixed_within_7_days(Period(day(0), day(13)), Filters())
    assert str(reading.value) == "20.00"
    low, high = (float(end or 0) for end in reading.band or ())
    assert low < 20 < high


# Decisions of the team.


@pytest.mark.guards("no finding is put aside for good")
def test_a_decision_has_a_reason_and_an_end_and_comes_back_to_the_tasks(feed: Feed, secretariat: User) -> None:
    some_weeks(feed)
    for last, reason, words in (
        (None, "x", "Enter the last day"),
        (TODAY - timedelta(days=1), "x", "This day has passed"),
        (TODAY + timedelta(days=400), "x", "within a year"),
        (TODAY, " \x00", "Give the reason"),
    ):
        with pytest.raises(Refused, match=words):
            endings.end_findings("accepted", by=secretariat, reason=reason, ends_on=last, subject="192.0.2.3")
    for subject, words in (
        ("", "not all findings can end"),
        ("192.0.2.0/99", "no network"),
        ("0.0.0.0/0", "larger than"),
    ):
        with pytest.raises(Refused, match=words):
            endings.end_findings("accepted", by=secretariat, reason="x", ends_on=TODAY, subject=subject)
    with pytest.raises(Refused, match="Choose how"):
        endings.end_findings("fixed", by=secretariat, reason="x", ends_on=TODAY, subject="192.0.2.3")
    made = endings.end_findings(
        "accepted", by=secretariat, reason="Until the new router", ends_on=TODAY, subject="192.0.2.3"
    )
    assert state_of("192.0.2.3")[:2] == ("accepted", "persisting")
    night(feed, day(21), hosts(10))
    assert state_of("192.0.2.3")[0] == "accepted"  # also what comes later
    with clock.pinned_day(day=TODAY + timedelta(days=1)):
        assert endings.open_what_ran_out(by=SYSTEM) == 1
        assert endings.open_what_ran_out(by=SYSTEM) == 0
        assert state_of("192.0.2.3")[0] == "persisting"
        tasks = waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())
        assert "Accepted: the day has passed for 192.0.2.3" in [task.title for task in tasks]
        endings.renew_ending(made, by=secretariat, ends_on=TODAY + timedelta(days=9), reason="Late")
        assert state_of("192.0.2.3")[0] == "accepted"
        endings.undo_ending(FindingEnding.objects.get(), by=secretariat)
        assert state_of("192.0.2.3")[0] == "persisting"
        with pytest.raises(Refused, match="undone already"):
            endings.undo_ending(FindingEnding.objects.get(), by=secretariat)


@pytest.mark.long
def test_what_was_decided_in_one_press_runs_out_as_one_task(feed: Feed, secretariat: User) -> None:
    some_weeks(feed)
    facts: dict[str, Any] = {"by": secretariat, "reason": "Until the new router", "ends_on": TODAY}
    made = [
        endings.end_findings("accepted", finding=f, **facts)
        for f in Finding.objects.filter(state__in=logic.OPEN_STATES)[:3]
    ]
    other = Finding.objects.filter(state__in=logic.OPEN_STATES).first()
    assert other is not None
    endings.end_findings("accepted", finding=other, **(facts | {"reason": "Another reason"}))

    def waiting() -> dict[str, str]:
        tasks = waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())
        return {task.title: task.key for task in tasks if "the day has passed" in task.title}

    with clock.pinned_day(day=TODAY + timedelta(days=1)):
        before = waiting()
        assert list(before) == [
            "Accepted: the day has passed for 3 findings",
            f"Accepted: the day has passed for open-rdp at {other.subject}",
        ]
        endings.renew_ending(made[0], by=secretariat, ends_on=TODAY + timedelta(days=9), reason="Late")
        after = waiting()
        assert next(iter(after)) == "Accepted: the day has passed for 2 findings"
        assert list(after.values()) == list(before.values())  # no news


@pytest.mark.long
def test_a_decision_about_one_finding_reads_none_about_another(feed: Feed, secretariat: User) -> None:
    """Else each costs as much as all that were made before it, and five hundred in one press as much as their square."""
    some_weeks(feed)
    in_a_week = TODAY + timedelta(days=7)
    facts: dict[str, Any] = {"by": secretariat, "reason": "Looked at", "ends_on": in_a_week}
    *others, one = Finding.objects.open()
    assert len(others) > 5
    for other in others:
        endings.end_findings("accepted", finding=other, **facts)
    endings.end_findings("false_alarm", subject="198.51.100.7", **facts)  # about all that comes there
    read = list[int]()

    def count(instance: FindingEnding, **_more: object) -> None:
        read.append(instance.pk)

    post_init.connect(count, sender=FindingEnding)
    try:
        made = endings.end_findings("accepted", finding=one, **facts)
        endings.undo_ending(made, by=secretariat)
    finally:
        post_init.disconnect(count, sender=FindingEnding)
    of_others = FindingEnding.objects.filter(finding__in=others).values_list("pk", flat=True)
    assert not set(read) & set(of_others)
    assert Finding.objects.get(pk=one.pk).state == one.state
    assert all(
        state == "accepted"
        for state in Finding.objects.filter(pk__in=[o.pk for o in others]).values_list("state", flat=True)
    )


@pytest.mark.long
def test_what_is_accepted_and_then_fixed_is_fixed(feed: Feed, secretariat: User) -> None:
    for number in range(3):
        night(feed, day(number), [BANK, "192.0.2.1"])
    endings.end_findings(
        "accepted", by=secretariat, reason="x", ends_on=TODAY, finding=Finding.objects.get(subject=BANK)
    )
    for number in range(3, 7):
        night(feed, day(number), ["192.0.2.1"])
    assert state_of()[:2] == ("fixed", "fixed")


def test_only_the_team_ends_findings(feed: Feed, user_with: Callable[..., User]) -> None:
    night(feed, day(0), [BANK])
    bank = Organisation.objects.get(code="bank")
    for user in (user_with("operator", organisation=bank), user_with("auditor"), user_with("lead")):
        with pytest.raises(NotAllowed):
            endings.end_findings("accepted", by=user, reason="x", ends_on=TODAY, subject=BANK)


@pytest.mark.long
def test_the_page_of_endings_shows_the_first_of_many_and_asks_no_more_for_them(
    feed: Feed, secretariat: User, browser_of: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    some_weeks(feed)
    monkeypatch.setattr(ending_views, "SHOWN", 3)
    found = list(Finding.objects.open().order_by("pk")[:6])
    browser, asked = browser_of(secretariat), list[int]()
    for number, one in enumerate(found):
        facts: dict[str, Any] = {"reason": "Looked at", "ends_on": TODAY + timedelta(days=30 - number)}
        endings.end_findings("accepted", by=secretariat, finding=one, **facts)
        with CaptureQueriesContext(connection) as queries:
            page = squeezed(browser.get("/workspace/findings/endings/").content.decode())
        asked.append(len(queries))
        assert page.count('<tr id="ending-') == min(number + 1, 3)
    assert "3 of 6 are shown, those that end first." in page
    assert [page.find(f">{one.kind} at {one.subject}<") > 0 for one in found] == [False] * 3 + [True] * 3
    assert asked[-1] <= asked[0] + 1  # how many there are


@pytest.mark.long
def test_the_pages_say_how_and_why(feed: Feed, secretariat: User, browser_of: Callable[[User], Client]) -> None:
    some_weeks(feed)
    browser, found = browser_of(secretariat), Finding.objects.get(subject="192.0.2.5")
    address = f"/workspace/findings/{found.pk}/end/"
    assert "published values count it as open" in browser.get(address).content.decode()
    given = {"kind": "accepted", "scope": "address", "reason": "Wait for the router", "ends_on": TODAY.isoformat()}
    assert browser.post(address, given | {"ends_on": ""}).status_code == 422
    assert browser.post(address, given).status_code == 302
    page = squeezed(browser.get(found.get_absolute_url()).content.decode())
    assert "Wait for the router" in page
    assert "Undo" in page
    page = squeezed(browser.get("/workspace/findings/endings/").content.decode())
    for words in (
        "Not known yet",
        "Wait for the router",
        "Time until scans show a fix",
        "Outside our constituency",
        "192.0.2.5",
    ):
        assert words in page, words
    ending = FindingEnding.objects.get()
    assert browser.post(f"/workspace/findings/endings/{ending.pk}/undo/").status_code == 302
    assert state_of("192.0.2.5")[0] == "persisting"
    given = {"kind": "false_alarm", "subject": "192.0.2.0/28", "reason": "Our scanner", "ends_on": TODAY.isoformat()}
    assert browser.post("/workspace/findings/endings/new/", given).status_code == 302
    assert states()["false_alarm"] == 13


def told(looks: Iterable[int], named: dict[int, set[int]]) -> list[int]:
    """Of a scan's nights and the hosts that its files name: how many times are still open, and (less than 0) how many are shown to be
    fixed within 3, 7 and 28 days."""
    known = {"x": Source([day(n) for n in sorted(looks)], patience=2)}
    spans, still = [], 0
    for host in (1, 2, 3):
        stretches: list[tuple[date, date]] = []
        for number in sorted(named):
            stretches = logic.add_day(stretches, day(number)) if host in named[number] else stretches
        for one in logic.open_periods({"x": stretches}, known) if stretches else []:
            still += one.shown_on is None
            spans.append(span_of(one, last_day=stretches[-1][1], until=day(30), last_look=day(14)))
    return [still, *(-sum(s.by is not None and s.by <= within for s in spans) for within in (3, 7, 28))]


stays = st.tuples(st.integers(0, 12), st.integers(1, 15))  # from a night on, for so many


@pytest.mark.long
@pytest.mark.one_database
@settings(max_examples=300, derandomize=True, database=None)
@given(st.sets(st.integers(0, 14), min_size=4), st.tuples(stays, stays, stays), st.data())
def test_no_look_that_fails_makes_a_value_better(
    nights_of: set[int], hosts_of: tuple[tuple[int, int], ...], data: st.DataObject
) -> None:
    """Three hosts that are there for a while, and any nights: one in the middle is held, does not come, or misses what is there."""
    history = {n: {h for h, (a, lasts) in enumerate(hosts_of, 1) if a <= n < a + lasts} for n in nights_of}
    lost = data.draw(st.sampled_from(sorted(history)[1:-1]))
    rest = {number: named for number, named in history.items() if number != lost}
    whole = told(nights_of, history)
    held = told(rest, history)
    assert all(now >= was for was, now in zip(whole, held, strict=True))
    if set().union(*rest.values()) == set().union(*history.values()):  # what nobody else ever saw is in no value
        did_not_come = told(rest, rest)
        assert all(now >= was for was, now in zip(whole, did_not_come, strict=True))
