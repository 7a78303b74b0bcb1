"""Statistics of surveys: weights, weighted shares, bands, differences of two waves, what is too small to be shown, and answers
that leave without naming anybody. Plain Python, no Django.

Where each rule is from:

- Raking (iterative proportional fitting): W. E. Deming and F. F. Stephan, "On a least squares adjustment of a sampled frequency
  table when the expected marginal totals are known", Annals of Mathematical Statistics 11 (1940), 427-444.
- Trimming of weights with raking in turn: D. Izrael, M. Battaglia and M. Frankel, "Extreme survey weight adjustment as a component
  of sample balancing", SAS Global Forum 2009, paper 247.
- Design effect of unequal weights, and with it the effective number of answers: L. Kish, "Survey Sampling", 1965, section 11.7:
  deff = n * sum(w^2) / sum(w)^2.
- Band of a share: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212,
  with the effective number in place of n, as E. L. Korn and B. I. Graubard propose (Survey Methodology 24, 1998).
- Band of the difference of two shares: R. G. Newcombe, "Interval estimation for the difference between independent proportions",
  Statistics in Medicine 17 (1998), 873-890, method 10.
- k-anonymity by local suppression: L. Sweeney, International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 10 (2002).

The band leaves out what weights gain by being fitted to the population, and does not know of interviewers or streets that were
drawn together: it is that of weights alone, and the page says so."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from floreo.core.figures import SMALL
from floreo.core.suppression import suppressed_list

Z95 = 1.959963984540054  # of the normal distribution, two-sided 95 %
ENOUGH = 50  # answers of a group; with fewer its result is too uncertain to be shown
TRIM = 5.0  # no weight above so many times the mean, and none below a fifth of it
CLOSE = 1e-8  # the largest relative gap between a weighted margin and its target at which raking is done
ROUNDS = 500
NOT_KNOWN = ""  # the value of somebody who did not say

Cell = tuple[str, ...]  # the value of each weighting variable, in order


# --- Weights ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """A weight for each cell; over all answers their mean is 1. `missing` are values of the population that nobody of them gave: the
    result does not represent those people. `unknown` is how many answers leave out a variable."""

    of: Mapping[Cell, float]
    rounds: int = 0
    is_fitted: bool = True  # whether the margins were met, apart from what trimming took
    trimmed: int = 0  # answers whose weight was cut
    missing: tuple[tuple[int, str, float], ...] = ()  # (which variable, its value, its share of the population)
    unknown: int = 0
    largest: float = 1.0
    smallest: float = 1.0


def even(counts: Mapping[Cell, int]) -> Weights:
    """No weights: each answer counts once."""
    return Weights(dict.fromkeys(counts, 1.0))


def raked(
    counts: Mapping[Cell, int], margins: Sequence[Mapping[str, float]], *, trim: float = TRIM, rounds: int = ROUNDS
) -> Weights:
    """Weights with which the answers have the population's share of each value of each variable. `counts` says how many answers
    each cell has, `margins` how many people each value has.

    A value of the population without any answer cannot be weighted: it is left out and named. Who did not give a value keeps
    the share that such answers have. Weights above `trim` times the mean are cut, those below its reciprocal raised, and the rest fitted
    again, a few times. Raises ValueError for margins that are negative or all 0, and for another number of them than variables."""
    total = sum(counts.values())
    if total == 0:
        return Weights({})
    targets, missing = _targets(counts, margins)
    weights = dict.fromkeys(counts, 1.0)
    taken, is_fitted, cut = 0, True, set[Cell]()
    for _round in range(8):
        more, is_fitted = _fit(weights, counts, targets, rounds)
        taken += more
        extreme = {c for c, w in weights.items() if not (1 - 1e-9) / trim <= w <= trim * (1 + 1e-9) and counts[c]}
        if not extreme:
            break
        cut |= extreme
        for cell in extreme:
            weights[cell] = min(max(weights[cell], 1 / trim), trim)
    if cut:
        _within(weights, counts, trim)
    used = [weights[cell] for cell, number in counts.items() if number]
    return Weights(
        weights,
        rounds=taken,
        is_fitted=is_fitted,
        trimmed=sum(counts[cell] for cell in cut),
        missing=missing,
        unknown=sum(number for cell, number in counts.items() if NOT_KNOWN in cell),
        largest=max(used),
        smallest=min(used),
    )


def _targets(
    counts: Mapping[Cell, int], margins: Sequence[Mapping[str, float]]
) -> tuple[list[dict[str, float]], tuple[tuple[int, str, float], ...]]:
    """How many answers each value should count as, and the values that nobody gave."""
    total = sum(counts.values())
    found: list[dict[str, float]] = []
    missing: list[tuple[int, str, float]] = []
    for place, people in enumerate(margins):
        if any(len(cell) != len(margins) for cell in counts):
            raise ValueError("Each cell has one value for each margin.")
        everybody = sum(people.values())
        if everybody <= 0 or any(number < 0 for number in people.values()):
            raise ValueError("A margin counts people.")
        have: Counter[str] = Counter()
        for cell, number in counts.items():
            have[cell[place]] += number
        known = {value for value, number in have.items() if number and value in people and people[value] > 0}
        missing += [
            (place, value, number / everybody) for value, number in people.items() if number > 0 and value not in known
        ]
        found.append(_targets_of_margin(have, people, known, total))
    return found, tuple(missing)


def _targets_of_margin(
    have: Mapping[str, int], people: Mapping[str, float], known: Collection[str], total: int
) -> dict[str, float]:
    """Of each value how many of `total` answers it should count as: `known` are those that answers and population have."""
    outside = sum(number for value, number in have.items() if value not in known)
    reached = sum(people[value] for value in known)
    wanted = {value: people[value] / reached * (total - outside) for value in known}
    # Who gave no value, or one that the population table does not have, keeps the share that those answers have.
    return wanted | {value: float(number) for value, number in have.items() if value not in known}


def _fit(
    weights: dict[Cell, float], counts: Mapping[Cell, int], targets: Sequence[Mapping[str, float]], rounds: int
) -> tuple[int, bool]:
    """Fits the weights to each margin in turn until all are met."""
    for attempt in range(1, rounds + 1):
        gap = 0.0
        for place, target in enumerate(targets):
            sums: dict[str, float] = defaultdict(float)
            for cell, number in counts.items():
                sums[cell[place]] += weights[cell] * number
            factors = {value: target[value] / sums[value] for value in sums if sums[value] > 0}
            gap = max([gap, *(abs(factor - 1) for factor in factors.values())])
            for cell, number in counts.items():
                if number:
                    weights[cell] *= factors[cell[place]]
        if gap < CLOSE:
            return attempt, True
    return rounds, False


def _within(weights: dict[Cell, float], counts: Mapping[Cell, int], trim: float) -> None:
    """None is above `trim` or below its reciprocal, and the mean is 1: all are multiplied by the one number that does it."""
    total = sum(counts.values())
    start = dict(weights)

    def held(factor: float) -> float:
        return sum(min(max(start[cell] * factor, 1 / trim), trim) * number for cell, number in counts.items())

    low, high = 0.0, 1.0
    while held(high) < total and high < 1e12:
        high *= 2
    for _round in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if held(middle) < total else (low, middle)
    for cell, weight in start.items():
        weights[cell] = min(max(weight * high, 1 / trim), trim)


def poststratified(counts: Mapping[Cell, int], people: Mapping[Cell, float], *, trim: float = TRIM) -> Weights:
    """Weights by the cells of the population themselves, where it is known for each combination of values. The same as raking
    over one variable whose values are the combinations."""
    joined: dict[Cell, int] = {("\x1f".join(cell),): number for cell, number in counts.items() if NOT_KNOWN not in cell}
    unknown = {(NOT_KNOWN,): sum(number for cell, number in counts.items() if NOT_KNOWN in cell)}
    joined |= {cell: number for cell, number in unknown.items() if number}
    made = raked(joined, [{"\x1f".join(cell): number for cell, number in people.items()}], trim=trim)
    whole = {
        cell: made.of[(NOT_KNOWN,) if NOT_KNOWN in cell else ("\x1f".join(cell),)] for cell in counts if counts[cell]
    }
    return Weights(
        whole, made.rounds, made.is_fitted, made.trimmed, made.missing, made.unknown, made.largest, made.smallest
    )


# --- Shares and their bands ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """A weighted share of answers, 0 to 1, with its band. `low` and `high` are None for a survey that is no sample. `answers` is how
    many people answered, `effective` how many of equal weight would be as certain."""

    value: float
    answers: int
    effective: float
    low: float | None = None
    high: float | None = None


def effective_number(weights: Iterable[tuple[float, int]]) -> float:
    """Of (weight, how many): sum(w)^2 / sum(w^2)."""
    first = second = 0.0
    for weight, number in weights:
        first += weight * number
        second += weight * weight * number
    return first * first / second if second > 0 else 0.0


def design_effect(answers: int, effective: float) -> float:
    """How many times as uncertain as a simple sample; at least 1."""
    return max(answers / effective, 1.0) if effective > 0 else 1.0


def wilson(value: float, effective: float, *, z: float = Z95) -> tuple[float, float]:
    """The band of a share of so many answers. It stays within 0 and 1, and holds the share."""
    if effective <= 0:
        return 0.0, 1.0
    square = z * z
    middle = (value + square / (2 * effective)) / (1 + square / effective)
    half = z / (1 + square / effective) * math.sqrt(value * (1 - value) / effective + square / (4 * effective**2))
    return max(min(middle - half, value), 0.0), min(max(middle + half, value), 1.0)


def share_of(
    counted: Mapping[float, int], answers: Mapping[float, int], *, is_sample: bool = True, z: float = Z95
) -> Share | None:
    """The share of `counted` in `answers`, both as how many answers have which weight. None where nobody answered."""
    number = sum(answers.values())
    weight = sum(w * n for w, n in answers.items())
    if number == 0 or weight <= 0:
        return None
    value = min(max(sum(w * n for w, n in counted.items()) / weight, 0.0), 1.0)
    effective = effective_number(answers.items())
    low, high = wilson(value, effective, z=z) if is_sample else (None, None)
    return Share(value, number, effective, low, high)


# --- Two waves ----------------------------------------------------------------------------------------------------


class Change(StrEnum):
    RISE = "rise"
    FALL = "fall"
    NOT_CLEAR = "not_clear"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Difference:
    """After less before, with its band."""

    value: float
    low: float
    high: float

    @property
    def change(self) -> Change:
        """Clear only where the band leaves zero out."""
        if self.low > 0:
            return Change.RISE
        return Change.FALL if self.high < 0 else Change.NOT_CLEAR


def difference(before: Share, after: Share) -> Difference | None:
    """Of two waves with different people in each. None where one of them has no band."""
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return None
    value = after.value - before.value
    low = value - math.hypot(after.value - after.low, before.high - before.value)
    high = value + math.hypot(after.high - after.value, before.value - before.low)
    return Difference(value, max(low, -1.0), min(high, 1.0))


# --- What is not shown --------------------------------------------------------------------------------------------


class Hidden(StrEnum):
    """Why the result of a group is not shown."""

    NOBODY = "nobody"
    UNCERTAIN = "uncertain"  # fewer than ENOUGH answers
    FEW = "few"  # so few that somebody could be recognised
    WITH_ANOTHER = "with_another"  # else the result of another could be computed from the total


def hidden_groups(
    answers: Sequence[int], counted: Sequence[int], *, enough: int = ENOUGH, least: int = SMALL
) -> list[Hidden | None]:
    """For each group whether its result is not shown, and why. `answers` are people of each group who answered, `counted` those
    of them who gave the answer that is shown. The total is public, and so are the numbers of groups that are shown.

    Fewer than `least` people, or so few that gave the answer, or all but so few, are never shown, nor may they be found as the total
    less the rest. Shares of groups leave in whole per cent; where they would still give so few away, a second group is hidden."""
    found = [_own_reason(n, c, enough, least) for n, c in zip(answers, counted, strict=True)]
    if Hidden.FEW in found or _leaves_few(answers, found, least):
        _cover(found, answers, least)
    # What rounding to whole per cent leaves open of the numerators, in answers.
    blur = 0.005 * sum(n for n, why in zip(answers, found, strict=True) if why is None)
    if blur < least:
        rest = [n - c for n, c in zip(answers, counted, strict=True)]
        for numbers in (list(counted), rest):
            if any(
                why in (Hidden.FEW, Hidden.UNCERTAIN) and 0 < number < least
                for why, number in zip(found, numbers, strict=True)
            ):
                _cover(found, numbers, least)
    return found


def _own_reason(answers: int, counted: int, enough: int, least: int) -> Hidden | None:
    if answers == 0:
        return Hidden.NOBODY
    if answers < least:
        return Hidden.FEW
    if answers < enough:
        return Hidden.UNCERTAIN
    if 0 < counted < least or 0 < answers - counted < least:
        return Hidden.FEW
    return None


def _leaves_few(answers: Sequence[int], found: Sequence[Hidden | None], least: int) -> bool:
    return 0 < sum(n for n, why in zip(answers, found, strict=True) if why is not None) < least


def _cover(found: list[Hidden | None], numbers: Sequence[int], least: int) -> None:
    """Hides more, the smallest first, until those hidden are at least two and together not few."""

    def is_covered() -> bool:
        held = [n for n, why in zip(numbers, found, strict=True) if why is not None and n]
        return not held or (len(held) > 1 and sum(held) >= 2 * least)

    open_ones = sorted((n, place) for place, (n, why) in enumerate(zip(numbers, found, strict=True)) if why is None)
    for _number, place in open_ones:
        if is_covered():
            return
        found[place] = Hidden.WITH_ANOTHER


def shown_options(counts: Sequence[int], *, least: int = SMALL) -> list[bool]:
    """Which answers of a question are shown by themselves: none of so few, and none from which such a one could be computed."""
    cells = suppressed_list(counts, least).cells
    return [cell is not None for cell in cells]


# --- Single answers that leave ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Anonymous:
    """Rows of group values as they may leave, in the order given; None for a row that may not. `blanked` rows lost a value."""

    rows: tuple[Cell | None, ...]
    blanked: int
    dropped: int


def k_anonymous(rows: Sequence[Cell], k: int = 5) -> Anonymous:
    """The rows with so many values taken out that each combination is that of at least `k` rows. Values go from the first variable
    on, and only in rows whose combination is too rare. What is too rare even so is left out."""
    if not rows:
        return Anonymous((), 0, 0)
    width = len(rows[0])
    now: list[Cell | None] = list(rows)
    for gone in range(1, width + 1):
        rare = _rare(now, k)
        if not rare:
            break
        for place, row in enumerate(now):
            if row is not None and row in rare:
                now[place] = ("",) * gone + row[gone:]
    rare = _rare(now, k)
    now = [None if row is None or row in rare else row for row in now]
    blanked = sum(row is not None and row != first for row, first in zip(now, rows, strict=True))
    return Anonymous(tuple(now), blanked, sum(row is None for row in now))


def _rare(rows: Iterable[Hashable | None], k: int) -> set[Hashable]:
    return {row for row, number in Counter(row for row in rows if row is not None).items() if number < k}


# --- How a share is said ------------------------------------------------------------------------------------------

# (from, to, name of the words): the first that holds the share is said. In the presenter each has words in the reader's language.
FRACTIONS: tuple[tuple[float, float, str], ...] = (
    (0.0, 0.0, "none"),
    (0.0, 0.045, "few"),
    (0.09, 0.115, "tenth"),
    (0.19, 0.21, "fifth"),
    (0.235, 0.265, "quarter"),
    (0.32, 0.345, "third"),
    (0.45, 0.495, "almost_half"),
    (0.495, 0.505, "half"),
    (0.505, 0.55, "over_half"),
    (0.655, 0.675, "two_thirds"),
    (0.735, 0.765, "three_quarters"),
    (0.79, 0.81, "four_fifths"),
    (0.885, 0.915, "nine_tenths"),
    (0.955, 0.9999, "almost_all"),
    (1.0, 1.0, "all"),
)


def fraction_name(value: float) -> str:
    """Which words say the share; "" where a number says it best."""
    return next((name for low, high, name in FRACTIONS if low <= value <= high), "")


@dataclass(frozen=True)
class Tally:
    """How many answers of a group have which weight: of all that answered, and of each option."""

    answers: dict[float, int] = field(default_factory=dict)
    options: dict[str, dict[float, int]] = field(default_factory=dict)

    def add(self, weight: float, chosen: Iterable[str], number: int = 1) -> None:
        self.answers[weight] = self.answers.get(weight, 0) + number
        for key in chosen:
            held = self.options.setdefault(key, {})
            held[weight] = held.get(weight, 0) + number

    @property
    def number(self) -> int:
        return sum(self.answers.values())

    def number_of(self, option: str) -> int:
        return sum(self.options.get(option, {}).values())

    def share(self, option: str, *, is_sample: bool) -> Share | None:
        return share_of(self.options.get(option, {}), self.answers, is_sample=is_sample)
