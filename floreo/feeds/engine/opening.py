"""From what arrived to plain UTF-8 in blocks that end at a line: gz, zip, byte order marks, encodings, and how much is too much.

Nothing is ever written under a name that an archive gives. Memory holds one block, whatever the size of the file."""

from __future__ import annotations

import codecs
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO

from floreo.feeds.engine import problems
from floreo.feeds.engine.line_ends import Ints, line_places
from floreo.feeds.engine.problems import Unreadable

BLOCK = 16 << 20
_LOOK = 1 << 16  # of the end of a block
_STEP = 1 << 20  # of packed bytes taken at a time
LONGEST_LINE = 16 << 20  # no row of a table is longer; one document may be, and comes in pieces
_FREE = 64 << 20  # what any file may unpack to, however well it is packed
_GZ, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_DEEPEST = 2  # an archive in an archive, no further


@dataclass
class Meter:
    """What has come out of one file, and how much may."""

    packed: int
    largest_bytes: int = 64 << 30
    largest_ratio: int = 200
    out: int = 0

    def count(self, size: int) -> None:
        self.out += size
        if self.out > self.largest_bytes:
            raise Unreadable(problems.BOMB if self.out > self.packed else problems.TOO_LARGE)
        if self.out > _FREE and self.out > self.packed * self.largest_ratio:
            raise Unreadable(problems.BOMB)


@dataclass(frozen=True)
class Block:
    """Whole lines of UTF-8, and the number in the file of the first of them."""

    data: bytes
    line: int
    last: bool = False  # nothing follows

    @cached_property
    def line_places(self) -> Ints:
        """Where its lines end. Whoever cuts it counts them, and whoever reads it looks for texts by them: they are found once."""
        return line_places(self.data)


@dataclass(frozen=True)
class Member:
    """One file as it was before it was packed."""

    name: str
    chunks: Iterator[bytes]
    is_alone: bool = True  # no other came in the same file

    def blocks(self, size: int = BLOCK) -> Iterator[Block]:
        """Its text in blocks. Raises Unreadable where it cannot be unpacked further."""
        return _blocks(_utf8(self.chunks), size)


def members(
    source: str | Path | bytes, name: str, *, largest_bytes: int = 64 << 30, largest_ratio: int = 200
) -> Iterator[Member]:
    """The files within a file; a plain one is its own only member. Each must be read before the next is asked for."""
    with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if not size:
            raise Unreadable(problems.EMPTY)
        yield from _opened(stream, name, Meter(size, largest_bytes, largest_ratio), 0)


def _opened(stream: IO[bytes], name: str, meter: Meter, depth: int) -> Iterator[Member]:
    start = stream.read(4)
    stream.seek(0)
    if start[:4] in (_ZIP, _EMPTY_ZIP):
        if depth >= _DEEPEST:
            raise Unreadable(problems.BROKEN_ARCHIVE, name)
        yield from _unzipped(stream, name, meter, depth)
    elif start[:2] == _GZ:
        if depth >= _DEEPEST:
            raise Unreadable(problems.BROKEN_ARCHIVE, name)
        inner = name.removesuffix(".gz").removesuffix(".GZ")
        yield from _inside(_gunzipped(stream, meter), inner, meter, depth + 1)
    else:
        yield Member(name, _plain(stream, meter, counted=depth > 0))


def _inside(chunks: Iterator[bytes], name: str, meter: Meter, depth: int) -> Iterator[Member]:
    """What came out of an archive: a file, or another archive, which needs a place to be looked at."""
    first = next(chunks, b"")
    if first[:2] != _GZ and first[:4] not in (_ZIP, _EMPTY_ZIP):
        yield Member(name, _chained(first, chunks))
        return
    with tempfile.SpooledTemporaryFile(_FREE) as spool:
        spool.write(first)
        for chunk in chunks:
            spool.write(chunk)
        spool.seek(0)
        yield from _opened(spool, name, meter, depth)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _plain(stream: IO[bytes], meter: Meter, *, counted: bool) -> Iterator[bytes]:
    while chunk := stream.read(_whole_lines(stream)):
        cut = chunk.rfind(b"\n") + 1
        if 0 < cut < len(chunk):  # the line that was cut is read again, so that no block has to be put together
            stream.seek(cut - len(chunk), io.SEEK_CUR)
            chunk = chunk[:cut]
        if not counted:
            meter.count(len(chunk))
        if chunk.find(b"\n", 0, _STEP) >= 0:
            yield chunk
        else:  # a line without an end is given up before all of it is in memory
            yield from (chunk[at : at + _STEP] for at in range(0, len(chunk), _STEP))


def _whole_lines(stream: IO[bytes]) -> int:
    """How much to read next, so that it ends where a line does: a look at the end of a block costs less than cutting it."""
    start = stream.tell()
    stream.seek(start + BLOCK - _LOOK)
    look = stream.read(_LOOK)
    stream.seek(start)
    cut = look.rfind(b"\n") + 1
    return BLOCK - _LOOK + cut if cut and len(look) == _LOOK else BLOCK


