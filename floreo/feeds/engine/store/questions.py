"""What is asked of stored events: counts, the latest of an organisation, the history of an address."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from floreo.feeds.engine.addresses import text_of
from floreo.feeds.engine.store.duck import Source, connected, quoted
from floreo.feeds.engine.store.files import Store

T = TypeVar("T")
# What events are counted by: a plain name -> the column.
BY = {
    "day": "day",
    "kind": "classification.identifier",
    "type": "classification.type",
    "taxonomy": "classification.taxonomy",
    "organisation": "organisation",
    "network": "network",
    "reason": "reason",
    "service": "service",
    "severity": "severity",
    "feed": "feed.code",
    "report_type": "feed.name",
    "address": "source.ip",
    "malware": "malware.name",
}
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_WIDEN = (7, 28, 120)  # days back in which the latest are looked for, before all are


@dataclass(frozen=True)
class Filter:
    """All of these hold. None: whatever; an empty tuple: nothing at all."""

    organisations: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    feeds: tuple[str, ...] | None = None
    report_types: tuple[str, ...] | None = None
    severities: tuple[str, ...] | None = None
    address: tuple[int, int] | None = None  # two words
    name: str | None = None  # source.fqdn
    is_owned: bool | None = None  # by one of the organisations here

    def sql(self) -> tuple[str, list[Any]]:
        given: list[str] = []
        values: list[Any] = []
        for column, wanted in (
            ("organisation", self.organisations),
            ("classification.identifier", self.kinds),
            ("feed.code", self.feeds),
            ("feed.name", self.report_types),
            ("severity", self.severities),
        ):
            if wanted is not None:
                given.append(f"{quoted(column)} IN ({', '.join('?' * len(wanted))})" if wanted else "false")
                values += wanted
        if self.address is not None:
            given.append("ip_hi = ?::UBIGINT AND ip_lo = ?::UBIGINT")
            values += self.address
        if self.name is not None:
            given.append('"source.fqdn" = ?')
            values.append(self.name)
        if self.is_owned is not None:
            given.append(f"organisation IS {'NOT ' if self.is_owned else ''}NULL")
        return " AND ".join(given) or "true", values


EVERYTHING = Filter()


@contextlib.contextmanager
def events(
    store: Store, first: date, last: date, where: Filter = EVERYTHING, *, whole: bool = True
) -> Iterator[duckdb.DuckDBPyRelation]:
    """The events of the reports of these days, as one relation: `day`, the columns of the vocabulary, `extra` as text."""
    with connected(store) as connection:
        condition, values = where.sql()
        select = Source(connection, store).events(first, last, whole=whole)
        yield connection.sql(f"SELECT * FROM ({select}) WHERE {condition}", params=values)


def counts(
    store: Store, first: date, last: date, by: Sequence[str], *, where: Filter = EVERYTHING, limit: int = 10_000
) -> list[dict[str, Any]]:
    """How many events, by names of `BY`; most first, and by name where equal."""
    columns = [f"{quoted(BY[name])} AS {quoted(name)}" for name in by]
    keys = ", ".join(str(i + 1) for i in range(len(by)))
    select = f"SELECT {', '.join([*columns, 'count(*) AS events'])} FROM (%s) WHERE %s" + (
        f" GROUP BY {keys}" if by else ""
    )
    order = f" ORDER BY events DESC{', ' + keys if by else ''} LIMIT {int(limit)}"
    rows: list[dict[str, Any]] = _asked(store, first, last, select + order, where).to_pylist()
    return rows


def latest(
    store: Store, where: Filter, *, limit: int = 50, last: date = date.max, first: date = date.min, whole: bool = True
) -> pa.Table:
    """The newest events: of the newest reports first. Looks back a week, and further only when that is not enough; first at
    the times alone, so that all columns are read of those days only that have some of them."""
    order = f'ORDER BY day DESC, "time.source" DESC, report, line LIMIT {int(limit)}'
    select = f'SELECT * FROM (%s) WHERE %s AND (day > ? OR "time.source" >= ? OR "time.source" IS NULL) {order}'
    days = [d for kind in ("days", "landing") for d in store.days(kind, first, last)]
    day, moment = date.max, datetime.min.replace(tzinfo=UTC)

    def ask() -> pa.Table:
        with connected(store) as connection:
            since = (
                _since(connection, store, where, limit, oldest=min(days), newest=max(days)) if days else (day, moment)
            )
            end = max(days, default=day)
            answer = _answer(connection, store, (since[0], end), select, where, more=since, whole=whole)
            return answer.to_arrow_table()

    return _again(ask)


def _since(
    connection: duckdb.DuckDBPyConnection, store: Store, where: Filter, limit: int, *, oldest: date, newest: date
) -> tuple[date, datetime]:
    """Day and time of the last of the newest events."""
    select = f'SELECT day, "time.source" FROM (%s) WHERE %s ORDER BY day DESC, "time.source" DESC LIMIT {int(limit)}'
    everything = datetime.min.replace(tzinfo=UTC)
    for back in (*_WIDEN, None):
        start = max(oldest, newest - timedelta(days=back - 1)) if back else oldest
        found = _answer(connection, store, (start, newest), select, where).to_arrow_table()
        if len(found) >= limit:
            day, moment = found[-1:].to_pylist()[0].values()
            return day, moment or everything
        if start == oldest:
            break
    return (found["day"][-1].as_py() if len(found) else newest), everything


def history(
    store: Store, address: tuple[int, int], first: date = date.min, last: date = date.max, *, where: Filter = EVERYTHING
) -> list[dict[str, Any]]:
    """What was seen at one address: by day, kind, port and whose it was then."""
    narrowed = Filter(**{**where.__dict__, "address": address})
    select = (
        'SELECT day, "classification.identifier" AS kind, finding_port AS port, organisation, "feed.code" AS feed, '
        '"feed.name" AS report_type, severity, count(*) AS events, min("time.source") AS first, max("time.source") AS last '
        "FROM (%s) WHERE %s GROUP BY ALL ORDER BY day DESC, kind, port, feed, report_type, severity LIMIT 5000"
    )
    rows: list[dict[str, Any]] = _asked(store, first, last, select, narrowed).to_pylist()
    return rows


_WANTED = pa.schema(
    [
        ("n", pa.int64()),
        ("ip_hi", pa.uint64()),
        ("ip_lo", pa.uint64()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("port", pa.int64()),
        ("organisation", pa.string()),
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("most", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Wanted:
    """Whose lines are asked for: of the thing number `n`, at one address (two words) or name, from one day to another. `organisation`: as whose the events were
    taken in; "" for anybody's. `most`: how many of them, where it is not as many as of each; the same in all of one number."""

    n: int
    kind: str
    port: int = 0  # 0: none
    address: tuple[int, int] = (0, 0)
    name: str = ""
    organisation: str = ""
    first: date = date.min
    last: date = date.max
    most: int = 0


