"""How a file is set out, in words: its parts, what is wrong with one, and what a guess leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.feeds.engine.arrange.model import LONGEST, Arrangement, column_of

LABELS: Mapping[str, Any] = {  # lazy, as fields of forms take them
    "reads": _l("Written as"),
    "delimiter": _l("Sign between columns"),
    "header": _l("Names of the columns"),
    "skip": _l("Lines to skip at the beginning"),
    "comment": _l("Sign of comment lines"),
    "unfold": _l("Lists with one event for each element"),
    "address": _l("Address"),
    "name": _l("Name"),
    "url": _l("URL"),
    "port": _l("Port"),
    "types": _l("Column that says the type of each value"),
    "time": _l("Time"),
    "order": _l("Order of day, month and year"),
    "zone": _l("Time zone of times that name none"),
    "no_time": _l("Rows without a time"),
    "kind": _l("What it is"),
    "kind_prefix": _l("Word before the kind"),
    "severity": _l("Severity"),
    "severity_words": _l("Words of the source for the severity"),
    "category": _l("Type of incident"),
    "category_words": _l("Words of the source for the type of incident"),
    "several": _l("Several addresses in one cell"),
    "networks": _l("Whole networks"),
}
WORDS: Mapping[tuple[str, str], Promise] = {
    ("reads", "csv"): _l("A table (CSV)"),
    ("reads", "json"): _l("JSON"),
    ("delimiter", ","): _l("Comma"),
    ("delimiter", ";"): _l("Semicolon"),
    ("delimiter", "\t"): _l("Tab"),
    ("delimiter", "|"): _l("Vertical line"),
    ("delimiter", " "): _l("Spaces"),
    ("header", "first"): _l("In the first line"),
    ("header", "comment"): _l("In a comment line"),
    ("header", "none"): _l("None: columns are called 1, 2, 3"),
    ("comment", ""): _l("No comment lines"),
    ("order", ""): _l("Year first, or seconds since 1970"),
    ("order", "ymd"): _l("Year, month, day"),
    ("order", "dmy"): _l("Day, month, year"),
    ("order", "mdy"): _l("Month, day, year"),
    ("no_time", "day"): _l("They get the date of the file"),
    ("no_time", "refuse"): _l("They are rejected"),
    ("several", "True"): _l("One event for each address"),
    ("networks", "True"): _l("One event for each network of the register that they touch"),
}
_WHY: Mapping[str, Promise] = {
    "unknown": _l("The description of a file cannot contain “%(key)s”."),
    "kind": _l("“%(key)s” has a value of the wrong kind."),
    "long": _l("“%(key)s” is too long: at most %(most)d characters."),
    "word": _l("“%(key)s” has a value that is not one of those allowed."),
    "subject": _l("Choose the column that holds the IP address, the domain name or the URL."),
    "time": _l("Choose the column that holds the time, or let rows without one get the date of the file."),
}
_OPEN: Mapping[str, Promise] = {
    "order": _l("The dates of this file do not show whether the day or the month comes first. Choose the order."),
    "address": _l("No column of this file looks like addresses, names or URLs. Choose one."),
}


def label_of(key: str) -> str:
    return str(LABELS.get(key, key))


def arrangement_sentence(key: str, why: str) -> str:
    """What is wrong with an arrangement."""
    return str(_WHY[why]) % {"key": label_of(key), "most": LONGEST}


def open_sentences(questions: Sequence[str], strange: Sequence[str]) -> list[str]:
    """What a guess leaves open."""
    out = [str(_OPEN[code]) for code in questions if code in _OPEN]
    if strange:
        words = ", ".join(f"“{word[:40]}”" for word in strange[:12])
        sentence = _(
            "These words of the source are not assigned yet, so their rows have no severity or no type of incident: %(words)s."
        )
        out.append(sentence % {"words": words})
    return out


def described(arranged: Arrangement) -> list[tuple[str, str]]:
    """Each part that says something: what it is called, and its value in words."""
    plain = {"reads": arranged.reads, **arranged.plain()}
    if arranged.reads == "csv":
        plain |= {"delimiter": arranged.delimiter, "header": arranged.header}
    if arranged.time:
        plain |= {"order": arranged.order}
    plain |= {"no_time": arranged.no_time}
    return [(label_of(key), _value(key, plain[key])) for key in LABELS if key in plain]


def _value(key: str, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{theirs} = {ours}" for theirs, ours in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if (word := WORDS.get((key, str(value)))) is not None:
        return str(word)
    named = column_of(str(value))
    return _("column %(name)s") % {"name": named} if named else str(value)
