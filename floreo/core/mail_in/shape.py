"""What a mail is to the rest of the program: plain data, whoever wrote it and in whichever form it came. Imports no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Proof(StrEnum):
    """How it is known that the sender sent it."""

    NONE = ""
    DKIM = "dkim"  # signed by the server of the sender's domain, as sent to us
    OPENPGP = "openpgp"  # signed with the key that the register has of the sender
    ADDRESS = "address"  # it came to a secret address that only the sender was given


class NotProven(StrEnum):
    """Why nothing proves who sent a mail."""

    UNSIGNED = "unsigned"  # no signature of the sender's domain
    NOT_VALID = "not_valid"  # forged, or changed on the way
    NOT_TO_US = "not_to_us"  # signed, but as sent to somebody else
    NO_ADDRESS = "no_address"  # nobody said which address is ours


class DoubtCode(StrEnum):
    """What was odd about a mail. Each has its sentence in `doubts.py`."""

    UNREADABLE = "unreadable"  # only its headers were read
    BROKEN = "broken"  # its parts do not end as they should
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_FILES = "too_many_files"
    FILE_TOO_LARGE = "file_too_large"
    TEXT_CUT = "text_cut"
    CHARSET = "charset"
    NO_SENDER = "no_sender"
    SEVERAL_SENDERS = "several_senders"
    REPLY_ELSEWHERE = "reply_elsewhere"  # an answer would go to another domain than the sender's
    ENCRYPTED = "encrypted"
    NO_TEXT = "no_text"
    OUTLOOK = "outlook"  # an Outlook file: a signature can no longer be checked


@dataclass(frozen=True)
class Doubt:
    """`about`: the name of the file or address that it is about; `size`: bytes of that file."""

    code: DoubtCode
    about: str = ""
    size: int = 0


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. `is_inline`: shown within the text, as a logo is. `is_within`: it also lies within an attached mail."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/octet-stream"
    is_inline: bool = False
    is_within: bool = False


@dataclass(frozen=True)
class IncomingMail:
    """`sender` in small letters, "" where the mail names none or several. `recipients`, also in small letters, are all that its
    headers name; `to` and `cc` are those of a header that is there once, which a signature can then vouch for. `in_reply_to` and
    `references` are Message-IDs with their angle brackets. `text` is plain, made from HTML where there is nothing else."""

    sender: str
    files: tuple[Attachment, ...] = ()
    recipients: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    sender_name: str = ""
    reply_to: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    subject: str = ""
    text: str = ""
    is_automatic: bool = False  # written by a machine: never answered
    is_answering_machine: bool = False  # and only to say that somebody is away, or that a mail arrived
    doubts: tuple[Doubt, ...] = ()
    proof: Proof = Proof.NONE
    not_proven: NotProven | None = None  # None also where nobody looked
    raw: bytes = field(default=b"", repr=False)
