"""The command line in a process of its own that need not import everything first: one process imports it once, and each
command is a fork of that. Exit code, output and what it leaves behind are those of `floreo`; starting it takes a twentieth."""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import sys
import tempfile
from functools import partial
from pathlib import Path

import django
from django.conf import Settings, settings
from django.db import connections

if "FLOREO_WARM" in os.environ:  # only where commands are forked from: a test that imports this changes nothing
    os.environ["DJANGO_SETTINGS_MODULE"] = "floreo.config.settings"
    gc.disable()  # what is imported stays: looking through it meanwhile takes a fifth of the time
    django.setup()
    importlib.import_module("floreo.config.urls")  # imports every page, for whoever asks for an address
    from floreo.config.commands import COMMANDS
    from floreo.core import cage

    for named in COMMANDS.values():
        importlib.import_module(f"floreo.config.commands.{named.partition(':')[0]}")

    cage.IDLE = 3600.0  # what starts readers waits for the next command, too
    cage.start(("floreo.feeds.engine.caged", "floreo.core.reading.caged", "floreo.evidence.caged"))
    gc.freeze()
    gc.enable()


def as_if_just_started(env: dict[str, str]) -> None:
    """Forgets the settings of the process that imported, and reads those of `env`."""
    os.environ.clear()
    os.environ.update(env)
    importlib.reload(sys.modules["floreo.config.settings"])
    settings._wrapped = Settings("floreo.config.settings")
    connections.__init__()  # type: ignore[misc]  # as new: no connection, and none of the old settings
    vars(connections).pop("settings", None)


def command(arguments: list[str], env: dict[str, str], folder: str, streams: list[str]) -> None:
    """Runs in the fork: `floreo` with these arguments, its three streams files, its exit code that of the process."""
    came, *output = streams
    os.dup2(os.open(came, os.O_RDONLY), 0)
    for number, path in zip((1, 2), output, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    tempfile.tempdir = None
    os.chdir(folder)
    as_if_just_started(env)
    from floreo.config.cli import main

    code = main(arguments)
    sys.stdout.flush()
    sys.exit(code)


def page(env: dict[str, str], address: str, to: Path) -> None:
    """Runs in the fork: leaves in `to` what the site answers."""
    as_if_just_started(env)
    from django.test import Client

    to.write_bytes(Client().get(address, HTTP_HOST="localhost").content)


def pack(env: dict[str, str], home: Path, shelf: Path) -> None:
    """Runs in the fork: loads the pack in `home`, and leaves its rows on the shelf, with the keys of those that were there."""
    as_if_just_started(env)
    from floreo.core.access import SYSTEM
    from floreo.packs.actions import load_pack
    from tests.config.rows import all_keys, rows_besides

    before = all_keys()
    load_pack(home, by=SYSTEM)
    (shelf / f"{home.name}.keys").write_bytes(pickle.dumps(before))
    (shelf / f"pack {home.name}.rows").write_bytes(pickle.dumps(rows_besides(before)))


def nights(env: dict[str, str], home: Path, shelf: Path) -> None:
    """Runs in the fork, after `pack`: takes in its nights of reports, and leaves the rows of both on the shelf. The engine reads them
    here and not in a cage, whose two hundred processes would take as long as all the rest: tests/feeds/test_replay.py has them."""
    as_if_just_started(env)
    from floreo.core.access import SYSTEM
    from floreo.feeds.actions import replay as replaying
    from floreo.feeds.engine import ingest
    from floreo.indicators.actions import take_due_readings
    from floreo.organisations.queries import in_the_country
    from tests.config.rows import Keys, rows_besides

    replaying.ingest_waiting = partial(replaying.ingest_waiting, run=ingest.run)  # type: ignore[attr-defined]
    with in_the_country():
        replaying.replay(home, by=SYSTEM)
        take_due_readings(by=SYSTEM)
    before: Keys = pickle.loads((shelf / f"{home.name}.keys").read_bytes())
    (shelf / f"nights {home.name}.rows").write_bytes(pickle.dumps(rows_besides(before)))


def first_minute(env: dict[str, str], _home: Path, _shelf: Path) -> None:
    """Runs in the fork, on an installation whose nights are taken in: each job of the worker once. Certificates and advisories are signed,
    what has gathered is notified; a worker that starts on a copy finds nothing to do."""
    as_if_just_started(env)
    from floreo.config.jobs import run_due

    run_due()
