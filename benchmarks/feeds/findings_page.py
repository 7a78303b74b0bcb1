"""The list of findings with two million of them: how long a page of it takes, filtered and not.

    FLOREO_DATA=/tmp/findings python -m benchmarks.feeds.findings_page [--findings 2000000] [--only-measure]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/findings python -m benchmarks.feeds.findings_page

Fills an empty installation: 200 organisations, 60 kinds, five years, one finding in twenty open. Then asks each page as one of the team and as
an operator, 40 times after 3 to warm up, in this process through the whole middleware stack; prints medians and 95th percentiles in ms. The same
seed gives the same findings."""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.incidents import pace, timed
from benchmarks.measure import machine
from floreo.core.lists import _cursor
from floreo.core.one_piece import in_one_piece
from floreo.feeds import texts
from floreo.feeds.logic import rank
from floreo.feeds.models import Feed, FeedFile, Finding, Severity
from floreo.feeds.tables import FINDINGS
from floreo.organisations.models import Country, Membership, Organisation, User

BODIES, KINDS, DAYS, BLOCK, LAST = 200, 60, 5 * 365, 5_000, datetime(2026, 11, 24, 3, tzinfo=UTC)
ONE_OPEN_IN = 20
ONE_NAME_IN, NETWORKS, PRODUCTS = 5, 1_000, 2_000  # a fifth at names, as phishing and defaced pages are


def _findings(count: int, bodies: list[int], feed: Feed) -> Iterator[Finding]:
    chance = random.Random(1)
    kinds, severities = list(texts.all_names())[:KINDS], list(Severity.values)
    for number in range(count):
        is_open = number % ONE_OPEN_IN == 0
        last = LAST - timedelta(days=chance.randrange(3) if is_open else chance.randrange(7, DAYS))
        first = last - timedelta(days=chance.randrange(90))
        severity = severities[int(len(severities) * chance.random() ** 0.5)]
        ip: str | None = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        subject = str(ip)
        if number % ONE_NAME_IN == 0:
            subject, ip = f"host{number}.site{number % 40_000}.example", None
        body, product = int(BODIES * chance.random() ** 2), int(PRODUCTS * chance.random() ** 3)
        yield Finding(
            organisation_id=bodies[body],
            subject=subject,
            unit=subject,
            ip=ip,
            detail=f"Product {product} CVE-{2015 + product % 11}-{10_000 + product}" if number % 3 else "",
            network=f"198.{body}.{number % (NETWORKS // BODIES)}.0/24",
            service="webmail" if body == 7 and number % 50 == 0 else "",
            kind=kinds[number % KINDS],
            port=number >> 24,
            taxonomy="vulnerable",
            severity=severity,
            severity_rank=rank(severity),
            feed=feed,
            report_type="scan",
            first_seen=first,
            last_seen=last,
            first_day=first.date(),
            last_day=last.date(),
            opened_on=first.date(),
            fixed_on=None if is_open else last.date() + timedelta(days=1),
            state="persisting" if is_open else "fixed",
            observed="persisting" if is_open else "fixed",
        )


def fill(count: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    Country.objects.get_or_create(
        code="ZZ", defaults={"name": "Bench", "languages": ["en", "es"], "currency": "USD", "pack": "bench"}
    )
    began = time.perf_counter()
    made = Organisation.objects.bulk_create(
        Organisation(code=f"body-{n}", name=f"Body {n}", kind="operator") for n in range(BODIES)
    )
    feed = Feed.objects.create(code="scans", name="Scans", collector="upload")
    FeedFile.objects.create(feed=feed, sha256="0" * 64, name="x", day=LAST.date(), received_at=LAST, state="done")
    rows = _findings(count, [body.pk for body in made], feed)
    while block := list(islice(rows, BLOCK)):
        with transaction.atomic():
            Finding.objects.bulk_create(block, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        )  # as it does by itself in time
    print(f"filled with {count:,} findings in {time.perf_counter() - began:.0f} s")


def addresses(viewer: User) -> dict[str, str]:
    rows = FINDINGS.ordered(viewer).filter(state="persisting")
    deep = rows[min(3_000, rows.count() - 1)]
    kind = next(iter(texts.all_names()))
    return {
        "open": "/workspace/findings/",
        "open, critical": "/workspace/findings/?severity=critical",
        "open, of one kind": f"/workspace/findings/?kind={kind}",
        "open, of one organisation": "/workspace/findings/?organisation=body-7",
        "open, with no reply": "/workspace/findings/?reply=none",
        "open, page 100": f"/workspace/findings/?after={_cursor(deep, FINDINGS.order)}",
        "fixed": "/workspace/findings/?state=fixed",
        "all states": "/workspace/findings/?state=all",
        "an address": "/workspace/findings/?q=10.3.7.33&state=all",
        "a host name": "/workspace/findings/?q=host100000.site20000.example&state=all",
        "part of a host name": "/workspace/findings/?q=site2000&state=all",
        "part of a host name, open": "/workspace/findings/?q=site2000",
        "a kind": f"/workspace/findings/?q={kind}&state=all",
        "part of many kinds": "/workspace/findings/?q=open&state=all",
        "part of all names": "/workspace/findings/?q=.example&state=all",
        "a rare product": "/workspace/findings/?q=CVE-2018-11994&state=all",
        "a usual product, open": "/workspace/findings/?q=cve-2015-10000",
        "a network": "/workspace/findings/?q=198.7.3.0/24&state=all",
        "a service": "/workspace/findings/?q=webmail&state=all",
        "two words": "/workspace/findings/?q=cve-2015-10000+198.7.3&state=all",
        "part of an address": "/workspace/findings/?q=10.3.7.&state=all",
        "two letters": "/workspace/findings/?q=qz&state=all",
        "a word that nothing has": "/workspace/findings/?q=nowhere-at-all&state=all",
    }


def _person(role: str, organisation: Organisation | None) -> User:
    found, _made = User.objects.get_or_create(email=f"{role}@example.org", defaults={"name": role})
    Membership.objects.get_or_create(user=found, role=role, organisation=organisation)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=2_000_000)
    parser.add_argument("--only-measure", action="store_true", help="the installation is filled already")
    given = parser.parse_args()
    if not given.only_measure:
        fill(given.findings)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.KEEP_PAGES_SECONDS = 0
    print(f"{machine()}; a million sums {pace():.0f} ms; {Finding.objects.count():,} findings")
    print("| page | as | median | p95 | own work | questions |\n|---|---|---|---|---|---|")
    bank = Organisation.objects.get(code="body-7")
    for role, body in (("responder", None), ("operator", bank)):
        person = _person(role, body)
        client = Client()
        client.force_login(person)
        for name, address in addresses(person).items():
            found = timed(client, address)
            assert found["status"] == 200, (name, found)
            print(
                f"| {name} | {role} | {found['median']:.0f} | {found['p95']:.0f} | {found['own']:.0f} | {found['questions']} |"
            )


if __name__ == "__main__":
    in_one_piece(main)()  # as the server answers
