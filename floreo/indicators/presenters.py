"""Figures as sentences, computed from data, so that page, workspace, e-mail and report say the same. Text only, no HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, npgettext

from floreo.core import clock, figures, units
from floreo.core.figures import PER_CENT, is_about_few, rest_is_small
from floreo.core.suppression import suppressed_list
from floreo.core.ui import locale
from floreo.core.wording import capital
from floreo.incidents.measures import TESTS
from floreo.indicators.logic import (
    Direction,
    Frequency,
    Move,
    Outlook,
    Period,
    Target,
    following,
    is_small,
    move,
    outlook,
    period_of,
    previous,
)
from floreo.indicators.models import Indicator, Reading

NBSP = "\u00a0"
COUNTED_NOWHERE = frozenset({TESTS})  # why something was left out that no published total counts either
WITHOUT_VALUE: dict[str, Promise] = {
    figures.NOT_REACHED: gettext_lazy("Not reached"),
    figures.NOT_LOOKED_AT: gettext_lazy("Not known yet"),
}
ARROWS = {Move.UP: "▲", Move.DOWN: "▼"}

OUTLOOKS: dict[Outlook, Promise] = {
    Outlook.REACHED: gettext_lazy("Target reached"),
    Outlook.WITHIN: gettext_lazy("Within the limit"),
    Outlook.ON_TRACK: gettext_lazy("On track"),
    Outlook.AT_RISK: gettext_lazy("At risk"),
    Outlook.MISSED: gettext_lazy("Target missed"),
    Outlook.UNKNOWN: gettext_lazy("No target"),
}


def number_text(value: Decimal | int, decimals: int = 0) -> str:
    return locale.number(value, decimals)


def day_text(day: date) -> str:
    return locale.day(day)


def period_text(period: Period) -> str:
    """ "Q3 2026", "July 2026", "2026", or the two dates, in the reader's language."""
    match period.frequency:
        case Frequency.YEAR:
            return locale.day(period.start, "year")
        case Frequency.QUARTER:
            return locale.day(period.start, "quarter")
        case Frequency.MONTH:
            return locale.day(period.start, "month")
        case Frequency.ONCE:
            return locale.day(period.start)
    return gettext("%(first)s to %(last)s") % {"first": locale.day(period.start), "last": locale.day(period.end)}


def with_unit(value: Decimal | int, indicator: Indicator) -> str:
    """ "95 %", "30 people", "1 day": a value in the indicator's unit."""
    return units.with_number(number_text(value, indicator.decimals), indicator)


def is_hidden(reading: Reading) -> bool:
    """Whether its numbers are about so few people that the public does not see them."""
    own = reading.indicator
    return own.about_people and is_about_few(reading.value, reading.numerator, reading.denominator, own.unit)


def left_out_of(reading: Reading) -> tuple[list[tuple[str, int]], bool]:
    """What was not counted and why, as far as the public may know; and whether the numbers of what was counted reveal no small one
    of it. Beside those who were counted they are a list whose sum is known, since others publish how many there were."""
    every = [(str(why), int(count)) for why, count in reading.working.get("left_out", [])]
    if not reading.indicator.about_people:
        return every, True
    apart = [(why, count) for why, count in every if why in COUNTED_NOWHERE and not is_small(count)]
    others = [(why, count) for why, count in every if why not in COUNTED_NOWHERE]
    counted, *cells = suppressed_list([int(reading.denominator or 0), *(count for _why, count in others)]).cells
    known = [(why, cell) for (why, _count), cell in zip(others, cells, strict=True) if cell is not None]
    return [*known, *apart], counted is not None or reading.denominator is None


def hides_counts(reading: Reading) -> bool:
    """Whether what was counted, of how many, is not shown, though the value may be: a small rest could be computed from it."""
    if not reading.indicator.about_people:
        return False
    return is_hidden(reading) or rest_is_small(reading.numerator, reading.denominator) or not left_out_of(reading)[1]


