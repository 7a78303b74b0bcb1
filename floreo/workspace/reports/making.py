"""What is done to reports: closing, freezing, correcting, signing, noting what was learned. One form a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing, Refused
from floreo.indicators.presenters import period_text
from floreo.reports import actions as acts
from floreo.reports import queries
from floreo.reports.access import get_preview_for, get_snapshot_for
from floreo.reports.models import Lesson, Snapshot
from floreo.reviews.access import get_review_for
from floreo.strategy.access import get_edition_for
from floreo.workspace.commands import Command, command_view, new
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press, shown_of
from floreo.workspace.reports import forms
from floreo.workspace.reports.commands import PUBLISH, SNAPSHOT_COMMANDS
from floreo.workspace.reports.views import AREA

RUN = Permission.REVIEW_RUN


REVIEW_COMMANDS: Mapping[str, Command] = {
    "close": Command(
        lambda review: _("Close %(period)s") % {"period": period_text(review.period)},
        _l("Close and freeze the report"),
        RUN,
        new(forms.CloseForm),
        acts.close_review,
        help=_l(
            "Values are frozen, the current state is saved and no more updates can be given. This cannot be "
            "undone. Errors are corrected beside the report. Closing does not publish: you decide about that next, on the page of the report."
        ),
        done=_l("Period closed. The report is frozen and not published yet."),
        waits=lambda review: queries.waits_of_report(review.edition, review.period),
    ),
}
EDITION_COMMANDS: Mapping[str, Command] = {
    "freeze": Command(
        _l("Freeze a report"),
        _l("Freeze the report"),
        RUN,
        new(forms.PeriodForm),
        acts.freeze_report,
        help=_l(
            "For a year, or for a period without a review. The state of the plan on its last day becomes the report. It is not published until you decide so on its page."
        ),
        done=_l("Report frozen. It is not published yet."),
        waits=queries.waits_of_report,
    ),
}


def review_command(request: HttpRequest, edition: str, code: str, name: str) -> HttpResponse:
    review, back = get_review_for(request.user, edition, code), reverse("workspace:reports")
    about = review.edition.in_language("title")
    return command_view(request, review, REVIEW_COMMANDS, name, area=AREA, about=about, back=back, shows_made=True)


def edition_command(request: HttpRequest, edition: str, name: str) -> HttpResponse:
    found, back = get_edition_for(request.user, edition), reverse("workspace:reports")
    about = found.in_language("title")
    return command_view(request, found, EDITION_COMMANDS, name, area=AREA, about=about, back=back)


def snapshot_command(request: HttpRequest, edition: str, code: str, name: str) -> HttpResponse:
    found = get_snapshot_for(request.user, edition, code)
    return command_view(request, found, SNAPSHOT_COMMANDS, name, area=AREA, about=_about(found))


def _about(snapshot: Snapshot) -> str:
    return f"{snapshot.edition.in_language('title')}, {period_text(snapshot.period)}"


@require_POST
def withdraw_preview(request: HttpRequest, edition: str, code: str, pk: int) -> HttpResponse:
    """The link opens nothing any more."""
    must(request.user, PUBLISH)
    snapshot = get_snapshot_for(request.user, edition, code)
    link = get_preview_for(request.user, snapshot, pk)
    done = _("Withdrawn. The link opens nothing any more.")
    return press(request, lambda: acts.withdraw_preview(link, by=person(request)), done, snapshot.workspace_url())


@require_POST
def close_edition(request: HttpRequest, edition: str) -> HttpResponse:
    """Freezes the closing evaluation of an edition that has ended."""
    must(request.user, RUN)
    found = get_edition_for(request.user, edition)
    try:
        snapshot = acts.close_edition(found, by=person(request), shown=shown_of(request))
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(reverse("workspace:reports"))
    messages.success(request, _("Closing evaluation frozen. It is not published yet."))
    return HttpResponseRedirect(snapshot.workspace_url())


def sign(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Records a signature on paper, with the fingerprint of the very PDF that was printed."""
    must(request.user, Permission.REVIEW_RUN)
    snapshot = get_snapshot_for(request.user, edition, code)
    words = FormPage(
        _("Record a signature"),
        _("Record the signature"),
        snapshot.workspace_url(),
        about=_about(snapshot),
        help=_(
            "Print the PDF, get it signed, and record here who signed and when. Its fingerprint is saved, so"
            " that anyone can check the copy."
        ),
        done=_("Signature recorded."),
        area=AREA,
    )
    form = forms.SignForm(posted(request), request.FILES or None)
    record = doing(request, acts.sign_off, snapshot)

    def draw_and_record(facts: dict[str, Any]) -> object:
        return record(facts | {"pdf_sha256": queries.signed_pdf_sha256(snapshot, facts["language"])})

    return form_page(request, form, draw_and_record, words, decides=True)


def lessons(request: HttpRequest, edition: str) -> HttpResponse:
    """What was learned: the list, and a form for one more."""
    must(request.user, Permission.REPORT_MAKE)
    found = get_edition_for(request.user, edition)
    form = forms.LessonForm(posted(request))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            acts.note_lesson(found, by=person(request), reported_by=person(request).name, **form.facts())
            return HttpResponseRedirect(request.path)
    context = {
        "workspace_section": AREA,
        "edition": found,
        "form": form,
        "lessons": Lesson.objects.filter(edition=found),
    }
    return render(request, "workspace/reports/lessons.html", context, status=status)


@require_POST
def remove_lesson(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    must(request.user, Permission.REPORT_MAKE)
    found = get_edition_for(request.user, edition)
    lesson = Lesson.objects.filter(edition=found, pk=pk).first()
    if lesson is None:
        raise Missing
    acts.remove_lesson(lesson, by=person(request))
    return HttpResponseRedirect(reverse("workspace:lessons", args=[found.code]))
