"""Outlook files (.msg) as plain data: a compound file (MS-CFB, by olefile) whose streams are the properties of MS-OXMSG. Runs in the
cage; imports no Django. Names of properties are those of MS-OXPROPS."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from floreo.core.mail_in.reading import Gathered, completed, headers_of_text
from floreo.core.mail_in.rtf import text_of_rtf, unpacked
from floreo.core.mail_in.shape import Doubt, DoubtCode, IncomingMail
from floreo.core.mail_in.text import one_line

if TYPE_CHECKING:
    from olefile import OleFileIO

_SUBJECT, _HEADERS, _BODY, _HTML, _RTF = 0x0037, 0x007D, 0x1000, 0x1013, 0x1009
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP, _ON_BEHALF_SMTP, _ON_BEHALF = 0x0C1A, 0x0C1F, 0x5D01, 0x5D02, 0x0065
_MESSAGE_ID, _IN_REPLY_TO, _REFERENCES = 0x1035, 0x1042, 0x1039
_SENT, _CODE_PAGE, _BODY_CODE_PAGE = 0x0039, 0x3FFD, 0x3FDE
_FILE_DATA, _LONG_NAME, _SHORT_NAME, _MEDIA_TYPE = 0x3701, 0x3707, 0x3704, 0x370E
_RECIPIENT_SMTP, _RECIPIENT_ADDRESS = 0x39FE, 0x3003
_UNICODE, _EIGHT_BIT, _BINARY = "001F", "001E", "0102"
_MOST_STREAMS = 20_000
_LARGEST_TEXT = 20 * 1024 * 1024  # bytes of one property that is text
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def parse_outlook(raw: bytes, *, largest: int | None = None) -> IncomingMail:
    """As `reading.parse_mail`; of a file that is none of Outlook's, that it cannot be read."""
    from olefile import OleFileIO  # late: only a file of Outlook needs it

    gathered = Gathered(largest=largest)
    gathered.doubt(DoubtCode.OUTLOOK)
    try:
        with OleFileIO(io.BytesIO(raw)) as opened:
            mail = _message(_whole(opened), gathered, depth=0)
    except (RecursionError, MemoryError):
        raise
    except Exception:  # bytes from outside in a library that raises what it likes
        return IncomingMail("", doubts=(Doubt(DoubtCode.UNREADABLE), *gathered.doubts), raw=raw)
    return replace(completed(mail, gathered), raw=raw)


def _whole(opened: OleFileIO) -> _Store:
    """Raises ValueError for a compound file that is no message."""
    names = [tuple(each) for each in opened.listdir()]
    if len(names) > _MOST_STREAMS or ("__properties_version1.0",) not in names:
        raise ValueError("no message")
    return _Store(opened, names, ())


@dataclass(frozen=True)
class _Store:
    """The properties of one message, file or recipient."""

    opened: OleFileIO
    names: list[tuple[str, ...]]
    path: tuple[str, ...]

    def inner(self, beginning: str) -> list[_Store]:
        found = {each[len(self.path)] for each in self.names if self._is_below(each) and len(each) > len(self.path) + 1}
        paths = sorted(name for name in found if name.startswith(beginning))
        return [_Store(self.opened, self.names, (*self.path, name)) for name in paths]

    def _is_below(self, name: tuple[str, ...]) -> bool:
        return name[: len(self.path)] == self.path

    def data(self, tag: int, kind: str = _BINARY, *, most: int | None = None) -> bytes:
        name = [*self.path, f"__substg1.0_{tag:04X}{kind}"]
        if not self.opened.exists(name) or self.opened.get_type(name) != 2:  # a stream
            return b""
        with self.opened.openstream(name) as stream:
            return bytes(stream.read() if most is None else stream.read(most))

    def text(self, tag: int) -> str:
        if found := self.data(tag, _UNICODE, most=_LARGEST_TEXT):
            return found.decode("utf-16-le", "replace").rstrip("\0")
        found = self.data(tag, _EIGHT_BIT, most=_LARGEST_TEXT)
        try:
            return found.decode(self.code_page(), "replace").rstrip("\0")
        except LookupError:
            return found.decode("cp1252", "replace").rstrip("\0")

    def fixed(self, tag: int) -> bytes:
        """The eight bytes of a property of fixed length; b"" where it has none."""
        name = [*self.path, "__properties_version1.0"]
        if not self.opened.exists(name):
            return b""
        content = self.opened.openstream(name).read(_LARGEST_TEXT)
        for start in (32, 24, 8):  # of a message, one within another, a file or recipient
            for at in range(start, len(content) - 15, 16):
                if struct.unpack_from("<H", content, at + 2)[0] == tag:
                    return bytes(content[at + 8 : at + 16])
        return b""

    def code_page(self) -> str:
        number = int.from_bytes(self.fixed(_CODE_PAGE)[:4] or self.fixed(_BODY_CODE_PAGE)[:4], "little")
        return {0: "cp1252", 20127: "ascii", 28591: "latin-1", 65001: "utf-8"}.get(number, f"cp{number}")


