"""A table of text and a format to events and rejects: whatever a row says becomes a field, or the reason why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine import reading, texts, times
from floreo.feeds.engine.addresses import FINE, MISSING, REASONS, Addresses, parse_addresses
from floreo.feeds.engine.events import COLUMNS, REJECT_SCHEMA, SEVERITIES, TEXT, WORDS, Reject, event_schema
from floreo.feeds.engine.formats import SUBJECTS, slug
from floreo.feeds.engine.opening import BLOCK
from floreo.feeds.engine.reading.blocks import RowBlock, reject_table
from floreo.feeds.engine.task import IngestOrder, Source

_TIME, _PORTS = "time.source", ("source.port", "destination.port")
_FUTURE = timedelta(days=1)
_WORDS = re.compile(r"[\s,;|]+")  # between the words of a column such as `tag`
_SYSTEM = re.compile(r"^\s*(?:asn?)?\s*(\d+)(?:\D.*)?$", re.IGNORECASE)
_REJECTS = (None, *Reject)
_CODE = {reason: code for code, reason in enumerate(_REJECTS)}
Rows = npt.NDArray[np.int64]


@dataclass
class _OpenBlock:
    """A part while it is worked on: its columns by field, words that mean nothing taken out."""

    part: RowBlock
    table: pa.Table
    lines: npt.NDArray[np.uint64]

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.table.column_names)

    def column(self, field: str) -> Any | None:
        """What the file says of a field. Of several columns the first counts, row by row where a reader gives them all."""
        kind = self.part.type
        if self.part.more is not None:
            there = [c for c in kind.fields.get(field, ()) if c in self.names]
        else:
            name = kind.column(field, self.names)
            there = [name] if name else []
        found = [texts.whole(self.table[name]) for name in there]
        if not found:
            return None
        found = [each for each in found if each.null_count < len(each)] or found[:1]
        column = found[0] if len(found) == 1 else pc.coalesce(*found)
        if COLUMNS.get(field) == WORDS:
            column = texts.encoded(column)  # so that each word is looked at once
        return texts.without(column, (*self.part.format.null, *kind.nulls.get(field, ())))

    def words(self, name: str) -> Any:
        return texts.without(texts.encoded(texts.whole(self.table[name])), self.part.format.null)

    @cached_property
    def taken(self) -> frozenset[str]:
        """Columns that have become a field; the others go to `extra`."""
        kind = self.part.type
        if self.part.more is not None:
            return self.names
        derived = [name for each in kind.derived.values() for name in each.columns if name.startswith("@")]
        own = [kind.network, *derived]  # made by an arrangement: no columns of the file
        return frozenset([*own, *(name for field in kind.fields if (name := kind.column(field, self.names)))])


def normalise(
    part: RowBlock,
    opened: reading.OpenReport,
    *,
    feed: str,
    sha256: str,
    received_at: datetime,
    oldest_days: int,
) -> tuple[pa.Table, pa.Table]:
    """Events and rejects of one part. Every row that was in the file is in one of them."""
    events, good, rejects = judged(
        part, opened, feed=feed, sha256=sha256, received_at=received_at, oldest_days=oldest_days
    )
    return events if good.all() else events.filter(pa.array(good)), rejects


def judged(
    part: RowBlock,
    opened: reading.OpenReport,
    *,
    feed: str,
    sha256: str,
    received_at: datetime,
    oldest_days: int,
) -> tuple[pa.Table, npt.NDArray[np.bool_], pa.Table]:
    """As `normalise`, but the events hold a line for every row that could be taken apart, and beside them an array says which are
    events: whoever leaves out more of them besides does so once."""
    rows = _OpenBlock(part, part.table, part.lines)
    addresses, why = _addresses(rows)
    when = _times(rows, why, opened.day, received_at, oldest_days)
    ports = {field: _port(rows, field, why) for field in _PORTS}
    good = why == 0
    rejects = _rejects(part, why, np.flatnonzero(why))
    known: dict[str, Any] = {
        _TIME: pa.array(np.where(good, when, 0)).cast(pa.timestamp("ms", tz="UTC")),
        "ip_hi": pa.array(addresses.hi),
        "ip_lo": pa.array(addresses.lo),
        **ports,
        "feed.code": texts.constant(feed, rows.rows),
        "report": texts.constant(sha256, rows.rows),
        "count": pa.array(np.ones(rows.rows, np.uint32)),
        "line": pa.array(rows.lines),
    }
    _subjects(rows, addresses, known)
    return _events(rows, known, addresses, part.more), good, rejects


def _addresses(rows: _OpenBlock) -> tuple[Addresses, npt.NDArray[np.int8]]:
    """Addresses of all rows, and why a row is none: a bad address, or no subject of any kind."""
    column = rows.column("source.ip")
    named = np.zeros(rows.rows, np.bool_)
    for field in SUBJECTS[1:]:
        if (other := rows.column(field)) is not None:
            named |= other.is_valid().to_numpy(zero_copy_only=False)
    if column is None:
        nothing = np.zeros(rows.rows, np.uint64)
        found = Addresses(nothing, nothing.copy(), named & False, np.full(rows.rows, MISSING, np.int8))
    else:
        found = parse_addresses(column)
    as_reject = np.array([_CODE[reason] for reason in REASONS], np.int8)
    why = as_reject[found.why]
    why[(found.why == MISSING) & ~named] = _CODE[Reject.NO_SUBJECT]
    return found, why


def _times(
    rows: _OpenBlock, why: npt.NDArray[np.int8], day: date | None, received_at: datetime, oldest_days: int
) -> times.Millis:
    """When: as the row says; where a report has no such column, on its day."""
    column = rows.column(_TIME)
    received = times.millis_of(received_at)
    if column is None and not rows.part.type.column(_TIME, rows.names):
        on_day = times.millis_of(datetime(day.year, day.month, day.day, tzinfo=UTC)) if day else received
        is_today = day is None or day == received_at.astimezone(UTC).date()
        return np.full(rows.rows, received if is_today else on_day, np.int64)
    assert column is not None
    found = times.parse_times(column)
    there = column.is_valid().to_numpy(zero_copy_only=False)
    oldest = received - oldest_days * 86_400_000
    latest = received + int(_FUTURE.total_seconds() * 1000)
    for which, reason in (
        (~there, Reject.NO_TIME),
        (found == times.NONE, Reject.BAD_TIME),
        (found < oldest, Reject.TIME_TOO_OLD),
        (found > latest, Reject.TIME_IN_FUTURE),
    ):
        why[which & (why == 0)] = _CODE[reason]
    return found


def _port(rows: _OpenBlock, field: str, why: npt.NDArray[np.int8]) -> Any:
    column = rows.column(field)
    if column is None:
        return pa.nulls(rows.rows, pa.uint16())
    found = number(column, pa.uint16())
    wrong = (column.is_valid().to_numpy(zero_copy_only=False)) & found.is_null().to_numpy(zero_copy_only=False)
    why[wrong & (why == 0)] = _CODE[Reject.BAD_PORT]
    return found


def number(column: Any, kind: pa.DataType) -> Any:
    """Whole numbers of a column of text; null where it is none, or larger than the kind holds."""
    if pa.types.is_dictionary(column.type):
        return number(column.dictionary, kind).take(column.indices)
    plain = pc.and_(pc.ascii_is_decimal(column), pc.less_equal(pc.binary_length(column), 10))
    if not pc.all(plain, min_count=0).as_py():
        column = pc.if_else(plain, column, pa.scalar(None, column.type))
    found = column.cast(pa.uint64())
    largest = pa.scalar(int(np.iinfo(kind.to_pandas_dtype()).max), pa.uint64())
    return pc.if_else(pc.less_equal(found, largest), found, pa.scalar(None, pa.uint64())).cast(kind)


def _rejects(part: RowBlock, why: npt.NDArray[np.int8], bad: Rows) -> pa.Table:
    if not len(bad):
        return part.rejects
    reasons = [str(_REJECTS[code]) for code in why[bad].tolist()]
    mine = reject_table(part.lines[bad], part.texts(bad), reasons)
    return pa.concat_tables([part.rejects, mine]) if part.rejects.num_rows else mine


def _subjects(rows: _OpenBlock, addresses: Addresses, known: dict[str, Any]) -> None:
    """Address and names as text. A name that is an address is one; a URL's host too, where the row has no address."""
    ip, name, url = rows.column("source.ip"), rows.column("source.fqdn"), rows.column("source.url")
    plain = [texts.whole(c).cast(TEXT) if c is not None else pa.nulls(rows.rows, TEXT) for c in (ip, name, url)]
    ip, name, url = plain
    if name.null_count < len(name):
        name = pc.utf8_rtrim(pc.utf8_lower(name), ".")
    if name.null_count < len(name) or url.null_count < len(url):
        ip, name = _from_names(ip, name, url, addresses)
        known["ip_hi"], known["ip_lo"] = pa.array(addresses.hi), pa.array(addresses.lo)
    if rows.part.type.network in rows.names:  # its address only shows whose the network is
        ip = pc.coalesce(texts.whole(rows.table[rows.part.type.network]).cast(TEXT), ip)
    known.update({"source.ip": ip, "source.fqdn": name, "source.url": url})


