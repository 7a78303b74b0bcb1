"""What a mail that came back says: delivery reports (RFC 3464), the older forms of common servers, answering machines.

Pure: bytes in, a `Report` out; what people outside sent is read in a cage: `read_in_a_cage`. Nothing here is ever answered, so that two
machines cannot talk to each other for ever."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email import policy
from email.errors import MessageError
from email.message import Message
from enum import StrEnum
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.mail_in.automatic import came_from_a_server, is_automatic

_MEMORY, _SECONDS, _OUTPUT = 300 * 1024**2, 20, 1024**2  # of one mail
LARGEST = 1024 * 1024  # a report quotes headers; what is longer quotes a whole mail, and its beginning will do
_ID = re.compile(r"<[^<>\s@]{1,150}@[^<>\s@]{1,150}>")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b(5\d\d|4\d\d)[ -]")
_RETURNED = re.compile(
    r"undeliver|returned mail|delivery (?:status|failure|has failed|incomplete)|failure notice|delivery notification|"
    r"mail delivery failed|no se pudo entregar|no se ha podido entregar",
    re.IGNORECASE,
)


class Kind(StrEnum):
    BOUNCED = "bounced"  # it will not arrive
    DELAYED = "delayed"  # the server is still trying
    ARRIVED = "arrived"  # it arrived, or was handed on
    AUTOMATIC = "automatic"  # an answering machine, a list, a loop
    OTHER = "other"  # a person wrote, or nobody knows


@dataclass(frozen=True)
class Report:
    """What it is, which of our mails it may mean, and what the other server said."""

    kind: Kind
    about: tuple[str, ...] = ()  # Message-IDs, likeliest first
    recipient: str = ""
    words: str = ""


def caged(path: Path) -> dict[str, Any]:
    """Runs inside."""
    return asdict(read(path.read_bytes()))


def read_in_a_cage(raw: bytes) -> Report:
    """As `read`. A mail that takes more memory or time than one may says nothing. Raises cage.Died where the reader failed."""
    try:
        given = cage.run(__name__, raw[:LARGEST], memory=_MEMORY, seconds=_SECONDS, output=_OUTPUT).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return Report(Kind.OTHER)
    try:
        about = tuple(str(name) for name in given["about"])
        return Report(Kind(given["kind"]), about, str(given["recipient"]), str(given["words"]))
    except (ValueError, KeyError, TypeError):  # said by a reader that was taken over
        return Report(Kind.OTHER)


def read(raw: bytes) -> Report:
    """Never raises, whatever it is given."""
    try:
        message = email.message_from_bytes(raw[:LARGEST], policy=policy.compat32)
        return _read(message)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Report(Kind.OTHER)


def _read(message: Message) -> Report:
    parts = list(_walk(message))
    about = _ids(message, parts)
    status = [
        fields for part in parts if part.get_content_type() == "message/delivery-status" for fields in _groups(part)
    ]
    if any("action" in fields for fields in status):
        return _from_status(status, about)
    if came_from_a_server(message) and (failed := str(message.get("X-Failed-Recipients", ""))):  # Exim's own form
        return Report(Kind.BOUNCED, about, failed.split(",", maxsplit=1)[0].strip(), _reason(_text(parts)))
    text = _text(parts)
    if came_from_a_server(message) and (_RETURNED.search(_subject(message)) or _RETURNED.search(text[:2000])):
        return Report(_by_code(text), about, "", _reason(text))
    if is_automatic(message):
        return Report(Kind.AUTOMATIC, about)
    return Report(Kind.OTHER, about)


def _walk(message: Message, depth: int = 0) -> Iterator[Message]:
    """All parts, not deeper than any mailer nests them."""
    yield message
    payload = message.get_payload()
    if depth < 10 and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _walk(part, depth + 1)


def _groups(part: Message) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status: the first is about the message, each other about one recipient."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    for block in blocks:
        if isinstance(block, Message):
            yield {name.lower(): " ".join(str(value).split()) for name, value in block.items()}
    if not blocks:  # some servers encode it, which the standard forbids
        for text in re.split(r"\r?\n\s*\r?\n", _decoded(part)):
            yield {n.lower(): " ".join(str(v).split()) for n, v in email.message_from_string(text).items()}


def _from_status(groups: list[dict[str, str]], about: tuple[str, ...]) -> Report:
    """The worst that is said of any recipient: ours have one each."""
    kinds = {
        "failed": Kind.BOUNCED,
        "delayed": Kind.DELAYED,
        "delivered": Kind.ARRIVED,
        "relayed": Kind.ARRIVED,
        "expanded": Kind.ARRIVED,
    }
    order = [Kind.BOUNCED, Kind.DELAYED, Kind.ARRIVED, Kind.OTHER]
    found = []
    for fields in groups:
        if "action" in fields:
            kind = kinds.get(fields["action"].split()[0].lower() if fields["action"] else "", Kind.OTHER)
            who = fields.get("final-recipient") or fields.get("original-recipient", "")
            text = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
            words = text or f"Status {fields.get('status', '')}".strip()
            found.append((kind, who.rpartition(";")[2].strip(" <>"), words[:300]))
    kind, who, words = min(found, key=lambda f: order.index(f[0]))
    return Report(kind, about, who, words)


def _ids(message: Message, parts: list[Message]) -> tuple[str, ...]:
    """Message-IDs of what was returned: its own headers first, then what the report says it answers, then any in text."""
    found: list[str] = []
    for part in parts[1:]:
        found += _ID.findall(str(part.get("Message-ID", "")))
        if (
            part.get_content_type() in {"text/rfc822-headers", "text/plain", "message/rfc822"}
            and not part.is_multipart()
        ):
            found += _named_ids(_decoded(part))
    for name in ("In-Reply-To", "References", "X-Original-Message-ID"):
        found += _ID.findall(str(message.get(name, "")))
    if not message.is_multipart():
        found += _named_ids(_decoded(message))
    return tuple(dict.fromkeys(found))[:20]


def _named_ids(text: str) -> list[str]:
    return [
        i
        for line in re.findall(r"(?im)^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t>]+)?(.*)$", text)
        for i in _ID.findall(line)
    ]


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        return payload.decode("latin-1")


def _text(parts: list[Message]) -> str:
    return next((t for p in parts if p.get_content_type() == "text/plain" and (t := _decoded(p)).strip()), "")


def _subject(message: Message) -> str:
    return " ".join(str(message.get("Subject", "")).split())


def _by_code(text: str) -> Kind:
    """A report without a status: it failed, unless all it speaks of is a delay."""
    status, code = _STATUS.search(text), _CODE.search(text)
    if status:
        return {"5": Kind.BOUNCED, "4": Kind.DELAYED, "2": Kind.ARRIVED}[status[1]]
    return Kind.DELAYED if code and code[1].startswith("4") else Kind.BOUNCED


def _reason(text: str) -> str:
    """The line in which the server says why, as far as one can be distinguished from the rest."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return next((line for line in lines if _STATUS.search(line) or _CODE.search(line)), lines[0] if lines else "")[:300]
