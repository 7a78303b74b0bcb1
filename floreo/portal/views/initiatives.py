"""Initiatives of others: the list, one, and the form by which anybody reports their own. No account, no cookie, no script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.awareness.models import Campaign
from floreo.core import throttle
from floreo.core.errors import Refused, Slower
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.initiatives import presenters
from floreo.initiatives.access import ANYBODY, get_initiative_for
from floreo.initiatives.actions.registering import send_initiative
from floreo.initiatives.models import Initiative
from floreo.initiatives.queries import open_competitions, with_districts
from floreo.initiatives.tables import INITIATIVES
from floreo.open_data.files import list_file
from floreo.portal.initiative_forms import ProposalForm
from floreo.portal.views.page import Crumb, page, public_page

SECTION = "capacity"
# Of one address: an office or a school shares one. And of all together.
SENT, SENT_PER_HOUR = 10, 20
OF_ALL, OF_ALL_PER_HOUR = 200, 600
PAGE = 40
_NO_STORE = "private, no-cache"  # kept by the browser for its Back button, by nobody else


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Initiatives"), reverse("portal:initiatives")),)


@login_not_required
@public_page
def initiatives(request: HttpRequest) -> HttpResponseBase:
    """What others do, for whom and where."""
    rows = Initiative.objects.visible_to(None).select_related("organisation").prefetch_related(with_districts())
    listing = Listing(INITIATIVES, request, rows=rows, page=PAGE)
    if file := list_file(listing, whole=False):
        return file
    return page(
        request,
        "portal/initiatives/initiatives.html",
        title=_("Initiatives of others"),
        description=_("What organisations, firms and councils do for a safer use of the Internet."),
        section=SECTION,
        listing=listing,
        count=presenters.initiatives_text(listing.total),
        rows=[(each, presenters.where_text(each), presenters.when_text(each)) for each in listing.rows],
        competitions=[(each, presenters.phase_text(each)) for each in open_competitions()],
    )


@login_not_required
@public_page
def initiative(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_initiative_for(None, code)
    return page(
        request,
        "portal/initiatives/initiative.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section=SECTION,
        crumbs=_crumbs(),
        initiative=found,
        where=presenters.where_text(found),
        when=presenters.when_text(found),
        campaigns=list(Campaign.objects.out().filter(links__initiative=found).distinct()),
    )


@login_not_required
@csrf_exempt  # no cookie gives any right here
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """The form. Somebody reads what was sent before anybody else sees it."""
    if request.method != "POST":
        if request.GET.get("done") == "yes":
            return render(request, "portal/initiatives/proposed.html", {"section": SECTION})
        return _form_page(request, ProposalForm())
    form = ProposalForm(request.POST)
    try:
        throttle.charge("initiative", throttle.address_of(request), capacity=SENT, per_hour=SENT_PER_HOUR)
        throttle.charge("initiative-all", "", capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)
        if not form.is_valid():
            return _form_page(request, form, status=422)
        send_initiative(by=ANYBODY, source_key=form.key(), **form.facts())
    except OperationalError:  # the database is busy, or away: what was typed is not lost with it
        form.add_error(None, _("This site is busy and nothing was sent. Your text is below. Try again in a minute."))
        return _form_page(request, form, status=503)
    except Refused as refusal:
        form.is_valid()
        refuse_on(form, refusal)
        response = _form_page(request, form, status=refusal.status)
        if isinstance(refusal, Slower):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    return HttpResponseRedirect(f"{request.path}?done=yes")


def _form_page(request: HttpRequest, form: ProposalForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "section": SECTION, "status": status}
    response = render(request, "portal/initiatives/propose.html", context, status=status)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    return response
