"""The four-field form of a feed: which columns are address, time, kind and port; guessed from a file, or as the team said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from floreo.feeds.engine.addresses import parse_addresses
from floreo.feeds.engine.formats import CLASS, Derived, ReportType

COLUMN = "column:"
_FIELD = {
    "address": "source.ip",
    "time": "time.source",
    "port": "source.port",
    "name": "source.fqdn",
    "url": "source.url",
}
_TIME = re.compile(r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}.*)?)?$|^1\d{9}(\.\d+)?$|^1\d{12}$")
_URL = re.compile(r"^(https?|ftp|hxxps?)://", re.IGNORECASE)
_NAME = re.compile(
    r"^(?=.*[a-z])[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+\.?$", re.IGNORECASE
)
# Where the values of several columns would do, the name of the column decides: these words in it, best first.
_LIKELY = {
    "address": ("src_ip", "source_ip", "source.ip", "ip", "address", "addr", "host"),
    "time": ("timestamp", "time.source", "time", "date", "seen"),
    "port": ("src_port", "source_port", "source.port", "port"),
    "name": ("fqdn", "domain", "hostname", "host", "name"),
    "url": ("url", "uri", "link"),
    "kind": (
        "identifier",
        "kind",
        "category",
        "type",
        "classification",
        "threat",
        "malware",
        "family",
        "infection",
        "tag",
    ),
}
_UNLIKELY = re.compile(r"dst|dest|target|reporter|server_|c2|resolver", re.IGNORECASE)


def guess_mapping(header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the columns seem to hold, recognised by their values first and their names second. Without rows, by names alone."""
    values = {c: [text for row in rows if (text := str(row.get(c) or "").strip())] for c in header}
    tests: dict[str, Callable[[list[str]], float]] = {
        "address": lambda texts: _share(parse_addresses(pa.array(texts, pa.string())).ok.tolist()),
        "time": lambda texts: _share(bool(_TIME.match(t)) for t in texts),
        "url": lambda texts: _share(bool(_URL.match(t)) for t in texts),
        "name": lambda texts: _share(bool(_NAME.match(t)) for t in texts),
        "port": lambda texts: _share(t.isdecimal() and len(t) <= 5 and 0 <= int(t) <= 65535 for t in texts),
    }
    out: dict[str, str] = {}
    for what, fits in tests.items():
        found = [c for c in header if c not in out.values() and (fits(values[c]) > 0.8 if values[c] else not rows)]
        if best := _likeliest(what, found, by_name_only=what == "port" or not rows):
            out[what] = best
    rest = [c for c in header if c not in out.values() and 0 < len(set(values[c])) <= max(20, len(rows) // 4)]
    if kind := _likeliest("kind", rest, by_name_only=True):
        out["kind"] = f"{COLUMN}{kind}"
    return out


def _share(answers: Iterable[bool]) -> float:
    counts = Counter(answers)
    return counts[True] / (counts[True] + counts[False]) if counts else 0.0


def _likeliest(what: str, columns: Sequence[str], *, by_name_only: bool) -> str | None:
    """The column whose name says it best; where names say nothing, the first, unless values alone prove too little."""

    def rank(column: str) -> tuple[bool, int, int]:
        words = _LIKELY[what]
        low = column.lower()
        exact = next((i for i, word in enumerate(words) if low == word), len(words))
        within = next(
            (i for i, word in enumerate(words) if word in re.split(r"[^a-z0-9]+", low) or word == low), len(words)
        )
        return bool(_UNLIKELY.search(column)), exact, within

    ranked = sorted(columns, key=rank)
    if by_name_only:
        ranked = [c for c in ranked if rank(c)[2] < len(_LIKELY[what]) and not rank(c)[0]]
    return ranked[0] if ranked else None


def mapped(kind: ReportType, mapping: Mapping[str, Any]) -> ReportType:
    """The type as the form corrects it."""
    if not mapping:
        return kind
    fields = dict(kind.fields)
    for what, field in _FIELD.items():
        if what in mapping:
            fields.pop(field, None)
            if column := mapping[what]:
                fields[field] = (str(column),)
    fixed, derived = dict(kind.fixed), dict(kind.derived)
    for what, field in (("kind", CLASS["identifier"]), *((w, CLASS[w]) for w in ("taxonomy", "type", "severity"))):
        given = str(mapping.get(what) or "")
        if given.startswith(COLUMN):
            derived[field] = Derived((given.removeprefix(COLUMN),), keep=True)
        elif given:
            derived.pop(field, None)
            fields.pop(field, None)
            fixed[field] = given
    port = "source.port" if mapping.get("port") else kind.finding_port
    return replace(kind, fields=fields, fixed=fixed, derived=derived, finding_port=port)
