"""Corrected files: a file of the same name and day that comes again with other bytes takes the place of the one before, and what it
does not name any more is withdrawn. Within the action that takes it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.action import note
from floreo.core.ui.locale import day as day_text
from floreo.core.writing import save
from floreo.feeds.actions.claiming import Claimed
from floreo.feeds.actions.finding_rows import Known, Row, source_of, take_back, was_seen
from floreo.feeds.engine import formats
from floreo.feeds.engine.store import Place, Store, Window
from floreo.feeds.machines import names_one_of
from floreo.feeds.models import CollectorKind, EndingKind, FeedFile, FileState, Finding, FindingEnding

_Spot = tuple[str, str, int]  # subject or unit, kind, port


def mark_corrected(claimed: Claimed) -> set[int]:
    """The files of the window that another of the same name came after. Only a name that says its day names one file: a list that
    is fetched each hour is no correction of itself."""
    if claimed.feed.collector == CollectorKind.API:
        return set()
    latest: dict[str, FeedFile] = {}
    corrected: set[int] = set()
    for file in _files(claimed).order_by("pk"):
        if formats.named(file.name)[0] is None:
            continue
        before = latest.get(formats.bare(file.name))
        if before is not None:
            before.corrected_by = file
            save(before, full_clean=False)
            corrected.add(before.pk)
            note(corrected=before.name)
        latest[formats.bare(file.name)] = file
    return corrected


def _files(claimed: Claimed) -> QuerySet[FeedFile]:
    return FeedFile.objects.filter(
        feed=claimed.feed, report_type=claimed.report_type, day=claimed.day, state=FileState.DONE, corrected_by=None
    )


def taken_back_by(claimed: Claimed, seen_in: Mapping[int, Sequence[Row]]) -> list[int]:
    """Findings seen on the day that no file of it names any more. Nothing is withdrawn where the findings of another file of the day
    cannot be read any more."""
    named: set[_Spot] = set()
    store = Store(settings.EVENTS_ROOT)
    for file in _files(claimed):
        if file.pk in seen_in:
            for name in ("subject", "unit"):
                named |= {(row[name], row["kind"], row["port"]) for row in seen_in[file.pk]}
            continue
        place = Place(Window(claimed.feed.code, claimed.report_type, claimed.day), file.sha256)
        if not store.exists(place.findings):
            if file.kept:
                note(not_withdrawn=file.name)
                return []
            continue
        table = store.rows(place.findings)
        named |= {
            (subject, kind, port or 0)
            for subject, kind, port in zip(
                *(table.column(name).to_pylist() for name in ("subject", "kind", "port")), strict=True
            )
        }
    source = source_of(claimed.feed, claimed.report_type)
    rows = Finding.objects.filter(seen__has_key=source, last_day__gte=claimed.day, first_day__lte=claimed.day)
    return [
        row["pk"]
        for row in rows.order_by("pk").values("pk", "seen", "unit", "subject", "addresses", "kind", "port")
        if was_seen({"seen": row["seen"]}, source, claimed.day) and not names_one_of(row, named, claimed.day)
    ]


def take_back_from(rows: Sequence[Row], source: str, day: date, known: Known) -> None:
    """The day is taken from the findings. One that was never seen besides is withdrawn, which a person can undo."""
    withdrawn = []
    for row in rows:
        take_back(row, source, day)
        if not row["seen"]:
            withdrawn.append(row)
    reason = _("A corrected file of %(day)s does not name it any more.") % {"day": day_text(day)}
    today = clock.today()
    for row in withdrawn:
        ending = FindingEnding(
            kind=EndingKind.WITHDRAWN,
            finding_id=row["id"],
            reason=reason,
            made_by=source.partition("/")[0],
            made_on=today,
            taken_back={source: [day.isoformat()]},
        )
        save(ending, full_clean=False)
        known.endings.add(ending)
    note(withdrawn=len(withdrawn), taken_back=len(rows))
