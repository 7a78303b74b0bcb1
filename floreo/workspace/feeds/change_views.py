"""What is done to feeds: made, changed, given a file, tried; and saying which column is what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Actor, Permission, can, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to, uploaded_file
from floreo.feeds.access import get_feed_for
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.held import discard_all
from floreo.feeds.actions.mappings import set_mapping
from floreo.feeds.actions.receiving import read_again, receive
from floreo.feeds.actions.watching import must_have_problem, see_problem
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.engine.arrange.model import KEY
from floreo.feeds.models import FeedFile, TypeMapping
from floreo.feeds.ready_sources import sources
from floreo.workspace.commands import Command, allowed_by, command_view, new, over_row
from floreo.workspace.feeds import feed_forms as forms
from floreo.workspace.feeds import ready, summaries, trying
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted
from floreo.workspace.forms import CommandForm

AREA = "feeds"
Keep = Callable[[dict[str, Any], int | None], None]


RUN = Permission.FEED_RUN
FEED_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change the feed"), _l("Save changes"), RUN, over_row(forms.FeedForm), change_feed),
    "seen": Command(
        _l("Mark as seen what was not taken"),
        _l("Mark as seen"),
        RUN,
        new(CommandForm),
        see_problem,
        allowed_by(must_have_problem),
        help=_l("It is no task any more. If something else is not taken, you are notified again."),
        done=_l("Marked as seen."),
    ),
    "discard-held": Command(
        _l("Discard all held files"),
        _l("Discard all"),
        RUN,
        new(CommandForm),
        discard_all,
        help=_l("They are never read. The same files sent again are not held again."),
        done=_l("The held files are discarded."),
    ),
}


def new_feed(request: HttpRequest) -> HttpResponse:
    """Of a source that is known, chosen in the address; or of any other."""
    code = request.GET.get("source", "")
    source = sources().get(code)
    if code and source is None:
        raise Missing
    must(request.user, RUN)
    form: Any = forms.NewFeedForm(posted(request))
    done = _("Feed added. Test it with one of its files.")
    if source is not None:
        form = forms.ReadyFeedForm(posted(request), source=source)
        done = _("Feed added. Its first file is fetched within a few minutes.")
    words = FormPage(_("Add a feed"), _("Add feed"), reverse("workspace:feeds"), area=AREA, done=done, shows_made=True)
    chosen = ready.source_text(source) if source is not None else None
    more = {"source": chosen, "offered": [] if chosen else ready.offered()}
    return form_page(
        request, form, doing(request, make_feed), words, template="workspace/feeds/new_feed.html", more=more
    )


def feed_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_feed_for(request.user, code)
    back = found.get_absolute_url()
    return command_view(request, found, FEED_COMMANDS, name, area=AREA, about=found.name, back=back)


def _largest(request: HttpRequest) -> int:
    """Reports may be far larger than other files, from who may hand them in."""
    may = can(request.user, RUN)
    return int(settings.REPORT_LARGEST if may else settings.UPLOAD_LARGEST)


@takes_up_to(_largest)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Hands in a file. It is read with whatever else waits."""
    must(request.user, RUN)
    feed = get_feed_for(request.user, code)
    words = FormPage(_("Upload a file"), _("Upload"), feed.get_absolute_url(), about=feed.name, area=AREA)
    form = forms.UploadForm(posted(request), feed=feed)
    if form.is_bound and form.is_valid():
        try:
            file = uploaded_file(request, "file")
            day, describes = form.cleaned_data["day"], bool(form.cleaned_data.get("describe"))
            got = receive(
                feed,
                opened=file,
                name=file.name or "",
                by=person(request),
                day=day,
                is_described_first=describes,
            )
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            text = _("File saved. It will be read within a few minutes.")
            if got.already:
                text = _("This file has already been received.")
            elif describes:
                text = _("File saved. It is read once you save its description.")
            messages.success(request, text)
            described = reverse("workspace:arrange_feed", args=[feed.code])
            return HttpResponseRedirect(described if describes else got.report.get_absolute_url())
    context = {"workspace_section": AREA, "form": form, "question": words, "status": 422 if form.is_bound else 200}
    return render(request, "workspace/plan/form.html", context, status=422 if form.is_bound else 200)


