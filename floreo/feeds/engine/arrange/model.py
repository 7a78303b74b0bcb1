"""How a file is set out, and which column is what: the JSON object that a feed keeps as `mapping["arrange"]`. Plain data: no part of it is
ever run.

    {"reads": "csv",              # csv, or json (lines, an array, or a document with a list)
     "delimiter": ";",            # csv: one of , ; | tab, or a space for any run of spaces
     "header": "comment",         # first (line of the table), comment (the last comment line above it), none (columns are 1, 2, ...)
     "skip": 0,                   # lines before the table, or before its heading
     "comment": "#",              # lines that begin so are passed over: # ; // or nothing
     "unfold": ["result.hits"],   # json: lists of which every element becomes an event; a list within one of them comes after it
     "address": column, "name": column, "url": column, "port": column,
     "types": column,             # says what kind of thing a value is (ip-dst, domain, md5); what is none of our kinds is left out
     "time": [column, column],    # one, or a date and a time
     "order": "dmy",              # of day, month and year where they are numbers: ymd, dmy, mdy
     "zone": "America/New_York",    # of times that name none: a name, or +02:00; empty is UTC
     "no_time": "day",            # a row without a time has that of the file (day), or is refused (refuse)
     "kind": "open-rdp" or "column:<name>", "kind_prefix": "open-",
     "severity": word or "column:<name>", "severity_words": {"alta": "high"},
     "category": type of RSIT or "column:<name>", "category_words": {"phish": "phishing"},
     "several": true,             # a cell may name several addresses: one event each
     "networks": true}            # addresses may be whole networks: one event for each of our networks that they touch
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from floreo.feeds.engine.columns import COLUMN
from floreo.feeds.engine.events import SEVERITIES
from floreo.feeds.engine.formats import FOLDER

KEY = "arrange"  # of Feed.mapping
LONGEST = 200  # characters of a column's name or a word
MOST_WORDS = 200  # words of a source that have one here
MOST_LISTS = 3  # within one another
MOST_SKIPPED = 1000
DELIMITERS = (",", ";", "\t", "|", " ")
HEADERS = ("first", "none", "comment")
COMMENTS = ("", "#", ";", "//")
ORDERS = ("", "ymd", "dmy", "mdy")
SUBJECTS = ("address", "name", "url")
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "reads": ("csv", "json"),
    "delimiter": DELIMITERS,
    "header": HEADERS,
    "comment": COMMENTS,
    "order": ORDERS,
    "no_time": ("day", "refuse"),
}
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,20}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")
_PREFIX = re.compile(r"[a-z0-9-]{0,40}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


class WrongArrangement(ValueError):  # noqa: N818 -- it is what a person gave
    """What is given is no arrangement. `key`: which part of it; `why`: unknown, kind, long, word, subject or time."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key, self.why = key, why


@dataclass(frozen=True)
class Arrangement:
    """As at the head of this file."""

    reads: str = "csv"
    delimiter: str = ","
    header: str = "first"
    skip: int = 0
    comment: str = ""
    unfold: tuple[str, ...] = ()
    address: str = ""
    name: str = ""
    url: str = ""
    port: str = ""
    types: str = ""
    time: tuple[str, ...] = ()
    order: str = ""
    zone: str = ""
    no_time: str = "day"
    kind: str = ""
    kind_prefix: str = ""
    severity: str = ""
    severity_words: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    category_words: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    networks: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read for a field, each once."""
        named = (self.address, self.name, self.url, self.port, self.types, *self.time)
        from_columns = (column_of(each) for each in (self.kind, self.severity, self.category))
        return tuple(dict.fromkeys(c for c in (*named, *from_columns) if c))

    def plain(self) -> dict[str, Any]:
        """As it is kept: what differs from the default."""
        out = dict[str, Any]()
        for each in fields(self):
            value, empty = getattr(self, each.name), getattr(_DEFAULT, each.name)
            if value != empty:
                kind = {**dict.fromkeys(_LISTS, list), **dict.fromkeys(_MAPS, dict)}.get(each.name)
                out[each.name] = kind(value) if kind is not None else value
        return out


_DEFAULT = Arrangement()
_MAPS = ("severity_words", "category_words")
_LISTS = {"unfold": MOST_LISTS, "time": 2}


def column_of(text: str) -> str:
    """The column that a word such as `column:tag` names; "" for a word that names none."""
    return text.removeprefix(COLUMN) if text.startswith(COLUMN) else ""


@cache
def classes() -> Mapping[str, str]:
    """Types of RSIT -> their class."""
    data = tomllib.loads((FOLDER / "rsit.toml").read_text("utf-8"))
    return {kind: name for name, each in data["classes"].items() for kind in each["types"]}


def is_name(text: str) -> bool:
    """Whether a column's name can be kept: no control characters, and not too long."""
    return 0 < len(text) <= LONGEST and not _CONTROL.search(text)


