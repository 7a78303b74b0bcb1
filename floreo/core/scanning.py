"""A virus scanner asked about every file before it is kept: clamd by its socket, where FLOREO_CLAMD names one.

`/run/clamav/clamd.ctl` or `host:3310`; the file goes as INSTREAM (clamd(8)): lengths of four bytes, blocks, and a length of zero. A
scanner that is named and does not answer lets no file in: what nobody looked at would pass for clean."""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import security_events
from floreo.core.errors import Refused

SECONDS = 60.0  # for each step of the talk
_BLOCK = 256 * 1024
_LONGEST_ANSWER = 4096
AWAY, TOO_LARGE = "scanner_away", "scanner_too_large"
_FOUND = re.compile(rb"^stream: (.{1,500}) FOUND$", re.DOTALL)


class Away(Exception):  # noqa: N818 -- it is what the scanner is
    """The scanner does not answer, or not in words that it has."""


class TooLarge(Away):
    """The scanner takes no file of this size (StreamMaxLength in its configuration)."""


@dataclass(frozen=True)
class Infected:
    signature: str


def refuse_infected(source: Any, *, name: str, who: str = "") -> None:
    """Raises Refused for a file in which the scanner finds something, and where it does not answer. `source`: a path, bytes, or an
    open file, which is at its beginning afterwards. Nothing happens where no scanner is named."""
    if not settings.CLAMD:
        return
    try:
        found = scanned(source)
    except TooLarge as problem:
        sentence = _(
            "“%(name)s” is larger than the virus scanner checks. Ask the server administrator to raise its limit."
        )
        raise _refused(sentence % {"name": name}, TOO_LARGE) from problem
    except (Away, OSError) as problem:
        security_events.log.warning("the virus scanner does not answer: %s", problem)
        sentence = _("The virus scanner does not answer, so no file is accepted. Try again later; nothing was saved.")
        raise _refused(sentence, AWAY) from problem
    if found is not None:
        security_events.note(security_events.Kind.INFECTED, None, who=who, what=f"{found.signature}: {name}")
        sentence = _("The virus scanner found “%(signature)s” in “%(name)s”. The file was not saved.")
        raise _refused(sentence % {"signature": found.signature, "name": name}, "infected")


def _refused(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={"file": sentence})


def is_there() -> bool:
    """Whether the scanner answers."""
    try:
        with _connected(2.0) as talk:
            talk.sendall(b"zPING\0")
            return _answer(talk) == b"PONG"
    except (OSError, Away):
        return False


def scanned(source: Any) -> Infected | None:
    """What the scanner finds. Raises Away, TooLarge and OSError."""
    with _connected(SECONDS) as talk:
        try:
            talk.sendall(b"zINSTREAM\0")
            _send(talk, source)
        except (BrokenPipeError, ConnectionResetError):  # it has said why, and listens no more
            pass
        answer = _answer(talk)
    if answer == b"stream: OK":
        return None
    if found := _FOUND.match(answer):
        text = found[1].decode("utf-8", "replace")
        return Infected("".join(c for c in text if c.isprintable())[:100])
    if b"size limit exceeded" in answer:
        raise TooLarge(answer.decode("ascii", "replace"))
    raise Away(answer[:200].decode("ascii", "replace"))


def _connected(seconds: float) -> socket.socket:
    where = settings.CLAMD
    if where.startswith("/"):
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        talk.settimeout(seconds)
        try:
            talk.connect(where)
        except BaseException:
            talk.close()
            raise
        return talk
    host, _colon, port = where.rpartition(":")
    if not host or not port.isdecimal():
        raise Away("FLOREO_CLAMD is neither a path nor host:port")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _send(talk: socket.socket, source: Any) -> None:
    if isinstance(source, Path):
        with source.open("rb") as opened:
            _send(talk, opened)
        return
    if isinstance(source, bytes):
        for at in range(0, len(source), _BLOCK):
            block = source[at : at + _BLOCK]
            talk.sendall(struct.pack("!I", len(block)) + block)
    else:
        source.seek(0)
        try:
            while block := source.read(_BLOCK):
                talk.sendall(struct.pack("!I", len(block)) + block)
        finally:
            source.seek(0)
    talk.sendall(struct.pack("!I", 0))


def _answer(talk: socket.socket) -> bytes:
    """One answer, which ends with a zero byte. Raises Away for one that breaks off."""
    found = b""
    while not found.endswith(b"\0"):
        block = talk.recv(_LONGEST_ANSWER)
        found += block
        if not block or len(found) > _LONGEST_ANSWER:
            raise Away("its answer broke off")
    return found.rstrip(b"\0").strip()