def _from_names(ip: Any, name: Any, url: Any, addresses: Addresses) -> tuple[Any, Any]:
    """Addresses given by names and URLs. Fills in `addresses` where there was none."""
    like = np.asarray(pc.fill_null(pc.match_substring_regex(name, r"^[\d.]+$|:"), fill_value=False))
    bare = np.flatnonzero((addresses.why == MISSING) & (like | np.asarray(url.is_valid())))
    if len(bare):
        hosts = [n if n and like[i] else _host(u) for i, n, u in _triples(bare, name, url)]
        column = pa.array(hosts, TEXT)
        found = parse_addresses(column)
        fine = bare[found.ok]
        addresses.hi[fine], addresses.lo[fine] = found.hi[found.ok], found.lo[found.ok]
        addresses.ok[fine], addresses.why[fine] = True, FINE
        filled = ip.to_pylist() if len(fine) else []
        for row, host in zip(bare.tolist(), hosts, strict=True):
            if filled and addresses.ok[row]:
                filled[row] = host
        ip = pa.array(filled, TEXT) if filled else ip
    named = np.flatnonzero(like)
    if len(named):  # what names an address is no name
        is_address = np.zeros(len(name), np.bool_)
        is_address[named] = parse_addresses(name.take(pa.array(named))).ok
        name = pc.if_else(pa.array(is_address), pa.scalar(None, TEXT), name)
    return ip, name


