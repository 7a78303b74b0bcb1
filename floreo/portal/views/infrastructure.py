"""Essential services for everybody: which sectors, who runs what, and what is designated. Nothing of what they need."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.lists import Listing
from floreo.infrastructure import presenters
from floreo.infrastructure.access import get_public_service
from floreo.infrastructure.models import Service
from floreo.infrastructure.queries import public_sectors
from floreo.infrastructure.tables import ESSENTIAL_SERVICES, with_designation
from floreo.open_data.files import list_file
from floreo.portal.views.page import Crumb, page, public_page

SECTION = "infrastructure"
PAGE = 40


@login_not_required
@public_page
def infrastructure(request: HttpRequest) -> HttpResponseBase:
    """The published services, and how many of each sector are designated."""
    listing = Listing(ESSENTIAL_SERVICES, request, page=PAGE)
    if file := list_file(listing, whole=False):
        return file
    lines = public_sectors()
    return page(
        request,
        "portal/infrastructure/infrastructure.html",
        title=_("Essential services"),
        description=_(
            "Services without which people could not live as usual: who runs them, and which are designated."
        ),
        section=SECTION,
        listing=listing,
        answer=presenters.public_answer(lines),
        sectors=lines,
        rows=[(each, presenters.designation_text(each)) for each in listing.rows],
    )


@login_not_required
@public_page
def service(request: HttpRequest, code: str) -> HttpResponseBase:
    get_public_service(code)
    found = with_designation(Service.objects.visible_to(None).select_related("operator", "sector")).get(code=code)
    return page(
        request,
        "portal/infrastructure/service.html",
        title=found.in_language("name"),
        description=found.in_language("summary") or found.in_language("name"),
        crumbs=(Crumb(_("Essential services"), reverse("portal:infrastructure")),),
        section=SECTION,
        service=found,
        designated=presenters.designation_text(found),
        since=presenters.designated_since_text(found),
    )
