"""Whether a machine wrote a mail: RFC 3834, section 5, and the older marks of common servers. Such mail is never answered, so that
two machines cannot write to each other for ever. Imports no Django."""

from __future__ import annotations

import re
from email.message import Message

_SERVERS = re.compile(r"\b(mailer-daemon|postmaster|mail delivery (?:sub)?system)\b", re.IGNORECASE)
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "X-Loop")
_ANSWERS = ("X-Autoreply", "X-Autorespond")
_BULK = {"bulk", "junk", "list", "auto_reply"}


def came_from_a_server(message: Message) -> bool:
    """Written by the mail system itself: no return path, or one of its names as the sender."""
    null_sender = _value(message, "Return-Path") == "<>"
    return null_sender or bool(_SERVERS.search(_value(message, "From")))


def is_automatic(message: Message) -> bool:
    """Whether no answer may be sent: written by a machine, sent to a list, returned, or marked so."""
    submitted, precedence = _word(message, "Auto-Submitted"), _word(message, "Precedence")
    return (
        submitted not in {"", "no"}
        or precedence in _BULK
        or any(_value(message, name) for name in _MARKS)
        or came_from_a_server(message)
    )


def is_answering_machine(message: Message) -> bool:
    """Whether it answers a mail by itself: "out of office", "we have received your message". Reports of programs are not."""
    submitted, precedence = _word(message, "Auto-Submitted"), _word(message, "Precedence")
    return submitted == "auto-replied" or precedence == "auto_reply" or any(_value(message, name) for name in _ANSWERS)


def _word(message: Message, name: str) -> str:
    """The first word of a header, without what follows it in brackets or after a semicolon."""
    return re.split(r"[\s;(]", _value(message, name), maxsplit=1)[0].lower()


def _value(message: Message, name: str) -> str:
    """A header as one line; "" where there is none or it cannot be read."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # bytes from outside in a library that raises what it likes
        return ""
