"""Formats are data: which column of a report is which field of an event. Reads `feeds/formats/*.toml`; recognises a report's type
and day from its name, or its type from its header.

One file is one provider's format:

    name = "shadowserver"
    reads = "csv"                      # csv | json | xarf | list: the module of reading/ that gives rows
    delimiter = ","                    # csv only
    null = ["", "-"]                   # words that mean nothing, whatever the column (case does not matter)
    twins = [["^scan6_", "scan_"], ["^event6_", "event4_"], ["6$", ""]]   # a type not listed is its twin, if that is
    sends_empty = false                # whether a type comes on a night on which it has no row (the default is true)
    source = "https://..."             # where the publisher says so, and when that was read

    [base.exposed]                     # a set of keys that types take with `is`; a type may take another type as well
    fields."source.ip" = "ip"          # field of events.COLUMNS = column, or columns of which the first in the file counts
    fields."source.reverse_dns" = ["hostname", "rdns"]          # (names of older generations are behind the newer)
    fields."time.source" = "timestamp"
    fields.severity = "severity"

    [types.scan_rdp]
    is = "exposed"                     # or ["exposed", "certificate"]: later ones win, own keys win over all
    taxonomy = "vulnerable"            # these four hold where no column says otherwise
    type = "vulnerable-system"
    identifier = "open-rdp"
    severity = "medium"
    fixed."protocol.application" = "rdp"        # any other field that the type itself gives
    fields."source.asn" = ""           # "" takes an inherited one away
    nulls."source.port" = ["0"]        # words that mean nothing in this field, besides `null`
    finding_port = "source.port"       # which port distinguishes one finding from another; "" (the default): none does
    key = ["source.ip", "source.port", "protocol.transport", "classification.identifier"]   # repeats have the same;
                                       # the default is the subject, the finding's port, transport, identifier
    vulnerabilities = ["tag"]          # columns in which CVE ids are looked for, for product.vulnerabilities
    knows = "handshake jarm"           # further columns (text or list): kept in `extra`, missed when absent
    once = "sic bluekeep_vulnerable"   # columns of older generations: kept in `extra`, never missed
    machine.certificate = ["sha256_fingerprint"]   # columns that identify the machine whatever its address, by what they are:
                                       # serial, mac, host-key, certificate; of several the first that says something
    evidence = "scan"                  # what its silence says: scan (it looked and did not see), sighting (it waits for who
                                       # calls) or list (it names its own day only; what is left out is a list)

    [types.event4_sinkhole.derived."classification.identifier"]  # a field made from the words of columns
    columns = ["family", "infection"]  # the first that says something
    words = {avalanche = "infected-avalanche"}   # whole words first, case does not matter
    keep = true                        # other words are kept (as a slug, behind `prefix`); else the fixed one is used
    prefix = "infected-"

    [unknown]                          # a type like any other: of reports whose type is not listed
    is = "exposed"

A type without `fields."source.ip"` has names, URLs or accounts for its subject (source.fqdn, source.url, source.account).

The four-field form of a feed (`Task.mapping`, JSON) says the same of one report, or corrects a listed type:

    {"address": column, "time": column, "kind": "open-rdp" or "column:<name>", "port": column,
     "name": column, "url": column, "taxonomy": word, "type": word, "severity": word or "column:<name>",
     "delimiter": ";", "header": false}     # without a header columns are called "1", "2", ...
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from floreo.feeds.engine.events import COLUMNS

FOLDER = Path(__file__).resolve().parent.parent / "formats"
CLASS = {
    "taxonomy": "classification.taxonomy",
    "type": "classification.type",
    "identifier": "classification.identifier",
    "severity": "severity",
}
EVIDENCE = ("scan", "sighting", "list")
MACHINE = ("serial", "mac", "host-key", "certificate")  # what identifies a machine, by how seldom it changes
SUBJECTS = ("source.ip", "source.fqdn", "source.url", "source.account")
_NAMED = re.compile(r"^(?:(\d{4}-\d{2}-\d{2})-)?([A-Za-z][A-Za-z0-9_]*)(?:-.*)?$")
_PACKED = re.compile(r"(\.(csv|tsv|txt|jsonl?|ndjson|gz|zip))+$", re.IGNORECASE)


@dataclass(frozen=True)
class Derived:
    """A field whose value is given by the words of columns."""

    columns: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False
    prefix: str = ""


@dataclass(frozen=True)
class ReportType:
    """How one type of report is read."""

    name: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Derived] = field(default_factory=dict)
    nulls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vulnerabilities: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    finding_port: str = ""
    knows: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    machine: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evidence: str = "list"
    network: str = ""  # column of the whole network that a row is about, where its address only represents that

    def column(self, event_field: str, header: Iterable[str]) -> str | None:
        """The column of this file that holds the field."""
        there = set(header)
        return next((c for c in self.fields.get(event_field, ()) if c in there), None)

    @cached_property
    def columns(self) -> frozenset[str]:
        """All that the type knows, in every generation."""
        mapped = {c for columns in self.fields.values() for c in columns}
        known = {c for derived in self.derived.values() for c in derived.columns}
        machine = {c for columns in self.machine.values() for c in columns}
        return frozenset(mapped | known | machine | {*self.vulnerabilities, *self.knows, *self.once})

    @property
    def key_fields(self) -> tuple[str, ...]:
        """What distinguishes one sighting from a repeat."""
        port = (self.finding_port,) if self.finding_port else ()
        return self.key or (*SUBJECTS, *port, "protocol.transport", CLASS["identifier"])

    def unknown(self, header: Sequence[str]) -> tuple[str, ...]:
        """Columns of the file that the type does not know."""
        known = self.columns
        return tuple(c for c in header if c not in known)

    def missing(self, header: Sequence[str]) -> tuple[str, ...]:
        """Columns that the type knows and the file lacks; of a field with several names, the first."""
        there = set(header)
        gone = [columns[0] for columns in self.fields.values() if columns and not there.intersection(columns)]
        return tuple(dict.fromkeys([*gone, *(c for c in self.knows if c not in there)]))


@dataclass(frozen=True)
class Format:
    """One provider's way of writing."""

    name: str
    reads: str
    types: Mapping[str, ReportType]
    unknown: ReportType
    delimiter: str = ","
    null: tuple[str, ...] = ("",)
    twins: tuple[tuple[str, str], ...] = ()
    sends_empty: bool = True

    def type_of(self, name: str) -> ReportType | None:
        """The listed type of that name, or its twin's under that name."""
        if name in self.types:
            return self.types[name]
        for pattern, other in self.twins:
            twin = re.sub(pattern, other, name)
            if twin != name and twin in self.types:
                return replace(self.types[twin], name=name)
        return None

    @cached_property
    def common(self) -> frozenset[str]:
        """Columns that say little: many types have them."""
        often = Counter(column for kind in self.types.values() for column in kind.columns)
        return frozenset(column for column, times in often.items() if times * 4 > len(self.types))

    def looks_like(self, header: Sequence[str]) -> ReportType | None:
        """The one listed type whose columns fit the header clearly better than any other's."""
        scored = sorted(((likeness(t, header), t.name) for t in self.types.values()), reverse=True)
        if not scored or scored[0][0] < 0.8 or (len(scored) > 1 and scored[1][0] > scored[0][0] - 0.02):
            return None
        return self.types[scored[0][1]]

    def stranger(self, name: str) -> ReportType:
        """How a type that is not listed is read: nothing lost, and said to be unknown."""
        fixed = {CLASS["taxonomy"]: "other", CLASS["type"]: "undetermined", **self.unknown.fixed}
        fixed.setdefault(CLASS["identifier"], slug(name) or "unknown")
        return replace(self.unknown, name=name, fixed=fixed)


