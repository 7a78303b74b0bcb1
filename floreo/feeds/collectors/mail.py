"""Reports that are attached to mail: who sent it, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

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
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zip")


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes


@dataclass(frozen=True)
class IncomingMail:
    """`sender` in small letters, "" where the mail names none or several."""

    sender: str
    files: tuple[Attachment, ...]


def parse_mail(raw: bytes) -> IncomingMail:
    """Whatever the mail is, something is said of it: the shape of mail is a stranger's."""
    message = message_from_bytes(raw, policy=policy.default)
    return IncomingMail(_sender(message), tuple(_files(message)))


def _sender(message: EmailMessage) -> str:
    said = message.get_all("From") or []
    if len(said) != 1:
        return ""
    addresses: list[Address] = list(getattr(said[0], "addresses", ()))
    return str(addresses[0].addr_spec).lower() if len(addresses) == 1 else ""


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
