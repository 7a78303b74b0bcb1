"""The incidents app with a million cases and three million lines of what happened: how long its pages take.

    FLOREO_DATA=/tmp/cases python -m benchmarks.incidents [--cases 1000000] [--only-measure]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/cases python -m benchmarks.incidents

Fills an empty installation, then asks each page in this process through the whole middleware stack, 40 times after 3 to warm
up, and prints the median and the 95th percentile in ms, of the clock and of this process's own work, with the number of
questions to the database. The same seed gives the same cases.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.measure import machine
from floreo.core import search
from floreo.core.lists import _cursor
from floreo.incidents.logic import SEVERITY_RANK
from floreo.incidents.models import Case, Happening, Observable, Report
from floreo.incidents.tables import CASES
from floreo.organisations.models import Country, Membership, User
from floreo.workspace.cases.views import SHOWN

ROUNDS, WARM_UP = 40, 3
BLOCK = 5_000
FIRST = datetime(2021, 1, 1, tzinfo=UTC)
DAYS = 5 * 365
WORDS = [
    "phishing",
    "bank",
    "hospital",
    "port",
    "ransomware",
    "mail",
    "account",
    "page",
    "server",
    "router",
    "school",
    "ministry",
    "payment",
    "leak",
    "outage",
]
TYPES = (
    ("fraud", "phishing"),
    ("malicious-code", "infected-system"),
    ("availability", "ddos"),
    ("intrusions", "system-compromise"),
)
PAGE_1000 = 999 * SHOWN


def _cases(count: int) -> Iterator[Case]:
    """One in fifty is open; every one has its times."""
    chance = random.Random(1)
    severities = list(SEVERITY_RANK)
    for number in range(count):
        at = FIRST + timedelta(days=DAYS * number / count)
        kind, named = chance.choice(TYPES)
        severity = chance.choice(severities)
        is_open = number > count * 49 // 50
        yield Case(
            reference=f"INC-{at.year}-{number + 1:07}",
            title=f"{' '.join(chance.choices(WORDS, k=5)).capitalize()} {number}",
            state=chance.choice(["open", "contained", "resolved"]) if is_open else "closed",
            rsit_class=kind,
            rsit_type=named,
            severity=severity,
            severity_rank=SEVERITY_RANK[severity],
            channel="form",
            received_at=at,
            touched_at=at + timedelta(days=3),
            triaged_at=at + timedelta(hours=2),
            contained_at=None if is_open else at + timedelta(days=1),
            handled_at=None if is_open else at + timedelta(days=2),
            closed_at=None if is_open else at + timedelta(days=3),
        )


def _happenings(cases: list[Case]) -> Iterator[Happening]:
    for case in cases:
        for hour in range(3):
            yield Happening(case=case, at=case.received_at + timedelta(hours=hour), text=f"Line {hour} of {case.title}")


def fill(count: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    Country.objects.get_or_create(
        code="ZZ", defaults={"name": "Bench", "languages": ["en", "es"], "currency": "USD", "pack": "bench"}
    )
    began = time.perf_counter()
    cases = _cases(count)
    while block := list(islice(cases, BLOCK)):
        with transaction.atomic():
            made = Case.objects.bulk_create(block, batch_size=500)
            Happening.objects.bulk_create(_happenings(made), batch_size=1000)
            Observable.objects.bulk_create(
                [Observable(case=c, kind="domain", value=f"bad{c.pk % 9973}.example") for c in made[::10]],
                batch_size=1000,
            )
            search.refresh_many(made)
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    reports = [
        Report(
            reference=f"REP-2026-{n:06}",
            channel="form",
            source_key=f"bench:{n}",
            received_at=FIRST + timedelta(days=DAYS, minutes=n),
            subject=f"{' '.join(random.Random(n).choices(WORDS, k=4))} {n}",
            state="new" if n % 100 == 0 else "accepted",
            case_id=None if n % 100 == 0 else newest - n,
        )
        for n in range(max(count // 20, 1000))
    ]
    with transaction.atomic():
        Report.objects.bulk_create(reports, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"filled with {count:,} cases in {time.perf_counter() - began:.0f} s")


def timed(client: Client, address: str) -> dict[str, Any]:
    clock, own = [], []
    for number in range(ROUNDS + WARM_UP):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        if number >= WARM_UP:
            clock.append((time.perf_counter() - began) * 1000)
            own.append((time.process_time() - worked) * 1000)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return {
        "status": answer.status_code,
        "median": statistics.median(clock),
        "p95": sorted(clock)[int(ROUNDS * 0.95) - 1],
        "own": statistics.median(own),
        "questions": len(asked),
    }


def pace() -> float:
    """How quick the processor is at the moment: ms for a million sums, the least of five. On shared machines it changes by the
    minute, and with it every time below."""
    found = []
    for _number in range(5):
        began = time.process_time()
        sum(n * n for n in range(1_000_000))
        found.append((time.process_time() - began) * 1000)
    return min(found)


def addresses() -> dict[str, str]:
    rows = CASES.ordered(_team())
    deep = rows[PAGE_1000] if rows.count() > PAGE_1000 else rows[0]
    middle = Case.objects.order_by("pk")[Case.objects.count() // 2]
    return {
        "inbox": "/workspace/incidents/",
        "all cases": "/workspace/incidents/cases/",
        "open cases": "/workspace/incidents/cases/?state=not-closed",
        "cases of one class": "/workspace/incidents/cases/?class=fraud",
        "cases, page 1,000": f"/workspace/incidents/cases/?after={_cursor(deep, CASES.order)}",
        "words in the list": "/workspace/incidents/cases/?q=ransomware+hospital",
        "search": "/workspace/search/?q=ransomware+hospital",
        "a case": f"/workspace/incidents/cases/{middle.reference}/",
    }


def _team() -> User:
    found, _made = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    Membership.objects.get_or_create(user=found, role="responder")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--only-measure", action="store_true", help="the installation is filled already")
    chosen = parser.parse_args()
    settings.KEEP_PAGES_SECONDS = 0
    if not chosen.only_measure:
        fill(chosen.cases)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(_team())
    print(machine(), f"load {os.getloadavg()[0]:.1f}, a million sums {pace():.0f} ms")
    print(f"{'page':22} {'status':>6} {'median ms':>10} {'p95 ms':>8} {'own ms':>8} {'questions':>10}")
    for name, address in addresses().items():
        f = timed(browser, address)
        print(f"{name:22} {f['status']:>6} {f['median']:>10.1f} {f['p95']:>8.1f} {f['own']:>8.1f} {f['questions']:>10}")
    print(f"a million sums {pace():.0f} ms")


if __name__ == "__main__":
    main()
