"""What the team shares of its cases with an organisation: title, state, times and what is asked of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from floreo.core.access import Permission, reach
from floreo.core.errors import Missing
from floreo.incidents import case_page, moments
from floreo.incidents.models import Case, CaseOrganisation, TaskState, WaitingFor
from floreo.organisations.queries import bodies_of

MOST = 200


def _own_ids(viewer: object) -> set[int]:
    return bodies_of(reach(viewer, Permission.INCIDENT_READ) or ())


def _shared(viewer: object) -> list[Case]:
    """Those that are shared with the viewer's organisations, of whoever handles cases too: this page is for the others."""
    mine = CaseOrganisation.objects.filter(organisation__in=_own_ids(viewer), is_shared=True).values("case")
    rows = Case.objects.visible_to(viewer).filter(pk__in=mine).exclude(state="merged")
    return list(rows.order_by("-received_at", "-pk")[:MOST])


def own_cases(request: HttpRequest) -> HttpResponse:
    context = {"workspace_section": "own_cases", "rows": _shared(request.user)}
    return render(request, "workspace/cases/own_cases.html", context)


def own_case(request: HttpRequest, reference: str) -> HttpResponse:
    found = next((each for each in _shared(request.user) if each.reference == reference), None)
    if found is None:
        raise Missing
    now = moments.now()
    asked = found.tasks.filter(state=TaskState.OPEN, waiting_for=WaitingFor.ORGANISATION)
    context = {
        "workspace_section": "own_cases",
        "case": found,
        "asked": list(asked.order_by("due_at", "position", "pk")),
        "clocks": [each for each in case_page.clocks_of(found, now) if each.is_open],
    }
    return render(request, "workspace/cases/own_case.html", context)
