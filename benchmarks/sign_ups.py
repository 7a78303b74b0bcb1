"""10,000 sign-ups for one cohort in a minute: how many are taken, how many are slowed, and that no seat is given twice.

    FLOREO_DATA=/tmp/sign-ups python -m benchmarks.sign_ups [--crowd 10000] [--people 2000] [--seats 100] [--threads 8]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/sign-ups python -m benchmarks.sign_ups

First the crowd as it would come, each from an address of its own, with the bounds of the form as they are. Then so many people with the
bounds lifted, to see what the database itself takes; and all of them press the button of their mail at once. Requests run in this process
through the whole middleware stack. `FLOREO_DATA` is an empty folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

os.environ.setdefault("FLOREO_LOG_LEVEL", "CRITICAL")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
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


def all_at_once(number: int, threads: int, send: Send) -> tuple[Counter[int], list[float], float]:
    """What was answered, how long each waited, and how long it took."""
    said: Counter[int] = Counter()
    waits: list[float] = []
    lock, numbers = threading.Lock(), iter(range(number))

    def run() -> None:
        client = Client(raise_request_exception=False)
        try:
            while True:
                with lock:
                    mine = next(numbers, None)
                if mine is None:
                    return
                began = time.perf_counter()
                status = send(client, mine)
                with lock:
                    said[status] += 1
                    waits.append(time.perf_counter() - began)
        finally:
            connection.close()

    began = time.perf_counter()
    workers = [threading.Thread(target=run) for _n in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return said, waits, time.perf_counter() - began


def tell(what: str, found: tuple[Counter[int], list[float], float]) -> None:
    said, waits, took = found
    part = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else 0
    answers = ", ".join(f"{status}: {n:,}" for status, n in sorted(said.items()))
    rate = sum(said.values()) / took
    print(
        f"{what}: {answers}; {took:.1f} s, {rate:,.0f} a second; median {statistics.median(waits) * 1000:.0f} ms, p95 {part * 1000:.0f} ms"
    )


def signing(code: str) -> Send:
    def send(client: Client, number: int) -> int:
        who = {"name": f"Person {number}", "mail": f"p{number}@example.org", "sector": "other"}
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return client.post(f"/training/cohorts/{code}/sign-up/", who, REMOTE_ADDR=address).status_code

    return send


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, given in (("crowd", 10_000), ("people", 2_000), ("seats", 100), ("threads", 8)):
        parser.add_argument(f"--{name}", type=int, default=given)
    args = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    Country.objects.get_or_create(code="XP", defaults={"name": "Testland", "languages": ["en"], "currency": "PRD"})
    print(machine(), connection.vendor, flush=True)

    crowd = cohort("crowd", args.seats)
    tell("the crowd, bounded", all_at_once(args.crowd, args.threads, signing(crowd.code)))
    print(f"  rows: {crowd.enrolments.count():,}")

    pages.OF_ALL, throttle_before = 10**9, throttle.METER
    throttle_before.clear()
    people = cohort("people", args.seats)
    tell("people, bounds lifted", all_at_once(args.people, args.threads, signing(people.code)))
    links = [f"/training/mine/{token_of(e)}/" for e in Enrolment.objects.filter(cohort=people)]

    def press(client: Client, number: int) -> int:
        return client.post(links[number], {"do": "confirm"}).status_code

    tell("the button of the mail", all_at_once(len(links), args.threads, press))
    states = Counter(Enrolment.objects.filter(cohort=people).values_list("state", flat=True))
    print(f"  states: {dict(states)}; seats: {args.seats}")
    assert states["confirmed"] <= args.seats


if __name__ == "__main__":
    main()