def _triples(rows: Rows, name: Any, url: Any) -> Any:
    at = pa.array(rows)
    return zip(rows.tolist(), name.take(at).to_pylist(), url.take(at).to_pylist(), strict=True)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _events(rows: _OpenBlock, known: dict[str, Any], addresses: Addresses, more: Any) -> pa.Table:
    kind, count = rows.part.type, rows.rows
    for field, sort in COLUMNS.items():
        if field in known or field in ("key", "finding_port", "product.vulnerabilities"):
            continue
        known[field] = _field(rows, field, sort)
    if kind.fields.get("feed.name") is None:
        known["feed.name"] = texts.constant(kind.name, count)
    known["product.vulnerabilities"] = _vulnerabilities(rows)
    known["finding_port"] = known[kind.finding_port] if kind.finding_port else pa.nulls(count, pa.uint16())
    known["key"] = pa.array(_key(rows, known, addresses))
    extra = _extra(rows, more)
    arrays = [*(known[field] for field in COLUMNS), extra]
    return pa.Table.from_arrays(arrays, schema=event_schema(extra.type))


def _vulnerabilities(rows: _OpenBlock) -> Any:
    """Ids that the type, a column of its own, and words of other columns give."""
    kind, field = rows.part.type, "product.vulnerabilities"
    columns = [rows.words(c) for c in kind.vulnerabilities if c in rows.names]
    if field in kind.derived:
        columns += _derived(rows, field)
    own = rows.column(field)
    kept = [texts.encoded(own)] if own is not None else []
    return texts.cves(columns, rows.rows, kind.fixed.get(field, ""), kept)


def _field(rows: _OpenBlock, field: str, sort: pa.DataType) -> Any:
    """One field: of its words in columns, of its column, else what the type itself gives."""
    kind, count = rows.part.type, rows.rows
    column, fixed = rows.column(field), kind.fixed.get(field)
    if field in kind.derived or sort == WORDS:
        found = [] if column is None else [texts.encoded(column)]
        if field in kind.derived:
            found = [*_derived(rows, field), *found]
        if field == "severity":
            found = [texts.recoded(c, _severity) for c in found]
            fixed = fixed or "undefined"
        if not found:
            return texts.constant(fixed, count)
        if len(found) == 1 and not fixed and found[0].dictionary.null_count == 0:
            return found[0]
        return texts.first_of(found, count, fixed)
    if column is None:
        return pa.nulls(count, sort) if not fixed else pa.array([fixed] * count).cast(sort)
    if pa.types.is_integer(sort):
        return number(_system(column) if field.endswith(".asn") else column, sort)
    return column.cast(sort)


