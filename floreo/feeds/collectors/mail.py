"""Which files of a mail are reports, and which of its words may be the secret one of a feed."""

from __future__ import annotations

from collections.abc import Iterable

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
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".zip")


def reports_of(mail: IncomingMail) -> tuple[Attachment, ...]:
    """Files whose name or kind is that of a report: no picture of a signature, no attached mail."""
    return tuple(
        each
        for each in mail.files
        if not each.is_inline and (each.name.lower().endswith(_ENDINGS) or each.media_type in _REPORTS)
    )


def secret_text(recipients: Iterable[str]) -> set[str]:
    """What may be the secret word in addresses: what follows the last plus sign before the @, or all before it."""
    locals_ = {address.rpartition("@")[0] for address in recipients}
    return {word for local in locals_ for word in (local, local.rpartition("+")[2]) if word}