@dataclass(frozen=True)
class Spot:
    """Where an event is among those of its number: the newest first, and of one moment those with the smallest key and line. `at`: in
    microseconds, UNTIMED without a time. What one file brought to two feeds is one spot."""

    day: date
    at: int
    key: int
    line: int


UNTIMED = -1


def spot_of(event: Mapping[str, Any]) -> Spot:
    at = event["time.source"]
    return Spot(event["day"], UNTIMED if at is None else (at - _EPOCH) // _TICK, event["key"], event["line"])


def lines(
    store: Store, wanted: Sequence[Wanted], first: date, last: date, *, most: int, after: Spot | None = None
) -> dict[int, tuple[list[dict[str, Any]], int]]:
    """Of each number the newest `most` events, whole, and how many there are; both of those alone that come after a spot. A few questions,
    however many are wanted."""
    if not wanted or not any(store.days(kind, first, last) for kind in ("days", "landing")):
        return {}
    rows = [
        {
            "n": each.n,
            "ip_hi": each.address[0],
            "ip_lo": each.address[1],
            "name": each.name,
            "kind": each.kind,
            "port": each.port,
            "organisation": each.organisation,
            "first": each.first,
            "last": each.last,
            "most": each.most or most,
        }
        for each in wanted
    ]
    table = pa.Table.from_pylist(rows, schema=_WANTED)

    def ask() -> dict[int, tuple[list[dict[str, Any]], int]]:
        with connected(store) as connection:
            connection.register("wanted", table)
            return _lines(connection, store, first, last, after)

    return _again(ask)


_AFTER = 'e.day < $day OR e.day = $day AND (e.at < $at OR e.at = $at AND (e."key" > $key OR e."key" = $key AND e.line > $line))'


def _lines(
    connection: duckdb.DuckDBPyConnection, store: Store, first: date, last: date, after: Spot | None
) -> dict[int, tuple[list[dict[str, Any]], int]]:
    """First which, by few columns; then those alone with all their columns."""
    name = 'CASE WHEN ip_hi = 0 AND ip_lo = 0 THEN coalesce("source.fqdn", "source.url", "source.account", \'\') ELSE \'\' END'
    order = 'e.day DESC, e.at DESC, e."key", e.line, e.report'
    chosen = connection.sql(
        "SELECT w.n, e.day, e.report, e.line, count(*) OVER one AS total FROM ("
        f'SELECT day, report, "key", line, coalesce(epoch_us("time.source"), {UNTIMED}) AS at, ip_hi, ip_lo, {name} AS name, '
        '"classification.identifier" AS kind, coalesce(finding_port, 0) AS port, organisation '
        f"FROM ({Source(connection, store).events(first, last, whole=False)})) e "
        "JOIN wanted w ON e.ip_hi = w.ip_hi AND e.ip_lo = w.ip_lo AND e.name = w.name AND e.kind = w.kind AND e.port = w.port "
        "AND e.day BETWEEN w.first AND w.last "
        "AND (w.organisation = '' OR w.organisation = e.organisation) "
        f"WHERE {_AFTER if after else 'true'} "
        "WINDOW one AS (PARTITION BY w.n) "
        f"QUALIFY row_number() OVER (PARTITION BY w.n ORDER BY {order}) <= w.most ORDER BY w.n, {order}",
        params=asdict(after) if after else None,
    ).to_arrow_table()
    found: dict[int, tuple[list[dict[str, Any]], int]] = {}
    if not len(chosen):
        return found
    days, reports = chosen["day"].to_pylist(), sorted(set(chosen["report"].to_pylist()))
    whole = Source(connection, store).events(min(days), max(days), whole=True, reports=set(reports))
    connection.register("chosen", chosen)  # by report too, since most files hold none of them
    sql = f"SELECT * FROM ({whole}) WHERE report IN ({', '.join('?' * len(reports))}) AND (report, line) IN (SELECT (report, line) FROM chosen)"
    table = connection.sql(sql, params=reports).to_arrow_table()
    by_place = {(row["report"], row["line"]): row for row in table.to_pylist()}
    for row in chosen.to_pylist():
        events_of_one, _total = found.setdefault(row["n"], ([], row["total"]))
        if (event := by_place.get((row["report"], row["line"]))) is not None:
            events_of_one.append(event)
    return found


def orphans(store: Store, first: date, last: date, limit: int = 200) -> list[dict[str, Any]]:
    """Networks (/24, /48) with events that belong to no organisation here, by the system number that the report says."""
    select = (
        "SELECT asn, hi, lo, count(*) AS events, count(DISTINCT (ip_hi, ip_lo)) AS addresses, max(day) AS last FROM ("
        'SELECT day, "source.asn" AS asn, ip_hi, ip_lo, '
        "CASE WHEN ip_hi = 0 THEN ip_hi ELSE ip_hi >> 16 << 16 END AS hi, "
        "CASE WHEN ip_hi = 0 THEN ip_lo >> 8 << 8 ELSE 0 END AS lo FROM (%s) WHERE %s AND (ip_hi, ip_lo) <> (0, 0)"
        f") GROUP BY asn, hi, lo ORDER BY events DESC, asn, hi, lo LIMIT {int(limit)}"
    )
    found = _asked(store, first, last, select, Filter(is_owned=False)).to_pylist()
    for row in found:
        hi, lo = row.pop("hi"), row.pop("lo")
        row["network"] = f"{text_of(hi, lo)}/{48 if hi else 24}"
    rows: list[dict[str, Any]] = found
    return rows


_CUSTOMERS = 3  # infections that call from one address on one day: more than one machine's


def shared_addresses(store: Store, first: date, last: date, limit: int = 200) -> list[tuple[int, int, int, int]]:
    """Our addresses from which several kinds of malware called on one day, each from another source port: the two words of each,
    the most kinds on a day, and on how many days."""
    day = (
        'SELECT ip_hi, ip_lo, day, count(DISTINCT "classification.identifier") AS kinds, '
        'count(DISTINCT "source.port") AS ports FROM (%s) WHERE %s '
        "AND \"classification.type\" = 'infected-system' AND (ip_hi, ip_lo) <> (0, 0) GROUP BY ip_hi, ip_lo, day"
    )
    select = (
        f"SELECT ip_hi, ip_lo, max(kinds) AS kinds, count(*) AS days FROM ({day}) WHERE kinds >= {_CUSTOMERS} AND ports >= kinds "
        f"GROUP BY ip_hi, ip_lo ORDER BY kinds DESC, ip_hi, ip_lo LIMIT {int(limit)}"
    )
    rows = _asked(store, first, last, select, Filter(is_owned=True)).to_pylist()
    return [(row["ip_hi"], row["ip_lo"], row["kinds"], row["days"]) for row in rows]


def health(store: Store) -> dict[str, Any]:
    """How much is kept, of which days, and what waits to be compacted."""
    days, landing = store.days("days"), store.days("landing")
    waiting = [place for day in landing for place in store.landed(day)]
    paths = [store.day_file(day) for day in days] + [place.events for place in waiting]
    every = sorted({*days, *(p.window.day for p in waiting)})
    return {
        "days": len(every),
        "first": every[0] if every else None,
        "last": every[-1] if every else None,
        "waiting": len(waiting),
        "bytes": sum(store.size(path) for path in paths),
    }


def digest_hash(store: Store, first: date = date.min, last: date = date.max) -> str:
    """One hash of all that is known of the events of these days. Whoever ran the tasks, in whatever order, and compacted or
    not: the same reports give the same hash."""
    given = hashlib.sha256()
    names = [name for name in BY if name not in ("day", "address")]
    by = ", ".join(quoted(BY[n]) for n in names)
    select = (
        f'SELECT day, {by}, count(*), sum(count), min("time.source"), max("time.source"), '
        'bit_xor(hash(report, line, key, count, ip_hi, ip_lo, "source.port", "destination.ip", "destination.port", extra)) '
        "FROM (%s) WHERE %s GROUP BY ALL ORDER BY ALL"
    )
    for row in _asked(store, first, last, select, EVERYTHING, whole=True, as_rows=True):
        given.update(repr(row).encode())
    return given.hexdigest()


def _asked(
    store: Store,
    first: date,
    last: date,
    select: str,
    where: Filter,
    *,
    more: tuple[Any, ...] = (),
    whole: bool = False,
    as_rows: bool = False,
) -> Any:
    """The answer to a SELECT with two gaps: the events, and the condition."""

    def ask() -> Any:
        with connected(store) as connection:
            answer = _answer(connection, store, (first, last), select, where, more=more, whole=whole)
            return answer.fetchall() if as_rows else answer.to_arrow_table()

    return _again(ask)


def _answer(
    connection: duckdb.DuckDBPyConnection,
    store: Store,
    days: tuple[date, date],
    select: str,
    where: Filter,
    *,
    more: tuple[Any, ...] = (),
    whole: bool = False,
) -> duckdb.DuckDBPyRelation:
    condition, values = where.sql()
    source = Source(connection, store).events(*days, whole=whole)
    before, between, after = select.split("%s")
    return connection.sql(before + source + between + condition + after, params=[*values, *more])


def _again(ask: Callable[[], T]) -> T:
    """A day may be compacted while it is read: its landing files are then gone, and its own file has what they had."""
    try:
        return ask()
    except (duckdb.IOException, FileNotFoundError):
        return ask()
