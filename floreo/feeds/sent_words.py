"""The words of notices as they left: a hash of each is in the audit chain, with the entry of the notice, and what the outbox keeps
can be compared with it. Of the words without the keys of their links, which are not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from floreo.core import outgoing
from floreo.core.models import AuditEntry, OutboxMail

VERBS = ("notice.sent", "notice.resent")
_CHUNK = 300


def digest(mail: OutboxMail) -> str:
    """SHA-256 of subject, words and attached file, in hexadecimal; the same before it leaves and after."""
    parts = (mail.subject, outgoing.words_of(mail), outgoing.file_of(mail))
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def digests(mails: Iterable[OutboxMail]) -> dict[str, str]:
    """By Message-ID, as an entry notes them."""
    return {mail.message_id: digest(mail) for mail in mails}


def changed() -> tuple[list[OutboxMail], int]:
    """E-mails of notices whose kept words are not those that the chain noted, and how many were compared. What the outbox has let go of is
    not compared."""
    noted: dict[str, str] = {}
    for detail in AuditEntry.objects.filter(verb__in=VERBS).values_list("detail", flat=True).iterator():
        noted |= detail.get("words", {})
    wrong, compared, numbers = [], 0, list(noted)
    for at in range(0, len(numbers), _CHUNK):
        for mail in OutboxMail.objects.filter(message_id__in=numbers[at : at + _CHUNK]):
            compared += 1
            if digest(mail) != noted[mail.message_id]:
                wrong.append(mail)
    return wrong, compared
