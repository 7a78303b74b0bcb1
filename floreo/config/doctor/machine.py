"""Checks of the machine and its settings: they need no database that is up to date."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from floreo.config.backup import free_space
from floreo.config.doctor.findings import Check, bad, good, watch
from floreo.config.migrating import migrations_due
from floreo.core import cage, scanning
from floreo.organisations.breached import is_in

_LOW = 2 * 1024**3
LEAST_FREE = 300 * 1024**2  # bytes; below it `/ready/` says no, too
_PACKAGE = Path(__file__).resolve().parents[2]


def _python() -> Check:
    text = ".".join(map(str, sys.version_info[:3]))
    yield (
        good(f"Python {text}.")
        if sys.version_info >= (3, 11)
        else bad(f"Python {text} is too old.", "Install Python 3.11 or newer.")
    )


def _packages() -> Check:
    """Against the hashed lock, where it is at hand."""
    lock = _PACKAGE.parent / "requirements.lock"
    if not lock.exists():
        yield good("There is no lock file beside the programme to compare with.")
        return
    wrong = []
    for name, wanted in re.findall(
        r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)(?![^\n]*; )", lock.read_text(encoding="utf-8")
    ):
        try:
            if version(name) != wanted:
                wrong.append(f"{name} is {version(name)}, not {wanted}")
        except PackageNotFoundError:
            wrong.append(f"{name} {wanted} is missing")
    if wrong:
        yield watch(
            f"{len(wrong)} packages differ from the lock: {'; '.join(wrong[:3])}.",
            "Run: pip install --require-hashes -r requirements.lock",
        )
    else:
        yield good("Every package is the one that the lock names.")


def _passwords() -> Check:
    """Whether passwords of breaches are known."""
    path = settings.BREACHED_PASSWORDS
    if path:
        try:
            is_in(Path(path), "")
        except OSError as problem:
            yield bad(
                f"The list of breached passwords cannot be read ({problem.strerror}).", "See FLOREO_BREACHED_PASSWORDS."
            )
        else:
            yield good("Passwords are compared with a list of breached ones.")
    else:
        text = "Passwords are not compared with a list of breached ones."
        yield watch(text, "Set FLOREO_BREACHED_PASSWORDS.") if settings.SECURE else good(text)


def _cage() -> Check:
    """Whether foreign files are read where they can do no harm."""
    try:
        closed = cage.run("floreo.core.reading.caged", Path(__file__), name="doctor.txt").closed
    except cage.Died as end:
        yield bad(f"The process that reads foreign files does not start ({end.reason}).", "See the log; report it.")
        return
    if left := {"calls", "files", "network"} - closed:
        yield watch(
            f"The process that reads foreign files has limits of memory and time, but its {' and '.join(sorted(left))} cannot be closed here.",
            "It takes Linux 5.13 or newer, and on a server the worker's unit as it is in deploy/.",
        )
    else:
        yield good("Foreign files are read in a process without network, keys and files.")


def _scanner() -> Check:
    """Whether files are looked at by a virus scanner before they are kept."""
    if not settings.CLAMD:
        text = "Files are not looked at by a virus scanner."
        yield watch(text, "Set FLOREO_CLAMD.") if settings.SECURE else good(text)
    elif scanning.is_there():
        yield good("The virus scanner answers.")
    else:
        yield bad(
            "The virus scanner does not answer, so no file is accepted.",
            "Start clamd, or correct or remove FLOREO_CLAMD.",
        )


def _database() -> Check:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        yield bad("There is no database yet.", "Run: floreo up")
        return
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield bad(
            f"The database does not answer: {str(problem).splitlines()[0][:200]}.", "Start it, or correct DATABASE_URL."
        )
        return
    yield good(f"The database answers ({connection.display_name}).")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            text = cursor.fetchone()[0]
        if text != "ok":
            yield bad(f"The database file is damaged: {text}.", "Stop Floreo and restore the newest backup.")
    elif lacks_locks():
        yield watch(
            "PostgreSQL has fewer locks than it takes to make all tables in one transaction, as a move and the restore of another version do.",
            "Set max_locks_per_transaction = 512 in its settings and start it again.",
        )


_LOCKS_A_TABLE = (
    40  # tables made again, with their indexes, sequences and types: counted while a restore of 321 tables ran
)


def lacks_locks() -> bool:
    """Whether the locks that PostgreSQL has by its settings are fewer than a restore of another version takes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_locks_per_transaction')::int"
            " * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int)"
        )
        (has,) = cursor.fetchone()
        return int(has) < _LOCKS_A_TABLE * len(connection.introspection.table_names(cursor))


