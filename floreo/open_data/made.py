"""Files that the public may have whole, made once for each head of the audit chain, day and language, and handed out as
files of the data folder.

Files of few rows are made in the request that first asks, while others wait for them. Files of many rows are made by a
process of their own, one at a time and with a low priority; until they are there, the files made before are handed out
with their date, or the visitor is asked to come again. Making never takes more than a tenth of the time."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import F, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.composed import row_of
from floreo.core.errors import Busy
from floreo.core.models import AuditEntry
from floreo.core.ui.locale import language
from floreo.strategy.models import Edition

log = logging.getLogger(__name__)

Head = tuple[str, date | None]
WAIT_SECONDS = 2.0  # how long a request waits for another that makes the same files
SHARE = 10  # files that took a second of the processor to make are not made again for ten
UNCHANGED_SECONDS = 3600  # files of many rows, while nothing was written
OLDEST_SECONDS = 3600  # older than this, what was made before is not handed out for what is asked now
READERS_SECONDS, MOST_OLD = 600, 4  # how long a folder stays after a newer one took its place, and how many do
AGAIN_SECONDS = 30.0  # after which a process that left nothing behind is started again
PACKED = (".csv", ".json", ".xml")  # kept a second time, compressed, so that no request compresses them


class Preparing(Busy):
    """The file is being made."""

    def __init__(self, seconds: int) -> None:
        sentence = ngettext(
            "This file is large and is being prepared. Come again in %(seconds)d second.",
            "This file is large and is being prepared. Come again in %(seconds)d seconds.",
            seconds,
        )
        super().__init__(sentence % {"seconds": seconds}, seconds=seconds, code="preparing")


@row_of
def _head() -> QuerySet[AuditEntry, tuple[str, date | None]]:
    status = Edition.objects.order_by(F("valid_on").asc(nulls_first=True)).values("valid_on")[:1]
    return AuditEntry.objects.order_by("-number").annotate(status=Subquery(status)).values_list("hash", "status")


def head() -> Head:
    """What everything public depends on: the newest entry of the chain, and the day for which statuses were worked out."""
    newest, status = _head() or ("", None)
    return newest, date.fromisoformat(status) if isinstance(status, str) else status


@dataclass(frozen=True)
class Batch:
    """Files that are made together. `write` writes them into a folder; `is_small` says whether a request may wait."""

    name: str
    write: Callable[[Path], None]
    is_small: Callable[[], bool]

    @property
    def folder(self) -> Path:
        return Path(settings.MADE_ROOT) / f"{self.name}.{language()}"


@dataclass(frozen=True)
class Made:
    """Files as they were made: for which head of the chain, when, and how long it took."""

    folder: Path
    head: str
    day: str  # the country's, and the one for which statuses were worked out
    at: float
    seconds: float
    processor: float  # seconds of it

    @property
    def age(self) -> float:
        return max(clock.now().timestamp() - self.at, 0)

    def is_of(self, head: str, day: str) -> bool:
        return (self.head, self.day) == (head, day)


def _now() -> tuple[str, str]:
    newest, status = head()
    return newest, f"{clock.today()}/{status or ''}"


def newest(batch: Batch) -> Made | None:
    """The files that were made last."""
    for folder in sorted(batch.folder.glob("[0-9]*"), reverse=True):
        try:
            about = json.loads((folder / "made").read_text(encoding="utf-8"))
            return Made(folder, **about)
        except (OSError, ValueError, TypeError):  # being removed, or of an older version
            continue
    return None


_locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)


def ready(batch: Batch) -> Made:
    """The files of `batch` as the public may have them. Raises Preparing while there are none."""
    asked = clock.now().timestamp()
    last, now = newest(batch), _now()
    if last is not None and last.is_of(*now) and last.age < settings.KEEP_PAGES_SECONDS:
        return last
    is_rested = last is None or last.age >= SHARE * last.processor
    if batch.is_small():
        if last is not None and not is_rested and settings.KEEP_PAGES_SECONDS:
            return last
        return _made_here(batch, now, asked)
    if last is not None and last.is_of(*now) and last.age < UNCHANGED_SECONDS:
        return last
    if is_rested:
        CHILD.start(batch)
    if last is not None and last.age < max(OLDEST_SECONDS, SHARE * last.processor):
        return last
    raise Preparing(round(last.seconds * 1.5) + 5 if last else 30)


def _made_here(batch: Batch, now: tuple[str, str], asked: float) -> Made:
    lock = _locks[batch.folder]
    if not lock.acquire(timeout=WAIT_SECONDS):
        raise Preparing(round(WAIT_SECONDS))
    try:
        last = newest(batch)
        if (
            last is not None and last.is_of(*now) and last.at >= asked
        ):  # another request made them while this one waited
            return last
        return make(batch)
    finally:
        lock.release()


def make(batch: Batch) -> Made:
    """Makes the files now. They are seen all at once, when the last of them is whole."""
    began, spent, (newest_head, day) = time.monotonic(), time.thread_time(), _now()
    batch.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=batch.folder))
        try:
            batch.write(unfinished)
            _pack(unfinished)
            at = clock.now().timestamp()
            folder = batch.folder / f"{time.time_ns():020}"
            made = Made(folder, newest_head, day, at, time.monotonic() - began, time.thread_time() - spent)
            about = {name: value for name, value in asdict(made).items() if name != "folder"}
            (unfinished / "made").write_text(json.dumps(about), encoding="utf-8")
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        log.exception("the files of %s could not be made", batch.name)
        raise Busy(_("There is no room for this file on our disk now. Come again later."), seconds=600) from error
    _clear(batch, made)
    return made


def _pack(folder: Path) -> None:
    for path in list(folder.iterdir()):
        if path.suffix in PACKED:
            with path.open("rb") as plain, gzip.open(f"{path}.gz", "wb", compresslevel=6) as packed:
                shutil.copyfileobj(plain, packed, 1024 * 1024)


def _clear(batch: Batch, made: Made) -> None:
    """Older files go, once nobody can still be reading the address that they were given."""
    before = time.time() - READERS_SECONDS
    old = sorted(path for path in batch.folder.iterdir() if path != made.folder)
    for path in old:
        if path.stat().st_mtime < before or path in old[:-MOST_OLD]:
            shutil.rmtree(path, ignore_errors=True)


class Child:
    """The process that makes files of many rows: at most one, started by whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._started: dict[Path, float] = {}

    def start(self, batch: Batch) -> None:
        """Starts it for `batch`, unless one is at work or has just been."""
        with self._lock:
            if self._running is not None and self._running.poll() is None:
                return
            if time.monotonic() - self._started.get(batch.folder, -AGAIN_SECONDS) < AGAIN_SECONDS:
                return
            self._started[batch.folder] = time.monotonic()
            command = [sys.executable, "-m", "floreo.open_data.making", batch.name, language()]
            self._running = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- our own names, no shell


CHILD = Child()
