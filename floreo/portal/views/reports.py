"""Reports: every closed period, each as a page and as files, the minister's page, a donor's view, the closing evaluation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.documents.blocks import Document, Paragraph
from floreo.core.errors import Missing
from floreo.core.slots import DRAWING
from floreo.core.throttle import address_of, charge
from floreo.core.ui.papers import KINDS, paper
from floreo.core.wording import number_figures
from floreo.indicators.presenters import period_text
from floreo.portal.views.page import Crumb, page, public_page
from floreo.reports import queries
from floreo.reports.access import get_snapshot_for
from floreo.reports.documents import closing as evaluation
from floreo.reports.documents import donor
from floreo.reports.documents import minister as for_minister
from floreo.reports.documents.progress import ON_PAGE
from floreo.reports.models import Snapshot, SnapshotKind
from floreo.reports.presenters import ReportSummary
from floreo.strategy.access import get_edition_for
from floreo.strategy.models import Edition
from floreo.strategy.presenters.status_text import status_sentences, tally_text

BURST, PER_HOUR = 60, 600  # of files by one stranger
FILES = (*KINDS, "json")
TYPES = {**KINDS, "json": "application/json"}


@dataclass(frozen=True)
class Row:
    """One report in the list."""

    snapshot: Snapshot
    period: str
    frozen: date
    answer: str
    counts: dict[Any, int]
    tally: str
    is_closing: bool


@dataclass(frozen=True)
class Group:
    """An edition with its reports, and where its closing evaluation is."""

    edition: Edition
    rows: list[Row]
    closing: str


def _row(one: queries.Listed) -> Row:
    snapshot = one.snapshot
    closing = snapshot.kind == SnapshotKind.CLOSING
    period = _("Closing evaluation") if closing else period_text(snapshot.period)
    answer = status_sentences(one.counts) or _("No actions have been recorded.")
    return Row(snapshot, period, clock.day_of(snapshot.frozen_at), answer, one.counts, tally_text(one.counts), closing)


def _groups() -> list[Group]:
    by_edition: dict[int, list[Row]] = {}
    for one in queries.listed(None):
        by_edition.setdefault(one.snapshot.edition_id, []).append(_row(one))
    found = []
    for edition in Edition.objects.visible_to(None):
        closing = reverse("portal:closing", args=[edition.code]) if queries.closing_period(edition) else ""
        rows = by_edition.get(edition.pk, [])
        if rows or closing:
            found.append(Group(edition, rows, closing))
    return found


@login_not_required
@public_page
def reports(request: HttpRequest) -> HttpResponseBase:
    """Every report, edition by edition. The heading says what the newest says."""
    groups = _groups()
    rows = [r for g in groups for r in g.rows if not r.is_closing]
    title = f"{rows[0].period}: {rows[0].answer}" if rows else _("No review has been closed yet")
    text = ngettext("%(n)s report", "%(n)s reports", len(rows)) % {"n": number_figures(len(rows))}
    return page(request, "portal/reports.html", section="reports", title=title, groups=groups, count=text, files=FILES)


def _snapshot(edition: str, code: str) -> Snapshot:
    """As a stranger may see it, whoever asks: what is internal is shown in the workspace."""
    return get_snapshot_for(None, edition, code)


def _crumbs(edition: Edition, *more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(_("Reports"), reverse("portal:reports")), *more, Crumb(edition.in_language("title"), ""))


def _count(request: HttpRequest) -> None:
    """A file may have to be drawn, which takes a second: strangers may ask often, but not without end."""
    if not request.user.is_authenticated:
        charge("report-file", address_of(request), capacity=BURST, per_hour=PER_HOUR)


def _file(request: HttpRequest, snapshot: Snapshot, part: str, kind: str, *, funder: str = "") -> HttpResponse:
    if kind not in FILES or (kind == "json" and part not in {"report", "closing"}):
        raise Missing
    _count(request)
    with DRAWING.one():
        made = queries.public_file(snapshot, part, kind, funder=funder)
    response = HttpResponse(made, content_type=TYPES[kind])
    name = slugify(f"{snapshot.edition.code} {snapshot.code} {'' if part == 'report' else part} {funder}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["ETag"] = f'"{snapshot.digest}"' if kind == "json" else f'"{snapshot.digest[:24]}-{part}-{kind}"'
    return response


def _without_repeats(document: Document, title: str) -> Document:
    """Without the paragraphs that say only what the heading of the page says already."""
    kept = [b for b in document.blocks if not (isinstance(b, Paragraph) and b.text.strip() == title.strip())]
    return replace(document, blocks=kept)


def _shown(
    request: HttpRequest, summary: ReportSummary, part: str, snapshot: Snapshot, *, title: str, funder: str = ""
) -> HttpResponseBase:
    document = queries.drawn(summary, part, funder=funder, most=ON_PAGE)
    base = {"report": "report", "closing": "report", "minister": "minister", "funder": "donor"}[part]
    args = [snapshot.edition.code, snapshot.code, *([funder] if funder else [])]
    files = [
        (kind.upper(), reverse(f"portal:{base}_file", args=[*args, kind]))
        for kind in FILES
        if kind != "json" or base == "report"
    ]
    return page(
        request,
        "portal/report_of.html",
        section="reports",
        title=title,
        description=summary.headline(),
        doc=_without_repeats(document, title),
        summary=summary,
        snapshot=snapshot,
        files=files,
        part=part,
        funders=summary.funders(),
        crumbs=_crumbs(snapshot.edition),
    )


@login_not_required
@public_page
def report_of(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """One closed period. The heading is the answer."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    if snapshot.kind == SnapshotKind.CLOSING:
        return _shown(request, summary, "closing", snapshot, title=evaluation.headline(summary))
    return _shown(request, summary, "report", snapshot, title=summary.headline())


