"""How long things last when their ends lie between two days: judged by a published example, by scipy, and by what was made up."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import floreo
from floreo.core.durations import MEDIAN, Duration, Median, Span, estimate, survival_of

# Months to the deterioration of 46 patients after radiotherapy alone (Finkelstein and Wolfe, Biometrics 41, 1985).
RADIOTHERAPY = (
    "45- 6-10 0-7 46- 46- 7-16 17- 7-14 37-44 0-8 4-11 15- 11-15 22- 46- 46- 25-37 46- 26-40 46- 27-34 36-44 46- 36-48 "
    "37- 40- 17-25 46- 11-18 38- 5-12 37- 0-5 18- 24- 36- 5-11 19-35 17-25 24- 32- 33- 19-26 37- 34- 36-"
)
# Klein and Moeschberger, Survival Analysis, second edition 2003, example 5.3: the share without it after each interval.
PUBLISHED = {5: 0.954, 7: 0.920, 8: 0.832, 12: 0.761, 25: 0.668, 34: 0.586, 40: 0.467, 48: 0.0}

spans = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(1, 8))).map(
        lambda pair: Span(pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    min_size=1,
    max_size=25,
)


def read(text: str) -> list[Span]:
    pairs = [each.partition("-") for each in text.split()]
    return [Span(int(after), int(by) if by else None) for after, _dash, by in pairs]


def test_the_estimate_is_the_one_published_for_the_trial_of_radiotherapy() -> None:
    found, lasting = survival_of(read(RADIOTHERAPY)), 1.0
    shown = {}
    for cell in found.cells:
        lasting -= cell.share
        shown[cell.by] = lasting
    assert shown == {by: pytest.approx(share, abs=0.0015) for by, share in PUBLISHED.items()}
    assert (found.count, found.ended) == (46, 21)
    assert found.median().day == 40


def likelihood(spans: Sequence[Span], shares: dict[tuple[int, int], float], beyond: float) -> float:
    total = 0.0
    for span in spans:
        inside = sum(s for (a, b), s in shares.items() if a >= span.after and (span.by is None or b <= span.by)) + (
            beyond if span.by is None else 0.0
        )
        total += math.log(max(inside, 1e-300))
    return total


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(spans)
def test_no_other_shares_of_days_make_what_was_seen_likelier(given_spans: list[Span]) -> None:
    """scipy looks for better ones over all days, and finds none."""
    from scipy.optimize import minimize  # takes seconds, and each worker of the tests imports this file

    found = survival_of(given_spans)
    shares = {(c.after, c.by): c.share for c in found.cells}
    ours = likelihood(given_spans, shares, max(0.0, 1 - sum(shares.values())))
    days = sorted({0, *(s.after for s in given_spans), *(s.by for s in given_spans if s.by is not None)})
    cells = list(pairwise(days))

    def unlikely(x: np.ndarray) -> float:
        weights = np.exp(x - x.max())
        weights /= weights.sum()
        return -likelihood(given_spans, dict(zip(cells, weights[:-1], strict=True)), float(weights[-1]))

    best = -minimize(unlikely, np.zeros(len(cells) + 1), method="L-BFGS-B").fun
    assert ours >= best - 1e-3


@pytest.mark.long
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_with_days_that_are_known_it_is_the_product_limit_estimate_of_scipy(pairs: list[tuple[int, bool]]) -> None:
    from scipy.stats import CensoredData, ecdf

    found = survival_of([Span(day, day + 1) if over else Span(day + 1, None) for day, over in pairs])
    seen = CensoredData([d + 1 for d, over in pairs if over], right=[d + 1 for d, over in pairs if not over])
    theirs = ecdf(seen)
    for day in range(1, found.longest + 1):
        share = found.ended_by(day)
        assert share.value is not None
        assert share.value == pytest.approx(float(theirs.cdf.evaluate(day)), abs=2e-4)
        assert share.low - 1e-9 <= share.value <= share.high + 1e-9


@given(spans)
def test_a_share_lies_in_its_band_and_only_grows(given_spans: list[Span]) -> None:
    found = survival_of(given_spans)
    shares = [found.ended_by(day) for day in range(40)]
    for share in shares:
        assert 0 <= share.low <= share.high <= 1
        assert share.value is None or share.low <= share.value + 1e-9 <= share.high + 2e-9
    known = [s.value for s in shares if s.value is not None]
    assert known == sorted(known)
    assert [s.at_risk for s in shares] == sorted((s.at_risk for s in shares), reverse=True)


@pytest.mark.long
@given(spans, st.integers(1, 10))
def test_what_stays_open_never_makes_it_look_better(given_spans: list[Span], more: int) -> None:
    """Whoever hides what is open would be flattered; whoever shows it is not."""
    longest = survival_of(given_spans).longest
    before, after = survival_of(given_spans), survival_of([*given_spans, *[Span(longest, None)] * more])
    for day in (1, 5, longest):
        was, now = before.ended_by(day), after.ended_by(day)
        if was.value is not None and now.value is not None:
            assert now.value <= was.value + 1e-3


@pytest.mark.long
@given(spans, st.data())
def test_what_is_shown_never_improves_because_a_look_failed(given_spans: list[Span], data: st.DataObject) -> None:
    """All are looked at to the same last day; a look that fails moves an end to a later one, or beyond the last."""
    last = 40
    whole = [Span(s.after, s.by) if s.by is not None else Span(s.after, None, last) for s in given_spans]
    fixed = [place for place, span in enumerate(whole) if span.by is not None]
    if not fixed:
        return
    place = data.draw(st.sampled_from(fixed))
    later = data.draw(st.one_of(st.none(), st.integers(whole[place].by or 0, last)))
    worse = [*whole]
    seen = data.draw(st.integers(0, whole[place].after))  # and what was seen may be missed too
    worse[place] = Span(seen, None, last) if later is None else Span(seen, later)
    for other, span in enumerate(worse):
        if span.by is None:
            worse[other] = Span(data.draw(st.integers(0, span.after)), None, last)
    for day in (1, 3, 7, 14, 28):
        was, now = survival_of(whole).ended_by(day).shown, survival_of(worse).ended_by(day).shown
        if was is not None and now is not None:
            assert now <= was + 1e-9


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_both_desks_have_the_same_estimate(pairs: list[tuple[int, bool]]) -> None:
    """Where the end of a finding is known to the day, it is that of the incidents app."""
    findings = survival_of([Span(day, day + 1) if over else Span(day + 1, None) for day, over in pairs])
    cases = estimate([Duration(timedelta(days=day + 1), over) for day, over in pairs])
    for day in range(1, findings.longest + 1):
        lasting = cases.lasting(timedelta(days=day))
        assert lasting is not None
        assert findings.ended_by(day).shown == pytest.approx(1 - lasting)
    reached = cases.quantile(MEDIAN).value
    assert findings.median().shown == (None if reached is None else reached.days)


@pytest.mark.long
def test_there_is_one_product_limit_in_the_program() -> None:
    """Whoever multiplies shares of what is at risk does it in `product_limit`."""
    sources = sorted(Path(floreo.__file__).parent.rglob("*.py"))
    found = [path.name for path in sources if re.search(r"\bat_risk - \w+\) / |/ at_risk\b", path.read_text("utf-8"))]
    assert found == ["durations.py"]


def test_the_reviews_hundred_hosts_have_no_median() -> None:
    """20 fixed within three to six days, 80 open for 90: the closed ones alone said 4.5 days, 20 of 20 within a week."""
    found = survival_of([*[Span(n, n + 1) for n in (2, 3, 4, 5)] * 5, *[Span(90, None)] * 80])
    assert found.median() == Median(None, None, None, None)
    week = found.ended_by(7)
    assert (week.value, week.at_risk) == (pytest.approx(0.2, abs=1e-4), 80)
    assert 0.12 < week.low < 0.15
    assert 0.28 < week.high < 0.31
    assert found.ended_by(91).value is None  # nobody was looked at for so long


def test_an_outage_is_no_time_to_fix() -> None:
    """Ten fixed on the third day, ten whose fix lies anywhere between the second and the fortieth: nothing moves them to the end."""
    found = survival_of([Span(2, 3)] * 10 + [Span(2, 40)] * 10)
    assert found.ended_by(3).value == pytest.approx(1, abs=1e-3)
    mixed = survival_of([Span(2, 3)] * 10 + [Span(2, 40)] * 10)
    assert mixed.ended_by(7).shown == pytest.approx(
        0.5
    )  # the likeliest is no proof: what is published is what is shown
    assert mixed.median().shown == 3
    share = survival_of([Span(2, 40)] * 20).ended_by(20)
    assert (share.low, share.high) == (0.0, 1.0)  # nothing is known of it


@pytest.mark.long
def test_the_band_holds_the_truth_as_often_as_it_says() -> None:
    """300 times 60 cases that end after an exponential time, looked at on some days only."""
    chance, held = random.Random(7), 0
    truth = 1 - math.exp(-10 / 14)
    for _time in range(300):
        made = []
        for _case in range(60):
            end, looks = chance.expovariate(1 / 14), [d for d in range(61) if d == 0 or chance.random() < 0.6]
            before = max(d for d in looks if d <= end)
            made.append(Span(before, next((d for d in looks if d > end), None)))
        share = survival_of(made).ended_by(10)
        held += share.low <= truth <= share.high
    assert held >= 0.95 * 300


def test_nothing_was_counted_and_nothing_is_said() -> None:
    found = survival_of([])
    assert (found.count, found.ended_by(7).value, found.median()) == (0, None, Median(None, None, None, None))
    for after, by in ((3, 3), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="An end lies after"):
            Span(after, by)
