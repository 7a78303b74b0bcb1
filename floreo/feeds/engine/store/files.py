"""Where what is, and how it gets there whole: a folder, or a bucket of an S3-compatible server."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.fs as pafs
import pyarrow.parquet as pq

from floreo.feeds.engine.files import PART
from floreo.feeds.engine.task import Summary

SUMMARY = b"floreo.summary"  # in the footer of a landing file
REPORTS = b"floreo.reports"  # in the footer of a day's: which reports are in it
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}\Z")


@dataclass(frozen=True)
class Window:
    """Feed, type and day of a report: what repeats are recognised within."""

    feed: str
    report_type: str
    day: date

    @property
    def folder(self) -> str:
        return f"{self.day.isoformat()}/{_name(self.feed)}/{_name(self.report_type)}"


@dataclass(frozen=True)
class Place:
    """Where the files of one report are, relative to the store."""

    window: Window
    sha256: str

    def of(self, kind: str, ending: str = "parquet") -> str:
        return f"{kind}/{self.window.folder}/{self.sha256}.{ending}"

    @property
    def events(self) -> str:
        return self.of("landing")

    @property
    def repeats(self) -> str:
        return self.of("repeats")

    @property
    def rejects(self) -> str:
        return self.of("rejects")

    @property
    def findings(self) -> str:
        return self.of("findings")

    @property
    def summary(self) -> str:
        return self.of("summaries", "json")


class Store:
    """A folder (`/var/lib/floreo/feeds`) or a bucket (`s3://bucket/folder?endpoint_override=http%3A%2F%2Fhost:9000`; keys
    from the URI or from the environment, as pyarrow's S3 file system reads them)."""

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)
        self.is_local = "://" not in self.root
        if self.is_local:
            self.files, self.base = pafs.LocalFileSystem(), str(Path(self.root).absolute())
        else:
            self.files, self.base = pafs.FileSystem.from_uri(self.root)

    def path(self, relative: str) -> str:
        """As the store's file system names it; for a folder the path on disk."""
        return f"{self.base}/{relative}"

    def exists(self, relative: str) -> bool:
        return bool(self.files.get_file_info(self.path(relative)).type == pafs.FileType.File)

    def size(self, relative: str) -> int:
        return int(self.files.get_file_info(self.path(relative)).size or 0)

    def listed(self, relative: str, *, deep: bool = True) -> list[str]:
        """Files and, where not deep, folders below one; what is being written is passed over."""
        select = pafs.FileSelector(self.path(relative), recursive=deep, allow_not_found=True)
        start = len(self.base) + 1
        found = [i.path[start:] for i in self.files.get_file_info(select) if not deep or i.type == pafs.FileType.File]
        return sorted(p for p in found if not p.endswith(PART))

    def remove(self, relative: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.files.delete_file(self.path(relative))

    def remove_folder(self, relative: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.files.delete_dir(self.path(relative))

    def put(self, part: Path, relative: str) -> None:
        """One step: a rename within the folder, or one object of a bucket."""
        if self.is_local:
            target = Path(self.path(relative))
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
            return
        with part.open("rb") as whole, self.files.open_output_stream(self.path(relative)) as out:
            shutil.copyfileobj(whole, out, 8 << 20)

    def workshop_of(self, name: str) -> Path:
        around = Path(self.path("work")) if self.is_local else Path(tempfile.gettempdir()) / "floreo-feeds"
        return around / (hashlib.sha256(f"{self.root} {name}".encode()).hexdigest()[:24] + PART)

    @contextlib.contextmanager
    def workshop(self, name: str) -> Iterator[Path]:
        """A folder for what is being written: on the disk of the store, so that a rename is enough. Whatever a killed run
        left under this name goes first, so only one at a time may use a name (see `locks`)."""
        folder = self.workshop_of(name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)  # in a cage the folder itself stays
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # Reports

    def summary(self, place: Place) -> Summary | None:
        """What became of a report that is in the store; None when it is not."""
        if self.exists(place.events):
            kept = pq.read_metadata(self.path(place.events), filesystem=self.files).metadata or {}
            return summary_of(kept[SUMMARY])
        if self.exists(place.summary):
            with self.files.open_input_stream(self.path(place.summary)) as stream:
                return summary_of(stream.read())
        return None

    def landed(self, day: date) -> list[Place]:
        found = []
        for path in self.listed(f"landing/{day.isoformat()}"):
            _, _, feed, kind, name = path.split("/")
            found.append(Place(Window(feed, "" if kind == "-" else kind, day), name.removesuffix(".parquet")))
        return found

    def days(self, kind: str, first: date = date.min, last: date = date.max) -> list[date]:
        found = []
        for path in self.listed(kind, deep=False):
            with contextlib.suppress(ValueError):
                found.append(date.fromisoformat(path.rpartition("/")[2].removeprefix("day=")))
        return [day for day in found if first <= day <= last]

    def day_file(self, day: date) -> str:
        return f"days/day={day.isoformat()}/events.parquet"

    def compacted(self, day: date) -> frozenset[str]:
        """Landing files whose events are in the day's own."""
        if not self.exists(self.day_file(day)):
            return frozenset()
        kept = pq.read_metadata(self.path(self.day_file(day)), filesystem=self.files).metadata or {}
        return frozenset(json.loads(kept.get(REPORTS, b"[]")))

    def column(self, relative: str, name: str) -> Any:
        """One column of a file, as numpy has it."""
        with self.files.open_input_file(self.path(relative)) as stream:
            return pq.ParquetFile(stream).read([name], use_threads=False)[name].to_numpy()

    def rows(self, relative: str, limit: int | None = None) -> Any:
        """A table of rejects or findings, or the first rows of it."""
        with self.files.open_input_file(self.path(relative)) as stream:
            source = pq.ParquetFile(stream)
            if limit is None:
                return source.read()
            first = next(source.iter_batches(batch_size=limit), None)
            empty = source.schema_arrow.empty_table()
            return empty if first is None else type(empty).from_batches([first])


def summary_text(summary: Summary) -> str:
    return json.dumps(summary.__dict__, default=str, sort_keys=True)


def summary_of(text: bytes | str) -> Summary:
    """Read back; a field of a later version is passed over."""
    given = json.loads(text)
    known = {f.name: given[f.name] for f in fields(Summary) if f.name in given}
    for name in ("first", "last"):
        known[name] = datetime.fromisoformat(known[name]) if known.get(name) else None
    for name in ("unknown_columns", "missing_columns"):
        known[name] = tuple(known.get(name, ()))
    return replace(Summary(**known), already=True)


def _name(text: str) -> str:
    """As a folder's name; what would be none keeps its likeness and gets a hash, so that no two become one."""
    if not text:
        return "-"
    if _PLAIN.match(text) and text != "-":
        return text
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)[:40] + "_" + hashlib.sha256(text.encode()).hexdigest()[:12]