@login_not_required
@public_page
def report_file(request: HttpRequest, edition: str, code: str, kind: str) -> HttpResponseBase:
    snapshot = _snapshot(edition, code)
    return _file(request, snapshot, queries.part_of(snapshot), kind)


@login_not_required
@public_page
def minister(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """The minister's page: what fits on one A4."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    return _shown(request, summary, "minister", snapshot, title=for_minister.headline(summary))


@login_not_required
@public_page
def minister_file(request: HttpRequest, edition: str, code: str, kind: str) -> HttpResponseBase:
    return _file(request, _snapshot(edition, code), "minister", kind)


@login_not_required
@public_page
def donor_of(request: HttpRequest, edition: str, code: str, organisation: str) -> HttpResponseBase:
    """What one funder pays for, in one closed period."""
    snapshot = _snapshot(edition, code)
    summary = queries.summary_of(snapshot)
    document = donor.donor_document(summary, organisation)
    if document is None:
        raise Missing
    return _shown(request, summary, "funder", snapshot, title=document.title, funder=organisation)


@login_not_required
@public_page
def donor_file(request: HttpRequest, edition: str, code: str, organisation: str, kind: str) -> HttpResponseBase:
    return _file(request, _snapshot(edition, code), "funder", kind, funder=organisation)


@login_not_required
@public_page
def newest_donor(request: HttpRequest, edition: str, organisation: str) -> HttpResponseBase:
    """A funder's own address: it leads to the newest closed period."""
    found = queries.newest_of(get_edition_for(None, edition), None)
    if found is None:
        raise Missing
    return redirect("portal:donor_of", edition, found.code, organisation)


@login_not_required
@public_page
def closing(request: HttpRequest, edition: str) -> HttpResponseBase:
    """The closing evaluation: the frozen one, else as the records stand today, which it says."""
    found = get_edition_for(None, edition)
    summary, snapshot = queries.closing_summary(found)
    if snapshot is not None:
        return redirect(snapshot)
    document = queries.drawn(summary, "closing")
    files = [(kind.upper(), reverse("portal:closing_file", args=[found.code, kind])) for kind in KINDS]
    return page(
        request,
        "portal/report_of.html",
        section="reports",
        title=evaluation.headline(summary),
        doc=document,
        summary=summary,
        files=files,
        part="closing",
        funders=(),
        crumbs=_crumbs(found),
        edition=found,
    )


@login_not_required
@public_page
def closing_file(request: HttpRequest, edition: str, kind: str) -> HttpResponseBase:
    found = get_edition_for(None, edition)
    summary, snapshot = queries.closing_summary(found)
    if snapshot is not None:
        return _file(request, snapshot, "closing", kind)
    _count(request)
    with DRAWING.one():
        return paper(queries.drawn(summary, "closing"), kind, name=f"{found.code} closing")
