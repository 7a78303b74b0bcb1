"""`floreo import`: rows of a spreadsheet, by a profile; what would change, row by row, or all of it in one act."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.db import transaction
from django.utils.translation import gettext as _

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.imports.actions import begin_import, import_rows, plan_of, take_profile
from floreo.imports.files import read_file
from floreo.imports.models import SheetImport
from floreo.imports.planning import Outcome, Plan, Result
from floreo.imports.targets import target_of
from floreo.imports.text import count_sentences
from floreo.offers import import_targets


def import_file(
    target: str,
    path: Path,
    *,
    profile: Path | None,
    scope: str,
    as_of: date | None,
    dry_run: bool,
    as_json: bool,
    out: TextIO,
) -> int:
    """Exit code 0 where every row can be or was taken, 1 where a row is refused (the others are written) or the file cannot be read."""
    if target not in import_targets():
        print(_("Unknown target. Choose one of: %(names)s.") % {"names": ", ".join(import_targets())}, file=out)
        return 1
    if missing := next((each for each in (path, profile) if each is not None and not each.is_file()), None):
        print(_("File not found: %(path)s.") % {"path": missing}, file=out)
        return 1
    with transaction.atomic():
        run = _begin(target, path, profile=profile, scope=scope or _only_scope(target), as_of=as_of)
        found = plan_of(run, by=SYSTEM)
        if dry_run:
            transaction.set_rollback(True)
        elif found.writes:
            run = import_rows(run, by=SYSTEM, seen=found.digest)
    _print(found, run, dry_run=dry_run, as_json=as_json, out=out)
    return 1 if found.counts["refused"] else 0


def _begin(target: str, path: Path, *, profile: Path | None, scope: str, as_of: date | None) -> SheetImport:
    known = take_profile(target, text=profile.read_text(encoding="utf-8"), by=SYSTEM) if profile else None
    upload = read_file(path.read_bytes(), path.name)
    return begin_import(by=SYSTEM, target=target, upload=upload, scope=scope, profile=known, as_of=as_of)


def _only_scope(target: str) -> str:
    """The scope where there is only one. Raises Refused where one has to be given."""
    codes = [code for code, _title in target_of(target).scopes(SYSTEM)]
    if len(codes) != 1:
        raise Refused(_("Give the edition with --edition: %(codes)s.") % {"codes": ", ".join(codes)}, code="scope")
    return codes[0]


def _print(found: Plan, run: SheetImport, *, dry_run: bool, as_json: bool, out: TextIO) -> None:
    if as_json:
        facts = {
            "file": run.name,
            "sha256": run.sha256,
            "target": run.target,
            "dry_run": dry_run,
            "import": None if dry_run or run.is_open else run.pk,
            "counts": found.counts,
            "columns": [
                {k: str(column[k]) for k in ("header", "field", "format", "certainty")} for column in run.columns
            ],
            "rows": [_as_data(each) for each in found.results],
        }
        print(json.dumps(facts, ensure_ascii=False, indent=1), file=out)
        return
    for line in _lines(found.results):
        print(line, file=out)
    for sentence in count_sentences(found.counts):
        print(sentence, file=out)
    if dry_run:
        print(_("Nothing was imported: this was a check."), file=out)
    elif run.is_open:
        print(_("Nothing was imported."), file=out)
    else:
        print(_("Imported. This is import number %(number)d.") % {"number": run.pk}, file=out)


def _lines(results: Iterable[Result]) -> Iterable[str]:
    for each in results:
        if each.outcome == Outcome.SAME:
            continue
        more = [f"{d.label}: {d.before} → {d.after}" for d in each.differences]
        more += [f"{f.column}: {f.sentence}" if f.column else f.sentence for f in each.faults]
        more += map(str, each.remarks)
        yield f"{each.sheet}, {each.number}: {each.outcome}: {each.name}" + "".join(f"\n    {text}" for text in more)


def _as_data(each: Result) -> dict[str, Any]:
    return {
        "sheet": each.sheet,
        "row": each.number,
        "outcome": each.outcome.value,
        "name": each.name,
        "changes": [{"field": d.label, "before": d.before, "after": d.after} for d in each.differences],
        "problems": [{"column": f.column, "sentence": f.sentence} for f in each.faults],
        "remarks": [str(remark) for remark in each.remarks],
    }
