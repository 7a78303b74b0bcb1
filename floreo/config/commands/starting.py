"""What is before a command: a folder that is whole, and a database of this version."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.config.migrating import migrations_due
from floreo.config.processes import cut_off
from floreo.config.rights import may_change_tables
from floreo.config.terminal import language
from floreo.core import progress
from floreo.core.errors import Refused
from floreo.core.ui import storage


def echo(line: str = "") -> None:
    for steps in _shown:
        steps.end()
    print(line, flush=True)


def in_their_language() -> translation.override:
    """Within it, sentences are in the language of who sits at the terminal."""
    return translation.override(language())


class Steps:
    """A line for each step as it begins; where it is counted and the terminal can draw, with a bar."""

    WIDTH = 24  # characters of the bar

    def __init__(self) -> None:
        self.draws, self.text, self.drawn = sys.stdout.isatty(), "", ""

    def __call__(self, step: Promise, done: int, of: int) -> None:
        with in_their_language():
            text = str(step)
        if not self.draws:
            if text != self.text:
                print(f"{text} ...", flush=True)
        else:
            if self.text not in {"", text}:
                self.end()
            full = self.WIDTH * done // of if of else 0
            bar = f"  [{'#' * full}{'.' * (self.WIDTH - full)}] {100 * done // of} %" if of else " ..."
            self._draw(text + bar)
        self.text = text

    def end(self) -> None:
        """The next line begins below."""
        if self.drawn:
            self._draw(self.text)
            print(flush=True)
        self.text = self.drawn = ""

    def _draw(self, line: str) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        print("\r" + line.ljust(len(self.drawn)), end="", flush=True)
        self.drawn = line


_shown: list[Steps] = []


@contextmanager
def steps_shown(*, quiet: bool = False) -> Iterator[None]:
    if quiet:
        yield
        return
    steps = Steps()
    _shown.append(steps)
    try:
        with progress.shown_by(steps):
            yield
    finally:
        steps.end()
        _shown.remove(steps)


class _Counted(io.StringIO):
    """What Django prints while it migrates: a line that ends on OK for each migration."""

    def __init__(self, of: int) -> None:
        super().__init__()
        self.of, self.done = of, 0

    def write(self, text: str) -> int:
        self.done += "OK" in text
        progress.at(_l("Preparing the database"), self.done, self.of)
        return len(text)


def must_be_whole() -> None:
    if sentence := cut_off(Path(settings.DATA)):
        raise Refused(sentence, code="cut_off")


def bring_up_to_date() -> None:
    Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
    if due := migrations_due():
        if not may_change_tables():
            sentence = "The database belongs to another version and to another role. Run floreo migrate as its owner."
            raise Refused(sentence, code="owner")
        progress.at(_l("Preparing the database"), 0, due)
        call_command("migrate", verbosity=1, interactive=False, no_color=True, stdout=_Counted(due))


def prepare_pages() -> None:
    """What a web server needs that was not started by `floreo up`."""
    bring_up_to_date()
    storage.collect()
