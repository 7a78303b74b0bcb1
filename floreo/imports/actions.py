"""A spreadsheet is brought in: uploaded, its tables, columns and values matched, its rows written in one act; and undone in one. Whoever
may write one row of a target may bring in many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import PurePath
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note, trail
from floreo.core.audit import key
from floreo.core.errors import Changed, Refused
from floreo.core.importing import Holds, ImportRows, Planned, Source
from floreo.core.models import Sourced
from floreo.core.spelling import plain
from floreo.core.writing import delete, delete_all, lock_latest, refuse, require_past, save, save_many
from floreo.imports import formats
from floreo.imports.choosing import fields_alike
from floreo.imports.files import Upload
from floreo.imports.grid import Grid
from floreo.imports.matching import Certainty, Matcher, guess_columns, words_of
from floreo.imports.models import KEPT_DAYS, ImportedRecord, ImportProfile, SheetImport, UploadedSheets
from floreo.imports.planning import LEAVE, NEW, OTHERS, Plan, Reading, heads_and_texts, matchers_of, plan, shown_header
from floreo.imports.profiles import from_toml, profile_for
from floreo.imports.tables import SheetTable, best_parts, find_tables, heads_of
from floreo.imports.targets import target_of
from floreo.imports.undoing import records_to_undo

OPEN = Permission.WORKSPACE_OPEN  # and each target asks for its own
TEXTS = 200  # different values of a column that are looked at
_MOST_REMARKS = 2_000


def rows_of(run: SheetImport, by: Actor) -> ImportRows:
    """The target of a run over the register as `by` sees it now."""
    return target_of(run.target).rows(run.scope, Source(run.name, run.as_of, by))


def must_be_open(run: SheetImport) -> None:
    if not run.is_open:
        raise Refused(_("This file was imported already."), code="imported")


def sheets_of(run: SheetImport) -> list[Grid]:
    """The sheets of the file. Raises Refused when they are no longer kept."""
    held = UploadedSheets.objects.filter(run=run).first()
    if held is None:
        raise Refused(_("The file is no longer kept here. Upload it again."), code="gone")
    return [Grid.from_json(sheet) for sheet in held.sheets]


@action("import.begun", needs=OPEN)
def begin_import(
    *,
    by: Actor,
    target: str,
    upload: Upload,
    scope: str = "",
    profile: ImportProfile | None = None,
    as_of: date | None = None,
) -> SheetImport:
    """Keeps what the file holds, and guesses its tables and columns; those of a file with the same heads are remembered. With a `profile` that
    somebody gives, only its columns are read: nobody is there to look at guesses."""
    chosen = target_of(target)
    must(by, chosen.needs)
    if scope not in {code for code, _title in chosen.scopes(by)}:
        raise refuse("target", _("Choose what the rows are."))
    run = SheetImport(target=target, scope=scope, name=upload.name, sha256=upload.sha256, encoding=upload.encoding)
    run.by, run.by_code, run.at, run.as_of = by.actor_name[:200], by.actor_code[:60], clock.now(), as_of
    rows = rows_of(run, by)
    words = words_of(rows.fields)
    parts = best_parts(upload.sheets, find_tables(upload.sheets, words), words)
    if not parts:
        raise refuse("file", _("No table with a header was found in this file."), code="no_table")
    run.parts = [part.as_json() for part in parts]
    _guess(run, rows, upload.sheets, profile or profile_for(target, _heads(upload.sheets, parts), by=by))
    if profile is not None:
        run.columns = [c if c["certainty"] == Certainty.REMEMBERED else {**c, "field": ""} for c in run.columns]
    saved = save(run)
    UploadedSheets.objects.create(run=saved, sheets=[sheet.as_json() for sheet in upload.sheets])
    return saved


def _heads(sheets: Sequence[Grid], parts: Sequence[SheetTable]) -> list[str]:
    return [head.text for head in heads_of(sheets, parts)]


def _guess(run: SheetImport, rows: ImportRows, sheets: Sequence[Grid], profile: ImportProfile | None) -> None:
    parts = [SheetTable.from_json(part) for part in run.parts]
    heads, texts, _skipped = heads_and_texts(sheets, parts, TEXTS)
    remembered: Mapping[str, Mapping[str, str]] = profile.columns if profile else {}
    known = {each.name for each in rows.fields}
    fields = {text: str(each["field"]) for text, each in remembered.items() if each["field"] in known | {""}}
    matchers = matchers_of(rows, known)
    guesses = guess_columns(heads, texts, rows.fields, matchers, fields)
    run.columns = [
        {
            "header": head.text,
            "field": guess.field,
            "certainty": str(guess.certainty),
            "format": str(remembered.get(plain(head.text), {}).get("format", "")),
        }
        for head, guess in zip(heads, guesses, strict=True)
    ]
    run.profile = profile
    run.source_name = profile.name if profile else PurePath(run.name).stem[:120]
    run.values = {field: dict(chosen) for field, chosen in profile.values.items()} if profile else {}
    _decide_formats(run, rows, texts)


def _decide_formats(run: SheetImport, rows: ImportRows, texts: Sequence[Sequence[str]]) -> None:
    """Fills in what the values of a column decide by themselves, and nothing that they leave open."""
    holds = {each.name: each.holds for each in rows.fields}
    for column, of_column in zip(run.columns, texts, strict=True):
        found = verdict(holds.get(column["field"]), of_column)
        column["is_asked"] = found.is_asked
        if not found.is_asked or column["format"] not in shapes_of(holds.get(column["field"])):
            column["format"] = "" if found.is_asked else found.format


def shapes_of(holds: Holds | None) -> tuple[str, ...]:
    """How the texts of such a column may be written, where that has to be chosen."""
    return tuple(formats.Order) if holds in {Holds.DAY, Holds.PERIOD} else tuple(formats.Point)


def verdict(holds: Holds | None, texts: Sequence[str]) -> formats.Verdict:
    """What a column's values say of the order of its days, or of its decimals."""
    if holds in {Holds.DAY, Holds.PERIOD}:
        return formats.order_of(texts)
    if holds in {Holds.WHOLE, Holds.DECIMAL}:
        return formats.point_of(texts)
    return formats.Verdict()


