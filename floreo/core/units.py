"""The word of a unit beside a number: "exercises", and "exercise" beside 1. Whoever names the unit gives both words in each language; of
units that our own measures have, both are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language, npgettext

NBSP = "\u00a0"
_MANY = 2  # any number but one, for the two languages of the program

# By the unit as measures name it, and the commonest as a pack in Spanish does. What is here also has its words in the reader's language.
KNOWN: Mapping[str, Callable[[int], str]] = {
    "days": lambda n: npgettext("unit", "day", "days", n),
    "hours": lambda n: npgettext("unit", "hour", "hours", n),
    "minutes": lambda n: npgettext("unit", "minute", "minutes", n),
    "times": lambda n: npgettext("unit", "time", "times", n),
    "milestones": lambda n: npgettext("unit", "milestone", "milestones", n),
    "people": lambda n: npgettext("unit", "person", "people", n),
    "points": lambda n: npgettext("unit", "point", "points", n),
    "percentage points": lambda n: npgettext("unit", "percentage point", "percentage points", n),
    "sessions": lambda n: npgettext("unit", "session", "sessions", n),
    "services": lambda n: npgettext("unit", "service", "services", n),
    "operators": lambda n: npgettext("unit", "operator", "operators", n),
    "organisations": lambda n: npgettext("unit", "organisation", "organisations", n),
    "sectors": lambda n: npgettext("unit", "sector", "sectors", n),
    "reports": lambda n: npgettext("unit", "report", "reports", n),
    "findings": lambda n: npgettext("unit", "finding", "findings", n),
    "exercises": lambda n: npgettext("unit", "exercise", "exercises", n),
    "courses": lambda n: npgettext("unit", "course", "courses", n),
    "schools": lambda n: npgettext("unit", "school", "schools", n),
    "seats": lambda n: npgettext("unit", "seat", "seats", n),
    "rows": lambda n: npgettext("unit", "row", "rows", n),
    "materials": lambda n: npgettext("unit", "material", "materials", n),
    "initiatives": lambda n: npgettext("unit", "initiative", "initiatives", n),
    "entries": lambda n: npgettext("unit", "entry", "entries", n),
    "comments": lambda n: npgettext("unit", "comment", "comments", n),
    "certificates": lambda n: npgettext("unit", "certificate", "certificates", n),
    "cases": lambda n: npgettext("unit", "case", "cases", n),
    "campaigns": lambda n: npgettext("unit", "campaign", "campaigns", n),
    "answers": lambda n: npgettext("unit", "answer", "answers", n),
    "días": lambda n: npgettext("unit", "day", "days", n),
    "hitos": lambda n: npgettext("unit", "milestone", "milestones", n),
    "personas": lambda n: npgettext("unit", "person", "people", n),
    "views": lambda n: npgettext("unit", "view", "views", n),
    "listeners": lambda n: npgettext("unit", "listener", "listeners", n),
    "advisories": lambda n: npgettext("unit", "advisory", "advisories", n),
}


def after(shown: str, row: Any) -> str:
    """The unit of `row` (`unit` and `unit_one`, of a Translated) as it is after the number `shown`, in the reader's language."""
    unit, one = _words(row)
    if shown != "1":
        return KNOWN[unit](_MANY) if unit in KNOWN else unit
    # A unit may be there in the reader's language already.
    return one or next((pair(1) for name, pair in KNOWN.items() if unit in {name, pair(_MANY)}), unit)


def with_number(shown: str, row: Any) -> str:
    """Number and unit, which stay in one line: "1 exercise", "95 %"."""
    return NBSP.join(filter(None, [shown, after(shown, row)]))


def _words(row: Any) -> tuple[str, str]:
    """The unit and its word for one in one and the same language, "" where that language gives none."""
    given = row.translations.get((get_language() or "").split("-")[0], {})
    return (given["unit"], given.get("unit_one", "")) if given.get("unit") else (row.unit, row.unit_one)
