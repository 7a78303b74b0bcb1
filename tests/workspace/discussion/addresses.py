"""Examples for the addresses of comments."""

from __future__ import annotations

from floreo.core.audit import key
from floreo.discussion.actions import add_comment
from floreo.discussion.models import Mention
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action


def examples(country: Country, user: User) -> dict[str, list[object]]:
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    comment = add_comment(act, by=user, text="A trial.")
    mention = Mention.objects.create(comment=comment, user=user)
    return {
        "discussion": [key(act)],
        "edit_comment": [comment.pk],
        "remove_comment": [comment.pk],
        "mentions": [mention.pk],
        "see_mention": [mention.pk],
        "see_mentions": [mention.pk],
    }