@action("import.laid_out", needs=OPEN)
def choose_tables(
    run: SheetImport, *, by: Actor, parts: Sequence[SheetTable], version: int | None = None
) -> SheetImport:
    """Other tables of the file, or another header: the columns are guessed again."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run, version)
    must_be_open(fresh)
    sheets = sheets_of(fresh)
    if not parts:
        raise refuse("parts", _("Choose at least one table."))
    for part in parts:
        if not 0 <= part.sheet < len(sheets):
            raise refuse("sheet", _("Choose a sheet of this file."))
        if not 1 <= part.header_row <= len(sheets[part.sheet].rows) or part.last < part.header_row:
            raise refuse("header_row", _("The sheet has no such row."))
    fresh.parts = [part.as_json() for part in parts]
    _guess(fresh, rows_of(fresh, by), sheets, fresh.profile)
    return save(fresh)


@action("import.columns_matched", needs=OPEN)
def match_columns(
    run: SheetImport,
    *,
    by: Actor,
    fields: Sequence[str],
    formats_of: Sequence[str],
    as_of: date | None = None,
    version: int | None = None,
) -> SheetImport:
    """What each column is, and how its days and numbers are written; "" leaves it out."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run, version)
    must_be_open(fresh)
    if as_of is not None:
        require_past(as_of, field="as_of")
    fresh.as_of = as_of or fresh.as_of
    rows = rows_of(fresh, by)
    known = {each.name for each in rows.fields}
    if len(fields) != len(fresh.columns) or not set(fields) - {""} <= known:
        raise Refused(_("The columns of this file have changed. Look at them again."), code="columns")
    fresh.columns = [
        {
            **column,
            "field": name,
            "format": shape,
            "certainty": column["certainty"] if column["field"] == name else "name",
        }
        for column, name, shape in zip(fresh.columns, fields, formats_of, strict=True)
    ]
    _heads, texts, _skipped = heads_and_texts(
        sheets_of(fresh), [SheetTable.from_json(part) for part in fresh.parts], TEXTS * 100
    )
    _decide_formats(fresh, rows, texts)
    return save(fresh)


