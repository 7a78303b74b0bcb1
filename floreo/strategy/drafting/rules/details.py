"""Who leads, who supports, from when to when and at what cost: the labelled trailers of an action."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from floreo.strategy.drafting.dates import FoundDate, dates_in, first_date
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.names import split_names
from floreo.strategy.drafting.rows import Value

_BODY = rf"(?:(?:\s+(?:{any_of('details', 'body')}))?)"
_LABELS = {name: any_of("details", name, BODY=_BODY) for name in ("supporting", "lead", "starts", "due", "budget")}
_ANY = "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
_TRAILER = re.compile(rf"(?<![\w-])(?:{_ANY})\s*(?:\([^)]{{1,25}}\)\s*)?[:–—]\s*", re.IGNORECASE)
# "By June 2025." closes an action without a label; in the middle of a sentence it is part of the wording.
_BARE_BY = re.compile(
    rf"(?:(?<=[.;,(])|^)\s*(?:{any_of('details', 'by')})\s+(?=[^.;]{{3,40}}(?:[.;)]|$))", re.IGNORECASE
)
_INLINE_BY = re.compile(rf"\b(?:{any_of('details', 'by_within')})\s+", re.IGNORECASE)
_END = re.compile(r"[.;)]\s+(?=[A-ZÀ-ÖØ-ÞŒ(])|[.;)]*\s*$")
_DATE_TAIL = re.compile(rf"[.;,]?\s*\b(?:{any_of('details', 'by_at_end')})\s+[^.;]*\d{{4}}\s*$", re.IGNORECASE)
_REMARK = 40


@dataclass(slots=True)
class Details:
    """What the trailers of one action say, and where in the text they begin (the end of the action's own wording)."""

    begins: int
    fields: dict[str, Value] = field(default_factory=dict)


def details_in(text: str, start: int, end: int) -> Details:
    """Reads the labelled trailers between two offsets; `begins` is `end` when there are none."""
    found = [*_TRAILER.finditer(text, start, end)]
    details = Details(found[0].start() if found else end)
    for at, trailer in enumerate(found):
        upto = found[at + 1].start() if at + 1 < len(found) else end
        name = str(trailer.lastgroup)
        _put(details, name, _value(text, trailer.end(), upto, last=at + 1 == len(found)))
    _bare_date(text, start, end, details)
    if not details.fields.get("due"):
        _inline_date(text, start, details.begins, details)
    return details


def opens_with_details(text: str) -> bool:
    """Whether a paragraph is nothing but trailers, such as `Lead: Treasury. By 2027.`"""
    return bool(_TRAILER.match(text) or (_BARE_BY.match(text) and first_date(text) and len(text) < _REMARK))


def _put(details: Details, name: str, value: str) -> None:
    if value and not details.fields.get(name):
        details.fields.update(field_of(name, value))


def field_of(name: str, value: str) -> dict[str, Value]:
    """A detail as fields of an action: names joined with semicolons, dates as ISO beside the words they came from."""
    value = _unbracketed(value.strip(" .;,"))
    if not value or value.lower() in {"-", "–", "—", "n/a", "tbd", "tbc", "none"}:
        return {}
    if name in {"lead", "supporting"}:
        named = split_names(_DATE_TAIL.sub("", value))
        return {name: "; ".join(named)} if named else {}
    if name == "budget":
        return {"budget": value}
    return _dates(name, value)


def _dates(name: str, value: str) -> dict[str, Value]:
    dates = [*dates_in(value)]
    if not dates:
        return {f"{name}_as_found": value}
    if name == "starts":
        return {"starts": dates[0].first, "starts_as_found": value}
    fields: dict[str, Value] = {"due": dates[-1].last, "due_as_found": value}
    if _spans(dates, value):
        fields["starts"] = dates[0].first
        fields["starts_as_found"] = value
    return fields


def _spans(dates: list[FoundDate], value: str) -> bool:
    # "2025-2027" and "January 2025 to March 2026" say when work starts; "2027" alone does not.
    if len(dates) == 2:
        return dates[0].first < dates[1].last
    only = value[dates[0].start : dates[0].end]
    return len(re.findall(r"(?:19|20)\d{2}", only)) == 2


def _value(text: str, start: int, upto: int, *, last: bool) -> str:
    value = text[start:upto]
    if last:
        stop = _END.search(value)
        value = value[: stop.start()] if stop else value
    return _unbracketed(value.strip(" .;,|"))


def _unbracketed(value: str) -> str:
    # "(Lead: Treasury)" leaves a bracket behind; "Central Bank (CB)" keeps its own.
    if value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1]
    return value.rstrip(" .;,(")


def _bare_date(text: str, start: int, end: int, details: Details) -> None:
    for found in _BARE_BY.finditer(text, start, end):
        date = next(dates_in(text, found.end(), end), None)
        if date is not None and date.start - found.end() < 25:
            if not details.fields.get("due"):
                details.fields |= {"due": date.last, "due_as_found": text[found.start() : date.end].strip(" .;,(")}
            details.begins = min(details.begins, found.start())
            return


def _inline_date(text: str, start: int, end: int, details: Details) -> None:
    if found := deadline_in(text, start, end):
        details.fields |= {"due": found.last, "due_as_found": text[found.start : found.end]}


def deadline_in(text: str, start: int, end: int) -> FoundDate | None:
    """The date after `by`, `before`, `para` ... inside a sentence: `train 40 officers by December 2027`."""
    for found in _INLINE_BY.finditer(text, start, end):
        date = next(dates_in(text, found.end(), end), None)
        if date is not None and date.start - found.end() < 22 and "," not in text[found.end() : date.start]:
            return date
    return None
