"""Pages of corrections: somebody says that a network is not theirs, and the team decides."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.access import Permission, can
from floreo.feeds.access import get_correction_for, must_see_all
from floreo.feeds.actions import corrections as acts
from floreo.feeds.models import Correction, CorrectionState
from floreo.feeds.presenters import finding_text
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.feeds import forms

AREA, HANDLE = "corrections", Permission.FINDING_HANDLE
DECIDED_SHOWN = 100


def corrections(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was decided lately."""
    must_see_all(request.user)
    rows = Correction.objects.select_related("organisation__merged_into", "moved_to", "answer__finding")
    waits = list(rows.filter(state=CorrectionState.OPEN).order_by("pk"))
    n = len(waits)
    context = {
        "workspace_section": AREA,
        "waits": [(c, finding_text.why_text(c.reason, c.network)) for c in waits],
        "decided": list(rows.exclude(state=CorrectionState.OPEN)[:DECIDED_SHOWN]),
        "answer": ngettext(
            "%(n)d correction is waiting for a decision.", "%(n)d corrections are waiting for a decision.", n
        )
        % {"n": n},
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/corrections.html", context)


_DONE = _l("Decision recorded. The person who asked will be notified.")
COMMANDS: Mapping[str, Command] = {
    "accept": Command(
        _l("The register was wrong"),
        _l("Correct the register"),
        HANDLE,
        new(forms.AcceptForm),
        acts.accept,
        allowed_by(acts.must_not_be_decided),
        help=_l(
            "Open findings move to the organisation you choose, or are closed without counting as not seen any more."
        ),
        done=_DONE,
    ),
    "refuse": Command(
        _l("The register is right"),
        _l("Leave the register unchanged"),
        HANDLE,
        new(forms.RefuseForm),
        acts.refuse_correction,
        allowed_by(acts.must_not_be_decided),
        help=_l("The register does not change. They receive your reason."),
        done=_DONE,
    ),
}


def correction_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found, back = get_correction_for(request.user, pk), reverse("workspace:corrections")
    about = f"{found.organisation.label}: {found.network} ({found.answer.replied_by})"
    return command_view(request, found, COMMANDS, name, area=AREA, about=about, back=back)
