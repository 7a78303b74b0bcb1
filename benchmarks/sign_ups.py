"""10,000 sign-ups for one cohort in a minute: how many are taken, how many are slowed, and that no seat is given twice.

    FLOREO_DATA=/tmp/sign-ups python -m benchmarks.sign_ups [--crowd 10000] [--people 2000] [--seats 100] [--processes 2] [--threads 4]
        [--seconds 120]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/sign-ups python -m benchmarks.sign_ups

First the crowd as it would come, each from an address of its own, with the bounds of the form as they are. Then so many people with the
bounds lifted, to see what the database itself takes; and all of them press the button of their mail at once. Requests run through the whole
middleware stack in processes as the server has them, each with bounds of its own. Each part ends after `--seconds`, and says how many
were not sent. Exit code 1 where a seat was given twice, somebody who was informed that a mail comes is not recorded, or somebody who was asked to wait
is. `FLOREO_DATA` is an empty folder.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

os.environ.setdefault("FLOREO_LOG_LEVEL", "CRITICAL")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.measure import machine
from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country
from floreo.portal.views import training as pages
from floreo.training import moments
from floreo.training.access import token_of
from floreo.training.actions import running
from floreo.training.models import Cohort, Enrolment

Send = Callable[[Client, int], int]


def cohort(code: str, seats: int) -> Cohort:
    programme = running.make_programme(by=SYSTEM, title=code, is_public=True, audience="public")
    course = running.make_course(programme, by=SYSTEM, title=code)
    day = (moments.now() + timedelta(days=30)).date()
    return running.make_cohort(
        course,
        by=SYSTEM,
        title=code,
        code=code,
        capacity=seats,
        starts_on=day,
        ends_on=day,
        sign_up="open",
        is_public=True,
    )


@dataclass
class Found:
    """What was answered to each number, how long each waited, and how long it took, in seconds."""

    said: dict[int, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    took: float = 0

    def told(self, status: int) -> set[int]:
        return {number for number, answer in self.said.items() if answer == status}


@dataclass(frozen=True)
class Crowd:
    processes: int
    threads: int
    seconds: float

    def send(self, number: int, send: Send) -> Found:
        """Each number once, by whichever thread is free, until all are sent or the time is over."""
        context = multiprocessing.get_context("fork")
        connections.close_all()
        following, answers = context.Value("q", 0), context.Queue()
        began = time.perf_counter()
        workers = [
            context.Process(target=self._work, args=(number, following, began + self.seconds, send, answers))
            for _n in range(self.processes)
        ]
        for each in workers:
            each.start()
        found = Found()
        for _each in workers:
            said, waits = answers.get()
            found.said |= said
            found.waits += waits
        for each in workers:
            each.join()
        found.took = time.perf_counter() - began
        return found

    def _work(self, number: int, following: Any, until: float, send: Send, answers: Any) -> None:
        found, lock = Found(), threading.Lock()

        def run() -> None:
            client = Client(raise_request_exception=False)
            try:
                while time.perf_counter() < until:
                    with following.get_lock():
                        mine = following.value
                        following.value += 1
                    if mine >= number:
                        return
                    began = time.perf_counter()
                    status = send(client, mine)
                    with lock:
                        found.said[mine] = status
                        found.waits.append(time.perf_counter() - began)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _n in range(self.threads)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        answers.put((found.said, found.waits))


def tell(what: str, found: Found, number: int) -> None:
    late = statistics.quantiles(found.waits, n=20)[-1] if len(found.waits) > 1 else 0
    answers = ", ".join(f"{status}: {n:,}" for status, n in sorted(Counter(found.said.values()).items()))
    left = number - len(found.said)
    print(
        f"{what}: {answers}{f'; not sent in time: {left:,}' if left else ''}; {found.took:.1f} s,"
        f" {len(found.said) / found.took:,.0f} a second; median {statistics.median(found.waits) * 1000:.0f} ms, p95 {late * 1000:.0f} ms",
        flush=True,
    )


def must_match(cohort: Cohort, found: Found) -> None:
    """Who was informed that a mail comes is recorded, and nobody else."""
    rows = set(cohort.enrolments.values_list("mail", flat=True))
    told = {f"p{number}@example.org" for number in found.told(200)}
    if rows != told:
        sys.exit(f"told and not recorded: {len(told - rows)}; recorded and not told: {len(rows - told)}")


def signing(code: str) -> Send:
    def send(client: Client, number: int) -> int:
        who = {"name": f"Person {number}", "mail": f"p{number}@example.org", "sector": "other"}
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return client.post(f"/training/cohorts/{code}/sign-up/", who, REMOTE_ADDR=address).status_code

    return send


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = {"crowd": 10_000, "people": 2_000, "seats": 100, "processes": 2, "threads": 4, "seconds": 120}
    for name, number in given.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    args = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    Country.objects.get_or_create(code="XP", defaults={"name": "Testland", "languages": ["en"], "currency": "PRD"})
    print(machine(), connection.vendor, flush=True)
    at_once = Crowd(args.processes, args.threads, args.seconds)

    crowd = cohort("crowd", args.seats)
    found = at_once.send(args.crowd, signing(crowd.code))
    tell("the crowd, bounded", found, args.crowd)
    must_match(crowd, found)

    pages.OF_ALL = 10**9
    throttle.METER.clear()
    people = cohort("people", args.seats)
    found = at_once.send(args.people, signing(people.code))
    tell("people, bounds lifted", found, args.people)
    must_match(people, found)
    links = [f"/training/mine/{token_of(e)}/" for e in Enrolment.objects.filter(cohort=people)]

    def press(client: Client, number: int) -> int:
        return client.post(links[number], {"do": "confirm"}).status_code

    pressed = at_once.send(len(links), press)
    tell("the button of the mail", pressed, len(links))
    states = Counter(Enrolment.objects.filter(cohort=people).values_list("state", flat=True))
    print(f"  states: {dict(states)}; seats: {args.seats}")
    there = states["confirmed"] + states["waiting"]
    if states["confirmed"] != min(args.seats, there) or there != len(pressed.told(302)):
        sys.exit("seats do not match what was answered")


if __name__ == "__main__":
    main()
