"""What each command does, once settings are read. Each imports what it needs itself: the commands start in a fraction of a
second, whatever the others need."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

from floreo.core.errors import Refused


def echo(line: str = "") -> None:
    print(line, flush=True)


def run(asked: argparse.Namespace) -> int:
    """Runs the command that was asked for; a refusal is its sentence and exit code 1."""
    name = " ".join(filter(None, [asked.command, getattr(asked, "what", "")]))
    try:
        if getattr(asked, "dry_run", False):
            return COMMANDS[name](asked)  # needs no database, and makes none
        if name not in {"restore", "doctor"}:
            _must_be_whole()
        if name in AS_IT_IS:
            return COMMANDS[name](asked)
        _bring_up_to_date()
        from floreo.organisations.queries import in_the_country

        with in_the_country():
            return COMMANDS[name](asked)
    except Refused as refusal:
        echo(str(refusal.sentence))
        return 1
    except OperationalError as problem:
        echo(f"The database does not do its work: {str(problem).strip()[:300]}. floreo doctor says what to do.")
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


def _must_be_whole() -> None:
    from floreo.config.processes import cut_off

    if sentence := cut_off(Path(settings.DATA)):
        raise Refused(sentence, code="cut_off")


def _bring_up_to_date() -> None:
    from floreo.config.migrating import migrations_due

    Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
    if migrations_due():
        from django.core.management import call_command

        from floreo.config.rights import may_change_tables

        if not may_change_tables():
            sentence = "The database belongs to another version and to another role. Run floreo migrate as its owner."
            raise Refused(sentence, code="owner")
        echo("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)


def prepare_pages() -> None:
    """What a web server needs that was not started by `floreo up`."""
    from floreo.core.ui import storage

    _bring_up_to_date()
    storage.collect()


def _load(asked: argparse.Namespace) -> None:
    from floreo.core.access import SYSTEM
    from floreo.organisations.queries import in_the_country
    from floreo.packs.actions import load_pack, make_accounts
    from floreo.packs.folder import language_notes
    from floreo.packs.models import LoadedPack

    folder = pack_folder(asked.pack)
    other = LoadedPack.objects.exclude(code=folder.name).first()
    if other is not None and not LoadedPack.objects.filter(code=folder.name).exists():
        raise Refused(
            f"This data folder already holds {other.title}. Give another with --data, or run without --pack.",
            code="other_pack",
        )
    load_pack(folder, by=SYSTEM)
    with in_the_country() as country:
        for note in language_notes(country.languages if country is not None else []):
            echo(note)
        if country is not None and country.is_sample:
            _show_accounts(make_accounts(folder, by=SYSTEM))


def _show_accounts(made: list[tuple[str, str, str]]) -> None:
    if not made:
        return
    echo("Sample accounts, shown once:")
    for email, role, word in made:
        echo(f"  {role:<14} {email:<36} {word}")
    echo()


def _prepare(asked: argparse.Namespace) -> int:
    """`floreo up --prepare-only`, and what `floreo up` does first: floreo/config/processes.py serves."""
    from floreo.core.access import SYSTEM
    from floreo.core.ui import storage
    from floreo.organisations.actions import first_admin_link

    storage.collect()
    _load(asked)
    link = first_admin_link(by=SYSTEM)
    if link:
        echo(f"The first administrator signs in here, once, within a day: {settings.SITE_ADDRESS}{link}")
    return 0


def _migrate(asked: argparse.Namespace) -> int:
    from floreo.config.rights import grant

    if asked.grant:
        grant(asked.grant)
        echo(f"{asked.grant} may do the work of the program, and only add to the audit chain.")
    return 0


def _worker(asked: argparse.Namespace) -> int:
    from floreo.config.processes import WITH_UP, CannotStart, FolderLock
    from floreo.config.worker import Worker

    lock = FolderLock(Path(settings.DATA), "worker")  # held for as long as this function runs
    try:
        lock.take(f"floreo worker {WITH_UP}" if asked.parent else "floreo worker")
    except CannotStart as problem:
        echo(str(problem))
        return 1
    return Worker().run()


def _pack_load(asked: argparse.Namespace) -> int:
    from floreo.packs.actions import check_pack

    if asked.check:
        echo(str(check_pack(pack_folder(asked.pack))))
        return 0
    _load(asked)
    return 0


def _backup(asked: argparse.Namespace) -> int:
    from floreo.config.backup import backup

    to = asked.to or Path(settings.BACKUP_DIR or settings.DATA / "backups")
    made = backup(to, keep=settings.BACKUP_KEEP if asked.keep is None else asked.keep, with_secret=asked.with_secret)
    echo(str(made))
    if asked.with_secret:
        echo("It holds the secret key: whoever has the file can sign in as anybody. Keep it as you keep the key.")
    else:
        echo(
            "It does not hold the secret key: keep that apart. Without it, links in e-mails that were already sent stop working."
        )
    return 0


def _restore(asked: argparse.Namespace) -> int:
    from floreo.config.restore import restore

    came = restore(
        asked.archive,
        replace=asked.replace,
        other_key=asked.other_key,
        rows_only=asked.rows_only,
        as_it_was=asked.as_it_was,
    )
    echo(str(came))
    return 0


def _move(asked: argparse.Namespace) -> int:
    from floreo.config.moving import move

    echo(str(move(asked.to)))
    return 0


def _doctor(asked: argparse.Namespace) -> int:
    """Exit code 0 when nothing is wrong, 1 when something is."""
    from floreo.config import doctor

    found = doctor.examine(deep=asked.deep)
    echo(doctor.as_json(found) if asked.json else doctor.as_text(found))
    return 0 if doctor.sound(found) else 1


def _mail_in(_asked: argparse.Namespace) -> int:
    """For a pipe in the mail server: 0 is taken, whatever it was; 75 asks it to come again later."""
    from django.db.utils import DatabaseError

    from floreo.core import bounces
    from floreo.core.bounce_mailbox import take_in

    raw = sys.stdin.buffer.read(bounces.LARGEST)
    try:
        echo(take_in(raw).kind.value)
    except DatabaseError:
        return 75
    return 0


def _strategy_import(asked: argparse.Namespace) -> int:
    from floreo.config.cli_import import Asked, import_text

    how = Asked(dry_run=asked.dry_run, profile=asked.profile, as_json=asked.json)
    return import_text(asked.file, how=how, out=sys.stdout)


def _law_import(asked: argparse.Namespace) -> int:
    from floreo.config.cli_law import import_law
    from floreo.organisations.queries import in_the_country

    with in_the_country():
        return import_law(
            asked.file,
            kind=asked.kind,
            law=asked.law,
            version=asked.version,
            title=asked.title,
            dated=asked.dated,
            dry_run=asked.dry_run,
            out=sys.stdout,
        )


def _sample_move_on(asked: argparse.Namespace) -> int:
    from floreo.config.sample_calendar import move_on
    from floreo.core.errors import Refused

    try:
        day = move_on(days=asked.days)
    except Refused as refusal:
        echo(str(refusal.sentence))
        return 1
    echo(f"The calendar of the sample country is now at {day.isoformat()}.")
    return 0


def _document_add(asked: argparse.Namespace) -> int:
    """Takes in a document that the pack quotes. Exit code 1 when it is none, or a passage is not where the pack says."""
    from floreo.core.access import SYSTEM
    from floreo.core.errors import Refused
    from floreo.organisations.queries import in_the_country
    from floreo.strategy.actions.documents import document_of, take_in

    try:
        with in_the_country():
            taken = take_in(document_of(asked.file), by=SYSTEM, path=asked.file)
    except (Refused, OSError) as problem:
        echo(str(problem.sentence) if isinstance(problem, Refused) else f"{asked.file}: {problem.strerror}.")
        return 1
    echo(f"“{taken.title}” is taken in. {taken.quotations.count()} passages are where the pack says.")
    return 0


def _framework_load(asked: argparse.Namespace) -> int:
    from floreo.config.cli_frameworks import load_file

    return load_file(asked.file, framework=asked.framework, maps=asked.map, adds=asked.add, out=sys.stdout)


def _incidents_import(asked: argparse.Namespace) -> int:
    from floreo.config.cli_incidents import import_file

    return import_file(asked.file, only_check=asked.check, out=sys.stdout)


def _incidents_undo_import(asked: argparse.Namespace) -> int:
    from floreo.config.cli_incidents import undo

    return undo(asked.number, out=sys.stdout)


_NAMED = 50  # of the rows that differ


def _audit_verify(asked: argparse.Namespace) -> int:
    """Exit code 0 when the chain holds and every row is as it left it, 1 when not."""
    from floreo.core import audit, state

    started, breaks = time.monotonic(), list(audit.walk(expected=asked.head))
    head = audit.head()
    for each in breaks:
        echo(f"Entry {each.number}: {each.reason}.")
    verdict = "The chain does not hold." if breaks else "The chain holds."
    echo(f"{verdict} {head.number} entries walked in {time.monotonic() - started:.1f} s. Head {head.hash}")
    started, differences = time.monotonic(), state.differences()
    for difference in differences[:_NAMED]:
        echo(f"{difference}.")
    if len(differences) > _NAMED:
        echo(f"And {len(differences) - _NAMED} more.")
    verdict = (
        f"{len(differences)} rows are not as the chain left them." if differences else "Every row is as it left it."
    )
    echo(f"{verdict} Compared in {time.monotonic() - started:.1f} s.")
    kept = _kept_heads(asked.heads, asked.key, asked.authority) if asked.heads else []
    return 1 if breaks or differences or kept else 0


def _audit_sign(_asked: argparse.Namespace) -> int:
    from floreo.config.heads import key
    from floreo.core import heads
    from floreo.core.models import SignedHead

    made = heads.sign_newest(key()) or SignedHead.objects.last()
    echo(heads.as_line(made) if made else "The chain is empty: there is nothing to sign.")
    return 0


def _kept_heads(path: Path, keys: list[Path], authority: Path | None) -> list[str]:
    """What is wrong with signed heads that somebody kept; said, and given back."""
    from floreo.config.heads import authority as certificates_in
    from floreo.core import heads

    try:
        lines, trusted = path.read_text("ascii").splitlines(), [heads.public_of(key.read_bytes()) for key in keys]
    except (OSError, ValueError) as problem:
        raise Refused(f"The signed heads or a key cannot be read: {problem}", code="unreadable") from problem
    certificates = certificates_in(authority) if authority else []
    found = list(heads.problems(lines, trusted=trusted, authority=certificates))
    for each in found:
        echo(each)
    if not found:
        signer = "a key that you trust" if trusted else "the key of the first of them; say which you trust with --key"
        echo(f"All {len(lines)} signed heads are in the chain, signed with {signer}.")
        stamped = sum('"timestamp"' in line for line in lines)
        checked = "the authority's own" if authority else "which --authority checks"
        echo(f"{stamped} of them have a timestamp, {checked}." if stamped else "None of them has a timestamp.")
    return found


def _admin_link(_asked: argparse.Namespace) -> int:
    from floreo.core.access import SYSTEM
    from floreo.organisations.actions import locked_out_link

    echo(f"{settings.SITE_ADDRESS}{locked_out_link(by=SYSTEM)}")
    return 0


def _figures(_asked: argparse.Namespace) -> int:
    from floreo.core.access import SYSTEM
    from floreo.indicators.actions import recompute_all

    echo(f"{recompute_all(by=SYSTEM)} readings computed.")
    return 0


def _search_index(_asked: argparse.Namespace) -> int:
    from django.apps import apps

    from floreo.core import search
    from floreo.core.models import SearchEntry

    SearchEntry.objects.all().delete()
    for model in apps.get_models():
        if search.is_indexed(model):
            search.refresh_many(model._default_manager.iterator(chunk_size=2000))
    echo(f"{SearchEntry.objects.count()} things can be found.")
    return 0


def _feed(asked: argparse.Namespace) -> int:
    from floreo.config import cli_feeds

    return cli_feeds.COMMANDS[f"feed {asked.what}"](asked)


def _mail_ingest(asked: argparse.Namespace) -> int:
    from floreo.config.cli_mail import ingest

    return ingest(asked.files, echo=echo)


def _certificates_check(asked: argparse.Namespace) -> int:
    from floreo.config.cli_certificates import check

    return check(asked.file, as_json=asked.json, out=sys.stdout)


# These take the database as it is: a backup and a move change nothing, a restore makes its own, and a doctor only looks.
AS_IT_IS = {"backup", "restore", "move", "doctor"}
COMMANDS = {
    "up": _prepare,
    "migrate": _migrate,
    "worker": _worker,
    "pack load": _pack_load,
    "document add": _document_add,
    "sample move-on": _sample_move_on,
    "strategy import": _strategy_import,
    "law import": _law_import,
    "certificates check": _certificates_check,
    "framework load": _framework_load,
    "incidents import": _incidents_import,
    "incidents undo-import": _incidents_undo_import,
    "audit verify": _audit_verify,
    "audit sign": _audit_sign,
    "backup": _backup,
    "restore": _restore,
    "move": _move,
    "doctor": _doctor,
    "mail-in": _mail_in,
    "mail ingest": _mail_ingest,
    "admin-link": _admin_link,
    "figures": _figures,
    "search-index": _search_index,
    **dict.fromkeys(("feed ingest", "feed fetch", "feed list", "feed compact", "feed token", "feed try"), _feed),
}
