"""The catalogue of courses and the gaps of the workforce: lists, pages and files with two thousand courses.

    FLOREO_DATA=/tmp/catalogue python -m benchmarks.catalogue [--courses 2000]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/catalogue python -m benchmarks.catalogue

The data folder holds a loaded sample country (`floreo --data /tmp/catalogue --pack isla-prueba pack load`). Requests run in this process
through the whole middleware stack, without kept pages. Prints the median and the 95th percentile in ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.measure import machine
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Membership, Place, PlaceSort, User
from floreo.workforce import importing
from floreo.workforce.models import CatalogueCourse, CatalogueRole, CourseDate, Institution, Level, Mode
from floreo.workforce.queries import gaps_for, role_items

ROUNDS, WARM_UP = 40, 3


def fill(number: int) -> None:
    chance = random.Random(1)
    institutions = list(Institution.objects.all())
    places = [None, *Place.objects.filter(kind=PlaceSort.DISTRICT)]
    items = list(role_items())
    stem = f"{time.time():.0f}"
    rows = CatalogueCourse.objects.bulk_create(
        CatalogueCourse(
            institution=chance.choice(institutions),
            code=f"bench-{stem}-{n}",
            title=f"Course {n} of {stem}",
            summary="What one learns, in a few words. " * 4,
            level=chance.choice(Level.values),
            mode=chance.choice(Mode.values),
            place=chance.choice(places),
            is_free=n % 2 == 0,
            checked_on=clock.today() - timedelta(days=chance.randrange(500)),
        )
        for n in range(number)
    )
    days = range(0, 120, 40)
    CourseDate.objects.bulk_create(
        CourseDate(course=row, starts_on=clock.today() + timedelta(days=day + row.pk % 30), seats=20)
        for row in rows
        for day in days
    )
    CatalogueRole.objects.bulk_create(CatalogueRole(course=row, item=chance.choice(items)) for row in rows)


def timed(name: str, do: Callable[[int], object]) -> None:
    taken = []
    for n in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        do(n)
        taken.append((time.perf_counter() - start) * 1000)
    taken = sorted(taken[WARM_UP:])
    print(f"{name:44} {statistics.median(taken):8.1f} {taken[int(len(taken) * 0.95) - 1]:8.1f}")


def opened(client: Client, address: str) -> Callable[[int], object]:
    def do(_number: int) -> object:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]

    return do


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=2000)
    asked = parser.parse_args()
    settings.KEEP_PAGES_SECONDS = 0
    fill(asked.courses)
    print(machine(), connection.vendor, f"{CatalogueCourse.objects.count()} courses")
    stranger, staff = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    user, _new = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    Membership.objects.get_or_create(user=user, role="coordinator")
    staff.force_login(user)
    timed("/courses/", opened(stranger, "/courses/"))
    timed("/courses/ with three filters", opened(stranger, "/courses/?level=basic&cost=free&district=XP-PE"))
    timed("/courses/ searched", opened(stranger, "/courses/?q=course+19"))
    code = CatalogueCourse.objects.filter(code__startswith="bench").order_by("-pk")[0].code
    timed("a page of a course", opened(stranger, f"/courses/{code}/"))
    timed("/courses/?download=csv&level=basic", opened(stranger, "/courses/?download=csv&level=basic"))
    timed("/workforce/", opened(stranger, "/workforce/"))
    timed("/workspace/catalogue/", opened(staff, "/workspace/catalogue/"))
    timed("/workspace/workforce/", opened(staff, "/workspace/workforce/"))
    timed("gaps by organisation", lambda _n: gaps_for(SYSTEM, by="organisation"))
    rows = (
        CatalogueCourse.objects.all()
        .prefetch_related("dates", "roles")
        .select_related("institution__organisation", "place")
    )
    start = time.perf_counter()
    content = importing.export(rows, "en")
    middle = time.perf_counter()
    found = importing.read(content[: importing.MOST_BYTES], "courses.csv") if len(rows) <= importing.MOST_ROWS else None
    end = time.perf_counter()
    print(
        f"export of all {middle - start:.2f} s"
        + (f", check of {len(found.rows)} rows {end - middle:.2f} s" if found else "")
    )


if __name__ == "__main__":
    main()
