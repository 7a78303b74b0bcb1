"""`floreo strategy import`: drafts an edition from a text and prints it; with `--dry-run` writes nothing anywhere."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import unreadable_sentence
from floreo.strategy.actions.drafts import AlreadyHere, read_draft, start_draft
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Row
from floreo.strategy.drafting.vocabulary import OPENERS
from floreo.strategy.models import DraftState, ImportDraft
from floreo.strategy.presenters.drafts import KIND_WORDS, failure_sentence

NARROWEST, WIDEST = 80, 160


def import_text(path: Path, *, dry_run: bool, out: TextIO) -> int:
    """Prints the draft of the file at `path`. Exit code 0 when there is one, 1 when there is a sentence instead."""
    if not path.is_file():
        print(_("File not found: %(path)s.") % {"path": path}, file=out)
        return 1
    try:
        found = draft_rows(read_in_a_cage(path, openers=OPENERS))
    except Unreadable as refusal:
        print(unreadable_sentence(refusal), file=out)
        return 1
    _print(found.rows, out=out)
    count = len(found.rows)
    text = ngettext("%(count)d row drafted from %(name)s.", "%(count)d rows drafted from %(name)s.", count)
    print("\n" + text % {"count": count, "name": path.name}, file=out)
    if dry_run:
        print(_("Nothing was saved. Without --dry-run, the draft waits for review on the site."), file=out)
        return 0
    return _store(path, out=out)


def _print(rows: Iterable[Row], *, out: TextIO) -> None:
    """A line of facts for each row, and its passage below, cut to the width of the terminal."""
    width = min(max(shutil.get_terminal_size((100, 20)).columns, NARROWEST), WIDEST)
    kinds = {kind: str(words) for kind, words in KIND_WORDS.items()}
    longest = max(len(words) for words in kinds.values())
    for row in rows:
        place = f"{row.start}–{row.end}"
        head = f"{row.number:>4}  {kinds[row.kind]:<{longest}}  {place:>13}  "
        print(head + textwrap.shorten(row.title, width - len(head), placeholder=" …"), file=out)
        passage = " ".join(row.passage.split())
        indent = " " * 6
        if passage != row.title:
            print(indent + textwrap.shorten(f"“{passage}”", width - len(indent), placeholder=" …"), file=out)
        known = [f"{name}: {value}" for name, value in row.fields.items() if _worth_showing(name, value)]
        if known:
            print(textwrap.fill("; ".join(known), width, initial_indent=indent, subsequent_indent=indent), file=out)


def _worth_showing(name: str, value: object) -> bool:
    repeated = {"title", "name", "text", "context", "noun", "verb"}
    return value not in {"", None} and name not in repeated and not name.endswith("_as_found")


def _store(path: Path, *, out: TextIO) -> int:
    try:
        draft = read_draft(start_draft(path, by=SYSTEM, name=path.name).pk, by=SYSTEM)
    except AlreadyHere as there:
        draft = there.draft
        print(str(there.sentence), file=out)
    except Refused as refusal:
        print(str(refusal.sentence), file=out)
        return 1
    return _print_address(draft, out=out)


def _print_address(draft: ImportDraft, *, out: TextIO) -> int:
    if draft.state == DraftState.FAILED:
        print(failure_sentence(draft.failure, name=draft.file_name), file=out)
        return 1
    address = settings.SITE_ADDRESS + reverse("workspace:import", args=[draft.code])
    print(_("Review it at %(address)s") % {"address": address}, file=out)
    return 0
