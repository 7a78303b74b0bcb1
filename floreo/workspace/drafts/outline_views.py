"""The outline of a text: all that it is made of, what each passage was taken for, and what a person marks and changes in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.whole import whole
from floreo.organisations.models import User
from floreo.strategy.access import get_draft_for
from floreo.strategy.actions.drafts import (
    add_passage,
    apply_profile,
    join_passages,
    mark_passages,
    move_rows,
    set_terms,
    split_passage,
    undo_mark,
)
from floreo.strategy.actions.drafts.marking import neighbour, outline_of_draft, result_of, steps_of
from floreo.strategy.models import DraftState, ImportDraft
from floreo.strategy.outline.edits import EditKind
from floreo.strategy.outline.marks import LEVELS, Meaning, Reach
from floreo.strategy.outline.profiles import as_toml
from floreo.strategy.outline.reading import guesses_in
from floreo.workspace.drafts.outline_page import KEYS, MEANINGS, PLAN, REACHES, UNUSED, OutlinePage
from floreo.workspace.drafts.splitting import pieces_of
from floreo.workspace.form_page import person


def _opened(request: HttpRequest, code: str) -> ImportDraft:
    draft = get_draft_for(request.user, code)
    if draft.state in {DraftState.READING, DraftState.FAILED, DraftState.DROPPED}:
        raise Missing
    return draft


@require_safe
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """All passages of the text, or the rows of its plan, in pages, with what each was taken for."""
    draft = _opened(request, code)
    return _page(request, OutlinePage(draft, whole(request.GET.get("page")) or 1, request.GET.get("show", "")))


def _page(request: HttpRequest, page: OutlinePage, *, status: int = 200) -> HttpResponse:
    others = ImportDraft.objects.exclude(pk=page.draft.pk).exclude(marks=[]).exclude(state=DraftState.DROPPED)
    fit = [meaning for meaning in MEANINGS if meaning not in LEVELS or meaning in page.levels]
    shown = [meaning for meaning in fit if not page.shows_plan or meaning in {*LEVELS, Meaning.NOTHING}]
    context = {
        "draft": page.draft,
        "outline": page,
        "meanings": [(meaning.value, MEANINGS[meaning], KEYS[meaning]) for meaning in shown],
        "reaches": REACHES.items(),
        "reach": request.POST.get("reach") or (Reach.ONE if page.shows_plan else Reach.ALIKE),
        "others": others.only("code", "file_name", "created_at")[:20],
        "workspace_section": "imports",
        "status": status,
    }
    return render(request, "workspace/drafts/outline.html", context, status=status)


@dataclass(frozen=True)
class _Asked:
    """What was pressed: on which draft, by whom, with which passages ticked."""

    request: HttpRequest
    draft: ImportDraft
    by: User
    places: list[int]
    version: int | None


def _asked(request: HttpRequest, draft: ImportDraft) -> _Asked:
    places = [place for place in map(whole, request.POST.getlist("place")) if place is not None]
    return _Asked(request, draft, person(request), places, whole(request.POST.get("version")))


@require_POST
def mark(request: HttpRequest, code: str) -> HttpResponse:
    """Says what the ticked passages are, or changes them: joins, splits, moves, adds."""
    draft = _opened(request, code)
    asked = _asked(request, draft)
    pressed = next((name for name in ("add", "agree", "do", "meaning") if request.POST.get(name)), "")
    if pressed not in _PRESSED:
        raise Missing
    if request.POST.get("do") == "split" and asked.places:
        address = reverse("workspace:import_split", args=[draft.code, asked.places[0]])
        shown = request.POST.get("show", "")
        return HttpResponseRedirect(f"{address}?show={shown}" if shown in {PLAN, UNUSED} else address)
    try:
        places = _PRESSED[pressed](asked)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        return _refused(request, asked, refusal)
    return _back(request, draft, places[0] if places else None)


def _refused(request: HttpRequest, asked: _Asked, refusal: Refused) -> HttpResponse:
    """The page again with what is wrong, and what was ticked still ticked."""
    if isinstance(refusal, Changed):
        asked.draft.refresh_from_db()
    page = OutlinePage(
        asked.draft,
        whole(request.POST.get("page")) or 1,
        request.POST.get("show", ""),
        ticked=asked.places,
        problem=str(refusal.sentence),
    )
    return _page(request, page, status=refusal.status)


def _meant(asked: _Asked) -> Sequence[int]:
    try:
        meaning = Meaning(asked.request.POST.get("meaning", ""))
        reach = Reach(asked.request.POST.get("reach", Reach.ALIKE))
    except ValueError as error:
        raise Missing from error
    mark_passages(asked.draft, by=asked.by, places=asked.places, meaning=meaning, reach=reach, version=asked.version)
    return asked.places


def _added(asked: _Asked) -> Sequence[int]:
    place = whole(asked.request.POST.get("add"))
    if place is None:
        raise Missing
    add_passage(asked.draft, by=asked.by, place=place, version=asked.version)
    return [place]


def _agreed(asked: _Asked) -> Sequence[int]:
    """What the rules proposed for a passage, for all that look like it."""
    place = whole(asked.request.POST.get("agree"))
    found = result_of(asked.draft).outline
    guesses = guesses_in(found, [(one["start"], one["end"], one["kind"]) for one in asked.draft.drafted])
    passage = next((one for one in found.passages if one.opens == place and one.number in guesses), None)
    if passage is None:
        raise Missing
    mark_passages(
        asked.draft,
        by=asked.by,
        places=[passage.opens],
        meaning=guesses[passage.number].meaning,
        version=asked.version,
    )
    return [passage.opens]


def _changed(asked: _Asked) -> Sequence[int]:
    change = _CHANGES.get(asked.request.POST.get("do", ""))
    if change is None:
        raise Missing
    change(asked)
    return asked.places


def _join(asked: _Asked) -> None:
    join_passages(asked.draft, by=asked.by, places=asked.places, version=asked.version)


def _no_split(asked: _Asked) -> None:
    raise Refused(_("Choose a passage first."), code="no_passage")


def _move(asked: _Asked, *, up: bool) -> None:
    if not asked.places:
        raise Refused(_("Tick a row of the plan first."), code="no_row")
    nearest = neighbour(result_of(asked.draft), asked.places[0] if up else asked.places[-1], up=up)
    if nearest is None:
        raise Refused(
            _("This row is the first at its place already.") if up else _("This row is the last at its place already."),
            code="at_the_end",
        )
    move_rows(asked.draft, by=asked.by, places=asked.places, act=nearest[0], to=nearest[1], version=asked.version)


def _under(asked: _Asked) -> None:
    given = asked.request.POST.get("to", "")
    to = whole(given)
    if to is None and given != "top":
        raise Refused(_("Choose the row to which it is moved."), code="no_target")
    act = EditKind.AFTER if asked.request.POST.get("where") == EditKind.AFTER else EditKind.UNDER
    move_rows(asked.draft, by=asked.by, places=asked.places, act=act, to=to, version=asked.version)


_CHANGES: dict[str, Callable[[_Asked], None]] = {
    "join": _join,
    "split": _no_split,
    "up": lambda asked: _move(asked, up=True),
    "down": lambda asked: _move(asked, up=False),
    "under": _under,
}
_PRESSED: dict[str, Callable[[_Asked], Sequence[int]]] = {
    "meaning": _meant,
    "add": _added,
    "agree": _agreed,
    "do": _changed,
}


@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, code: str, place: int) -> HttpResponse:
    """Asks where the rows of a passage begin, and cuts it there."""
    draft = _opened(request, code)
    found = result_of(draft).outline
    passage = next((one for one in found.passages if one.opens == place), None)
    if passage is None:
        raise Missing
    problem, status = "", 200
    each_word = request.GET.get("at") == "words"
    cuts = {cut for cut in map(whole, request.POST.getlist("cut")) if cut is not None}
    if request.method == "POST":
        try:
            split_passage(
                draft, by=person(request), place=place, cuts=sorted(cuts), version=whole(request.POST.get("version"))
            )
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            problem, status = str(refusal.sentence), refusal.status
        else:
            messages.success(request, _("The passage is split."))
            return _back(request, draft, place)
    context = {
        "draft": draft,
        "passage": passage,
        "words": found.words(passage),
        "pieces": pieces_of(found, passage, cuts if request.method == "POST" else None, each_word=each_word),
        "each_word": each_word,
        "problem": problem,
        "status": status,
        "workspace_section": "imports",
    }
    return render(request, "workspace/drafts/split.html", context, status=status)


@require_POST
def terms(request: HttpRequest, code: str) -> HttpResponse:
    """Until when terms such as "medium term" run."""
    draft = _opened(request, code)
    days = dict(zip(request.POST.getlist("term"), request.POST.getlist("day"), strict=False))
    asked = _asked(request, draft)
    try:
        set_terms(draft, by=asked.by, days=days, version=asked.version)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        return _refused(request, asked, refusal)
    messages.success(request, _("The dates are set."))
    return _back(request, draft, None)


@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    draft = undo_mark(_opened(request, code), by=person(request), version=whole(request.POST.get("version")))
    messages.success(request, _("The last change is undone."))
    return _back(request, draft, None)


@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    """The marks of another text, in place of those of this one."""
    draft = _opened(request, code)
    other = get_draft_for(request.user, request.POST.get("from", ""))
    draft = apply_profile(draft, by=person(request), text=_as_file(other))
    messages.success(request, _("The marks of %(name)s are used.") % {"name": other.file_name})
    return redirect("workspace:import_outline", draft.code)


def _as_file(draft: ImportDraft) -> str:
    return as_toml(outline_of_draft(draft), steps_of(draft), name=draft.file_name)


def _back(request: HttpRequest, draft: ImportDraft, place: int | None) -> HttpResponse:
    page, show = whole(request.POST.get("page")) or 1, request.POST.get("show", "")
    where = f"?page={page}" + (f"&show={show}" if show in {PLAN, UNUSED} else "")
    anchor = f"#p{place}" if place is not None and show != UNUSED else ""
    return HttpResponseRedirect(reverse("workspace:import_outline", args=[draft.code]) + where + anchor)


@require_safe
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """The marks as a file for `floreo strategy import --profile`, and for the next edition."""
    draft = _opened(request, code)
    if not draft.marks:
        raise Missing(_("There are no marks yet."))
    response = HttpResponse(_as_file(draft), content_type="application/toml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{draft.code}.marks.toml"'
    return response
