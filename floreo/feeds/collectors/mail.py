"""Which files of a mail are reports, which it links to, and which of its words may be the secret one of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from floreo.core.mail_in.shape import Attachment, IncomingMail

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
_LINK = re.compile(r"https://[^\s<>\"'\[\]{}|\\^`]+", re.IGNORECASE)
_AFTER = ".,;:!?)"  # of the sentence, and not of the address
MOST_LINKS = 200
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zip")


def reports_of(mail: IncomingMail) -> tuple[Attachment, ...]:
    """Files whose name or kind is that of a report: no picture of a signature, no attached mail."""
    return tuple(
        each
        for each in mail.files
        if not each.is_inline and (each.name.lower().endswith(_ENDINGS) or each.media_type in _REPORTS)
    )


def links_of(mail: IncomingMail, sender: str) -> tuple[str, ...]:
    """Addresses in the text from which a file may be had: encrypted ones, at the domain of the feed's sender or below it. Each once."""
    domain = sender.rpartition("@")[2].lower().strip(".")
    found = dict.fromkeys(link.rstrip(_AFTER) for link in _LINK.findall(mail.text))
    return tuple(link for link in found if _is_at(link, domain))[:MOST_LINKS]


def _is_at(link: str, domain: str) -> bool:
    try:
        parts = urlsplit(link)
        host, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a bracket or a port that is none
        return False
    return bool(domain) and not parts.username and (host == domain or host.endswith(f".{domain}"))


def secret_text(recipients: Iterable[str]) -> set[str]:
    """What may be the secret word in addresses: what follows the last plus sign before the @, or all before it."""
    locals_ = {address.rpartition("@")[0] for address in recipients}
    return {word for local in locals_ for word in (local, local.rpartition("+")[2]) if word}
