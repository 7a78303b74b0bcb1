"""One item of an assessment: what raters say side by side, my own rating, the review, and its evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can, must
from floreo.core.keys import key
from floreo.evidence import actions as evidence_acts
from floreo.evidence.access import get_evidence_for
from floreo.evidence.queries import Shown, evidence_shown
from floreo.frameworks import actions as acts
from floreo.frameworks import presenters, queries
from floreo.frameworks.access import get_answer_for
from floreo.frameworks.models import Answer
from floreo.workspace.form_page import person
from floreo.workspace.frameworks.forms import RatingForm, ReviewForm
from floreo.workspace.frameworks.trying import attempt
from floreo.workspace.frameworks.walking import below


def _neighbours(answer: Answer) -> tuple[str, str]:
    """Codes of the rated items before and after it, in the order of the questionnaire."""
    version = answer.assessment.in_version
    codes = [item.code for item, _depth in queries.ordered(version) if item.is_rated]
    at = codes.index(answer.item.code) if answer.item.code in codes else -1
    return (codes[at - 1] if at > 0 else ""), (codes[at + 1] if 0 <= at < len(codes) - 1 else "")


def _page(
    request: HttpRequest,
    answer: Answer,
    *,
    mine: RatingForm | None = None,
    review: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, version = person(request), answer.assessment.in_version
    ratings = list(answer.ratings.all())
    own = next((rating for rating in ratings if rating.rater == user.actor_code), None)
    may_review = can(user, Permission.FRAMEWORK_REVIEW) and not answer.assessment.is_closed
    others = [rating for rating in ratings if rating.rater != user.actor_code]
    before, after = _neighbours(answer)
    contributions = queries.contributions_of([answer.item]).get(answer.item.pk, [])
    context: dict[str, Any] = {
        "workspace_section": "frameworks",
        "answer": answer,
        "assessment": answer.assessment,
        "version": version,
        "item": answer.item,
        "ratings": [(r, version.word_of(r.level)) for r in ratings],
        "status": status,
        "differ": len({r.level for r in ratings}) > 1,
        "level": version.word_of(answer.level),
        "own": own,
        "vain": presenters.in_vain_text(answer, version),
        "before": before,
        "after": after,
        "then": _then(answer),
        "form": mine or (None if answer.assessment.is_closed else RatingForm.of(version, own)),
        "review": review or (ReviewForm.of(version, answer, ratings) if may_review and others else None),
        "alone": may_review and bool(ratings) and not others,
        "shown": _evidence(answer, user),
        "may_keep": can(user, Permission.EVIDENCE_KEEP, answer) and not answer.assessment.is_closed,
        "suggestions": queries.suggestions(answer, user, below),
        "contributions": contributions,
        "kin": queries.kin_of(answer.item),
        "wording": presenters.wording_text(answer.item.worded.file) if answer.item.worded else "",
        "kind": presenters.kind_text(answer.item.kind),
    }
    return render(request, "workspace/frameworks/answer.html", context, status=status)


def _evidence(answer: Answer, viewer: object) -> Shown:
    """What is attached; in a closed assessment nothing more is."""
    shown = evidence_shown([answer], viewer)[key(answer)]
    return replace(shown, may_attach=False) if answer.assessment.is_closed else shown


def _then(answer: Answer) -> tuple[str, str] | None:
    """The level and reason of the same item in the assessment before, where there is one."""
    before = answer.assessment.before
    old = before.answers.filter(item__code=answer.item.code).exclude(level=None).first() if before else None
    return (before.in_version.word_of(old.level), old.in_language("reason")) if before and old else None


def answer(request: HttpRequest, code: str, item: str) -> HttpResponse:
    """One item."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    return _page(request, get_answer_for(request.user, code, item))


def _go_on(request: HttpRequest, found: Answer) -> HttpResponseRedirect:
    """To the next item where that was pressed, else back to this one."""
    _before, after = _neighbours(found)
    if request.POST.get("go") == "next":
        if after:
            return HttpResponseRedirect(reverse("workspace:answer", args=[found.assessment.code, after]))
        return HttpResponseRedirect(found.assessment.workspace_url())
    return HttpResponseRedirect(found.workspace_url())


@require_POST
def rate(request: HttpRequest, code: str, item: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_ASSESS)
    found = get_answer_for(request.user, code, item)
    form = RatingForm.of(found.assessment.in_version, None, request.POST)
    status = attempt(form, lambda facts: acts.rate(found, by=person(request), **facts))
    if status != 200:
        return _page(request, found, mine=form, status=status)
    messages.success(request, _("%(item)s: your rating is saved.") % {"item": found.item.code})
    return _go_on(request, found)


@require_POST
def review(request: HttpRequest, code: str, item: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_answer_for(request.user, code, item)
    form = ReviewForm.of(found.assessment.in_version, found, [], request.POST)
    status = attempt(form, lambda facts: acts.review_answer(found, by=person(request), **facts))
    if status != 200:
        return _page(request, get_answer_for(request.user, code, item), review=form, status=status)
    messages.success(request, _("%(item)s: the reviewed level is confirmed.") % {"item": found.item.code})
    return _go_on(request, found)


@require_POST
def take_back(request: HttpRequest, code: str, item: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_answer_for(request.user, code, item)
    acts.take_back_review(found, by=person(request))
    messages.success(request, _("%(item)s: waiting for a review again.") % {"item": found.item.code})
    return HttpResponseRedirect(found.workspace_url())


@require_POST
def attach_suggested(request: HttpRequest, code: str, item: str, evidence: str) -> HttpResponse:
    """One press: evidence that is kept already answers this item too."""
    must(request.user, Permission.EVIDENCE_KEEP)
    found = get_answer_for(request.user, code, item)
    evidence_acts.attach(get_evidence_for(request.user, evidence), by=person(request), thing=found)
    messages.success(request, _("Evidence attached."))
    return HttpResponseRedirect(f"{found.workspace_url()}#evidence")
