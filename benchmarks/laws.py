"""Laws: how long a large Act takes to read, to show, to compare, to edit.

    FLOREO_DATA=/tmp/laws python -m benchmarks.laws [--sections 400]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/laws python -m benchmarks.laws

Writes an Act of so many sections as a text file (seven lines a section, the same each time), imports it through the cage as the workspace
does, then asks its public page, a comparison of two versions and one edit of a clause, in this process through all middleware. Prints
medians in ms, of the clock and of this process's own work.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client

import floreo.config.wsgi  # noqa: F401 -- settles memory as the server does
from benchmarks.measure import machine
from floreo.core.access import SYSTEM
from floreo.legislation import printing, queries
from floreo.legislation.actions import instruments, versions
from floreo.legislation.models import LawVersion
from floreo.organisations.models import Country

ROUNDS = 15
WORDS = [
    "person",
    "computer",
    "system",
    "data",
    "order",
    "court",
    "notice",
    "service",
    "offence",
    "term",
    "fine",
    "police",
    "magistrate",
    "holder",
    "day",
]


def act(sections: int, *, seed: int = 1) -> str:
    chance = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    lines = ["AN ACT to measure how long an Act takes.", "ENACTED by nobody."]
    for number in range(1, sections + 1):
        if number % 40 == 1:
            lines.append(f"PART {number // 40 + 1} - {words(3).upper()}")
        lines += [
            f"{number}. {words(4).capitalize()}",
            f"(1) A {words(25)} shall—",
            f"(a) {words(14)};",
            f"(b) {words(12)}—",
            f"(i) {words(9)}; or",
            f"(ii) {words(9)}.",
            f"(2) No {words(30)}.",
        ]
    return "\n\n".join(lines) + "\n"


def timed(do: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    clock, own = [], []
    for number in range(rounds + 2):
        began, worked = time.perf_counter(), time.process_time()
        do()
        if number > 1 or rounds == 1:
            clock.append((time.perf_counter() - began) * 1000)
            own.append((time.process_time() - worked) * 1000)
    return statistics.median(clock), statistics.median(own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sections", type=int, default=400)
    asked = parser.parse_args()
    settings.KEEP_PAGES_SECONDS = 0
    call_command("migrate", verbosity=0)
    Country.objects.get_or_create(code="XP", defaults={"name": "Bench", "languages": ["en"]})
    law = instruments.add_instrument(
        f"bench-{asked.sections}-{time.time():.0f}",
        by=SYSTEM,
        kind="act",
        title="Bench Act",
        number="1",
        dated=date(2026, 1, 1),
    )
    text = act(asked.sections)
    other = text.replace(" fine ", " penalty ", 40).replace("\n\n7. ", "\n\n6A. Inserted\n\nNew words.\n\n7. ")
    rows: list[tuple[str, tuple[float, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, words in (("v1", text), ("v2", other)):
            path = Path(folder) / f"{name}.txt"
            path.write_text(words, encoding="utf-8")
            paths.append((name, path))

        def take(code: str, path: Path) -> LawVersion:
            return versions.import_version(
                law, by=SYSTEM, file=path, name=path.name, code=code, title=code, dated=date(2026, 1, 1 + int(code[1:]))
            )

        take("v9", paths[0][1])  # the cage starts
        clock = []
        for number, (_name, path) in enumerate(paths, 1):
            began = time.perf_counter()
            take(f"v{number}", path)
            clock.append((time.perf_counter() - began) * 1000)
        rows.append(("import, file to provisions", (statistics.median(clock), 0.0)))
    for version in law.versions.exclude(code="v9"):
        versions.publish_version(version, by=SYSTEM)
    browser, callers = Client(headers={"host": "localhost"}), itertools.count(1)

    def get(address: str) -> Any:
        """Each time for another caller: one alone is slowed down."""
        number = next(callers)
        response = browser.get(address, REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}")
        assert response.status_code == 200, (address, response.status_code)
        return response

    here = f"/laws/{law.code}/"

    def anew(address: str) -> None:
        """As the first reader of a process gets it."""
        printing.forget()
        queries.forget()
        get(address)

    rows.append(("public page of one version, first in a process", timed(lambda: anew(f"{here}v1/"))))
    rows.append(("the same, printed before in this process", timed(lambda: get(f"{here}v1/"))))
    rows.append(("newest version, changes marked in its contents", timed(lambda: get(here))))
    rows.append(("two versions compared, page made anew", timed(lambda: anew(f"{here}v2/since/v1/"))))
    rows.append(("the same, compared before in this process", timed(lambda: get(f"{here}v2/since/v1/"))))
    draft = versions.copy_version(
        law.versions.get(code="v2"), by=SYSTEM, code="v3", title="Draft", dated=date(2026, 3, 1)
    )
    turns = iter(range(100))
    rows.append(
        (
            "one clause edited and saved",
            timed(
                lambda: versions.edit_clause(
                    draft, by=SYSTEM, number="5", heading="Edited", words=f"(1) Words {next(turns)}."
                ),
                3,
            ),
        )
    )
    page = get(f"{here}v1/").content
    weight = f"page of {len(page) / 1000:.0f} kB, {len(gzip.compress(page)) / 1000:.0f} gzipped"
    print(machine(), f"load {os.getloadavg()[0]:.1f}; {asked.sections} sections, {weight}")
    print(f"{'what':50} {'median ms':>10} {'own ms':>8}")
    for what, (clock_ms, own_ms) in rows:
        print(f"{what:50} {clock_ms:>10.0f} {own_ms:>8.0f}")


if __name__ == "__main__":
    main()
