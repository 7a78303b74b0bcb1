"""One file that holds a whole installation: rows, files, and a manifest with the hash of each part, sealed with the key.

Written under another name and renamed once it is whole. Read twice: first every part is held against the manifest, then
it is used; what is not named there, or would land outside its folder, is refused."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import re
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from floreo.core.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret-key"  # noqa: S105 -- the name of a file
PIECE = 8 * 1024 * 1024
_LARGEST_PIECE = 8 * PIECE  # one row may be large; more than this was not written by us
_NAME = re.compile(r"manifest\.json|secret-key|tables/[A-Za-z0-9_]+/[0-9]+\.jsonl|(?:files|events|spool)/.+")
_BLOCK = 1024 * 1024


def damaged(why: str) -> Refused:
    return Refused(f"This archive cannot be used: {why}. Take another one.", code="damaged")


def seal(manifest: dict[str, Any]) -> str:
    """Changes with every word of the manifest; only who holds the secret key can make it."""
    facts = {k: v for k, v in manifest.items() if k != "seal"}
    text = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(b"floreo.backup|" + settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


@dataclass
class Writer:
    """Puts parts into an archive and remembers their hashes."""

    tar: tarfile.TarFile
    members: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        self._put(name, len(content), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> bool:
        """False when it went away in the meantime. A small database of its own is copied as SQLite does it."""
        try:
            with path.open("rb") as file:
                if file.read(16) == b"SQLite format 3\x00":
                    return self._add_database(name, path)
                file.seek(0)
                self._put(name, os.fstat(file.fileno()).st_size, file)
        except FileNotFoundError:
            return False
        return True

    def _add_database(self, name: str, path: Path) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            source, target = sqlite3.connect(path), sqlite3.connect(copy)
            try:
                source.backup(target)
            finally:
                source.close()
                target.close()
            with copy.open("rb") as file:
                self._put(name, copy.stat().st_size, file)
        return True

    def _put(self, name: str, size: int, file: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
        reader = _Hashing(file)
        self.tar.addfile(entry, reader)  # type: ignore[arg-type]  # it only reads
        self.members[name] = reader.digest.hexdigest()

    def close(self, manifest: dict[str, Any]) -> None:
        """Adds the manifest as the last part."""
        whole = manifest | {"format": FORMAT, "members": self.members}
        self.add(MANIFEST, json.dumps(whole | {"seal": seal(whole)}, indent=1).encode())


class _Hashing:
    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


class ArchivedFile:
    """The content of one part. However it breaks off, it is a refusal with a sentence."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content = content

    def read(self, size: int = -1) -> bytes:
        with _is_plain():
            return self.content.read(size)


@contextmanager
def _is_plain() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeError, ValueError) as error:
        raise damaged(f"it is incomplete or not an archive of Floreo ({type(error).__name__})") from error


def parts(path: Path) -> Iterator[tuple[str, int, ArchivedFile]]:
    """Name, size and content of every part, in the order in which they were written."""
    if not path.is_file():
        raise Refused(f"There is no archive {path}.", code="no_archive")
    with _is_plain(), tarfile.open(path, "r|gz") as tar:
        for entry in tar:
            content = tar.extractfile(entry) if entry.isreg() else None
            if content is None or not _is_safe(entry.name):
                raise damaged(f"it holds something that does not belong there ({entry.name[:80]!r})")
            yield entry.name, entry.size, ArchivedFile(content)


def _is_safe(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and "\\" not in name and not any(p in {"", ".", ".."} for p in name.split("/"))


def checked(path: Path) -> dict[str, Any]:
    """The manifest, after every part was held against it."""
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    for name, size, content in parts(path):
        if name in hashes or manifest:
            raise damaged(f"{name} is there twice, or comes after the end")
        if name.startswith("tables/") and size > _LARGEST_PIECE:
            raise damaged(f"{name} is larger than any that was written")
        if name == MANIFEST:
            manifest = _manifest(content.read(_LARGEST_PIECE))
            continue
        digest = hashlib.sha256()
        while block := content.read(_BLOCK):
            digest.update(block)
        hashes[name] = digest.hexdigest()
    if not manifest:
        raise damaged("its manifest is missing: it was cut off")
    for name in sorted(hashes.keys() | manifest["members"].keys()):
        if hashes.get(name) != manifest["members"].get(name):
            raise damaged(f"{name} is not as it was written")
    return manifest


def _manifest(raw: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(raw)
        shape = {
            "format": int,
            "members": dict,
            "tables": dict,
            "migrations": list,
            "sequences": dict,
            "audit": dict,
            "seal": str,
        }
        if all(isinstance(found.get(k), kind) for k, kind in shape.items()):
            if found["format"] > FORMAT:
                sentence = f"This archive was made by Floreo {found.get('floreo')}, which is newer. Install that version first."
                raise Refused(sentence, code="newer")
            return found
    except (ValueError, AttributeError, TypeError):
        pass
    raise damaged("its manifest cannot be read")


def is_sealed_here(manifest: dict[str, Any]) -> bool:
    """Whether it was made with this installation's key and not changed since."""
    return hmac.compare_digest(seal(manifest), manifest["seal"])