def _severity(word: str) -> str | None:
    low = word.strip().lower()
    return low if low in SEVERITIES else None


def _system(column: Any) -> Any:
    """AS64496 is 64496; of several, the first."""
    words = column.dictionary if pa.types.is_dictionary(column.type) else column
    if pc.all(pc.ascii_is_decimal(words), min_count=0).as_py():
        return column
    if pa.types.is_dictionary(column.type):
        return texts.recoded(column, lambda v: found[1] if (found := _SYSTEM.match(v)) else v)
    return pc.replace_substring_regex(column, r"^\s*(?i:asn?)?\s*(\d+)(\D.*)?$", r"\1")


def _derived(rows: _OpenBlock, field: str) -> list[Any]:
    """What the words of columns say of a field."""
    named = rows.part.type.derived[field]

    def change(word: str) -> str | None:
        low = word.strip().lower()
        given = next((named.words[w] for w in (low, *_WORDS.split(low)) if w in named.words), None)
        if given is not None:
            return given
        rest = slug(word) if named.keep else ""
        return f"{named.prefix}{rest}" if rest else None

    return [texts.recoded(rows.words(c), change) for c in named.columns if c in rows.names]


def _key(rows: _OpenBlock, known: Mapping[str, Any], addresses: Addresses) -> texts.Hashes:
    parts: list[texts.Hashes] = []
    for field in rows.part.type.key_fields:
        if field == "source.ip":
            parts += [addresses.hi, addresses.lo]
        elif field == _TIME:
            parts.append(known[field].cast(pa.int64()).to_numpy().astype(np.uint64))
        elif field == "destination.ip":
            parts.append(_hashed_addresses(known[field]))
        else:
            parts.append(texts.hashed(known[field]))
    return texts.joined(parts, rows.rows)


def _hashed_addresses(column: Any) -> texts.Hashes:
    """A 64-bit word for the address of each row, however it is spelt; what is no address counts as it is written. In a night's file nearly every
    address is another, and reading them all at once takes a tenth of the time of hashing each text."""
    if column.null_count == len(column):
        return np.zeros(len(column), np.uint64)
    found = parse_addresses(column)
    words = texts.joined([found.hi, found.lo], len(column))
    if len(others := np.flatnonzero(~found.ok)):
        words[others] = texts.hashed(column.take(pa.array(others)))
    return words


def _extra(rows: _OpenBlock, more: Any) -> Any:
    """Whatever became no field, as it was read."""
    if more is not None:
        return more.cast(pa.string())
    names = [name for name in rows.table.column_names if name not in rows.taken]
    columns = [texts.whole(rows.table[name]) for name in names]
    if rows.part.extra_as_text:
        lists = [c.to_pylist() for c in columns]
        given = [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in zip(*lists, strict=True)]
        given = given or [{}] * rows.rows
        return pa.array([json.dumps(row, ensure_ascii=False) if row else None for row in given], pa.string())
    if not names:
        return pa.nulls(rows.rows, pa.string())
    return pa.StructArray.from_arrays(columns, names=names)


def events_of(
    data: bytes,
    name: str,
    *,
    received_at: datetime,
    feed: str = "feed",
    sha256: str = "",
    day: date | None = None,
    block: int = BLOCK,
    **given: Any,
) -> tuple[pa.Table, pa.Table]:
    """The bytes of a report to its events and rejects. `said`: further fields of a Task. Raises Unreadable."""
    task = IngestOrder(
        **{
            "feed": feed,
            "day": day or received_at.date(),
            "report_type": "",
            "files": (),
            "received_at": received_at,
            "root": "",
            "constituency": "",
            **given,
        }
    )
    opened = reading.open_report(Source("", sha256, name), task, data=data, block=block)
    found = [
        normalise(part, opened, feed=feed, sha256=sha256, received_at=received_at, oldest_days=task.oldest_days)
        for part in opened.parts()
    ]
    events = pa.concat_tables([events for events, _ in found])
    return events, pa.concat_tables([REJECT_SCHEMA.empty_table(), *(rejects for _, rejects in found)])
