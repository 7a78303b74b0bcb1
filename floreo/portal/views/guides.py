"""Help: the guides, one page each, for anyone who works with the program."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.portal import guides
from floreo.portal.views.page import Crumb, page, public_page


def _guide(name: str) -> guides.Guide:
    return guides.guide(name, languages.now())


@login_not_required
@public_page
def help_page(request: HttpRequest) -> HttpResponseBase:
    shown = [_guide(name) for name in guides.NAMES]
    return page(request, "portal/help.html", title=_("Help"), guides=shown)


@login_not_required
@public_page
def guide(request: HttpRequest, name: str) -> HttpResponseBase:
    if name not in guides.NAMES:
        raise Http404
    found = _guide(name)
    parts = [replace(part, text=guides.with_addresses(part.text)) for part in found.parts]
    crumbs = (Crumb(_("Help"), reverse("portal:help")),)
    return page(
        request,
        "portal/guide.html",
        title=found.title,
        description=found.summary,
        crumbs=crumbs,
        guide=found,
        parts=parts,
    )
