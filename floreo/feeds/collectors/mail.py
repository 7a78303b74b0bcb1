"""Reports that are attached to mail: who sent it, and its files. Mail of strangers is read in a cage: `parse_in_a_cage`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from floreo.core import cage

_REPORTS = {
    "text/csv",
    "application/csv",
    "application/json",
    "application/x-ndjson",
    "application/zip",
    "application/gzip",
    "application/x-gzip",
    "application/x-zip-compressed",
    "application/vnd.ms-excel",
}
_RECIPIENTS = ("Delivered-To", "X-Original-To", "To", "Cc")
_MOST_RECIPIENTS = 100
_MEMORY, _SECONDS, _HEADERS = 300 * 1024**2, 60, 4 * 1024**2  # of one mail, and bytes besides its files
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zip")


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


@dataclass(frozen=True)
class ReceivedMail:
    """`sender` in small letters, "" where the mail names none or several. `recipients`, also in small letters, are all that
    its headers name; `to` and `cc` are those of a header that stands there once, which a signature can then vouch for."""

    sender: str
    files: tuple[Attachment, ...]
    recipients: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    raw: bytes = field(default=b"", repr=False)


def caged(path: Path) -> Any:
    """Runs inside."""
    found = parse_mail(path.read_bytes())
    facts = {
        "sender": found.sender,
        "recipients": found.recipients,
        "to": found.to,
        "cc": found.cc,
        "names": [file.name for file in found.files],
    }
    return cage.Pieces(facts, [file.data for file in found.files])


def parse_in_a_cage(raw: bytes) -> ReceivedMail | None:
    """As `parse_mail`; None for a mail that takes more memory or time than one may. Raises cage.Died where the reader failed."""
    most = len(raw) + _HEADERS
    try:
        found = cage.run(__name__, raw, memory=_MEMORY + 8 * len(raw), seconds=_SECONDS, output=most)
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return None
    facts = found.value
    files = tuple(Attachment(str(name), data) for name, data in zip(facts["names"], found.pieces, strict=True))
    recipients, to, cc = (tuple(str(each) for each in facts[name]) for name in ("recipients", "to", "cc"))
    return ReceivedMail(str(facts["sender"]), files, recipients=recipients, to=to, cc=cc, raw=raw)


def parse_mail(raw: bytes) -> ReceivedMail:
    """Whatever the mail is, something is said of it: the shape of mail is a stranger's."""
    message = message_from_bytes(raw, policy=policy.default)
    return ReceivedMail(
        _sender(message),
        tuple(_files(message)),
        recipients=tuple(address for name in _RECIPIENTS for address in _addresses(message, name)),
        to=_only(message, "To"),
        cc=_only(message, "Cc"),
        raw=raw,
    )


def _sender(message: EmailMessage) -> str:
    given = message.get_all("From") or []
    if len(given) != 1:
        return ""
    addresses: list[Address] = list(getattr(given[0], "addresses", ()))
    return str(addresses[0].addr_spec).lower() if len(addresses) == 1 else ""


def _addresses(message: EmailMessage, name: str) -> list[str]:
    values = [str(value) for value in message.get_all(name) or []]
    return [address.lower() for _name, address in getaddresses(values)[:_MOST_RECIPIENTS] if address]


def _only(message: EmailMessage, name: str) -> tuple[str, ...]:
    """The addresses of a header that stands there once: of two, a signature covers only one, and nobody knows which is read."""
    return tuple(_addresses(message, name)) if len(message.get_all(name) or []) == 1 else ()


def _files(message: EmailMessage) -> Iterator[Attachment]:
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "inline":
            continue
        name = part.get_filename() or ""
        if not name and part.get_content_type() not in _REPORTS:
            continue
        if not name.lower().endswith(_ENDINGS) and part.get_content_type() not in _REPORTS:
            continue  # a picture of a signature
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            yield Attachment(name or "report", data)


def secret_text(recipients: Iterable[str]) -> set[str]:
    """What may be the secret word in addresses: what follows the last plus sign before the @, or all before it."""
    locals_ = {address.rpartition("@")[0] for address in recipients}
    return {word for local in locals_ for word in (local, local.rpartition("+")[2]) if word}
