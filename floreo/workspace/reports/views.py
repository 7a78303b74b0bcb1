"""Pages of reports in the workspace: what can be closed, what is frozen, one report with all that the public does not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.documents.blocks import Document
from floreo.core.errors import Missing
from floreo.core.figures import Wait
from floreo.core.keys import key
from floreo.core.ui.locale import moment
from floreo.core.ui.papers import KINDS, paper
from floreo.evidence.queries import evidence_of
from floreo.indicators.presenters import period_text
from floreo.reports import queries
from floreo.reports.access import get_snapshot_for, get_template_for
from floreo.reports.documents.progress import ON_PAGE
from floreo.reports.mails import preview_path
from floreo.reports.models import Snapshot, SnapshotKind, WordTemplate
from floreo.reports.presenters import ReportSummary
from floreo.reports.word.refusing import fill
from floreo.reviews.models import Review, ReviewState
from floreo.strategy.models import Edition
from floreo.strategy.models.editions import may_read_internal
from floreo.strategy.presenters.status_text import status_sentences
from floreo.workspace.commands import commands_for
from floreo.workspace.reports.commands import SNAPSHOT_COMMANDS
from floreo.workspace.sending import left

AREA = "reports"
WORD = KINDS["docx"]
PARTS = ("report", "minister")


@dataclass(frozen=True)
class EditionReports:
    """An edition with what is frozen of it and what waits to be closed."""

    edition: Edition
    rows: list[tuple[Snapshot, str, str, date]]
    open: list[tuple[Review, str, bool]]  # a running review, its period, whether that is over
    may_evaluate: bool
    waits: Sequence[Wait] = ()  # what has to come before the closing evaluation is frozen


def _shelves(viewer: object) -> list[EditionReports]:
    frozen: dict[int, list[tuple[Snapshot, str, str, date]]] = {}
    for one in queries.listed(viewer):
        words = (
            _("Closing evaluation") if one.snapshot.kind == SnapshotKind.CLOSING else period_text(one.snapshot.period)
        )
        frozen.setdefault(one.snapshot.edition_id, []).append(
            (one.snapshot, words, status_sentences(one.counts), clock.day_of(one.snapshot.frozen_at))
        )
    running: dict[int, list[tuple[Review, str, bool]]] = {}
    today = clock.today()
    for review in Review.objects.filter(state=ReviewState.OPEN).select_related("edition").order_by("ends_on", "pk"):
        running.setdefault(review.edition_id, []).append((review, period_text(review.period), review.ends_on < today))
    return [
        _shelf(edition, frozen.get(edition.pk, []), running.get(edition.pk, []))
        for edition in Edition.objects.visible_to(viewer)
    ]


def _shelf(
    edition: Edition, rows: list[tuple[Snapshot, str, str, date]], running: list[tuple[Review, str, bool]]
) -> EditionReports:
    closing = queries.closing_period(edition)
    may_evaluate = closing is not None and not any(s.kind == SnapshotKind.CLOSING for s, *_more in rows)
    waits = queries.waits_of_report(edition, closing) if closing is not None and may_evaluate else ()
    return EditionReports(edition, rows, running, may_evaluate, waits)


def reports(request: HttpRequest) -> HttpResponse:
    """Edition by edition: what waits to be closed, and every report."""
    must(request.user, Permission.PLAN_READ)
    context = {
        "workspace_section": AREA,
        "shelves": _shelves(request.user),
        "may_make": can(request.user, Permission.REPORT_MAKE),
        "may_close": can(request.user, Permission.REVIEW_RUN),
        "templates": WordTemplate.objects.filter(is_active=True).count(),
    }
    return render(request, "workspace/reports/reports.html", context)


def _part(request: HttpRequest) -> str:
    part = request.GET.get("part", "")
    return part if part in PARTS else "report"


def drawn(summary: ReportSummary, part: str, *, on_page: bool) -> Document:
    return queries.drawn(summary, part, most=ON_PAGE if on_page else None)


def templates_for(viewer: object) -> list[WordTemplate]:
    """Word templates that can be filled, for who makes reports."""
    if not can(viewer, Permission.REPORT_MAKE):
        return []
    return list(WordTemplate.objects.filter(is_active=True).defer("content"))


def file_of(request: HttpRequest, summary: ReportSummary, part: str, kind: str, name: str) -> HttpResponse:
    """The PDF or Word file; with `?template=`, the ministry's own Word file filled."""
    if kind not in KINDS:
        raise Missing
    if (code := request.GET.get("template", "")) and kind == "docx":
        template = get_template_for(request.user, code)
        response = HttpResponse(fill(bytes(template.content), summary), content_type=WORD)
        response.headers["Content-Disposition"] = f'attachment; filename="{template.code}-{name}.docx"'
        return response
    return paper(drawn(summary, part, on_page=False), kind, name=f"{name} {'' if part == 'report' else part}")


def report(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """A frozen report with what is internal in it, what is beside it, and its files."""
    snapshot = get_snapshot_for(request.user, edition, code)
    must(request.user, Permission.PLAN_READ)
    summary = queries.summary_of(snapshot, internal=may_read_internal(request.user))
    part = queries.part_of(snapshot) if snapshot.kind == SnapshotKind.CLOSING else _part(request)
    document = drawn(summary, part, on_page=True)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "snapshot": snapshot,
        "summary": summary,
        "doc": document,
        "part": part,
        "title": document.title,
        "templates": templates_for(request.user),
        "files": _files(snapshot, part),
        "may_make": can(request.user, Permission.REPORT_MAKE),
        "may_sign": can(request.user, Permission.REVIEW_RUN),
        "evidence": evidence_of([key(snapshot)], request.user).get(key(snapshot), []),
        "public_href": snapshot.get_absolute_url() if snapshot.is_out and snapshot.edition.is_public else "",
        "release": (release := getattr(snapshot, "release", None)),
        "release_at": moment(release.publish_at) if release is not None and release.publish_at else "",
        "may": commands_for(request.user, snapshot, SNAPSHOT_COMMANDS),
        **_previews(request, snapshot),
    }
    return render(request, "workspace/reports/report.html", context)


def _previews(request: HttpRequest, snapshot: Snapshot) -> dict[str, Any]:
    """Links by which somebody reads it before, with their addresses, and what left about them: for who publishes."""
    if not can(request.user, Permission.PUBLICATION_PUBLISH):
        return {}
    links = list(snapshot.previews.order_by("-pk"))
    for link in links:
        link.snapshot = snapshot
    works = not snapshot.is_out
    return {
        "previews": [
            (link, settings.SITE_ADDRESS + preview_path(link) if works and link.withdrawn_at is None else "")
            for link in links
        ],
        "left": left(
            request.user, [key(snapshot), *(key(link) for link in links)], url=can(request.user, Permission.MAIL_READ)
        ),
    }


def _files(snapshot: Snapshot, part: str) -> list[tuple[str, str]]:
    base = [snapshot.edition.code, snapshot.code]
    return [(k.upper(), f"{reverse('workspace:report_file', args=[*base, k])}?part={part}") for k in KINDS]


def report_file(request: HttpRequest, edition: str, code: str, kind: str) -> HttpResponseBase:
    snapshot = get_snapshot_for(request.user, edition, code)
    must(request.user, Permission.PLAN_READ)
    part = queries.part_of(snapshot) if snapshot.kind == SnapshotKind.CLOSING else _part(request)
    return file_of(
        request, queries.summary_of(snapshot, internal=may_read_internal(request.user)), part, kind, f"{edition} {code}"
    )
