"""A survey with 20,000 answers: results computed and weighted, the public page, interviews taken in one after another.

FLOREO_DATA=/tmp/surveys .venv/bin/python -m benchmarks.surveys [--answers 20000] [--rounds 20]

Makes an installation of its own in FLOREO_DATA, which must be empty."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any


def timed(work: Callable[[], Any], rounds: int) -> str:
    """Median and 95th percentile in milliseconds, and the median of the processor's time: of a busy machine read that."""
    taken, processor = list[float](), list[float]()
    for _round in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - used) * 1000)
    taken.sort()
    late = taken[min(int(len(taken) * 0.95), len(taken) - 1)]
    return f"{statistics.median(taken):.1f} ({late:.1f}) ms, processor {statistics.median(processor):.1f} ms"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--answers", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=20)
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client, override_settings

    call_command("migrate", verbosity=0)
    with override_settings(KEEP_PAGES_SECONDS=0, ALLOWED_HOSTS=["*"]):
        _measure(given.answers, given.rounds, Client())


def _measure(answers: int, rounds: int, browser: Any) -> None:
    from floreo.core import clock
    from floreo.core.access import SYSTEM
    from floreo.surveys import logic
    from floreo.surveys.actions import answering, preparing, publishing
    from floreo.surveys.microdata import public_rows
    from floreo.surveys.models import Wave
    from floreo.surveys.queries import as_published, margins_of, weighting_cells

    waves = [_wave(code, answers, share) for code, share in (("before", 0.38), ("after", 0.49))]
    Wave.objects.filter(pk=waves[1].pk).update(compared_with=waves[0])
    last = Wave.objects.select_related("survey", "instrument__survey", "compared_with__instrument").get(pk=waves[1].pk)
    cells, margins = weighting_cells(last), margins_of(last)
    print(f"{answers:,} answers in each of two waves, {len(cells)} cells of three variables, 12 questions")
    print("raking", timed(lambda: logic.raked(cells, margins), rounds))
    print("counting the cells in the database", timed(lambda: weighting_cells(last), rounds))
    print("results of both waves with all groups and differences", timed(lambda: as_published(last), 3))
    print("single answers made anonymous", timed(lambda: public_rows(last), 3))
    today = clock.today()
    for wave in waves:
        days = {"starts_on": today - timedelta(days=60), "ends_on": today - timedelta(days=30)}
        Wave.objects.filter(pk=wave.pk).update(**days)
        publish = partial(publishing.publish, Wave.objects.get(pk=wave.pk), by=SYSTEM)
        print("results published and frozen", timed(publish, 1))
    print("public page of the results", timed(lambda: _opened(browser, "/surveys/bench/after/"), rounds))
    print("its list of surveys", timed(lambda: _opened(browser, "/surveys/"), rounds))
    open_wave = _wave("now", 0, 0)
    interviewer, _secret = preparing.add_interviewer(open_wave, by=SYSTEM, name="Bench")

    def take() -> None:
        item = answering.Interview(str(uuid.uuid4()), {"district": "d1", "q0": "yes"}, "en", datetime.now(tz=UTC))
        answering.take(interviewer, by=SYSTEM, interview=item)

    print("an interview taken in, with its entry of the audit chain", timed(take, 200))


def _opened(browser: Any, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} gave {answer.status_code}")


def _wave(code: str, answers: int, share: float) -> Any:
    from floreo.core import clock
    from floreo.core.access import SYSTEM
    from floreo.surveys.actions import preparing
    from floreo.surveys.models import Response, Survey

    survey = Survey.objects.filter(code="bench").first()
    values = {"district": [f"d{n}" for n in range(6)], "age": ["16-24", "25-39", "40-59", "60+"], "gender": ["f", "m"]}
    if survey is None:
        survey = preparing.prepare(by=SYSTEM, title="Bench", code="bench", is_public=True, people="adults")
        version = survey.versions.get()
        for name, keys in values.items():
            options = [{"key": key, "text": key} for key in keys]
            preparing.add_question(version, by=SYSTEM, key=name, text=name, variable=name, options=options)
        options = [{"key": "yes", "text": "Yes"}, {"key": "no", "text": "No"}]
        for n in range(9):
            facts = {"text": f"Question {n}?", "options": options, "counted": ["yes"], "statement": "say yes"}
            preparing.add_question(version, by=SYSTEM, key=f"q{n}", **facts)
    today = clock.today()
    wave = preparing.plan_wave(
        survey,
        by=SYSTEM,
        title=code,
        code=code,
        instrument=survey.versions.get(),
        mode="interviewer",
        starts_on=today - timedelta(days=5),
        ends_on=today + timedelta(days=5),
    )
    rows = [{name: key, "count": str(1000 + 300 * n)} for name, keys in values.items() for n, key in enumerate(keys)]
    wave = preparing.import_population(wave, by=SYSTEM, rows=rows, source="Bench")
    wave = preparing.open_wave(wave, by=SYSTEM)
    chance = random.Random(code)
    Response.objects.bulk_create(
        (
            Response(
                wave=wave,
                mode="interviewer",
                answers={f"q{n}": "yes" if chance.random() < share else "no" for n in range(9)},
                **{name: chance.choice(keys) for name, keys in values.items()},
            )
            for _n in range(answers)
        ),
        batch_size=2000,
    )
    return wave


if __name__ == "__main__":
    main()
