"""One mail as it came, as plain data. Mail from outside is read in a cage: `parse_in_a_cage`, or `read_in_a_cage`, which has something
to say of every mail. Outlook files (.msg) are recognised by their first bytes. Imports no Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.mail_in.automatic import is_answering_machine, is_automatic
from floreo.core.mail_in.shape import Attachment, Doubt, DoubtCode, IncomingMail
from floreo.core.mail_in.text import decoded, one_line, text_of_html, tidy, whole_characters

LOADS = ("floreo.core.mail_in.outlook",)
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how a compound file begins (MS-CFB 2.2)
DEEPEST = 10  # mails within mails, and parts within parts five times as many
MOST_PARTS = 1000
MOST_FILES = 200
LONGEST_TEXT = 200_000  # characters
_RECIPIENTS = ("Delivered-To", "X-Original-To", "To", "Cc")
_MOST_RECIPIENTS = 100
_MOST_REFERENCES = 50
_MEMORY, _SECONDS, _HEADERS = 300 * 1024**2, 60, 4 * 1024**2  # of one mail, and bytes besides its files
_ID = re.compile(r"<[^<>\s]{1,300}>")
_MAILS = {"message/rfc822", "message/global"}
_BROKEN = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)


# From outside


def parse_in_a_cage(raw: bytes, *, largest: int | None = None) -> IncomingMail | None:
    """As `parse_mail`; None for a mail that takes more memory or time than one may. Raises cage.Died where the reader failed."""
    try:
        found = cage.run(
            __name__,
            raw,
            memory=_MEMORY + 8 * len(raw),
            seconds=_SECONDS,
            output=3 * len(raw) + _HEADERS,
            largest=largest,
        )
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return None
    return _from_facts(found.value, found.pieces, raw)


def read_in_a_cage(raw: bytes, *, largest: int | None = None) -> IncomingMail:
    """As `parse_mail`, for every mail: of one that cannot be read, its headers; of one that has none, that it came."""
    try:
        mail = parse_in_a_cage(raw, largest=largest)
    except cage.Died:
        mail = None
    if mail is not None:
        return mail
    unreadable = Doubt(DoubtCode.UNREADABLE)
    try:
        found = cage.run(__name__, raw[:_HEADERS], memory=_MEMORY, seconds=_SECONDS, output=_HEADERS, only_headers=True)
        mail = _from_facts(found.value, found.pieces, raw)
    except cage.Died:
        return IncomingMail("", doubts=(unreadable,), raw=raw)
    return replace(mail, doubts=(unreadable, *mail.doubts))


def _from_facts(facts: dict[str, Any], pieces: tuple[bytes, ...], raw: bytes) -> IncomingMail:
    """Raises cage.Died where it is not what one of our readers says."""
    try:
        sent_at = datetime.fromisoformat(facts["sent_at"]) if facts["sent_at"] else None
        files = tuple(
            Attachment(_storable(name), data, _storable(media_type), bool(is_inline), bool(is_within))
            for (name, media_type, is_inline, is_within), data in zip(facts["files"], pieces, strict=True)
        )
        doubts = tuple(Doubt(DoubtCode(code), _storable(about), int(size)) for code, about, size in facts["doubts"])
        lists: dict[str, Any] = {
            name: tuple(map(_storable, facts[name])) for name in ("recipients", "to", "cc", "in_reply_to", "references")
        }
        words: dict[str, Any] = {name: _storable(facts[name]) for name in _WORDS}
        flags: dict[str, Any] = {name: bool(facts[name]) for name in ("is_automatic", "is_answering_machine")}
        return IncomingMail(**words, **lists, **flags, files=files, doubts=doubts, sent_at=sent_at, raw=raw)
    except (ValueError, KeyError, TypeError) as wrong:
        raise cage.Died("fault", str(wrong)[:2000]) from wrong


def _storable(text: object) -> str:
    """Without half characters and zeros, which no database keeps, whatever one of our readers says."""
    return whole_characters(str(text)).replace("\0", " ")


_WORDS = ("sender", "sender_name", "reply_to", "message_id", "subject", "text")


# Inside


def caged(path: Path, *, largest: int | None = None, only_headers: bool = False) -> Any:
    raw = path.read_bytes()
    mail = parse_headers(raw) if only_headers else parse_mail(raw, largest=largest)
    facts: dict[str, Any] = {name: getattr(mail, name) for name in _WORDS}
    facts |= {name: list(getattr(mail, name)) for name in ("recipients", "to", "cc", "in_reply_to", "references")}
    facts |= {"is_automatic": mail.is_automatic, "is_answering_machine": mail.is_answering_machine}
    facts["sent_at"] = mail.sent_at.isoformat() if mail.sent_at else ""
    facts["files"] = [(each.name, each.media_type, each.is_inline, each.is_within) for each in mail.files]
    facts["doubts"] = [(each.code.value, each.about, each.size) for each in mail.doubts]
    return cage.Pieces(facts, [each.data for each in mail.files])


def parse_mail(raw: bytes, *, largest: int | None = None) -> IncomingMail:
    """Whatever the mail is, something is said of it: the shape of mail is its sender's to choose. `largest`: bytes of a file; larger ones are
    named in the doubts and left out. May take much memory or time, and raise RecursionError."""
    if raw.startswith(OUTLOOK):
        from floreo.core.mail_in.outlook import parse_outlook  # late: it reads with what is in this module

        return parse_outlook(raw, largest=largest)
    message = message_from_bytes(raw, policy=policy.default)
    gathered = Gathered(largest=largest)
    _gather(message, gathered, raw_ends="\r\n" if b"\r\n" in raw[:1000] else "\n")
    return completed(replace(_headers(message), raw=raw), gathered)


def parse_headers(raw: bytes) -> IncomingMail:
    """As far as the headers say."""
    return replace(_headers(BytesHeaderParser(policy=policy.default).parsebytes(raw)), raw=raw)


def headers_of_text(text: str) -> IncomingMail:
    """The same of headers that an Outlook file holds as text."""
    return parse_headers(text.encode("utf-8", "surrogateescape"))


@dataclass
class Gathered:
    """What the parts of a mail hold, so far."""

    largest: int | None = None
    texts: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    parts: int = 0

    def doubt(self, code: DoubtCode, about: str = "", size: int = 0) -> None:
        found = Doubt(code, about, size)
        if found not in self.doubts and len(self.doubts) < MOST_FILES:
            self.doubts.append(found)

    def add_file(
        self, name: str, data: bytes, media_type: str, *, is_inline: bool = False, is_within: bool = False
    ) -> None:
        name = one_line(name.replace("\\", "/").rsplit("/", 1)[-1], 200) or f"file-{len(self.files) + 1}"
        if self.largest is not None and len(data) > self.largest:
            self.doubt(DoubtCode.FILE_TOO_LARGE, name, len(data))
        elif len(self.files) >= MOST_FILES:
            self.doubt(DoubtCode.TOO_MANY_FILES)
        else:
            self.files.append(Attachment(name, data, media_type, is_inline, is_within))

    def add_text(self, data: bytes, charset: str, *, is_html: bool) -> None:
        text, fits = decoded(data, charset)
        if not fits:
            self.doubt(DoubtCode.CHARSET)
        if found := text_of_html(text) if is_html else tidy(text):
            self.texts.append(found)

    def may_go_on(self, depth: int) -> bool:
        self.parts += 1
        if depth > DEEPEST:
            self.doubt(DoubtCode.TOO_DEEP)
        elif self.parts > MOST_PARTS:
            self.doubt(DoubtCode.TOO_MANY_PARTS)
        else:
            return True
        return False


def completed(mail: IncomingMail, gathered: Gathered) -> IncomingMail:
    text = "\n\n".join(gathered.texts)
    if len(text) > LONGEST_TEXT:
        gathered.doubt(DoubtCode.TEXT_CUT)
    if not text:
        gathered.doubt(DoubtCode.NO_TEXT)
    doubts = tuple(dict.fromkeys((*mail.doubts, *gathered.doubts)))
    return replace(mail, text=text[:LONGEST_TEXT], files=tuple(gathered.files), doubts=doubts)


# Headers


def _headers(message: EmailMessage) -> IncomingMail:
    sender, name = _sender(message)
    doubts = []
    if not sender:
        several = len(_values(message, "From")) > 1 or len(_addresses(message, "From")) > 1
        doubts.append(Doubt(DoubtCode.SEVERAL_SENDERS if several else DoubtCode.NO_SENDER))
    reply_to = next(iter(_addresses(message, "Reply-To")), "")
    if sender and reply_to and not _is_near(sender, reply_to):
        doubts.append(Doubt(DoubtCode.REPLY_ELSEWHERE, reply_to.rpartition("@")[2]))
    return IncomingMail(
        sender,
        recipients=tuple(address for name in _RECIPIENTS for address in _addresses(message, name)),
        to=_only(message, "To"),
        cc=_only(message, "Cc"),
        sender_name=name,
        reply_to=reply_to,
        message_id=next(iter(_ids(message, "Message-ID")), ""),
        in_reply_to=tuple(_ids(message, "In-Reply-To")),
        references=tuple(_ids(message, "References")),
        sent_at=_date(message),
        subject=one_line(next(iter(_values(message, "Subject")), ""), 500),
        is_automatic=is_automatic(message),
        is_answering_machine=is_answering_machine(message),
        doubts=tuple(doubts),
    )


def _values(message: EmailMessage, name: str) -> list[str]:
    """What the header says, each time that it is there."""
    try:
        found = [str(value) for value in message.get_all(name) or []]
    except Exception:  # bytes from outside in a library that raises what it likes
        found = [str(value) for key, value in message.raw_items() if str(key).lower() == name.lower()]
    return [whole_characters(value).replace("\0", " ") for value in found]


def _sender(message: EmailMessage) -> tuple[str, str]:
    try:
        given = message.get_all("From") or []
        addresses: list[Address] = list(getattr(given[0], "addresses", ())) if len(given) == 1 else []
        if len(addresses) != 1:
            return "", ""
        return one_line(str(addresses[0].addr_spec), 320).lower(), one_line(str(addresses[0].display_name), 200)
    except Exception:  # as above
        name, address = parseaddr(next(iter(_values(message, "From")), ""))
        return one_line(address, 320).lower(), one_line(name, 200)


def _addresses(message: EmailMessage, name: str) -> list[str]:
    values = _values(message, name)
    return [address.lower() for _name, address in getaddresses(values)[:_MOST_RECIPIENTS] if address]


def _only(message: EmailMessage, name: str) -> tuple[str, ...]:
    """The addresses of a header that is there once: of two, a signature covers only one, and nobody knows which is read."""
    return tuple(_addresses(message, name)) if len(_values(message, name)) == 1 else ()


def _ids(message: EmailMessage, name: str) -> list[str]:
    return [found for value in _values(message, name) for found in _ID.findall(value)][-_MOST_REFERENCES:]


def _date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(next(iter(_values(message, "Date")), ""))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _is_near(one: str, other: str) -> bool:
    """Whether two addresses are of one domain, or of one above the other."""
    a, b = one.rpartition("@")[2], other.rpartition("@")[2]
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")


# Parts


def _gather(message: EmailMessage, gathered: Gathered, *, raw_ends: str, depth: int = 0) -> None:
    for part in _leaves(message, gathered, 0):
        kind = _kind(part)
        if kind in _MAILS:
            _gather_attached(part, gathered, raw_ends=raw_ends, depth=depth + 1)
            continue
        data = _bytes_of(part)
        if any(isinstance(defect, _BROKEN) for defect in part.defects):
            gathered.doubt(DoubtCode.BROKEN)
        name = _file_name(part)
        is_text = kind in {"text/plain", "text/html"} and not name and _disposition(part) != "attachment"
        if is_text and data is not None:
            gathered.add_text(data, _charset(part), is_html=kind == "text/html")
        elif data:
            name = name or _name_for(kind)
            gathered.add_file(name, data, kind, is_inline=_disposition(part) == "inline", is_within=depth > 0)
    if _kind(message) == "multipart/encrypted":
        gathered.doubt(DoubtCode.ENCRYPTED)


def _gather_attached(part: EmailMessage, gathered: Gathered, *, raw_ends: str, depth: int) -> None:
    """A mail within a mail: a file of its own, and its text after ours under who wrote it."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, EmailMessage) or not gathered.may_go_on(depth):
        return
    outer = _headers(inner)
    if depth == 1:
        with_name = _file_name(part) or f"{outer.subject[:80] or 'message'}.eml"
        try:
            data = inner.as_bytes(policy=policy.default.clone(refold_source="none", linesep=raw_ends))
            gathered.add_file(with_name, data, "message/rfc822")
        except Exception:  # as above: its text is taken all the same
            gathered.doubt(DoubtCode.BROKEN)
    gathered.texts.append(f"--- {outer.sender_name} <{outer.sender}>: {outer.subject} ---")
    _gather(inner, gathered, raw_ends=raw_ends, depth=depth)


