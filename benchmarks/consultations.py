"""Consultations: lists, filters, grouping, export and answers with twenty thousand comments.

    FLOREO_DATA=/tmp/consultations python -m benchmarks.consultations [--comments 20000]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/consultations python -m benchmarks.consultations

Half of the comments are copies of the texts of 40 campaigns, each with a few other words; the others are each of its own. Requests run in this
process through the whole middleware stack. Prints the median and the 95th percentile in ms; of what runs once, seconds and the most memory
that it took.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.laws import WORDS
from benchmarks.measure import machine
from floreo.consultation import moments
from floreo.consultation.actions import preparing
from floreo.consultation.logic import clusters
from floreo.consultation.models import Comment, Consultation, Point, Respondent
from floreo.core import search
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, Membership, User

ROUNDS, WARM_UP, AT_ONCE = 40, 3, 2_000
CAMPAIGNS, POINTS = 40, 60


def texts(number: int, *, seed: int = 1) -> list[str]:
    """Half of them copies of campaigns with some words changed, half each of its own."""
    chance = random.Random(seed)
    more = [*WORDS, *(f"{a}{b}" for a in WORDS for b in ("s", "ing", "er", "al"))]
    letters = [chance.choices(more, k=90) for _n in range(CAMPAIGNS)]
    found = []
    for n in range(number):
        words = list(letters[n % CAMPAIGNS]) if n % 2 else chance.choices(more, k=chance.randint(15, 150))
        for _change in range(4):
            words[chance.randrange(len(words))] = chance.choice(more)
        found.append(" ".join(words).capitalize() + ".")
    return found


def filled(number: int) -> Consultation:
    now = moments.now()
    made = preparing.prepare(
        by=SYSTEM,
        title="Bench",
        code=f"bench-{time.time():.0f}",
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
    )
    preparing.add_topic(made, by=SYSTEM, title="What should change?")
    made = preparing.schedule(made, by=SYSTEM)
    points = Point.objects.bulk_create(
        Point(consultation=made, number=n, title=f"Point {n}") for n in range(1, POINTS + 1)
    )
    kinds = [each.value for each in Respondent]
    rows = [
        Comment(
            consultation=made,
            number=n,
            reference=f"B-{made.pk}-{n}",
            received_on=date(2026, 11, 1),
            respondent=kinds[n % len(kinds)],
            text=words,
            state="waiting" if n % 10 == 0 else "published",
            point=None if n % 3 else points[n % POINTS],
        )
        for n, words in enumerate(texts(number), 1)
    ]
    for at in range(0, number, AT_ONCE):
        search.refresh_many(Comment.objects.bulk_create(rows[at : at + AT_ONCE]))
    with connection.cursor() as cursor:  # as PostgreSQL does by itself within minutes
        cursor.execute("ANALYZE")
    return made


def timed(do: Callable[[], object]) -> tuple[float, float]:
    times = []
    for number in range(ROUNDS + WARM_UP):
        began = time.perf_counter()
        do()
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.95) - 1]


def once(do: Callable[[], object]) -> tuple[float, int]:
    """Seconds, and by how many MB the most memory that this process ever took has grown."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    do()
    return time.perf_counter() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=20_000)
    asked = parser.parse_args()
    settings.KEEP_PAGES_SECONDS = 0
    call_command("migrate", verbosity=0)
    Country.objects.get_or_create(code="XP", defaults={"name": "Bench", "languages": ["en"]})
    staff, _new = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    Membership.objects.get_or_create(user=staff, role="secretariat")
    made = filled(asked.comments)
    stranger, desk = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    desk.force_login(staff)
    public, here = f"/consultations/{made.code}/", f"/workspace/consultations/{made.code}/"

    def get(client: Client, address: str) -> Callable[[], object]:
        def ask() -> None:
            response = client.get(address)
            assert response.status_code == 200, (address, response.status_code)
            response.getvalue() if response.streaming else response.content

        return ask

    print(machine(), f"load {os.getloadavg()[0]:.1f}; {asked.comments} comments")
    print(f"{'what':56} {'median ms':>10} {'p95 ms':>8}")
    for what, do in {
        "workspace: the list": get(desk, f"{here}comments/"),
        "workspace: those that wait to be read": get(desk, f"{here}comments/?state=waiting"),
        "workspace: in no point, of businesses": get(desk, f"{here}comments/?grouped=no&respondent=business"),
        "workspace: with two words that none has": get(desk, f"{here}comments/?q=magistrate+penalty"),
        "workspace: with a word that nearly all have": get(desk, f"{here}comments/?q=magistrate"),
        "workspace: with the number of one": get(desk, f"{here}comments/?q=B-{made.pk}-{asked.comments // 2}"),
        "workspace: the consultation with its counts": get(desk, here),
        "public: its page": get(stranger, public),
        "public: published comments": get(stranger, f"{public}comments/"),
        "public: with two words that none has": get(stranger, f"{public}comments/?q=magistrate+penalty"),
        "public: of citizens, with a word that nearly all have": get(
            stranger, f"{public}comments/?respondent=citizen&q=magistrate"
        ),
    }.items():
        median, high = timed(do)
        print(f"{what:56} {median:>10.0f} {high:>8.0f}")
    loose = dict(made.comments.filter(point=None).values_list("pk", "text"))
    print(f"{'what':56} {'seconds':>10} {'MB more':>8}")
    for what, do in {
        "export as CSV, workspace": get(desk, f"{here}comments/?download=csv"),
        "export as XLSX, workspace": get(desk, f"{here}comments/?download=xlsx"),
        f"grouping of {len(loose):,} that are in no point": lambda: clusters(loose),
        "the page of similar comments, made anew": get(desk, f"{here}comments/alike/"),
        "the page of similar comments, again": get(desk, f"{here}comments/alike/"),
    }.items():
        seconds, memory = once(do)
        print(f"{what:56} {seconds:>10.1f} {memory:>8}")


if __name__ == "__main__":
    main()
