"""Old cases from a file become cases, many at once; and an import as a whole is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import audit
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note, trail
from floreo.core.errors import Refused
from floreo.core.models import SearchEntry
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, save, save_many, touch
from floreo.incidents import clocks, logic, moments
from floreo.incidents.importing import OldCase, Read
from floreo.incidents.models import Case, CaseLink, CaseMember, CaseOrganisation, ImportRun, LogEntry
from floreo.organisations.models import User

HANDLE = Permission.INCIDENT_HANDLE
AT_ONCE = 5_000  # cases in one transaction: on SQLite nobody else writes meanwhile


def import_cases(read: Read, *, by: Actor) -> ImportRun:
    """All rows of a file in which nothing is wrong, in parts. Refuses a file with a problem, and one that was imported already."""
    before = ImportRun.objects.filter(sha256=read.sha256, undone_at=None).first()
    if before is not None:
        raise Refused(_("This file was imported already, as number %(number)d.") % {"number": before.pk}, code="again")
    if read.problems:
        raise Refused(
            ngettext(
                "Nothing was imported: %(count)d problem is to be corrected first.",
                "Nothing was imported: %(count)d problems are to be corrected first.",
                len(read.problems),
            )
            % {"count": len(read.problems)},
            code="problems",
        )
    run = begin_import(by=by, name=read.name, sha256=read.sha256)
    for start in range(0, len(read.rows), AT_ONCE):
        import_part(run, by=by, rows=read.rows[start : start + AT_ONCE])
    run.refresh_from_db()
    return run


@action("cases.import_begun", needs=HANDLE)
def begin_import(*, by: Actor, name: str, sha256: str) -> ImportRun:
    run = ImportRun(at=moments.now(), by=by.actor_name[:200], name=name, sha256=sha256)
    return save(run, full_clean=False)  # it has no cases yet


@action("cases.imported", needs=HANDLE)
def import_part(run: ImportRun, *, by: Actor, rows: Sequence[OldCase]) -> ImportRun:
    """Cases of some rows of the import. Everything is said by the file, whose hash is kept with the import."""
    fresh = lock_latest(run)
    numbers = _numbers(rows)
    cases = [_case(row, row.fields.get("reference") or next(numbers[_year(row)]), fresh.at) for row in rows]
    save_many(cases, model=Case)
    lines = [
        LogEntry(case=case, at=fresh.at, by=fresh.by, what="imported", facts={"file": fresh.name, "line": row.line})
        for case, row in zip(cases, rows, strict=True)
    ]
    save_many(lines, model=LogEntry)
    bodies = [
        CaseOrganisation(case=case, organisation=row.organisation)
        for case, row in zip(cases, rows, strict=True)
        if row.organisation is not None
    ]
    save_many(bodies, model=CaseOrganisation)
    if isinstance(by, User):  # a TLP:RED case that nobody is named in is read by nobody
        save_many([CaseMember(case=case, user=by) for case in cases if case.tlp == Tlp.RED], model=CaseMember)
    clocks.refresh_open(cases)
    fresh.cases = [*fresh.cases, *(case.reference for case in cases)]
    ImportRun.objects.filter(pk=fresh.pk).update(
        cases=fresh.cases
    )  # thousands of references are not said again in the trail
    touch([fresh])
    note(file=fresh.name, sha256=fresh.sha256, cases=len(cases))
    return fresh


def _year(row: OldCase) -> int:
    received: datetime = row.fields["received_at"]
    return received.year


def _numbers(rows: Sequence[OldCase]) -> dict[int, Iterator[str]]:
    """References for rows without one, by year: OLD-2019-00014."""

    def of(year: int) -> Iterator[str]:
        start = f"OLD-{year}-"
        taken = set(Case.objects.filter(reference__startswith=start).values_list("reference", flat=True))
        taken |= {row.fields["reference"] for row in rows if "reference" in row.fields}
        number = 0
        while True:
            number += 1
            if (found := f"{start}{number:05d}") not in taken:
                yield found

    return {year: of(year) for year in {_year(row) for row in rows}}


def _case(row: OldCase, reference: str, at: datetime) -> Case:
    own = {name: value for name, value in row.fields.items() if name != "reference"}
    severity = own.get("severity", "unknown")
    is_closed = own["state"] == "closed"
    return Case(
        **own,
        reference=reference,
        severity_rank=logic.SEVERITY_RANK[severity],
        severity_reason=_("From the imported file") if severity != "unknown" else "",
        channel="import",
        is_imported=True,
        waiting_for="nobody" if is_closed else "team",
        waiting_since=at,
        touched_at=at,
    )


@action("cases.import_undone", needs=HANDLE)
def undo_import(run: ImportRun, *, by: Actor) -> int:
    """Removes the cases of the import on which nobody has worked since, and returns how many stay: those that somebody touched."""
    fresh = lock_latest(run)
    if fresh.undone_at is not None:
        raise Refused(_("This import was undone already."), code="undone")
    gone: list[Case] = []
    stay: list[Case] = []
    links = CaseLink.objects.values_list("case_id", "other_id")
    linked = {pk for pair in links.filter(Q(case__is_imported=True) | Q(other__is_imported=True)) for pk in pair}
    for case in (each for part in _parts(fresh.cases) for each in part):
        is_touched = case.version > 1 or case.touched_at != fresh.at or case.pk in linked
        (stay if is_touched else gone).append(case)
    kept = [case.reference for case in stay]
    for start in range(0, len(gone), _MANY):
        _remove(gone[start : start + _MANY])
    fresh.undone_at = moments.now()
    fresh.cases = kept
    ImportRun.objects.filter(pk=fresh.pk).update(undone_at=fresh.undone_at, cases=kept)
    touch([fresh])
    trail().subject = fresh
    note(file=fresh.name, sha256=fresh.sha256, removed=len(gone), kept=kept)
    return len(kept)


_MANY = 500  # names in one question to the database


def _parts(references: Sequence[str]) -> Iterator[list[Case]]:
    for start in range(0, len(references), _MANY):
        yield list(Case.objects.filter(reference__in=references[start : start + _MANY], is_imported=True))


def _remove(cases: Sequence[Case]) -> None:
    ids = [case.pk for case in cases]
    of_them = (LogEntry, CaseOrganisation, CaseMember)
    touch([*cases, *(row for model in of_them for row in model.objects.filter(case__in=ids))])
    SearchEntry.objects.filter(key__in=[audit.key(case) for case in cases]).delete()
    Case.objects.filter(pk__in=ids).delete()