def public_value(reading: Reading) -> Decimal | None:
    """The value as it leaves in files: where its counts are not shown, no more exactly than on the page."""
    if reading.value is None or is_hidden(reading):
        return None
    places = Decimal(1).scaleb(-reading.indicator.decimals)
    return reading.value.quantize(places) if hides_counts(reading) else reading.value


def hidden_text(reading: Reading) -> str:
    """What is in place of a value. Of a fraction it does not say whether those who were counted are few, or the rest."""
    is_share = reading.denominator is not None or reading.indicator.unit == PER_CENT
    return gettext("Not shown") if is_share else gettext("Fewer than 5")


def value_text(reading: Reading, *, unit: bool = True) -> str:
    """The value as the public sees it: "81 %", "over 30 people", "Fewer than 5", "No figure"."""
    if is_hidden(reading):
        return hidden_text(reading)
    if reading.value is None:
        return str(WITHOUT_VALUE.get(reading.working.get("without_value", ""), gettext("No value")))
    indicator = reading.indicator
    number = with_unit(reading.value, indicator) if unit else number_text(reading.value, indicator.decimals)
    match reading.qualifier:
        case "over":
            return gettext("over %(number)s") % {"number": number}
        case "about":
            return gettext("about %(number)s") % {"number": number}
        case "under":
            return gettext("under %(number)s") % {"number": number}
    return number


def band_text(reading: Reading | None) -> str:
    """Within what an estimated value lies, in its own unit."""
    low, high = band_of(reading) if reading is not None else (None, None)
    if reading is None or (low is None and high is None):
        return ""
    words = {name: with_unit(end, reading.indicator) for name, end in (("low", low), ("high", high)) if end is not None}
    if high is None:
        return gettext("At least %(low)s, with 95 %% confidence") % words
    if low is None:
        return gettext("At most %(high)s, with 95 %% confidence") % words
    return gettext("Between %(low)s and %(high)s, with 95 %% confidence") % words


def band_of(reading: Reading) -> tuple[Decimal | None, Decimal | None]:
    """The band of 95 % as the public may know it. Both are None where there is none."""
    kept = reading.working.get("band")
    if not kept or is_hidden(reading):
        return None, None
    low, high = (None if end is None else Decimal(end) for end in kept)
    return low, high


def at_risk_of(reading: Reading) -> int | None:
    """How many an estimate over time had left, as the public may know it."""
    number = reading.working.get("at_risk")
    if number is None or hides_counts(reading):
        return None
    return figures.shown(int(number), about_people=reading.indicator.about_people)


def at_risk_text(reading: Reading | None) -> str:
    """How many the value still rests on; "" where it is no estimate over time."""
    number = at_risk_of(reading) if reading is not None else None
    if number is None:
        return ""
    return gettext("Number at risk: %(n)s (still open, and looked at for so long)") % {"n": number_text(number)}


def when_text(reading: Reading) -> str:
    """For when a reading holds: "Q3 2026", or "Q4 2026 so far, as of 25 Nov 2026" while its period runs."""
    period = period_text(reading.period)
    if reading.on < reading.ends_on:
        return gettext("%(period)s so far, as of %(day)s") % {"period": period, "day": day_text(reading.on)}
    return period


def short_when(reading: Reading) -> str:
    """ "Q3 2026", or "as of 25 Nov 2026" while the period runs: for a column."""
    if reading.on < reading.ends_on:
        return gettext("as of %(day)s") % {"day": day_text(reading.on)}
    return period_text(reading.period)


def direction_text(indicator: Indicator) -> str:
    return str(indicator.get_direction_display())


def _difference(indicator: Indicator, by: Decimal) -> str:
    number = number_text(by, indicator.decimals)
    if indicator.unit == "%":
        return ngettext("%(number)s point", "%(number)s points", 1 if by == 1 else 2) % {"number": number}
    return number if indicator.unit.startswith("of ") else with_unit(by, indicator)  # "of 84": not 13 of 84 more


