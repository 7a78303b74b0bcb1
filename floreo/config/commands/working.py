"""The worker, and the calendar of the sample country, for which it does the work of many days."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings

from floreo.config.commands.starting import echo
from floreo.config.processes import WITH_UP, CannotStart, FolderLock
from floreo.config.sample_calendar import move_on
from floreo.config.worker import Worker
from floreo.core.errors import Refused


def work(asked: argparse.Namespace) -> int:
    lock = FolderLock(Path(settings.DATA), "worker")  # held for as long as this function runs
    try:
        lock.take(f"floreo worker {WITH_UP}" if asked.parent else "floreo worker")
    except CannotStart as problem:
        echo(str(problem))
        return 1
    return Worker().run()


def sample_move_on(asked: argparse.Namespace) -> int:
    try:
        day = move_on(days=asked.days)
    except Refused as refusal:
        echo(str(refusal.sentence))
        return 1
    echo(f"The calendar of the sample country is now at {day.isoformat()}.")
    return 0
