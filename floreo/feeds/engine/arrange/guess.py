"""How a file seems to be set out, recognised by its first block. What cannot be recognised is asked, never guessed: the order of day and month."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from floreo.feeds.engine.addresses import parse_addresses
from floreo.feeds.engine.arrange.model import COMMENTS, MOST_LISTS, MOST_WORDS, Arrangement, classes, column_of, is_name
from floreo.feeds.engine.arrange.select import TYPES
from floreo.feeds.engine.columns import COLUMN
from floreo.feeds.engine.events import SEVERITIES
from floreo.feeds.engine.opening import Block
from floreo.feeds.engine.prefixes import parse_prefix
from floreo.feeds.engine.reading import arranged as reader
from floreo.feeds.engine.reading import json_lines, json_values

_HOSTS = ("fqdn", "hostname", "host", "equipo", "domain_name")
_MOST, _MOSTLY = 0.5, 0.7
ORDER, WORDS, NO_ADDRESS = "order", "words", "address"  # what is asked
_NOT = 99  # rank of a name that does not say it
_SAMPLE = 256 << 10
_ROWS = 200
_MOST_DIFFERENT = 60  # words of a column of severities or classes
_DATE = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})(?:[,T ]|$)")
_TIME = re.compile(
    r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2}))([T, ].*)?$|^1\d{9}(\.\d+)?$|^1\d{12}$"
)
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(:\d{2})?( ?[AaPp]\.? ?[Mm]\.?)?$")
_URL = re.compile(r"^(h(tt|xx)ps?|ftp)(://|\[:\]//)", re.IGNORECASE)
_NAME = re.compile(
    r"^(?=.*[a-z])[a-z0-9_*](?:[a-z0-9_-]*[a-z0-9])?(?:(?:\.|\[\.\])[a-z0-9_-]+)*(?:\.|\[\.\])[a-z][a-z0-9-]+\.?(:\d+)?$",
    re.I,
)
_PORTED = re.compile(r"^\[?([0-9A-Fa-f:.]+?)\]?[:|](\d{1,5})$")
_BEFORE = re.compile(r"^(?:Ip|Range):", re.IGNORECASE)
_SPLIT = re.compile(r"[\s,;]+")
# Words in the name of a column, best first. Spanish is beside English: it is what spreadsheets of the region are headed with.
_LIKELY: Mapping[str, tuple[str, ...]] = {
    "address": (
        "src_ip",
        "source_ip",
        "ip",
        "ip_str",
        "ipaddress",
        "cidr",
        "network",
        "prefix",
        "address",
        "direccion",
        "addr",
        "value",
        "host",
        "red",
    ),
    "time": (
        "timestamp",
        "time",
        "dateadded",
        "submission_time",
        "fecha",
        "date",
        "last_seen",
        "last_online",
        "seen",
        "last_observation_time",
        "created_at",
        "created",
    ),
    "clock": ("hora", "time", "clock"),
    "url": ("matched-at", "url", "uri", "link", "enlace"),
    "name": ("fqdn", "domain", "hostname", "dominio", "host", "equipo", "name"),
    "port": ("port", "puerto", "dst_port", "port_number"),
    "kind": (
        "template-id",
        "scenario",
        "issue",
        "finding",
        "vulnerability",
        "problem",
        "threat",
        "malware",
        "signature",
        "identifier",
        "kind",
        "module",
        "service_name",
        "name",
        "tag",
        "tags",
        "tipo",
        "problema",
        "hallazgo",
        "category",
        "type",
        "classification",
        "reason",
    ),
    "severity": (
        "severity",
        "severidad",
        "gravedad",
        "criticidad",
        "nivel",
        "prioridad",
        "priority",
        "risk",
        "riesgo",
        "threat_level",
    ),
    "category": ("category", "threat", "classification", "clase", "categoria", "type", "tipo"),
    "types": ("type", "tipo", "ioc_type", "indicator_type", "scope", "observable_type"),
}
_UNLIKELY = re.compile(r"dst|dest|target|reporter|server_|c2_|resolver|detail|_link|reference|isp$", re.IGNORECASE)
_UNLIKELY_NAME = re.compile(r"^(isp|org|filename|file)$|detail|reference", re.IGNORECASE)
_SEVERITY: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "critical",
            "crítica",
            "critica",
            "crítico",
            "critico",
            "muy alta",
            "muy alto",
            "kritisch",
            "critique",
            "severe",
        ),
        "critical",
    ),
    **dict.fromkeys(("high", "alta", "alto", "hoch", "haute", "élevée", "important", "grave"), "high"),
    **dict.fromkeys(("medium", "media", "medio", "moderada", "moderado", "moderate", "mittel", "moyenne"), "medium"),
    **dict.fromkeys(("low", "baja", "bajo", "minor", "leve", "niedrig", "gering", "faible"), "low"),
    **dict.fromkeys(("info", "informational", "informativa", "informativo", "information", "none", "ninguna"), "info"),
    **dict.fromkeys(("undefined", "unknown", "desconocida", "sin definir"), "undefined"),
}
# Categories of n6 (github.com/CERT-Polska/n6, N6DataSpec), threats of URLhaus and ThreatFox, words of GreyNoise and of lists.
_CLASS: Mapping[str, str] = {
    "amplifier": "ddos-amplifier",
    "bots": "infected-system",
    "bot": "infected-system",
    "botnet": "infected-system",
    "backdoor": "system-compromise",
    "cnc": "c2-server",
    "c2": "c2-server",
    "c&c": "c2-server",
    "botnet_cc": "c2-server",
    "payload": "malware-distribution",
    "payload_delivery": "malware-distribution",
    "dos-attacker": "ddos",
    "dos-victim": "ddos",
    "malurl": "malware-distribution",
    "malware_download": "malware-distribution",
    "malware": "malware-distribution",
    "phish": "phishing",
    "phishing": "phishing",
    "scanning": "scanner",
    "scanner": "scanner",
    "scan": "scanner",
    "server-exploit": "exploit",
    "spam": "spam",
    "vulnerable": "vulnerable-system",
    "bruteforce": "brute-force",
    "brute-force": "brute-force",
    "brute force": "brute-force",
    "ransomware": "infected-system",
    "webinject": "malware-configuration",
    "leak": "data-leak",
    "fraude": "masquerade",
    "suplantación": "masquerade",
    "escaneo": "scanner",
    "fuerza bruta": "brute-force",
}
# Columns, by the last part of their names, that only one source is known to have together, and what its rows are: of PhishTank
# (phishtank.org/developer_info.php), Feodo Tracker as CSV and JSON and others of abuse.ch, nuclei, GreyNoise, Spamhaus DROP.
_OF_SOURCES: Sequence[tuple[frozenset[str], Mapping[str, str]]] = (
    (frozenset({"phish_id", "url"}), {"category": "phishing", "kind": "phishing"}),
    (frozenset({"dst_ip", "c2_status"}), {"category": "c2-server"}),
    (frozenset({"ip_address", "port", "last_online", "malware"}), {"category": "c2-server"}),
    (frozenset({"template-id", "matched-at"}), {"category": "vulnerable-system"}),
    (frozenset({"classification", "first_seen", "last_seen", "tags"}), {"category": "scanner"}),
    (frozenset({"cidr", "sblid"}), {"category": "other", "kind": "blocklisted"}),
)


@dataclass(frozen=True)
class Guess:
    """The arrangement, the columns of the file as it has them, what is to be asked (ORDER, WORDS, NO_ADDRESS), and of columns of
    severities and classes the words that have none here."""

    arranged: Arrangement
    header: tuple[str, ...]
    questions: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def guess(first: Block) -> Guess:
    """Raises Unreadable where the block is no table at all."""
    block = first if len(first.data) <= _SAMPLE else Block(_cut(first.data), first.line)
    if block.data.lstrip()[:1] in (b"{", b"["):
        arranged, header, rows = _json(first if not json_lines.is_by_line(first.data) else block)
    else:
        arranged, header, rows = _table(block)
    return _named(arranged, header, rows)


def _cut(data: bytes) -> bytes:
    return data[: data.rfind(b"\n", 0, _SAMPLE) + 1] or data[:_SAMPLE]


Rows = list[dict[str, str]]


# JSON: which lists are to be unfolded


def _json(block: Block) -> tuple[Arrangement, list[str], Rows]:
    arranged = Arrangement(reads="json")
    values = _values(block)
    lists = list[str]()
    while len(lists) < MOST_LISTS:
        found = _list_in(values, lists[-1] if lists else "")
        if not found:
            break
        path, values = found
        lists.append(path)
    arranged = replace(arranged, unfold=tuple(lists))
    rows = reader.first_rows(arranged, block, _ROWS)
    return arranged, list(dict.fromkeys(name for row in rows for name in row)), rows


def _values(block: Block) -> list[Any]:
    is_by_line = json_lines.is_by_line(block.data)
    data = block.data[:_SAMPLE] if is_by_line else block.data
    read = json_lines.by_line if is_by_line else json_lines.by_value
    found = next(iter(read([Block(data, block.line, last=True)])), None)
    return [value for _, _, value in found[0][:_ROWS] if isinstance(value, dict)] if found else []


def _list_in(values: Sequence[Any], before: str) -> tuple[str, list[Any]] | None:
    """A list of objects that holds what an event is about (addresses), where nothing outside does; or ports, beside an address."""
    candidates: dict[str, list[Any]] = {}
    for value in values:
        for path, inner in _lists(value, ""):
            candidates.setdefault(path, []).extend(inner)
    outside = any(_has_subject(value) for value in values)
    for path, inner in candidates.items():
        name = f"{before}.{path}" if before else path
        is_named = any(_has_subject(each) for each in inner[:_ROWS])
        ports = any("port" in each for each in inner[:_ROWS])
        if (is_named and not outside) or (ports and outside and re.search(r"services?$|ports?$", path)):
            return name, inner
    return None


def _lists(value: Any, before: str, deep: int = 0) -> Iterable[tuple[str, list[Any]]]:
    if not isinstance(value, dict) or deep > 3:
        return
    for key, inner in value.items():
        if isinstance(inner, list) and inner and all(isinstance(each, dict) for each in inner):
            yield before + key, inner
        elif isinstance(inner, dict):
            yield from _lists(inner, f"{before}{key}.", deep + 1)


def _has_subject(value: Any) -> bool:
    """Whether an object itself names an address or a network under a name that says so."""
    flat = json_values.flat(value) if isinstance(value, dict) else {}
    return any(
        _is_address(text) or parse_prefix(text) is not None
        for name, text in flat.items()
        if _rank("address", name) < _NOT
    )


# Tables: where they begin, how their cells are parted, whether a heading is above


def _table(block: Block) -> tuple[Arrangement, list[str], Rows]:
    lines = block.data.decode("utf-8", "replace").splitlines()[:2000]
    comment = _comment(lines)
    plain = [
        (n, line)
        for n, line in enumerate(lines)
        if line.strip() and not (comment and line.lstrip().startswith(comment))
    ]
    delimiter = _delimiter([line for _, line in plain])
    widths = [_width(line, delimiter) for _, line in plain]
    usual = Counter(widths[:500]).most_common(1)[0][0] if widths else 1
    filled = [_width(line, delimiter, is_filled=True) for _, line in plain]
    begins = next(
        (i for i, width in enumerate(widths) if abs(width - usual) <= (usual > 3) and filled[i] * 2 > usual), 0
    )
    skip = plain[begins][0] if begins and plain else 0
    if comment and skip and all(line.lstrip().startswith(comment) or not line.strip() for line in lines[:skip]):
        skip = 0
    base = Arrangement(delimiter=delimiter, comment=comment, skip=skip, header="none")
    header, rows = _read(base, block)
    above = replace(base, header="comment")
    if comment and len(reader.header_of(above, block)) == len(header) > 1:
        arranged = above
    elif rows and _is_heading(list(rows[0].values()), rows[1:]):
        arranged = replace(base, header="first")
    else:
        arranged = base
    if arranged.header != "none":
        header, rows = _read(arranged, block)
    return arranged, header, rows


def _comment(lines: Sequence[str]) -> str:
    """The sign with which lines above the table begin."""
    counts = Counter(mark for line in lines[:200] for mark in COMMENTS[1:] if line.lstrip().startswith(mark))
    first = next((line.lstrip() for line in lines if line.strip()), "")
    return next((mark for mark, _ in counts.most_common() if first.startswith(mark) or counts[mark] > 1), "")


def _delimiter(lines: Sequence[str]) -> str:
    """The one that parts most lines into the same number of cells, more than one."""

    def fits(delimiter: str) -> tuple[float, int]:
        widths = Counter(_width(line, delimiter) for line in lines[:300])
        width, often = max(widths.items(), key=lambda each: (each[1] * (each[0] > 1), each[0]), default=(1, 0))
        return (often / max(len(lines[:300]), 1) if width > 1 else 0.0), width

    best = max((",", ";", "\t", "|"), key=fits)
    if fits(best)[0] >= 0.5:
        return best
    spaced = fits(" ")
    is_apart = all(_is_subject(line.split()[0]) for line in lines[:50] if line.split())
    return " " if spaced[0] >= 0.8 and is_apart else ","


def _width(line: str, delimiter: str, *, is_filled: bool = False) -> int:
    """Cells of a line, or those that say something."""
    if delimiter == " ":
        return len(line.split())
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return 0
    return sum(bool(cell.strip()) for cell in cells) if is_filled else len(cells)


def _read(arranged: Arrangement, block: Block) -> tuple[list[str], Rows]:
    header = reader.header_of(arranged, block)
    if not header:
        return header, []
    found = next(iter(reader.table_rows(arranged, header, [Block(block.data, block.line, last=True)])), None)
    if found is None:
        return header, []
    listed = found.table.slice(0, 2000).to_pylist()
    rows = [{name: (row[f"c{n}"] or "").strip(" \t\u00a0") for n, name in enumerate(header)} for row in listed]
    return header, rows


def _is_heading(cells: Sequence[str], rows: Rows) -> bool:
    """Names of columns are no addresses, times or numbers, and the cells below them are not all as they are."""
    if any(_is_subject(cell) or _TIME.match(cell) or cell.replace(".", "").isdecimal() for cell in cells):
        return False
    filled = [cell for cell in cells if cell]
    return len(filled) > len(cells) // 2 and (
        not rows or any(_is_subject(text) or _TIME.match(text) for text in rows[0].values())
    )


# Which column is what


def _named(arranged: Arrangement, header: Sequence[str], rows: Rows) -> Guess:
    header = [name for name in header if is_name(name)]
    values = {name: [row[name] for row in rows if row.get(name)] for name in header}
    taken = set[str]()
    questions, strange = list[str](), list[str]()

    def pick(what: str, fits: Any, least: float = 0.5, *, by_name: bool = False, filled: float = 0.0) -> str:
        found = [c for c in header if c not in taken and values[c] and _share(fits, values[c]) >= least]
        found = [c for c in found if not _UNLIKELY_NAME.search(c.rsplit(".", 1)[-1])]
        found = [c for c in found if len(values[c]) >= filled * len(rows)]
        if by_name:
            found = [c for c in found if _rank(what, c) < _NOT]
        best = min(found, key=lambda c: (_rank(what, c), c.count("."), header.index(c)), default="")
        if best:
            taken.add(best)
        return best

    types = _types_of(header, values)
    if types and (value := _values_column(header, values, types)):
        taken |= {types, value}
        arranged = replace(arranged, types=types, address=value)
    else:
        url = pick("url", lambda t: bool(_URL.match(t)))
        address = pick("address", _is_subject_address)
        # Beside an address a column called `domain` is as often that of its provider, or of a site that was robbed.
        hosts = [c for c in header if c not in taken and values[c] and c.rsplit(".", 1)[-1].lower() in _HOSTS]
        name = next((c for c in hosts if _share(_is_subject, values[c]) >= _MOST), "")
        if not (address or url or name):
            name = pick("name", lambda t: bool(_NAME.match(t)))
        taken.add(name)
        arranged = replace(arranged, address=address, url=url, name=name)
    if not any((arranged.address, arranged.url, arranged.name)):
        questions.append(NO_ADDRESS)
    arranged = _address_shapes(arranged, values)
    port = pick("port", lambda t: t.isdecimal() and 0 <= int(t[:6]) <= 65535, 0.95, by_name=True)
    time = pick("time", lambda t: bool(_TIME.match(t)), _MOSTLY, filled=_MOST)
    if time and _rank("time", time) == _NOT and not _has_clock(values[time]):
        time = ""  # a day under a name that says nothing may be any: that of a contract, of a registration
    clock = pick("clock", lambda t: bool(_CLOCK.match(t)), 0.8) if time and not _has_clock(values[time]) else ""
    order, is_open = _order(values[time]) if time else ("", False)
    if is_open:
        questions.append(ORDER)
    arranged = replace(arranged, port=port, time=tuple(c for c in (time, clock) if c), order=order)
    arranged, strange = _with_words(arranged, header, values, taken)
    if strange:
        questions.append(WORDS)
    kind = _kind(header, values, taken, arranged, len(rows))
    arranged = replace(arranged, kind=f"{COLUMN}{kind}" if kind else "")
    if not arranged.category:
        arranged = replace(arranged, **_of_its_source(header))  # type: ignore[arg-type]  # texts
    if kind.endswith(("service_name", "module")):  # what answers at a port
        exposed = arranged.category or "potentially-unwanted-accessible"
        arranged = replace(arranged, kind_prefix="open-", category=exposed)
    return Guess(arranged, tuple(header), tuple(questions), tuple(strange[:MOST_WORDS]))


def _types_of(header: Sequence[str], values: Mapping[str, list[str]]) -> str:
    """The column that says what kind of thing a value is: most of its words are kinds that sources use, two at least."""
    for name in sorted(header, key=lambda c: _rank("types", c)):
        if _rank("types", name) == _NOT or not values[name]:
            continue
        words = {text.lower() for text in values[name]}
        if sum(word in TYPES for word in words) * 3 >= len(words) and words & TYPES.keys():
            return name
    return ""


def _values_column(header: Sequence[str], values: Mapping[str, list[str]], types: str) -> str:
    named = [
        c for c in header if c != types and re.search(r"(^|[._])(value|valor|ioc|indicator|indicador)($|[._])", c, re.I)
    ]
    return next((c for c in named if any(_is_subject(text.split("|")[0]) for text in values[c])), "")


def _address_shapes(arranged: Arrangement, values: Mapping[str, list[str]]) -> Arrangement:
    texts = values.get(arranged.address, [])
    several = any(
        len(parts := _SPLIT.split(_listed(text))) > 1 and all(map(_is_subject_address, parts)) for text in texts
    )
    networks = any(parse_prefix(_BEFORE.sub("", text)) is not None and "/" in text for text in texts)
    return replace(arranged, several=several, networks=networks)


def _listed(text: str) -> str:
    """A list as one cell of JSON has it, or as it is."""
    return text.strip("[]").replace('"', "") if text.startswith('["') else text


def _with_words(
    arranged: Arrangement, header: Sequence[str], values: Mapping[str, list[str]], taken: set[str]
) -> tuple[Arrangement, list[str]]:
    """Columns of severities and of classes, the words of which are known; and the words of them that are not."""
    strange = list[str]()
    for what, known, ours in (("severity", _SEVERITY, SEVERITIES), ("category", _CLASS, tuple(classes()))):
        found = []
        for name in header:
            words = sorted({text.lower() for text in values[name]})
            known_words = [word for word in words if word in known or word in ours]
            if known_words and name not in taken and len(words) <= _MOST_DIFFERENT and _rank(what, name) < _NOT:
                found.append((_rank(what, name), -len(known_words), name, words))
        if not found:
            continue
        _, _, name, words = min(found)
        mapped = {word: known[word] for word in words if word in known and known[word] != word}
        strange += [word for word in words if word not in known and word not in ours]
        given = {what: f"{COLUMN}{name}", f"{what}_words": mapped}
        arranged = replace(arranged, **given)  # type: ignore[arg-type]
        if what == "severity":
            taken.add(name)
    return arranged, strange


def _kind(
    header: Sequence[str], values: Mapping[str, list[str]], taken: set[str], arranged: Arrangement, count: int
) -> str:
    def fits(name: str) -> bool:
        words = set(values[name])
        return (
            name not in taken and 0 < len(words) <= max(40, len(values[name]) // 3) and not any(map(_is_subject, words))
        )

    found = [c for c in header if fits(c) and _rank("kind", c) < _NOT and len(values[c]) >= _MOST * count]
    best = min(found, key=lambda c: (_rank("kind", c), c.count(".")), default="")
    return best or column_of(arranged.category)


def _of_its_source(header: Sequence[str]) -> Mapping[str, str]:
    """What rows with these columns are, where a source is known by them."""
    names = {name.lower().rsplit(".", 1)[-1] for name in header}
    return next((what for columns, what in _OF_SOURCES if columns <= names), {})


def _order(texts: Sequence[str]) -> tuple[str, bool]:
    """Of day, month and year; and whether that has to be asked: numbers up to twelve decide nothing."""
    found = [match for text in texts if (match := _DATE.match(text))]
    if not found:
        return "", False
    first, second = (max(int(match[n]) for match in found) for n in (1, 2))
    if first > 12 and second <= 12:
        return "dmy", False
    if second > 12 and first <= 12:
        return "mdy", False
    return "", True


def _has_clock(texts: Sequence[str]) -> bool:
    return any(":" in text or text.isdecimal() for text in texts)


def _rank(what: str, name: str) -> int:
    """How well a name says it: place of the word in the list; 99 where it does not. A name that says the other end comes later."""
    low = name.lower()
    last = low.rsplit(".", 1)[-1]
    parts = set(re.split(r"[^a-z0-9áéíóúñ]+", _plain(low)))
    for place, word in enumerate(_LIKELY[what]):
        if word in (low, last, _plain(last)):
            return place
    within = next((30 + place for place, word in enumerate(_LIKELY[what]) if word in parts), _NOT)
    return within + 20 if within < _NOT and _UNLIKELY.search(low) else within


def _plain(text: str) -> str:
    return text.translate(str.maketrans("áéíóúñ", "aeioun"))


def _share(fits: Any, texts: Sequence[str]) -> float:
    return sum(bool(fits(text)) for text in texts) / len(texts) if texts else 0.0


def _is_address(text: str) -> bool:
    return bool(parse_addresses(pa.array([text], pa.string())).ok[0])


def _is_subject_address(text: str) -> bool:
    """One address, with a port or not, a network, or several."""
    text = _BEFORE.sub("", text).replace("[.]", ".")
    if ported := _PORTED.match(text):
        return _is_address(text) or _is_address(ported[1])
    if _is_address(text) or parse_prefix(text) is not None:
        return True
    parts = _SPLIT.split(_listed(text))
    return len(parts) > 1 and all(_is_address(part) for part in parts)


def _is_subject(text: str) -> bool:
    return bool(_is_subject_address(text) or _URL.match(text) or _NAME.match(text))
