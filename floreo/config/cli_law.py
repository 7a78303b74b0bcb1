"""`floreo law import`: a bill or an Act from a file; with `--dry-run` prints what was found and writes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TextIO

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.reading.document import Unreadable
from floreo.legislation import presenters
from floreo.legislation.actions import instruments, versions
from floreo.legislation.models import Instrument
from floreo.legislation.text.caged import ReadLaw, read_law
from floreo.legislation.text.provisions import provisions_of


def import_law(
    path: Path, *, kind: str, law: str, version: str, title: str, dated: date | None, dry_run: bool, out: TextIO
) -> int:
    """Exit code 0 when it was read (and, without `dry_run`, saved), 1 when there is a sentence instead."""
    if not path.is_file():
        print(_("File not found: %(path)s.") % {"path": path}, file=out)
        return 1
    code = law or slugify(path.stem)
    found = Instrument.objects.filter(code=code).first() or Instrument(code=code, kind=kind, title=title or path.stem)
    on = dated or clock.today()
    try:
        if dry_run:
            frame = versions.frame_of(found, dated=on, language=found.language)
            _print(read_law(path, name=path.name, frame=frame), out=out)
            print(_("Nothing was saved."), file=out)
            return 0
        if found.pk is None:
            found = instruments.add_instrument(code, by=SYSTEM, kind=kind, title=title or path.stem, dated=on)
        made = versions.import_version(
            found, by=SYSTEM, file=path, name=path.name, code=version, title=title or version, dated=on
        )
    except Unreadable as refusal:
        print(presenters.unreadable_text(refusal), file=out)
        return 1
    except Refused as refusal:
        print(refusal.sentence, file=out)
        return 1
    for row in made.doubts:
        place, sentence = presenters.doubt_text(row)
        print(f"  {place or '–'}: {sentence}", file=out)
    words = _("Saved as %(law)s, version %(version)s. It is not public.")
    print(words % {"law": found.code, "version": made.code}, file=out)
    return 0


def _print(found: ReadLaw, *, out: TextIO) -> None:
    _front, rows = provisions_of(found.xml)
    for row in rows:
        if (row.kind != "crossheading" and row.lines) or row.kind == "part":
            print(f"{row.label:>12}  {row.heading}", file=out)
    for doubt in found.doubts:
        place, sentence = presenters.doubt_text([doubt.code, doubt.place, dict(doubt.facts)])
        print(f"  {place or '–'}: {sentence}", file=out)
    text = ngettext("%(n)d section was found.", "%(n)d sections were found.", found.sections)
    print(text % {"n": found.sections}, file=out)
