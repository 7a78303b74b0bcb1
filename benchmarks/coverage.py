"""The map of coverage with a hundred thousand outreach sessions.

    floreo --data /tmp/coverage migrate && floreo --data /tmp/coverage --pack isla-prueba pack load
    FLOREO_DATA=/tmp/coverage python -m benchmarks.coverage [--sessions 100000]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/coverage python -m benchmarks.coverage

The sample country with 500 ambassadors, whose sessions are spread over three years and all districts. Requests run in this process through the whole
middleware stack. Prints the median and the 95th percentile in ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.measure import machine
from floreo.core import clock
from floreo.core.figures import Filters, Period
from floreo.organisations.models import Membership, Place, User
from floreo.organisations.queries import in_the_country
from floreo.outreach import measures
from floreo.outreach.models import (
    Ambassador,
    Audience,
    OutreachSession,
    Scheme,
    SessionTopic,
    VenueKind,
)
from floreo.outreach.queries import coverage

ROUNDS, WARM_UP, AT_ONCE, AMBASSADORS = 40, 3, 2_000, 500
TODAY = date(2026, 11, 24)


def fill(number: int) -> None:
    """Ambassadors and sessions; nine of ten were reviewed."""
    have = OutreachSession.objects.count()
    if have >= number:
        return
    chance = random.Random(1)
    districts = list(Place.objects.filter(kind="district").order_by("position"))
    scheme = Scheme.objects.get(code="community")
    made = [
        Ambassador(
            code=f"B{n:04d}",
            scheme=scheme,
            name=f"Ambassador {n}",
            district=districts[n % len(districts)],
            languages=["en"],
            state="active",
            certified_on=date(2024, 1, 1),
            certificate_expires_on=date(2027, 12, 31),
        )
        for n in range(AMBASSADORS)
    ]
    Ambassador.objects.bulk_create(made, ignore_conflicts=True)
    people = list(Ambassador.objects.filter(code__startswith="B"))
    first = 1 + (OutreachSession.objects.order_by("-number").values_list("number", flat=True).first() or 0)
    rows = []
    for n in range(first, first + number - have):
        who, heads = people[n % len(people)], chance.randint(5, 60)
        day = TODAY - timedelta(days=chance.randrange(3 * 365))
        rows.append(
            OutreachSession(
                uuid=str(UUID(int=n)),
                number=n,
                reference=f"B-{n:06d}",
                ambassador=who,
                district=who.district,
                happened_on=day,
                received_at=clock.machine(),
                venue="Village hall",
                setting=chance.choice(VenueKind.values),
                audience=chance.choice(Audience.values),
                topic=chance.choice(SessionTopic.values),
                minutes=45,
                people_34=heads,
                people=heads,
                state="reviewed" if n % 10 else "received",
            )
        )
    OutreachSession.objects.bulk_create(rows, batch_size=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed(do: Callable[[], object]) -> tuple[float, float]:
    """(median, 95th percentile) in milliseconds."""
    for _turn in range(WARM_UP):
        do()
    found = []
    for _turn in range(ROUNDS):
        began = time.perf_counter()
        do()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found), sorted(found)[int(len(found) * 0.95)]


def page(client: Client, address: str) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return ask


def coordinator() -> Client:
    user, _made = User.objects.get_or_create(email="benchmark@example.org", defaults={"name": "Benchmark"})
    Membership.objects.get_or_create(user=user, role="secretariat")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    number = parser.parse_args().sessions
    settings.KEEP_PAGES_SECONDS = 0  # pages are made again each time
    call_command("migrate", verbosity=0)
    if not Place.objects.exists():
        raise SystemExit("Load the sample country first: floreo --data $FLOREO_DATA --pack isla-prueba pack load")
    fill(number)
    print(machine(), connection.vendor, f"{OutreachSession.objects.count():,} sessions")
    with in_the_country():
        quarter = Period(date(2026, 7, 1), date(2026, 9, 30))
        steps: dict[str, Callable[[], object]] = {
            "coverage, counted": lambda: coverage(TODAY),
            "coverage, public page with its map": page(Client(headers={"host": "localhost"}), "/outreach/"),
            "people reached in a quarter": lambda: measures.people_reached(quarter, Filters()),
        }
        desk = coordinator()
        steps["coverage, page of the coordinator"] = page(desk, "/workspace/outreach/")
        steps["list of sessions, first page"] = page(desk, "/workspace/outreach/sessions/")
        for name, do in steps.items():
            median, late = timed(do)
            print(f"{name:45} {median:8.1f} ms   {late:8.1f} ms")


if __name__ == "__main__":
    main()
