"""A thousand certificates issued and signed, and the page on which one is checked.

    python -m benchmarks.certificates [--people 1000]

In a new database of its own (SQLite). Issuing is the press, signing what the worker does by itself afterwards: both count. The page is asked
a hundred times as the web server asks it, each time another certificate."""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import tempfile
import time
from datetime import date


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="floreo-certificates-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
            "FLOREO_DATA": folder,
            "FLOREO_SECRET_KEY": secrets.token_hex(),
            "FLOREO_ADDRESS": "https://floreo.example",
        }
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        measure(people)


def measure(people: int) -> None:
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from floreo.certificates.actions import issuing
    from floreo.certificates.actions.signing import sign_due
    from floreo.certificates.checking import check_badge
    from floreo.certificates.models import Certificate
    from floreo.certificates.papers import pdf_of
    from floreo.core.access import SYSTEM
    from floreo.organisations.models import Country, Kind, Organisation
    from floreo.training.models import Cohort, Course, Enrolment, Programme

    call_command("migrate", verbosity=0)
    Country.objects.create(code="XX", name="Isla", languages=["en", "es"], currency="USD", pack="none")
    office = Organisation.objects.create(code="office", name="Office", kind=next(iter(Kind)))
    programme = Programme.objects.create(code="p", title="P", organisation=office, is_public=True)
    course = Course.objects.create(programme=programme, code="c", title="Everyday security", hours=4)
    facts = {"state": "closed", "closed_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)}
    cohort = Cohort.objects.create(course=course, code="k", title="Cohort", **facts)
    Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            number=n,
            name=f"Person {n}",
            mail=f"p{n}@example.org",
            mail_key=str(n),
            sector="public",
            asked_on=date(2025, 12, 1),
            completed_on=date(2026, 1, 1),
        )
        for n in range(1, people + 1)
    )
    reverse("workspace:certificates")  # a server that runs has loaded its addresses
    start, used = time.perf_counter(), time.process_time()
    issuing.issue_to_cohort(cohort, by=SYSTEM, issued_on=date(2026, 1, 3), expires_on=date(2028, 1, 2))
    issued = time.perf_counter()
    sign_due()
    signed = time.perf_counter()
    done = Certificate.objects.exclude(credential="").count()
    print(
        f"{done} certificates: issued in {issued - start:.1f} s, signed and mailed in {signed - issued:.1f} s,"
        f" together {signed - start:.1f} s, of which {time.process_time() - used:.1f} s on a processor (promise: 1,000 in 30 s)"
    )
    browser, times = Client(HTTP_HOST="floreo.example"), []
    used = time.process_time()
    codes = list(Certificate.objects.values_list("code", flat=True)[:101])
    for code in codes:
        begin = time.perf_counter()
        answer = browser.get(f"/certificates/{code}/", secure=True)
        times.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 200, answer.status_code
    times = times[1:]  # the first compiles the templates
    each = (time.process_time() - used) * 1000 / len(codes)
    print(
        f"the check page: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms,"
        f" {each:.0f} ms on a processor (promise: 50 ms)"
    )
    one = Certificate.objects.order_by("serial")[0]
    begin = time.perf_counter()
    check_badge(one.credential.encode())
    first = time.perf_counter()
    for _n in range(5):
        check_badge(one.credential.encode())
    again = (time.perf_counter() - first) / 5
    print(
        f"a badge that somebody brings, in the cage: first {(first - begin) * 1000:.0f} ms, then {again * 1000:.0f} ms"
    )
    begin = time.perf_counter()
    pdf_of(one)
    print(f"a PDF: {(time.perf_counter() - begin) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
