"""What is before a command: a folder that is whole, and a database of this version."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from floreo.config.migrating import migrations_due
from floreo.config.processes import cut_off
from floreo.config.rights import may_change_tables
from floreo.core.errors import Refused
from floreo.core.ui import storage


def echo(line: str = "") -> None:
    print(line, flush=True)


def must_be_whole() -> None:
    if sentence := cut_off(Path(settings.DATA)):
        raise Refused(sentence, code="cut_off")


def bring_up_to_date() -> None:
    Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
    if migrations_due():
        if not may_change_tables():
            sentence = "The database belongs to another version and to another role. Run floreo migrate as its owner."
            raise Refused(sentence, code="owner")
        echo("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)


def prepare_pages() -> None:
    """What a web server needs that was not started by `floreo up`."""
    bring_up_to_date()
    storage.collect()
