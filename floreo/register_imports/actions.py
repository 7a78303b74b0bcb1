"""A spreadsheet is taken in, its columns are matched, and its rows are written; or it is removed. Whoever may write one row of a kind may
bring in many (NEEDS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note, trail
from floreo.core.delimited import plain
from floreo.core.errors import Changed, Refused
from floreo.core.models import Sourced
from floreo.core.writing import delete, lock_latest, refuse, save, save_many
from floreo.infrastructure.actions.registering import write_places
from floreo.infrastructure.models import Service
from floreo.register_imports.grid import Grid, Upload
from floreo.register_imports.kinds import KINDS, words_of
from floreo.register_imports.matching import guess_columns, guess_header, header_texts
from floreo.register_imports.models import KEPT_DAYS, NEEDS, RegisterImport, RowKind, UploadedCells
from floreo.register_imports.reading import Plan, plan

BRING_IN = Permission.REGISTER_EDIT
REMEMBERED = 20  # earlier files whose columns are looked at


@action("register_import.begun", needs=BRING_IN)
def begin_import(*, by: Actor, kind: str, upload: Upload) -> RegisterImport:
    """Keeps what the file holds, and guesses its columns."""
    must(by, NEEDS[RowKind(kind)])
    run = RegisterImport(kind=kind, name=upload.name, sha256=upload.sha256, by=by.actor_name[:200], at=clock.now())
    run.sheet = max(range(len(upload.sheets)), key=lambda x: len(upload.sheets[x].rows))
    run.header_row = guess_header(upload.sheets[run.sheet], words_of(KINDS[kind]))
    run.columns = guessed(kind, upload.sheets[run.sheet], run.header_row, 1)
    saved = save(run)
    UploadedCells.objects.create(run=saved, sheets=[sheet.as_json() for sheet in upload.sheets])
    return saved


def guessed(kind: str, grid: Grid, header_row: int, header_rows: int) -> list[dict[str, str]]:
    """The columns of the sheet with the field that each is likely to be."""
    header = header_texts(grid, header_row, header_rows)
    fields = guess_columns(header, words_of(KINDS[kind]), _remembered(kind))
    return [{"header": text, "field": name} for text, name in zip(header, fields, strict=True)]


def _remembered(kind: str) -> dict[str, str]:
    """The field by what a column was called in earlier files that were imported; the newest counts."""
    found: dict[str, str] = {}
    earlier = RegisterImport.objects.filter(kind=kind).exclude(imported_at=None).order_by("-imported_at")
    for columns in earlier.values_list("columns", flat=True)[:REMEMBERED]:
        for column in columns:
            found.setdefault(plain(column["header"]), column["field"])
    return found


def must_be_open(run: RegisterImport) -> None:
    if not run.is_open:
        raise Refused(_("This file was imported already."), code="imported")


def grid_of(run: RegisterImport) -> list[Grid]:
    """The sheets of the file. Raises Refused when they are no longer kept."""
    held = UploadedCells.objects.filter(run=run).first()
    if held is None:
        raise Refused(_("The file is no longer kept here. Upload it again."), code="gone")
    return [Grid.from_json(sheet) for sheet in held.sheets]


@action("register_import.laid_out", needs=BRING_IN)
def choose_layout(
    run: RegisterImport, *, by: Actor, sheet: int, header_row: int, header_rows: int, version: int | None = None
) -> RegisterImport:
    """Another sheet, or another header: the columns are guessed again."""
    must(by, NEEDS[RowKind(run.kind)])
    fresh = lock_latest(run, version)
    must_be_open(fresh)
    sheets = grid_of(fresh)
    if not 0 <= sheet < len(sheets):
        raise refuse("sheet", _("Choose a sheet of this file."))
    if not 1 <= header_row <= len(sheets[sheet].rows):
        raise refuse("header_row", _("The sheet has no such row."))
    fresh.sheet, fresh.header_row, fresh.header_rows = sheet, header_row, header_rows
    fresh.columns = guessed(fresh.kind, sheets[sheet], header_row, header_rows)
    return save(fresh)


@action("register_import.matched", needs=BRING_IN)
def match_columns(
    run: RegisterImport, *, by: Actor, fields: Sequence[str], version: int | None = None
) -> RegisterImport:
    """What each column of the sheet is; "" leaves it out."""
    must(by, NEEDS[RowKind(run.kind)])
    fresh = lock_latest(run, version)
    must_be_open(fresh)
    known = {each.name for each in KINDS[fresh.kind].fields}
    if len(fields) != len(fresh.columns) or not set(fields) - {""} <= known:
        raise Refused(_("The columns of this file have changed. Look at them again."), code="columns")
    fresh.columns = [
        {"header": column["header"], "field": name} for column, name in zip(fresh.columns, fields, strict=True)
    ]
    return save(fresh)


def plan_of(run: RegisterImport) -> Plan:
    """What the file would do now. Raises Refused where the columns do not suffice."""
    sheets = grid_of(run)
    fields = [column["field"] for column in run.columns]
    kind = KINDS[run.kind]()
    return plan(kind, sheets[run.sheet], header_row=run.header_row, header_rows=run.header_rows, fields=fields)


@action("register_import.imported", needs=BRING_IN)
def import_rows(run: RegisterImport, *, by: Actor, seen: str) -> RegisterImport:
    """Writes all rows without a problem, at once. `seen` is the digest of what the person saw: something else is not written."""
    must(by, NEEDS[RowKind(run.kind)])
    fresh = lock_latest(run)
    must_be_open(fresh)
    found = plan_of(fresh)
    if found.digest != seen:
        raise Changed(_("The register has changed since this was shown. Look at it again."), theirs={})
    if not found.rows:
        raise Refused(_("There is nothing to import: no row is new or says something else."), code="nothing")
    _write(found, fresh, by)
    fresh.imported_at = clock.now()
    fresh.counts = {
        "added": len(found.added),
        "changed": len(found.changed),
        "same": found.same,
        "left_out": found.bad_lines,
    }
    UploadedCells.objects.filter(run=fresh).delete()
    trail().subject = fresh
    note(file=fresh.name, sha256=fresh.sha256, **fresh.counts)
    return save(fresh)


def _write(found: Plan, run: RegisterImport, by: Actor) -> None:
    things = [row.thing for row in found.added]
    for thing in things:
        if isinstance(thing, Sourced) and not thing.source:
            thing.source = _("Spreadsheet: %(name)s") % {"name": run.name}
    save_many(things, model=KINDS[run.kind].model)
    for row in found.changed:
        save(row.thing)
    for row in found.rows:
        if isinstance(row.thing, Service) and row.served is not None:
            held: Mapping[Any, int | None] = dict(row.thing.served.values_list("place", "users"))
            write_places(row.thing, {place: held.get(place.pk) for place in row.served})


@action("register_import.removed", needs=BRING_IN)
def remove_import(run: RegisterImport, *, by: Actor) -> None:
    """The file goes, nothing of it was written."""
    must(by, NEEDS[RowKind(run.kind)])
    fresh = lock_latest(run)
    must_be_open(fresh)
    delete(fresh)


def forget_old_cells() -> int:
    """Cells of files that nobody imported within two weeks. Returns how many files that were."""
    old = UploadedCells.objects.filter(run__at__lt=clock.now() - timedelta(days=KEPT_DAYS))
    return old.delete()[0]
