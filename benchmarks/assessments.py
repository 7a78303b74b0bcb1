"""A campaign of assessments of 500 organisations over 106 items: opened, its pages, and a form saved.

FLOREO_DATA=/tmp/assessments .venv/bin/python -m benchmarks.assessments [--organisations 500] [--rounds 20]

Makes an installation of its own in FLOREO_DATA, which must be empty."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
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
    asked.add_argument("--organisations", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=20)
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client, override_settings

    call_command("migrate", verbosity=0)
    with override_settings(KEEP_PAGES_SECONDS=0, ALLOWED_HOSTS=["*"]):
        _measure(given.organisations, given.rounds, Client())


def _version() -> Any:
    """NIST CSF 2.0 from the file that comes with the product, without a pack round it."""
    import tomllib

    from floreo.frameworks.models import Framework, Item, Version

    root = Path(__file__).resolve().parent.parent
    read = tomllib.loads((root / "frameworks" / "nist-csf-2.toml").read_text(encoding="utf-8"))
    whole = Framework.objects.create(code="nist-csf", title="NIST CSF", short_title="NIST CSF", publisher="NIST")
    levels = [{"value": str(level["value"]), "word": level["word"]} for level in read["version"]["levels"]]
    stated = {"items_stated": read["version"]["items_stated"], "items_kind": "outcome", "items_source": "The file"}
    version = Version.objects.create(
        framework=whole, code="nist-csf-2", title="NIST CSF 2.0", rule="share", levels=levels, **stated
    )
    made: dict[str, Item] = {}
    for place, row in enumerate(read["item"]):
        made[row["code"]] = Item.objects.create(
            in_version=version,
            code=row["code"],
            title=row["title"][:200],
            kind=row["kind"],
            parent=made.get(row.get("parent", "")),
            is_rated=row.get("is_rated", True),
            position=place,
        )
    return version


def _measure(number: int, rounds: int, browser: Any) -> None:
    from django.conf import settings

    from floreo.assessments import logic
    from floreo.assessments.access import ByLink
    from floreo.assessments.actions import answering, preparing
    from floreo.assessments.models import Participant, Respondent, SelfRating
    from floreo.assessments.queries import questionnaire
    from floreo.core import clock
    from floreo.core.access import SYSTEM
    from floreo.core.links import hash_of
    from floreo.frameworks.models import Answer
    from floreo.organisations.models import Country, Membership, Organisation, User

    Country.objects.create(code="XP", name="Bench", languages=["en", "es"], currency="XCD", pack="bench")
    version = _version()
    bodies = [
        Organisation(code=f"works-{n}", name=f"Works {n:03}", kind="operator", email=f"desk@works-{n}.example")
        for n in range(number)
    ]
    Organisation.objects.bulk_create(bodies)
    user = User.objects.create(email="bench@example.org", name="Bench")
    Membership.objects.create(user=user, role="secretariat")
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    today = clock.today()
    days = {"starts_on": today, "ends_on": today + timedelta(days=30)}
    campaign = preparing.prepare(by=SYSTEM, code="bench", title="Bench", in_version=version, **days)
    preparing.add_organisations(campaign, by=SYSTEM, organisations=bodies, sector="energy")
    began, used = time.perf_counter(), time.process_time()
    campaign = preparing.open_campaign(campaign, by=SYSTEM)
    took, worked = (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000
    print(f"{number} organisations, {len(questionnaire(version).rated)} items")
    print(f"opened, with an assessment and an e-mail each: {took:.0f} ms, processor {worked:.0f} ms")
    page = "/workspace/assessment-campaigns/bench/"
    print("page of the campaign, nothing answered", timed(lambda: _opened(browser, page), rounds))
    _fill(Participant, Answer, SelfRating, version)
    print("page of the campaign, all answered", timed(lambda: _opened(browser, page), rounds))
    print("heat map of its first 50", timed(lambda: _opened(browser, f"{page}heat/"), rounds))
    first = Participant.objects.order_by("pk")[0]
    assert first.assessment is not None
    own = f"/workspace/organisation-assessments/{first.assessment.code}/"
    print("page of one organisation", timed(lambda: _opened(browser, own), rounds))
    Respondent.objects.filter(participant=first).update(link_hash=hash_of("bench"))
    print("its form by link", timed(lambda: _opened(browser, "/assessment/bench/"), rounds))
    print("a section of it by link", timed(lambda: _opened(browser, "/assessment/bench/PR.AA/"), rounds))
    by = ByLink(
        Respondent.objects.select_related("participant__campaign", "participant__organisation").get(participant=first)
    )
    item, texts = questionnaire(version).rated[0], iter(range(10_000))

    def save() -> None:
        rating = SelfRating.objects.get(answer__assessment=first.assessment, answer__item=item)
        row = answering.Given(item.code, "0.5", f"Text {next(texts)}", rating.version)
        answering.save_answers(Participant.objects.get(pk=first.pk), by=by, given=[row])

    print("one answer saved, with its entry of the audit chain", timed(save, 100))
    rows = [("energy", {logic.WHOLE: Decimal(50)})] * number
    print("benchmark of all", timed(lambda: logic.benchmark(rows, "energy", [logic.WHOLE]), rounds))


def _fill(participants: Any, answers: Any, ratings: Any, version: Any) -> None:
    """Every item of every organisation, written behind the trail's back."""
    from floreo.core import clock

    chance = random.Random(1)
    items = list(version.items.filter(is_rated=True))
    made = [
        answers(assessment_id=assessment, item=item)
        for assessment in participants.objects.values_list("assessment", flat=True)
        for item in items
    ]
    answers.objects.bulk_create(made, batch_size=2000)
    values, at = version.scale.values, clock.now()
    ratings.objects.bulk_create(
        [
            ratings(answer=a, level=chance.choice(values), text="As it is.", written_by="Bench", written_at=at)
            for a in made
        ],
        batch_size=2000,
    )
    participants.objects.update(answered=len(items), state="answering")


def _opened(browser: Any, address: str) -> None:
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} gave {answer.status_code}")


if __name__ == "__main__":
    main()
