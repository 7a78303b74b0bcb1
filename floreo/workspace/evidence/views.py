"""Pages of the vault: the list with what runs out first in its filters, and one piece with all that it shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission, can, must, reach
from floreo.core.keys import things_of
from floreo.core.lists import Listing
from floreo.core.policy import things_seen
from floreo.core.ui import locale
from floreo.evidence import presenters, queries
from floreo.evidence.access import get_evidence_for
from floreo.evidence.logic import Validity
from floreo.evidence.models import Evidence, LinkState
from floreo.evidence.tables import EVIDENCE
from floreo.workspace.verbs import history_of


@dataclass(frozen=True)
class EvidenceRow:
    """One piece in the list: what it is, how long it holds, how much it shows."""

    evidence: Evidence
    validity: str
    is_bad: bool
    size: str
    shows: int


def row_of(evidence: Evidence, shows: int = 0) -> EvidenceRow:
    today = clock.today()
    is_dead = evidence.link_state == LinkState.DEAD
    text = presenters.link_text(evidence) if is_dead else presenters.validity_text(evidence, today=today)
    is_bad = evidence.withdrawn_on is None and (is_dead or evidence.validity(today) is Validity.OUT)
    return EvidenceRow(evidence, text, is_bad, presenters.size_text(evidence.size), shows)


def evidence(request: HttpRequest) -> HttpResponseBase:
    """Everything in the vault that this person may see."""
    must(request.user, Permission.EVIDENCE_READ)
    listing = Listing(EVIDENCE, request)
    if file := listing.download():
        return file
    shows = queries.counts_of(listing.rows)
    count = ngettext("%(n)s piece of evidence.", "%(n)s pieces of evidence.", listing.total) % {
        "n": locale.number(listing.total)
    }
    context = {
        "workspace_section": "evidence",
        "listing": listing,
        "count": count,
        "rows": [row_of(one, shows.get(one.pk, 0)) for one in listing.rows],
        "may_keep": can(request.user, Permission.EVIDENCE_KEEP),
    }
    return render(request, "workspace/evidence/evidence.html", context)


def evidence_item(request: HttpRequest, code: str) -> HttpResponse:
    """One piece: what it is, what it shows, what came before and after it."""
    must(request.user, Permission.EVIDENCE_READ)
    found = get_evidence_for(request.user, code)
    may_keep = can(request.user, Permission.EVIDENCE_KEEP, found)
    record = things_seen([found.record], request.user).get(found.record)
    context = {
        "workspace_section": "evidence",
        "item": found,
        "places": queries.places_of(found, request.user),
        "row": row_of(found),
        "link": presenters.link_text(found),
        "in_search": presenters.in_search_text(found),
        "may_keep": may_keep and found.withdrawn_on is None,
        "record": queries.name_of(record) if record else "",
        "record_href": queries.page_of(record) if record else "",
        "record_gone": bool(found.record) and found.record not in things_of([found.record]),
        "before": Evidence.objects.visible_to(request.user).filter(replaced_by=found),
        "after": queries.seen_or_none(found.replaced_by, request.user),
        "history": history_of(found, viewer=request.user),
        "may_publish": reach(request.user, Permission.EVIDENCE_KEEP) is None,
    }
    return render(request, "workspace/evidence/item.html", context)
