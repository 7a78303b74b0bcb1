"""What waits for the team in the register: claims to decide, and proposed changes to review; and mail that waits for a key of the team."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, team_keys
from floreo.core.access import SYSTEM, Permission, can
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, News, Recipient, Task
from floreo.offers import proposal_kinds
from floreo.organisations.actions.rdap import REGISTRY
from floreo.organisations.actions.tokens import warn_of_ends
from floreo.organisations.models import (
    OPEN_STATES,
    ApiToken,
    DifferenceState,
    Organisation,
    ProposalState,
    ProposedChange,
    RegistryDifference,
)
from floreo.organisations.models.tokens import WARN_BEFORE

EDIT = Permission.REGISTER_EDIT
MANAGE = Permission.ACCOUNT_MANAGE
INSTALL, HANDLE = Permission.PACK_LOAD, Permission.FINDING_HANDLE  # whoever runs the installation, and the team


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """Mail that waits for a key; tokens that end; then what waits in the register."""
    yield from _signing(recipient)
    yield from _tokens(recipient, viewer=viewer, today=today)
    yield from _of_register(recipient, viewer=viewer)


def _signing(recipient: Recipient) -> Iterator[Task]:
    """While a key of the team cannot sign: one for whoever runs the installation, and one for the team whose mail waits."""
    wanted = [needs for needs in (INSTALL, HANDLE) if recipient.everybody or needs in recipient.permissions]
    entry = team_keys.stopped() if wanted else None
    if entry is None:
        return
    since = clock.day_of(entry.at)
    health, outbox = reverse("health"), reverse("workspace:mail")
    if INSTALL in wanted:
        yield Task(
            key=f"core.signing:{entry.number}:key",
            kind="mail",
            title=_("Correct the key with which e-mail of the team is signed"),
            why=_("It cannot be used, so notices, advisories and e-mails of cases wait. The page says what is wrong."),
            href=health,
            due=since,
            since=since,
            needs=INSTALL,
            news=News.HELD,
            links=(ActionLink(_("See what is wrong"), health),),
        )
    if HANDLE in wanted:
        yield Task(
            key=f"core.signing:{entry.number}:mail",
            kind="mail",
            title=_("E-mail of the team waits: its key cannot sign"),
            why=_(
                "Notices, advisories, e-mails of cases and alerts leave once an administrator has corrected the key."
            ),
            href=outbox,
            due=since,
            since=since,
            needs=HANDLE,
            news=News.HELD,
            links=(ActionLink(_("Look at the outbox"), outbox),),
        )


def _tokens(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One for each token that ends within a month: for the person of its account, else for whoever manages accounts."""
    rows = ApiToken.objects.in_force(today).filter(expires_on__lte=today + WARN_BEFORE)
    if not recipient.everybody:
        theirs = Q(user__person__in=recipient.people)
        rows = rows.filter(theirs | Q(user__person=None) if MANAGE in recipient.permissions else theirs)
    if viewer is not None:
        rows = rows.visible_to(viewer)
    for token in rows.select_related("user").order_by("expires_on", "pk"):
        yield Task(
            key=key(token),
            kind="token",
            title=token.name,
            why=_("The token of this program ends. Create a new one and put it into the program."),
            href=token.workspace_url(),
            due=token.expires_on,
            person=token.user.person_id,
            needs=MANAGE,
        )


def warn_of_token_ends() -> int:
    return warn_of_ends(by=SYSTEM)


def _of_register(recipient: Recipient, *, viewer: object) -> Iterator[Task]:
    """One for each organisation with claims, and one for each with proposals; proposals of a kind with a permission of its own apart, for
    those who decide them. Three queries, and one for each such kind."""
    if not _is_for(EDIT, recipient, viewer):
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
    yield from _differences()
    yield from _proposals(ProposedChange.objects.of_all_reviewers(), "proposals", EDIT)
    for kind in proposal_kinds().values():
        if kind.decide_with is not None and _is_for(kind.decide_with, recipient, viewer):
            yield from _proposals(
                ProposedChange.objects.filter(kind=kind.name), f"proposals/{kind.name}", kind.decide_with
            )


def _differences() -> Iterator[Task]:
    """One for each registry whose file differs from the register."""
    waiting = RegistryDifference.objects.filter(state=DifferenceState.OPEN)
    for row in waiting.order_by("registry").values("registry").annotate(number=Count("pk"), first=Min("seen_on")):
        if row["registry"] == REGISTRY:
            why = ngettext(
                "%(n)d difference between answers of registries and the register waits for review.",
                "%(n)d differences between answers of registries and the register wait for review.",
                row["number"],
            )
        else:
            why = ngettext(
                "%(n)d difference between the file of this registry and the register waits for review.",
                "%(n)d differences between the file of this registry and the register wait for review.",
                row["number"],
            )
        yield Task(
            key=f"organisations.registryfile/{row['registry']}",
            kind="register",
            title=row["registry"] if row["registry"] != REGISTRY else _("Answers of registries (RDAP)"),
            why=why % {"n": row["number"]},
            href=f"{reverse('workspace:registry_files')}#differences",
            since=row["first"],
            needs=EDIT,
        )


def _is_for(needs: Permission, recipient: Recipient, viewer: object) -> bool:
    is_asked = recipient.everybody or needs in recipient.permissions
    return is_asked and (viewer is None or can(viewer, needs))


def _proposals(changes: QuerySet[ProposedChange], name: str, needs: Permission) -> Iterator[Task]:
    rows: Any = Organisation.objects.filter(proposed_changes__in=changes.filter(state=ProposalState.OPEN))
    rows = rows.annotate(number=Count("proposed_changes"), first=Min("proposed_changes__proposed_at"))
    for body in rows.order_by("name", "pk"):
        why = ngettext(
            "%(n)d proposed change waits for review.", "%(n)d proposed changes wait for review.", body.number
        )
        yield Task(
            key=f"{key(body)}/{name}",
            kind="register",
            title=body.named(),
            why=why % {"n": body.number},
            href=reverse("workspace:proposals_of", args=[body.code]),
            since=body.first.date(),
            needs=needs,
        )
