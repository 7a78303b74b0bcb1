"""How long the outline of a 100-page document takes, and how long a mark takes from the press to the answer.

    FLOREO_DATA=/tmp/outline python -m benchmarks.outline
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/outline python -m benchmarks.outline

The documents are those of benchmarks/importing.py. Prints medians, and how long this process itself worked: on a machine that does other things
beside, that is the figure to compare.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.core.management import call_command
from django.test import Client

from benchmarks.importing import as_pdf, as_text, as_word
from benchmarks.measure import machine
from benchmarks.tasks import person
from floreo.core.access import SYSTEM
from floreo.core.reading.reading import read_document
from floreo.core.ui import storage
from floreo.strategy.actions.drafts import discard_draft, read_draft, start_draft
from floreo.strategy.actions.drafts.marking import outline_of_draft
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.models import DraftRow, DraftState, ImportDraft
from floreo.strategy.outline.passages import outline_of

ROUNDS = 15
LEVELS = (("Work of the pillar", "pillar"), ("Reach the state", "objective"), ("Train 20", "action"))


def timed(what: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    times, worked = [], []
    for _round in range(rounds):
        began, busy = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    print(f"{what:52} {statistics.median(times) * 1000:10.0f} {statistics.median(worked) * 1000:8.0f}")


def outlines(folder: Path) -> Path:
    """Reads the documents and cuts them. Returns the PDF."""
    for name, make in (("long.txt", as_text), ("long.docx", as_word), ("long.pdf", as_pdf)):
        path = folder / name
        make(path)
        document = read_document(path, openers=OPENERS)
        passages = len(outline_of(document).passages)
        timed(f"{name}: read, and its outline", lambda path=path: outline_of(read_document(path, openers=OPENERS)), 3)  # type: ignore[misc]  # bound as it is
        timed(f"{name}: the outline alone, {passages} passages", lambda document=document: outline_of(document), 3)  # type: ignore[misc]  # as above
    return folder / "long.pdf"


def marks(pdf: Path) -> None:
    """Names the levels of the PDF in the workspace, and takes the last mark back many times."""
    for old in ImportDraft.objects.exclude(state=DraftState.DROPPED):
        discard_draft(old, by=SYSTEM)
    draft = read_draft(start_draft(pdf, by=SYSTEM, name=pdf.name).pk, by=SYSTEM)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(person("secretariat"))
    address = f"/workspace/imports/{draft.code}/outline/"
    outline = outline_of_draft(draft)

    def press(words: str, meaning: str) -> None:
        passage = next(one for one in outline.passages if outline.words(one).startswith(words))
        answer = browser.post(f"{address}mark/", {"place": passage.opens, "meaning": meaning, "reach": "alike"})
        assert answer.status_code == 302

    for words, meaning in LEVELS:
        press(words, meaning)
    rows = DraftRow.objects.filter(draft=draft).count()
    timed(f"a mark that was made already, {rows} rows", lambda: press(*LEVELS[-1]))
    timed("the page of the outline", lambda: browser.get(address))
    timed("the page of the plan", lambda: browser.get(f"{address}?show=plan"))


def main() -> None:
    call_command("migrate", verbosity=0)
    storage.collect()
    print(machine())
    print(f"{'':52} {'median ms':>10} {'cpu ms':>8}")
    with tempfile.TemporaryDirectory() as folder:
        marks(outlines(Path(folder)))


if __name__ == "__main__":
    main()
