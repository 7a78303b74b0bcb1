"""Who leads, who supports, from when to when and at what cost: the labelled trailers of an action."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from floreo.strategy.drafting.dates import FoundDate, dates_in, first_date
from floreo.strategy.drafting.names import split_names
from floreo.strategy.drafting.rows import Value

_BODY = (
    r"(?:\s+(?:agency|agencies|entity|entities|body|bodies|ministry|institution|institutions|organi[sz]ations?"
    r"|party|parties|partners?|actors?))?"
)
_LABELS = {
    "supporting": rf"support(?:ing|ed\s+by)?{_BODY}|partners?{_BODY}|collaborat(?:ors?|ing){_BODY}"
    r"|(?:entidad(?:es)?\s+de\s+)?apoyo|(?:instituciones|entidades)\s+(?:de\s+apoyo|colaboradoras)|colaboradores"
    r"|socios",
    "lead": rf"lead(?:ing)?{_BODY}|led\s+by|respons(?:ible|ibility){_BODY}|owner|implementing{_BODY}|in\s+charge"
    r"|responsables?|(?:entidad|institución|organismo)\s+(?:responsable|líder|rectora?)|líder|lidera|a\s+cargo\s+de",
    "starts": r"start(?:s|ing)?(?:\s+date)?|from|inicio|fecha\s+de\s+inicio|comienzo",
    "due": r"due(?:\s+date|\s+by)?|deadline|timeline|time\s*frame|timing|target\s+date|completion(?:\s+date)?"
    r"|end(?:\s+date)?"
    r"|by\s+when|when|date|plazo|fecha(?:\s+(?:límite|de\s+(?:entrega|término|cumplimiento)))?|cronograma|calendario"
    r"|periodo|período",
    "budget": r"(?:estimated\s+|indicative\s+)?(?:budget|costs?)(?:\s+estimate)?|funding|presupuesto(?:\s+estimado)?"
    r"|costo(?:\s+estimado)?|financiamiento",
}
_ANY = "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items())
_TRAILER = re.compile(rf"(?<![\w-])(?:{_ANY})\s*(?:\([^)]{{1,25}}\)\s*)?[:–—]\s*", re.IGNORECASE)
# "By June 2025." closes an action without a label; in the middle of a sentence it is part of the wording.
_BARE_BY = re.compile(
    r"(?:(?<=[.;,(])|^)\s*(?:by|before|for|para|antes\s+de|hasta)\s+(?=[^.;]{3,40}(?:[.;)]|$))", re.IGNORECASE
)
_INLINE_BY = re.compile(
    r"\b(?:by|before|no later than|until|para|antes de|a más tardar(?: en)?|hasta)\s+", re.IGNORECASE
)
_END = re.compile(r"[.;)]\s+(?=[A-ZÁÉÍÓÚÑ(])|[.;)]*\s*$")
_DATE_TAIL = re.compile(r"[.;,]?\s*\b(?:by|before|para|antes de|hasta)\s+[^.;]*\d{4}\s*$", re.IGNORECASE)
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
