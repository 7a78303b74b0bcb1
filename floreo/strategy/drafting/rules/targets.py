"""Numbers that somebody plans to reach: how many of what, by when. Past figures, years, money and durations are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.dates import FoundDate
from floreo.strategy.drafting.lexicon import any_of, words
from floreo.strategy.drafting.rows import Kind, Value
from floreo.strategy.drafting.rules.details import deadline_in
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain
from floreo.strategy.drafting.vocabulary import GOAL_VERBS, NOT_COUNTED, PERCENT, PHRASE_STOPS, UNITS

_WORDS = "|".join(sorted((word for word, number in NUMBER_WORDS.items() if number > 1), key=len, reverse=True))
_NUMBER = (
    rf"(?P<number>\d{{1,3}}(?:[.,]\d{{3}})+(?!\d)|\d+(?:[.,]\d{{1,2}})?(?![\d.,-]*\d|-\w)"
    rf"|(?:(?:{_WORDS})(?:-(?:{_WORDS}))?)\b)"
)
_THE, _ALL, _OF, _AND = (any_of("targets", name) for name in ("the", "all", "of", "and"))
_ABOUT = rf"(?:(?:{any_of('targets', 'about')})\s+)?(?:(?:{_THE})\s+)?"
_TRAINING = any_of("targets", "training")
_OF_ALL = rf"(?:\s+(?:{_OF})\s+(?:(?:{_ALL}|{_THE})\s+)*)?"
_COMMITTED = re.compile(
    rf"\b(?P<verb>{GOAL_VERBS}|{_TRAINING})\s+{_ABOUT}{_NUMBER}\s*(?P<percent>{PERCENT})?{_OF_ALL}(?P<noun>\s?[^\W\d_][^.;:()]*)",
    re.IGNORECASE,
)
_TO_BE = re.compile(
    rf"(?<![\w.,-]){_NUMBER}\s*(?P<percent>{PERCENT})?{_OF_ALL}"
    rf"(?P<noun>\s?[^\W\d_][^.;:(),]{{2,80}}?)\s+(?P<verb>{any_of('targets', 'to_be')})",
    re.IGNORECASE,
)
_ALSO = re.compile(
    rf"(?:\s*,\s*(?:(?:{_AND})\s+)?|\s+(?:{_AND})\s+){_ABOUT}{_NUMBER}\s*(?P<percent>{PERCENT})?{_OF_ALL}(?P<noun>\s?[^\W\d_][^.;:()]*)",
    re.IGNORECASE,
)
_PROMISING_FORM = re.compile(rf"(?:{any_of('targets', 'form_that_promises')})$", re.IGNORECASE)
_TRAINING_NOUN = re.compile(_TRAINING, re.IGNORECASE)
_NOT_A_TARGET = re.compile(rf"\b(?:{any_of('targets', 'no_target')})\s+(?:[\w-]+\s+){{0,3}}$", re.IGNORECASE)
_PROMISING = re.compile(rf"(?:\b(?:{any_of('targets', 'promising')})|[:;,(•–—-])\s*$", re.IGNORECASE)
_ONLY_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
# Money and references: "USD 40,000", "$60", "section 12", "ISO 27001".
_NO_COUNT_BEFORE = re.compile(rf"(?:[$€£¥]|\b[A-Z]{{2,3}}\$?|(?i:\b(?:{any_of('targets', 'not_before')})))\s*$")
_YEARLY = re.compile(rf"^\s*(?:{any_of('targets', 'yearly')})\b", re.IGNORECASE)
_LINKS = frozenset(words("targets", "of"))
_HEAD_ENDS = re.compile(rf"\s(?:{any_of('targets', 'head_ends')})\s")
_WORDS_AT_MOST = 6
_OPENING_AT_MOST = 30


def targets_in(source: Source) -> list[Found]:
    """One row for each planned number; the same number of the same things twice is one row."""
    rows: dict[str, Found] = {}
    for start, end in source.sentences:
        for pattern in (_COMMITTED, _TO_BE):
            for row in _matches(source.text, start, end, pattern):
                rows.setdefault(plain(row.title), row)
    return list(rows.values())


def _matches(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[Found]:
    at = start
    while found := pattern.search(text, at, end):
        # Go on right after the number: "train 40 officers and hold six workshops" holds two.
        at = found.end("number")
        if not _looks_ahead(text, found, start):
            continue
        for number, verb in _with_others(text, found, end):
            phrase_end = _phrase_end(text, *number.span("noun"))
            if phrase_end is not None and _is_count(text, number):
                yield _row(text, number, phrase_end, (start, end), verb)


def _with_others(text: str, found: re.Match[str], end: int) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The number after the verb and those joined to it: `train 2,000 students and 150 judges`."""
    number: re.Match[str] | None = found
    while number is not None:
        yield number, found
        phrase_end = _phrase_end(text, *number.span("noun"))
        number = _ALSO.match(text, phrase_end, end) if phrase_end else None


