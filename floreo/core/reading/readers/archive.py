"""Looks into a Word file's ZIP before anything opens it: size when unpacked, ratio, passwords, entity bombs."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from floreo.core.reading.document import Limits, Unreadable

_SMALL = 1_000_000
_XML_ENDINGS = (".xml", ".rels")
_DOCTYPE_WITHIN = 4096


def check_archive(path: Path, *, name: str, limits: Limits) -> None:
    """Raises unless every part is whole, of sane size and free of document types (which could define entities)."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_sizes(members, path.stat().st_size, name=name, limits=limits)
            for member in members:
                _check_member(archive, member, name=name)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Unreadable("damaged", name=name) from error


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, *, name: str, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked / max(packed, 1)
    if len(members) > limits.archive_members or unpacked > limits.unpacked_bytes:
        raise Unreadable("bomb", name=name)
    if unpacked > _SMALL and ratio > limits.unpacked_ratio:
        raise Unreadable("bomb", name=name)
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("encrypted", name=name)


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, name: str) -> None:
    if not member.filename.endswith(_XML_ENDINGS):
        return
    with archive.open(member) as part:
        head = part.read(_DOCTYPE_WITHIN).replace(b"\x00", b"").upper()
        # Read to the end, so that a part that was cut short or lies about its size is found here.
        while part.read(1 << 20):
            pass
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unreadable("bomb", name=name)
