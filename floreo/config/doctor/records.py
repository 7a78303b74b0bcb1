"""Checks of records and of what runs over them: the worker, backups, quotations, who is on duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from floreo.config.backup import VERB
from floreo.config.doctor.attested import signed_heads
from floreo.config.doctor.findings import LONGEST_INTERVAL, Check, age_text, bad, good, moment_text, watch
from floreo.config.doctor.mail import mail_checks
from floreo.core import clock, heartbeat
from floreo.core.models import AuditEntry, Schedule
from floreo.feeds.models import Feed
from floreo.feeds.selection import on_duty
from floreo.organisations.queries import the_country
from floreo.strategy.models import Quotation, SourceDocument

_LONG_RUN = timedelta(hours=6)


def _zones() -> Check:
    country = the_country()
    try:
        ZoneInfo(country.zone if country else "Etc/UTC")
    except ZoneInfoNotFoundError as problem:
        yield bad(f"The time zone is not known here: {problem}.", "Install the package tzdata.")
    else:
        yield good("The country's time zone is known.")
    newest = AuditEntry.objects.order_by("-number").values_list("at", flat=True).first()
    if newest and newest > clock.now() + timedelta(minutes=5):
        yield bad(
            f"The clock goes wrong: the newest entry of the trail is from {moment_text(newest)}, which is still to come.",
            "Set the clock (timedatectl set-ntp true).",
        )


def _worker() -> Check:
    last = heartbeat.last_beat()
    if heartbeat.is_at_work():
        yield good("The worker is at work.")
    elif last is None:
        yield bad(
            "The worker has never run: nothing is sent and nothing comes round.",
            "Start floreo worker (systemctl start floreo-worker).",
        )
    elif last > clock.now():
        yield bad(
            f"The worker is not at work, and last said so at {moment_text(last)}, which is still to come: the clock was wrong.",
            "Set the clock (timedatectl set-ntp true), then: systemctl restart floreo-worker.",
        )
    else:
        yield bad(
            f"The worker is not at work: it last said so {age_text(last)}.",
            "Start it: systemctl restart floreo-worker, and look at its journal.",
        )
    for row in Schedule.objects.exclude(name=heartbeat.ROW).order_by("name"):
        yield from _job(row)


def _job(row: Schedule) -> Check:
    if row.last_error:
        since = f" since {moment_text(row.failing_since)}" if row.failing_since else ""
        yield bad(
            f"The job “{row.name}” has failed{since}: {row.last_error.rstrip('.')}.",
            "Fix the cause. The job runs again by itself.",
        )
    if row.due_at - clock.now() > LONGEST_INTERVAL:
        yield bad(
            f"The job “{row.name}” is due only at {moment_text(row.due_at)}: the clock was wrong when it last ran.",
            "Set the clock (timedatectl set-ntp true); a worker that runs puts it right within seconds.",
        )
    if row.running_since and row.running_until and clock.now() - row.running_since > _LONG_RUN:
        yield watch(
            f"The job “{row.name}” has been running since {moment_text(row.running_since)}.",
            "If it does not end: systemctl restart floreo-worker, which takes it up again.",
        )


def _backups() -> Check:
    last = AuditEntry.objects.filter(verb=VERB).order_by("-number").first()
    if last is None:
        yield bad(
            "There has never been a backup.",
            "Run floreo backup, and set FLOREO_BACKUP_DIR so that one is made each day.",
        )
        return
    text = f"The last backup, restored and checked, was made {age_text(last.at)} ({last.detail.get('name', '')})."
    if clock.now() - last.at > timedelta(days=2):
        yield bad(text, "Set FLOREO_BACKUP_DIR or start floreo-backup.timer, and see why none was made.")
    else:
        yield good(text)
    folder = Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
    if folder and folder.exists() and folder.stat().st_dev == Path(settings.DATA).stat().st_dev:
        yield watch("Backups lie on the same disk as what they are of.", "Copy them to another machine, each day.")


def _quotations() -> Check:
    """Every passage that is quoted is where it is said to be, in a document that is held."""
    documents = list(SourceDocument.objects.all())
    held = [each for each in documents if each.is_held]
    wrong = [q for q in Quotation.objects.filter(document__in=held).select_related("document") if not q.is_found]
    if wrong:
        first = f"first: {wrong[0].thing} in “{wrong[0].document.title}”"
        yield bad(
            f"{len(wrong)} quotations are not in their document, {first}.", "Load the pack again, or correct the rows."
        )
    elif held:
        yield good(f"Every quotation is found in its document ({len(held)} of {len(documents)} documents are held).")
    if without := [each.title for each in documents if not each.is_held]:
        named = "; ".join(without)
        yield watch(
            f"Documents that are quoted and not held here: {named}.",
            "Add them in the workspace, under Rows to check, or with floreo document add FILE.",
        )


def _duty() -> Check:
    """Whom calls for help and new critical findings are mailed to, where there are feeds."""
    if not Feed.objects.exists():
        return
    found = on_duty()
    if found is None:
        yield watch(
            "Nobody is alerted of calls for help and new critical findings: the register has no address of the national team.",
            "Give the national team (an organisation of the kind CSIRT) a contact with the role Round the clock.",
        )
        return
    team, to = found
    yield good(f"Calls for help and new critical findings are mailed to {', '.join(r.address for r in to)} ({team}).")


RECORDS: dict[str, Callable[[], Check]] = {
    "time": _zones,
    "worker": _worker,
    "mail": mail_checks,
    "backups": _backups,
    "signed heads": signed_heads,
    "quotations": _quotations,
    "duty contact": _duty,
}