def likeness(kind: ReportType, header: Sequence[str]) -> float:
    """1 when the file has all that the type expects and nothing else."""
    there, extra = set(header), len(kind.unknown(header))
    missing = len(kind.missing(header))
    return 1 - (extra + missing) / max(len(there) + missing, 1)


def slug(text: str) -> str:
    """`scan_rdp` -> `scan-rdp`: how identifiers are written."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80]


def bare(name: str) -> str:
    """A file's name without folders and without what says how it is packed."""
    return _PACKED.sub("", re.split(r"[/\\]", name)[-1]).lower()


def named(name: str) -> tuple[date | None, str]:
    """Day and type as `YYYY-MM-DD-<type>[-id]-<label>.csv[.gz|.zip]` gives them, or `<type>.csv`; "" where it does not."""
    found = _NAMED.match(_PACKED.sub("", re.split(r"[/\\]", name)[-1]))
    if not found:
        return None, ""
    try:
        return (date.fromisoformat(found[1]) if found[1] else None), found[2].lower()
    except ValueError:
        return None, ""


def silence_of(name: str, report_type: str) -> tuple[str, bool] | None:
    """What the silence of a type says, and whether a file of it comes when there is nothing. Of a format that is not named, of
    whichever lists the type; None where none does."""
    for each in (load(name),) if name in names() else map(load, names()):
        if (known := each.type_of(report_type)) is not None:
            return known.evidence, each.sends_empty
    return None


