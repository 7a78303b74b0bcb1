"""Importing a workbook into an edition: rehearsed first, then all of it or nothing. What is absent is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import delete, save
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.actions.rows import build, check, may_go, settle
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.actions.waiting import put_waits
from floreo.strategy.models import Action, Edition
from floreo.strategy.sheets.columns import CellText, Sheet, normal, sheets
from floreo.strategy.sheets.reading import BookRead, Problem, RowRead

ON_ACTION = ("milestones", "participations", "budget", "risks")


@dataclass(frozen=True)
class RowChange:
    """What one row does: "added", "changed", "removed" or "same", with the columns that differ (old, new)."""

    sheet: str
    number: int
    name: str
    what: str
    fields: tuple[tuple[str, CellText, CellText], ...] = ()


@dataclass
class Report:
    """What a workbook does to an edition, row by row, and what is wrong with it."""

    rows: list[RowChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, what: str) -> list[RowChange]:
        return [row for row in self.rows if row.what == what]

    @property
    def changes(self) -> int:
        return sum(row.what != "same" for row in self.rows)


class WorkbookRefused(Refused):
    """Something in the workbook cannot be taken, so nothing of it was. `report` says what and where."""

    def __init__(self, report: Report):
        super().__init__(_("Nothing was imported: the workbook has rows that cannot be accepted."), code="bad_rows")
        self.report = report


def rehearse(edition: Edition, *, by: Actor, book: BookRead) -> Report:
    """What `import_workbook` would do: it is done and undone."""
    try:
        with transaction.atomic():
            report = import_workbook(edition, by=by, book=book)
            transaction.set_rollback(True)
    except WorkbookRefused as refusal:
        return refusal.report
    return report


@dataclass
class _Import:
    """One import under way: the edition, the sheets by name, and the report as it grows."""

    edition: Edition
    sheets: dict[str, Sheet]
    report: Report
    waits: list[tuple[RowRead, Action]] = field(default_factory=list)  # rows that say what their action waits for

    def refuse(self, row: RowRead, column: str, sentence: object) -> None:
        self.report.problems.append(Problem(row.sheet, row.number, column, str(sentence)))


@action("plan.imported", needs=Permission.PLAN_EDIT)
def import_workbook(edition: Edition, *, by: Actor, book: BookRead, file: str = "", sha256: str = "") -> Report:
    """Takes over every row that differs. Raises WorkbookRefused, and changes nothing, when any row cannot be taken."""
    known = {sheet.name: sheet for sheet in sheets(edition)}
    run = _Import(edition, known, Report(problems=list(book.problems)))
    rows = book.rows
    for name in ("edition", *_branches(known)):
        _take_sheet(run, name, [r for r in rows.get(name, []) if not r.removes])
    _take_actions(run, rows, by)
    _take_waits(run)
    for name in reversed(_branches(known)):
        _take_sheet(run, name, [r for r in rows.get(name, []) if r.removes])
    if run.report.problems:
        raise WorkbookRefused(run.report)
    if run.report.changes:
        renumber(edition)
        refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=edition.pk), always=True)
    note(file=file, sha256=sha256, rows={what: len(run.report.of(what)) for what in ("added", "changed", "removed")})
    return run.report


def _branches(known: dict[str, Sheet]) -> list[str]:
    """The sheets of the levels above the actions, from the top."""
    return [name for name in ("pillars", "objectives") if name in known]


def _take_sheet(run: _Import, name: str, rows: Sequence[RowRead]) -> None:
    if rows:
        sheet = run.sheets[name]
        there = {_key_of(sheet, thing): thing for thing in sheet.rows(run.edition)}
        for row in rows:
            _take(run, sheet, row, there.get(row.key(sheet.keys)))


def _key_of(sheet: Sheet, thing: Any) -> tuple[CellText, ...]:
    return tuple(c.value(thing) for c in sheet.columns if c.is_key)


def _take_actions(run: _Import, rows: dict[str, list[RowRead]], by: Actor) -> None:
    """Action by action, so that the history of each shows what the workbook did to it."""
    sheet = run.sheets["actions"]
    there = {act.code: act for act in sheet.rows(run.edition)}
    own = {str(row.values["code"]): row for row in rows.get("actions", [])}
    children: dict[str, list[RowRead]] = {}
    for name in ON_ACTION:
        for row in rows.get(name, []):
            children.setdefault(str(row.values["action"]), []).append(row)
    existing = _children_there(run, [n for n in ON_ACTION if rows.get(n)])
    for code in dict.fromkeys([*own, *children]):
        _import_action(
            run.edition,
            by=by,
            run=run,
            act=there.get(code),
            row=own.get(code),
            children=children.get(code, []),
            existing=existing,
        )


def _take_waits(run: _Import) -> None:
    """What actions wait for, now that all are there."""
    for row, act in run.waits:
        if not Action.objects.filter(pk=act.pk).exists():
            continue
        try:
            put_waits(act, str(row.values["waits_for"] or "").split(","))
        except Refused as refusal:
            run.refuse(row, "waits_for", refusal.sentence)


def _children_there(run: _Import, names: Sequence[str]) -> dict[str, dict[tuple[CellText, ...], Any]]:
    return {n: {_key_of(run.sheets[n], t): t for t in run.sheets[n].rows(run.edition)} for n in names}


@action("action.imported", needs=Permission.PLAN_EDIT, quiet=True)
def _import_action(
    edition: Edition,
    *,
    by: Actor,
    run: _Import,
    act: Action | None,
    row: RowRead | None,
    children: Sequence[RowRead],
    existing: dict[str, dict[tuple[CellText, ...], Any]],
) -> None:
    """One action and what hangs on it: what is kept, then its children, then whether it may be closed or removed."""
    sheet = run.sheets["actions"]
    if row is not None and not row.removes:
        act = _take(run, sheet, row, act)
        if act is not None and "waits_for" in row.values:
            run.waits.append((row, act))
    if act is None:
        for child in children if row is None or row.removes else ():  # else its own row says what is wrong
            run.refuse(child, "action", _("This edition has no action with this code."))
        return
    for child in children:
        child_sheet = run.sheets[child.sheet]
        _take(run, child_sheet, child, existing[child.sheet].get(child.key(child_sheet.keys)), act=act)
    if row is not None and row.removes:
        _take(run, sheet, row, act)
    elif row is not None and act.closed_on is not None and act.milestones.filter(reached_on=None).exists():
        run.refuse(
            row, "closed_on", _("It has milestones that are not reached. Mark them as reached or remove them first.")
        )


def _take(run: _Import, sheet: Sheet, row: RowRead, thing: Any, *, act: Action | None = None) -> Any:
    """Adds, changes or removes what one row says. A row that cannot be taken is named in the report."""
    try:
        with transaction.atomic():
            change, kept = _do(run, sheet, row, thing, act)
    except Refused as refusal:
        fields = {str(k): str(v) for k, v in refusal.fields.items()} or {"": str(refusal.sentence)}
        for column, sentence in fields.items():
            run.refuse(row, column, sentence)
        return None
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for column, sentences in found.items():
            run.refuse(row, column, " ".join(sentences))
        return None
    run.report.rows.append(change)
    return kept


def _do(run: _Import, sheet: Sheet, row: RowRead, thing: Any, act: Action | None) -> tuple[RowChange, Any]:
    if row.removes:
        if thing is None:
            raise Refused(
                _("The row to remove does not exist."), fields={"remove": _("The row to remove does not exist.")}
            )
        may_go(thing)
        name = str(thing)
        delete(thing)
        return RowChange(sheet.name, row.number, name, "removed"), None
    if thing is None and row.values.get("id") is not None:
        sentence = _("This edition has no row with this number. Leave the number empty for a new row.")
        raise Refused(sentence, fields={"id": sentence})
    is_new = thing is None
    if is_new and sheet.name == "edition":
        sentence = _("This workbook belongs to another edition. The code of this edition is %(code)s.") % {
            "code": run.edition.code
        }
        raise Refused(sentence, fields={"code": sentence})
    before = {} if is_new else {c.name: normal(c.value(thing)) for c in sheet.columns}
    changed = {n: v for n, v in row.values.items() if n not in {"remove", "id"} and before.get(n) != v}
    if not is_new and not changed:
        return RowChange(sheet.name, row.number, str(thing), "same"), thing
    thing = build(sheet, run.edition, thing, changed, act)
    check(thing)
    _clean(thing, changed)
    save(thing)
    settle(thing)
    fields = tuple((n, before.get(n), v) for n, v in changed.items())
    return RowChange(sheet.name, row.number, str(thing), "added" if is_new else "changed", fields), thing


def _clean(thing: models.Model, changed: dict[str, CellText]) -> None:
    """Lengths, choices and addresses, with the column that is wrong."""
    names = {f.name for f in thing._meta.concrete_fields if f.name in changed}
    thing.clean_fields(exclude={f.name for f in thing._meta.concrete_fields if f.name not in names})


__all__ = ["Report", "RowChange", "WorkbookRefused", "import_workbook", "rehearse"]
