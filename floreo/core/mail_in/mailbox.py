"""A mailbox on a mail server (IMAP): signed in, what is new in it, and what became of each message."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from floreo.core.errors import Refused

_SECONDS = 30


@dataclass(frozen=True)
class Message:
    """One that nobody has read. `raw` is None where it is larger than is taken."""

    uid: str
    size: int
    raw: bytes | None


@contextmanager
def mailbox(address: str, *, setting: str) -> Iterator[imaplib.IMAP4]:
    """Signed in at imaps://user:word@host:port/folder, as `setting` names it."""
    parts = urlsplit(address)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username:
        raise Refused(
            _("%(setting)s must look like imaps://user:password@host/folder.") % {"setting": setting},
            code="bad_setting",
        )
    if parts.scheme == "imaps":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            parts.hostname, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=_SECONDS
        )
    else:
        box = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=_SECONDS)
    try:
        box.login(unquote(parts.username), unquote(parts.password or ""))
        folder = unquote(parts.path.lstrip("/")) or "INBOX"
        if box.select('"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"')[0] != "OK":
            raise Refused(
                _("The mailbox of %(setting)s has no folder %(name)s.") % {"setting": setting, "name": folder},
                code="no_folder",
            )
        yield box
    finally:
        box.logout()


def new_messages(
    box: imaplib.IMAP4, *, most: int, largest: int | None = None, first: int | None = None
) -> Iterator[Message]:
    """Those that nobody has read, oldest first, `most` of them; asking for one marks nothing. `largest`: bytes of one that is taken.
    `first`: how many of its bytes are asked for, where its beginning will do. Raises OSError and IMAP4.error."""
    _ok, found = box.uid("SEARCH", "UNSEEN")
    for uid in (found[0] or b"").split()[:most]:
        name, size = uid.decode(), 0
        if largest is not None:
            _ok, answer = box.uid("FETCH", name, "(RFC822.SIZE)")
            size = _size_of(answer)
            if size > largest:
                yield Message(name, size, None)
                continue
        part = f"<0.{first}>" if first is not None else ""
        _ok, answer = box.uid("FETCH", name, f"(BODY.PEEK[]{part})")
        raw = next((each[1] for each in answer if isinstance(each, tuple)), b"")
        yield Message(name, size or len(raw), raw)


def headers_of(box: imaplib.IMAP4, message: Message) -> bytes:
    """Headers of one that is too large to be taken."""
    _ok, answer = box.uid("FETCH", message.uid, "(BODY.PEEK[HEADER])")
    return next((each[1] for each in answer if isinstance(each, tuple)), b"")


def answered(box: imaplib.IMAP4, message: Message, *, flagged: bool = False) -> None:
    """Marks one as read, once it was taken in, so that none is lost when we stop in between. `flagged`: a person has to look."""
    box.uid("STORE", message.uid, "+FLAGS.SILENT", r"(\Seen \Flagged)" if flagged else r"(\Seen)")


def _size_of(answer: Sequence[object]) -> int:
    text = str(answer[0]).rpartition("RFC822.SIZE ")[2] if answer else ""
    digits = "".join(c for c in text.partition(")")[0] if c.isdecimal())
    return int(digits) if digits else 0