def change_text(reading: Reading, before: Reading | None) -> str:
    """ "▲ 4 points on Q2 2026; higher is better". Empty when there is nothing to compare with, or a source says "over" or
    "about": between two such numbers there is no exact difference."""
    if before is None or reading.value is None or before.value is None or is_hidden(reading) or is_hidden(before):
        return ""
    if reading.qualifier or before.qualifier:
        return ""
    indicator, then = reading.indicator, period_text(before.period)
    if reading.not_comparable:
        return gettext("Not comparable with %(period)s: different method") % {"period": then}
    places = Decimal(1).scaleb(-indicator.decimals)
    now, was = reading.value.quantize(places), before.value.quantize(places)
    method = move(now, was)
    text = {"period": then, "better": direction_text(indicator)}
    if method is Move.SAME:
        return gettext("No change from %(period)s; %(better)s") % text
    text |= {"arrow": ARROWS[method], "difference": _difference(indicator, abs(now - was))}
    return gettext("%(arrow)s %(difference)s from %(period)s; %(better)s") % text


def target_of(indicator: Indicator) -> Target | None:
    return None if indicator.target is None else Target(indicator.target, indicator.target_due)


def outlook_of(indicator: Indicator, reading: Reading | None) -> Outlook:
    """How its newest reading compares with its target, on the day for which the reading holds."""
    return outlook(
        value=reading.value if reading and not is_hidden(reading) else None,
        on=reading.on if reading else None,
        target=target_of(indicator),
        direction=Direction(indicator.direction),
        baseline=indicator.baseline,
        baseline_on=indicator.baseline_on,
    )


def target_text(indicator: Indicator) -> str:
    """ "95 % by 31 Dec 2027"; empty without a target."""
    if indicator.target is None:
        return ""
    value = with_unit(indicator.target, indicator)
    if indicator.target_due is None:
        return value
    return gettext("%(value)s by %(day)s") % {"value": value, "day": day_text(indicator.target_due)}


def baseline_text(indicator: Indicator) -> str:
    """ "54 %, 31 Dec 2024"; empty without a baseline."""
    if indicator.baseline is None:
        return ""
    value = with_unit(indicator.baseline, indicator)
    return f"{value}, {day_text(indicator.baseline_on)}" if indicator.baseline_on else value


def outlook_text(indicator: Indicator, reading: Reading | None) -> str:
    """ "On track to 95 % by Dec 2027": the outlook with the target it speaks of."""
    found = outlook_of(indicator, reading)
    target = target_text(indicator)
    if found is Outlook.UNKNOWN:
        return gettext("Target: %(target)s") % {"target": target} if target else gettext("No target")
    if found in {Outlook.REACHED, Outlook.WITHIN, Outlook.MISSED}:
        return gettext("%(outlook)s: %(target)s") % {"outlook": OUTLOOKS[found], "target": target}
    if found is Outlook.AT_RISK:
        return gettext("At risk of missing %(target)s") % {"target": target}
    return gettext("%(outlook)s; target: %(target)s") % {"outlook": OUTLOOKS[found], "target": target}


def status_headline(counts: Mapping[Outlook, int]) -> str:
    """The answer for many indicators at once: "7 of 52 indicators are on track or have reached their target". Those without a target
    or a value are among the 52: nobody knows whether they go well."""
    total = sum(counts.values())
    if not total:
        return gettext("No indicators")
    if counts[Outlook.UNKNOWN] == total:
        text = ngettext(
            "The %(total)s indicator has no target or no value yet",
            "None of the %(total)s indicators has both a target and a value yet",
            total,
        )
        return text % {"total": number_text(total)}
    good = counts[Outlook.REACHED] + counts[Outlook.WITHIN] + counts[Outlook.ON_TRACK]
    text = ngettext(
        "%(good)s of %(total)s indicator is on track or has reached its target",
        "%(good)s of %(total)s indicators are on track or have reached their target",
        total,
    )
    return text % {"good": number_text(good), "total": number_text(total)}


