"""What is compared when all has come to rest: each kind of work, the chain, the database, the vault, leases, processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from benchmarks.killing.copies import Backups
from benchmarks.killing.work import due_letters
from floreo.core import audit, clock, state
from floreo.core.access import SYSTEM
from floreo.core.models import MailState, OutboxMail, Schedule
from floreo.evidence.files import verify_files
from floreo.evidence.models import Evidence
from floreo.feeds.actions.receiving import receive
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.models import FeedFile, FileState

if TYPE_CHECKING:
    from benchmarks.kill import Round

REST = 60.0  # seconds in which something of what waits is taken up, on a busy machine too; else it is stuck


def compare(run: Round) -> None:
    _rest(run)
    for kind in run.kinds:
        found = kind.compare()
        for of, keys in ((run.lost, found.lost), (run.doubled, found.doubled), (run.halves, found.halves)):
            of.setdefault(kind.name, set()).update(keys)
        if isinstance(kind, Backups):
            run.leftovers["parts of backups"] = max(run.leftovers["parts of backups"], len(kind.leftovers()))
    for sentence in (*_chain(), *_database(), *_vault(run), *_leases(), *_letters(run)):
        run.wrong[sentence] += 1
    if _until(lambda: not run.family.orphans(), 15):
        run.wrong["a process without a parent"] += len(run.family.orphans())
    connection.close()


def _until(is_so: Callable[[], Any], seconds: float) -> bool:
    """Whether it never was."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return False
        time.sleep(0.1)
    return True


def _rest(run: Round) -> None:
    data = Path(settings.DATA)
    left: dict[str, Callable[[], int]] = {
        "files in the watched folder": lambda: len(list((data / "incoming" / "dropped").glob("*.jsonl"))),
        "events of the API": lambda: len(list((data / "incoming-api").glob("*/*.jsonl"))),
        "files to be read": _still_waiting,
        "letters": due_letters,
    }
    for what, count in left.items():
        began = time.monotonic()
        if _stuck(count):
            run.wrong[f"{what} of which none was taken up within {REST:.0f} s"] += 1
        run.longest_rest = max(run.longest_rest, time.monotonic() - began)


def _stuck(count: Callable[[], int]) -> bool:
    """Whether something is left of which none went for `REST` seconds. A slow machine is late, and loses nothing."""
    least = count()
    while least:
        before = least
        if _until(lambda: count() < before, REST):  # noqa: B023  # called at once
            return count() > 0
        least = count()
    return False


def _still_waiting() -> int:
    """What was given up after three workers died over it is asked for again, as a person would."""
    for file in FeedFile.objects.filter(state=FileState.REFUSED, feed__code__in=["dropped", "sensor"]):
        for kind in _ingests:
            kind.add(file.name)
        with path_of(file.sha256).open("rb") as opened:
            receive(file.feed, opened=opened, name=file.name, by=SYSTEM)
    return FeedFile.objects.filter(state__in=[FileState.WAITING, FileState.RUNNING]).count()


_ingests: list[set[Any]] = []


def _chain() -> list[str]:
    broken = [f"the chain: {each.reason}" for each in audit.walk()]
    return broken + [f"a row is not as the chain left it: {each}" for each in state.differences()][:5]


def _database() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            found = [f"integrity_check: {row[0]}" for row in cursor.fetchall() if row[0] != "ok"]
        else:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
            cursor.execute(
                "SELECT count(bt_index_check(i.indexrelid, true)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                " JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid"
            )
            found = []
    connection.check_constraints()
    return found


def _vault(run: Round) -> list[str]:
    found = ["a record whose file is gone or changed" for _each in verify_files()]
    names = set(Evidence.objects.exclude(file="").values_list("file", flat=True))
    there = {p.relative_to(settings.MEDIA_ROOT).as_posix() for p in (Path(settings.MEDIA_ROOT) / "evidence").rglob("*")}
    run.leftovers["files of the vault without a record"] = len(there - names)
    run.leftovers["parts of received files"] = len(list((Path(settings.DATA) / "incoming-kept").glob(".*.part")))
    return found


def _leases() -> list[str]:
    def held() -> list[str]:
        long_ago = clock.machine() - timedelta(seconds=10)
        jobs = Schedule.objects.exclude(running_until=None).filter(running_until__lt=long_ago)
        files = FeedFile.objects.filter(~Q(claimed_until=None), state=FileState.RUNNING, claimed_until__lt=long_ago)
        return [f"the lease of {each} is held by nobody" for each in (*jobs.values_list("name", flat=True), *files)]

    return held() if _until(lambda: not held(), REST) else []


def _letters(run: Round) -> list[str]:
    sent = set(OutboxMail.objects.filter(state=MailState.SENT).values_list("message_id", flat=True))
    arrived = set(run.office.heard)
    found = ["a letter noted as sent that never arrived"] * bool(sent - arrived)
    return found + ["a letter that arrived and is not noted"] * bool(
        arrived - set(OutboxMail.objects.values_list("message_id", flat=True))
    )
