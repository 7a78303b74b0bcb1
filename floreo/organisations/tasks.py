"""What waits for the team in the register: claims to decide, and proposed changes to review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from floreo.core.access import Permission, can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.organisations.models import OPEN_STATES, Organisation, ProposalState

EDIT = Permission.REGISTER_EDIT


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One for each organisation with claims, and one for each with proposals. Two queries."""
    if not recipient.everybody and EDIT not in recipient.permissions:
        return
    if viewer is not None and not can(viewer, EDIT):
        return
    claimed = Organisation.objects.filter(holdings__state__in=OPEN_STATES)
    rows: Any = claimed.annotate(number=Count("holdings"), first=Min("holdings__claimed_on"))
    for body in rows.order_by("name", "pk"):
        why = ngettext(
            "%(n)d claim to addresses or a domain waits.", "%(n)d claims to addresses or domains wait.", body.number
        )
        yield Task(
            key=f"{key(body)}/claims",
            kind="register",
            title=body.named(),
            why=why % {"n": body.number},
            href=f"{reverse('workspace:claims')}?organisation={body.code}",
            since=body.first,
            needs=EDIT,
        )
    proposing = Organisation.objects.filter(proposed_changes__state=ProposalState.OPEN)
    rows = proposing.annotate(number=Count("proposed_changes"), first=Min("proposed_changes__proposed_at"))
    for body in rows.order_by("name", "pk"):
        why = ngettext(
            "%(n)d proposed change waits for review.", "%(n)d proposed changes wait for review.", body.number
        )
        yield Task(
            key=f"{key(body)}/proposals",
            kind="register",
            title=body.named(),
            why=why % {"n": body.number},
            href=reverse("workspace:proposals_of", args=[body.code]),
            since=body.first.date(),
            needs=EDIT,
        )