@action("import.values_matched", needs=OPEN)
def match_values(
    run: SheetImport, *, by: Actor, chosen: Mapping[str, Mapping[str, str]], version: int | None = None
) -> SheetImport:
    """What texts of the file mean, by field: the key of an option, NEW, LEAVE; "" takes a choice back."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run, version)
    must_be_open(fresh)
    rows = rows_of(fresh, by)
    matchers = matchers_of(rows, {each.name for each in rows.fields})
    values = {field: dict(texts) for field, texts in fresh.values.items()}
    alike = fields_alike(matchers)
    for field, texts in chosen.items():
        for text, option in texts.items():
            if option and field in matchers and option not in _allowed(rows, field, matchers[field]):
                raise Refused(_("There is nothing with the code “%(code)s”.") % {"code": option}, code="no_option")
            # What a text means holds for every field with the same options; what all others are, for this one.
            same = [field] if text == OTHERS else [name for name in alike if alike[name] == alike.get(field)]
            for name in same:
                own = values.setdefault(name, {})
                own.pop(OTHERS if text == OTHERS else plain(text), None)
                if option and name in matchers and option in _allowed(rows, name, matchers[name]):
                    own[OTHERS if text == OTHERS else plain(text)] = option
    fresh.values = values
    return save(fresh)


def _allowed(rows: ImportRows, field: str, matcher: Matcher) -> set[str]:
    return {*matcher.by_key, LEAVE, *({NEW} if rows.can_make(field) else ())}


def plan_of(run: SheetImport, *, by: Actor, sheets: Sequence[Grid] | None = None) -> Plan:
    """What the file would do now. Raises Refused where the columns do not suffice."""
    reading = Reading([SheetTable.from_json(part) for part in run.parts], run.columns, run.values)
    _formats_must_be_known(run)
    return plan(rows_of(run, by), sheets_of(run) if sheets is None else sheets, reading)


def _formats_must_be_known(run: SheetImport) -> None:
    target = target_of(run.target)
    if asked := [shown_header(c["header"]) for c in run.columns if c.get("is_asked") and not c["format"]]:
        sentence = _("Choose how the days or numbers of these columns are written: %(columns)s.")
        raise Refused(sentence % {"columns": ", ".join(asked)}, code="format")
    if run.as_of is None and any(c["field"] in target.day_fields for c in run.columns):
        raise Refused(_("Give the day of the file: its updates are entered for that day."), code="no_day")


@action("import.imported", needs=OPEN)
def import_rows(run: SheetImport, *, by: Actor, seen: str, source_name: str = "") -> SheetImport:
    """Writes all rows that are new or change something, at once. `seen` is the hash of what the person saw: something else is not
    written. Columns and values are remembered under `source_name`."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run)
    must_be_open(fresh)
    found = plan_of(fresh, by=by)
    if found.digest != seen:
        raise Changed(_("Something here has changed since this was shown. Look at it again."), theirs={})
    if not found.writes:
        raise Refused(_("There is nothing to import: no row is new or changes something."), code="nothing")
    _write(found, fresh)
    fresh.source_name = source_name.strip()[:120] or fresh.source_name
    fresh.imported_at, fresh.counts = clock.now(), found.counts
    fresh.remarks = [[r.sheet, r.number, r.name, remark.as_json()] for r in found.writes for remark in r.remarks][
        :_MOST_REMARKS
    ]
    fresh.profile = _remember(fresh, by)
    UploadedSheets.objects.filter(run=fresh).delete()
    trail().subject = fresh
    note(file=fresh.name, sha256=fresh.sha256, target=fresh.target, rows=fresh.counts)
    return save(fresh)


def _write(found: Plan, run: SheetImport) -> None:
    """New records kind by kind, as they need each other; then what changes, one by one."""
    planned = list(
        {id(each.thing): each for result in found.writes if result.row for each in result.row.writes}.values()
    )
    new = [each for each in planned if each.is_new]
    for model in found.rows.writes:
        things = [each.thing for each in new if type(each.thing) is model]
        for thing in things:
            if isinstance(thing, Sourced) and not thing.source:
                thing.source = found.rows.source_text()[:500]
        if things:
            save_many(things, model=model)
    for each in planned:
        if not each.is_new:
            save(each.thing)
    found.rows.written([each.thing for each in planned])
    order = {model: place for place, model in enumerate(found.rows.writes)}
    planned.sort(key=lambda each: order.get(type(each.thing), len(order)))
    ImportedRecord.objects.bulk_create([_record(run, each) for each in planned], batch_size=500)


