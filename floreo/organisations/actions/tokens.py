"""Tokens for programs: made, shown once, used, revoked. One never has more than its account, and ends with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import SYSTEM, Actor, Limit, Permission, can
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.links import hash_of
from floreo.core.outbox import letter, post
from floreo.core.wording import day_text
from floreo.core.writing import lock_latest, refuse, require_name, save
from floreo.organisations.models import Organisation, User
from floreo.organisations.models.tokens import WARN_BEFORE, ApiToken
from floreo.organisations.scopes import SCOPES, permissions_of, scopes_of

PREFIX = "floreo_"  # by which logs know a token, and leave it out (core/private_routes.py)
_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


def last_day_of_all() -> date:
    """The latest last day that a token may be given today."""
    return clock.today() + timedelta(days=settings.TOKEN_DAYS)


def make_token(
    user: User,
    *,
    by: Actor,
    name: str,
    scopes: Iterable[str] | None = None,
    organisation: Organisation | None = None,
    expires_on: date | None = None,
) -> tuple[ApiToken, str]:
    """The token's row and the token itself, which is not kept: whoever loses it makes another. In the workspace one makes tokens for one's
    own account alone; the command line, by the system, for any. Without purposes it gets all that its account can give but the
    directory's, without a day the longest time there is."""
    word = f"{PREFIX}{secrets.token_urlsafe(32)}"
    given = [scope.name for scope in scopes_of(user) if scope.name != "people"] if scopes is None else list(scopes)
    made = ApiToken(
        user=user,
        name=" ".join(name.split())[:120],
        scopes=sorted(set(given)),
        organisation=organisation,
        expires_on=expires_on or last_day_of_all(),
        made_by=by.actor_name[:200],
        token_hash=hash_of(word),
    )
    return _make(made, by=by), word


@action("api_token.made", needs=Permission.PROGRAM_CONNECT)
def _make(made: ApiToken, *, by: Actor) -> ApiToken:
    if isinstance(by, User) and by.pk != made.user_id:
        raise NotAllowed(_("A token acts for the account that creates it. Nobody creates one for another account."))
    require_name(made)
    _must_be_useful(made)
    if made.expires_on < clock.today():
        raise refuse("expires_on", _("This day is over. Choose a later one."), code="over")
    if made.expires_on > last_day_of_all():
        sentence = _("A token works until %(day)s at most. Choose an earlier day.") % {
            "day": day_text(last_day_of_all())
        }
        raise refuse("expires_on", sentence, code="too_long")
    if made.organisation is not None and not _speaks_for(made.user, made.organisation):
        raise refuse("organisation", _("Your account does not represent this organisation."), code="not_yours")
    return save(made)


def _must_be_useful(made: ApiToken) -> None:
    known = {scope.name for scope in scopes_of(made.user)}
    if not made.scopes:
        raise refuse("scopes", _("Choose at least one purpose that the account has permission for."), code="useless")
    if set(made.scopes) - known:
        raise refuse("scopes", _("The account does not have the permission for one of these purposes."), code="useless")


def _speaks_for(user: User, organisation: Organisation) -> bool:
    """Whether the account acts for all organisations, or for this one."""
    return any(body in (None, organisation.pk) for _role, body in user.grants())


@action("api_token.ended", needs=None)  # its own account, or whoever manages accounts
def end_token(token: ApiToken, *, by: Actor) -> None:
    fresh = lock_latest(token)
    if by.actor_code != fresh.user.actor_code and not can(by, Permission.ACCOUNT_MANAGE):
        raise NotAllowed
    if fresh.ended_at is not None:
        raise Refused(_("This token was already revoked."), code="ended")
    fresh.ended_at = clock.now()
    save(fresh)


def end_tokens_of(user: User) -> int:
    """All of an account that is switched off. Within an action."""
    found = list(ApiToken.objects.select_for_update().filter(user=user, ended_at=None))
    for token in found:
        token.ended_at = clock.now()
        save(token)
    return len(found)


class TokenRefused(Refused):
    """What was shown opens nothing, or nothing any more. Whoever holds it may know why."""

    status = 401


def token_of(word: str) -> ApiToken:
    """The token, while it opens something. Raises TokenRefused with the reason."""
    known = ApiToken.objects.filter(token_hash=hash_of(word)) if _SHAPE.fullmatch(word) else ApiToken.objects.none()
    token = known.select_related("user").first()
    if token is None:
        raise TokenRefused(
            _("Send a valid token as “Authorization: Bearer …”. Tokens are created in the workspace."), code="no_token"
        )
    if token.ended_at is not None:
        raise TokenRefused(_("This token was revoked. Create a new one in the workspace."), code="token_revoked")
    if token.expires_on < clock.today():
        sentence = _("This token ended on %(day)s. Create a new one in the workspace.")
        raise TokenRefused(sentence % {"day": day_text(token.expires_on)}, code="token_over")
    if not token.user.is_active:
        raise TokenRefused(_("The account of this token is switched off."), code="account_off")
    return token


def end_exposed(text: str) -> ApiToken | None:
    """Revokes the token that is in an address: whoever reads a log on the way could use it."""
    for word in _SHAPE.findall(text):
        token = ApiToken.objects.filter(token_hash=hash_of(word), ended_at=None).select_related("user").first()
        if token is not None:
            end_token(token, by=SYSTEM)
            return token
    return None


def must_be_for(token: ApiToken, scope: str) -> None:
    """Raises NotAllowed where the token is for other purposes."""
    if scope not in token.scopes:
        sentence = _("This token is not for this purpose: %(purpose)s. Create one that is, in the workspace.")
        raise NotAllowed(sentence % {"purpose": SCOPES[scope].words})


def account_of(token: ApiToken, *, address: str) -> User:
    """The account that a token acts for, narrowed to what the token is for. Day and address of its use are noted."""
    today = clock.today()
    if (token.last_used_on, token.last_used_from) != (today, address[:60]):
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today, last_used_from=address[:60])
    user = token.user
    user.limit = Limit(permissions_of(token.scopes), token.organisation_id)
    return user


@action("api_token.end_announced", needs=None, quiet=True)  # the worker, once a day
def warn_of_ends(*, by: Actor) -> int:
    """One mail to the account of each token that ends within a month. Returns how many."""
    today = clock.today()
    due = ApiToken.objects.in_force(today).filter(expires_on__lte=today + WARN_BEFORE, warned_on=None)
    count = 0
    for token in due.select_for_update(of=("self",)).select_related("user").order_by("pk"):
        _post_warning(token)
        ApiToken.objects.filter(pk=token.pk).update(warned_on=today)
        count += 1
    return count


def _post_warning(token: ApiToken) -> None:
    language = token.user.language or languages.home()
    with translation.override(language):
        facts = {"name": token.name, "day": day_text(token.expires_on)}
        subject = _("The token of “%(name)s” ends on %(day)s") % facts
        text = _(
            "After that day the program “%(name)s” can no longer use the API. Create a new token in the workspace, put it into the program, and revoke the old one."
        ) % {"name": token.name}
        address = settings.SITE_ADDRESS + token.workspace_url()
    post(
        letter(
            to=token.user.email,
            subject=subject,
            text=f"{text}\n\n{address}\n",
            kind="api_token.ends",
            about=f"organisations.apitoken:{token.pk}",
            language=language,
        )
    )


__all__ = [
    "PREFIX",
    "TokenRefused",
    "account_of",
    "end_exposed",
    "end_token",
    "end_tokens_of",
    "last_day_of_all",
    "make_token",
    "must_be_for",
    "token_of",
    "warn_of_ends",
]
