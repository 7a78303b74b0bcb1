"""`floreo incidents import` and `undo-import`: old cases from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from floreo.core.access import SYSTEM
from floreo.incidents.actions.importing import import_cases, undo_import
from floreo.incidents.import_text import kept_sentence, read_sentences
from floreo.incidents.importing import read
from floreo.incidents.models import ImportRun


def import_file(path: Path, *, only_check: bool, out: TextIO) -> int:
    """Exit code 0 where the file can be or was imported, 1 where something is wrong with it. Refusals are raised."""
    if not path.is_file():
        print(_("File not found: %(path)s.") % {"path": path}, file=out)
        return 1
    found = read(path.read_bytes(), path.name)
    for sentence in read_sentences(found):
        print(sentence, file=out)
    if found.problems:
        print(_("Nothing was imported."), file=out)
        return 1
    if only_check:
        print(_("Nothing was imported: this was a check."), file=out)
        return 0
    run = import_cases(found, by=SYSTEM)
    words = {"count": len(run.cases), "number": run.pk}
    print(_("Cases imported: %(count)d. This is import number %(number)d.") % words, file=out)
    return 0


def undo(number: int, *, out: TextIO) -> int:
    run = ImportRun.objects.filter(pk=number).first()
    if run is None:
        print(_("There is no import number %(number)d.") % {"number": number}, file=out)
        return 1
    undo_import(run, by=SYSTEM)
    run.refresh_from_db()
    print(kept_sentence(run.cases), file=out)
    return 0
