"""What an organisation answers by a respondent's link: the form section by section, evidence, and the plan. No account, no cookie; every
page works without a script, which only saves earlier."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.assessments import presenters
from floreo.assessments.access import ByLink, respondent_of_link
from floreo.assessments.actions import answering
from floreo.assessments.form import answer_of, choices, given_of, rows_of
from floreo.assessments.models import Participant
from floreo.assessments.pages import (
    MOST_BYTES,
    EvidenceForm,
    evidence_page,
    item_or_missing,
    overview,
    press_evidence,
    section_or_missing,
)
from floreo.core import throttle
from floreo.core.errors import Missing, Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import takes_up_to
from floreo.portal.views.by_link import count_guess

# By one link: every field of a large form saved several times in an hour, and no more.
PRESSES, PRESSES_PER_HOUR = 600, 3000


def _who(request: HttpRequest, token: str) -> ByLink:
    try:
        return ByLink(respondent_of_link(token))
    except Missing:
        count_guess(request, "assessment")
        raise


def _spend(by: ByLink) -> None:
    name = f"assessment:{by.respondent.pk}"
    throttle.spend("assessment-press", name, capacity=PRESSES, per_hour=PRESSES_PER_HOUR)


def _start(token: str) -> str:
    return reverse("portal:assessment_form", args=[token])


def _context(request: HttpRequest, by: ByLink, token: str, **more: Any) -> dict[str, Any]:
    participant = by.respondent.participant
    return {
        "participant": participant,
        "campaign": participant.campaign,
        "respondent": by.respondent,
        "phase": presenters.phase_text(participant.campaign),
        "token": token,
        "start": _start(token),
        **more,
    }


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    """The sections with how far each is; and the button that submits."""
    by, status, refusal = _who(request, token), 200, None
    participant = by.respondent.participant
    if request.method == "POST":
        try:
            _spend(by)
            if request.POST.get("do") == "submit":
                answering.submit(participant, by=by)
                return HttpResponseRedirect(f"{request.path}?done=submitted")
        except Refused as wrong:
            status, refusal = wrong.status, wrong
    shown = overview(participant, by, lambda code: reverse("portal:assessment_section", args=[token, code]))
    context = _context(request, by, token, refusal=refusal, status=status, done=request.GET.get("done", ""), **shown)
    return render(request, "portal/assessing/form.html", context, status=status)


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, token: str, section: str) -> HttpResponse:
    """The items of one section. What was typed is kept whenever the answer is no; what others saved meanwhile is shown beside."""
    by = _who(request, token)
    participant = by.respondent.participant
    part = section_or_missing(participant, by, section)
    is_script = request.headers.get("Accept") == "application/json"
    status, saved, errors, typed, refusal = 200, None, {}, {}, None
    if request.method == "POST":
        try:
            _spend(by)
            typed = given_of(request.POST, part.items)
            if request.POST.get("do") == "take-over":
                answering.take_over(participant, by=by, items=part.items)
                return HttpResponseRedirect(request.path)
            saved = answering.save_answers(participant, by=by, given=list(typed.values()))
        except Refused as wrong:
            status, refusal = wrong.status, wrong
            errors = {name.partition("-")[2]: str(text) for name, text in wrong.fields.items()}
        if is_script:
            return _to_script(participant, saved, refusal, status)
        if saved is not None and not saved.conflicts:
            return HttpResponseRedirect(part.after(request.POST.get("do", ""), request.path, _start(token), token))
        if saved is not None:
            status = 409
    lines = part.lines()
    version = participant.campaign.in_version
    context = _context(
        request,
        by,
        token,
        part=part,
        rows=rows_of(
            lines,
            version,
            typed=typed,
            saved=saved,
            errors=errors,
            href=lambda code: reverse("portal:assessment_item", args=[token, section, code]),
        ),
        levels=choices(version),
        may_write=participant.takes_answers,
        can_take_over=any(line.before and not line.is_answered for line in lines),
        refusal=refusal,
        conflicts=saved.conflicts if saved is not None else {},
        just_saved=request.GET.get("saved") == "yes",
        status=status,
    )
    return render(request, "portal/assessing/section.html", context, status=status)


def _to_script(participant: Participant, saved: Any, refusal: Refused | None, status: int) -> JsonResponse:
    if refusal is not None:
        return JsonResponse({"sentence": str(refusal.sentence)}, status=status)
    answer = answer_of(saved, participant.campaign.in_version)
    participant.refresh_from_db(fields=["answered"])
    return JsonResponse(answer, status=409 if saved.conflicts else 200)


def _limit(_request: HttpRequest) -> int:
    return MOST_BYTES


@login_not_required
@csrf_exempt  # as above
@takes_up_to(_limit)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, token: str, section: str, item: str) -> HttpResponse:
    """The evidence of one item: what is there, what shows other answers and may show this one too, and a new piece."""
    by = _who(request, token)
    participant = by.respondent.participant
    part = section_or_missing(participant, by, section)
    found = item_or_missing(part, item)
    bound = request.POST if request.method == "POST" and request.POST.get("do") == "add" else None
    asked, status, refusal = EvidenceForm(bound, request.FILES if bound is not None else None), 200, None
    if request.method == "POST":
        try:
            _spend(by)
            if press_evidence(request, participant, by, found, asked):
                return HttpResponseRedirect(request.path)
            status = 422
        except Refused as wrong:
            status, refusal = wrong.status, wrong
            if asked.is_bound and asked.is_valid():
                refuse_on(asked, wrong)
                refusal = None
    context = _context(
        request,
        by,
        token,
        part=part,
        item=found,
        form=asked,
        refusal=refusal,
        status=status,
        back=reverse("portal:assessment_section", args=[token, section]),
        may_write=participant.takes_answers,
        **evidence_page(participant, by, found),
    )
    return render(request, "portal/assessing/item.html", context, status=status)
