"""How a view gets what belongs to exercises; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils.translation import gettext_noop

from floreo.core.access import can
from floreo.core.errors import Missing, Refused
from floreo.core.links import hash_of, sign, signed
from floreo.tabletops.logic import ParticipantState
from floreo.tabletops.models import (
    READ,
    EvaluationPoint,
    ExpectedAction,
    Inject,
    Participant,
    Scenario,
    Tabletop,
    TabletopFinding,
    TabletopObjective,
)

LINK = "tabletop"
_confirming = Signer(salt="floreo.tabletops.confirm", sep="~", algorithm="sha256")


def _one(rows: models.QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise Missing
    return found


def get_scenario_for(viewer: object, code: str) -> Scenario:
    if not can(viewer, READ):
        raise Missing
    found: Scenario = _one(Scenario.objects.filter(code=code))
    return found


def get_tabletop_for(viewer: object, code: str) -> Tabletop:
    rows = Tabletop.objects.visible_to(viewer).select_related("scenario", "run_by", "what_if")
    found: Tabletop = _one(rows.filter(code=code))
    return found


def get_inject_for(viewer: object, code: str, number: int) -> Inject:
    tabletop = get_tabletop_for(viewer, code)
    found: Inject = _one(tabletop.injects.filter(number=number))
    found.tabletop = tabletop
    return found


def get_expected_for(viewer: object, code: str, pk: int) -> ExpectedAction:
    tabletop = get_tabletop_for(viewer, code)
    rows = ExpectedAction.objects.filter(inject__tabletop=tabletop).select_related("inject__tabletop", "objective")
    found: ExpectedAction = _one(rows.filter(pk=pk))
    return found


def get_objective_for(viewer: object, code: str, pk: int) -> TabletopObjective:
    tabletop = get_tabletop_for(viewer, code)
    found: TabletopObjective = _one(tabletop.objectives.select_related("tabletop").filter(pk=pk))
    return found


def get_point_for(viewer: object, code: str, pk: int) -> EvaluationPoint:
    tabletop = get_tabletop_for(viewer, code)
    found: EvaluationPoint = _one(tabletop.evaluation_points.select_related("tabletop").filter(pk=pk))
    return found


def get_participant_for(viewer: object, code: str, number: int) -> Participant:
    tabletop = get_tabletop_for(viewer, code)
    found: Participant = _one(tabletop.participants.select_related("organisation").filter(number=number))
    found.tabletop = tabletop
    return found


def get_finding_for(viewer: object, code: str, number: int) -> TabletopFinding:
    rows = TabletopFinding.objects.visible_to(viewer).select_related("tabletop__scenario", "organisation", "expected")
    found: TabletopFinding = _one(rows.filter(tabletop__code=code, number=number))
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guest:
    """Whoever has the link of one participant: may do with it what actions/joining.py and actions/playing.py allow, and nothing else."""

    participant: Participant

    @property
    def actor_code(self) -> str:
        return f"exercise-participant:{self.participant.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Participant of an exercise")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class AddressHolder:
    """Whoever pressed the button in the mail that was sent to an address to confirm it."""

    participant: Participant
    address: str

    @property
    def actor_code(self) -> str:
        return f"exercise-participant:{self.participant.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Participant of an exercise")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def token_of(participant: Participant) -> str:
    """The token of the own link: the same each time, until its link version is raised."""
    return sign(LINK, participant.pk, participant.link_version)


def participant_of_link(token: str) -> Participant:
    """Raises Missing for a link that is none or was ended, and of who was removed or left."""
    try:
        pk, version = signed(LINK, token)
    except Refused:
        raise Missing from None
    rows = Participant.objects.select_related("tabletop__scenario", "organisation")
    gone = [ParticipantState.REMOVED, ParticipantState.LEFT]
    found: Participant = _one(rows.filter(pk=pk, link_version=version).exclude(state__in=gone))
    return found


def _address_hash(address: str) -> str:
    return hash_of(address)[:16]


def confirm_token(participant: Participant) -> str:
    """Names the address too: a link that was sent to one address confirms no other."""
    return _confirming.sign(f"{participant.pk}-{participant.link_version}-{_address_hash(participant.pending_mail)}")


def address_of_link(token: str) -> AddressHolder:
    """Raises Missing for a link that is none, that was used, or whose address was given up meanwhile."""
    try:
        pk, version, given = _confirming.unsign(token).split("-")
        wanted = {"pk": int(pk), "link_version": int(version), "state": ParticipantState.ACCEPTED}
    except (BadSignature, ValueError):
        raise Missing from None
    found: Participant = _one(Participant.objects.select_related("tabletop").filter(**wanted))
    if not found.pending_mail or given != _address_hash(found.pending_mail):
        raise Missing
    return AddressHolder(found, found.pending_mail)
