"""The first page of the workspace: my tasks; and search over everything."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _l

from floreo import offers
from floreo.core.access import Permission, can, must
from floreo.core.models import SearchEntry
from floreo.core.passages import passage, terms_of
from floreo.core.policy import things_seen
from floreo.core.search import find, in_readers_text
from floreo.organisations.queries import the_country
from floreo.strategy.models import Edition
from floreo.tasks.queries import board_of
from floreo.workspace.first_steps import steps_for
from floreo.workspace.form_page import person
from floreo.workspace.home.board import home_of
from floreo.workspace.home.by_address import found_by_address
from floreo.workspace.menu import store_waits

RESULTS = 25
LONGEST = 200  # signs of what is sought


class SearchForm(forms.Form):
    """The box on the page of results."""

    q = forms.CharField(label=_l("Search terms"), widget=forms.TextInput(attrs={"type": "search"}), required=False)


def home(request: HttpRequest) -> HttpResponse:
    """My tasks, the worst first."""
    must(request.user, Permission.WORKSPACE_OPEN)
    user = person(request)
    board = board_of(user)
    store_waits(user, board.mine, board.queue)  # the menu counts the very same
    mine = home_of(user, show_all=request.GET.get("all", ""), board=board)
    context = {
        "workspace": mine,
        "workspace_section": "tasks",
        "nothing_yet": mine.is_empty and not Edition.objects.exists(),
        "may_edit": can(request.user, Permission.PLAN_EDIT),
        "may_remind": can(request.user, Permission.REMIND),
        "steps_left": _steps_left(request),
    }
    return render(request, "workspace/home/home.html", context)


def _steps_left(request: HttpRequest) -> int:
    """How many first steps are left, for whoever runs the installation."""
    country = the_country()
    if country is None or not can(request.user, Permission.ACCOUNT_MANAGE):
        return 0
    return sum(not step.is_done for step in steps_for(person(request), country))


def _found(words: str, viewer: object) -> list[SearchEntry]:
    """What matches and this person may open. A kind that no app offers is found by nobody."""
    known = offers.search_kinds()
    kinds = [name for name, kind in known.items() if can(viewer, kind.needs)]
    entries = find(words, public_only=False, known=list(known), kinds=kinds)
    seen = things_seen([entry.key for entry in entries], viewer)
    return [entry for entry in entries if entry.key in seen]


def search(request: HttpRequest) -> HttpResponse:
    """What matches every word, best first; only what this person may open."""
    must(request.user, Permission.WORKSPACE_OPEN)
    given = request.GET.get("q", "").strip()
    words = given[:LONGEST]
    page = Paginator(_found(words, request.user), RESULTS).get_page(request.GET.get("page"))
    kinds = offers.search_kinds()
    found = [(entry, kinds[entry.kind].words, passage(entry.body, words)) for entry in in_readers_text(page)]
    context = {
        "q": words,
        "page": page,
        "rows": found,
        "hits": found_by_address(words, request.user) if page.number == 1 else [],
        "has_words": bool(terms_of(words)),
        "is_cut": len(given) > LONGEST,
        "longest": LONGEST,
        "form": SearchForm(initial={"q": words}),
        "workspace_section": "",
    }
    return render(request, "workspace/home/search.html", context)
