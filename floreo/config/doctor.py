"""`floreo doctor`: what is wrong with this installation, in plain words, each with what to do. It only looks."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import smtplib
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.models import Q

from floreo.config.backup import VERB, free_space
from floreo.config.migrating import migrations_due
from floreo.config.rights import may_change_the_trail
from floreo.core import audit, bounce_mailbox, cage, clock, heartbeat, openpgp, scanning, smime, state
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, MailState, OutboxMail, Schedule, SignedHead
from floreo.evidence.files import verify_files
from floreo.incidents.actions.evidence import broken_files
from floreo.obligations.actions.attaching import broken_files as broken_files_of_notifications
from floreo.organisations.breached import is_in
from floreo.organisations.models import Contact, Person
from floreo.organisations.queries import the_country
from floreo.strategy.models import Quotation, SourceDocument

GOOD, WATCH, BAD = "good", "watch", "bad"
_TAIL = 1000  # links of the chain that are walked each time
_KEY_ENDS_SOON = timedelta(days=30)
_LONGEST_INTERVAL = timedelta(days=1, hours=1)  # no job comes round more rarely than once a day
_LONG_RUN = timedelta(hours=6)
_LOW = 2 * 1024**3
LEAST_FREE = 300 * 1024**2  # bytes; below it `/ready/` says no, too
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Finding:
    """One sentence, and what to do where something is to be done."""

    check: str
    state: str
    text: str
    do: str = ""


Check = Iterator[Finding]


def examine(*, deep: bool = False) -> list[Finding]:
    """Everything, in the order in which it would be fixed. A check that itself fails is a finding, not an end. Without
    a database that is up to date only the machine is looked at."""
    found = [f for name, check in MACHINE.items() for f in _run(name, check)]
    if all(f.state != BAD for f in found if f.check in {"database", "migrations"}):
        found += [f for name, check in RECORDS.items() for f in _run(name, check)]
        found += _run("audit chain", _whole_chain if deep else _chain_tail)
        found += _run("case files", _cases) if deep else []
        found += _run("evidence files", _evidence) if deep else []
        found += _run("words of notices", _notices) if deep else []
    return found


def _run(name: str, check: Callable[[], Check]) -> list[Finding]:
    try:
        return [Finding(name, f.state, f.text, f.do) for f in check()]
    except Exception as problem:  # whatever is broken must not hide the other findings
        return [
            Finding(
                name,
                BAD,
                f"This could not be looked at ({type(problem).__name__}: {str(problem)[:150]}).",
                "Fix the findings above first. If this one stays, report it.",
            )
        ]


def good(text: str) -> Finding:
    return Finding("", GOOD, text)


def watch(text: str, do: str) -> Finding:
    return Finding("", WATCH, text, do)


def bad(text: str, do: str) -> Finding:
    return Finding("", BAD, text, do)


# The machine


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
    40  # tables made anew, with their indexes, sequences and types: counted while a restore of 321 tables ran
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


def _zones() -> Check:
    country = the_country()
    try:
        ZoneInfo(country.zone if country else "Etc/UTC")
    except ZoneInfoNotFoundError as problem:
        yield bad(f"The time zone is not known here: {problem}.", "Install the package tzdata.")
    else:
        yield good("The country's time zone is known.")
    newest = AuditEntry.objects.order_by("-number").values_list("at", flat=True).first()
    if newest and newest > clock.now() + timedelta(minutes=5):
        yield bad(
            f"The clock goes wrong: the newest entry of the trail is from {_moment(newest)}, which is still to come.",
            "Set the clock (timedatectl set-ntp true).",
        )


# What the records say


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _age(at: datetime) -> str:
    hours = int((clock.now() - at).total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days ago"
    return f"{hours} hours ago" if hours >= 2 else "within the last two hours"


def _worker() -> Check:
    last = heartbeat.last_beat()
    if heartbeat.is_at_work():
        yield good("The worker is at work.")
    elif last is None:
        yield bad(
            "The worker has never run: nothing is sent and nothing comes round.",
            "Start floreo worker (systemctl start floreo-worker).",
        )
    elif last > clock.now():
        yield bad(
            f"The worker is not at work, and last said so at {_moment(last)}, which is still to come: the clock was wrong.",
            "Set the clock (timedatectl set-ntp true), then: systemctl restart floreo-worker.",
        )
    else:
        yield bad(
            f"The worker is not at work: it last said so {_age(last)}.",
            "Start it: systemctl restart floreo-worker, and look at its journal.",
        )
    for row in Schedule.objects.exclude(name=heartbeat.ROW).order_by("name"):
        yield from _job(row)


def _job(row: Schedule) -> Check:
    if row.last_error:
        since = f" since {_moment(row.failing_since)}" if row.failing_since else ""
        yield bad(
            f"The job “{row.name}” has failed{since}: {row.last_error.rstrip('.')}.",
            "Fix the cause. The job runs again by itself.",
        )
    if row.due_at - clock.now() > _LONGEST_INTERVAL:
        yield bad(
            f"The job “{row.name}” is due only at {_moment(row.due_at)}: the clock was wrong when it last ran.",
            "Set the clock (timedatectl set-ntp true); a worker that runs puts it right within seconds.",
        )
    if row.running_since and row.running_until and clock.now() - row.running_since > _LONG_RUN:
        yield watch(
            f"The job “{row.name}” has been running since {_moment(row.running_since)}.",
            "If it does not end: systemctl restart floreo-worker, which takes it up again.",
        )


def _mails(n: int) -> str:
    return "1 e-mail" if n == 1 else f"{n} e-mails"


def _mail() -> Check:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        yield watch(
            f"No mail server is configured: e-mails are saved as files in {settings.EMAIL_FILE_PATH}.",
            "Set FLOREO_SMTP.",
        )
    else:
        try:
            server = get_connection()
            server.open()
            server.close()
            yield good("The mail server answers.")
        except (OSError, smtplib.SMTPException) as problem:
            yield bad(
                f"The mail server cannot be reached: {str(problem)[:150]}.",
                "Correct FLOREO_SMTP or fix the server. E-mails wait meanwhile.",
            )
    yield from _team_key()
    yield from _team_certificate()
    yield from _keys_of_contacts()
    stuck = OutboxMail.objects.filter(state=MailState.STUCK).count()
    if stuck:
        yield watch(
            f"{_mails(stuck)} could not be sent.", "See the outbox in the workspace: send them again or discard them."
        )
    waiting = OutboxMail.objects.filter(
        state=MailState.WAITING, created_at__lt=clock.now() - timedelta(hours=6)
    ).count()
    if waiting:
        has = "has" if waiting == 1 else "have"
        yield watch(f"{_mails(waiting)} {has} waited for more than six hours.", "See the outbox in the workspace.")
    for mail in bounce_mailbox.bad_addresses()[:20]:
        who = Person.objects.filter(email__iexact=mail.to).first()
        yield watch(
            f"E-mails to {f'{who} ({mail.to})' if who else mail.to} are returned.",
            "Correct the address in the register, or telephone the person.",
        )


def _team_key() -> Check:
    """The key with which mail is signed: while it cannot be used, that mail waits."""
    if not settings.PGP_KEY:
        return
    try:
        key = openpgp.team_key()
    except Refused as refusal:
        yield bad(str(refusal.sentence), "Correct FLOREO_PGP_KEY or its file. What is signed with it waits meanwhile.")
        return
    expires = key.certificate.expires_at if key is not None else None
    if expires is not None and expires < clock.machine() + _KEY_ENDS_SOON:
        yield watch(
            f"The team's OpenPGP key expires on {expires.date().isoformat()}.",
            "Extend it with gpg --quick-set-expire, export it again, and publish the public part.",
        )
    else:
        yield good("The team's OpenPGP key signs.")


def _team_certificate() -> Check:
    """The certificate with which mail is signed: while it cannot be used, that mail waits."""
    if not settings.SMIME_KEY:
        return
    try:
        identity = smime.team_identity()
    except Refused as refusal:
        yield bad(
            str(refusal.sentence), "Correct FLOREO_SMIME_KEY or its file. What is signed with it waits meanwhile."
        )
        return
    assert identity is not None
    found, sender = identity.certificate, parseaddr(settings.MAIL_RETURN or settings.DEFAULT_FROM_EMAIL)[1].lower()
    if sender not in {each.lower() for each in found.addresses}:
        yield watch(
            f"The team's S/MIME certificate is not for {sender}, so mail programs warn of its signature.",
            "Get a certificate for the address that sends, or send from an address that it names.",
        )
    elif found.expires_at < clock.machine() + _KEY_ENDS_SOON:
        yield watch(
            f"The team's S/MIME certificate expires on {found.expires_at.date().isoformat()}.",
            "Get a new one, and put it with its key into the file that FLOREO_SMIME_KEY names.",
        )
    else:
        yield good("The team's S/MIME certificate signs.")


def _keys_of_contacts() -> Check:
    """Contacts with a key with which nothing is encrypted, since the team has none of that kind."""
    usable = Q(pk=None)
    if settings.PGP_KEY:
        usable |= ~Q(openpgp_key="")
    if settings.SMIME_KEY:
        usable |= ~Q(smime_certificate="")
    with_key = Contact.objects.exclude(email="").exclude(openpgp_key="", smime_certificate="")
    if number := with_key.exclude(usable).count():
        yield watch(
            f"Mail to {number} contact{'' if number == 1 else 's'} with a key leaves without encryption: the team has no key of that kind.",
            "Set FLOREO_PGP_KEY for OpenPGP keys and FLOREO_SMIME_KEY for S/MIME certificates.",
        )


def _backups() -> Check:
    last = AuditEntry.objects.filter(verb=VERB).order_by("-number").first()
    if last is None:
        yield bad(
            "There has never been a backup.",
            "Run floreo backup, and set FLOREO_BACKUP_DIR so that one is made each day.",
        )
        return
    text = f"The last backup, restored and checked, was made {_age(last.at)} ({last.detail.get('name', '')})."
    if clock.now() - last.at > timedelta(days=2):
        yield bad(text, "Set FLOREO_BACKUP_DIR or start floreo-backup.timer, and see why none was made.")
    else:
        yield good(text)
    folder = Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
    if folder and folder.exists() and folder.stat().st_dev == Path(settings.DATA).stat().st_dev:
        yield watch("Backups lie on the same disk as what they are of.", "Copy them to another machine, each day.")


def _chain_tail() -> Check:
    """The newest links: that each follows the one before it and is as it was written."""
    entries = list(AuditEntry.objects.order_by("-number")[:_TAIL])[::-1]
    for before, entry in zip([None, *entries], entries, strict=False):
        follows = before is None or (entry.number == before.number + 1 and entry.before == before.hash)
        if not follows or audit.hash_of(entry) != entry.hash:
            yield bad(
                f"The audit chain is broken at entry {entry.number}: somebody changed it past the programme.",
                "Run floreo audit verify, and compare with the newest backup.",
            )
            return
    yield good(f"The newest {len(entries)} entries of the audit chain hold; --deep walks them all.")


def _trail() -> Check:
    """Who could rewrite the audit chain unseen."""
    if connection.vendor == "postgresql" and may_change_the_trail():
        yield watch(
            "The program's role in PostgreSQL may change and remove entries of the audit chain.",
            "Give it a role that may only add to it: floreo migrate --grant, in the guide Run it on one small server.",
        )
    if settings.SECURE and Path(settings.HEAD_KEY_FILE).is_relative_to(settings.DATA):
        yield watch(
            "The key that signs heads of the audit chain lies in the data folder, where the web server can read it.",
            "Put it where only the worker reads, and name it in FLOREO_HEAD_KEY_FILE.",
        )
    signed, head = SignedHead.objects.last(), audit.head()
    if signed is None:
        yield good("No head of the audit chain has been signed yet; the worker does it each hour.")
    elif signed.number < head.number and clock.machine() - signed.signed_at > _LONGEST_INTERVAL:
        yield watch(
            f"The newest signed head of the audit chain is of {_moment(signed.signed_at)}.",
            "See the worker and its jobs above.",
        )
    else:
        yield good(f"Entry {signed.number} of the audit chain was signed {_age(signed.signed_at)}.")


def _whole_chain() -> Check:
    breaks = list(audit.walk())
    for each in breaks[:5]:
        yield bad(
            f"The audit chain is broken at entry {each.number}: {each.reason}.", "Compare with the newest backup."
        )
    if not breaks:
        yield good(f"The whole audit chain holds, {audit.head().number} entries.")
    differences = state.differences()
    for difference in differences[:5]:
        yield bad(f"{difference}: somebody changed it past the programme.", "Compare with the newest backup.")
    if len(differences) > 5:
        yield bad(f"{len(differences) - 5} more rows are not as the audit chain left them.", "Run floreo audit verify.")
    if not differences:
        yield good("Every row is as the audit chain left it.")


def _evidence() -> Check:
    broken = list(verify_files())
    for each in broken[:20]:
        what = "is gone" if each.is_gone else "is not the file that was kept"
        yield bad(f"The file of evidence “{each.evidence}” {what}.", "Take it from a backup, or ask who handed it in.")
    if not broken:
        yield good("Every file of evidence is there and is the one that was kept.")


def _cases() -> Check:
    broken = [*broken_files(), *broken_files_of_notifications()]
    for sentence in broken[:20]:
        yield bad(sentence, "Take it from a backup, or ask who handed it in.")
    if not broken:
        yield good("Every file of a case, a report or a notification is there and is the one that was kept.")


def _notices() -> Check:
    """The words of notices in the outbox against their digests in the audit chain."""
    from floreo.feeds import sent_words

    wrong, compared = sent_words.changed()
    for mail in wrong[:5]:
        yield bad(
            f"The words of an e-mail of {_moment(mail.created_at)} ({mail.about}) are not those that were sent.",
            "Compare with the newest backup: somebody changed them past the programme.",
        )
    if compared and not wrong:
        yield good(f"The kept words of notices are those that were sent ({compared} e-mails).")


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


def _quotations() -> Check:
    """Every passage that is quoted is where it is said to be, in a document that is held."""
    documents = list(SourceDocument.objects.all())
    held = [each for each in documents if each.is_held]
    wrong = [q for q in Quotation.objects.filter(document__in=held).select_related("document") if not q.is_found]
    if wrong:
        first = f"first: {wrong[0].thing} in “{wrong[0].document.title}”"
        yield bad(
            f"{len(wrong)} quotations are not in their document, {first}.", "Load the pack again, or correct the rows."
        )
    elif held:
        yield good(f"Every quotation is found in its document ({len(held)} of {len(documents)} documents are held).")
    if without := [each.title for each in documents if not each.is_held]:
        named = "; ".join(without)
        yield watch(
            f"Documents that are quoted and not held here: {named}.",
            "Add them in the workspace, under Rows to check, or with floreo document add FILE.",
        )


def _duty() -> Check:
    """Whom calls for help and new critical findings are mailed to, where there are feeds."""
    from floreo.feeds.models import Feed
    from floreo.feeds.selection import on_duty

    if not Feed.objects.exists():
        return
    found = on_duty()
    if found is None:
        yield watch(
            "Nobody is alerted of calls for help and new critical findings: the register has no address of the national team.",
            "Give the national team (an organisation of the kind CSIRT) a contact with the role Round the clock.",
        )
        return
    team, to = found
    yield good(f"Calls for help and new critical findings are mailed to {', '.join(r.address for r in to)} ({team}).")


RECORDS: dict[str, Callable[[], Check]] = {
    "time": _zones,
    "worker": _worker,
    "mail": _mail,
    "backups": _backups,
    "signed heads": _trail,
    "quotations": _quotations,
    "duty contact": _duty,
}


def as_json(found: list[Finding]) -> str:
    return json.dumps({"sound": sound(found), "findings": [asdict(f) for f in found]}, ensure_ascii=False, indent=1)


def sound(found: list[Finding]) -> bool:
    return all(f.state != BAD for f in found)


def as_text(found: list[Finding]) -> str:
    marks = {GOOD: "ok   ", WATCH: "look ", BAD: "WRONG"}
    width = max(shutil.get_terminal_size((100, 24)).columns, 60)
    lines = [f"{marks[f.state]} {f.text}" + (f"\n      {f.do}" if f.do else "") for f in found]
    wrong, look = (sum(f.state == s for f in found) for s in (BAD, WATCH))
    verdict = "All is well." if not wrong and not look else f"{wrong} wrong, {look} to look at."
    return "\n".join([*lines, "-" * min(width, 60), verdict])