@cache
def names() -> tuple[str, ...]:
    """Formats that can be named."""
    return tuple(
        sorted(path.stem for path in FOLDER.glob("*.toml") if "reads" in tomllib.loads(path.read_text("utf-8")))
    )


@cache
def load(name: str) -> Format:
    """A format of feeds/formats by its name."""
    return parse(tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")))


def parse(data: Mapping[str, Any]) -> Format:
    """A format from what its file says. Raises ValueError, with the place, when it says what cannot be."""
    sets = {**data.get("base", {}), **data.get("types", {})}
    whole = {name: _whole(name, sets, ()) for name in data.get("types", {})}
    unknown = _merged(
        [*(_whole(n, sets, ()) for n in _words(data.get("unknown", {}).get("is"))), data.get("unknown", {})]
    )
    return Format(
        name=data["name"],
        reads=data["reads"],
        delimiter=data.get("delimiter", ","),
        null=tuple(w.lower() for w in data.get("null", [""])),
        twins=tuple((a, b) for a, b in data.get("twins", [])),
        sends_empty=data.get("sends_empty", True),
        types={name: _type(name, keys) for name, keys in whole.items()},
        unknown=_type("", unknown),
    )


def _words(value: Any) -> list[str]:
    return value.split() if isinstance(value, str) else list(value or [])


def _whole(name: str, sets: Mapping[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
    """A set's own keys over those it inherits."""
    if name in above:
        raise ValueError(f"{name} inherits from itself: {' > '.join(above)}")
    if name not in sets:
        raise ValueError(f"{above[-1] if above else '?'} inherits from {name}, which is nowhere")
    own = sets[name]
    return _merged([*(_whole(parent, sets, (*above, name)) for parent in _words(own.get("is"))), own])


def _merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Tables grow, columns to know add up, the rest is replaced."""
    out: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, dict):
                out[key] = {**out.get(key, {}), **value}
            elif key in ("knows", "once"):
                out[key] = [*out.get(key, []), *_words(value)]
            elif key != "is":
                out[key] = value
    return out


_KEYS = {
    "fields",
    "fixed",
    "derived",
    "nulls",
    "vulnerabilities",
    "key",
    "finding_port",
    "knows",
    "once",
    "machine",
    "evidence",
    *CLASS,
}


def _type(name: str, keys: Mapping[str, Any]) -> ReportType:
    wrong = [
        *(set(keys) - _KEYS),
        *(f for part in ("fields", "fixed", "derived", "nulls") for f in keys.get(part, {}) if f not in COLUMNS),
    ]
    wrong += [f for f in keys.get("key", []) if f not in COLUMNS]
    wrong += [word for word in keys.get("machine", {}) if word not in MACHINE]
    wrong += [word for word in (keys.get("evidence", "list"),) if word not in EVIDENCE]
    if wrong:
        raise ValueError(f"{name}: no such key or field: {', '.join(sorted(wrong))}")
    given = {CLASS[k]: keys[k] for k in CLASS if keys.get(k)}
    derived = {
        f: Derived(
            tuple(_words(d["columns"])),
            {k.lower(): v for k, v in d.get("words", {}).items()},
            d.get("keep", False),
            d.get("prefix", ""),
        )
        for f, d in keys.get("derived", {}).items()
    }
    return ReportType(
        name=name,
        fields={f: _columns(c) for f, c in keys.get("fields", {}).items() if c},
        fixed={**keys.get("fixed", {}), **given},
        derived=derived,
        nulls={f: tuple(w.lower() for w in words) for f, words in keys.get("nulls", {}).items()},
        vulnerabilities=tuple(_words(keys.get("vulnerabilities"))),
        key=tuple(keys.get("key", ())),
        finding_port=keys.get("finding_port", ""),
        knows=tuple(dict.fromkeys(keys.get("knows", ()))),
        once=tuple(dict.fromkeys(keys.get("once", ()))),
        machine={word: _columns(c) for word, c in keys.get("machine", {}).items() if c},
        evidence=keys.get("evidence", "list"),
    )


def _columns(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
