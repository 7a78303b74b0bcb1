"""What leaves by mail at somebody's press is seen before. Here it is noted while an action runs: `core/outbox.py` gives each mail.

A page of the workspace may post mail only `within` a press, which shows first what would leave (workspace/sending.py). Mail that is
posted there in any other way is a mistake in the program, unless its kind is in UNSEEN."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from floreo.core.models import MailState, OutboxMail
from floreo.core.private_routes import with_placeholders

# Kinds of mail that nobody is shown before, each with the reason. A kind that ends with a dot means all that begin so.
UNSEEN: Mapping[str, str] = {
    "account.": "written by the sign-in to the person who pressed, or to the owner of the account about its security",
    "test": "to the person who presses, to see that mail arrives; its words are on the page it is pressed on",
    "feeds.receipt": "the receipt of a reply, to whoever replied",
    "notification.waiting": "the receipt of a notification, to whoever submitted it",
    "notification.team": "informs the national team that somebody submitted a notification: its press is the submitter's",
}
# What differs from one drawing of a calendar file to the next, and says nothing to its reader.
_VARIES = re.compile(r"^(?:DTSTAMP|CREATED|LAST-MODIFIED|UID|SEQUENCE):.*$", re.MULTILINE)


class Unseen(RuntimeError):  # noqa: N818 -- reads as what it is
    """A page would send mail that nobody was shown."""


@dataclass
class Press:
    """What leaves at one press, and what is held back of it."""

    mails: list[OutboxMail] = field(default_factory=list)

    @property
    def leaving(self) -> list[OutboxMail]:
        return [mail for mail in self.mails if mail.state != MailState.HELD]

    @property
    def held(self) -> list[OutboxMail]:
        return [mail for mail in self.mails if mail.state == MailState.HELD]

    def recipients(self) -> list[tuple[str, str, str]]:
        """To whom, in which kind and state, sorted."""
        return sorted((mail.to.lower(), mail.kind, mail.state) for mail in self.mails)

    def fingerprint(self) -> str:
        """SHA-256 over recipients and words, in no order, the keys of links left out: two presses that would send the same have the
        same."""
        facts = sorted(json.dumps(_facts(mail), ensure_ascii=False) for mail in self.mails)
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def words_of(mail: OutboxMail) -> str:
    """The text as anybody may read it: exactly as it leaves, the keys of its links replaced."""
    return with_placeholders(mail.text) if mail.is_secret else mail.text


def file_of(mail: OutboxMail) -> str:
    """The attached file in the same form. Lines of a calendar file that were folded are whole again, so that no key is left in two
    halves."""
    text = mail.attachment
    if mail.attachment_type == "text/calendar":
        text = re.sub(r"\r?\n[ \t]", "", text)
    return with_placeholders(text) if mail.is_secret else text


def _facts(mail: OutboxMail) -> list[str]:
    file = _VARIES.sub("", file_of(mail))
    return [mail.kind, mail.state, mail.to.lower(), mail.name, mail.held_because, mail.subject, words_of(mail), file]


_press: ContextVar[Press | None] = ContextVar("press", default=None)
_is_page: ContextVar[bool] = ContextVar("page", default=False)


@contextmanager
def within() -> Iterator[Press]:
    """Within it, what leaves is noted in the press that it gives."""
    press = Press()
    token = _press.set(press)
    try:
        yield press
    finally:
        _press.reset(token)


@contextmanager
def on_a_page() -> Iterator[None]:
    """Within it, mail leaves only within a press."""
    token = _is_page.set(True)
    try:
        yield
    finally:
        _is_page.reset(token)


def is_pressed() -> bool:
    """Whether somebody's press is noted now."""
    return _press.get() is not None


def take(mails: Iterable[OutboxMail]) -> None:
    """Notes what is put into the outbox. Raises Unseen where a page would send what it does not show."""
    press = _press.get()
    for mail in mails:
        if is_unseen(mail.kind):
            continue
        if press is not None:
            press.mails.append(mail)
        elif _is_page.get():
            raise Unseen(f"A page of the workspace sends {mail.kind} without showing it first.")


def is_unseen(kind: str) -> bool:
    return any(kind == name or (name.endswith(".") and kind.startswith(name)) for name in UNSEEN)
