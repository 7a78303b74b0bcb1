"""Measures a backup of a filled installation, with its proof, and a restore of it.

    FLOREO_DATA=/tmp/large python -m benchmarks.fill
    FLOREO_DATA=/tmp/large python -m benchmarks.backing_up [--rows 1000000]

Adds mails that were sent until the database holds as many rows as asked, so that a million need no day of filling.
With DATABASE_URL=postgresql://... the backup is taken from PostgreSQL. The proof restores into SQLite in either case.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from floreo.config.backup import backup
from floreo.config.portable import quoted, snapshot
from floreo.core import audit, clock
from floreo.core.access import SYSTEM
from floreo.core.action import action, note
from floreo.core.models import MailState, OutboxMail
from floreo.core.outbox import letter

PIECE = 20_000


@action("benchmark.filled", needs=None)
def fill(*, by: object, wanted: int) -> None:
    """Mails, each with its own text, until there are `wanted` rows."""
    note(wanted=wanted)
    missing = wanted - rows()
    for at in range(0, max(missing, 0), PIECE):
        mails = [
            letter(
                to=f"lead{n}@example.org",
                subject=f"Review {n} is open",
                text=f"Please answer. {n} " * 12,
                kind="bench",
                about=f"bench:{n}",
            )
            for n in range(at, min(at + PIECE, missing))
        ]
        for mail in mails:
            mail.state, mail.sent_at = MailState.SENT, clock.now()
        OutboxMail.objects.bulk_create(mails, batch_size=2000)


def rows() -> int:
    with snapshot() as moment:
        return sum(next(iter(moment.ask(f"SELECT count(*) FROM {quoted(t)}")))[0] for t in moment.tables)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    fill(by=SYSTEM, wanted=asked.rows)
    with tempfile.TemporaryDirectory() as folder:
        began, processor = time.perf_counter(), sum(os.times()[:4])
        made = backup(Path(folder))
        took = time.perf_counter() - began
        print(
            f"{connection.vendor}: backup and proof of {made.rows} rows, {made.bytes / 1e6:.0f} MB: {took:.0f} s "
            f"({sum(os.times()[:4]) - processor:.0f} s of processor time, the proof included); chain at {audit.head().number}"
        )