def _headers(store: _Store) -> IncomingMail:
    """Those that came with the mail; what they do not say is taken from the properties of the file."""
    mail = headers_of_text(store.text(_HEADERS))
    sender = mail.sender or _sender(store)
    return replace(
        mail,
        sender=sender,
        sender_name=mail.sender_name or one_line(store.text(_SENDER_NAME), 200),
        recipients=mail.recipients or _recipients(store),
        subject=mail.subject or one_line(store.text(_SUBJECT), 500),
        message_id=mail.message_id or one_line(store.text(_MESSAGE_ID), 300),
        in_reply_to=mail.in_reply_to or tuple(store.text(_IN_REPLY_TO).split()[:5]),
        references=mail.references or tuple(store.text(_REFERENCES).split()[-50:]),
        sent_at=mail.sent_at or _moment(store.fixed(_SENT)),
        doubts=tuple(each for each in mail.doubts if not (sender and each.code is DoubtCode.NO_SENDER)),
    )


def _sender(store: _Store) -> str:
    addresses = (store.text(tag) for tag in (_SENDER_SMTP, _ON_BEHALF_SMTP, _SENDER_ADDRESS, _ON_BEHALF))
    return next((one_line(each, 320).lower() for each in addresses if "@" in each), "")


def _recipients(store: _Store) -> tuple[str, ...]:
    addresses = (
        each.text(_RECIPIENT_SMTP) or each.text(_RECIPIENT_ADDRESS) for each in store.inner("__recip_version1.0_")
    )
    return tuple(one_line(each, 320).lower() for each in addresses if "@" in each)


def _message(store: _Store, gathered: Gathered, *, depth: int) -> IncomingMail:
    mail = _headers(store)
    if depth:
        gathered.texts.append(f"--- {mail.sender_name} <{mail.sender}>: {mail.subject} ---")
    _add_text(store, gathered)
    for each in store.inner("__attach_version1.0_"):
        _add_file(each, gathered, depth=depth)
    return mail


def _add_text(store: _Store, gathered: Gathered) -> None:
    if plain := store.text(_BODY).strip():
        gathered.add_text(plain.encode("utf-8", "replace"), "utf-8", is_html=False)
    elif html := store.data(_HTML, most=_LARGEST_TEXT):
        gathered.add_text(html, store.code_page(), is_html=True)
    elif written := store.text(_HTML):
        gathered.add_text(written.encode("utf-8", "replace"), "utf-8", is_html=True)
    elif packed := store.data(_RTF, most=_LARGEST_TEXT):
        gathered.add_text(text_of_rtf(unpacked(packed)).encode("utf-8", "replace"), "utf-8", is_html=False)


def _add_file(store: _Store, gathered: Gathered, *, depth: int) -> None:
    inner = store.inner(f"__substg1.0_{_FILE_DATA:04X}000D")
    if inner:
        if gathered.may_go_on(depth + 1):
            _message(inner[0], gathered, depth=depth + 1)
        return
    if not gathered.may_go_on(depth):
        return
    data = store.data(_FILE_DATA)
    if data:
        name = store.text(_LONG_NAME) or store.text(_SHORT_NAME)
        media_type = one_line(store.text(_MEDIA_TYPE), 100).lower() or "application/octet-stream"
        gathered.add_file(name, data, media_type)


def _moment(value: bytes) -> datetime | None:
    """From hundreds of nanoseconds since 1601."""
    number = int.from_bytes(value, "little")
    try:
        return _EPOCH + timedelta(microseconds=number // 10) if number else None
    except OverflowError:
        return None
