"""Clocks of law and of our own commitments: when something is due, whether it was met, and why. No Django.

`clocks(rules, facts, calendar, now)` gives the `Clock`s of one case. Everything is computed from the facts each time, so a clock
can be shown again as it was on any day. `rule_of` reads a rule of a pack; `parts_of` gives what `core/deadline_text.py: sentence` makes a
sentence of."""

from floreo.core.deadlines.calendars import Calendar, add_months, due_time
from floreo.core.deadlines.data import parts_of, rule_of
from floreo.core.deadlines.engine import OPEN, Clock, Explanation, State, Why, clocks
from floreo.core.deadlines.facts import Facts, Pause, Submission
from floreo.core.deadlines.rules import (
    Amount,
    Condition,
    Kind,
    Origin,
    Party,
    Rule,
    Target,
    Unit,
    Which,
    WhileOngoing,
)

__all__ = [
    "OPEN",
    "Amount",
    "Calendar",
    "Clock",
    "Condition",
    "Explanation",
    "Facts",
    "Kind",
    "Origin",
    "Party",
    "Pause",
    "Rule",
    "State",
    "Submission",
    "Target",
    "Unit",
    "Which",
    "WhileOngoing",
    "Why",
    "add_months",
    "clocks",
    "due_time",
    "parts_of",
    "rule_of",
]
