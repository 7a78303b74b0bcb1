"""The report of a period that is not frozen yet, as it would be if it closed now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from floreo.core import clock
from floreo.core.access import SYSTEM, Permission, can, must
from floreo.core.figures import Frequency, Period, period_of
from floreo.core.ui.papers import KINDS
from floreo.reports import queries
from floreo.reports.presenters import ReportSummary
from floreo.reviews.models import Review, ReviewState
from floreo.strategy.access import get_edition_for
from floreo.strategy.models import Edition
from floreo.workspace.reports.views import AREA, PARTS, drawn, file_of, templates_for


def _review(request: HttpRequest, edition: Edition) -> Review | None:
    """The one that is asked for, or the oldest that is not closed."""
    rows = Review.objects.filter(edition=edition, state=ReviewState.OPEN)
    wanted = request.GET.get("review", "")
    return rows.filter(code=wanted).first() if wanted else rows.order_by("ends_on").first()


def _period(request: HttpRequest, edition: Edition) -> Period:
    """Of the review that is shown; else the running quarter."""
    review = _review(request, edition)
    return review.period if review is not None else period_of(clock.today(), Frequency.QUARTER)


def _found(request: HttpRequest, edition: str) -> tuple[Edition, ReportSummary, str]:
    must(request.user, Permission.REPORT_MAKE)
    found = get_edition_for(request.user, edition)
    part = request.GET.get("part", "")
    seen_by = None if request.GET.get("as") == "public" else SYSTEM
    summary = queries.summary_now(found, _period(request, found), seen_by)
    return found, summary, part if part in PARTS else "report"


def preview(request: HttpRequest, edition: str) -> HttpResponse:
    """As staff see it, or (`?as=public`) as the public will."""
    found, summary, part = _found(request, edition)
    query = request.GET.urlencode()
    files = [(k.upper(), f"{reverse('workspace:report_preview_file', args=[found.code, k])}?{query}") for k in KINDS]
    document = drawn(summary, part, on_page=True)
    context = {
        "workspace_section": AREA,
        "edition": found,
        "summary": summary,
        "doc": document,
        "part": part,
        "title": document.title,
        "files": files,
        "templates": templates_for(request.user),
        "is_public_view": request.GET.get("as") == "public",
        "review": request.GET.get("review", ""),
        "close_href": _close_href(request, found),
    }
    return render(request, "workspace/reports/preview.html", context)


def _close_href(request: HttpRequest, edition: Edition) -> str:
    """Where the review that is shown can be closed: by who may, once its period is over."""
    review = _review(request, edition)
    if review is None or review.ends_on >= clock.today() or not can(request.user, Permission.REVIEW_RUN):
        return ""
    return reverse("workspace:close_period_report", args=[edition.code, review.code])


def preview_file(request: HttpRequest, edition: str, kind: str) -> HttpResponse:
    found, summary, part = _found(request, edition)
    return file_of(request, summary, part, kind, f"{found.code} preview")
