"""Where the strategy can be read: addresses and names after `can be found on`, `available at`, `published at`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.document import Block
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.names import bodies_at, is_body
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed

_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”|()\[\]]+[^\s<>\"“”|()\[\].,;:!?’']", re.IGNORECASE)
_OFFERED = re.compile(rf"\b(?:{any_of('outlets', 'offered')})\b", re.IGNORECASE)
_SUBJECT = re.compile(rf"\b(?:{any_of('outlets', 'subject')})\b", re.IGNORECASE)
_PLACE = re.compile(rf"\b(?:{any_of('outlets', 'place')})\s+(?=(?:{any_of('outlets', 'the')})?\S)", re.IGNORECASE)
_DASH_END = re.compile(r"\s+[-–—:]\s*[,;.]?$|:\s*$")
_ENTRY_AT_MOST = 160


def outlets_in(source: Source) -> list[Found]:
    """One row for each place; the sentence must speak of the strategy and of reading it."""
    rows: dict[str, Found] = {}
    for at, block in enumerate(source.blocks):
        if block.kind == "cell_row":
            continue
        for start, end in source.sentences_of(block):
            sentence = source.text[start:end]
            if not (_OFFERED.search(sentence) and _SUBJECT.search(sentence)):
                continue
            listed = source.blocks[at + 1 :] if sentence.rstrip().endswith(":") else ()
            for row in [*_in_sentence(source.text, start, end), *_in_list(source, listed)]:
                rows.setdefault(plain(row.title), row)
    return list(rows.values())


def _in_sentence(text: str, start: int, end: int) -> Iterator[Found]:
    offered = _OFFERED.search(text, start, end)
    at = offered.start() if offered else start
    addresses = [found.span() for found in _URL.finditer(text, start, end)]
    named: list[tuple[Span, Span | None]] = []
    for place in _PLACE.finditer(text, at, end):
        for span in bodies_at(text, place.end(), end):
            following = next((address for address in addresses if 0 <= address[0] - span[1] <= 12), None)
            named.append((span, following))
    used = {address for _, address in named}
    for span, address in named:
        yield _row(text, span, address)
    for address in addresses:
        if address not in used:
            yield _row(text, address, address)


def _in_list(source: Source, blocks: tuple[Block, ...] | list[Block]) -> Iterator[Found]:
    """The short lines after a colon: as long as they look alike and each is an address or the name of a body."""
    dashed: bool | None = None
    for block in blocks:
        words = source.words(block)
        address = _URL.search(source.text, block.start, block.end)
        ends_open = bool(_DASH_END.search(words)) or address is not None
        if block.kind in {"heading", "cell_row"} or len(words) > _ENTRY_AT_MOST or (dashed and not ends_open):
            return
        dashed = ends_open if dashed is None else dashed
        row = _entry(source.text, block, address.span() if address else None)
        if row is None:
            return
        yield row


def _entry(text: str, block: Block, address: Span | None) -> Found | None:
    name = trimmed(text, block.start, address[0] if address else block.end, extra="-–—:,;.(")
    if name[1] > name[0] and is_body(text[name[0] : name[1]]) and len(text[name[0] : name[1]].split()) <= 12:
        return _row(text, name, address)
    return _row(text, address, address) if address else None


def _row(text: str, name: Span, address: Span | None) -> Found:
    title = " ".join(text[name[0] : name[1]].split())
    url = text[address[0] : address[1]] if address else ""
    end = max(name[1], address[1]) if address else name[1]
    return Found(Kind.OUTLET, title, name[0], end, fields={"name": title, "url": url})
