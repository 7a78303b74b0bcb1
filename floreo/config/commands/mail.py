"""Mail that the mail server or a person brings."""

from __future__ import annotations

import argparse
import sys

from django.db.utils import DatabaseError

from floreo.config.cli_mail import ingest as take_in_files
from floreo.config.commands.starting import echo
from floreo.core import bounces
from floreo.core.bounce_mailbox import take_in


def take_in_bounce(_asked: argparse.Namespace) -> int:
    """For a pipe in the mail server: 0 is taken, whatever it was; 75 asks it to come again later."""
    raw = sys.stdin.buffer.read(bounces.LARGEST)
    try:
        echo(take_in(raw).kind.value)
    except DatabaseError:
        return 75
    return 0


def ingest(asked: argparse.Namespace) -> int:
    return take_in_files(asked.files, echo=echo)
