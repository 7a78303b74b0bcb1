"""Quizzes and self-checks, taken without an account, a cookie or a script. What was chosen is on the disk before the answer; who chose it
is written nowhere (docs/adr/0034-counting-quizzes.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.awareness import counting, presenters
from floreo.awareness.access import get_quiz_for
from floreo.awareness.logic import Checked, in_place, is_right, sound, things_to_do
from floreo.awareness.models import Quiz, QuizKind
from floreo.awareness.queries import Asked, OptionShare, questions_of, taken_until_yesterday
from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.whole import whole
from floreo.portal.views.learn import learn_crumbs
from floreo.portal.views.page import edition_of, page, public_page

# Of one network, whatever it takes: a whole town may share one. What is counted of it is limited by the quiz itself.
PRESSES, PRESSES_PER_HOUR = 3_000, 36_000
_NO_STORE = "private, no-store"
MOST_KEPT = 50  # quizzes
_KEPT: dict[tuple[int, int, datetime], list[Asked]] = {}
MOST_LINES = 5_000  # of results
_LINES: dict[tuple[int, int, datetime, str | None, int, tuple[int, ...]], SafeString] = {}


@dataclass(frozen=True)
class Judged:
    """A question with what was chosen."""

    asked: Asked
    chosen: tuple[int, ...]
    is_right: bool

    @property
    def number(self) -> int:
        return self.asked.question.number

    @property
    def was_answered(self) -> bool:
        return bool(self.chosen)

    def options(self) -> list[tuple[OptionShare, bool]]:
        """Each option, and whether it was chosen."""
        return [(OptionShare(each, 0, None), each.number in self.chosen) for each in self.asked.options]


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def quiz(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_quiz_for(None, code, QuizKind.QUIZ)
    return _post(request, found) if request.method == "POST" else _show(request, found)


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """The self-check of that code; without one the first that is public."""
    found = get_quiz_for(None, code, QuizKind.CHECK) if code else _first_check()
    return _post(request, found) if request.method == "POST" else _show(request, found)


def _first_check() -> Quiz:
    found: Quiz | None = Quiz.objects.out().filter(kind=QuizKind.CHECK).order_by("is_generic", "pk").first()
    if found is None:
        raise Missing(_("There is no self-check yet."))
    return found


@public_page
def _show(request: HttpRequest, found: Quiz) -> HttpResponseBase:
    taken = taken_until_yesterday(found)
    return page(
        request,
        "portal/awareness/quiz.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section="learn",
        crumbs=learn_crumbs(),
        quiz=found,
        rows=[(each, ()) for each in questions_of(found)],
        taken=presenters.taken_text(taken) if taken else "",
        status=200,
    )


def _chosen(request: HttpRequest, asked: Sequence[Asked]) -> dict[int, tuple[int, ...]]:
    found = {}
    for each in asked:
        given = [
            number for text in request.POST.getlist(f"q{each.question.number}") if (number := whole(text)) is not None
        ]
        found[each.question.number] = sound(each.choices, given[:50])
    return found


def _asked(found: Quiz) -> list[Asked]:
    """The questions, read once in a process. They do not change while the quiz is public: to change them it is withdrawn first, which
    gives it another version."""
    key = (found.pk, found.version, found.changed_at)
    kept = _KEPT.get(key)
    if kept is None:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[key] = questions_of(found)
    return kept


def _post(request: HttpRequest, found: Quiz) -> HttpResponse:
    throttle.charge("quiz", throttle.address_of(request), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
    asked = (
        questions_of(found) if found.is_check else _asked(found)
    )  # a self-check links to materials, which may be withdrawn
    chosen = _chosen(request, asked)
    if not any(chosen.values()):
        return _again(request, found, asked)
    judged = [
        Judged(each, chosen[each.question.number], is_right(each.choices, chosen[each.question.number]))
        for each in asked
    ]
    note = _count(request, found, chosen, judged)
    context = {
        "quiz": found,
        "note": note,
        "section": "learn",
        "masthead_edition": edition_of(request),
        "steps": (),
        "title": found.in_language("title"),
        "again": request.path,
    }
    context |= _advice(judged) if found.is_check else _score(found, judged)
    name = "check_result" if found.is_check else "quiz_result"
    response = render(request, f"portal/awareness/{name}.html", context)
    response.headers["Cache-Control"] = _NO_STORE
    return response


def _again(request: HttpRequest, found: Quiz, asked: Sequence[Asked]) -> HttpResponse:
    context = {
        "quiz": found,
        "rows": [(each, ()) for each in asked],
        "section": "learn",
        "masthead_edition": edition_of(request),
        "title": found.in_language("title"),
        "description": found.in_language("summary"),
        "refusal": _("Choose at least one answer."),
        "status": 422,
    }
    response = render(request, "portal/awareness/quiz.html", context, status=422)
    response.headers["Cache-Control"] = _NO_STORE
    return response


def _count(request: HttpRequest, found: Quiz, chosen: Mapping[int, tuple[int, ...]], judged: Sequence[Judged]) -> str:
    """Puts the choices on the disk. Returns what the page says where they were not counted: the result is shown all the same."""
    today, limit = clock.today(), found.hourly_limit
    try:
        try:
            who = f"{throttle.address_of(request)} {found.pk}"
            throttle.charge("quiz-counted", who, capacity=limit, per_hour=limit)
        except Slower:
            counting.count_over_limit(found.pk, today)
            return _("Many answers came from your network in this hour, so yours were not counted.")
        answered = {number: options for number, options in chosen.items() if options}
        right = [] if found.is_check else [each.number for each in judged if each.is_right]
        counting.count_quiz(found.pk, today, answered, right)
    except Refused:
        return _("Your answers could not be counted: this server has no space left. Your result is below.")
    return ""


def _score(found: Quiz, judged: Sequence[Judged]) -> dict[str, object]:
    right = sum(each.is_right for each in judged)
    lines = [_line(found, number, each) for number, each in enumerate(judged, 1)]
    return {"score": presenters.score_text(right, len(judged)), "judged": lines}


def _line(found: Quiz, number: int, each: Judged) -> SafeString:
    """A question as the result shows it, made once in a process for each choice that was made: a country that takes one quiz makes few. Like
    the questions it changes only with the version of the quiz."""
    key = (found.pk, found.version, found.changed_at, get_language(), number, each.chosen)
    kept = _LINES.get(key)
    if kept is None:
        if len(_LINES) >= MOST_LINES:
            _LINES.clear()
        words = {"each": each, "number": number}
        kept = _LINES[key] = mark_safe(render_to_string("portal/awareness/_judged.html", words))  # noqa: S308 -- a template's own
    return kept


def _advice(judged: Sequence[Judged]) -> dict[str, object]:
    by_number = {each.number: each for each in judged}
    checked = [
        Checked(each.number, each.asked.question.importance, each.asked.missing_of(each.chosen)) for each in judged
    ]
    things = [by_number[number].asked.question for number in things_to_do(checked)]
    return {
        "score": presenters.in_place_text(in_place(checked), len(checked)),
        "things": [(each, each.material if each.material and each.material.is_public else None) for each in things],
        "judged": judged,
    }
