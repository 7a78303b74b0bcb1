"""Mails to those who sit on a committee."""

from __future__ import annotations

from floreo.core.outbox import post_all
from floreo.meetings.letters import Words, to_seats
from floreo.meetings.models import Meeting


def notify_seats(meeting: Meeting, words: Words) -> dict[str, object]:
    """Puts a mail to every seat into the outbox, within the action that runs. What the trail notes: how many mails,
    and which bodies have no address."""
    mails, unreached = to_seats(meeting, words)
    sent = post_all(mails)
    return {"letters": sent, "no_address": unreached} if unreached else {"letters": sent}
