"""What keeps an installation safe: backup, restoring, another database, and the rights of roles."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings

from floreo.config.backup import backup as back_up
from floreo.config.commands.starting import echo
from floreo.config.moving import move as move_records
from floreo.config.restore import restore as restore_from
from floreo.config.rights import grant


def migrate(asked: argparse.Namespace) -> int:
    if asked.grant:
        grant(asked.grant)
        echo(f"{asked.grant} may do the work of the program, and only add to the audit chain.")
    return 0


def backup(asked: argparse.Namespace) -> int:
    to = asked.to or Path(settings.BACKUP_DIR or settings.DATA / "backups")
    made = back_up(to, keep=settings.BACKUP_KEEP if asked.keep is None else asked.keep, with_secret=asked.with_secret)
    echo(str(made))
    if asked.with_secret:
        echo("It holds the secret key: whoever has the file can sign in as anybody. Keep it as you keep the key.")
    else:
        echo(
            "It does not hold the secret key: keep that apart. Without it, links in e-mails that were already sent stop working."
        )
    return 0


def restore(asked: argparse.Namespace) -> int:
    came = restore_from(
        asked.archive,
        replace=asked.replace,
        other_key=asked.other_key,
        rows_only=asked.rows_only,
        as_it_was=asked.as_it_was,
    )
    echo(str(came))
    return 0


def move(asked: argparse.Namespace) -> int:
    echo(str(move_records(asked.to)))
    return 0
