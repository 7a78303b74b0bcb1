"""The link by which somebody without an account begins a notification: sent to their address, which it proves."""

from __future__ import annotations

from floreo.core import links, outbox
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.obligations import mails
from floreo.obligations.access import PURPOSE_START


@action("notification.link_asked", needs=None)  # anybody asks; the caller counts how often
def post_start(*, by: Actor, mail: str, language: str) -> None:
    """An older link to the same address that was not used ends. Nothing is said of whether the register knows the address."""
    token = links.make(PURPOSE_START, subject=mail.lower())
    outbox.post(mails.start_mail(mail, token, language))
