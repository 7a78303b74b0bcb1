"""Faults put in on purpose (`--fault NAME`), to show that the instrument finds them. Never imported otherwise."""

from __future__ import annotations

import threading
from typing import Any

from django.core.mail import EmailMessage

from floreo.core import delivery
from floreo.core.models import OutboxMail
from floreo.feeds.actions import posting
from floreo.feeds.collectors import spool


def answers_before_it_writes() -> None:
    """The API answers, and the events reach the disk a moment later."""
    real = spool.append

    class Later:
        roll = staticmethod(spool.roll)

        @staticmethod
        def append(*arguments: Any) -> None:
            threading.Timer(0.3, real, arguments).start()

    posting.spool = Later  # type: ignore[assignment, attr-defined]


def notes_letters_when_all_have_left() -> None:
    """A mail is noted as sent only when its whole batch has left."""
    sent: list[tuple[OutboxMail, EmailMessage]] = []
    real_mark, real_batch = delivery._mark_sent, delivery._send_batch

    def batch(*arguments: Any) -> int:
        found = real_batch(*arguments)
        while sent:
            real_mark(*sent.pop())
        return found

    delivery._mark_sent = lambda mail, message: sent.append((mail, message))
    delivery._send_batch = batch  # type: ignore[assignment]
