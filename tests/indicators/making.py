"""Indicators for tests, made through the same actions people use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from floreo.core.access import SYSTEM
from floreo.indicators.actions import define_indicator, record_reading, set_target
from floreo.indicators.models import Indicator, Reading


def make_indicator(code: str = "reports-in-time", **facts: Any) -> Indicator:
    """Entered by people every quarter, in per cent, unless said otherwise."""
    given = {"title": code.replace("-", " ").capitalize(), "definition": "What is counted", "unit": "%"} | facts
    return define_indicator(code, by=SYSTEM, **given)


def aim(indicator: Indicator, target: int = 95, due: date = date(2027, 12, 31), **facts: Any) -> Indicator:
    return set_target(indicator, by=SYSTEM, target=target, target_due=due, target_source="Committee, 2025", **facts)


def enter(indicator: Indicator, value: Decimal | int | str, quarter: str = "2026-3", **facts: Any) -> Reading:
    """A reading of a quarter, said as "2026-3"."""
    year, number = (int(part) for part in quarter.split("-"))
    starts = date(year, number * 3 - 2, 1)
    ends = date(year, number * 3, 31 if number in {1, 4} else 30)
    source = facts.pop("source", "Register, page 1")
    by = facts.pop("by", SYSTEM)
    return record_reading(indicator, by=by, starts_on=starts, ends_on=ends, value=value, source=source, **facts)
