"""`/ready/`: whether everything is there that the site needs to do its work. What it says names no path, address or person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from floreo.config.backup import free_space
from floreo.config.doctor import LEAST_FREE
from floreo.config.looks import Looks, soon
from floreo.config.migrating import migrations_due
from floreo.core import clock, delivery, heartbeat, scanning, team_keys
from floreo.core.models import MailState, OutboxMail

SECONDS = 3.0  # an answer takes no longer, whatever the database does
LATE = timedelta(hours=1)  # a server that is down for an hour is no news, and e-mail waits for it


@dataclass(frozen=True)
class Check:
    """Whether it is well, in one sentence."""

    ok: bool
    text: str


def disk() -> Check:
    megabytes = LEAST_FREE // 1024**2
    if free_space(Path(settings.DATA)) < LEAST_FREE:
        return Check(ok=False, text=f"Less than {megabytes} MB are free for the data.")
    return Check(ok=True, text="There is room for the data.")


def database() -> Check:
    with soon():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if migrations_due():
            return Check(ok=False, text="The database is older than the program.")
    return Check(ok=True, text="The database answers and fits the program.")


def worker() -> Check:
    with soon():
        if heartbeat.is_at_work():
            return Check(ok=True, text="The worker is at work.")
    return Check(ok=False, text="The worker is not at work.")


def mail() -> Check:
    """No e-mail waits longer than it should. One whose own address puts it off is not late: its next try is still to come."""
    late = clock.now() - LATE
    with soon():
        silent_since = delivery.silent_since()
        if silent_since and silent_since < late:
            return Check(ok=False, text="Sending e-mail has failed for more than an hour.")
        if OutboxMail.objects.filter(state=MailState.WAITING, next_try_at__lt=late).exists():
            return Check(ok=False, text="E-mail has been due for more than an hour.")
    return Check(ok=True, text="No e-mail waits longer than it should.")


def signing() -> Check:
    """Whether the team's keys sign. Mail that waits for one is tried again and again, so that it never looks late."""
    with soon():
        if team_keys.stopped() is not None:
            return Check(ok=False, text="E-mail waits for a key of the team that cannot sign.")
    return Check(ok=True, text="No e-mail waits for a key of the team.")


def scanner() -> Check:
    if not settings.CLAMD:
        return Check(ok=True, text="No virus scanner is named.")
    if scanning.is_there():
        return Check(ok=True, text="The virus scanner answers.")
    return Check(ok=False, text="The virus scanner does not answer.")


CHECKS: Mapping[str, Callable[[], Check]] = {
    "disk": disk,
    "database": database,
    "worker": worker,
    "mail": mail,
    "signing": signing,
    "virus scanner": scanner,
}
_UNSEEN = Check(ok=False, text="This could not be looked at in time.")
_looks = Looks(CHECKS, seconds=SECONDS)


def look() -> dict[str, Check]:
    """Each check, within SECONDS."""
    found = _looks.take()
    return {name: found.get(name, _UNSEEN) for name in CHECKS}


def as_json(found: Mapping[str, Check]) -> dict[str, object]:
    return {"ready": is_ready(found), "checks": {name: asdict(check) for name, check in found.items()}}


def is_ready(found: Mapping[str, Check]) -> bool:
    return all(check.ok for check in found.values())
