"""`/metrics`: figures for Prometheus, in its text format (version 0.0.4). They are read from the database and the data folder
each time, never from the memory of a process: each of several servers says the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Max, Min, QuerySet

from floreo.config.backup import VERB, floreo_version
from floreo.config.jobs import JOBS
from floreo.config.looks import Looks, soon
from floreo.core import audit, clock, heartbeat
from floreo.core.models import AuditEntry, MailState, OutboxMail, Schedule
from floreo.feeds.models import FeedFile, FileState, Finding, FindingState, HeldFile, HeldState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = 8.0  # Prometheus itself waits for ten


@dataclass(frozen=True)
class Sample:
    """A number, and what distinguishes it from others of its family. No label names a person, an organisation or an address."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Family:
    """Numbers of one kind. Without samples where there is nothing to say, as the age of a backup that was never made."""

    name: str
    help: str
    samples: tuple[Sample, ...]


Families = list[Family]


def _one(name: str, help_text: str, value: float | None) -> Family:
    return Family(name, help_text, () if value is None else (Sample(value),))


def _by(label: str, name: str, help_text: str, values: Iterable[tuple[str, float]]) -> Family:
    return Family(name, help_text, tuple(Sample(value, ((label, of),)) for of, value in values))


def _age(at: datetime | None) -> float | None:
    """Seconds since then."""
    return (clock.now() - at).total_seconds() if at else None


def _count(rows: QuerySet[OutboxMail] | QuerySet[Finding], states: Iterable[str]) -> Iterator[tuple[str, float]]:
    """How many rows there are in each state, those included in which there are none."""
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return ((state, found.get(state, 0)) for state in states)


# What is read


def program() -> Families:
    version = Sample(1, (("version", floreo_version()),))
    return [Family("floreo_build_info", "The version of the program, as a label; the value is always 1.", (version,))]


def disk() -> Families:
    usage = shutil.disk_usage(settings.DATA)
    return [
        _one("floreo_data_free_bytes", "Free bytes of the file system that holds the data folder.", usage.free),
        _one("floreo_data_used_bytes", "Used bytes of the file system that holds the data folder.", usage.used),
    ]


def database() -> Families:
    return [_one("floreo_database_bytes", "Size of the database.", _database_bytes())]


def _database_bytes() -> int:
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        return sum(part.stat().st_size for part in (file, Path(f"{file}-wal")) if part.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size: int = cursor.fetchone()[0]
    return size


def chain() -> Families:
    head = audit.head()
    at = head.at.timestamp() if head.at else None
    backup = AuditEntry.objects.filter(verb=VERB).aggregate(at=Max("at"))["at"]
    return [
        _one("floreo_audit_head_number", "Number of the newest entry of the audit chain.", head.number),
        _one("floreo_audit_head_timestamp_seconds", "When the newest entry of the audit chain was made.", at),
        _one("floreo_backup_age_seconds", "Seconds since the last backup. Missing where there was none.", _age(backup)),
    ]


def outbox() -> Families:
    by_state = _count(OutboxMail.objects.all(), MailState.values)
    oldest = OutboxMail.objects.filter(state=MailState.WAITING).aggregate(at=Min("created_at"))["at"]
    waits = "For how many seconds the oldest waiting e-mail has waited. 0 where none waits."
    return [
        _by("state", "floreo_outbox_emails", "E-mails of the outbox.", by_state),
        _one("floreo_outbox_oldest_waiting_seconds", waits, _age(oldest) or 0),
    ]


def jobs() -> Families:
    rows = list(Schedule.objects.filter(name__in=[*JOBS, heartbeat.ROW]).order_by("name"))
    mine = [row for row in rows if row.name != heartbeat.ROW]
    beat = next((row.last_run_at for row in rows if row.name == heartbeat.ROW), None)
    success = ((row.name, _age(row.failing_since or row.last_run_at)) for row in mine)
    failing = ((row.name, row.failing_since.timestamp() if row.failing_since else 0) for row in mine)
    return [
        _by(
            "name",
            "floreo_job_seconds_since_success",
            "Seconds since the job last succeeded; while it fails, since it first failed. Missing until it first ran.",
            ((name, age) for name, age in success if age is not None),
        ),
        _by(
            "name",
            "floreo_job_failing_since_timestamp_seconds",
            "Since when the job fails. 0 where it does not.",
            failing,
        ),
        _by("name", "floreo_job_running", "1 while the job runs.", ((row.name, int(_is_running(row))) for row in mine)),
        _one(
            "floreo_worker_heartbeat_age_seconds", "Seconds since the worker last said that it is at work.", _age(beat)
        ),
    ]


def _is_running(row: Schedule) -> bool:
    """A worker holds it on a lease that has not ended."""
    return row.running_until is not None and row.running_until > clock.now()


def sessions() -> Families:
    unexpired = Session.objects.filter(expire_date__gt=clock.now()).count()
    return [_one("floreo_sessions_open", "Sessions of browsers that have not expired.", unexpired)]


def feeds() -> Families:
    waiting = FeedFile.objects.filter(state=FileState.WAITING).count()
    held = HeldFile.objects.filter(state=HeldState.HELD).count()
    files = [("waiting", waiting), ("held", held)]
    return [
        _by("state", "floreo_feed_files", "Files of feeds that wait to be read, or are held for a person.", files),
        _by("state", "floreo_findings", "Findings.", _count(Finding.objects.all(), FindingState.values)),
    ]


def _soon(step: Callable[[], Families]) -> Callable[[], Families]:
    def run() -> Families:
        with soon():
            return step()

    return run


STEPS: Mapping[str, Callable[[], Families]] = {
    "program": program,
    "disk": disk,
    **{step.__name__: _soon(step) for step in (database, chain, outbox, jobs, sessions, feeds)},
}
_looks = Looks(STEPS, seconds=SECONDS)


def look() -> Families:
    """Everything that could be read within SECONDS, and first whether that was all."""
    found = _looks.take()
    up = _one(
        "floreo_up",
        "1 where everything could be read, 0 where some of it is missing.",
        int(found.keys() == STEPS.keys()),
    )
    return [up, *(family for name in STEPS for family in found.get(name, []))]


# How it is written


def as_text(families: Iterable[Family]) -> str:
    return "".join(line for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.help)}\n"
    yield f"# TYPE {family.name} gauge\n"
    for sample in family.samples:
        labels = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in sample.labels)
        yield f"{family.name}{{{labels}}} {sample.value!r}\n" if labels else f"{family.name} {sample.value!r}\n"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text
