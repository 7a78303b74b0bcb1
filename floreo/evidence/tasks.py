"""Tasks of the vault: evidence that runs out, links that no longer answer. Its owner renews it; else who keeps it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.evidence.logic import SOON
from floreo.evidence.models import Evidence, LinkState
from floreo.evidence.presenters import day_text
from floreo.organisations.queries import successors

NEEDS = Permission.EVIDENCE_KEEP


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One item a piece, whatever is wrong with it: what has run out counts before a dead link."""
    out = Q(valid_until__lte=today + SOON)
    rows = Evidence.objects.visible_to(viewer).not_withdrawn().filter(out | Q(link_state=LinkState.DEAD))
    today_of = successors()
    for evidence in _narrowed(rows, recipient, today_of).order_by(F("valid_until").asc(nulls_last=True), "pk"):
        body = evidence.organisation_id
        item = _item(evidence, today_of.get(body, body) if body else None, today)
        if recipient.holds(item):
            yield item


def _narrowed(rows: QuerySet[Evidence], recipient: Recipient, today_of: dict[int, int]) -> QuerySet[Evidence]:
    if recipient.everybody:
        return rows
    bodies = set(recipient.organisations) | {
        old for old, successor in today_of.items() if successor in recipient.organisations
    }
    mine = Q(organisation__in=bodies)
    return rows.filter(mine | Q(organisation=None) if NEEDS in recipient.permissions else mine)


def _item(evidence: Evidence, body: int | None, today: date) -> Task:
    runs_out = evidence.valid_until is not None and evidence.valid_until <= today + SOON
    links = [ActionLink(_("Replace"), reverse("workspace:replace_evidence", args=[evidence.code]))]
    if not runs_out:
        links.append(ActionLink(_("Change the address"), reverse("workspace:edit_evidence", args=[evidence.code])))
    return Task(
        key=key(evidence),
        kind="renew",
        title=evidence.named(),
        why=_why(evidence, today=today, runs_out=runs_out),
        href=evidence.workspace_url(),
        due=evidence.valid_until if runs_out else None,
        since=evidence.link_seen_on if not runs_out else None,
        organisation=body,
        needs=NEEDS,
        links=tuple(links),
    )


def _why(evidence: Evidence, *, today: date, runs_out: bool) -> str:
    if not runs_out or evidence.valid_until is None:
        day = day_text(evidence.link_seen_on) if evidence.link_seen_on else ""
        return _("Its link did not respond on %(day)s. Enter the new address, or upload the document.") % {"day": day}
    if evidence.valid_until < today:
        return _("This evidence expired on %(day)s. Replace it with a newer version.") % {
            "day": day_text(evidence.valid_until)
        }
    return _("This evidence expires on %(day)s. Replace it with a newer version.") % {
        "day": day_text(evidence.valid_until)
    }