def _gunzipped(stream: IO[bytes], meter: Meter) -> Iterator[bytes]:
    """All members of a gz one after the other. A checksum that is wrong or an end that is missing is said."""
    engine, started, waiting = zlib.decompressobj(31), False, b""
    while True:
        waiting = waiting or stream.read(_STEP)
        if engine.eof:
            waiting = waiting.lstrip(b"\0") or stream.read(_STEP)  # padding is allowed between members
            if not waiting.lstrip(b"\0"):
                if not waiting:
                    return
                continue
            engine, started = zlib.decompressobj(31), False
        if not waiting:
            if started or not engine.eof:
                raise Unreadable(problems.TRUNCATED)
            return
        try:
            out = engine.decompress(waiting, _STEP)
        except zlib.error as error:
            raise Unreadable(problems.BROKEN_ARCHIVE, str(error)) from error
        started = True
        waiting = engine.unused_data if engine.eof else engine.unconsumed_tail
        meter.count(len(out))
        if out:
            yield out


def _unzipped(stream: IO[bytes], name: str, meter: Meter, depth: int) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        raise Unreadable(problems.TRUNCATED, name) from error  # it began as a zip: the directory at its end is missing
    with archive:
        inside = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        if not inside:
            raise Unreadable(problems.EMPTY, name)
        if any(m.flag_bits & 1 for m in inside):
            raise Unreadable(problems.LOCKED_ARCHIVE, name)
        for member in inside:
            for found in _inside(_member(archive, member, meter), member.filename, meter, depth + 1):
                yield found if len(inside) == 1 else replace(found, is_alone=False)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, meter: Meter) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_STEP):
                meter.count(len(chunk))
                yield chunk
    except EOFError as error:
        raise Unreadable(problems.TRUNCATED, member.filename) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise Unreadable(problems.BROKEN_ARCHIVE, member.filename) from error


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Without its mark; wide encodings as UTF-8. What is no UTF-8 is seen to line by line, later."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= 64:
            break
    encoding, skip = next(((e, len(mark)) for mark, e in _MARKS if first.startswith(mark)), ("utf-8", 0))
    if not skip and len(first) >= 16:  # wide characters may come without a mark
        odd, even = any(first[1:64:2]), any(first[0:64:2])
        if even != odd:
            encoding = "utf-16-le" if even else "utf-16-be"
    stream = _chained(first[skip:], chunks)
    if encoding == "utf-8":
        yield from stream
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in stream:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _blocks(chunks: Iterator[bytes], size: int) -> Iterator[Block]:
    """Cut after the last line end within `size`; a longer line makes a longer block, up to LONGEST_LINE."""
    held: list[bytes] = []
    length, line = 0, 1
    for chunk in chunks:
        if not length and size // 2 < len(chunk) <= size and chunk.endswith(b"\n"):  # a block as it is
            block = Block(readable(chunk), line)
            yield block
            line += len(block.line_places)
            continue
        held.append(chunk)
        length += len(chunk)
        while length >= size:
            data = b"".join(held)
            cut = _last_end(data, size)
            if not cut and length > LONGEST_LINE:
                cut = _letter_end(data)
            if not cut:
                held = [data]
                break
            head, rest = data[:cut], data[cut:]
            block = Block(readable(head), line)
            yield block
            line += len(block.line_places)
            held, length = [rest], len(rest)
            if length < size:
                break
    yield Block(readable(b"".join(held)), line, last=True)


def _last_end(data: bytes, size: int) -> int:
    """Where the last whole line before `size` ends; 0 when the data holds no end at all. CR counts where LF does not occur,
    and not as the very last byte: its LF may be on the way."""
    cut = data.rfind(b"\n", 0, size) + 1 or data.find(b"\n", size) + 1
    if cut:
        return cut
    cut = data.rfind(b"\r", 0, min(size, len(data) - 1)) + 1
    return cut or data.find(b"\r", size, len(data) - 1) + 1


def _letter_end(data: bytes) -> int:
    """Where the last character begins: nothing is cut within one."""
    cut = len(data) - 1
    while cut > len(data) - 4 and data[cut] & 0xC0 == 0x80:
        cut -= 1
    return cut


def readable(data: bytes) -> bytes:
    """The same text as strict UTF-8. A line that is none is Windows-1252 (and Latin-1 where that has holes): decided line by
    line, so that where a block ends changes nothing and one broken character spoils no other line."""
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"".join(_line(line) for line in data.splitlines(keepends=True))
    return data


def _line(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_WINDOWS[byte] for byte in line).encode("utf-8")
    return line


def _windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_WINDOWS = [_windows(byte) for byte in range(256)]
