"""Fills an empty installation with a large, made-up country: 50 editions, 20,000 actions, 200,000 milestones, 5,000 indicators.

    FLOREO_DATA=/tmp/large python -m benchmarks.fill [--scale 1.0]

The same seed gives the same country, so that runs can be compared.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.core.management import call_command
from django.db import transaction

from floreo.config.jobs import look_at_sizes
from floreo.core import audit, clock, search
from floreo.core.access import SYSTEM
from floreo.core.ui import storage
from floreo.indicators.models import Indicator
from floreo.organisations.models import Country, Organisation, Person
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone, Objective, Participation, Pillar, Update

MEASURES = [
    "share_actions_on_track",
    "share_actions_with_owner",
    "share_actions_with_money",
    "milestones_late",
    "median_days_late",
]
WORDS = "law training response network report exercise standard register school operator line guidance data team audit".split()  # noqa: SIM905 -- reads as a list


def title(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=6)).capitalize()


def edition_with_plan(
    number: int, *, editions: int, bodies: list[Organisation], people: list[Person], scale: float
) -> None:
    """One edition of 4 pillars, 20 objectives, 400 actions and 4,000 milestones; the newest is in force."""
    chance = random.Random(number)
    newest = number == editions - 1
    start = date(clock.today().year - 1 if newest else 1970 + number, 1, 1)
    edition = Edition.objects.create(
        code=f"e{number:03}",
        title=f"National Cybersecurity Strategy {start.year}",
        starts_on=start,
        ends_on=date(start.year + 3, 12, 31),
        state="in_force" if newest else "ended",
        is_public=True,
        confirmed=True,
    )
    pillars = Pillar.objects.bulk_create(
        Pillar(edition=edition, code=str(p), title=title(chance), position=p) for p in range(1, 5)
    )
    objectives = Objective.objects.bulk_create(
        Objective(pillar=p, code=f"{p.code}.{o}", title=title(chance), position=o) for p in pillars for o in range(1, 6)
    )
    per = max(1, round(20 * scale))
    actions = Action.objects.bulk_create(
        Action(
            edition=edition,
            objective=o,
            code=f"{o.code}.{a}",
            title=title(chance),
            position=i * per + a,
            confirmed=chance.random() > 0.1,
            public_text=title(chance) * 5,
            starts_on=start,
            due_on=start + timedelta(days=chance.randint(60, 1400)),
            person=chance.choice(people),
        )
        for i, o in enumerate(objectives)
        for a in range(1, per + 1)
    )
    Participation.objects.bulk_create(
        Participation(action=a, organisation=chance.choice(bodies), part=part, starts_on=start)
        for a in actions
        for part in ("lead", "support")
    )
    today, milestones = clock.today(), []
    for act in actions:
        for m in range(10):
            due = start + timedelta(days=chance.randint(10, 1400))
            reached = due - timedelta(days=chance.randint(-20, 20)) if due < today and chance.random() > 0.03 else None
            milestones.append(
                Milestone(
                    action=act, code=f"{act.code}-{m}", title=title(chance), due_on=due, reached_on=reached, position=m
                )
            )
    Milestone.objects.bulk_create(milestones, batch_size=2000)
    Update.objects.bulk_create(
        Update(action=a, on=today - timedelta(days=chance.randint(1, 150)), done=title(chance), reported_by="Lead")
        for a in actions
    )
    BudgetLine.objects.bulk_create(
        BudgetLine(
            action=a, amount=chance.randint(1, 90) * 1000, currency="XCD", fiscal_year=start.year, funder=bodies[0]
        )
        for a in actions
    )
    Indicator.objects.bulk_create(
        Indicator(
            code=f"{edition.code}-i{i}",
            title=title(chance),
            definition=title(chance),
            unit="%",
            measure=chance.choice(MEASURES),
            edition=edition,
            pillar=chance.choice(pillars),
            position=number * 1000 + i,
            on_home=newest and i < 3,
            frequency="year",
        )
        for i in range(round(100 * scale))
    )
    search.refresh_many(actions)


def fill(scale: float = 1.0, editions: int = 50) -> None:
    call_command("migrate", verbosity=0)
    storage.collect()
    if Edition.objects.exists():
        return
    Country.objects.create(
        code="XP", name="Large country", languages=["en", "es"], zone="UTC", currency="XCD", pack="none"
    )
    bodies = Organisation.objects.bulk_create(
        Organisation(code=f"body-{n}", name=f"Body {n}", kind="agency") for n in range(60)
    )
    people = Person.objects.bulk_create(
        Person(code=f"person-{n}", name=f"Person {n}", organisation=bodies[n % 60]) for n in range(200)
    )
    search.refresh_many(bodies)
    for number in range(editions):
        with transaction.atomic():
            edition_with_plan(number, editions=editions, bodies=bodies, people=people, scale=scale)
    refresh_statuses(by=SYSTEM, always=True)
    with transaction.atomic():  # a chain with a head, as every installation has
        audit.append(by=SYSTEM, verb="benchmark.filled", subject=None, detail={})
    look_at_sizes()  # as every installation does each night


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is the size that the README speaks of")
    parser.add_argument("--editions", type=int, default=50)
    asked = parser.parse_args()
    began = time.perf_counter()
    fill(asked.scale, asked.editions)
    counts = {m.__name__: m._default_manager.count() for m in (Edition, Action, Milestone, Indicator)}
    print(f"{counts} in {time.perf_counter() - began:.0f} s")
