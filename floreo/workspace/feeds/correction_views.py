"""Pages of corrections: somebody says that a network is not theirs, and the team decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission, can, must
from floreo.feeds.access import get_correction_for, must_see_all
from floreo.feeds.actions import corrections as acts
from floreo.feeds.models import Correction, CorrectionState
from floreo.feeds.presenters import finding_text
from floreo.workspace.feeds import forms
from floreo.workspace.form_page import FormPage, form_page, person, posted

ROOM = "corrections"
DECIDED_SHOWN = 100


def corrections(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was decided lately."""
    must_see_all(request.user)
    rows = Correction.objects.select_related("organisation__merged_into", "moved_to", "answer__finding")
    waits = list(rows.filter(state=CorrectionState.OPEN).order_by("pk"))
    n = len(waits)
    context = {
        "workspace_section": ROOM,
        "waits": [(c, finding_text.why_text(c.reason, c.network)) for c in waits],
        "decided": list(rows.exclude(state=CorrectionState.OPEN)[:DECIDED_SHOWN]),
        "answer": ngettext(
            "%(n)d correction is waiting for a decision.", "%(n)d corrections are waiting for a decision.", n
        )
        % {"n": n},
        "handles": can(request.user, Permission.FINDING_HANDLE),
    }
    return render(request, "workspace/feeds/corrections.html", context)


def _question(correction: Correction, title: str, button: str, help_: str) -> FormPage:
    who = correction.answer.replied_by
    about = f"{correction.organisation.label}: {correction.network} ({who})"
    done, back = _("Decision recorded. The person who asked will be notified."), reverse("workspace:corrections")
    return FormPage(title, button, back, about=about, help=help_, done=done, room=ROOM)


def accept(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_correction_for(request.user, pk)
    question = _question(
        found,
        _("The register was wrong"),
        _("Correct the register"),
        _("Open findings move to the organisation you choose, or are closed without counting as fixed."),
    )
    form = forms.AcceptForm(posted(request))
    return form_page(request, form, lambda f: acts.accept(found, by=person(request), **f), question)


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.FINDING_HANDLE)
    found = get_correction_for(request.user, pk)
    question = _question(
        found,
        _("The register is right"),
        _("Leave the register unchanged"),
        _("The register does not change. They receive your reason."),
    )
    form = forms.RefuseForm(posted(request))
    return form_page(request, form, lambda f: acts.refuse_correction(found, by=person(request), **f), question)
