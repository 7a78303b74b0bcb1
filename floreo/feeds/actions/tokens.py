"""Tokens for programs: made, shown once, ended."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.writing import lock_latest, refuse, require_name, save
from floreo.feeds.models import ApiToken
from floreo.organisations.models import User


@action("api_token.made", needs=Permission.ACCOUNT_MANAGE)
def make_token(user: User, *, by: Actor, name: str) -> tuple[ApiToken, str]:
    """The token's row and the word itself, which is not kept: whoever loses it makes another."""
    if not (can(user, Permission.FEED_READ) or can(user, Permission.INCIDENT_HANDLE)):
        raise refuse("user", _("This account has no permission that the API offers to programs."), code="useless")
    word = f"floreo_{secrets.token_urlsafe(32)}"
    made = ApiToken(user=user, name=name.strip()[:120], token_hash=hash_of(word))
    require_name(made)
    return save(made), word


@action("api_token.ended", needs=Permission.ACCOUNT_MANAGE)
def end_token(token: ApiToken, *, by: Actor) -> None:
    fresh = lock_latest(token)
    if fresh.ended_at is not None:
        raise Refused(_("This token has already ended."), code="ended")
    fresh.ended_at = clock.now()
    save(fresh)


def owner_of(word: str) -> User | None:
    """The account that a token speaks for, while both are good. The day of its use is noted, for whoever tidies up."""
    token = ApiToken.objects.filter(token_hash=hash_of(word), ended_at=None).select_related("user").first()
    if token is None or not token.user.is_active:
        return None
    if token.last_used_on != clock.today():
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=clock.today())
    return token.user
