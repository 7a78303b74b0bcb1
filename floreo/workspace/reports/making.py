"""What is done to reports: closing, freezing, correcting, signing, noting what was learned. One form a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing, Refused
from floreo.indicators.presenters import period_text
from floreo.reports import actions as acts
from floreo.reports import queries
from floreo.reports.access import get_snapshot_for
from floreo.reports.models import Lesson, Snapshot
from floreo.reviews.access import get_review_for
from floreo.strategy.access import get_edition_for
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.reports import forms
from floreo.workspace.reports.views import ROOM


def close(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Closes a review period: its readings are frozen, its report is made, nobody can answer any more."""
    must(request.user, Permission.REVIEW_RUN)
    review = get_review_for(request.user, edition, code)
    question = FormPage(
        _("Close %(period)s") % {"period": period_text(review.period)},
        _("Close and freeze the report"),
        reverse("workspace:reports"),
        about=review.edition.in_language("title"),
        room=ROOM,
        help=_(
            "Values are frozen, the current state is saved and no more updates can be given. This cannot be "
            "undone. Errors are corrected beside the report."
        ),
        done=_("Period closed. The report is frozen."),
    )
    return form_page(
        request,
        forms.CloseForm(posted(request)),
        lambda f: acts.close_review(review, by=person(request), **f),
        question,
    )


def freeze(request: HttpRequest, edition: str) -> HttpResponse:
    """A report of any period that is over: a year, or the time before reviews were kept."""
    must(request.user, Permission.REVIEW_RUN)
    found = get_edition_for(request.user, edition)
    question = FormPage(
        _("Freeze a report"),
        _("Freeze the report"),
        reverse("workspace:reports"),
        about=found.in_language("title"),
        help=_(
            "For a year, or for a period without a review. The state of the plan on its last day becomes the report."
        ),
        done=_("Report frozen."),
        room=ROOM,
    )
    return form_page(
        request,
        forms.PeriodForm(posted(request)),
        lambda f: acts.freeze_report(found, by=person(request), **f),
        question,
    )


@require_POST
def close_edition(request: HttpRequest, edition: str) -> HttpResponse:
    """Freezes the closing evaluation of an edition that has ended."""
    must(request.user, Permission.REVIEW_RUN)
    found = get_edition_for(request.user, edition)
    try:
        snapshot = acts.close_edition(found, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(reverse("workspace:reports"))
    messages.success(request, _("Closing evaluation frozen."))
    return HttpResponseRedirect(snapshot.workspace_url())


def _question(snapshot: Snapshot, title: Any, button: Any, *, help_: Any, done: Any) -> FormPage:
    about = f"{snapshot.edition.in_language('title')}, {period_text(snapshot.period)}"
    return FormPage(title, button, snapshot.workspace_url(), about=about, help=help_, done=done, room=ROOM)


def correct(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.REPORT_MAKE)
    snapshot = get_snapshot_for(request.user, edition, code)
    question = _question(
        snapshot,
        _("Correct the report"),
        _("Add the correction"),
        done=_("The correction is shown beside the report."),
        help_=_("The report does not change. The correction is shown first on its page and in its files."),
    )
    form = forms.CorrectionForm(posted(request))
    return form_page(request, form, lambda f: acts.correct_snapshot(snapshot, by=person(request), **f), question)


def sign(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Records a signature on paper, with the fingerprint of the very PDF that was printed."""
    must(request.user, Permission.REPORT_MAKE)
    snapshot = get_snapshot_for(request.user, edition, code)
    question = _question(
        snapshot,
        _("Record a signature"),
        _("Record the signature"),
        done=_("Signature recorded."),
        help_=_(
            "Print the PDF, get it signed, and record here who signed and when. Its fingerprint is saved, so"
            " that anyone can check the copy."
        ),
    )
    form = forms.SignForm(posted(request), request.FILES or None)

    def do(facts: dict[str, Any]) -> None:
        with override(facts["language"]):
            pdf = queries.signed_pdf(snapshot)
        acts.sign_off(snapshot, by=person(request), pdf=pdf, **facts)

    return form_page(request, form, do, question)


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
        "workspace_section": ROOM,
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
