"""How the files of a feed, or of a type, are set out: guessed from the newest, tried, kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.feeds.access import get_feed_for
from floreo.feeds.actions.feeds import change_feed
from floreo.feeds.actions.mappings import set_mapping
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.engine.arrange.model import KEY, Arrangement, WrongArrangement, arrangement_of
from floreo.feeds.engine.events import Reject
from floreo.feeds.models import FeedFile, TypeMapping
from floreo.feeds.presenters.arranging import open_sentences
from floreo.workspace.feeds import summaries, trying
from floreo.workspace.feeds.arrange_forms import ArrangeForm
from floreo.workspace.feeds.change_views import AREA, RUN, Keep, saved_text
from floreo.workspace.form_page import person, posted


def arrange_type(request: HttpRequest, report_type: str) -> HttpResponse:
    """Of a type of file that no format knows."""
    must(request.user, RUN)
    if not FeedFile.objects.filter(report_type=report_type).exists():
        raise Missing
    known = TypeMapping.objects.filter(report_type=report_type).first()

    def save(mapping: dict[str, Any], version: int | None) -> None:
        set_mapping(report_type, by=person(request), mapping=mapping, version=version)

    page = {
        "title": report_type,
        "back": reverse("workspace:feeds"),
        "plain": reverse("workspace:feed_type", args=[report_type]),
        "report": trying.kept_file(report_type),
    }
    return _arrange(request, page, known.mapping if known else {}, known.version if known else None, save)


def arrange_feed(request: HttpRequest, code: str) -> HttpResponse:
    """Of the files of one feed."""
    must(request.user, RUN)
    feed = get_feed_for(request.user, code)
    newest = [r for r in feed.reports.order_by("-day", "-pk")[:20] if path_of(r.sha256).exists()]

    def save(mapping: dict[str, Any], version: int | None) -> None:
        change_feed(feed, by=person(request), version=version, mapping=mapping)

    page = {
        "title": feed.name,
        "back": feed.get_absolute_url(),
        "plain": reverse("workspace:map_feed", args=[feed.code]),
        "upload": reverse("workspace:upload_report", args=[feed.code]),
        "report": newest[0] if newest else None,
    }
    return _arrange(request, page, feed.mapping, feed.version, save)


def _kept(mapping: Mapping[str, Any]) -> Arrangement | None:
    try:
        return arrangement_of(mapping[KEY]) if KEY in mapping else None
    except WrongArrangement:  # of another version: guessed again
        return None


def _arrange(
    request: HttpRequest, page: Mapping[str, Any], mapping: Mapping[str, Any], version: int | None, save: Keep
) -> HttpResponse:
    """The form over one file: shown with what would become of it, tried or kept."""
    report: FeedFile | None = page["report"]
    known = None if "guess" in request.GET else _kept(mapping)
    data = posted(request)
    form, status, tried = ArrangeForm(data, header=(), given=known or Arrangement(), version=version), 200, None
    if not form.is_bound:
        tried = _tried(report, known)
        if tried is not None:
            form = ArrangeForm(None, header=tried.trial.header, given=tried.arranged, version=version)
    elif form.is_valid():
        arranged, opened_at = form.arranged, form.cleaned_data["version"]
        tried = _tried(report, arranged)
        if tried is not None:  # the columns are those of the file as it is set out now
            form = ArrangeForm(data, header=tried.trial.header, given=Arrangement(), version=version)
            form.full_clean()
        if "try" not in request.POST and report is not None:
            status = 422
            try:
                _must_read_some(tried)
                save({KEY: arranged.plain()}, opened_at)
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                messages.success(request, saved_text(report, by=person(request)))
                return HttpResponseRedirect(page["back"])
    else:
        status = 422
    context = {
        "workspace_section": AREA,
        "form": form,
        "trial": tried.trial if tried else None,
        "questions": open_sentences(tried.questions, tried.strange) if tried else [],
        "rejects": summaries.rejects_text(tried.rejects) if tried else [],
        "needs_none": bool(tried and tried.needs_none and known is None and not form.is_bound),
        "is_guess": known is None and not form.is_bound,
        "status": status,
        **page,
        **summaries.trial_text(tried.trial if tried else None),
    }
    return render(request, "workspace/feeds/arrange.html", context, status=status)


def _must_read_some(tried: trying.Arranged | None) -> None:
    """Nothing is saved by which every row of the file at hand would be rejected, as where the order of day and month is left open."""
    summary = tried.trial.summary if tried else None
    if (
        summary is not None
        and summary.rows
        and summary.rejected - summary.reasons.get(Reject.LEFT_OUT, 0) == summary.rows
    ):
        raise Refused(
            _("No row of the latest file would be saved this way: see the first rejected rows."), code="nothing_read"
        )


def _tried(report: FeedFile | None, arranged: Arrangement | None) -> trying.Arranged | None:
    if report is None:
        return None
    return trying.arrange_file(report.feed, path_of(report.sha256), report.name, arranged)
