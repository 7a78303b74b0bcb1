"""What comes round by itself: the jobs that apps offer and our own, and the worker's loop that runs what is due and what is queued."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from django.core.management import call_command
from django.db import close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from floreo import offers
from floreo.config.backup import daily_backup
from floreo.config.sample import is_replaying, replay_sample
from floreo.core import clock, delivery
from floreo.core.access import SYSTEM
from floreo.core.bounce_mailbox import read_returned
from floreo.core.errors import Refused
from floreo.core.models import OneTimeLink, Schedule, TokenBucket
from floreo.feeds.actions.notices import send_due
from floreo.organisations.queries import in_the_country

log = logging.getLogger(__name__)


def tidy() -> None:
    """Lets go of what has run out: sessions, used and expired links, full buckets, finished tasks."""
    call_command("clearsessions")
    call_command("prune_db_task_results", verbosity=0)
    OneTimeLink.objects.filter(expires_at__lt=clock.now() - timedelta(days=30)).delete()
    TokenBucket.objects.filter(filled_at__lt=clock.now() - timedelta(days=2)).delete()
    delivery.forget_old()
    look_at_sizes()


def look_at_sizes() -> None:
    """Lets SQLite look at how large its tables are, a thousand rows of each; PostgreSQL does it by itself. Without, it
    reads by whichever index comes first."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def write_letters() -> int:
    """Letters of findings that are due, once a sample's story is told."""
    return 0 if is_replaying() else send_due(by=SYSTEM)


@dataclass(frozen=True)
class Job:
    """A function and how often it comes round."""

    run: Callable[[], object]
    every: timedelta


JOBS = {
    **{name: Job(job.run, job.every) for name, job in offers.jobs().items()},
    "letters of findings": Job(write_letters, timedelta(minutes=5)),
    "tidy": Job(tidy, timedelta(days=1)),
    "backup": Job(daily_backup, timedelta(days=1)),
    "returned mail": Job(read_returned, timedelta(minutes=5)),
    "sample": Job(replay_sample, timedelta(seconds=5)),
    delivery.JOB: Job(delivery.deliver_due, timedelta(seconds=5)),
}


def run_due() -> int:
    """Runs every job that is due, once. A job that fails is noted and comes round again; the others go on."""
    ran = 0
    for name, job in JOBS.items():
        row, _made = Schedule.objects.get_or_create(name=name, defaults={"due_at": clock.now()})
        if row.due_at > clock.now():
            continue
        # Claimed by moving the due time on, so that two workers never run one job at once.
        claimed = Schedule.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=clock.now() + job.every)
        if not claimed:
            continue
        error = ""
        try:
            job.run()
        except Refused as refusal:
            log.warning("job %s: %s", name, refusal.sentence)
            error = str(refusal.sentence)[:500]
        except Exception as problem:  # one failing job must not stop the loop; it is logged and kept
            log.exception("job %s failed", name)
            error = type(problem).__name__
        failing = (row.failing_since or clock.now()) if error else None
        Schedule.objects.filter(pk=row.pk).update(last_run_at=clock.now(), last_error=error, failing_since=failing)
        ran += 1
    return ran


def run_queue() -> None:
    """Runs all tasks that wait in the queue, then returns."""
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    ).run()


class Loop:
    """The worker: queue and due jobs, about once a second, until told to stop."""

    def __init__(self) -> None:
        self.running = True

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.running = False

    def run(self) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self.stop)
        while self.running:
            close_old_connections()
            with in_the_country():
                run_queue()
                run_due()
            time.sleep(1)
