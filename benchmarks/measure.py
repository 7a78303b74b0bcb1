"""Measures a filled installation: server time of pages, their weight, and how recomputing grows.

    FLOREO_DATA=/tmp/large python -m benchmarks.measure

Prints the machine, and for each page the median, the 95th percentile and the gzipped weight. Requests run in this
process through the whole middleware stack, one after another, 40 each after 3 to warm up. Public pages are measured twice:
made again each time, and as visitors get them, kept until something is written.
"""

from __future__ import annotations

import gzip
import os
import platform
import statistics
import time
from pathlib import Path

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from floreo.core.access import SYSTEM
from floreo.core.ui import storage
from floreo.indicators.actions import recompute_all
from floreo.indicators.models import Indicator
from floreo.organisations.models import Membership, User
from floreo.strategy.models import Action, Edition

ROUNDS, WARM_UP = 40, 3
PUBLIC = [
    "/",
    "/strategy/",
    "/strategy/{edition}/timeline/",
    "/strategy/{edition}/pillars/1/",
    "/strategy/{edition}/actions/1.1.1/",
    "/indicators/",
    "/organisations/",
    "/organisations/body-1/",
    "/data/",
    "/search/?q=training",
]
API = ["/api/v1/actions", "/api/v1/milestones", "/api/v1/indicators?q=law"]
DESK = ["/workspace/", "/workspace/plan/{edition}/", "/workspace/indicators/", "/workspace/organisations/"]


def machine() -> str:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores, {cpu}, Python {platform.python_version()}, {connection.vendor}"


def timed(client: Client, address: str) -> tuple[float, float, int, int]:
    """Median and 95th percentile in ms, the gzipped weight in bytes, and the status."""
    times, body, status = [], b"", 0
    for number in range(ROUNDS + WARM_UP):
        began = time.perf_counter()
        response = client.get(address, REMOTE_ADDR=f"192.0.2.{number}")
        body = response.getvalue() if response.streaming else response.content
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
        status = response.status_code
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.95) - 1], len(gzip.compress(body)), status


def pages(edition: Edition) -> None:
    staff = User.objects.filter(email="bench@example.org").first() or User.objects.create(
        email="bench@example.org", name="Bench"
    )
    Membership.objects.get_or_create(user=staff, role="secretariat")
    signed_in = Client(headers={"host": "localhost"})
    signed_in.force_login(staff)
    stranger = Client(headers={"host": "localhost"})
    print(f"{'page':44} {'median ms':>10} {'p95 ms':>8} {'kB gzip':>8}")
    rounds = ((stranger, PUBLIC + API, 0, ""), (stranger, PUBLIC, 3600, "kept"), (signed_in, DESK, 0, ""))
    for client, addresses, seconds, how in rounds:
        settings.KEEP_PAGES_SECONDS = seconds
        for template in addresses:
            address = template.format(edition=edition.code)
            median, p95, weight, status = timed(client, address)
            print(
                f"{f'{address} {how}':44} {median:10.1f} {p95:8.1f} {weight / 1000:8.1f}{'' if status == 200 else f'  status {status}'}"
            )


def recomputing() -> None:
    """Every indicator again, and a tenth of them: linear growth keeps the time per indicator level."""
    total = Indicator.objects.exclude(measure="").count()
    for part in (10, 4, 2, 1):
        codes = Edition.objects.values_list("pk", flat=True).order_by("pk")
        chosen = Indicator.objects.filter(edition__in=list(codes[: max(1, len(codes) // part)]))
        began = time.perf_counter()
        recompute_all(by=SYSTEM, indicators=chosen)
        seconds, count = time.perf_counter() - began, chosen.count()
        print(
            f"recomputing {count:>6} of {total} indicators: {seconds:6.1f} s, {seconds / max(count, 1) * 1000:.2f} ms each"
        )


if __name__ == "__main__":
    storage.collect()
    print(machine())
    print(
        {
            "editions": Edition.objects.count(),
            "actions": Action.objects.count(),
            "indicators": Indicator.objects.count(),
        }
    )
    newest = Edition.objects.filter(state="in_force").first()
    assert newest is not None, "fill first: python -m benchmarks.fill"
    pages(newest)
    recomputing()
