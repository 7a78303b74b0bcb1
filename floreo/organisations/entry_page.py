"""What an organisation sees of its own entry: by its link and signed in alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from floreo.core.proposals import ProposalKind, What
from floreo.offers import proposal_kinds
from floreo.organisations.actions.proposing import called, differences
from floreo.organisations.actions.proving import record_name
from floreo.organisations.models import (
    OPEN_STATES,
    Holding,
    HoldingState,
    Organisation,
    ProposalState,
    ProposedChange,
    RegisterEntry,
)
from floreo.organisations.proposals import KINDS

_OWN = {kind.name for kind in KINDS}  # these have a part of the page of their own
SHOWN = 100


@dataclass(frozen=True)
class Records:
    """A kind of record of a higher app, with those that the organisation may speak of."""

    kind: ProposalKind
    words: Promise
    rows: list[Model]
    may_add: bool
    may_remove: bool


def holding_text(holding: Holding) -> str:
    """How far a claim has come, for whoever made it."""
    words = {"reason": holding.decision, "how": holding.verified_text}
    match holding.state:
        case HoldingState.CLAIMED:
            return _("Claimed. Nothing proves it yet.")
        case HoldingState.PROVED:
            return _("Proved (%(how)s). The team decides.") % words
        case HoldingState.APPROVED:
            return _("Approved.")
        case HoldingState.REJECTED:
            return _("Rejected. Reason: %(reason)s") % words
    return _("Withdrawn.")


def proposal_text(change: ProposedChange) -> str:
    """What became of a proposal, for whoever made it."""
    words = {"reason": change.decision}
    match change.state:
        case ProposalState.OPEN:
            return _("In review.")
        case ProposalState.APPROVED:
            return _("Approved.")
        case ProposalState.REJECTED:
            return _("Rejected. Reason: %(reason)s") % words
    return _("Taken back.")


def shown_holdings(organisation: Organisation) -> list[Holding]:
    """Its claims, as far as one page shows them."""
    return list(organisation.holdings.order_by("kind", "value", "-pk")[:500])


def entry_facts(
    organisation: Organisation, viewer: object, holdings: Iterable[Holding], documents: Mapping[int, Sequence[Any]]
) -> dict[str, Any]:
    """For the page of the entry. Of kinds with a permission of their own, what the viewer may read: by a link, nothing. `documents`: what was
    handed in for each claim, by its number."""
    known = [kind for kind in proposal_kinds().values() if kind.is_known_to(viewer, organisation)]
    rows = organisation.proposed_changes.filter(kind__in=[kind.name for kind in known])
    changes = list(rows.order_by("-proposed_at", "-pk")[:SHOWN])
    return {
        "organisation": organisation,
        "entry": RegisterEntry.objects.filter(organisation=organisation).first(),
        "contacts": list(organisation.contacts.order_by("role", "purpose", "pk")),
        "holdings": [
            (
                holding,
                holding_text(holding),
                holding.state in OPEN_STATES,
                record_name(holding),
                documents.get(holding.pk, ()),
            )
            for holding in holdings
        ],
        "proposals": [
            (
                called(change),
                change,
                proposal_text(change),
                differences(change) if change.state == ProposalState.OPEN else [],
                change.state == ProposalState.OPEN,
            )
            for change in changes
        ],
        "others": [
            Records(
                kind,
                kind.words,
                list(kind.rows(organisation)[:500]),
                kind.may(What.NEW),
                kind.may(What.REMOVE),
            )
            for kind in known
            if kind.name not in _OWN
        ],
    }
