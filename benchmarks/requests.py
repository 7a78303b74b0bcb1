"""How long it takes to ask 1,000 leads and to remind them: one mail each, with its own link.

    FLOREO_DATA=/tmp/asking python -m benchmarks.requests [--leads 1000] [--rounds 5]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/asking python -m benchmarks.requests

Prints the median, the quickest and the slowest round. Needs an empty installation, or one that it filled itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.core.management import call_command
from django.db import connection

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.organisations.models import Country, Organisation, Person
from floreo.reviews.actions import open_review, run_rhythm, set_rhythm
from floreo.reviews.models import Review
from floreo.strategy.models import Action, Edition, Objective, Participation, Pillar

TODAY = date(2026, 10, 1)
ACTIONS_EACH = 3


def fill(leads: int) -> Edition:
    """`leads` people of 60 bodies, each answering for three actions; every second is written to in Spanish."""
    call_command("migrate", verbosity=0)
    made = Edition.objects.filter(code="asking").first()
    if made is not None:
        return made
    Country.objects.create(code="XP", name="Benchmark", languages=["en", "es"], zone="UTC", currency="XCD", pack="none")
    edition = Edition.objects.create(
        code="asking", title="Strategy", starts_on=date(2025, 1, 1), ends_on=date(2028, 12, 31), state="in_force"
    )
    objective = Objective.objects.create(
        pillar=Pillar.objects.create(edition=edition, code="1", title="Pillar"), code="1.1", title="Objective"
    )
    bodies = Organisation.objects.bulk_create(
        Organisation(code=f"body-{n}", name=f"Body {n}", kind="agency", email=f"body{n}@example.org") for n in range(60)
    )
    people = Person.objects.bulk_create(
        Person(
            code=f"p{n}",
            name=f"Person {n}",
            organisation=bodies[n % 60],
            email=f"p{n}@example.org",
            language=("en", "es")[n % 2],
        )
        for n in range(leads)
    )
    acts = Action.objects.bulk_create(
        Action(
            edition=edition,
            objective=objective,
            code=f"1.1.{n}",
            title=f"Action {n}",
            starts_on=date(2025, 1, 1),
            person=people[n // ACTIONS_EACH],
            position=n,
        )
        for n in range(leads * ACTIONS_EACH)
    )
    Participation.objects.bulk_create(
        Participation(action=act, organisation=bodies[n % 60], part="lead") for n, act in enumerate(acts)
    )
    set_rhythm(edition, by=SYSTEM, is_on=False)
    return edition


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def one_round(edition: Edition, leads: int) -> tuple[float, float, float]:
    """Asks, reminds, and looks again with nothing to do; then clears away what it made."""
    due = TODAY + timedelta(days=11)
    days: dict[str, Any] = {
        "starts_on": date(2026, 7, 1),
        "ends_on": date(2026, 9, 30),
        "due_on": due,
        "closes_on": due,
    }
    with clock.pinned_day(day=TODAY):
        asked = seconds(lambda: open_review(edition, by=SYSTEM, **days))
    with clock.pinned_day(day=due - timedelta(days=7)):
        reminded = seconds(lambda: run_rhythm(by=SYSTEM))
        idle = seconds(lambda: run_rhythm(by=SYSTEM))
    assert OutboxMail.objects.count() == 2 * leads, OutboxMail.objects.count()
    Review.objects.all().delete()
    OutboxMail.objects.all().delete()
    return asked, reminded, idle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    edition = fill(wanted.leads)
    rounds = [one_round(edition, wanted.leads) for _round in range(wanted.rounds)]
    print(f"{wanted.leads} leads, {ACTIONS_EACH} actions each, {connection.vendor}, {wanted.rounds} rounds")
    for name, times in zip(("ask", "remind", "nothing to do"), zip(*rounds, strict=True), strict=True):
        print(f"  {name}: median {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    main()
