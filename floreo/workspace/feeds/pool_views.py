"""Networks whose addresses change hands or are shared: marked by their holder or the team, offered by the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.feeds.access import get_pool_for, pools_for, sees_all
from floreo.feeds.actions import pools as acts
from floreo.feeds.models import AddressPool, PoolState
from floreo.feeds.presenters.pools import evidence_text
from floreo.organisations.models import Organisation, User
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, starting_with
from floreo.workspace.feeds import forms

AREA = "findings"
PAST_SHOWN = 50


@dataclass(frozen=True)
class PoolRow:
    """One network, why it looks like a pool, and what may be done with it."""

    one: AddressPool
    evidence: str
    commands: Mapping[str, Command]


def _mark(*, by: User, prefix: str, kind: str, reason: str) -> AddressPool:
    """In the name of the organisation that the register gives the network to."""
    organisation = Organisation.objects.get(pk=acts.holder_of(prefix))
    return acts.mark_pool(organisation, by=by, prefix=prefix, kind=kind, reason=reason)


_BEFORE = _l("There, a fix counts only where the source identifies the machine itself.")

COMMANDS: Mapping[str, Command] = {
    "new": Command(
        _l("Mark a network"), _l("Mark"), Permission.FINDING_ANSWER, new(forms.PoolForm), _mark, help=_BEFORE
    ),
    "confirm": Command(
        _l("Confirm"),
        _l("Confirm"),
        Permission.FINDING_ANSWER,
        starting_with(forms.ConfirmPoolForm, kind=lambda pool: pool.kind),
        acts.confirm_pool,
        allowed_by(acts.must_be_offered),
        help=_BEFORE,
    ),
    "refuse": Command(
        _l("Neither dynamic nor shared"),
        _l("Neither dynamic nor shared"),
        Permission.FINDING_HANDLE,
        new(forms.DecidePoolForm),
        acts.refuse_pool,
        allowed_by(acts.must_be_offered),
        help=_l("It is not offered again."),
    ),
    "end": Command(
        _l("Remove the mark"),
        _l("Remove the mark"),
        Permission.FINDING_HANDLE,
        new(forms.DecidePoolForm),
        acts.end_pool,
        allowed_by(acts.must_be_active),
        help=_l("From then on the silence of a scan shows a fix at these addresses again, also of the time before."),
    ),
}


def pools(request: HttpRequest) -> HttpResponse:
    rows = [
        PoolRow(each, evidence_text(each), commands_for(request.user, each, COMMANDS))
        for each in pools_for(request.user)
    ]
    past = sorted((r for r in rows if r.one.state == PoolState.ENDED), key=lambda r: -r.one.pk)
    context = {
        "workspace_section": AREA,
        "offered": [row for row in rows if row.one.state == PoolState.OFFERED],
        "active": [row for row in rows if row.one.state == PoolState.ACTIVE],
        "refused": [row for row in rows if row.one.state == PoolState.REFUSED],
        "past": past[:PAST_SHOWN],
        "sees_all": sees_all(request.user),
        "may_mark": can(request.user, Permission.FINDING_ANSWER),
    }
    return render(request, "workspace/feeds/pools.html", context)


def new_pool(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, COMMANDS, "new", area=AREA, back=reverse("workspace:address_pools"))


def pool_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_pool_for(request.user, pk)
    return command_view(
        request, found, COMMANDS, name, area=AREA, about=found.prefix, back=reverse("workspace:address_pools")
    )
