"""Pages of corrections: somebody says that a network is not theirs, and the team decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.assignments.models import Assignment
from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.wording import colon
from floreo.feeds.access import get_correction_for, must_see_all
from floreo.feeds.actions import corrections as acts
from floreo.feeds.models import Correction, CorrectionState
from floreo.feeds.presenters import finding_text
from floreo.organisations.models import User
from floreo.workspace.bulk import Bulk, bulk, picked, picks_of, run
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.feeds import forms
from floreo.workspace.form_page import shown_of
from floreo.workspace.ownership import OwnerBox, owners, team_for

AREA, HANDLE = "corrections", Permission.FINDING_HANDLE
DECIDED_SHOWN = 100


def corrections(request: HttpRequest) -> HttpResponse:
    """What waits first, then what was decided lately."""
    must_see_all(request.user)
    rows = Correction.objects.select_related("organisation__merged_into", "moved_to", "answer__finding")
    waits = list(rows.filter(state=CorrectionState.OPEN).order_by("pk"))
    n, held = len(waits), owners(key(c) for c in waits)
    context = {
        "workspace_section": AREA,
        "waits": [_row(c, held.get(key(c))) for c in waits],
        "people": team_for(request.user, HANDLE),
        "decided": list(rows.exclude(state=CorrectionState.OPEN)[:DECIDED_SHOWN]),
        "answer": ngettext(
            "%(n)d correction is waiting for a decision.", "%(n)d corrections are waiting for a decision.", n
        )
        % {"n": n},
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/corrections.html", context)


@dataclass(frozen=True)
class CorrectionRow:
    """One that waits: why its notice named them, and who of the team has it."""

    one: Correction
    why: str
    owner: OwnerBox | None

    @property
    def pick(self) -> str:
        """The value of its tick box: the correction, and the assignment that is shown."""
        return f"{key(self.one)}|{self.owner.was if self.owner else 0}"


def _row(one: Correction, current: Assignment | None) -> CorrectionRow:
    why = finding_text.why_text(one.reason, one.network, to_holder=False)
    return CorrectionRow(one, why, OwnerBox(key(one), current, is_mine=False))


def _refuse(one: Correction, by: User, facts: Mapping[str, Any]) -> None:
    acts.refuse_correction(one, by=by, decision=facts["decision"], shown=facts["shown"])


REFUSE = bulk(Bulk("corrections.refuse", _l("Leave the register unchanged"), HANDLE, _refuse))


@require_POST
def refuse_many(request: HttpRequest) -> HttpResponse:
    """The register is right in all that was ticked, for one reason: a line for each. Those who asked are informed, so it cannot be
    undone; what was changed since the page was read is refused."""
    must_see_all(request.user)
    back = reverse("workspace:corrections")
    try:
        given = [each.rpartition(":")[2].partition("|")[0] for each in picked(request, "pick")]
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    rows = Correction.objects.select_related("organisation", "answer__notice")
    picks = picks_of(given, rows, lambda c: f"{c.organisation.label}{colon()} {c.network}")
    facts = {"decision": request.POST.get("decision", ""), "shown": shown_of(request)}
    return run(request, REFUSE, picks, facts, back=back)


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
    about = f"{found.organisation.label}{colon()} {found.network} ({found.answer.sender})"
    return command_view(request, found, COMMANDS, name, area=AREA, about=about, back=back)
