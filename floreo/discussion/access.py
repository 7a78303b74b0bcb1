"""Who may read and write comments on a thing: who sees the thing, and may read what is internal of its kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models

from floreo.core.access import ROLES, Permission, can
from floreo.core.errors import Missing
from floreo.core.keys import key, thing_of
from floreo.core.policy import things_seen
from floreo.discussion.models import Comment, Mention
from floreo.offers import discussed
from floreo.organisations.models import Membership, User


def needs_of(thing: models.Model) -> Permission | None:
    """What a reader of its comments needs; None for a kind that is not discussed."""
    return discussed().get(thing._meta.label_lower)


def may_discuss(viewer: object, thing: models.Model) -> bool:
    needs = needs_of(thing)
    return (
        needs is not None
        and can(viewer, Permission.WORKSPACE_OPEN)
        and can(viewer, needs, thing)
        and bool(things_seen([key(thing)], viewer))
    )


def get_thing_for(viewer: object, name: str) -> models.Model:
    """A thing to comment on. Raises Missing for one that is not discussed, or that the viewer may not know of."""
    thing = thing_of(name)
    if thing is None or not may_discuss(viewer, thing):
        raise Missing
    return thing


def get_comment_for(viewer: object, pk: int) -> Comment:
    found = Comment.objects.visible_to(viewer).filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_mention_for(viewer: object, pk: int) -> Mention:
    """One's own mention, in a comment that one may still read."""
    found = Mention.objects.filter(pk=pk, comment__in=Comment.objects.visible_to(viewer)).first()
    if found is None or not found.is_of(viewer):
        raise Missing
    return found


def readers_of(thing: models.Model, among: Iterable[User] | None = None) -> list[User]:
    """The accounts that may read comments on the thing, in the order of their names. The roles that may at all are asked first."""
    needs = needs_of(thing)
    if needs is None:
        return []
    roles = [name for name, role in ROLES.items() if needs in role.grants]
    users = User.objects.filter(is_active=True, memberships__role__in=roles).distinct().order_by("name", "pk")
    if among is not None:
        users = users.filter(pk__in=[user.pk for user in among])
    return [user for user in with_grants(users) if may_discuss(user, thing)]


def with_grants(users: Iterable[User]) -> list[User]:
    """Accounts with their roles, which are then not asked for one by one."""
    found = list(users)
    roles: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    rows = Membership.objects.filter(user__in=found)
    for account, role, organisation in rows.values_list("user", "role", "organisation"):
        roles[account].append((role, organisation))
    for user in found:
        user.__dict__["_grants"] = roles[user.pk] if user.is_active else []
    return found