def _leaves(
    part: EmailMessage, gathered: Gathered, depth: int, *, without_html: bool = False
) -> Iterator[EmailMessage]:
    """The parts that are read: of several forms of one text, the plain one where it says something."""
    if not gathered.may_go_on(depth // 5):
        return
    kind, payload = _kind(part), part.get_payload()
    if not isinstance(payload, list) or kind.startswith("message/"):
        if not (without_html and kind == "text/html" and not _file_name(part)):
            yield part
        return
    if any(isinstance(defect, _BROKEN) for defect in part.defects):
        gathered.doubt(DoubtCode.BROKEN)
    inner = [each for each in payload if isinstance(each, EmailMessage)]
    if kind == "multipart/alternative":
        plain = (each for each in inner if _kind(each) == "text/plain")
        without_html = without_html or any((_bytes_of(each) or b"").strip() for each in plain)
    for each in inner:
        yield from _leaves(each, gathered, depth + 1, without_html=without_html)


def _kind(part: EmailMessage) -> str:
    try:
        return one_line(part.get_content_type(), 100)
    except Exception:  # as above
        return "application/octet-stream"


def _disposition(part: EmailMessage) -> str:
    try:
        return part.get_content_disposition() or ""
    except Exception:  # as above
        return ""


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # as above
        return ""


def _charset(part: EmailMessage) -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # as above
        return ""


def _bytes_of(part: EmailMessage) -> bytes | None:
    try:
        payload = part.get_payload()
        if isinstance(
            payload, list
        ):  # a report of a server (message/feedback-report), which the library takes for a mail
            return b"\n\n".join(each.as_bytes() for each in payload if isinstance(each, EmailMessage))
        data = part.get_payload(decode=True)
    except Exception:  # as above
        return None
    return data if isinstance(data, bytes) else None


def _name_for(kind: str) -> str:
    endings = {"application/json": ".json", "text/csv": ".csv", "application/pdf": ".pdf", "image/png": ".png"}
    return (kind.partition("/")[2] if kind.startswith("message/") else "file") + endings.get(kind, "")
