"""Five years of a small state, lived through day by day with the clock moved: how large it becomes, and how fast it stays.

    python -m benchmarks.growth [--years 5] [--every 1] [--events 2000] [--minutes 15] [--memory 1024] [--data FOLDER]
    DATABASE_URL=postgresql://... python -m benchmarks.growth       (into a database that is empty)

The sample country goes on from where it is. Each day: every job that is due (mail leaves to a server on loopback), sign-ins;
a report of `--events` events, of findings that open and are fixed as in life; each week updates of the leads and
two files of evidence; each month readings that people enter; each quarter the review that the rhythm opens is answered, approved
and closed. All by the actions that people and the worker use; only the sample's calendar is set going behind their back.
At the end of each year sizes and times are printed. At the end of the last, `floreo web` and `floreo worker` run in a control
group of `--memory` MB, serve pages, take in a night and make a backup.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACK = "isla-prueba"
KEY = "a key for tests only"
OUTSIDE = ("open-telnet", "open-rdp", "ssl-poodle", "open-snmp", "open-ntp")
LIVES = 20.0  # days, on average, until a finding is fixed
NEW = 6  # findings a night, on average
GROUP = Path("/sys/fs/cgroup/memory/floreo-growth")  # control groups, version 1
GROUP_2 = Path("/sys/fs/cgroup/floreo-growth")  # and 2


@dataclass
class Life:
    """What is open where: findings appear and are fixed, each on its own day."""

    addresses: list[str]
    open: dict[tuple[str, str], date] = field(default_factory=dict)  # address and kind, and the day when it is fixed
    asleep: int = 0

    def night(self, day: date, events: int) -> bytes:
        """A report of that day: what is open, and events that concern nobody here."""
        self.open = {key: until for key, until in self.open.items() if until > day}
        for _each in range(random.randrange(2 * NEW + 1)):
            until = day + timedelta(days=1 + int(random.expovariate(1 / LIVES)))
            self.open.setdefault((random.choice(self.addresses), random.choice(OUTSIDE)), until)
        rows = list(self.open)
        rows += [
            (f"11.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}", random.choice(OUTSIDE))
            for n in (random.getrandbits(24) for _each in range(events - len(rows)))
        ]
        return b"".join(self._line(day, *row) for row in rows)

    @staticmethod
    def _line(day: date, address: str, kind: str) -> bytes:
        at = f"{day.isoformat()}T{random.randrange(24):02}:{random.randrange(60):02}:00Z"
        facts = {"time.source": at, "source.ip": address, "source.port": random.choice((23, 161, 443, 3389))}
        more = {"protocol.transport": "tcp", "classification.taxonomy": "vulnerable"}
        kinds = {"classification.type": "vulnerable-system", "classification.identifier": kind, "feed.name": "nights"}
        return json.dumps(facts | more | kinds).encode() + b"\n"


@dataclass
class Year:
    """What is printed of one."""

    number: int
    database: float
    vault: float
    events: float
    backup: float
    entries: int
    pages: dict[str, float]
    verify: float
    night: float
    backing_up: float

    def cells(self) -> list[str]:
        sizes = [f"{size:.1f}" for size in (self.database, self.vault, self.events, self.backup)]
        pages = [f"{self.pages[name] * 1000:.0f}" for name in self.pages]
        times = [f"{seconds:.2f}" for seconds in (self.verify, self.night, self.backing_up)]
        return [str(self.number), *sizes, f"{self.entries}", *pages, *times]


HEAD = (
    "| after year | database, MB | vault, MB | event store, MB | backup, MB | entries in the chain | home, ms | my tasks, ms"
    " | audit page, ms | `audit verify`, s | a night, s | backup with its proof, s |\n" + "|---" * 12 + "|"
)


def megabytes(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6 if folder.exists() else 0.0


def timed(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


class Country:
    """Those who work in it, by the actions of the program."""

    def __init__(self, events: int) -> None:
        from floreo.core.access import SYSTEM
        from floreo.core.action import action, note
        from floreo.feeds.actions.feeds import make_feed
        from floreo.organisations.models import Country as Row
        from floreo.organisations.models import Network, User
        from floreo.strategy.models import Edition

        @action("benchmark.calendar_set_going", needs=None)
        def set_going(*, by: object) -> None:
            from floreo.core.writing import save

            here = Row.objects.get()
            here.calendar_day, here.is_sample = None, False
            save(here, full_clean=False)
            edition = Edition.objects.get(code="2025-2028")
            edition.ends_on = date(2035, 12, 31)  # or nothing would be reviewed after its end
            save(edition, full_clean=False)
            note(benchmark="growth")

        set_going(by=SYSTEM)
        self.system, self.events = SYSTEM, events
        self.week_of = self.month_of = 0
        self.secretariat = User.objects.get(email="secretariat@example.org")
        self.feed = make_feed("Nights", by=SYSTEM, collector="upload", code="nights")
        prefixes = [
            p.partition("/")[0].rpartition(".")[0] for n in Network.objects.all() for p in n.prefixes if "." in p
        ]
        self.life = Life([f"{prefix}.{n}" for prefix in prefixes for n in range(1, 120)])
        self.took: list[float] = []
        self.answered = set[int]()

    def day(self) -> None:
        from floreo.config.jobs import JOBS, Lane, run_due
        from floreo.core import clock
        from floreo.core.security_events import Kind, note
        from floreo.organisations.queries import in_the_country

        outside = {name for name, job in JOBS.items() if job.lane == Lane.OUTSIDE} - {"signed heads"}
        run_due([name for name in JOBS if name not in outside | {"backup", "sample"}])
        with in_the_country():
            today = clock.today()
            for _each in range(random.randrange(5, 25)):
                note(random.choice((Kind.SIGNED_IN, Kind.SIGNED_IN, Kind.SIGN_IN_FAILED)), None, who="lead@example.org")
            self.took.append(timed(lambda: self.night(today)))
            if self.week_of != today.isocalendar().week:
                self.week_of = today.isocalendar().week
                self.week(today)
            if self.month_of != today.month:
                self.month_of = today.month
                self.month(today)
            self.reviews(today)

    def night(self, today: date) -> None:
        import io

        from floreo.feeds.actions.ingesting import read_waiting
        from floreo.feeds.actions.receiving import receive

        body = io.BytesIO(self.life.night(today - timedelta(days=1), self.events))
        receive(self.feed, opened=body, name=f"{today.isoformat()}-nights.jsonl", by=self.system)
        read_waiting(by=self.system)

    def week(self, today: date) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        from floreo.evidence.actions import store_file
        from floreo.strategy.actions.updates import add_update
        from floreo.strategy.models import Action

        acts = list(Action.objects.filter(edition__code="2025-2028").order_by("?")[:10])
        for act in acts:
            add_update(act, by=self.secretariat, done=f"Work of the week before {today}: {random.getrandbits(64):x}.")
        for number in range(2):
            content = f"Minutes {number} of {today}\n".encode() + os.urandom(60_000).hex().encode()
            store_file(
                SimpleUploadedFile(f"minutes-{today}-{number}.txt", content),
                by=self.secretariat,
                title=f"Minutes {number} of {today}",
            )

    def month(self, today: date) -> None:
        from floreo.core.errors import Refused
        from floreo.core.figures import Frequency, period_of
        from floreo.indicators.actions import record_reading
        from floreo.indicators.models import Indicator

        for indicator in Indicator.objects.filter(measure=""):
            with suppress(ValueError, Refused):
                last = period_of(today.replace(day=1) - timedelta(days=1), Frequency(indicator.frequency))
                if last.end < today:
                    record_reading(
                        indicator,
                        by=self.secretariat,
                        starts_on=last.start,
                        ends_on=last.end,
                        value=random.randrange(1, 90),
                        source="Count of the month",
                    )

    def reviews(self, today: date) -> None:
        from floreo.core.errors import Refused
        from floreo.reports.actions import close_review
        from floreo.reviews.actions import approve_answer, submit_answer
        from floreo.reviews.models import Review, ReviewState

        for review in Review.objects.filter(state=ReviewState.OPEN):
            if today >= review.due_on - timedelta(days=7) and review.pk not in self.answered:
                self.answered.add(review.pk)
                for asked in review.requests.all():
                    for act in asked.actions.all():
                        with suppress(Refused):
                            words = f"Answered on {today}: {random.getrandbits(64):x}"
                            answer = submit_answer(
                                asked, by=self.secretariat, act=act, reported_by="A lead", done=words
                            )
                            approve_answer(answer, by=self.secretariat)
            if review.closes_on < today:
                with suppress(Refused):
                    close_review(review, by=self.secretariat, force=True, reason="Its days are over.")


def measured(number: int, country: Country, folder: Path) -> Year:
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from floreo.config.backup import backup
    from floreo.core import audit, state

    client = Client(HTTP_HOST="localhost")
    client.force_login(country.secretariat)
    auditor = Client(HTTP_HOST="localhost")
    from floreo.organisations.models import User

    auditor.force_login(User.objects.get(email="auditor@example.org"))
    # After some days nobody of some roles goes on without a second factor.
    for account in User.objects.filter(is_active=True):
        Authenticator.objects.get_or_create(
            user=account, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "A" * 32}}
        )
    pages = {}
    for name, who, path in (
        ("home", client, "/"),
        ("tasks", client, "/workspace/"),
        ("audit", auditor, "/workspace/audit/"),
    ):
        times = []
        for _each in range(4):
            answers: list[Any] = []
            times.append(timed(lambda who=who, path=path, answers=answers: answers.append(who.get(path))))  # type: ignore[misc]  # bound at once
            assert answers[0].status_code == 200, (path, answers[0].status_code)
        pages[name] = min(times[1:])
    found: list[object] = []
    verify = timed(lambda: found.extend([*audit.walk(), *state.differences()]))
    assert not found, found[:3]
    with tempfile.TemporaryDirectory(dir=folder) as to:
        backing_up = timed(lambda: backup(Path(to)))
        size = megabytes(Path(to))
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"]).stat().st_size / 1e6
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            database = cursor.fetchone()[0] / 1e6
    night = statistics.median(country.took[-20:])
    entries = audit.head().number
    data = Path(settings.DATA)
    vault, events = megabytes(data / "files"), megabytes(data / "events")
    return Year(number, database, vault, events, size, entries, pages, verify, night, backing_up)


@contextmanager
def a_group(limit: int) -> Iterator[tuple[Path, str]]:
    """A control group of `limit` MB, and the name of its file that says the most that was used."""
    two = Path("/sys/fs/cgroup/cgroup.controllers").exists()
    group = GROUP_2 if two else GROUP
    group.mkdir(exist_ok=True)
    try:
        (group / ("memory.max" if two else "memory.limit_in_bytes")).write_text(str(limit << 20))
        yield group, "memory.peak" if two else "memory.max_usage_in_bytes"
    finally:
        for _each in range(100):
            with suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.1)


def in_memory(env: dict[str, str], limit: int, data: Path, night: bytes) -> None:
    """`floreo up` within a limit: pages, a night, a backup. Prints what it used."""
    from tests.core.mail_server import free_port

    port = free_port()
    words = [sys.executable, "-m", "floreo.config.cli", "--data", str(data), "--pack", PACK]
    try:
        with a_group(limit) as (group, peak):
            inside = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(group), *words]
            env |= {"FLOREO_ADDRESS": f"http://localhost:{port}", "FLOREO_BACKUP_DIR": ""}
            servers = [
                subprocess.Popen([*inside, *more], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
                for more in (("web", "--port", str(port)), ("worker",))
            ]
            try:
                wait_for(port)
                began = time.monotonic()
                asked = 0
                while time.monotonic() < began + 20:
                    for path in ("/", "/strategy/2025-2028/", "/indicators/", "/search/?q=plan", "/api/v1/actions"):
                        with suppress(urllib.error.HTTPError):
                            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).read()
                        asked += 1
                report = data / "night.jsonl"
                report.write_bytes(night)
                taken = subprocess.run(
                    [*inside, "feed", "ingest", "--feed", "nights-feed", str(report)],
                    cwd=ROOT,
                    env=env,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                if code := taken.returncode:
                    print(taken.stdout[-2000:], taken.stderr[-2000:])
                backup = subprocess.run(
                    [*inside, "backup", "--to", str(data.parent / "last")],
                    cwd=ROOT,
                    env=env,
                    check=False,
                    capture_output=True,
                ).returncode
                alive = [server.poll() is None for server in servers]
                used = int((group / peak).read_text()) / (1 << 20)
                rss = {role: peak_of(server.pid) for role, server in zip(("web", "worker"), servers, strict=True)}
                print(
                    f"\nIn a control group of {limit} MB: {asked} pages, a night (exit code {code}), a backup with its proof (exit code"
                    f" {backup}); both alive: {all(alive)}; most used by all together, page cache included: {used:.0f} MB;"
                    f" most resident: web {rss['web']} MB, worker {rss['worker']} MB"
                )
            finally:
                for server in servers:
                    server.terminate()
                for server in servers:
                    server.wait(30)
    except PermissionError as problem:
        print(f"\nNo control group here, so not run within {limit} MB: {problem}")


def peak_of(pid: int) -> int:
    """The most resident of a process and those below it, each at its own peak, in MB."""
    from benchmarks.killing.site import below, processes

    total = 0
    for each in below(pid, processes()):
        with suppress(OSError):
            status = Path(f"/proc/{each}/status").read_text()
            total += int(status.split("VmHWM:")[1].split()[0])
    return total >> 10


def wait_for(port: int) -> None:
    for _each in range(600):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5).read()
            return
        time.sleep(0.2)
    raise TimeoutError("the web server never answered")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, help="live only each so manieth day, to save time")
    parser.add_argument("--events", type=int, default=2000, help="events of a report")
    parser.add_argument("--minutes", type=float, default=15.0, help="then the year is the last")
    parser.add_argument("--memory", type=int, default=1024, help="MB, at the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="an empty folder (default: a temporary one)")
    asked = parser.parse_args()
    os.environ.pop("FLOREO_WARM", None)  # of the tests: settings would be read before there are any
    random.seed(asked.seed)
    folder = Path(tempfile.mkdtemp(prefix="floreo-growth-", dir=asked.data))
    try:
        live(folder, asked)
    finally:
        if asked.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def live(folder: Path, asked: argparse.Namespace) -> None:
    from benchmarks.kill import version

    os.environ.setdefault("FLOREO_ONCE", str(folder.parent / f"floreo-kill-{version()}"))
    from tests.config.installation import prepared
    from tests.core.mail_server import MailServer, listening

    prepared(folder / "data", "loaded")
    with listening(MailServer()) as mail:
        env = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") or k == "FLOREO_ONCE"}
        own = {
            "FLOREO_DATA": str(folder / "data"),
            "FLOREO_PACK": PACK,
            "FLOREO_SECRET_KEY": KEY,
            "FLOREO_KEEP_PAGES": "0",
        }
        own |= {"FLOREO_SMTP": f"smtp://127.0.0.1:{mail}", "FLOREO_LOG_LEVEL": "ERROR", "FLOREO_MAIL_PER_DAY": "100000"}
        own |= {"DJANGO_SETTINGS_MODULE": "floreo.config.settings", "FLOREO_EVENTS_KEEP_DAYS": "400"}
        os.environ.update(env | own)
        import django

        django.setup()
        import time_machine

        from floreo.core import clock
        from floreo.organisations.queries import in_the_country

        began = time.monotonic()
        with in_the_country():
            start = clock.today()
        country = Country(asked.events)
        print(
            f"One day in {asked.every}, each with a night of {asked.events} events, seed {asked.seed}\n\n{HEAD}",
            flush=True,
        )
        for number in range(1, asked.years + 1):
            for days in range(asked.every - 1, 365, asked.every):
                at = datetime(start.year, start.month, start.day, 13, tzinfo=UTC)
                at += timedelta(days=365 * (number - 1) + days + 1)
                with time_machine.travel(at):
                    country.day()
            with time_machine.travel(at), in_the_country():
                print("| " + " | ".join(measured(number, country, folder).cells()) + " |", flush=True)
            if time.monotonic() > began + asked.minutes * 60:
                print(f"The {asked.minutes:.0f} minutes are over: year {number} is the last.")
                break
        print(f"\n{(time.monotonic() - began) / 60:.1f} minutes for {number} years")
        with time_machine.travel(at):
            night = country.life.night(at.date(), asked.events)
        in_memory(env | own, asked.memory, folder / "data", night)


if __name__ == "__main__":
    sys.exit(main())
