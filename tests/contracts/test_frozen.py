"""No way leads to a frozen value past the question whether all of its period has come. Where `frozen_at` is written is found in the
source, and each way is tried while something is missing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import floreo
from floreo import offers
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Frequency, Period, Wait, period_of
from floreo.indicators.actions import close_period, correct_reading, freeze_reading, take_due_readings, take_reading
from floreo.indicators.models import Indicator, Reading
from floreo.reports.actions import close_edition, close_review, freeze_report
from floreo.reports.models import Snapshot
from floreo.reviews.models import Review
from floreo.strategy.actions.editions import end_edition, publish_edition
from floreo.strategy.models import Edition
from tests.factories.strategy import make_action, make_country, make_edition
from tests.indicators.making import make_indicator

PACKAGE = Path(floreo.__file__).parent
Q3 = period_of(date(2026, 9, 1), Frequency.QUARTER)
MEASURE = "share_actions_on_track"
TEXT = "A file is missing."

# Every function that writes when something was frozen, and how it asks whether that may be.
WRITERS = {
    "indicators/actions/freezing.py: mark_frozen": "its callers are below",
    "indicators/pack.py: fields": "values of a pack are entered with their source, and wait for nothing",
    "reports/actions/closing.py: _take": "asks itself, but for what a pack has closed",
}
MARKERS = {
    "indicators/actions/entering.py: _freeze": "its callers are freeze_reading, close_period and correct_reading, tried below",
    "indicators/actions/computing.py: _round": "asks of each value, tried below",
}


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    text = path.read_text("utf-8")
    if "frozen_at" not in text and "mark_frozen" not in text:  # most files: they are not read any closer
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield f"{path.relative_to(PACKAGE)}: {node.name}", node


def writes_frozen(function: ast.FunctionDef) -> bool:
    """Sets the attribute, gives it by name, or has it as the key of a mapping."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr == "frozen_at" and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.keyword) and node.arg == "frozen_at" and not is_nothing(node.value):
            return True
        if isinstance(node, ast.Dict) and any(
            isinstance(k, ast.Constant) and k.value == "frozen_at" for k in node.keys
        ):
            return True
    return False


def is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def calls(function: ast.FunctionDef, name: str) -> bool:
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name for n in ast.walk(function)
    )


def found(test: Callable[[ast.FunctionDef], bool]) -> set[str]:
    return {
        name
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
        for name, function in functions(path)
        if test(function)
    }


@pytest.mark.one_database
def test_each_place_that_freezes_is_known() -> None:
    assert found(writes_frozen) == set(WRITERS)
    assert found(lambda function: calls(function, "mark_frozen")) == set(MARKERS)
    assert found(lambda function: calls(function, "_freeze")) == {
        f"indicators/actions/entering.py: {name}" for name in ("freeze_reading", "close_period", "correct_reading")
    }


@pytest.fixture
def edition(db: None) -> Iterator[Edition]:
    """A country whose figure waits for something."""
    make_country()
    with clock.pinned_day(day=date(2026, 11, 24)):
        found = make_edition()
        found.starts_on = date(2026, 7, 1)
        found.save()
        make_action(found, "1.1.1")
        yield publish_edition(found, by=SYSTEM)


@pytest.fixture
def indicator(edition: Edition) -> Indicator:
    return make_indicator(measure=MEASURE, edition=edition, frequency="quarter")


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called on, the measure waits."""

    def begin() -> None:
        declared = dict(offers.measures())
        declared[MEASURE] = replace(declared[MEASURE], waits=lambda _period: [Wait(TEXT, "/workspace/feeds/")])
        for module in ("measuring", "actions.computing"):
            monkeypatch.setattr(f"floreo.indicators.{module}.measures", lambda: declared)

    return begin


def review_of(edition: Edition) -> Review:
    return Review.objects.create(
        edition=edition,
        code="2026-q3",
        starts_on=Q3.start,
        ends_on=Q3.end,
        opened_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        closes_on=date(2026, 10, 31),
    )


def ended(edition: Edition) -> Edition:
    Edition.objects.filter(pk=edition.pk).update(ends_on=date(2026, 10, 31))
    edition.refresh_from_db()
    end_edition(edition, by=SYSTEM)
    edition.refresh_from_db()
    return edition


WAYS: dict[str, Callable[[Reading, Edition], object]] = {
    "by hand": lambda reading, _edition: freeze_reading(reading, by=SYSTEM),
    "with its period": lambda _reading, _edition: close_period(Q3, by=SYSTEM),
    "with a review": lambda _reading, edition: close_review(review_of(edition), by=SYSTEM),
    "with a report": lambda _reading, edition: freeze_report(edition, by=SYSTEM, period=Q3),
    "with the report of another period": lambda _reading, edition: freeze_report(
        edition, by=SYSTEM, period=Period(date(2026, 10, 1), date(2026, 10, 31))
    ),
    "with the closing evaluation": lambda _reading, edition: close_edition(ended(edition), by=SYSTEM),
}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_freezes_a_value_that_waits(
    way: str, edition: Edition, indicator: Indicator, waiting: Callable[[], None]
) -> None:
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    waiting()
    with pytest.raises(Refused, match=TEXT) as refused:
        WAYS[way](reading, edition)
    assert refused.value.code == "waits"
    assert not Reading.objects.exclude(frozen_at=None).exists()
    assert not Snapshot.objects.exists()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("way", WAYS)
def test_each_way_freezes_once_nothing_is_missing(way: str, edition: Edition, indicator: Indicator) -> None:
    WAYS[way](take_reading(indicator, by=SYSTEM, period=Q3), edition)
    assert Reading.objects.exclude(frozen_at=None).exists() or Snapshot.objects.exists()


def test_the_first_round_leaves_what_waits(indicator: Indicator, waiting: Callable[[], None]) -> None:
    waiting()
    take_due_readings(by=SYSTEM)
    assert Reading.objects.filter(starts_on=Q3.start, frozen_at=None).exists()
    assert not Reading.objects.exclude(frozen_at=None).exists()


def test_a_correction_from_records_waits_and_a_person_may_say_a_number_with_its_source(
    indicator: Indicator, waiting: Callable[[], None]
) -> None:
    frozen = freeze_reading(take_reading(indicator, by=SYSTEM, period=Q3), by=SYSTEM)
    waiting()
    with pytest.raises(Refused, match=TEXT):
        correct_reading(frozen, by=SYSTEM, reason="It was wrong")
    new = correct_reading(frozen, by=SYSTEM, reason="It was wrong", value=50, source="Minutes of 2 October")
    assert (new.value, new.measure, new.source) == (50, "", "Minutes of 2 October")
