"""The first page of the desk: what I owe; and search over everything."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.models import SearchEntry
from floreo.core.search import find, in_readers_text
from floreo.core.visibility import things_seen
from floreo.strategy.models import Edition
from floreo.workspace.form_page import person
from floreo.workspace.home.board import home_of

RESULTS = 25
# Which kinds of things can be found, and what each needs beside an open desk. A kind that is not named is found by nobody,
# and of those that are each thing is asked its own rule (`visible_to`).
NEEDS = {
    "edition": Permission.PLAN_READ,
    "pillar": Permission.PLAN_READ,
    "objective": Permission.PLAN_READ,
    "committee": Permission.MEETING_READ,
    "meeting": Permission.MEETING_READ,
    "decision": Permission.MEETING_READ,
    "action": Permission.PLAN_READ,
    "indicator": Permission.PLAN_READ,
    "organisation": Permission.REGISTER_READ,
    "evidence": Permission.EVIDENCE_READ,
    "person": Permission.PEOPLE_READ,
    "place": Permission.WORKSPACE_OPEN,
    "network": Permission.REGISTER_READ,
    "framework": Permission.WORKSPACE_OPEN,
    "publication": Permission.PUBLICATION_WRITE,
}


KINDS = {
    "edition": _l("Edition"),
    "pillar": _l("Pillar"),
    "objective": _l("Objective"),
    "action": _l("Action"),
    "committee": _l("Committee"),
    "meeting": _l("Meeting"),
    "decision": _l("Decision"),
    "indicator": _l("Indicator"),
    "organisation": _l("Organisation"),
    "person": _l("Person"),
    "place": _l("Place"),
    "network": _l("Network"),
    "publication": _l("Publication"),
    "evidence": _l("Evidence"),
    "framework": _l("Framework"),
}


class SearchForm(forms.Form):
    """The box on the page of results."""

    q = forms.CharField(label=_l("Words"), widget=forms.TextInput(attrs={"type": "search"}), required=False)


def home(request: HttpRequest) -> HttpResponse:
    """What I owe, the worst first."""
    must(request.user, Permission.WORKSPACE_OPEN)
    mine = home_of(person(request), show_all=request.GET.get("all", ""))
    context = {
        "desk": mine,
        "workspace_section": "desk",
        "nothing_yet": mine.is_empty and not Edition.objects.exists(),
        "may_edit": can(request.user, Permission.PLAN_EDIT),
        "may_remind": can(request.user, Permission.REMIND),
    }
    return render(request, "workspace/home/home.html", context)


def _found(words: str, viewer: object) -> list[SearchEntry]:
    """What matches and this person may open."""
    kinds = [kind for kind, needs in NEEDS.items() if can(viewer, needs)]
    entries = find(words, public_only=False, known=list(NEEDS), kinds=kinds)
    seen = things_seen([entry.key for entry in entries], viewer)
    return [entry for entry in entries if entry.key in seen]


def search(request: HttpRequest) -> HttpResponse:
    """What matches every word, best first; only what this person may open."""
    must(request.user, Permission.WORKSPACE_OPEN)
    words = request.GET.get("q", "").strip()[:200]
    page = Paginator(_found(words, request.user), RESULTS).get_page(request.GET.get("page"))
    found = [(entry, KINDS.get(entry.kind, entry.kind)) for entry in in_readers_text(page)]
    form = SearchForm(initial={"q": words})
    context = {"q": words, "page": page, "rows": found, "form": form, "workspace_section": ""}
    return render(request, "workspace/home/search.html", context)
