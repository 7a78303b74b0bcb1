"""Order, sections, weeks and waits: properties over every day there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.tasks import Task
from floreo.tasks.logic import (
    CATCH_UP,
    MORNING,
    REST,
    CalendarEntry,
    DueGroup,
    Reminded,
    in_parts,
    mail_due,
    may_remind_about,
    part_of,
    reminded_again,
    reminders_of,
    trimmed,
    weekday_on_or_before,
    worst_first,
)

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
keys = st.text("abcdef", min_size=1, max_size=3)
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def waiting_tasks(key: str, due: date | None) -> Task:
    return Task(key, "update", key, "", "/", due=due)


items = st.lists(st.builds(waiting_tasks, keys, st.none() | days), unique_by=lambda i: i.key)


@given(items, days)
def test_every_thing_is_in_exactly_one_part_and_the_parts_follow_one_another(found: list[Task], today: date) -> None:
    parts = in_parts(found, today)
    assert sorted(i.key for part in parts.values() for i in part) == sorted(i.key for i in found)
    dues = [i.due for part in (DueGroup.OVERDUE, DueGroup.WEEK, DueGroup.LATER) for i in parts[part] if i.due]
    assert dues == sorted(dues)
    assert all(i.days_late(today) > 0 for i in parts[DueGroup.OVERDUE])
    assert not any(
        i.days_late(today) for part in (DueGroup.WEEK, DueGroup.LATER, DueGroup.UNDATED) for i in parts[part]
    )


@given(items)
def test_the_worst_comes_first_whatever_the_order_before(found: list[Task]) -> None:
    assert worst_first(found) == worst_first(reversed(found))


def test_what_is_to_be_done_now_comes_before_what_is_late() -> None:
    today = date(2026, 11, 24)
    late = waiting_tasks("a", today - timedelta(days=90))
    now = replace(waiting_tasks("b", None), is_now=True)
    assert worst_first([late, now]) == [now, late]
    assert list(in_parts([late, now], today).values())[:2] == [[now], [late]]


def test_a_mention_is_not_lost_below_what_waits_for_longer() -> None:
    long = replace(waiting_tasks("a", None), since=date(2020, 1, 1))
    mention = replace(waiting_tasks("b", None), since=date(2026, 11, 24), user=7)
    assert worst_first([long, mention]) == [mention, long]


@given(days)
def test_this_week_holds_every_weekday_once(today: date) -> None:
    week = [today + timedelta(days=n) for n in range(-10, 20)]
    inside = [d for d in week if part_of(waiting_tasks("a", d), today) is DueGroup.WEEK]
    assert inside[0] == today
    assert {d.weekday() for d in inside} == set(range(7))
    assert len(inside) == 7


@given(days, st.integers(0, 6))
def test_the_last_such_weekday_is_within_a_week(day: date, weekday: int) -> None:
    found = weekday_on_or_before(day, weekday)
    assert found.weekday() == weekday
    assert timedelta(0) <= day - found < timedelta(days=7)


@pytest.mark.long
@given(days, st.lists(st.tuples(st.integers(0, 23), st.integers(0, 6)), min_size=60, max_size=60))
def test_at_most_one_mail_a_week_however_the_day_is_changed(start: date, looks: list[tuple[int, int]]) -> None:
    """Sixty looks in a month and a half, each with another hour and a weekday that somebody has just changed."""
    last, sent = None, []
    for number, (hour, weekday) in enumerate(looks):
        today = start + timedelta(days=number * 3 // 4)
        slot = mail_due(today, hour, weekday=weekday, last=last)
        if slot is not None:
            assert timedelta(0) <= today - slot <= CATCH_UP
            assert slot < today or hour >= MORNING
            last = slot
            sent.append(slot.isocalendar()[:2])
    assert len(sent) == len(set(sent))


@given(days, st.integers(0, 6))
def test_hourly_looks_over_four_weeks_give_four_mails(start: date, weekday: int) -> None:
    first = weekday_on_or_before(start, weekday) + timedelta(days=7)
    last, sent = None, []
    for hour in range(28 * 24):
        day = first + timedelta(days=hour // 24)
        if (slot := mail_due(day, hour % 24, weekday=weekday, last=last)) is not None:
            last = slot
            sent.append((slot, hour % 24))
    assert sent == [(first + timedelta(days=7 * n), MORNING) for n in range(4)]


def test_a_clock_change_neither_skips_nor_doubles_a_mail() -> None:
    """Every quarter of an hour through the two weeks round a change of the clock, in a zone that has one."""
    zone = ZoneInfo("America/Santiago")
    for begin in (datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC)):
        last, sent = None, []
        for step in range(14 * 24 * 4):
            local = (begin + timedelta(minutes=15 * step)).astimezone(zone)
            if (slot := mail_due(local.date(), local.hour, weekday=6, last=last)) is not None:
                last = slot
                sent.append(slot)
        assert {b - a for a, b in pairwise(sent)} == {timedelta(days=7)}
        assert len(sent) > 1


@given(st.lists(st.tuples(days, st.frozensets(keys, min_size=1)), max_size=8), st.lists(keys, unique=True), days)
def test_what_rests_is_left_out_until_it_may_be_said_again(
    given_: list[tuple[date, frozenset[str]]], wanted: list[str], today: date
) -> None:
    reminders = [Reminded(min(on, today), found) for on, found in given_]
    free, until = may_remind_about(wanted, reminders, today)
    assert set(free) <= set(wanted)
    assert (until is None) == (len(free) == len(wanted))
    for name in wanted:
        entries = [n.on for n in reminders if name in n.keys]
        assert (name in free) == all(on + REST <= today for on in entries)
    if until is not None:
        assert until > today
        assert set(may_remind_about(wanted, reminders, until)[0]) > set(free)
    assert all(n.keys & set(wanted) for n in reminders_of(wanted, reminders))


@pytest.mark.long
@given(
    st.lists(st.dictionaries(keys, st.tuples(st.sampled_from("xyz"), st.sampled_from("pq"))), min_size=1, max_size=6)
)
def test_a_calendar_counts_a_change_once_and_only_a_change(entries: list[dict[str, tuple[str, str]]]) -> None:
    text: dict[str, CalendarEntry] = {}
    for number, now in enumerate(entries):
        at = AT + timedelta(hours=number)
        before, text = text, reminded_again(text, now, at=at)
        for name, (digest, words) in now.items():
            was = before.get(name)
            assert text[name].sequence == (0 if was is None else was.sequence + (was.digest != digest))
            changed = was is None or (was.digest, was.words) != (digest, words)
            assert text[name].changed_at == (at if changed else before[name].changed_at)
        assert reminded_again(text, now, at=at + timedelta(days=1)) == text


@given(st.dictionaries(keys, st.just(CalendarEntry("x", "p", 0, AT))), st.integers(0, 5))
def test_memory_is_bounded_and_keeps_what_is_told_now(text: dict[str, CalendarEntry], most: int) -> None:
    now = sorted(text)[:3]
    kept = trimmed(text, now, most=most)
    assert set(now) <= set(kept)
    assert len(kept) <= max(most, len(now))
