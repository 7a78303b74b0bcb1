"""The edition a text is about: its title, its period, when it was launched, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.dates import YEAR, FoundDate, dates_in
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import Kind, Value
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import SHORT_TEXT, Source, plain

_CAP = r"[A-ZÀ-ÖØ-ÞŒ][\w’'.&-]*"
_LINK = rf"(?:{any_of('edition', 'link')})"
_PERIOD = (
    rf"(?:\s*[,:(–—-]?\s*(?:{any_of('edition', 'period')})?"
    rf"\(?{YEAR}\s*(?:-|–|—|/|{any_of('dates', 'to')})\s*(?:{YEAR}|\d{{2}}\b)\)?)"
)
# Blanks only: a title never runs over the end of its paragraph, though its years may be on the next line.
_TITLE = any_of("edition", "title", LINK=_LINK, CAP=f"(?:{_CAP})")
# On a title page a title goes over several lines, and its years may be after what the strategy is for.
_ON_PAGE = any_of("edition", "title", LINK=_LINK.replace(")", "|&)"), CAP=f"(?:{_CAP})")
_LONG_TITLE = re.compile(
    rf"\b(?P<title>{_ON_PAGE})(?P<period>(?P<tail>[^.:;|]{{0,100}}?){_PERIOD})?".replace(" ", r"\s+")
)
_NAMED = re.compile(rf"\b(?P<title>{_TITLE})(?P<period>(?i:{_PERIOD}))?")
_UNNAMED = re.compile(rf"\b(?P<title>{any_of('edition', 'unnamed')})\b", re.IGNORECASE)
_CYBER = re.compile(any_of("edition", "subject"), re.IGNORECASE)
_STRATEGY = re.compile(any_of("edition", "strategy"), re.IGNORECASE)
_NATIONAL = re.compile(r"\b(?:nationale?|nacional)\b", re.IGNORECASE)
_STATE = re.compile(
    rf"^(?:The )?(?:Republic|Commonwealth|Kingdom|State|Government|Federation|Principality|Union|Islands?|Isles) of "
    rf"(?:the )?"
    rf"(?:{_CAP} ){{1,4}}?(?=Cyber|Digital|Information)"
)
_ARTICLE = re.compile(r"^(?:The|This|Our|Its|A|An|In|For|On|Of)\s+")
_POSSESSIVE = re.compile(rf"({_CAP}(?:\s+(?:(?:of|and|the)\s+)?{_CAP}){{0,4}})[’']s?\s+(?:\w+\s+){{0,2}}$")
_AFTER = re.compile(
    rf"^ ?[,:–-]? ?(?:{any_of('edition', 'of_country')}) (?:(?:{any_of('edition', 'the')}) )?({_CAP}(?: (?:(?:of|and|the|de) )?{_CAP}){{0,4}})"
)
_LAUNCH = re.compile(rf"\b(?:{any_of('edition', 'launched')})\b", re.IGNORECASE)
_ABOUT = re.compile(rf"\b(?:{any_of('edition', 'strategy')})\b", re.IGNORECASE)
_TODAY = re.compile(rf"\b(?:{any_of('edition', 'launches_today')})\b", re.IGNORECASE)


_TITLE_PAGE = 20  # blocks
_SHORT_LINE = 20  # words


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    title_end: int
    end: int
    period: FoundDate | None
    score: int


def edition_of(source: Source) -> list[Found]:
    """One row at most: the title on the title page; of a short text, and of one without such a page, the title that says most, and of those
    the first."""
    is_long = len(source.text.split()) > SHORT_TEXT
    candidates = [*_on_title_page(source)] if is_long else []
    candidates = candidates or [one for one in _candidates(source) if not is_long or not _is_cited(source, one)]
    if not candidates:
        return []
    best = max(candidates, key=lambda one: (one.score, -one.start))
    title = " ".join(source.text[best.start : best.title_end].split())
    fields: dict[str, Value] = {"title": title}
    fields["period_start"] = best.period.first[:4] if best.period else None
    fields["period_end"] = best.period.last[:4] if best.period else None
    fields |= _launch(source)
    if country := _country(source.text, best):
        fields["country_text"] = country
    return [Found(Kind.EDITION, title, best.start, best.end, fields=fields)]


def _on_title_page(source: Source) -> Iterator[_Candidate]:
    for start, end in _title_lines(source):
        for found in _LONG_TITLE.finditer(source.text, start, end):
            if not _CYBER.search(found["title"]):
                continue
            period = _range_in(source.text, found.start("period"), found.end()) if found["period"] else None
            score = 4 * (period is not None) + 2 * bool(re.search("cyber|ciber", found["title"], re.IGNORECASE))
            stop = found.end() if period else found.end("title")
            yield _Candidate(_own_start(found), stop, stop, period, score)


def _title_lines(source: Source) -> Iterator[Span]:
    """Stretches of short lines at the beginning: no sentences, no points of a list."""
    held: Span | None = None
    for block in source.blocks[:_TITLE_PAGE]:
        words = source.words(block)
        if (
            block.kind in {"heading", "paragraph"}
            and len(words.split()) < _SHORT_LINE
            and not words.endswith((".", ":"))
        ):
            held = (held[0] if held else block.start, block.end)
        elif held:
            yield held
            held = None
    if held:
        yield held


def _is_cited(source: Source, one: _Candidate) -> bool:
    """Whether a title with years is named once only, as other strategies are."""
    if one.period is None:
        return False
    return plain(source.text).count(plain(source.text[one.start : one.end])) < 2


def _candidates(source: Source) -> Iterator[_Candidate]:
    text = source.text
    early = source.blocks[min(4, len(source.blocks) - 1)].end if source.blocks else 0
    headings = [(block.start, block.end) for block in source.blocks if block.kind == "heading"]
    for start, end in _stretches(source):
        for found in _NAMED.finditer(text, start, end):
            if _CYBER.search(found["title"]) and "\n\n" not in found["title"]:
                yield _named(text, found, early, headings)
    for start, end in source.sentences:
        for found in _UNNAMED.finditer(text, start, end):
            period = _range_in(text, found.end(), end)
            stop = period.end if period else found.end()
            yield _Candidate(found.start(), found.end(), stop, period, 1 if period else 0)


def _stretches(source: Source) -> Iterator[Span]:
    # A cover often breaks between the title and its years, so a heading is read together with the line after it.
    for at, block in enumerate(source.blocks):
        following = source.blocks[at + 1] if at + 1 < len(source.blocks) else None
        joined = following is not None and len(source.words(following)) < 30 and following.kind != "item"
        yield block.start, following.end if joined and following is not None else block.end


def _named(text: str, found: re.Match[str], early: int, headings: list[Span]) -> _Candidate:
    start, period = _own_start(found), None
    end = found.end()
    if found["period"]:
        period = _range_in(text, found.start("period"), found.end())
    in_heading = any(begin <= start < stop for begin, stop in headings)
    score = 4 * (period is not None) + 2 * bool(re.search("cyber|ciber", found["title"], re.IGNORECASE))
    score += 2 * (start < early) + in_heading + bool(_NATIONAL.search(found["title"]))
    # "Period 2026-2031" on the next line says when, but is no part of the name.
    worded = bool(period and re.search(r"per[ií]od", found["period"], re.IGNORECASE))
    return _Candidate(start, found.end("title") if worded else end, end, period, score)


def _own_start(found: re.Match[str]) -> int:
    """Without the country's name in front: it is kept as `country_words`."""
    title = found["title"]
    if (national := _NATIONAL.search(title)) and not _STRATEGY.match(title):
        return found.start() + national.start()
    article = _STATE.match(title) or _ARTICLE.match(title)
    return found.start() + (article.end() if article else 0)


