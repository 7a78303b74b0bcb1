"""Review of what organisations propose to change of their entries: differences only, all that have no problem with one press."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core.access import Permission
from floreo.core.errors import Missing
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for, get_proposal_for
from floreo.organisations.actions.proposing import differences, kind_of, must_be_open, problems
from floreo.organisations.models import Organisation, ProposalState, ProposedChange, RegisterEntry
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.form_page import person, press, shown_of
from floreo.workspace.forms import CommandForm
from floreo.workspace.register import forms

AREA = "proposals"
EDIT = Permission.REGISTER_EDIT
SHOWN = 100


def _text_of(change: ProposedChange) -> str:
    parts = [f"{each.label}: {each.now or '-'} → {each.then or '-'}" for each in differences(change)]
    return " · ".join([str(change), *parts, *problems(change)])


OF_PROPOSAL: Mapping[str, Command] = {
    "approve": Command(
        _l("Approve the change"),
        _l("Approve"),
        EDIT,
        new(CommandForm),
        acts.approve_proposal,
        allowed_by(must_be_open),
        help=_text_of,
        done=_l("Approved, and made."),
    ),
    "reject": Command(
        _l("Reject the change"),
        _l("Reject"),
        EDIT,
        new(forms.DecideForm),
        acts.reject_proposal,
        allowed_by(must_be_open),
        help=_text_of,
        done=_l("Rejected. The organisation reads the reason."),
    ),
}


def proposals(request: HttpRequest) -> HttpResponse:
    """Organisations with changes that wait, the oldest first; and those whose entry nobody has confirmed for longest."""
    waiting = Organisation.objects.filter(proposed_changes__state=ProposalState.OPEN)
    rows = waiting.annotate(number=Count("proposed_changes"), first=Min("proposed_changes__proposed_at"))
    context = {
        "workspace_section": AREA,
        "rows": rows.order_by("first", "pk")[:SHOWN],
        "entries": RegisterEntry.objects.select_related("organisation").order_by("confirmed_on", "pk")[:SHOWN],
    }
    return render(request, "workspace/register/proposals.html", context)


def proposals_of(request: HttpRequest, code: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    waiting = [
        (change, kind_of(change.kind).words, differences(change), problems(change))
        for change in found.proposed_changes.open().order_by("proposed_at", "pk")
    ]
    smooth = sum(not wrong for _change, _words, _differences, wrong in waiting)
    context = {
        "workspace_section": AREA,
        "organisation": found,
        "waiting": waiting,
        "smooth": smooth,
        "approve_words": ngettext("Approve %(n)d change", "Approve %(n)d changes", smooth) % {"n": smooth},
        "decided": found.proposed_changes.exclude(state=ProposalState.OPEN).order_by("-decided_at", "-pk")[:SHOWN],
        "entry": RegisterEntry.objects.filter(organisation=found).first(),
    }
    return render(request, "workspace/register/proposals_of.html", context)


@require_POST
def approve_all(request: HttpRequest, code: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    back = reverse("workspace:proposals_of", args=[code])
    return press(
        request,
        lambda: acts.approve_all(found, by=person(request), shown=shown_of(request)),
        lambda number: (
            ngettext("%(n)d change approved, and made.", "%(n)d changes approved, and made.", number) % {"n": number}
        ),
        back,
    )


def proposal_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    change = get_proposal_for(request.user, pk)
    if change.organisation.code != code:
        raise Missing
    back = reverse("workspace:proposals_of", args=[code])
    about = _("%(name)s: proposed change") % {"name": change.organisation.named()}
    return command_view(request, change, OF_PROPOSAL, name, area=AREA, about=about, back=back)
