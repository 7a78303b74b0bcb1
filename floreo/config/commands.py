"""What each command does, once settings are read."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from floreo.config import cli_feeds, doctor
from floreo.config.backup import backup
from floreo.config.cli_import import import_text
from floreo.config.jobs import Loop
from floreo.config.restore import restore
from floreo.core import audit, bounces, search, state
from floreo.core.access import SYSTEM
from floreo.core.bounce_mailbox import take_in
from floreo.core.errors import Refused
from floreo.core.models import SearchEntry
from floreo.core.ui import storage
from floreo.indicators.actions import recompute_all
from floreo.organisations.actions import first_admin_link, locked_out_link
from floreo.organisations.queries import in_the_country
from floreo.packs.actions import check_pack, load_pack, make_accounts
from floreo.packs.models import LoadedPack


def say(line: str = "") -> None:
    print(line, flush=True)


def run(asked: argparse.Namespace) -> int:
    """Runs the command that was asked for; a refusal is its sentence and exit code 1."""
    name = (
        asked.command if asked.command not in {"pack", "strategy", "audit", "feed"} else f"{asked.command} {asked.what}"
    )
    try:
        if getattr(asked, "dry_run", False):
            return COMMANDS[name](asked)  # needs no database, and makes none
        if name in AS_IT_IS:
            return COMMANDS[name](asked)
        Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
        if _migrations_due():
            say("Preparing the database ...")
            _migrate()
        with in_the_country():
            return COMMANDS[name](asked)
    except Refused as refusal:
        say(str(refusal.sentence))
        return 1


def pack_folder(name: str) -> Path:
    """The folder of a pack by its name, or the folder itself."""
    here = Path(name)
    if here.is_dir() and (here / "pack.toml").exists():
        return here.resolve()
    for root in settings.PACK_DIRS:
        if (root / name / "pack.toml").exists():
            return Path(root) / name
    known = sorted({p.parent.name for root in settings.PACK_DIRS for p in Path(root).glob("*/pack.toml")})
    raise Refused(f"There is no country pack called {name}. There are: {', '.join(known)}.", code="no_pack")


def _migrations_due() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def _load(asked: argparse.Namespace) -> None:
    folder = pack_folder(asked.pack)
    other = LoadedPack.objects.exclude(code=folder.name).first()
    if other is not None and not LoadedPack.objects.filter(code=folder.name).exists():
        raise Refused(
            f"This data folder already holds {other.title}. Give another with --data, or run without --pack.",
            code="other_pack",
        )
    load_pack(folder, by=SYSTEM)
    with in_the_country() as country:
        if country is not None and country.is_sample:
            _show_accounts(make_accounts(folder, by=SYSTEM))


def _show_accounts(made: list[tuple[str, str, str]]) -> None:
    if not made:
        return
    say("Sample accounts, shown once:")
    for email, role, word in made:
        say(f"  {role:<14} {email:<36} {word}")
    say()


def _up(asked: argparse.Namespace) -> int:
    storage.collect()
    _load(asked)
    say(f"Floreo is at {settings.SITE_ADDRESS}/")
    link = first_admin_link(by=SYSTEM)
    if link:
        say(f"The first administrator signs in here, once, within a day: {settings.SITE_ADDRESS}{link}")
    if asked.prepare_only:
        return 0
    return _serve(asked)


def _serve(asked: argparse.Namespace) -> int:
    say("Stop it with Ctrl+C.")
    connection.close()
    worker = subprocess.Popen([sys.executable, "-m", "floreo.config.cli", "--pack", asked.pack, "worker"])
    try:
        _listen(asked)
    finally:
        worker.terminate()
        worker.wait(timeout=10)
    return 0


def _listen(asked: argparse.Namespace) -> None:
    from granian import Granian  # only the server needs it
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "floreo.config.rsgi:server",
        address=asked.host,
        port=asked.port,
        interface=Interfaces.RSGI,
        workers=1,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def _web(asked: argparse.Namespace) -> int:
    """For a service manager, which looks after the worker itself."""
    storage.collect()
    connection.close()
    _listen(asked)
    return 0


def _worker(_asked: argparse.Namespace) -> int:
    Loop().run()
    return 0


def _pack_load(asked: argparse.Namespace) -> int:
    if asked.check:
        say(str(check_pack(pack_folder(asked.pack))))
        return 0
    _load(asked)
    return 0


def _backup(asked: argparse.Namespace) -> int:
    to = asked.to or Path(settings.BACKUP_DIR or settings.DATA / "backups")
    made = backup(to, keep=settings.BACKUP_KEEP if asked.keep is None else asked.keep, with_secret=asked.with_secret)
    say(str(made))
    if asked.with_secret:
        say("It holds the secret key: whoever has the file can sign in as anybody. Keep it as you keep the key.")
    else:
        say("It does not hold the secret key: keep that apart. Without it, links in letters already sent end.")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    came = restore(
        asked.archive,
        replace=asked.replace,
        other_key=asked.other_key,
        rows_only=asked.rows_only,
        as_it_was=asked.as_it_was,
    )
    say(str(came))
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    """Exit code 0 when nothing is wrong, 1 when something is."""
    found = doctor.examine(deep=asked.deep)
    say(doctor.as_json(found) if asked.json else doctor.as_text(found))
    return 0 if doctor.sound(found) else 1


def _mail_in(_asked: argparse.Namespace) -> int:
    """For a pipe in the mail server: 0 is taken, whatever it was; 75 asks it to come again later."""
    raw = sys.stdin.buffer.read(bounces.LARGEST)
    try:
        say(take_in(raw).kind.value)
    except DatabaseError:
        return 75
    return 0


def _strategy_import(asked: argparse.Namespace) -> int:
    return import_text(asked.file, dry_run=asked.dry_run, out=sys.stdout)


_NAMED = 50  # of the rows that differ


def _audit_verify(asked: argparse.Namespace) -> int:
    """Exit code 0 when the chain holds and every row is as it left it, 1 when not."""
    started, breaks = time.monotonic(), list(audit.walk(expected=asked.head))
    head = audit.head()
    for each in breaks:
        say(f"Entry {each.number}: {each.reason}.")
    verdict = "The chain does not hold." if breaks else "The chain holds."
    say(f"{verdict} {head.number} entries walked in {time.monotonic() - started:.1f} s. Head {head.hash}")
    started, differences = time.monotonic(), list(state.differences())
    for difference in differences[:_NAMED]:
        say(f"{difference}.")
    if len(differences) > _NAMED:
        say(f"And {len(differences) - _NAMED} more.")
    verdict = (
        f"{len(differences)} rows are not as the chain left them." if differences else "Every row is as it left it."
    )
    say(f"{verdict} Compared in {time.monotonic() - started:.1f} s.")
    return 1 if breaks or differences else 0


def _admin_link(_asked: argparse.Namespace) -> int:
    say(f"{settings.SITE_ADDRESS}{locked_out_link(by=SYSTEM)}")
    return 0


def _figures(_asked: argparse.Namespace) -> int:
    say(f"{recompute_all(by=SYSTEM)} readings computed.")
    return 0


def _search_index(_asked: argparse.Namespace) -> int:
    SearchEntry.objects.all().delete()
    for model in apps.get_models():
        if hasattr(model, "search_entry"):
            search.refresh_many(model._default_manager.iterator(chunk_size=2000))
    say(f"{SearchEntry.objects.count()} things can be found.")
    return 0


# These take the database as it is: a backup changes nothing, a restore makes its own, and a doctor only looks.
AS_IT_IS = {"backup", "restore", "doctor"}
COMMANDS = {
    "up": _up,
    "web": _web,
    "worker": _worker,
    "pack load": _pack_load,
    "strategy import": _strategy_import,
    "audit verify": _audit_verify,
    "backup": _backup,
    "restore": _restore,
    "doctor": _doctor,
    "mail-in": _mail_in,
    "admin-link": _admin_link,
    "figures": _figures,
    "search-index": _search_index,
    **cli_feeds.COMMANDS,
}
