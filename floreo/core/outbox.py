"""Mail that leaves: kept first, sent afterwards, so that a mail server that is down for days loses nothing.

`post` within an action; the worker's job sends what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from floreo.core import clock
from floreo.core.action import keep, keep_all
from floreo.core.models import OutboxMail


def letter(
    *,
    to: str,
    subject: str,
    text: str,
    kind: str,
    about: str = "",
    language: str = "",
    not_after: datetime | None = None,
    is_secret: bool = False,
    headers: Mapping[str, str] | None = None,
) -> OutboxMail:
    """A mail to one address, not yet kept. `kind` is a short word ("review.asked"), `about` the key of what it is about.
    `not_after`: worthless later, so it is dropped rather than sent. `is_secret`: it holds a link that opens something, so
    its text is wiped once it has left, and no page shows it."""
    return OutboxMail(
        to=to, subject=" ".join(subject.split())[:300], text=text, kind=kind, about=about, language=language,
        not_after=not_after, is_secret=is_secret, headers=dict(headers or {}), next_try_at=clock.now(),
    )  # fmt: skip


def post(mail: OutboxMail) -> OutboxMail:
    """Puts one letter into the outbox. Within an action."""
    return keep(mail, full_clean=False)


def post_all(mails: Iterable[OutboxMail]) -> int:
    """Puts many letters into the outbox at once. Within an action."""
    return keep_all(mails, model=OutboxMail)