def try_feed(request: HttpRequest, code: str) -> HttpResponse:
    """What would become of a file. Nothing is kept."""
    must(request.user, RUN)
    feed = get_feed_for(request.user, code)
    form, trial = forms.TryForm(posted(request)), None
    if form.is_bound:
        try:
            file = uploaded_file(request, "file")
            with trying.on_disk(file) as path:
                trial = trying.try_file(feed, path, file.name or "")
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
    status = 422 if form.is_bound and trial is None else 200
    context = {
        "workspace_section": AREA,
        "feed": feed,
        "form": form,
        "trial": trial,
        "status": status,
        **summaries.trial_text(trial),
    }
    return render(request, "workspace/feeds/try.html", context, status=status)


def map_type(request: HttpRequest, report_type: str) -> HttpResponse:
    """Which column is what in a report type that no format knows: four fields, the guess filled in, tried before kept."""
    must(request.user, RUN)
    if not FeedFile.objects.filter(report_type=report_type).exists():
        raise Missing
    known = TypeMapping.objects.filter(report_type=report_type).first()
    report = trying.kept_file(report_type)

    def save_mapping(mapping: dict[str, Any], version: int | None) -> None:
        set_mapping(report_type, by=person(request), mapping=mapping, version=version)

    arranging = reverse("workspace:arrange_type", args=[report_type])
    page = {"title": report_type, "back": reverse("workspace:feeds"), "report": report, "arranging": arranging}
    return _map(request, page, known.mapping if known else None, known.version if known else None, save_mapping)


def map_feed(request: HttpRequest, code: str) -> HttpResponse:
    """Which column is what in the files of one feed."""
    must(request.user, RUN)
    feed = get_feed_for(request.user, code)
    newest = [r for r in feed.reports.order_by("-day", "-pk")[:20] if path_of(r.sha256).exists()]
    report = newest[0] if newest else None

    def save_mapping(mapping: dict[str, Any], version: int | None) -> None:
        change_feed(feed, by=person(request), version=version, mapping=mapping)

    arranging = reverse("workspace:arrange_feed", args=[feed.code])
    page = {"title": feed.name, "back": feed.get_absolute_url(), "report": report, "arranging": arranging}
    return _map(request, page, feed.mapping or None, feed.version, save_mapping)


def saved_text(report: FeedFile | None, *, by: Actor) -> str:
    """What follows from a description that was just saved: the newest file is read by it where nothing came of it before."""
    if report is not None and read_again(report, by=by):
        return _("Saved. The latest file is read this way within a few minutes, and so are those to come.")
    return _("Saved. These files will be read this way from now on.")


def _seen(report: FeedFile, mapping: Mapping[str, Any] | None) -> trying.Trial:
    return trying.try_file(report.feed, path_of(report.sha256), report.name, mapping)


def _map(
    request: HttpRequest, page: Mapping[str, Any], text: Mapping[str, Any] | None, version: int | None, keep: Keep
) -> HttpResponse:
    """The form of four fields over one file: shown, tried or kept."""
    report: FeedFile | None = page["report"]
    if text is not None and KEY in text:
        if request.method != "POST" and "plain" not in request.GET:
            return HttpResponseRedirect(page["arranging"])
        text = None
    looked = _seen(report, text) if report else None
    header = looked.header if looked else ()
    guess = dict(looked.guess) if looked else {}
    if text is not None:
        guess = dict(text)
    form, status = forms.MappingForm(posted(request), header=header, guess=guess, version=version), 200
    trial = _seen(report, guess) if report and text is None and guess and not form.is_bound else looked
    if form.is_bound:
        status = 422
        if form.is_valid() and "try" in request.POST and report is not None:
            trial, status = _seen(report, form.mapping()), 200
        elif form.is_valid():
            try:
                keep(form.mapping(), form.cleaned_data["version"])
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                messages.success(request, saved_text(report, by=person(request)))
                return HttpResponseRedirect(page["back"])
    context = {
        "workspace_section": AREA,
        "form": form,
        "trial": trial,
        "status": status,
        "is_guess": text is None,
        **page,
        **summaries.trial_text(trial),
    }
    return render(request, "workspace/feeds/mapping.html", context, status=status)
