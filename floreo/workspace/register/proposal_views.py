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
from floreo.core.wording import colon
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for, get_proposal_for
from floreo.organisations.actions.proposing import (
    called,
    differences,
    is_smooth,
    kind_of,
    may_decide,
    must_be_open,
    problems,
)
from floreo.organisations.models import Organisation, ProposalState, ProposedChange, RegisterEntry
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import person, press, shown_of
from floreo.workspace.register import forms

AREA = "proposals"
EDIT = Permission.REGISTER_EDIT
SHOWN = 100


def _text_of(change: ProposedChange) -> str:
    parts = [f"{each.label}{colon()} {each.now or '-'} → {each.then or '-'}" for each in differences(change)]
    return " · ".join([called(change), *parts, *problems(change)])


def _may_be_decided(change: ProposedChange, viewer: object) -> bool:
    return allowed_by(must_be_open)(change, viewer) and may_decide(change, viewer)


OF_PROPOSAL: Mapping[str, Command] = {
    "approve": Command(
        _l("Approve the change"),
        _l("Approve"),
        EDIT,
        forms.ApproveChangeForm,
        acts.approve_proposal,
        _may_be_decided,
        help=_text_of,
        done=_l("Approved, and made."),
    ),
    "reject": Command(
        _l("Reject the change"),
        _l("Reject"),
        EDIT,
        new(forms.DecideForm),
        acts.reject_proposal,
        _may_be_decided,
        help=_text_of,
        done=_l("Rejected. The organisation reads the reason."),
    ),
}


def proposals(request: HttpRequest) -> HttpResponse:
    """Organisations with changes that wait, the oldest first; and those whose entry nobody has confirmed for longest."""
    seen = ProposedChange.objects.visible_to(request.user).open()
    waiting = Organisation.objects.filter(proposed_changes__in=seen)
    rows = waiting.annotate(number=Count("proposed_changes"), first=Min("proposed_changes__proposed_at"))
    context = {
        "workspace_section": AREA,
        "rows": rows.order_by("first", "pk")[:SHOWN],
        "entries": RegisterEntry.objects.select_related("organisation").order_by("confirmed_on", "pk")[:SHOWN],
    }
    return render(request, "workspace/register/proposals.html", context)


def proposals_of(request: HttpRequest, code: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    seen = ProposedChange.objects.visible_to(request.user).filter(organisation=found)
    waiting = [
        (
            change,
            called(change),
            kind_of(change.kind).words,
            differences(change),
            problems(change),
            commands_for(request.user, change, OF_PROPOSAL),
        )
        for change in seen.open().order_by("proposed_at", "pk")
    ]
    smooth = sum(is_smooth(change) for change, *_rest in waiting)
    context = {
        "workspace_section": AREA,
        "organisation": found,
        "waiting": waiting,
        "smooth": smooth,
        "approve_words": ngettext("Approve %(n)d change", "Approve %(n)d changes", smooth) % {"n": smooth},
        "decided": seen.exclude(state=ProposalState.OPEN).order_by("-decided_at", "-pk")[:SHOWN],
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
