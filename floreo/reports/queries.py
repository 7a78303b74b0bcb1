"""Reads of reports used more than once: a snapshot or the running period as a document, and as a file."""

from __future__ import annotations

import hashlib
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import override

from floreo.core import clock, languages
from floreo.core.audit import head
from floreo.core.documents.blocks import Document
from floreo.core.errors import Missing
from floreo.core.figures import Period, Wait
from floreo.core.ui.papers import bytes_of
from floreo.indicators.measuring import measures_that_wait, waits_of
from floreo.indicators.models import Reading
from floreo.reports.data import canonical, gather
from floreo.reports.documents import closing_document, donor_document, minister_document, progress_document
from floreo.reports.figures import not_frozen_of
from floreo.reports.models import Correction, Snapshot, SnapshotKind
from floreo.reports.presenters import ReportSummary
from floreo.strategy.logic import Status
from floreo.strategy.models import Edition, EditionState
from floreo.strategy.models.editions import may_read_internal

KEPT_FILES = 48  # drawn files kept in memory: what is frozen is drawn once


def summary_of(snapshot: Snapshot, *, internal: bool = False) -> ReportSummary:
    """A snapshot as it may be shown: all of it; or the public form, in which the state speaks and no person is named."""
    notes = [c for c in snapshot.corrections.all() if internal or c.is_public]
    summary = ReportSummary(
        snapshot.internal if internal else snapshot.public,
        digest=snapshot.digest,
        audit_number=snapshot.audit_number,
        frozen_on=clock.day_of(snapshot.frozen_at),
        frozen_by=snapshot.frozen_by,
        corrections=tuple(notes),
        site=settings.SITE_ADDRESS,
        address=f"{settings.SITE_ADDRESS}{snapshot.get_absolute_url()}" if snapshot.is_public else "",
    )
    if internal:
        return summary
    return replace(summary, frozen_by=summary.country, corrections=tuple(_signed_as(summary.country, c) for c in notes))


def _signed_as(who: str, correction: Correction) -> Correction:
    """The same in another's name, to be read and never kept."""
    shown = copy(correction)
    shown.by = who
    return shown


def waits_of_report(edition: Edition, period: Period | None = None) -> tuple[Wait, ...]:
    """What still has to come before a report of the edition may be frozen: of the values within the period, and of those that it would
    repeat. Without a period, of all values that are not frozen and whose period is over."""
    rows, today = Reading.objects.current().filter(frozen_at=None, measure__in=measures_that_wait()), clock.today()
    if period is None:
        return waits_of(rows.filter(ends_on__lt=today))
    within = rows.filter(starts_on__gte=period.start, ends_on__lte=min(period.end, today - timedelta(days=1)))
    return waits_of([*within, *not_frozen_of(edition, min(period.end, today))])


def summary_now(edition: Edition, period: Period, viewer: object) -> ReportSummary:
    """A period that is not frozen, as it is today."""
    day = min(period.end, clock.today())
    return ReportSummary(gather(edition, period, viewer=viewer, day=day), site=settings.SITE_ADDRESS)


def drawn(summary: ReportSummary, part: str, *, funder: str = "", most: int | None = None) -> Document:
    """One of the documents: "report", "minister", "funder" or "closing". Raises Missing where there is none."""
    match part:
        case "minister":
            return minister_document(summary, today=clock.today())
        case "closing":
            return closing_document(summary)
        case "funder":
            document = donor_document(summary, funder)
            if document is None:
                raise Missing
            return document
    return progress_document(summary) if most is None else progress_document(summary, most=most)


def part_of(snapshot: Snapshot) -> str:
    return "closing" if snapshot.kind == SnapshotKind.CLOSING else "report"


@dataclass(frozen=True)
class _Wanted:
    """A public file of a snapshot. Fingerprint, `corrections` and `day` are there to distinguish one drawing from the next."""

    pk: int
    digest: str
    corrections: int
    part: str
    funder: str
    kind: str
    language: str
    day: date


@lru_cache(maxsize=KEPT_FILES)
def _file(wanted: _Wanted) -> bytes:
    snapshot = Snapshot.objects.select_related("edition").prefetch_related("corrections").get(pk=wanted.pk)
    with override(wanted.language):
        return bytes_of(drawn(summary_of(snapshot), wanted.part, funder=wanted.funder), wanted.kind)


def public_file(snapshot: Snapshot, part: str, kind: str, *, funder: str = "") -> bytes:
    """The PDF or Word file, or the data itself, as the public may have it. What was drawn once is not drawn again."""
    if kind == "json":
        return canonical(snapshot.public)
    day = clock.today() if part == "minister" else snapshot.ends_on  # the minister's page says when it was printed
    corrections, language = len(snapshot.corrections.all()), languages.now()
    return _file(_Wanted(snapshot.pk, snapshot.digest, corrections, part, funder, kind, language, day))


def signed_pdf(snapshot: Snapshot) -> bytes:
    """The PDF that is printed to be signed, in the reader's language: the public one, where there is one."""
    part = part_of(snapshot)
    if snapshot.is_public:
        return public_file(snapshot, part, "pdf")
    return bytes_of(drawn(summary_of(snapshot, internal=True), part), "pdf")


def signed_pdf_sha256(snapshot: Snapshot, language: str) -> str:
    """The fingerprint of the PDF in that language that is printed to be signed."""
    with override(language):
        return hashlib.sha256(signed_pdf(snapshot)).hexdigest()


@dataclass(frozen=True)
class Listed:
    """One report in the list, with its tally."""

    snapshot: Snapshot
    counts: dict[Status, int]


def listed(viewer: object) -> list[Listed]:
    """Every report that the viewer may see, the newest first, in one query; the tally is that of the form they see."""
    form = "internal" if may_read_internal(viewer) else "public"
    rows = (
        Snapshot.objects.visible_to(viewer)
        .light()
        .select_related("edition", "release")
        .annotate(kept=F(f"{form}__tally"))
    )
    found = []
    for row in rows.order_by("-edition__starts_on", "-ends_on", "-starts_on", "-pk"):
        kept: dict[str, Any] = getattr(row, "kept", None) or {}
        found.append(Listed(row, {s: int(kept.get(s, 0)) for s in Status}))
    return found


def newest_of(edition: Edition, viewer: object) -> Snapshot | None:
    rows = Snapshot.objects.visible_to(viewer).filter(edition=edition, kind=SnapshotKind.PERIOD)
    return rows.light().select_related("edition").first()


def closing_period(edition: Edition) -> Period | None:
    """The time of an edition that has ended; None while it runs, or where its days are not known."""
    if edition.state != EditionState.ENDED or edition.starts_on is None or edition.ends_on is None:
        return None
    return Period(edition.starts_on, edition.ends_on)


@lru_cache(maxsize=8)
def _closing(edition_pk: int, chain: int, day: date) -> ReportSummary:
    edition = Edition.objects.get(pk=edition_pk)
    period = closing_period(edition)
    if period is None:
        raise Missing
    return summary_now(edition, period, None)


def closing_summary(edition: Edition) -> tuple[ReportSummary, Snapshot | None]:
    """The closing evaluation that the public may see: the frozen one, else as the records are today."""
    frozen = Snapshot.objects.visible_to(None).filter(edition=edition, kind=SnapshotKind.CLOSING)
    snapshot = frozen.select_related("edition").prefetch_related("corrections").first()
    if snapshot is not None:
        return summary_of(snapshot), snapshot
    return _closing(edition.pk, head().number, clock.today()), None
