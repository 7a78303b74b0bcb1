"""What comes round by itself: the jobs that apps offer and our own, each in a lane; lanes never wait for one another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial

from django.core.management import call_command
from django.db import connection
from django.db.models import Q

from floreo import offers
from floreo.api import idempotency
from floreo.config.backup import daily_backup
from floreo.config.heads import sign_and_send
from floreo.config.sample import is_replaying, replay_sample
from floreo.core import clock, delivery, security_events, uploads
from floreo.core.access import SYSTEM
from floreo.core.bounce_mailbox import read_returned
from floreo.core.errors import Refused
from floreo.core.leases import is_over, lease_end, renewed
from floreo.core.models import OneTimeLink, Schedule, TokenBucket
from floreo.feeds.actions.duty import alert_due, alert_of_key
from floreo.feeds.actions.notices import send_due
from floreo.organisations.queries import at_home, keys_of
from floreo.tabletops.recipients import may_leave

log = logging.getLogger(__name__)


def tidy() -> None:
    """Lets go of what has run out: sessions, used and expired links, full buckets, files that no row names."""
    call_command("clearsessions")
    OneTimeLink.objects.filter(expires_at__lt=clock.now() - timedelta(days=30)).delete()
    old = Q(filled_at__lt=clock.now() - timedelta(days=2))
    of_a_wrong_clock = Q(filled_at__gt=clock.now() + timedelta(hours=1))  # else they refill only when that moment comes
    TokenBucket.objects.filter(old | of_a_wrong_clock).delete()
    delivery.forget_old()
    idempotency.let_go_of_old()
    uploads.let_go_of_orphans()
    look_at_sizes()


def expire() -> None:
    """Lets go of counters that have run out, so that there is always room for those that count."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name("core_cache")
        cursor.execute(
            f"DELETE FROM {table} WHERE expires < %s",  # noqa: S608 -- its own name, quoted
            [connection.ops.adapt_datetimefield_value(clock.now())],
        )


def look_at_sizes() -> None:
    """Lets SQLite look at how large its tables are, a thousand rows of each; PostgreSQL does it by itself. Without, it
    reads by whichever index comes first."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def write_letters() -> int:
    """Notices that are due, once a sample's story is complete."""
    return 0 if is_replaying() else send_due(by=SYSTEM)


def alert_duty() -> int:
    """What waits for the team, to whoever is on duty; not while a sample's story is played."""
    return 0 if is_replaying() else alert_of_key(by=SYSTEM) + alert_due(by=SYSTEM)


class Lane(StrEnum):
    """Jobs of one lane run one after another; each lane has a thread of its own."""

    EMBARGO = "embargo"
    MAIL = "mail"
    REPORTS = "reports"  # takes in what the public sent
    FEEDS = "feeds"
    OUTSIDE = "outside"  # asks other machines, which may take their time
    RECORDS = "records"  # what follows from the records: states, readings, reminders
    WEBHOOKS = "webhooks"  # reports to programs of others what happened
    EXERCISES = "exercises"  # sends injects at their minute, whatever else is to do
    TEXTS = "texts"  # reads and draws documents
    NIGHT = "night"


@dataclass(frozen=True)
class Job:
    """A function, how often it comes round, and in which lane."""

    run: Callable[[], object]
    every: timedelta
    lane: Lane


JOBS = {
    **{name: Job(job.run, job.every, Lane(job.lane)) for name, job in offers.jobs().items()},
    "returned mail": Job(read_returned, timedelta(minutes=5), Lane.OUTSIDE),
    "duty alerts": Job(alert_duty, timedelta(seconds=30), Lane.RECORDS),
    "notices of findings": Job(write_letters, timedelta(minutes=5), Lane.FEEDS),
    "sample": Job(replay_sample, timedelta(seconds=5), Lane.FEEDS),
    "security events": Job(security_events.tidy, timedelta(minutes=1), Lane.RECORDS),
    "expire": Job(expire, timedelta(hours=1), Lane.NIGHT),
    "tidy": Job(tidy, timedelta(days=1), Lane.NIGHT),
    "signed heads": Job(sign_and_send, timedelta(hours=1), Lane.OUTSIDE),
    "backup": Job(daily_backup, timedelta(days=1), Lane.NIGHT),
    delivery.JOB: Job(partial(delivery.deliver_due, keys_of, may_leave), timedelta(seconds=5), Lane.MAIL),
}
_FURTHEST = timedelta(minutes=20)  # beyond a job's own interval nothing is put off for longer
_MOST_DEATHS = 3
_DEADLY = "The worker died while it ran, three times in a row."


def names_in(lane: Lane) -> list[str]:
    return [name for name, job in JOBS.items() if job.lane == lane]


def run_due(names: Iterable[str] = tuple(JOBS), *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Runs each of these jobs that is due, once. A job that fails is noted and comes round again; the others go on."""
    rows = {row.name: row for row in Schedule.objects.filter(name__in=names)}
    ran = 0
    for name in names:
        row = rows.get(name) or Schedule.objects.get_or_create(name=name, defaults={"due_at": clock.now()})[0]
        if _is_due(row) and not stopping() and _claim(row):
            _run(row)
            ran += 1
    return ran


def _is_due(row: Schedule) -> bool:
    """Its moment has come, or its worker died; or its moment lies further ahead than it ever does: a clock was wrong."""
    ahead = row.due_at - clock.now()
    return row.running_until is not None or not timedelta() < ahead <= JOBS[row.name].every + _FURTHEST


def _claim(row: Schedule) -> bool:
    """Whether the job is ours to run now: no two workers ever run one at once. It is leased for as long as we live, so that
    a job whose worker was killed is run again a minute later; but not for ever when it is the job that kills."""
    now = clock.now()
    free = Q(running_until=None) | is_over("running_until")
    ours = Schedule.objects.filter(free, pk=row.pk, due_at=row.due_at, running_until=row.running_until)
    next_time = now + JOBS[row.name].every
    deaths = 0 if row.running_until is None else row.deaths + 1
    if deaths >= _MOST_DEATHS:
        since = row.failing_since or now
        facts = {"running_since": None, "running_until": None, "deaths": 0, "due_at": next_time}
        if ours.update(last_error=_DEADLY, failing_since=since, **facts):
            log.error("job %s: %s", row.name, _DEADLY)
        return False
    return bool(ours.update(due_at=next_time, running_since=now, running_until=lease_end(), deaths=deaths))


def _run(row: Schedule) -> None:
    running = Schedule.objects.filter(pk=row.pk).exclude(running_until=None)
    error = ""
    with renewed(lambda end: running.update(running_until=end)):
        try:
            with at_home():
                JOBS[row.name].run()
        except Refused as refusal:
            log.warning("job %s: %s", row.name, refusal.sentence)
            error = str(refusal.sentence)[:500]
        except Exception as problem:  # one failing job must not stop the lane; it is logged and kept
            log.exception("job %s failed", row.name)
            error = type(problem).__name__
    now = clock.now()
    failing = (row.failing_since or now) if error else None
    facts = {"running_since": None, "running_until": None, "deaths": 0}
    Schedule.objects.filter(pk=row.pk).update(last_run_at=now, last_error=error, failing_since=failing, **facts)
