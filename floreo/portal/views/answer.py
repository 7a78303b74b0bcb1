"""A lead's answer by signed link: no account, no password, no script. Never kept by a cache, never sent to other sites."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.indicators.requested import readings_requested, titles_of
from floreo.portal.views.by_link import count_guess
from floreo.reviews.access import Answerer, request_of_token
from floreo.reviews.actions import mark_opened
from floreo.reviews.models import UpdateRequest
from floreo.reviews.presenters import due_text, title
from floreo.reviews.queries import reply_address
from floreo.reviews.sheet import Sheet

# Per link, not per address: a ministry's leads share one address. Generous, since words are at stake.
PRESSES, PRESSES_PER_HOUR = 60, 240
# Per link too, each file counted: nobody signed in, and a file stays in the vault even where its answer does not.
FILES, FILES_PER_HOUR = 40, 40


def _request_of(request: HttpRequest, token: str) -> UpdateRequest:
    try:
        return request_of_token(token)
    except Missing:
        count_guess(request, "answer-link")
        raise


# No cookie gives any right here, only the address itself; and with no referrer sent, a browser names no origin either.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, what was said last, and the form. After the close it still opens, and shows what was said."""
    update_request = _request_of(request, token)
    by = Answerer(update_request)
    sheet = Sheet(
        update_request, by, _name(update_request), figures=lambda: readings_requested(update_request), titles=titles_of
    )
    if request.method == "POST":
        return _post(request, update_request, sheet)
    return _page(request, update_request, sheet.fill())


def _name(update_request: UpdateRequest) -> str:
    return update_request.person.name if update_request.person else ""


def _post(request: HttpRequest, update_request: UpdateRequest, sheet: Sheet) -> HttpResponse:
    sheet.fill(request)
    try:
        throttle.spend("answer", f"ask:{update_request.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        for _file in request.FILES:
            throttle.spend("answer-file", f"ask:{update_request.pk}", capacity=FILES, per_hour=FILES_PER_HOUR)
        mark_opened(update_request, by=sheet.by)
        done = sheet.press(request)
    except Slower as refusal:
        response = _words_back(request, update_request, sheet, refusal)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    except Refused as refusal:
        return _words_back(request, update_request, sheet, refusal)
    if not done:
        return _page(request, update_request, sheet.after_errors(request), status=422)
    return HttpResponseRedirect(f"{request.path}?done=1")


def _words_back(request: HttpRequest, update_request: UpdateRequest, sheet: Sheet, refusal: Refused) -> HttpResponse:
    """It could not be kept: every word that was typed, to copy, and whom to send it to."""
    context = _about(update_request) | {"refusal": refusal, "typed": sheet.typed(), "status": refusal.status}
    return render(request, "portal/answer_back.html", context, status=refusal.status)


def _about(update_request: UpdateRequest) -> dict[str, Any]:
    review = update_request.review
    return {
        "by_link": True,
        "update_request": update_request,
        "review": review,
        "edition": review.edition,
        "title": title(review),
        "due": due_text(review, clock.today()),
        "reply": reply_address(review.edition),
        "masthead_edition": review.edition,
    }


def _page(request: HttpRequest, update_request: UpdateRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    update_request.refresh_from_db(fields=["state"])
    context = _about(update_request) | {
        "sheet": sheet,
        "status": status,
        "done": "done" in request.GET and status == 200,
    }
    context["answered"] = len(sheet.entries) - len(sheet.missing)
    return render(request, "portal/answer.html", context, status=status)
