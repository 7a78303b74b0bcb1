"""A real mail server on loopback, which can refuse, put off, cut the line, and be down."""

from __future__ import annotations

import email
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings


class MailServer:
    """What it does with an address is shown by the words before the @: "full.house", "greylisted", "cut"."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.tries: Counter[str] = Counter()
        self.sessions = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.tries[address] += 1
        if address.startswith("nobody"):
            return "550 5.1.1 <nobody>: Recipient address rejected: User unknown"
        if address.startswith("greylisted") and self.tries[address] < 3:
            return "451 4.7.1 Greylisted, come back in five minutes"
        if address.startswith("cut") and self.tries[address] < 2:
            server.transport.close()  # type: ignore[union-attr]  # there is one while a client speaks
            return "250 never read"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        body = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        if b"win a prize" in body:
            return "554 5.7.1 Message looks like spam"
        found = email.message_from_bytes(body, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.got.append(found)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(server: MailServer) -> Iterator[int]:
    """Within it, the server listens on a free port of this machine, which is yielded."""
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def mail_server(handler: MailServer | None = None, **settings: object) -> Iterator[MailServer]:
    """Within it, mail goes to a server of our own on a free port of this machine."""
    server = handler or MailServer()
    with (
        listening(server) as port,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_USE_TLS=False,
            EMAIL_USE_SSL=False,
            EMAIL_HOST_USER="",
            EMAIL_HOST_PASSWORD="",
            **settings,
        ),
    ):
        yield server


@contextmanager
def no_mail_server() -> Iterator[None]:
    """Within it, nothing listens where the mail server should be."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=free_port()
    ):
        yield
