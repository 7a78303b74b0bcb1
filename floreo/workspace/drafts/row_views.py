"""The review page, and what is decided about one row: in place with htmx, as a page without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.ui.forms import refuse_on
from floreo.core.whole import whole
from floreo.organisations.models import User
from floreo.strategy.access import get_draft_for
from floreo.strategy.actions.drafts import accept_row, edit_row, reject_row, undo_row
from floreo.strategy.models import DraftRow, DraftState, ImportDraft
from floreo.strategy.presenters.drafts import failure_sentence
from floreo.workspace.drafts.forms import RowForm
from floreo.workspace.drafts.review import Review
from floreo.workspace.form_page import person
from floreo.workspace.ownership import owner_box

SLOW = timedelta(seconds=30)


def review_of(request: HttpRequest, draft: ImportDraft) -> Review:
    """The review as the address asks for it: page, row, an opened gap, a row to edit."""
    asked = whole(request.GET.get("row")) or whole(request.GET.get("edit"))
    review = Review(
        draft,
        person(request),
        asked=asked,
        opened=whole(request.GET.get("open")),
        everything=request.GET.get("all") == "1",
    )
    page = whole(request.GET.get("page")) or review.pages.get(asked or 0, 1)
    review.page = min(max(page, 1), review.page_count)
    return review


@require_safe
def one_import(request: HttpRequest, code: str) -> HttpResponse:
    """One draft: being read, failed, or under review."""
    draft = get_draft_for(request.user, code)
    if draft.state in {DraftState.READING, DraftState.FAILED, DraftState.DROPPED}:
        context = {
            "draft": draft,
            "workspace_section": "imports",
            "slow": clock.now() - draft.changed_at > SLOW,
            "failure": failure_sentence(draft.failure, name=draft.file_name) if draft.failure else "",
        }
        return render(request, "workspace/drafts/waiting.html", context)
    review = review_of(request, draft)
    if edited := _row(draft, whole(request.GET.get("edit"))):
        review.form, review.form_row = RowForm(edited), edited.number
    return _page(request, review)


def _row(draft: ImportDraft, number: int | None) -> DraftRow | None:
    return draft.rows.filter(number=number, is_offer=False).first() if number else None


def _page(request: HttpRequest, review: Review, *, status: int = 200) -> HttpResponse:
    context = {
        "draft": review.draft,
        "review": review,
        "status": status,
        "workspace_section": "imports",
        "owner": owner_box(request.user, key(review.draft), Permission.IMPORT_REVIEW),
    }
    return render(request, "workspace/drafts/review.html", context, status=status)


Decision = Callable[[DraftRow, User, int | None, HttpRequest], DraftRow]
DECISIONS: dict[str, Decision] = {
    "accept": lambda row, by, version, _r: accept_row(row, by=by, version=version),
    "reject": lambda row, by, version, _r: reject_row(row, by=by, version=version),
    "undo": lambda row, by, version, _r: undo_row(row, by=by, version=version),
    "edit": lambda row, by, version, r: edit_row(
        row, by=by, version=version, title=r.POST.get("title", ""), fields=RowForm(row, r.POST).given()
    ),
}


@require_POST
def decide(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Accept, edit, reject or undo one row; `open` shows its form."""
    draft = get_draft_for(request.user, code)
    if request.POST.get("decision") == "open":
        return _open(request, draft, number)
    row, decision = _row(draft, number), DECISIONS.get(request.POST.get("decision", ""))
    if row is None or decision is None:
        raise Missing
    review, was = review_of(request, draft), None
    review.page = review.pages[number]
    was = Review(draft, review.viewer, page=review.page).now
    try:
        decision(row, person(request), whole(request.POST.get("version")), request)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        return _refused(request, draft, row, refusal)
    return _decided(request, draft, number, was)


def _open(request: HttpRequest, draft: ImportDraft, number: int) -> HttpResponse:
    row = _row(draft, number)
    if row is None:
        raise Missing
    if not getattr(request, "htmx", False):
        return HttpResponseRedirect(f"{reverse('workspace:import', args=[draft.code])}?edit={number}#r{number}")
    review = Review(draft, person(request), asked=number, form=RowForm(row), form_row=number)
    review.page = review.pages[number]
    context = {"draft": draft, "review": review, "rows": [review.show(row, takes_focus=True)], "paragraphs": []}
    return render(request, "workspace/drafts/_decided.html", context)


def _refused(request: HttpRequest, draft: ImportDraft, row: DraftRow, refusal: Refused) -> HttpResponse:
    """The row with what is wrong, what was typed kept, and where two decided at once what the other one said."""
    review = Review(draft, person(request), asked=row.number)
    review.page = review.pages[row.number]
    review.problems[row.number] = str(refusal.sentence)
    if request.POST.get("decision") == "edit" or refusal.code == "needs_edit":
        form = RowForm(row, request.POST if "title" in request.POST else RowForm(row).initial_data())
        refuse_on(form, refusal)
        review.form, review.form_row = form, row.number
        if isinstance(refusal, Changed):
            row.refresh_from_db()
    if not getattr(request, "htmx", False):
        return _page(request, review, status=refusal.status)
    fresh = next(r for r in review.rows if r.number == row.number)
    context = {"draft": draft, "review": review, "rows": [review.show(fresh)], "paragraphs": []}
    return render(request, "workspace/drafts/_decided.html", context, status=refusal.status)


def _decided(request: HttpRequest, draft: ImportDraft, number: int, was: int | None) -> HttpResponse:
    """The row as it is now; beside it, swapped in their own places, the counts, the next row and its passage."""
    review = Review(draft, person(request))
    review.page = review.pages[number]
    after = review.now
    if not getattr(request, "htmx", False):
        page = f"?page={review.page}" if review.page_count > 1 else ""
        return HttpResponseRedirect(f"{reverse('workspace:import', args=[draft.code])}{page}#r{after or number}")
    focus = after if was == number and after else number
    others = [n for n in (was, after) if n is not None and n != number]
    rows = {r.number: r for r in review.here}
    context = {
        "draft": draft,
        "review": review,
        "paragraphs": review.paragraphs_of(was, after, number),
        "rows": [review.show(rows[n], takes_focus=n == focus) for n in dict.fromkeys([number, *others])],
    }
    return render(request, "workspace/drafts/_decided.html", context)