def _record(run: SheetImport, each: Planned) -> ImportedRecord:
    return ImportedRecord(
        run=run,
        thing=key(each.thing),
        name=str(each.thing)[:300],
        is_new=each.is_new,
        before={name: value if _is_plain(value) else str(value) for name, value in each.before.items()},
        left_at=getattr(each.thing, "version", 0),
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | dict | list | None)


def _remember(run: SheetImport, by: Actor) -> ImportProfile:
    same = ImportProfile.objects.filter(target=run.target, name=run.source_name)
    held = same.visible_to(by).first()
    if held is None and same.exists():
        run.source_name = f"{run.source_name[:100]} ({clock.today()}, {run.pk})"
    profile = lock_latest(held) if held else ImportProfile(target=run.target, name=run.source_name)
    columns = {plain(c["header"]): {"field": c["field"], "format": c["format"]} for c in run.columns}
    profile.columns = {**profile.columns, **columns}
    profile.values = {
        field: {**profile.values.get(field, {}), **run.values.get(field, {})}
        for field in {*profile.values, *run.values}
    }
    profile.by, profile.by_code, profile.used_at = by.actor_name[:200], by.actor_code[:60], clock.now()
    return save(profile)


@action("import.profile_taken", needs=OPEN)
def take_profile(target: str, *, by: Actor, text: str) -> ImportProfile:
    """A profile from its file; one of the same name is replaced."""
    must(by, target_of(target).needs)
    given = from_toml(text, by=by)
    if given.target != target:
        raise Refused(
            _("This profile is for another target: %(target)s.") % {"target": given.target}, code="other_target"
        )
    held: ImportProfile | None = ImportProfile.objects.visible_to(by).filter(target=target, name=given.name).first()
    if held is None:
        return save(given)
    fresh = lock_latest(held)
    fresh.columns, fresh.values, fresh.used_at = given.columns, given.values, given.used_at
    return save(fresh)


@action("import.removed", needs=OPEN)
def remove_import(run: SheetImport, *, by: Actor) -> None:
    """The file goes, nothing of it was written."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run)
    must_be_open(fresh)
    delete(fresh)


def must_be_undoable(run: SheetImport) -> None:
    if run.is_open:
        raise Refused(_("This file was not imported."), code="open")
    if run.undone_at is not None:
        raise Refused(_("This import was undone already."), code="undone")


@action("import.undone", needs=OPEN)
def undo_import(run: SheetImport, *, by: Actor) -> SheetImport:
    """Removes what the import added, and gives back what it changed. Records that somebody changed since, or that others now need, stay
    as they are (undoing.py names them before)."""
    must(by, target_of(run.target).needs)
    fresh = lock_latest(run)
    must_be_undoable(fresh)
    undone, stays = records_to_undo(fresh)
    things = []
    # Kind by kind, as they hold each other: what is new goes before what changed is as it was, whose code or name it may have.
    for _model, group in groupby(undone, key=lambda each: type(each[1])):
        records = list(group)
        delete_all([thing for record, thing in records if record.is_new])
        for record, thing in records:
            if not record.is_new:
                _give_back(thing, record.before)
                things.append(save(thing))
    rows_of(fresh, by).written(things)
    fresh.undone_at, fresh.undone_by = clock.now(), by.actor_name[:200]
    fresh.counts = {**fresh.counts, "undone": len(undone), "stays": len(stays)}
    trail().subject = fresh
    note(file=fresh.name, undone=len(undone), stays=len(stays))
    return save(fresh)


def _give_back(thing: models.Model, before: Mapping[str, Any]) -> None:
    columns = {each.attname: each for each in thing._meta.concrete_fields}
    for name, value in before.items():
        each = columns[name]
        if each.is_relation:
            setattr(thing, name, value)
        else:
            setattr(thing, name, each.to_python(value))


def forget_old_sheets() -> int:
    """Sheets of files that nobody imported within two weeks. Returns how many files that were."""
    old = UploadedSheets.objects.filter(run__at__lt=clock.now() - timedelta(days=KEPT_DAYS))
    return old.delete()[0]
