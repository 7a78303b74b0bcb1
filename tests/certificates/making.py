"""What tests of certificates are made of: a cohort with people in every state, and certificates signed with a key of the test."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from floreo.certificates.actions import issuing
from floreo.certificates.actions.signing import sign_due
from floreo.certificates.models import Certificate, CertificateTerms
from floreo.core.access import SYSTEM
from floreo.organisations.models import Organisation
from floreo.training.models import Cohort, Course, Enrolment, Programme

TODAY = date(2026, 11, 24)  # on which the sample country is stopped
SITE = "https://floreo.example"


def cohort(*, code: str = "harbour-2026", people: int = 3, is_public: bool = True, **facts: Any) -> Cohort:
    """Its results are recorded; everybody completed it."""
    office = Organisation.objects.filter(is_public=True).order_by("pk")[0]
    programme = Programme.objects.create(code=code, title="Harbour", organisation=office, is_public=is_public)
    course = Course.objects.create(
        programme=programme,
        code=code,
        title="Safe harbours",
        hours=24,
        translations={"es": {"title": "Puertos seguros"}},
    )
    CertificateTerms.objects.create(course=course, months=24, criteria="The holder can close a port.")
    given: dict[str, Any] = {
        "course": course,
        "code": code,
        "title": "Harbour, October 2026",
        "ends_on": date(2026, 10, 30),
        "state": "closed",
        "closed_on": date(2026, 11, 2),
        "is_public": is_public,
    }
    made = Cohort.objects.create(**given | facts)
    for number in range(1, people + 1):
        enrol(made, number)
    return made


def enrol(made: Cohort, number: int, **facts: Any) -> Enrolment:
    given: dict[str, Any] = {
        "cohort": made,
        "number": number,
        "name": f"Ana Marea {number}",
        "mail": f"ana{number}@example.org",
        "mail_key": f"{made.code}-{number}",
        "sector": "public",
        "state": "confirmed",
        "asked_on": date(2026, 9, 1),
        "completed_on": date(2026, 10, 30),
    }
    return Enrolment.objects.create(**given | facts)


def issued(made: Cohort, **facts: Any) -> list[Certificate]:
    given: dict[str, Any] = {"issued_on": date(2026, 11, 3), "expires_on": date(2028, 11, 2)}
    return issuing.issue_to_cohort(made, by=SYSTEM, **given | facts)


def one(made: Cohort | None = None, **facts: Any) -> Certificate:
    return issued(made or cohort(people=1), **facts)[0]


def signed(certificate: Certificate) -> Certificate:
    """As the worker leaves it."""
    sign_due()
    certificate.refresh_from_db()
    return certificate


def keys_in(folder: Path, settings: Any) -> None:
    """A key of this test alone, and an address that others could open."""
    settings.CERTIFICATE_KEY_FILE = str(folder / "certificate-key.pem")
    settings.SITE_ADDRESS = SITE
