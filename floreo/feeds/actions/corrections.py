"""Deciding about "not ours": the register is corrected, or stays; whoever asked is notified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.feeds import logic, notice_mail
from floreo.feeds.actions.moving import outside
from floreo.feeds.engine.events import Match
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Correction, CorrectionState, Finding, FindingState, OpenPeriod, ReplyKind
from floreo.organisations.actions.holdings import add_holding, move_holding, remove_holding
from floreo.organisations.actions.networks import update_network
from floreo.organisations.models import Holding, HoldingKind, Network, Organisation
from floreo.organisations.queries import bodies_of

HANDLE = Permission.FINDING_HANDLE


def _with_register(correction: Correction) -> Iterable[models.Model | models.QuerySet[Any]]:
    """The request, and what the register says of whom it is about."""
    bodies = bodies_of([correction.organisation.successor().pk])
    return [correction, Holding.objects.filter(organisation__in=bodies), Network.objects.filter(holder__in=bodies)]


@action("correction.accepted", needs=HANDLE, decides=_with_register)
def accept(
    correction: Correction,
    *,
    by: Actor,
    moved_to: Organisation | None = None,
    decision: str = "",
    shown: str | None = None,
) -> Correction:
    """The register was wrong: the network goes to `moved_to`, or to nobody. Findings that are open go along, or close without
    counting as fixed."""
    correction = _open(correction)
    successor = correction.organisation.successor()
    if moved_to is not None and moved_to.successor().pk == successor.pk:
        raise refuse(
            "moved_to",
            _("It is already attributed to this organisation. Choose another organisation, or none."),
            code="same",
        )
    moved_to = moved_to.successor() if moved_to else None
    _correct_register(correction, moved_to, by=by)
    _rehome(correction, moved_to)
    correction.moved_to = moved_to
    return _decide(correction, CorrectionState.ACCEPTED, decision, by)


@action("correction.refused", needs=HANDLE, decides=_with_register)
def refuse_correction(correction: Correction, *, by: Actor, decision: str, shown: str | None = None) -> Correction:
    """The register is right. Whoever asked is informed of the reason."""
    correction = _open(correction)
    if not decision.strip():
        raise refuse("decision", _("Give the reason. The person who asked will read it."), code="missing")
    return _decide(correction, CorrectionState.REFUSED, decision, by)


def must_not_be_decided(correction: Correction) -> None:
    if correction.state != CorrectionState.OPEN:
        sentence = _("%(who)s has already decided this. Reload the page.") % {"who": correction.decided_by}
        raise Refused(sentence, code="decided")


def _open(correction: Correction) -> Correction:
    correction = lock_latest(correction)
    must_not_be_decided(correction)
    return correction


def _decide(correction: Correction, state: CorrectionState, decision: str, by: Actor) -> Correction:
    correction.state, correction.decision = state, decision.replace("\x00", "").strip()[:4000]
    correction.decided_at, correction.decided_by = moment(clock.today()), by.actor_name[:200]
    save(correction, full_clean=False)
    notice = correction.answer.notice
    if notice is not None:
        outbox.post_all([notice_mail.decided(correction, to, by=by.actor_name) for to in notice.to])
    return correction


def _correct_register(correction: Correction, moved_to: Organisation | None, *, by: Actor) -> None:
    """What names them today is changed: a holding, a network's prefix, or the network itself."""
    bodies = bodies_of([correction.organisation.successor().pk])
    value, why = (
        correction.network,
        _("They report that it is not theirs: %(who)s") % {"who": correction.answer.sender},
    )
    holding = Holding.objects.approved().filter(organisation__in=bodies, value=value).first()
    if holding is not None:
        if moved_to is None:
            remove_holding(holding, by=by, reason=why)
        else:
            move_holding(holding, by=by, to=moved_to, reason=why)
        return
    networks = list(Network.objects.filter(holder__in=bodies))
    if correction.reason == Match.ASN:
        for network in (n for n in networks if n.code == value):
            update_network(network, by=by, holder=moved_to)
            return
    for network in (n for n in networks if value in n.prefixes):  # what stays would count as theirs still
        left = [p for p in network.prefixes if p != value]
        update_network(network, by=by, prefixes=left, accept_overlap=True)
        if moved_to is not None:
            add_holding(moved_to, by=by, is_approved=True, kind=HoldingKind.PREFIX, value=value, source=why[:500])
        return
    note(register="no longer named them")


def _rehome(correction: Correction, moved_to: Organisation | None) -> None:
    """From today what is there is the other's. Where they know of it already, and where it is nobody's, it is outside: that counts
    as fixed nowhere."""
    bodies = bodies_of([correction.organisation.successor().pk])
    rows = Finding.objects.select_for_update(of=("self",)).filter(organisation__in=bodies, state__in=logic.OPEN_STATES)
    open_findings = list(rows.filter(network=correction.network).order_by("pk"))
    known = set()
    if moved_to is not None:
        theirs = Finding.objects.filter(organisation=moved_to, network=correction.network)
        known = set(theirs.values_list("unit", "kind", "port"))
    today, moved, closed = clock.today(), [], []
    for finding in open_findings:
        finding.claim, finding.notified_on, finding.notified_state = "", None, ""
        if moved_to is not None and (finding.unit, finding.kind, finding.port) not in known:
            finding.moved_from, finding.moved_on, finding.organisation = finding.organisation, today, moved_to
            finding.reply, finding.replied_on = "", None
            moved.append(finding)
        else:
            why = _("They report that it is not theirs: %(who)s") % {"who": correction.answer.sender}
            finding.ending = outside(finding.pk, why)
            finding.state, finding.reply = FindingState.OUTSIDE, ReplyKind.NOT_OURS
            closed.append(finding)
    fields = [
        "organisation",
        "moved_from",
        "moved_on",
        "reply",
        "replied_on",
        "claim",
        "notified_on",
        "notified_state",
        "state",
        "ending",
    ]
    Finding.objects.bulk_update([*moved, *closed], fields, batch_size=200)
    for finding in closed:
        periods = OpenPeriod.objects.filter(finding=finding, ended_on=None)
        periods.update(ended_on=today, shown_on=today, last_day=finding.last_day, ending=FindingState.OUTSIDE)
    note(findings_moved=len(moved), findings_closed=len(closed))


__all__ = ["accept", "refuse_correction"]
