"""`floreo strategy import`: drafts an edition from a text and prints it; with `--dry-run` writes nothing anywhere."""

from __future__ import annotations

import io
import json
import shutil
import textwrap
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.document import Unreadable
from floreo.core.reading.sentences import unreadable_sentence
from floreo.strategy.actions.drafts import AlreadyHere, apply_profile, read_draft, start_draft
from floreo.strategy.actions.drafts.marking import plan_rows
from floreo.strategy.actions.drafts.opening import openers_here
from floreo.strategy.drafting.certain import certain_in
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import DraftedRow
from floreo.strategy.models import DraftState, ImportDraft
from floreo.strategy.outline.marks import Step, located, read_with
from floreo.strategy.outline.passages import Outline, outline_of
from floreo.strategy.outline.profiles import NoProfile, of_toml
from floreo.strategy.outline.reading import KINDS, Unused, counted, is_thin, unused_by_rows, unused_in
from floreo.strategy.outline.stored import drafted_rows, plan_of_rules
from floreo.strategy.presenters.drafts import (
    KIND_WORDS,
    failure_sentence,
    no_profile_sentence,
    thin_sentence,
    unused_sentence,
)

NARROWEST, WIDEST = 80, 160


@dataclass(frozen=True)
class Asked:
    """How to import: print only; by the marks in which file; as JSON."""

    dry_run: bool = False
    profile: Path | None = None
    as_json: bool = False


def import_text(path: Path, *, how: Asked, out: TextIO) -> int:
    """Prints the draft of the file at `path`. Exit code 0 when there is one, 1 when there is a sentence instead."""
    missing = next((each for each in (path, how.profile) if each is not None and not each.is_file()), None)
    if missing is not None:
        print(_("File not found: %(path)s.") % {"path": missing}, file=out)
        return 1
    try:
        document = read_in_a_cage(path, openers=openers_here())
        outline = outline_of(document)
        profile = how.profile.read_text("utf-8") if how.profile else ""
        steps = located(outline, of_toml(profile, outline)) if how.profile else []
    except Unreadable as refusal:
        print(unreadable_sentence(refusal), file=out)
        return 1
    except (NoProfile, UnicodeDecodeError):
        print(no_profile_sentence(), file=out)
        return 1
    rows, left = _read(outline, steps)
    if how.as_json:
        print(
            json.dumps(_as_data(path, rows, left, certain_in(rows, document.text)), ensure_ascii=False, indent=2),
            file=out,
        )
    else:
        _report(path, rows, left, text=document.text, out=out)
    if how.dry_run:
        if not how.as_json:
            print(_("Nothing was saved. Without --dry-run, the draft waits for review on the site."), file=out)
        return 0
    return _store(path, profile, out=out if not how.as_json else io.StringIO())


def _read(outline: Outline, steps: Sequence[Step]) -> tuple[list[DraftedRow], Unused]:
    """The rows in reading order, and what no row came of."""
    drafted = list(draft_rows(outline.document).rows)
    if not steps:
        return drafted, counted(unused_by_rows(outline, drafted))
    others = [row for row in drafted if row.kind not in KINDS.values()]
    base = drafted_rows(plan_of_rules(drafted))
    plan = plan_rows(outline, steps, base)
    first = max((row.number for row in plan), default=0)
    numbered = [replace(row, number=first + n, parent=None) for n, row in enumerate(others, start=1)]
    rows = sorted([*plan, *numbered], key=lambda row: row.start)
    return rows, counted(unused_in(read_with(outline, steps, base)))


def _report(path: Path, rows: Sequence[DraftedRow], left: Unused, *, text: str, out: TextIO) -> None:
    found = certain_in(rows, text)
    certain = [row for row in rows if row.number in found]
    offers = [row for row in rows if row.number not in found]
    _print(certain, out=out)
    drafted = ngettext("%(count)d row drafted from %(name)s.", "%(count)d rows drafted from %(name)s.", len(certain))
    print("\n" + drafted % {"count": len(certain), "name": path.name}, file=out)
    if offers:
        print(_("Found, but not certain: no rows until somebody adds them."), file=out)
        _print(offers, out=out)
    print(unused_sentence(left), file=out)
    if is_thin(len(rows), left):
        print(thin_sentence(), file=out)


def _as_data(path: Path, rows: Sequence[DraftedRow], left: Unused, certain: Set[int]) -> dict[str, Any]:
    return {
        "file": path.name,
        "rows": [
            {
                "number": row.number,
                "kind": str(row.kind),
                "title": row.title,
                "parent": row.parent,
                "start": row.start,
                "end": row.end,
                "passage": row.passage,
                "offer": row.number not in certain,
                "fields": dict(row.fields),
            }
            for row in rows
        ],
        "unused": {"numbered": left.numbered, "headings": left.headings, "table_rows": left.rows},
        "thin": is_thin(len(rows), left),
    }


def _print(rows: Iterable[DraftedRow], *, out: TextIO) -> None:
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


def _store(path: Path, profile: str, *, out: TextIO) -> int:
    try:
        draft = read_draft(start_draft(path, by=SYSTEM, name=path.name).pk, by=SYSTEM)
        if profile and draft.state == DraftState.OPEN:
            draft = apply_profile(draft, by=SYSTEM, text=profile)
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
