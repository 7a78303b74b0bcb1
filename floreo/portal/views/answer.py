"""A lead's answer by signed link: no account, no password, no script. Never kept by a cache, never told to other sites."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.indicators.asked import figures_asked, titles_of
from floreo.portal.views.by_link import count_guess, private
from floreo.reviews.access import Answerer, ask_of_token
from floreo.reviews.actions import mark_opened
from floreo.reviews.models import Ask
from floreo.reviews.presenters import due_words, title
from floreo.reviews.queries import reply_address
from floreo.reviews.sheet import Sheet

# Per link, not per address: a ministry's leads share one address. Generous, since words are at stake.
PRESSES, PRESSES_PER_HOUR = 60, 240
# Per link too, each file counted: nobody signed in, and a file stays in the vault even where its answer does not.
FILES, FILES_PER_HOUR = 40, 40


def _ask_of(request: HttpRequest, token: str) -> Ask:
    try:
        return ask_of_token(token)
    except Missing:
        count_guess(request, "answer-link")
        raise


# No cookie gives any right here, only the address itself; and with no referrer told, a browser names no origin either.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, what was said last, and the form. After the close it still opens, and shows what was said."""
    ask = _ask_of(request, token)
    by = Answerer(ask)
    sheet = Sheet(ask, by, _name(ask), figures=lambda: figures_asked(ask), titles=titles_of)
    if request.method == "POST":
        return _post(request, ask, sheet)
    if request.method == "GET":
        mark_opened(ask, by=by)
    return _page(request, ask, sheet.fill())


def _name(ask: Ask) -> str:
    return ask.person.name if ask.person else ""


def _post(request: HttpRequest, ask: Ask, sheet: Sheet) -> HttpResponse:
    sheet.fill(request)
    try:
        throttle.spend("answer", f"ask:{ask.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        for _file in request.FILES:
            throttle.spend("answer-file", f"ask:{ask.pk}", capacity=FILES, per_hour=FILES_PER_HOUR)
        done = sheet.press(request)
    except Slower as refusal:
        response = _words_back(request, ask, sheet, refusal)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    except Refused as refusal:
        return _words_back(request, ask, sheet, refusal)
    if not done:
        return _page(request, ask, sheet.after_errors(request), status=422)
    return HttpResponseRedirect(f"{request.path}?done=1")


def _words_back(request: HttpRequest, ask: Ask, sheet: Sheet, refusal: Refused) -> HttpResponse:
    """It could not be kept: every word that was typed, to copy, and whom to send it to."""
    context = _about(ask) | {"refusal": refusal, "typed": sheet.typed(), "status": refusal.status}
    return render(request, "portal/answer_back.html", context, status=refusal.status)


def _about(ask: Ask) -> dict[str, Any]:
    review = ask.review
    return {
        "by_link": True,
        "ask": ask,
        "review": review,
        "edition": review.edition,
        "title": title(review),
        "due": due_words(review, clock.today()),
        "reply": reply_address(review.edition),
        "masthead_edition": review.edition,
    }


def _page(request: HttpRequest, ask: Ask, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    ask.refresh_from_db(fields=["state"])
    context = _about(ask) | {"sheet": sheet, "status": status, "done": "done" in request.GET and status == 200}
    context["said"] = len(sheet.entries) - len(sheet.missing)
    return render(request, "portal/answer.html", context, status=status)
