"""How long it takes to close a period of 20,000 actions, and to draw a report of 60 pages with 100 charts.

    FLOREO_DATA=/tmp/reporting python -m benchmarks.reporting [--actions 20000] [--rounds 3]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/reporting python -m benchmarks.reporting

Needs an empty installation, or one that it filled itself. Closing is undone after each round, so that it can be measured
again. Prints medians: on the clock, and this process's own work, which other work on a shared machine does not change.

Measured on 26 Nov 2026 on two cores busy with other work, load 6 (medians of 7 rounds on SQLite, of 5 on PostgreSQL;
clock, then work):

    close 20,000 actions             SQLite 11.1 s,  6.2 s     PostgreSQL 13.2 s,  6.4 s, and the server's own
    64 pages, 100 charts, PDF/UA             3.1 s,  1.4 s                 3.6 s,  1.5 s
    the same as Word                         4.9 s,  2.8 s                 5.8 s,  2.7 s
    most memory                              652 MB                        611 MB
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.documents.pdf import pages_of, to_pdf
from floreo.core.documents.word import to_word
from floreo.core.figures import Frequency, Period, periods_between
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Country, Organisation
from floreo.reports.actions import close_review
from floreo.reports.data import canonical
from floreo.reports.documents import progress_document
from floreo.reports.queries import summary_now
from floreo.reviews.models import Review
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
    Update,
)

TODAY = date(2026, 11, 24)
Q3 = Period(date(2026, 7, 1), date(2026, 9, 30))
CHARTS = 100


def _edition(code: str) -> tuple[Edition, Objective]:
    edition = Edition.objects.create(
        code=code,
        title=f"Strategy {code}",
        starts_on=date(2025, 1, 1),
        ends_on=date(2028, 12, 31),
        state="in_force",
        is_public=True,
    )
    pillar = Pillar.objects.create(edition=edition, code="1", title="Pillar")
    return edition, Objective.objects.create(pillar=pillar, code="1.1", title="Objective")


def _plan(edition: Edition, objective: Objective, many: int) -> None:
    """Actions with three milestones, four updates, a lead; every tenth with money and a risk; every fifth late."""
    body, _made = Organisation.objects.get_or_create(code="body", defaults={"name": "A body", "kind": "agency"})
    acts = Action.objects.bulk_create(
        (
            Action(
                edition=edition,
                objective=objective,
                code=f"1.1.{n}",
                title=f"Do the thing that has the number {n}",
                position=n,
                starts_on=date(2025, 3, 1),
                due_on=date(2026, 8, 1) if n % 5 == 0 else date(2027, 6, 30),
                late_reason="Waits for people." if n % 10 == 0 else "",
            )
            for n in range(1, many + 1)
        ),
        batch_size=1000,
    )
    days = (date(2025, 9, 1), date(2026, 3, 1), date(2026, 7, 20))
    Milestone.objects.bulk_create(
        (
            Milestone(action=a, code=f"m{i}", title=f"Step {i}", due_on=day, reached_on=day)
            for a in acts
            for i, day in enumerate(days)
        ),
        batch_size=2000,
    )
    output = (date(2025, 10, 1), date(2026, 1, 10), date(2026, 4, 10), date(2026, 8, 10))
    Update.objects.bulk_create(
        (
            Update(action=a, on=day, done="We went on.", next="The next step.", reported_by="Lead")
            for a in acts
            for day in output
        ),
        batch_size=2000,
    )
    Participation.objects.bulk_create(
        (Participation(action=a, organisation=body, part="lead") for a in acts), batch_size=2000
    )
    tenth = acts[::10]
    BudgetLine.objects.bulk_create(
        BudgetLine(action=a, amount=1000, spent=400, currency="XCD", fiscal_year=2026, funder=body) for a in tenth
    )
    Risk.objects.bulk_create(
        Risk(action=a, title="People leave", likelihood=4, impact=4, noted_on=date(2026, 2, 1), is_public=True)
        for a in tenth
    )


def _figures(edition: Edition) -> None:
    quarters = periods_between(date(2024, 1, 1), Q3.end, Frequency.QUARTER)
    made = Indicator.objects.bulk_create(
        Indicator(
            code=f"figure-{n}",
            title=f"Figure with the number {n}",
            definition="What is counted.",
            unit="%",
            edition=edition,
            target=90,
            target_due=date(2028, 12, 31),
            baseline=20,
            baseline_on=date(2024, 1, 1),
            position=n,
        )
        for n in range(CHARTS)
    )
    Reading.objects.bulk_create(
        Reading(
            indicator=i,
            starts_on=q.start,
            ends_on=q.end,
            value=Decimal(25 + 5 * k + i.position % 7),
            taken_at=clock.now(),
            taken_by="Benchmark",
            source="A list",
        )
        for i in made
        for k, q in enumerate(quarters)
    )


def fill(actions: int) -> tuple[Edition, Edition]:
    """A very large plan to close, and one of 300 actions with 100 indicators to print."""
    call_command("migrate", verbosity=0)
    if not Edition.objects.filter(code="large").exists():
        Country.objects.create(
            code="XP", name="Benchmark", languages=["en", "es"], zone="UTC", currency="XCD", pack="none"
        )
        _plan(*_edition("large"), actions)
        printed = _edition("printed")
        _plan(*printed, 300)
        _figures(printed[0])
    return Edition.objects.get(code="large"), Edition.objects.get(code="printed")


def _close(edition: Edition) -> str:
    with transaction.atomic():
        review = Review.objects.create(
            edition=edition,
            code="2026-q3",
            starts_on=Q3.start,
            ends_on=Q3.end,
            opened_on=date(2026, 10, 1),
            due_on=date(2026, 10, 15),
            closes_on=date(2026, 10, 31),
        )
        snapshot = close_review(review, by=SYSTEM)
        transaction.set_rollback(True)
    return f"{len(canonical(snapshot.public)) // 1000} kB public"


def timed(name: str, rounds: int, do: Callable[[], str]) -> None:
    taken, worked, output = [], [], ""
    for _round in range(rounds):
        start, work = time.perf_counter(), time.process_time()
        output = do()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - work)
    spread = f"of {rounds}: {min(taken):.2f} to {max(taken):.2f}"
    print(
        f"{name:<34} {statistics.median(taken):6.2f} s, {statistics.median(worked):.2f} s of work  ({spread})  {output}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with clock.pinned_day(zone="UTC", day=TODAY):
        large, printed = fill(given.actions)
        print(f"{connection.vendor}; {Action.objects.filter(edition=large).count()} actions to close")
        timed("close the period, all or nothing", given.rounds, lambda: _close(large))
        summary = summary_now(printed, Q3, None)

        def pdf() -> str:
            return f"{pages_of(to_pdf(progress_document(summary)))} pages, {CHARTS} charts"

        timed("the report as PDF/UA", given.rounds, pdf)
        timed("the report as Word", given.rounds, lambda: f"{len(to_word(progress_document(summary))) // 1000} kB")
        print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
