"""`floreo backup`: the whole installation in one file, held to be a backup only once it was restored from."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from floreo.config import empty
from floreo.config.archive import PIECE, SECRET, Writer
from floreo.config.migrating import migrations_due
from floreo.config.portable import LEFT_OUT, lines, snapshot
from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused

VERB = "backup.made"
_PROOF = ".floreo-proof-"  # begins the name of the folder into which a backup is restored to prove it


@dataclass(frozen=True)
class Made:
    """A backup that was restored from."""

    path: Path
    rows: int
    files: int
    bytes: int
    seconds: float

    def __str__(self) -> str:
        size = f"{self.bytes / 1e6:.1f} MB"
        return f"{self.path}: {self.rows} rows and {self.files} files, {size}, restored and checked, in {self.seconds:.0f} s."


def floreo_version() -> str:
    """As it was installed, or as the source beside us says."""
    try:
        return version("floreo")
    except PackageNotFoundError:
        source = Path(__file__).resolve().parents[2] / "pyproject.toml"
        found = re.search(
            r'^version = "(.+)"', source.read_text(encoding="utf-8") if source.exists() else "", re.MULTILINE
        )
        return found[1] if found else "unknown"


def backup(to: Path, *, keep: int = 0, with_secret: bool = False) -> Made:
    """Makes an archive in the folder `to`, restores it into a scratch database, and lets go of older ones beyond `keep`.
    Raises Refused, leaving nothing behind, when it cannot be written or does not restore."""
    began = time.monotonic()
    if not Path(connection.settings_dict["NAME"]).exists() and connection.vendor == "sqlite":
        raise Refused("There is nothing to back up: this installation has no database yet.", code="empty")
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _new_file(to) as part:
            manifest = _write(part, with_secret=with_secret)
            _prove(part, to)
            path = _final(part, to)
    except (OSError, tarfile.TarError) as error:
        why = getattr(error, "strerror", None) or str(error)
        sentence = f"The backup could not be written to {to}: {why}. Nothing was kept; older backups are as they were."
        raise Refused(sentence, code="not_written") from error
    rows = sum(t["rows"] for t in manifest["tables"].values())
    made = Made(path, rows, manifest["files"], path.stat().st_size, time.monotonic() - began)
    _record(made, manifest)
    _let_go_of_older(to, keep)
    return made


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > 24 * 3600


@contextmanager
def _new_file(to: Path) -> Iterator[Path]:
    """A file that only we can read, which goes away again unless it was renamed."""
    for old in to.glob(".floreo-*.part"):  # left by a machine that lost its power in the middle
        if _is_old(old):
            old.unlink(missing_ok=True)
    for old in to.glob(f"{_PROOF}*"):  # and of a proof that was killed
        if _is_old(old):
            shutil.rmtree(old, ignore_errors=True)
    handle, name = tempfile.mkstemp(prefix=".floreo-", suffix=".part", dir=to)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(part: Path, *, with_secret: bool) -> dict[str, Any]:
    with part.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
            writer = Writer(tar)
            # What the public sent, before the rows: taken in meanwhile, it is in both, and is taken in once all the same.
            spooled = _add_folder(writer, "spool", Path(settings.SPOOL_ROOT))
            manifest = _add_rows(writer)
            # Files after rows: each file is on the disk before the row that names it is committed.
            manifest["files"] = _add_folder(writer, "files", Path(settings.MEDIA_ROOT))
            manifest["files"] += _add_folder(writer, "events", Path(settings.EVENTS_ROOT)) + spooled
            if with_secret:
                writer.add(SECRET, settings.SECRET_KEY.encode())
            writer.close(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add_rows(writer: Writer) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    with snapshot() as moment:
        for table, columns in moment.tables.items():
            count = 0
            for number, (rows, piece) in enumerate(lines(moment.rows(table), largest=PIECE)):
                writer.add(f"tables/{table}/{number:05}.jsonl", piece)
                count += rows
            tables[table] = {"columns": [c.name for c in columns], "kinds": [c.kind for c in columns], "rows": count}
        return {
            "floreo": floreo_version(),
            "made_at": clock.now().isoformat(timespec="seconds"),
            "database": connection.vendor,
            "pack": settings.PACK,
            "tables": tables,
            "migrations": moment.migrations(),
            "sequences": moment.sequences(),
            "audit": moment.head(),
            "left_out": sorted(LEFT_OUT),
        }


def _add_folder(writer: Writer, name: str, folder: Path) -> int:
    count = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(("-wal", "-shm", "-journal")):
            count += writer.add_file(f"{name}/{path.relative_to(folder).as_posix()}", path)
    return count


def _prove(part: Path, to: Path) -> None:
    """Restores it, as any other machine would: in a process of its own, into a database of its own."""
    with tempfile.TemporaryDirectory(prefix=_PROOF, dir=to) as scratch:
        empty.lend(Path(scratch))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("FLOREO_", "DATABASE_URL"))}
        own = {"FLOREO_SECRET_KEY": settings.SECRET_KEY, "FLOREO_LOG_LEVEL": "ERROR"}
        packs = {"FLOREO_PACK_DIRS": ",".join(str(p) for p in settings.PACK_DIRS)}
        command = [
            sys.executable,
            "-m",
            "floreo.config.cli",
            "--parent",
            str(os.getpid()),
            "--data",
            scratch,
            "--pack",
            settings.PACK,
            "restore",
            str(part),
            "--rows-only",
        ]
        done = subprocess.run(command, env=kept | own | packs, capture_output=True, text=True, check=False)  # noqa: S603 -- our own command
        empty.take_back(Path(scratch))
    if done.returncode != 0:
        sentence = (done.stdout.strip() or done.stderr.strip()).splitlines()
        raise Refused(
            f"The backup was written but does not restore: {sentence[-1][:400] if sentence else 'no reason given'}",
            code="no_proof",
        )


def _final(part: Path, to: Path) -> Path:
    stem, number = f"{_stem()}{clock.now():%Y%m%dT%H%M%SZ}", 1
    path = to / f"{stem}.tar.gz"
    while path.exists():
        number += 1
        path = to / f"{stem}-{number}.tar.gz"
    part.rename(path)
    folder = os.open(to, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name, too, must be on the disk
    finally:
        os.close(folder)
    return path


def _stem() -> str:
    """Backups of one installation share a beginning, so that those of another in the same folder stay."""
    name = "".join(c if c.isalnum() else "-" for c in Path(settings.PACK or "data").name) or "data"
    place = hashlib.sha256(f"{settings.DATA}|{connection.settings_dict['NAME']}".encode()).hexdigest()[:6]
    return f"floreo-{name}-{place}-"


def _let_go_of_older(to: Path, keep: int) -> None:
    if keep > 0:
        for old in sorted(to.glob(f"{_stem()}*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)[keep:]:
            with suppress(OSError):
                old.unlink()


def _record(made: Made, manifest: dict[str, Any]) -> None:
    """In the chain, unless this database belongs to another version, which this one must not write to."""
    if not migrations_due():
        digest = hashlib.sha256()
        with made.path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        record_backup(by=SYSTEM, name=made.path.name, sha256=digest.hexdigest(), rows=made.rows, head=manifest["audit"])


@action(VERB, needs=Permission.ACCOUNT_MANAGE)
def record_backup(*, by: Actor, name: str, sha256: str, rows: int, head: dict[str, Any]) -> None:
    """A backup was made and restored from. Its hash in the chain shows later whether that file is still that file."""
    note(name=name, sha256=sha256, rows=rows, head=head)


def daily_backup() -> None:
    """The job: only where a folder is named."""
    if settings.BACKUP_DIR:
        backup(Path(settings.BACKUP_DIR), keep=settings.BACKUP_KEEP)


def free_space(folder: Path) -> int:
    """Bytes that are free there."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
