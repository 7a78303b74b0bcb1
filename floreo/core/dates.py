"""Dates that are only partly known. No Django."""

from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date is known; the page shows no more than that."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
