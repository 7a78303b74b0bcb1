"""How long it takes to know what is to be done, in a large country: for the secretariat, who sees what waits for everybody, and for a lead.

    FLOREO_DATA=/tmp/large python -m benchmarks.fill
    FLOREO_DATA=/tmp/large python -m benchmarks.tasks [--updates 200000] [--rounds 40]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/large python -m benchmarks.tasks

Adds updates until there are as many as asked for. Prints median and 95th percentile of the page's data and of the whole page, and how long this process itself
worked: on a machine that does other things beside, that is the figure to compare.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.fill import fill
from benchmarks.measure import machine
from floreo.core import clock
from floreo.core.ui import storage
from floreo.organisations.models import Membership, Organisation, User
from floreo.strategy.models import Action, Update
from floreo.tasks.calendar import calendar_of
from floreo.workspace.home.board import home_of

WARM_UP = 3


def fill_updates(wanted: int) -> None:
    """Every action is reported several times, the last time long or shortly ago as before."""
    missing = wanted - Update.objects.count()
    if missing <= 0:
        return
    actions, today = list(Action.objects.values_list("pk", flat=True)), clock.today()
    made = (
        Update(
            action_id=actions[n % len(actions)],
            on=today - timedelta(days=200 + n % 700),
            done="Went on.",
            reported_by="Lead",
        )
        for n in range(missing)
    )
    Update.objects.bulk_create(made, batch_size=5000)


def person(role: str, organisation: Organisation | None = None) -> User:
    user, _made = User.objects.get_or_create(email=f"bench-{role}@example.org", defaults={"name": f"Bench {role}"})
    Membership.objects.get_or_create(user=user, role=role, organisation=organisation)
    return user


def timed(what: str, do: Callable[[], object], rounds: int) -> None:
    times, work = [], []
    for number in range(rounds + WARM_UP):
        began, worked = time.perf_counter(), time.process_time()
        do()
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
            work.append((time.process_time() - worked) * 1000)
    times.sort()
    late = times[int(len(times) * 0.95) - 1]
    print(f"{what:44} {statistics.median(times):10.1f} {late:8.1f} {statistics.median(work):8.1f}")


def main(updates: int, rounds: int) -> None:
    call_command("migrate", verbosity=0)
    storage.collect()
    fill()
    fill_updates(updates)
    staff, lead = person("secretariat"), person("lead", Organisation.objects.order_by("pk").first())
    print(machine())
    print({"actions": Action.objects.count(), "updates": Update.objects.count(), "database": connection.vendor})
    print(f"{'':44} {'median ms':>10} {'p95 ms':>8} {'cpu ms':>8}")
    for user in (staff, lead):
        role, client = user.email.split("@")[0].removeprefix("bench-"), Client(headers={"host": "localhost"})
        client.force_login(user)
        timed(f"data of the page, {role}", lambda user=user: home_of(User.objects.get(pk=user.pk)), rounds)  # type: ignore[misc]  # bound as it is
        timed(f"the whole page, {role}", lambda client=client: client.get("/workspace/"), rounds)  # type: ignore[misc]  # as above
        timed(f"calendar, {role}", lambda user=user: calendar_of(user), rounds)  # type: ignore[misc]  # as above
    timed("what others owe, the whole list", lambda: _others(staff), rounds)


def _others(user: User) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    assert client.get("/workspace/waiting/?when=all").status_code == 200


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    main(asked.updates, asked.rounds)
