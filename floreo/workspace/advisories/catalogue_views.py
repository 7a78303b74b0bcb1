"""Pages of the catalogue of known exploited vulnerabilities, and files that are loaded: KEV, EPSS, CSAF of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.advisories import csaf
from floreo.advisories.actions.catalogues import load_epss, load_kev
from floreo.advisories.actions.writing import draft_from_csaf
from floreo.advisories.catalogues import LARGEST_EPSS
from floreo.advisories.models import EpssScore, KevEntry
from floreo.advisories.presenters import running_text
from floreo.advisories.queries import running_named
from floreo.advisories.tables import KEV
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.workspace.advisories import forms
from floreo.workspace.form_page import person, posted

AREA = "advisories"


def known_exploited(request: HttpRequest) -> HttpResponseBase:
    """The catalogue, newest entries first, each with its score and a way to write an advisory."""
    must(request.user, Permission.ADVISORY_WRITE)
    listing = Listing(KEV, request)
    if file := listing.download():
        return file
    runs = running_named(listing.rows, request.user)
    newest, scores = KevEntry.objects.first(), EpssScore.objects.order_by("-scored_on").first()
    context = {
        "workspace_section": "kev",
        "listing": listing,
        "rows": [(each, running_text(runs[each.pk]) if each.pk in runs else "") for each in listing.rows],
        "catalogue": newest.catalogue if newest else "",
        "newest": newest,
        "scores": scores,
    }
    return render(request, "workspace/advisories/known_exploited.html", context)


def load_known_exploited(request: HttpRequest) -> HttpResponse:
    title = _("Load known exploited vulnerabilities")
    help_text = _("The catalogue KEV as JSON or CSV. It replaces the one that is loaded.")
    return _load(
        request, title, help_text, load_kev, lambda n: ngettext("%d entry loaded.", "%d entries loaded.", n) % n
    )


def load_exploit_scores(request: HttpRequest) -> HttpResponse:
    title = _("Load EPSS scores")
    help_text = _(
        "The scores of a day as CSV, also gzipped. Scores are kept of what is likely to be exploited, and of what KEV or an advisory names."
    )
    return _load(
        request, title, help_text, load_epss, lambda n: ngettext("%d score loaded.", "%d scores loaded.", n) % n
    )


def _load(
    request: HttpRequest, title: str, help_text: str, load: Callable[..., int], done: Callable[[int], str]
) -> HttpResponse:
    form = forms.CatalogueForm(posted(request), request.FILES or None)
    back = reverse("workspace:known_exploited")
    if form.is_bound:
        try:
            number = load(by=person(request), data=_bytes(request, LARGEST_EPSS))
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
        else:
            messages.success(request, done(number))
            return HttpResponseRedirect(back)
    return _page(request, form, title, help_text, _("Load"), back=back)


def _bytes(request: HttpRequest, most: int) -> bytes:
    found: bytes = uploaded_file(request, "file").read(most + 1)
    return found


def from_csaf(request: HttpRequest) -> HttpResponse:
    """A draft from the CSAF document of somebody else."""
    form = forms.CsafFileForm(posted(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            data = _bytes(request, csaf.LARGEST)
            made = draft_from_csaf(by=person(request), code=form.cleaned_data["code"], data=data)
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, _("Draft saved. Compare it with its source."))
            return HttpResponseRedirect(made.workspace_url())
    title = _("Draft from a CSAF document")
    help_text = _(
        "The document is judged by the schema and the mandatory tests of CSAF 2.0 before anything is read from it."
    )
    return _page(request, form, title, help_text, _("Make a draft"), back=reverse("workspace:advisories"))


def _page(request: HttpRequest, form: Any, title: str, help_text: str, words: str, *, back: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {
        "workspace_section": AREA,
        "form": form,
        "title": title,
        "help": help_text,
        "words": words,
        "back": back,
        "status": status,
    }
    return render(request, "workspace/advisories/file.html", context, status=status)