def _looks_ahead(text: str, found: re.Match[str], start: int) -> bool:
    """`will train`, `to train` and `Train` plan; `we train` and `received training for` report."""
    before = text[max(start, found.start("verb") - 40) : found.start("verb")]
    if found.start("verb") > found.start("number") or _PROMISING_FORM.search(found["verb"]):
        return True
    if _TRAINING_NOUN.match(found["verb"]):
        return _NOT_A_TARGET.search(before) is None
    return not before.strip() or _PROMISING.search(before) is not None


def _is_count(text: str, found: re.Match[str]) -> bool:
    digits = found["number"]
    if _YEAR.match(digits) and not found["percent"]:
        return False
    return _NO_COUNT_BEFORE.search(text[: found.start("number")][-12:]) is None


def _phrase_end(text: str, start: int, end: int) -> int | None:
    """Where the noun phrase after the number ends; None when what is counted is no target (days, pillars, dollars)."""
    last, count = None, 0
    for found in _ONLY_WORD.finditer(text, start, end):
        gap = text[last if last is not None else start : found.start()]
        word = plain(found.group())
        if gap.strip() or (word in PHRASE_STOPS and not (word in _LINKS and count)):
            break
        if word in NOT_COUNTED and count < 2:
            return None
        last, count = found.end(), count + 1
        if count >= _WORDS_AT_MOST:
            break
    while last is not None and plain(text[start:last]).rpartition(" ")[2] in PHRASE_STOPS:
        last = text.rfind(" ", start, last)
    return last if count else None


def _row(text: str, found: re.Match[str], phrase_end: int, sentence: Span, verb: re.Match[str]) -> Found:
    noun = " ".join(text[found.start("noun") : phrase_end].split())
    title = " ".join(text[found.start("number") : phrase_end].split())
    start, stop = found.start("number"), phrase_end
    if found is verb:
        start, stop = min(found.start("verb"), start), max(stop, _verb_end(found))
    by = None if _YEARLY.match(text[phrase_end : sentence[1]]) else _deadline(text, phrase_end, sentence)
    if by is not None:
        # The passage reaches to the date, so that it proves the date too.
        start, stop = min(start, by.start), max(stop, by.end)
    fields: dict[str, Value] = {
        "number": _value(found["number"], percent=bool(found["percent"])),
        "unit": "percent" if found["percent"] else _unit(noun),
        "noun": noun,
        "verb": " ".join(verb["verb"].split()),
        "by": by.last if by else None,
    }
    return Found(Kind.TARGET, title, start, stop, fields=fields)


def _deadline(text: str, phrase_end: int, sentence: Span) -> FoundDate | None:
    """A date after the number, or the one the sentence opens with (`By 2027, 80 per cent of ...`)."""
    after = deadline_in(text, phrase_end, sentence[1])
    if after is not None:
        return after
    opening = deadline_in(text, sentence[0], phrase_end)
    return opening if opening and opening.start - sentence[0] < _OPENING_AT_MOST else None


def _verb_end(found: re.Match[str]) -> int:
    return found.end("verb") if found.start("verb") > found.start("number") else 0


def _value(given: str, *, percent: bool) -> int:
    if given[0].isdigit():
        # "1.500" and "1,500" are thousands; "2.5" is a decimal and only percentages have those.
        whole = re.sub(r"[.,](?=\d{3}\b)", "", given)
        return (
            round(float(whole.replace(",", "."))) if percent or whole.isdigit() else int(float(whole.replace(",", ".")))
        )
    return sum(NUMBER_WORDS[word] for word in given.lower().split("-"))


def _unit(noun: str) -> str:
    head = _HEAD_ENDS.split(noun)[0]
    for word in reversed(plain(head).split()):
        for unit, nouns in UNITS.items():
            if nouns.search(word):
                return unit
    parts = head.split()
    return parts[-1].lower() if parts else noun.lower()