def _migrations() -> Check:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return
    if migrations_due():
        yield bad("The database is older than the programme.", "Make a backup (floreo backup), then run: floreo up")
    else:
        yield good("The database fits the programme.")


def _disk() -> Check:
    for folder in dict.fromkeys([Path(settings.DATA), Path(settings.BACKUP_DIR or settings.DATA)]):
        free = free_space(folder)
        text = f"{free / 1024**3:.1f} GB are free for {folder}."
        if free < _LOW:
            yield (bad if free < LEAST_FREE else watch)(
                text, "Make room or enlarge the disk: without it nothing can be written."
            )
        else:
            yield good(text)


def _folder() -> Check:
    data = Path(settings.DATA)
    if not data.exists():
        yield bad(f"The data folder {data} is not there.", "Run floreo up, or correct FLOREO_DATA.")
        return
    if not os.access(data, os.W_OK):
        yield bad(f"The data folder {data} cannot be written to.", "Give it to the user under which Floreo runs.")
    elif data.stat().st_mode & 0o007:
        yield watch(f"Every user of this machine may look into the data folder {data}.", f"Run: chmod o-rwx {data}")
    else:
        yield good("The data folder is ours alone.")


def _secret() -> Check:
    kept = Path(settings.DATA) / "secret-key"
    if len(settings.SECRET_KEY) < 32:
        yield watch("The secret key is short.", "Set FLOREO_SECRET_KEY to 50 random characters.")
    elif kept.exists() and kept.stat().st_mode & 0o077:
        yield bad("Others on this machine can read the secret key.", f"Run: chmod 600 {kept}, and make a new key.")
    else:
        yield good("The secret key is long and ours alone.")


def _address() -> Check:
    if settings.DEBUG:
        yield bad("FLOREO_DEBUG is on: pages show the inside of the programme.", "Unset FLOREO_DEBUG.")
    here = any(name in settings.SITE_ADDRESS for name in ("//localhost", "//127.0.0.1", "//[::1]"))
    if here:
        yield watch(
            f"The address is {settings.SITE_ADDRESS}: only this machine can open it, and links in e-mails lead there.",
            "Set FLOREO_ADDRESS to the public address.",
        )
    elif not settings.SECURE:
        yield bad(
            f"{settings.SITE_ADDRESS} is not encrypted: passwords can be read on the way.",
            "Put a proxy with TLS before it and set FLOREO_ADDRESS to https://...",
        )
    elif not settings.BEHIND_PROXY:
        yield watch(
            "The address is https, but no proxy is trusted.", "Behind a proxy with TLS set FLOREO_BEHIND_PROXY=true."
        )
    else:
        yield good(f"The address is {settings.SITE_ADDRESS}.")


def _pages() -> Check:
    built = _PACKAGE / "static_built"
    missing = [
        name
        for name in ("css", "js", "fonts")
        if not list(built.glob(f"**/*.{ {'css': 'css', 'js': 'js', 'fonts': 'woff2'}[name] }"))
    ]
    if missing:
        yield bad(
            f"Front-end files are missing ({', '.join(missing)}): pages are bare.",
            "Run make assets, or install the wheel again.",
        )
    else:
        yield good("Front-end files are there.")
    if importlib.util.find_spec("typst") is None:
        yield bad("What makes PDF files is not installed.", "Run: pip install --require-hashes -r requirements.lock")
    elif not list((_PACKAGE / "core" / "documents").glob("**/*.[to]tf")):
        yield watch(
            "The fonts of PDF files are missing: reports look different on every machine.", "Install the wheel again."
        )
    else:
        yield good("PDF files can be made, with our own fonts.")


MACHINE: dict[str, Callable[[], Check]] = {
    "python": _python,
    "packages": _packages,
    "disk": _disk,
    "data folder": _folder,
    "secret key": _secret,
    "address": _address,
    "pages": _pages,
    "cage": _cage,
    "virus scanner": _scanner,
    "passwords": _passwords,
    "database": _database,
    "migrations": _migrations,
}
