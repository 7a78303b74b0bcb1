"""What the vault owes: evidence that runs out, links that no longer answer. Whose it is renews it; else who keeps it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.owing import Owed, OwedKind, Press, Whose
from floreo.evidence.logic import SOON
from floreo.evidence.models import Evidence, LinkState
from floreo.evidence.presenters import day_words
from floreo.organisations.queries import heirs

NEEDS = Permission.EVIDENCE_KEEP


def owed(whose: Whose, *, viewer: object, today: date) -> Iterator[Owed]:
    """One item a piece, whatever is wrong with it: what has run out counts before a dead link."""
    out = Q(valid_until__lte=today + SOON)
    rows = Evidence.objects.visible_to(viewer).standing().filter(out | Q(link_state=LinkState.DEAD))
    today_of = heirs()
    for evidence in _narrowed(rows, whose, today_of).order_by(F("valid_until").asc(nulls_last=True), "pk"):
        body = evidence.organisation_id
        item = _item(evidence, today_of.get(body, body) if body else None, today)
        if whose.holds(item):
            yield item


def _narrowed(rows: QuerySet[Evidence], whose: Whose, today_of: dict[int, int]) -> QuerySet[Evidence]:
    if whose.everybody:
        return rows
    bodies = set(whose.organisations) | {old for old, heir in today_of.items() if heir in whose.organisations}
    mine = Q(organisation__in=bodies)
    return rows.filter(mine | Q(organisation=None) if NEEDS in whose.permissions else mine)


def _item(evidence: Evidence, body: int | None, today: date) -> Owed:
    runs_out = evidence.valid_until is not None and evidence.valid_until <= today + SOON
    presses = [Press(_("Replace"), reverse("workspace:replace_evidence", args=[evidence.code]))]
    if not runs_out:
        presses.append(Press(_("Change the address"), reverse("workspace:edit_evidence", args=[evidence.code])))
    return Owed(
        key=key(evidence),
        kind=OwedKind.RENEW,
        title=evidence.named(),
        why=_why(evidence, today=today, runs_out=runs_out),
        href=evidence.desk_url(),
        due=evidence.valid_until if runs_out else None,
        since=evidence.link_seen_on if not runs_out else None,
        organisation=body,
        needs=NEEDS,
        presses=tuple(presses),
    )


def _why(evidence: Evidence, *, today: date, runs_out: bool) -> str:
    if not runs_out or evidence.valid_until is None:
        day = day_words(evidence.link_seen_on) if evidence.link_seen_on else ""
        return _("Its link did not answer on %(day)s. Give the new address, or keep the document itself.") % {
            "day": day
        }
    if evidence.valid_until < today:
        return _("This evidence ran out on %(day)s. Put a newer version in its place.") % {
            "day": day_words(evidence.valid_until)
        }
    return _("This evidence runs out on %(day)s. Put a newer version in its place.") % {
        "day": day_words(evidence.valid_until)
    }
