"""Examples for the addresses of certificates."""

from __future__ import annotations

from floreo.certificates.models import SigningKey
from floreo.core import clock
from floreo.organisations.models import Country, User
from tests.certificates.making import cohort, issued


def examples(country: Country, user: User) -> dict[str, list[object]]:
    made = cohort(people=1)
    (one,) = issued(made)
    SigningKey.objects.create(number=1, public_key="A" * 43 + "=", from_on=clock.today())
    return {
        "issue_certificates": [made.code],
        "certificate_course": [made.course.code],
        "certificate_terms": [made.course.code],
        "withdraw_certificate_key": [1],
        "certificate": [one.number],
        "certificate_file": [one.number, "pdf"],
        "certificate_command": [one.number, "revoke"],
    }
