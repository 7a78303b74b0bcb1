"""Who is on duty, and filters of the list that the team shares."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.access import Permission
from floreo.incidents import case_page, moments
from floreo.incidents.actions import duties
from floreo.incidents.models import DutyShift, SavedFilter
from floreo.workspace.cases import forms
from floreo.workspace.commands import Command, command_view, new
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press

HANDLE = Permission.INCIDENT_HANDLE
_SHOWN = timedelta(days=7)  # shifts that are over are shown so long


def duty(request: HttpRequest) -> HttpResponse:
    now = moments.now()
    shifts = DutyShift.objects.filter(ends_at__gt=now - _SHOWN).select_related("user")[:200]
    rows = [(each, each.starts_at <= now < each.ends_at, each.ends_at <= now) for each in shifts]
    context = {"workspace_section": "duty", "rows": rows, "now": [each.user.name for each in case_page.on_duty(now)]}
    return render(request, "workspace/cases/duty.html", context)


NEW = {
    "new": Command(
        _l("Plan a shift"),
        _l("Plan the shift"),
        HANDLE,
        new(forms.DutyForm),
        duties.plan_duty,
        done=_l("Planned."),
    )
}


def new_shift(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "new", area="duty", back=reverse("workspace:duty"))


@require_POST
def remove_shift(request: HttpRequest, pk: int) -> HttpResponse:
    shift = get_object_or_404(DutyShift, pk=pk)
    do = lambda: duties.remove_duty(shift, by=person(request))  # noqa: E731 -- one line for one button
    return press(request, do, _("The shift was removed."), reverse("workspace:duty"))


def new_filter(request: HttpRequest) -> HttpResponse:
    """Keeps the list's address, as it was when the link was followed."""
    query = request.GET.urlencode()[:500]
    words = FormPage(
        _l("Save this filter for the team"),
        _l("Save"),
        reverse("workspace:cases"),
        done=_l("Saved. The whole team has it above the list."),
        area="cases",
    )
    form = forms.FilterForm(posted(request), initial={"query": query})
    return form_page(request, form, doing(request, duties.save_filter), words)


@require_POST
def remove_filter(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=pk)
    do = lambda: duties.remove_filter(saved, by=person(request))  # noqa: E731 -- one line for one button
    return press(request, do, _("The filter was removed."), reverse("workspace:cases"))
