"""Values in words: changes, outlooks, what is missing and what is due, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from floreo.core.access import SYSTEM
from floreo.core.ui.plotting import points_of
from floreo.incidents.offers import OFFERS
from floreo.indicators import presenters, queries
from floreo.indicators.actions import correct_reading, freeze_reading, take_reading
from floreo.indicators.logic import Frequency, Outlook, Period
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.tables import READINGS
from floreo.indicators.working import working_of
from floreo.organisations.models import User
from floreo.reports.figures import held
from floreo.strategy.models import Edition
from tests.factories.strategy import make_action, make_organisation
from tests.indicators.making import aim, enter, make_indicator

pytestmark = pytest.mark.usefixtures("today")
N = "\u00a0"


def two(indicator: Indicator) -> tuple[Reading, Reading | None]:
    return queries.latest_and_before([indicator])[indicator.pk]


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (77, 81, "▲ 4 points from Q2 2026; higher is better"),
        (77, 78, "▲ 1 point from Q2 2026; higher is better"),
        (77, 70, "▼ 7 points from Q2 2026; higher is better"),
        (77, "77.4", "No change from Q2 2026; higher is better"),
    ],
)
def test_a_change_says_how_much_on_when_and_what_is_better(before: int, now: int | str, text: str) -> None:
    indicator = make_indicator()
    enter(indicator, before, "2026-2")
    enter(indicator, now)
    assert presenters.change_text(*two(indicator)) == text


def test_a_change_of_people_is_in_people() -> None:
    indicator = make_indicator(unit="people", direction="down", decimals=1)
    enter(indicator, 1000, "2026-2")
    enter(indicator, "2345.5")
    assert presenters.change_text(*two(indicator)) == f"▲ 1,345.5{N}people from Q2 2026; lower is better"
    with translation.override("es"):
        assert "1,345.5" in presenters.change_text(*two(indicator))


@pytest.mark.parametrize(
    ("unit", "before", "now", "value", "text"),
    [
        ("days", 2, 1, f"1{N}day", f"▼ 1{N}day from Q2 2026; higher is better"),
        ("people", 2, 4, f"4{N}people", f"▲ 2{N}people from Q2 2026; higher is better"),
        ("of 84", 61, 74, f"74{N}of 84", "▲ 13 from Q2 2026; higher is better"),
        ("machines", 1, 2, f"2{N}machines", f"▲ 1{N}machines from Q2 2026; higher is better"),
    ],
)
def test_units_read_as_people_say_them(unit: str, before: int, now: int, value: str, text: str) -> None:
    indicator = make_indicator(unit=unit)
    enter(indicator, before, "2026-2")
    enter(indicator, now)
    reading, older = two(indicator)
    assert (presenters.value_text(reading), presenters.change_text(reading, older)) == (value, text)


def test_without_a_reading_before_nothing_is_compared() -> None:
    indicator = make_indicator()
    enter(indicator, 81)
    assert presenters.change_text(*two(indicator)) == ""
    enter(indicator, 70, "2026-2")
    enter(indicator, 82, not_comparable=True)
    assert presenters.change_text(*two(indicator)) == "Not comparable with Q2 2026: different method"


def test_between_rough_numbers_there_is_no_exact_difference() -> None:
    indicator = make_indicator(unit="reports")
    enter(indicator, 600, "2026-2")
    reading = enter(indicator, 900)
    Reading.objects.filter(pk=reading.pk).update(qualifier="over")
    assert presenters.value_text(two(indicator)[0]) == f"over 900{N}reports"
    assert presenters.change_text(*two(indicator)) == ""


def test_the_headline_answers_with_the_value_its_period_and_its_outlook() -> None:
    indicator = aim(make_indicator(), baseline=54, baseline_on=date(2024, 12, 31))
    enter(indicator, 81)
    reading, _before = two(indicator)
    assert presenters.headline(indicator, reading) == f"Q3 2026: 81{N}%. On track; target: 95{N}% by 31 Dec 2027."
    assert presenters.outlook_of(indicator, reading) is Outlook.ON_TRACK
    assert presenters.value_text(reading) == f"81{N}%"


def test_what_is_missing_is_shown_with_the_target_and_when_the_first_is_due() -> None:
    indicator = aim(make_indicator())
    text = f"No value yet. Target: 95{N}% by 31 Dec 2027. The first value was due on 1 Oct 2026."
    assert presenters.headline(indicator, None) == text
    assert queries.due_readings(SYSTEM)[0].since == presenters.next_reading_on(indicator, None) == date(2026, 10, 1)
    assert presenters.outlook_of(indicator, None) is Outlook.UNKNOWN


def test_a_running_period_says_so(edition: Edition) -> None:
    make_action(edition, "1.1.1")
    reading = take_reading(make_indicator(measure="share_actions_on_track", edition=edition), by=SYSTEM)
    assert presenters.when_text(reading) == "Q4 2026 so far, as of 24 Nov 2026"
    assert working_of(reading).state == "The period has not ended, so the value may change until 31 Dec 2026."


def test_when_nothing_is_late_the_figure_says_so(edition: Edition) -> None:
    make_action(edition, "1.1.1")
    indicator = make_indicator(measure="median_days_late", edition=edition, unit="days")
    reading = take_reading(indicator, by=SYSTEM)
    assert presenters.headline(indicator, reading) == (
        "Q4 2026 so far, as of 24 Nov 2026: nothing to count, so there is no value."
    )
    assert working_of(reading).left_out == ("1 action that is not late",)


@pytest.mark.parametrize(
    ("period", "english", "spanish"),
    [
        (Period(date(2026, 7, 1), date(2026, 9, 30)), "Q3 2026", None),
        (Period(date(2026, 1, 1), date(2026, 12, 31)), "2026", "2026"),
        (Period(date(2026, 7, 1), date(2026, 7, 31)), "Jul 2026", "jul 2026"),
        (Period(date(2026, 7, 1), date(2026, 7, 1)), "1 Jul 2026", "1 jul 2026"),
        (Period(date(2026, 7, 1), date(2026, 8, 15)), "1 Jul 2026 to 15 Aug 2026", None),
    ],
)
def test_periods_read_as_people_say_them(period: Period, english: str, spanish: str | None) -> None:
    assert presenters.period_text(period) == english
    with translation.override("es"):
        assert spanish is None or presenters.period_text(period) == spanish


def test_a_sentence_begins_with_a_capital_letter_in_spanish_too() -> None:
    indicator = make_indicator()
    reading = enter(indicator, 81)
    reading.starts_on, reading.ends_on = date(2026, 7, 1), date(2026, 7, 31)
    with translation.override("es"):
        assert presenters.headline(indicator, reading).startswith("Jul 2026: ")


@pytest.mark.long
def test_few_people_are_never_shown(user_with: Callable[..., User]) -> None:
    """Neither on a page nor in a file, whoever asks for the file."""
    indicator = aim(make_indicator(unit="people", about_people=True), target=30)
    reading = enter(indicator, 3)
    assert presenters.value_text(reading) == "Fewer than 5"
    assert "3" not in working_of(reading).numerator + working_of(reading).value
    for viewer in (None, user_with("analyst")):
        cells = {c.name: c.value(READINGS.rows(viewer).get()) for c in READINGS.columns_for(viewer)}
        assert (cells["value"], cells["is_hidden"]) == (None, True)
    assert presenters.value_text(enter(indicator, 0)) == f"0{N}people"


def test_a_small_rest_a_small_group_and_few_left_out_are_never_shown(user_with: Callable[..., User]) -> None:
    """Neither in the working nor in a file, and a chart draws nothing of it."""
    share = make_indicator("share", about_people=True)
    few = enter(share, 75, numerator=6, denominator=8)
    few.working = {"left_out": [["reports_without_reporter", 1]]}
    words = working_of(few)
    assert (words.value, words.numerator, words.denominator, words.groups, words.left_out) == (
        "Not shown",
        "",
        "",
        (),
        (),
    )
    assert words.hidden
    assert [point.value for point in points_of([few], share)] == [None]
    kept = held(few, public=True)
    assert [kept[name] for name in ("value", "numerator", "denominator", "working")] == [None, None, None, {}]
    hours = make_indicator("hours", about_people=True, unit="hours")
    known = enter(hours, "3.25", numerator=20, denominator=20)
    known.working = {"groups": [group("phone", 12, 19), group("mail", 1, 1)], "left_out": [["reports_of_tests", 2]]}
    words = working_of(known)
    assert (words.numerator, words.denominator, words.groups, words.left_out) == ("20", "20", (), ())
    known.working["left_out"].append(["reports_without_reporter", 2])
    words = working_of(known)
    assert (words.value, words.numerator, words.denominator, words.left_out) == (f"3{N}hours", "", "", ())
    cells = {c.name: c.value(known) for c in READINGS.columns_for(None)}
    assert (cells["value"], cells["denominator"], cells["is_hidden"]) == (3, None, True)
    known.working["left_out"][-1][1] = 5
    assert working_of(known).left_out == ("5 reports to which nobody can answer",)


def group(name: str, numerator: int, denominator: int) -> dict[str, object]:
    return {"name": name, "numerator": numerator, "denominator": denominator}


def test_every_measure_of_the_incident_desk_is_about_people() -> None:
    """Also for an indicator that is older than that."""
    assert [name for name, measure in OFFERS.measures.items() if not measure.about_people] == []
    indicator = make_indicator(measure="share_own_clocks_in_time")
    Indicator.objects.update(about_people=False)
    indicator.refresh_from_db()
    take_reading(indicator, by=SYSTEM)
    assert Indicator.objects.get().about_people


def test_the_working_names_the_fraction_and_what_was_left_out() -> None:
    indicator = make_indicator(numerator_text="reports in time", denominator_text="reports received")
    working = working_of(freeze_reading(enter(indicator, 81, numerator=47, denominator=58), by=SYSTEM))
    assert (working.numerator, working.numerator_text, working.denominator, working.denominator_text) == (
        "47",
        "reports in time",
        "58",
        "reports received",
    )
    assert working.state.startswith("Frozen on ")


def test_the_latest_reading_is_the_corrected_one_and_not_of_another_state_or_part() -> None:
    indicator = make_indicator()
    enter(indicator, 70, "2026-2")
    new = correct_reading(freeze_reading(enter(indicator, 79), by=SYSTEM), by=SYSTEM, value=77, reason="Counted twice")
    for place in ({"subject": "Elsewhere"}, {"part": "legal"}):
        Reading.objects.create(
            indicator=indicator,
            starts_on=date(2026, 10, 1),
            ends_on=date(2026, 10, 1),
            value=1,
            taken_at=new.taken_at,
            taken_by="x",
            **place,
        )
    assert queries.latest(Indicator.objects.all()) == {indicator.pk: new}
    assert [r.value for r in queries.series(indicator)] == [70, 77]
    assert [r.corrects and r.corrects.value for r in queries.series(indicator)] == [None, 79]
    assert [r.value for r in queries.all_readings(indicator)] == [70, 79, 77]
    assert (list(queries.comparisons(indicator)), list(queries.parts(indicator))) == (["Elsewhere"], ["legal"])


def test_latest_readings_take_one_query_however_many_there_are() -> None:
    def count() -> int:
        indicators = list(Indicator.objects.all())
        with CaptureQueriesContext(connection) as seen:
            for pair in queries.latest_and_before(indicators).values():
                presenters.change_text(*pair)
        return len(seen)

    for number in range(3):
        for quarter in ("2026-1", "2026-2", "2026-3"):
            indicator = Indicator.objects.filter(code=f"i{number}").first() or make_indicator(f"i{number}")
            enter(indicator, 50 + number, quarter)
        assert count() == 1


def test_what_is_due_waits_for_the_responsible_organisation(user_with: Callable[..., User]) -> None:
    body = make_organisation("csirt")
    mine, other = make_indicator("mine", answers_for=body), make_indicator("other")
    make_indicator("published-by-others", frequency=Frequency.ONCE)
    make_indicator("computed", measure="milestones_late")
    enter(make_indicator("up-to-date"), 5)
    enter(other, 5, "2025-4")
    found = queries.due_readings(user_with("lead", organisation=body))
    assert [(d.indicator, d.period.label, d.missing, d.is_mine, d.since) for d in found] == [
        (mine, "Q3 2026", 1, True, date(2026, 10, 1)),
        (other, "Q3 2026", 3, False, date(2026, 10, 1)),
    ]
