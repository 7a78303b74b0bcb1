"""The digital copy of an edition: the whole text as one page, and as PDF, Word and JSON from the same data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Missing
from floreo.core.slots import DRAWING
from floreo.core.throttle import address_of, charge
from floreo.core.ui.locale import language
from floreo.core.ui.papers import KINDS as PAPERS
from floreo.portal.views.page import Crumb, country_of, eyes, page, public_page
from floreo.publications.actions.copies import KINDS, current_copy, drawn
from floreo.publications.copies import copy_of, document_of
from floreo.publications.queries import copies_of
from floreo.strategy.access import get_edition_for

BURST, PER_HOUR = 60, 600  # of files by one visitor
MEDIA = {**PAPERS, "json": "application/json"}


@login_not_required
@public_page
def text(request: HttpRequest, code: str) -> HttpResponseBase:
    """Vision, pillars, objectives and actions on one page, as a document reads."""
    edition = get_edition_for(request.user, code)
    summary = copy_of(edition, eyes(request, edition), language())
    document = document_of(summary, country=country_of(request), made_on=clock.today())
    return page(
        request,
        "portal/strategy_text.html",
        section="strategy",
        title=summary.title,
        edition=edition,
        document=document,
        description=_("The whole strategy on one page, and as files to download."),
        files=copies_of(edition, language()),
        crumbs=(Crumb(edition.in_language("title"), edition.get_absolute_url()),),
    )


@login_not_required
@public_page
def copy_file(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The same as a file, in the language of its address. Where none is kept that says what the plan says now, it is drawn
    for this answer alone: the worker keeps it within minutes, since nothing is written because somebody looks."""
    edition = get_edition_for(request.user, code)
    if kind not in KINDS:
        raise Missing
    name = f"{edition.code}.{language()}.{kind}"
    if edition.is_public and not request.user.is_authenticated:
        charge("copy-file", address_of(request), capacity=BURST, per_hour=PER_HOUR)
    summary = copy_of(edition, None if edition.is_public else request.user, language())
    if edition.is_public and (kept := current_copy(summary, edition, kind)) is not None:
        return FileResponse(kept.file.open("rb"), as_attachment=True, filename=name, content_type=MEDIA[kind])
    with DRAWING.one():
        made = drawn(summary, kind)
    response = HttpResponse(made, content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
