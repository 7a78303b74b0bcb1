"""Who may read a private calendar: whoever has its address, until it is replaced."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core import links
from floreo.core.access import Permission, can
from floreo.core.errors import Missing, Refused
from floreo.organisations.models import User
from floreo.tasks.models import FeedKey

PURPOSE = "calendar"
REPLACED = _("This calendar address was replaced. Get the new one from “My tasks”.")


def get_feed_for(token: str) -> User:
    """Whose calendar that address is. Raises Missing for one that was never made here, was replaced, or whose account
    is closed."""
    try:
        subject, version = links.signed(PURPOSE, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from None
    user = User.objects.filter(pk=subject, is_active=True).select_related("person").first()
    if user is None or not can(user, Permission.WORKSPACE_OPEN):
        raise Missing
    if version != link_version_of(user):
        raise Missing(REPLACED)
    return user


def link_version_of(user: User) -> int:
    found = FeedKey.objects.filter(user=user).values_list("link_version", flat=True).first()
    return found if found is not None else 1


def feed_token(user: User) -> str:
    """The token of the user's private calendar, as it is today."""
    return links.sign(PURPOSE, user.pk, link_version_of(user))
