"""Starts `floreo up` and other commands, each as a fork of this process, which has imported everything already.

Only interpreter and imports are saved: what runs is floreo/config/cli.py, processes.py, serving.py and worker.py as they are,
with their own processes, sessions, locks and signals. Leases, pauses and jobs are shortened (`hurry`), so that work that was
cut off is taken up again within seconds instead of a minute.

One JSON object a line on standard input: {"id": 1, "arguments": ["up", "--port", "8000"], "log": "/path", "env": {...}};
on standard output `1 started PID`, then `1 ended CODE`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()
from django.conf import settings
from django.db import connections
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import get_resolver
from django.utils import translation

from floreo.config import backup, commands, jobs, processes, rsgi, serving
from floreo.core import delivery, leases
from floreo.core.access import SYSTEM
from floreo.feeds.actions.collect import collect_from_folders
from tests.config.warm import as_if_just_started

NAMES = "fl-"  # begins the name of every process that is started here
_PR_SET_NAME = 15
_QUICK = {"mail": 0.5, "waiting reports": 0.5, "watched folders": 0.5, "notices of findings": 5.0}


def hurry() -> None:
    leases.LEASE, leases._RENEW_EVERY = timedelta(seconds=2), 0.5
    delivery.LEASE, delivery.BUDGET = timedelta(seconds=3), 1.0
    processes._SHORTEST, processes._LONGEST, processes._MOST_QUICK_DEATHS = 0.05, 0.1, 10**9
    for name, seconds in _QUICK.items():
        jobs.JOBS[name] = replace(jobs.JOBS[name], every=timedelta(seconds=seconds))
    at_once = partial(collect_from_folders, by=SYSTEM, rests=0.1)
    jobs.JOBS["watched folders"] = replace(jobs.JOBS["watched folders"], run=at_once)


class Fork:
    """What processes.py uses of subprocess.Popen."""

    def __init__(
        self, command: list[str], *, start_new_session: bool = False, env: dict[str, str] | None = None
    ) -> None:
        self.returncode: int | None = None
        self.pid = fork(partial(_become, command, env), in_a_session=start_new_session)

    def poll(self) -> int | None:
        if self.returncode is None:
            with suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.01)
        return self.returncode or 0

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


class Forks:
    """What processes.py and backup.py use of the module subprocess."""

    Popen = Fork

    @staticmethod
    def run(command: list[str], *, env: dict[str, str], **_more: Any) -> subprocess.CompletedProcess[str]:
        made = Fork(command, env=env)
        made.wait()
        return subprocess.CompletedProcess(command, made.returncode or 0, "its output is in the log", "")


def fork(run: Callable[[], int], *, in_a_session: bool = False) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if in_a_session:
            os.setsid()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
        code = run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become(command: list[str], env: dict[str, str] | None) -> int:
    """`python -m MODULE WORDS`, in the fork. What a new interpreter would not be given is closed: a lock on the data folder would
    else be held by the children of a main process that was killed, and the next start be refused."""
    for held in [each for each in gc.get_objects() if isinstance(each, processes.FolderLock)]:
        held.release()
    if env is not None:
        place = {
            "FLOREO_DATA": command[command.index("--data") + 1],
            "FLOREO_PACK": command[command.index("--pack") + 1],
        }
        as_if_just_started(env | place)  # settings are read here already, so before the command line is
    module, words = command[command.index("-m") + 1], command[command.index("-m") + 2 :]
    sys.argv = [module, *words]
    if module.endswith("serving"):
        name_it("serving")
        return serving.main()
    name_it(words[-1] if words[-1] == "worker" else "command")
    from floreo.config.cli import main

    return main(words)


def name_it(name: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, f"{NAMES}{name}".encode(), 0, 0, 0)


def _command(asked: dict[str, Any]) -> int:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if asked.get("env"):
        as_if_just_started(asked["env"])
    name_it("up" if "up" in asked["arguments"] else "command")
    from floreo.config.cli import main

    return main(asked["arguments"])


def warm() -> None:
    get_resolver().url_patterns  # noqa: B018 -- imports every view
    for engine in engines.all():
        for folder in engine.template_dirs:
            for path in Path(folder).rglob("*.html"):
                with suppress(TemplateDoesNotExist, TemplateSyntaxError):
                    engine.get_template(path.relative_to(folder).as_posix())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Search")
    assert rsgi.server
    assert commands.COMMANDS
    connections.close_all()


def main() -> None:
    hurry()
    warm()
    processes.subprocess = backup.subprocess = Forks  # type: ignore[assignment, attr-defined]  # a fork in the place of a new interpreter
    if fault := os.environ.get("KILL_FAULT"):
        from benchmarks.killing import faults

        getattr(faults, fault)()
    print("ready", flush=True)
    running: dict[int, int] = {}
    waiting = b""
    while True:
        if select.select([0], [], [], 0.05)[0]:
            came = os.read(0, 65536)
            if not came:
                for pid in running:  # whoever asked for them is gone
                    os.kill(pid, signal.SIGKILL)
                return
            *lines, waiting = (waiting + came).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                pid = fork(partial(_command, asked))
                running[pid] = asked["id"]
                print(asked["id"], "started", pid, flush=True)
        while running:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            print(running.pop(pid, 0), "ended", os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    Path(os.environ["FLOREO_DATA"]).mkdir(parents=True, exist_ok=True)
    main()