_COUNTED: dict[Outlook, Callable[[int], str]] = {
    Outlook.REACHED: lambda n: ngettext("%(number)s reached", "%(number)s reached", n),
    Outlook.WITHIN: lambda n: ngettext("%(number)s within its limit", "%(number)s within their limit", n),
    Outlook.ON_TRACK: lambda n: npgettext("indicators", "%(number)s on track", "%(number)s on track", n),
    Outlook.AT_RISK: lambda n: npgettext("indicators", "%(number)s at risk", "%(number)s at risk", n),
    Outlook.MISSED: lambda n: ngettext("%(number)s missed", "%(number)s missed", n),
    Outlook.UNKNOWN: lambda n: ngettext(
        "%(number)s without a target or a value", "%(number)s without a target or a value", n
    ),
}


def status_tally(counts: Mapping[Outlook, int]) -> str:
    """ "2 reached, 5 on track, 18 at risk, 1 missed": only what there is."""
    return ", ".join(_COUNTED[each](n) % {"number": number_text(n)} for each, n in counts.items() if n)


def headline(indicator: Indicator, reading: Reading | None) -> str:
    """One sentence that answers what the status of the value is."""
    if reading is None:
        return missing_text(indicator)
    when = capital(when_text(reading))  # in Spanish a month begins in lower case
    if is_hidden(reading):
        return gettext("%(when)s: fewer than 5 people, so the number is not shown.") % {"when": when}
    if reading.value is None:
        match reading.working.get("without_value"):
            case figures.NOT_REACHED:
                text_ = gettext("%(when)s: not reached. Fewer than half were over for as long as they were looked at.")
            case figures.NOT_LOOKED_AT:
                text_ = gettext("%(when)s: not known yet. Nothing has been looked at for so long.")
            case _:
                text_ = gettext("%(when)s: nothing to count, so there is no value.")
        return text_ % {"when": when}
    text = {"when": when, "value": value_text(reading), "outlook": outlook_text(indicator, reading)}
    if indicator.target is None:
        return gettext("%(when)s: %(value)s. No target is set.") % text
    return gettext("%(when)s: %(value)s. %(outlook)s.") % text


def next_reading_on(indicator: Indicator, reading: Reading | None) -> date | None:
    """When the next reading can be taken: the day after its period ends; in the past when it is overdue. None when others
    publish it or it is over."""
    frequency, edition = Frequency(indicator.frequency), indicator.edition
    if frequency is Frequency.ONCE:
        return None
    if reading is not None:
        last = reading.period if reading.on >= reading.ends_on else previous(reading.period, frequency)
        period = following(last, frequency)
    else:
        running = period_of(clock.today(), frequency)
        begun = edition.starts_on if edition and edition.starts_on else previous(running, frequency).start
        period = running if indicator.measure else max(period_of(begun, frequency), previous(running, frequency))
    if edition is not None and edition.ends_on and edition.ends_on < period.start:
        return None
    return period.end + timedelta(days=1)


def missing_text(indicator: Indicator) -> str:
    """What is shown where there is no reading yet: that, the target, and when the first is due."""
    text = [gettext("No value yet.")]
    if indicator.target is not None:
        text.append(gettext("Target: %(target)s.") % {"target": target_text(indicator)})
    due = next_reading_on(indicator, None)
    if due is not None:
        overdue = due <= clock.today()
        words_ = (
            gettext("The first value was due on %(day)s.") if overdue else gettext("The first value is due on %(day)s.")
        )
        text.append(words_ % {"day": day_text(due)})
    return " ".join(text)


# The status under which an outlook is drawn: shape, colour and word of the house. No target has none.
SHAPES: dict[Outlook, str] = {
    Outlook.REACHED: "done",
    Outlook.WITHIN: "on_track",
    Outlook.ON_TRACK: "on_track",
    Outlook.AT_RISK: "at_risk",
    Outlook.MISSED: "late",
}


def shape_of(indicator: Indicator, reading: Reading | None) -> str:
    """The status to draw beside a figure; "" when it has no target or no reading."""
    return SHAPES.get(outlook_of(indicator, reading), "")