def _range_in(text: str, start: int, end: int) -> FoundDate | None:
    for found in dates_in(text, start, end):
        if len(re.findall(YEAR, text[found.start : found.end])) == 2:
            return found
    return None


def _launch(source: Source) -> dict[str, Value]:
    """The day of the launch: in the sentence that announces it, or the dateline of a text that says `today`."""
    for start, end in source.sentences:
        sentence = source.text[start:end]
        if not (_LAUNCH.search(sentence) and _ABOUT.search(sentence)):
            continue
        day = _day_in(source.text, start, end)
        if day is None and _TODAY.search(sentence):
            day = _day_in(source.text, 0, end)
        if day is not None:
            return {"launched_on": day.first, "launched_as_found": source.text[day.start : day.end]}
    return {"launched_on": None}


def _day_in(text: str, start: int, end: int) -> FoundDate | None:
    return next((found for found in dates_in(text, start, end) if found.first == found.last), None)


def _country(text: str, best: _Candidate) -> str:
    before = text[max(0, best.start - 80) : best.start].rsplit("\n", 1)[-1]
    if found := _POSSESSIVE.search(before):
        return _ARTICLE.sub("", found[1])
    if (after := _AFTER.match(text[best.title_end : best.title_end + 80])) and after[1]:
        return after[1]
    bare = re.search(rf"({_CAP}(?:\s+(?:(?:of|and|the)\s+)?{_CAP}){{0,4}})[:,]?\s+$", before)
    words = _ARTICLE.sub("", f"{bare[1]} ").strip(" :,") if bare else ""
    return words if len(words) > 2 else ""
