"""Pages of feeds: how they do, one with its files, one file with what became of its rows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.feeds.access import get_feed_for, get_report_for, must_see_all
from floreo.feeds.actions import nights
from floreo.feeds.models import Feed, HeldState
from floreo.feeds.presenters.nights import nights_shown
from floreo.feeds.presenters.noted import received_text
from floreo.feeds.presenters.settling import unsettled_text
from floreo.feeds.tables import REPORTS
from floreo.workspace.feeds import health, ready, stored, summaries
from floreo.workspace.verbs import history_of

AREA = "feeds"


def feeds(request: HttpRequest) -> HttpResponse:
    must_see_all(request.user)
    rows = health.health_of(Feed.objects.all())
    context = {
        "workspace_section": AREA,
        "rows": rows,
        "headline": health.headline(rows),
        "types": health.unknown_types(),
        "may_run": can(request.user, Permission.FEED_RUN),
        "total": health.added(r.figures for r in rows),
        "days": health.DAYS,
    }
    return render(request, "workspace/feeds/feeds.html", context)


def feed(request: HttpRequest, code: str) -> HttpResponseBase:
    """One feed: how it does, and its files, which are also a list to search and to take away."""
    found = get_feed_for(request.user, code)
    listing = Listing(REPORTS, request, rows=found.reports.select_related("feed"), page=30)
    if file := listing.download():
        return file
    (row,) = health.health_of(Feed.objects.filter(pk=found.pk))
    context = {
        "workspace_section": AREA,
        "feed": found,
        "row": row,
        "listing": listing,
        "unsettled": unsettled_text(found),
        "history": history_of(found, viewer=request.user),
        "may_run": can(request.user, Permission.FEED_RUN),
        "every": summaries.every_text(found.every_minutes),
        "days": health.DAYS,
        "source": ready.text_of_feed(found),
        "nights": nights.waiting_of(found),
        "last_nights": nights_shown(found),
        "held": found.held_files.filter(state=HeldState.HELD),
        "drifted": [(r, health.drift_text(r)) for r in health.drifts().get(found.pk, [])],
    }
    return render(request, "workspace/feeds/feed.html", context)


def feed_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: every row of it is accounted for."""
    found = get_report_for(request.user, pk)
    context = {
        "workspace_section": AREA,
        "report": found,
        "account": summaries.account_of(found),
        "problem": summaries.problem_text(found),
        "received": received_text(found),
        "reasons": summaries.reasons_of(found, stored.first_rejects(found)),
        "drift": health.drift_text(found),
        "organisations": summaries.organisations_of(found),
        "title": _("Result for each row"),
        "seconds": found.seconds,
        "may_run": can(request.user, Permission.FEED_RUN),
    }
    return render(request, "workspace/feeds/file.html", context)


def report_rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that could not be read, each with its line and reason."""
    found = get_report_for(request.user, pk)
    if not found.rejected:
        raise Missing
    response = StreamingHttpResponse(stored.rejects_csv(found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="rejects-{found.pk}.csv"'
    return response