def arrangement_of(given: Any, *, is_begun: bool = False) -> Arrangement:
    """What was kept, or came from a form or a file; `is_begun`: a guess, in which no column may have been found that rows could be about.
    Raises WrongArrangement."""
    if not isinstance(given, Mapping):
        raise WrongArrangement("", "kind")
    known = {each.name for each in fields(Arrangement)}
    for key in given:
        if key not in known:
            raise WrongArrangement(str(key)[:LONGEST], "unknown")
    out = Arrangement(**{key: _value(key, value) for key, value in given.items()})
    if not is_begun and not any(getattr(out, name) for name in SUBJECTS):
        raise WrongArrangement("address", "subject")
    if out.no_time == "refuse" and not out.time:
        raise WrongArrangement("time", "time")
    for key, at in (("severity", SEVERITIES), ("category", classes())):
        word = getattr(out, key)
        if word and not column_of(word) and word not in at:
            raise WrongArrangement(key, "word")
    if out.reads == "csv" and out.unfold:
        raise WrongArrangement("unfold", "word")
    return out


def _value(key: str, value: Any) -> Any:
    if key in ("several", "networks"):
        return _of(key, value, bool)
    if key == "skip":
        if _of(key, value, int) is True or not 0 <= value <= MOST_SKIPPED:
            raise WrongArrangement(key, "word")
        return value
    if key in _LISTS:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or len(listed) > _LISTS[key]:
            raise WrongArrangement(key, "kind")
        return tuple(text for each in listed if (text := _text(key, each)))
    if key in _MAPS:
        return _words(key, value)
    text = _text(key, value, is_bare=key in ("delimiter",))
    if key in _ONE_OF and text not in _ONE_OF[key]:
        raise WrongArrangement(key, "word")
    if key == "zone" and text and not (_OFFSET.fullmatch(text) or _is_zone(text)):
        raise WrongArrangement(key, "word")
    if key == "kind_prefix" and not _PREFIX.fullmatch(text):
        raise WrongArrangement(key, "word")
    return text


def _is_zone(name: str) -> bool:
    """Whether there is such a zone: a name such as America/New_York."""
    return bool(_ZONE.fullmatch(name)) and name in available_timezones()


def _of(key: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise WrongArrangement(key, "kind")
    return value


def _text(key: str, value: Any, *, is_bare: bool = False) -> str:
    """One line of text: no control characters, which no heading of a table has, and which end texts in some programs."""
    text: str = _of(key, value, str)
    if len(text.removeprefix(COLUMN)) > LONGEST:
        raise WrongArrangement(key, "long")
    if _CONTROL.search(text):
        raise WrongArrangement(key, "word")
    return text if is_bare else text.strip()


def _words(key: str, value: Any) -> dict[str, str]:
    allowed = SEVERITIES if key == "severity_words" else classes()
    if not isinstance(value, Mapping) or len(value) > MOST_WORDS:
        raise WrongArrangement(key, "kind")
    out = {_text(key, theirs).lower(): _text(key, ours) for theirs, ours in value.items()}
    if any(ours not in allowed for ours in out.values()):
        raise WrongArrangement(key, "word")
    return out
