"""The page on which outreach opens: coverage, and what waits."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.core.ui.papers import paper
from floreo.open_data.files import part_of_table
from floreo.organisations.queries import the_country
from floreo.outreach import papers, presenters
from floreo.outreach.access import get_ambassador_for
from floreo.outreach.geojson import features
from floreo.outreach.models import AmbassadorRequest, AmbassadorState, RequestState
from floreo.outreach.queries import Free, ambassadors_of, coverage, free_by_district, main_scheme
from floreo.outreach.tables import COVERAGE

AREA = "outreach"
_RUN = Permission.OUTREACH_RUN
SHOWN = 5  # requests and silent ambassadors on this page; all are in their lists


def outreach(request: HttpRequest) -> HttpResponseBase:
    """How well the country is covered, who waits for an ambassador, and who has been silent."""
    today, kind = clock.today(), request.GET.get("download", "")
    if kind and kind != "geojson":
        return part_of_table(request, COVERAGE, COVERAGE.ordered(None), kind)
    found, scheme = coverage(today), main_scheme()
    if kind:
        response = JsonResponse(features(found), content_type="application/geo+json")
        response.headers["Content-Disposition"] = 'attachment; filename="outreach_coverage.geojson"'
        return response
    waiting = list(
        AmbassadorRequest.objects.filter(state=RequestState.WAITING)
        .prefetch_related("district")
        .order_by("received_on", "pk")
    )
    free = free_by_district(today)
    context = {
        "workspace_section": AREA,
        "found": found,
        "scheme": scheme,
        **presenters.coverage_words(found, scheme),
        "small": presenters.small_text(found),
        "waiting": [_request_row(each, free) for each in waiting[:SHOWN]],
        "waiting_text": presenters.requests_heading(waiting),
        "silent": [
            (a, presenters.silent_text(days), days, presenters.contact_text(a), a.state == AmbassadorState.ON_LEAVE)
            for a, days in ambassadors_of(found.silent[:SHOWN])
        ],
        "silent_number": len(found.silent),
        "today": today,
        "may_run": can(request.user, _RUN),
    }
    return render(request, "workspace/outreach/coverage.html", context)


def _request_row(each: AmbassadorRequest, free: Mapping[int, Free]) -> tuple[AmbassadorRequest, int, str, str]:
    near = free.get(each.district_id, Free(0, 0)).may_go(each.audience)
    return each, presenters.late_days(each), presenters.waits_text(each), presenters.request_line(each, near=near)


def paper_form(request: HttpRequest) -> HttpResponse:
    """The form on paper, empty or with the code of an ambassador."""
    country, code = the_country(), request.GET.get("ambassador", "")
    if country is None:
        raise Missing
    ambassador = get_ambassador_for(request.user, code) if code else None
    document = papers.session_form(country, ambassador=ambassador, scheme=main_scheme())
    return paper(document, "pdf", name=f"outreach-session-{code}" if code else "outreach-session")
