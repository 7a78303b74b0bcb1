"""DuckDB over the store, and over nothing else: no extensions, no files from elsewhere, bounded memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from floreo.feeds.engine.events import COLUMNS, EXTRA
from floreo.feeds.engine.store.files import Place, Store, Window

MEMORY = "1GB"  # what one question may take; the rest goes to disk


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextlib.contextmanager
def connected(
    store: Store, *, threads: int = 0, memory: str = MEMORY, workshop: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for one question. `workshop`: where it may write."""
    near = Path(store.path("work")) if store.is_local else Path(tempfile.gettempdir())
    near.mkdir(parents=True, exist_ok=True)
    spill = near / f"spill-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    config: dict[str, Any] = {
        "threads": threads or os.cpu_count() or 1,
        "memory_limit": memory,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(config=config)
    try:
        folders = [*([store.base] if store.is_local else []), *([str(workshop)] if workshop else [])]
        allowed = f"[{', '.join(literal(folder + '/') for folder in folders)}]"
        connection.execute(
            f"SET TimeZone='UTC'; SET allowed_directories={allowed}; "
            "SET enable_external_access=false; SET lock_configuration=true"
        )
        yield connection
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


# Keys without a value are left out of the text: in JSON, a quote after a comma is never within a string.
_NO_NULLS = r"""nullif(regexp_replace(regexp_replace(CAST(to_json(extra) AS VARCHAR), ',"[^"\\]*":null', '', 'g'),
 '^\{"[^"\\]*":null,?', '{'), '{}')"""
_PLAIN = [name for name in COLUMNS if name != "count"]


class Source:
    """The SELECTs that give events of some days. `whole` ones have `count` and `extra` too."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, store: Store) -> None:
        self.connection, self.store = connection, store
        self._names = 0

    def events(self, first: date, last: date, *, whole: bool, reports: Collection[str] | None = None) -> str:
        """`reports`: of days that are not compacted yet, only these are read; None for all."""
        store = self.store
        days = [d for d in store.days("days", first, last) if store.exists(store.day_file(d))]
        parts = [self.compacted(days, whole=whole)] if days else []
        landed: list[Place] = []
        for day in store.days("landing", first, last):
            inside = store.compacted(day)
            landed += [
                p for p in store.landed(day) if p.events not in inside and (reports is None or p.sha256 in reports)
            ]
        if landed:
            parts += self.landed(landed) if whole else [self._landed_plain(landed)]
        return " UNION ALL BY NAME ".join(parts) or self._nothing(whole=whole)

    def compacted(self, days: list[date], *, whole: bool) -> str:
        names = [*_PLAIN, *(("count", EXTRA) if whole else ())]
        columns = ", ".join(map(quoted, names))
        return f"SELECT day, {columns} FROM {self._days_scan(days)}"

    def landed(self, places: Sequence[Place]) -> list[str]:
        """Reports as they were read, as SELECTs: their repeats are counted in, their further columns become text. Those of a day with the same
        further columns are one SELECT: an interface brings hundreds of small files a day, and each by itself takes memory of its own. A file that
        came to two feeds is in two of them: its repeats are recognised by its hash."""
        alike: dict[tuple[date, Any, int], list[Place]] = {}
        copies: Counter[tuple[date, str]] = Counter()
        for place in places:
            stored = pq.read_schema(self.store.path(place.events), filesystem=self.store.files).field(EXTRA).type
            one = place.window.day, place.sha256
            alike.setdefault((place.window.day, stored, copies[one]), []).append(place)
            copies[one] += 1
        return [self._landed_alike(day, stored, group) for (day, stored, _copy), group in alike.items()]

    def _landed_alike(self, day: date, stored: Any, places: Sequence[Place]) -> str:
        columns = ", ".join(f"e.{quoted(n)}" for n in _PLAIN)
        repeats = [place.repeats for place in places if self.store.exists(place.repeats)]
        joined, count = "", "e.count"
        if repeats:
            more = f"SELECT report, key, sum(more) AS more FROM {self._scan(repeats)} GROUP BY report, key"
            joined, count = f" LEFT JOIN ({more}) r USING (report, key)", "e.count + coalesce(r.more, 0)"
        extra = _NO_NULLS if pa.types.is_struct(stored) else f"e.{EXTRA}"
        return (
            f"SELECT DATE '{day}' AS day, {columns}, CAST({count} AS UINTEGER) AS count, {extra} AS extra "
            f"FROM {self._scan([place.events for place in places])} e{joined}"
        )

    def _landed_plain(self, places: list[Place]) -> str:
        columns = ", ".join(map(quoted, _PLAIN))
        of_day: dict[date, list[str]] = {}
        for place in places:
            of_day.setdefault(place.window.day, []).append(place.events)
        return " UNION ALL BY NAME ".join(
            f"SELECT DATE '{day}' AS day, {columns} FROM {self._scan(paths)}" for day, paths in of_day.items()
        )

    def _nothing(self, *, whole: bool) -> str:
        names = {**{n: COLUMNS[n] for n in _PLAIN}, **({"count": pa.uint32(), EXTRA: pa.string()} if whole else {})}
        plain = {n: t.value_type if pa.types.is_dictionary(t) else t for n, t in names.items()}
        table = pa.schema([("day", pa.date32()), *plain.items()]).empty_table()
        return f"SELECT * FROM {self._named(table)}"

    def _days_scan(self, days: list[date]) -> str:
        paths = [self.store.day_file(day) for day in days]
        if self.store.is_local:
            listed = ", ".join(literal(self.store.path(p)) for p in paths)
            return f"read_parquet([{listed}], hive_partitioning=true, hive_types={{day: DATE}})"
        partitions = ds.partitioning(pa.schema([("day", pa.date32())]), flavor="hive")
        return self._named(
            ds.dataset(
                [self.store.path(p) for p in paths],
                filesystem=self.store.files,
                format="parquet",
                partitioning=partitions,
                partition_base_dir=self.store.path("days"),
            )
        )

    def _scan(self, paths: list[str]) -> str:
        full = [self.store.path(p) for p in paths]
        if self.store.is_local:
            return f"read_parquet([{', '.join(map(literal, full))}])"
        return self._named(ds.dataset(full, filesystem=self.store.files, format="parquet"))

    def _named(self, rows: Any) -> str:
        self._names += 1
        name = f"source_{self._names}"
        self.connection.register(name, rows)
        return name


def keys_of(store: Store, window: Window) -> Iterator[Any]:
    """The keys of each report of a window that is stored already."""
    folder = f"landing/{window.folder}/"
    inside = [path for path in store.compacted(window.day) if path.startswith(folder)]
    if inside:
        notices = [path.removeprefix(folder).removesuffix(".parquet") for path in inside]
        with connected(store, threads=1) as connection:
            select = Source(connection, store).compacted([window.day], whole=False)
            wanted = ", ".join("?" * len(notices))
            keys = connection.sql(f"SELECT key FROM ({select}) WHERE report IN ({wanted})", params=notices)
            yield keys.to_arrow_table()["key"].to_numpy()
    for path in store.listed(folder.rstrip("/")):
        if path not in inside:
            yield store.column(path, "key")
