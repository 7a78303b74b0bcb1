"""When a consultation is open, and which comments are alike: by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floreo.consultation.logic import (
    BINS,
    DECISIONS,
    Phase,
    clusters,
    likeness,
    phase_of,
    shares,
    shingles_of,
    signature_of,
    sound_text,
    tally,
    words_of,
)

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the zone is given beside
WORDS = st.lists(
    st.sampled_from(["law", "court", "data", "search", "phone", "name", "police", "judge", "time", "money"]),
    max_size=40,
)
TEXTS = WORDS.map(" ".join)


@given(opens=MOMENTS, closes=MOMENTS, now=MOMENTS)
def test_it_opens_and_closes_at_its_moments(opens: datetime, closes: datetime, now: datetime) -> None:
    phase = phase_of("scheduled", opens, closes, now=now)
    assert (phase is Phase.HIDDEN) == (now < opens)
    assert (phase is Phase.OPEN) == (opens <= now < closes)
    assert phase_of("draft", opens, closes, now=now) is Phase.HIDDEN
    assert phase_of("answered", opens, closes, now=now) is Phase.ANSWERED


def test_to_the_second() -> None:
    opens, closes = datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 4, 30, 23, 59, tzinfo=UTC)
    second = timedelta(seconds=1)
    at = {
        now: phase_of("scheduled", opens, closes, now=now) for now in (opens - second, opens, closes - second, closes)
    }
    assert list(at.values()) == [Phase.HIDDEN, Phase.OPEN, Phase.OPEN, Phase.CLOSED]
    assert phase_of("scheduled", None, closes, now=closes) is Phase.HIDDEN


@pytest.mark.long
@given(st.text())
@example("A\x00B")
@example("\ud800")
@example("a\r\nb\rc\x1b")
def test_a_stored_text_is_one_that_a_database_takes(text: str) -> None:
    found = sound_text(text)
    assert found.encode("utf-8").decode("utf-8") == found
    assert "\x00" not in found
    assert "\r" not in found
    assert sound_text(found) == found


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    a, b = shingles_of(one), shingles_of(other)
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    assert likeness(a, a) == (1 if words_of(one) else 0)


@given(TEXTS)
def test_a_signature_says_something_in_each_bin(text: str) -> None:
    signature = signature_of(shingles_of(text))
    assert len(signature) == (BINS if words_of(text) else 0)
    assert all(value >= 0 for value in signature)


def test_accents_and_capitals_make_no_difference() -> None:
    assert words_of("La Cláusula, ¡NO!") == words_of("la clausula no") == ["la", "clausula", "no"]


@pytest.mark.long
@given(st.lists(TEXTS, max_size=30))
@settings(max_examples=60)
def test_each_comment_is_in_one_group_at_most_and_copies_are_together(texts: list[str]) -> None:
    named = dict(enumerate(texts))
    groups = clusters(named)
    members = [number for group in groups for number in group]
    assert len(members) == len(set(members))
    assert all(len(group) > 1 and group == sorted(group) for group in groups)
    assert [len(group) for group in groups] == sorted((len(group) for group in groups), reverse=True)
    group_of = {number: at for at, group in enumerate(groups) for number in group}
    for one, text in named.items():
        for other in range(one):
            if text and named[other] == text:
                assert group_of[one] == group_of[other]


@pytest.mark.long
@given(st.lists(TEXTS, max_size=15), st.randoms())
@settings(max_examples=40)
def test_in_whichever_order_they_are_read(texts: list[str], chance: object) -> None:
    named = list(enumerate(texts))
    mixed = list(named)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # random.Random
    assert clusters(dict(mixed)) == clusters(dict(named))


@given(st.integers(min_value=2, max_value=20))
def test_what_has_no_word_in_common_is_never_together(number: int) -> None:
    assert clusters({n: f"word{n} other{n} more{n} last{n}" for n in range(number)}) == []


def test_five_hundred_copies_of_a_letter_are_one_suggestion() -> None:
    letter = "We ask that clause 10(4) be deleted, because only a judge should order a search of a phone."
    other = "One place to report an incident would be better than three, for a small company."
    texts = dict.fromkeys(range(1, 501), letter) | {
        501: other,
        502: letter.upper(),
        503: f"{letter} Ana, Puerto Ensayo",
    }
    groups = clusters(texts)
    assert len(groups) == 1
    assert groups[0] == [*range(1, 501), 502, 503]


def test_a_letter_with_a_few_words_changed_is_suggested_too() -> None:
    words = [f"word{n}" for n in range(60)]
    changed = list(words)
    changed[10], changed[40] = "other", "another"
    assert clusters({1: " ".join(words), 2: " ".join(changed)}) == [[1, 2]]


@given(st.lists(st.sampled_from([*DECISIONS, ""]), max_size=30))
def test_the_tally_counts_every_decision_once(decisions: list[str]) -> None:
    counts = tally(decisions)
    assert list(counts) == list(DECISIONS)
    assert sum(counts.values()) == sum(each != "" for each in decisions)


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=1, max_size=6))
def test_the_parts_of_a_bar_follow_each_other_and_fill_it(counts: list[int]) -> None:
    parts = shares(counts, length=998, gap=5)
    if sum(counts):
        shown = [part for part, count in zip(parts, counts, strict=True) if count]
        gaps = 5 * (len(shown) - 1)
        assert abs(sum(width for _x, width in shown) + gaps - 998) < 1
        assert [x for x, _width in shown] == sorted(x for x, _width in shown)
