"""The outline of a text: all that it is made of, what each passage was taken for, and the marks that say what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from floreo.core.errors import Missing
from floreo.core.ui import locale
from floreo.core.whole import whole
from floreo.strategy.access import get_draft_for
from floreo.strategy.actions.drafts import apply_profile, mark_passages, undo_mark
from floreo.strategy.actions.drafts.marking import marks_of, outline_of_draft
from floreo.strategy.models import DraftState, ImportDraft
from floreo.strategy.outline.marks import Mark, Meaning, Reach, Result, read_with
from floreo.strategy.outline.passages import Outline, Passage
from floreo.strategy.outline.profiles import as_toml
from floreo.strategy.outline.reading import Guess, Unused, counted, guesses_in, is_thin, unused_by_rows, unused_in
from floreo.strategy.presenters.drafts import thin_sentence, unused_sentence
from floreo.workspace.form_page import person

PAGE = 150  # passages on a page
_SHOWN = 220  # letters of a passage
MEANINGS: dict[Meaning, Promise] = {
    Meaning.PILLAR: gettext_lazy("Pillar"),
    Meaning.OBJECTIVE: gettext_lazy("Objective"),
    Meaning.ACTION: gettext_lazy("Action"),
    Meaning.LEAD: gettext_lazy("Lead"),
    Meaning.SUPPORTING: gettext_lazy("Supporting"),
    Meaning.DUE: gettext_lazy("Due date"),
    Meaning.BUDGET: gettext_lazy("Budget"),
    Meaning.NOTHING: gettext_lazy("Not part of the plan"),
}
REACHES: dict[Reach, Promise] = {
    Reach.ALIKE: gettext_lazy("All passages that look like it"),
    Reach.HERE: gettext_lazy("Those that look like it, under the same line"),
    Reach.ONE: gettext_lazy("Only this passage"),
    Reach.BRANCH: gettext_lazy("This passage and everything below it"),
}


@dataclass(frozen=True)
class Shown:
    """One passage as the page shows it. `depth` is how far it is moved in."""

    passage: Passage
    words: str
    depth: int
    meaning: str
    word: str
    guess: str
    is_certain: bool
    is_prose: bool


@dataclass
class OutlinePage:
    """The outline of a draft, cut into pages."""

    draft: ImportDraft
    page: int
    only_unused: bool

    @cached_property
    def outline(self) -> Outline:
        return outline_of_draft(self.draft)

    @cached_property
    def result(self) -> Result:
        return read_with(self.outline, marks_of(self.draft))

    @cached_property
    def guesses(self) -> dict[int, Guess]:
        return guesses_in(self.outline, [(start, end, kind) for start, end, kind in self.draft.drafted])

    @cached_property
    def left(self) -> list[Passage]:
        if self.draft.marks:
            return unused_in(self.outline, self.result)
        return unused_by_rows(self.outline, list(self.draft.rows.only("start", "end")))

    @property
    def unused(self) -> Unused:
        return counted(self.left)

    @cached_property
    def listed(self) -> Sequence[Passage]:
        return self.left if self.only_unused else self.outline.passages

    @property
    def page_count(self) -> int:
        return max(1, -(-len(self.listed) // PAGE))

    @property
    def page_numbers(self) -> range:
        return range(1, self.page_count + 1)

    @property
    def here(self) -> list[Shown]:
        first = (min(max(self.page, 1), self.page_count) - 1) * PAGE
        return [self._shown(passage) for passage in self.listed[first : first + PAGE]]

    def _shown(self, passage: Passage) -> Shown:
        words = self.outline.document.text[passage.opens : passage.end]
        words = " ".join(words.split())
        meaning = self.result.taken.get(passage.number)
        guess = self.guesses.get(passage.number)
        is_prose = passage.look.is_common and meaning is None and guess is None
        return Shown(
            passage,
            words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1].rstrip()}…",
            self._depth(passage),
            str(meaning or ""),
            str(MEANINGS[meaning]) if meaning else "",
            self._guess_text(guess) if guess and meaning is None else "",
            bool(guess and guess.is_certain),
            is_prose,
        )

    def _depth(self, passage: Passage) -> int:
        depth, above = 0, passage.under
        while above and depth < 4:
            depth += 1
            above = self.outline.passages[above - 1].under
        return depth

    def _guess_text(self, guess: Guess) -> str:
        return _("Proposed: %(what)s, %(same)s of %(alike)s alike") % {
            "what": MEANINGS[guess.meaning],
            "same": locale.number(guess.same),
            "alike": locale.number(guess.alike),
        }

    @property
    def history(self) -> list[str]:
        """The marks as sentences, the last first."""
        return [_mark_text(mark) for mark in reversed(marks_of(self.draft))]

    # Counts, in words

    @property
    def answer(self) -> str:
        """ "3 pillars, 17 objectives and 48 actions." """
        if not self.draft.marks:
            return _("Nothing is marked yet. Mark one example of each level: every passage that looks like it follows.")
        counts = {
            meaning: self.result.count(meaning) for meaning in (Meaning.PILLAR, Meaning.OBJECTIVE, Meaning.ACTION)
        }
        return _("%(pillars)s, %(objectives)s and %(actions)s.") % {
            "pillars": _counted(
                ngettext("%(n)s pillar", "%(n)s pillars", counts[Meaning.PILLAR]), counts[Meaning.PILLAR]
            ),
            "objectives": _counted(
                ngettext("%(n)s objective", "%(n)s objectives", counts[Meaning.OBJECTIVE]), counts[Meaning.OBJECTIVE]
            ),
            "actions": _counted(
                ngettext("%(n)s action", "%(n)s actions", counts[Meaning.ACTION]), counts[Meaning.ACTION]
            ),
        }

    @property
    def unused_text(self) -> str:
        return unused_sentence(self.unused)

    @property
    def thin_text(self) -> str:
        """Where a draft is so short beside what was not used that the document was hardly read."""
        return thin_sentence() if is_thin(len(self.result.rows), self.unused) else ""


def _mark_text(mark: Mark) -> str:
    """ "“area of priority” is: Pillar. All passages that look like it." """
    return _("“%(words)s” is: %(what)s. %(reach)s.") % {
        "words": str(mark.key[1]) if mark.key[0] == "label" else mark.wording[:80],
        "what": MEANINGS[mark.meaning],
        "reach": REACHES[mark.reach],
    }


def _counted(words: str, count: int) -> str:
    return words % {"n": locale.number(count)}


def _opened(request: HttpRequest, code: str) -> ImportDraft:
    draft = get_draft_for(request.user, code)
    if draft.state in {DraftState.READING, DraftState.FAILED, DraftState.DROPPED}:
        raise Missing
    return draft


@require_GET
def outline(request: HttpRequest, code: str) -> HttpResponse:
    """All passages of the text, in pages, with what each was taken for."""
    draft = _opened(request, code)
    page = OutlinePage(draft, whole(request.GET.get("page")) or 1, request.GET.get("show") == "unused")
    others = ImportDraft.objects.exclude(pk=draft.pk).exclude(marks=[]).exclude(state=DraftState.DROPPED)
    context = {
        "draft": draft,
        "outline": page,
        "meanings": MEANINGS.items(),
        "reaches": REACHES.items(),
        "others": others.only("code", "file_name", "created_at")[:20],
        "workspace_section": "imports",
    }
    return render(request, "workspace/drafts/outline.html", context)


@require_POST
def mark(request: HttpRequest, code: str) -> HttpResponse:
    """Says what the ticked passages are."""
    draft = _opened(request, code)
    try:
        meaning, reach = Meaning(request.POST.get("meaning", "")), Reach(request.POST.get("reach", Reach.ALIKE))
    except ValueError as error:
        raise Missing from error
    places = [place for place in map(whole, request.POST.getlist("place")) if place is not None]
    draft = mark_passages(
        draft,
        by=person(request),
        places=places,
        meaning=meaning,
        reach=reach,
        version=whole(request.POST.get("version")),
    )
    return _back(request, draft, places[0] if places else None)


@require_POST
def undo(request: HttpRequest, code: str) -> HttpResponse:
    draft = undo_mark(_opened(request, code), by=person(request), version=whole(request.POST.get("version")))
    messages.success(request, _("The last mark is undone."))
    return _back(request, draft, None)


@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    """The marks of another text, in place of those of this one."""
    draft = _opened(request, code)
    other = get_draft_for(request.user, request.POST.get("from", ""))
    draft = apply_profile(draft, by=person(request), text=as_toml(marks_of(other), name=other.file_name))
    messages.success(request, _("The marks of %(name)s are used.") % {"name": other.file_name})
    return redirect("workspace:import_outline", draft.code)


def _back(request: HttpRequest, draft: ImportDraft, place: int | None) -> HttpResponse:
    page, show = whole(request.POST.get("page")) or 1, request.POST.get("show", "")
    where = f"?page={page}" + ("&show=unused" if show == "unused" else "")
    anchor = f"#p{place}" if place is not None and show != "unused" else ""
    return HttpResponseRedirect(reverse("workspace:import_outline", args=[draft.code]) + where + anchor)


@require_GET
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """The marks as a file for `floreo strategy import --profile`, and for the next edition."""
    draft = _opened(request, code)
    if not draft.marks:
        raise Missing(_("There are no marks yet."))
    response = HttpResponse(
        as_toml(marks_of(draft), name=draft.file_name), content_type="application/toml; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{draft.code}.marks.toml"'
    return response
