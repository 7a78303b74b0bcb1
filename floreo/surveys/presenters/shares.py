"""Shares in words: percentages, bands, changes, and why one is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.surveys.logic import Hidden, fraction_name
from floreo.surveys.models import Question, Wave
from floreo.surveys.queries import ALL, COUNTED

NBSP = "\u00a0"
GROUPING_WORDS = {
    "district": _l("District"),
    "age": _l("Age"),
    "gender": _l("Gender"),
    "sector": _l("Sector"),
}


def whole(share: float) -> int:
    """Per cent, as it is shown: half goes up."""
    return int(share * 100 + 0.5)


def percent(share: float) -> str:
    return f"{whole(share)}{NBSP}%"


def band_text(facts: Mapping[str, Any]) -> str:
    if "low" not in facts:
        return ""
    return _("%(low)s to %(high)s") % {"low": whole(facts["low"]), "high": whole(facts["high"])}


def points(by: float) -> str:
    """ "11 points", without a sign."""
    count = abs(whole(abs(by)))
    return ngettext("%(n)s point", "%(n)s points", count) % {"n": count}


def signed(by: float) -> str:
    """ "+6", "−3"."""
    count = whole(abs(by))
    if count == 0:
        return "0"
    return f"+{count}" if by > 0 else f"−{count}"


def moved_by(before: float, after: float) -> float:
    """The difference of what is shown: else 38 and 49 would be beside "12 points"."""
    return (whole(after) - whole(before)) / 100


WHY_HIDDEN = {
    Hidden.NOBODY: _l("Not shown: nobody answered"),
    Hidden.UNCERTAIN: _l("Not shown: fewer than 50 answers"),
    Hidden.FEW: _l("Not shown: so few that a person could be recognised"),
    Hidden.WITH_ANOTHER: _l("Not shown: another small group could be computed from it"),
}


def hidden_text(facts: Mapping[str, Any]) -> str:
    return str(WHY_HIDDEN[Hidden(facts["hidden"])]) if "hidden" in facts else ""


_FRACTIONS = {
    "none": _l("None of %(people)s %(statement)s"),
    "few": _l("Few %(people)s %(statement)s"),
    "tenth": _l("About one tenth of %(people)s %(statement)s"),
    "fifth": _l("About one fifth of %(people)s %(statement)s"),
    "quarter": _l("About a quarter of %(people)s %(statement)s"),
    "third": _l("About a third of %(people)s %(statement)s"),
    "almost_half": _l("Almost half of %(people)s %(statement)s"),
    "half": _l("Half of %(people)s %(statement)s"),
    "over_half": _l("More than half of %(people)s %(statement)s"),
    "two_thirds": _l("About two thirds of %(people)s %(statement)s"),
    "three_quarters": _l("About three quarters of %(people)s %(statement)s"),
    "four_fifths": _l("About four fifths of %(people)s %(statement)s"),
    "nine_tenths": _l("About nine tenths of %(people)s %(statement)s"),
    "almost_all": _l("Almost all %(people)s %(statement)s"),
    "all": _l("All %(people)s %(statement)s"),
    "": _l("%(share)s of %(people)s %(statement)s"),
}


def headline(wave: Wave, question: Question, facts: Mapping[str, Any]) -> str:
    """The answer, computed: "Almost half of adults use two-step sign-in". Of an open survey it says of whom it speaks."""
    result = facts["shares"].get(COUNTED, {}).get(ALL, {})
    statement = question.in_language("statement")
    if "share" not in result or not statement:
        return question.called
    is_sample = wave.is_sample
    people = wave.survey.in_language("people") or _("people asked")
    words = {
        "share": percent(result["share"]),
        "people": people if is_sample else _("those who chose to answer"),
        "statement": statement,
    }
    name = fraction_name(result["share"]) if is_sample else ""
    return str(_FRACTIONS[name]) % words
