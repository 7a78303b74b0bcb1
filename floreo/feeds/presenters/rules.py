"""The team's rules in words: what one says, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.engine import rules
from floreo.feeds.engine.rules import Wrong

WRONG_WORDS: Mapping[str, Promise] = {
    rules.NO_CONDITION: _l("Add at least one condition to the rule."),
    rules.UNKNOWN_FIELD: _l("Events have no field “%(field)s”."),
    rules.UNKNOWN_OPERATOR: _l("“%(field)s” cannot be compared in this way."),
    rules.NOT_A_NUMBER: _l("Compare “%(field)s” with a number."),
    rules.NOT_A_TIME: _l("Compare “%(field)s” with a time: 2026-11-24 or 2026-11-24 06:00."),
    rules.NOT_A_NETWORK: _l("Compare “%(field)s” with a network: 192.0.2.0/24."),
    rules.NO_VALUE: _l("Enter the value."),
    rules.TOO_LONG: _l("The value is too long, or there are too many values."),
    rules.UNKNOWN_ACTION: _l("Choose what the rule does: discard, rewrite, raise the severity or route."),
    rules.UNKNOWN_SEVERITY: _l("Choose a severity: critical, high, medium, low, info or undefined."),
    rules.NOT_CHANGEABLE: _l("“%(field)s” comes from the file and cannot be rewritten."),
}


def wrong_sentence(wrong: Wrong) -> str:
    return str(WRONG_WORDS[wrong.code]) % {"field": wrong.field}
