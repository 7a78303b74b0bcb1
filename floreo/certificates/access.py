"""How a view gets a certificate, and as whom its holder acts without an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from floreo.certificates.logic import read_code
from floreo.certificates.models import Certificate, CertificateTerms, SigningKey, may_read_all
from floreo.core import links
from floreo.core.errors import Missing, Refused
from floreo.training.models import Cohort, Course

PURPOSE = "certificate"
_WITH = ("course__programme", "cohort", "issuer", "renews", "person", "signed_with")


def get_certificate_for(viewer: object, number: str) -> Certificate:
    """In the workspace, by its number. Raises Missing for what the viewer may not know of."""
    found = Certificate.objects.visible_to(viewer).select_related(*_WITH).filter(number=number).first()
    if found is None:
        raise Missing
    return found


def certificate_of_code(code: str) -> Certificate:
    """On the public site, by the secret part of its address. Raises Missing."""
    given = read_code(code)
    found = Certificate.objects.select_related(*_WITH).filter(code=given).first() if given else None
    if found is None:
        raise Missing
    return found


def get_cohort_for(viewer: object, code: str) -> Cohort:
    """One whose certificates are issued."""
    rows = Cohort.objects.visible_to(viewer).select_related("course__programme__organisation", "place")
    found = rows.filter(code=code).first() if may_read_all(viewer) else None
    if found is None:
        raise Missing
    return found


def get_course_for(viewer: object, code: str) -> Course:
    found = Course.objects.visible_to(viewer).select_related("programme__organisation").filter(code=code).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def terms_of(course: Course) -> CertificateTerms:
    """The terms of its certificates; unsaved ones, without an end, where nobody wrote any."""
    found = CertificateTerms.objects.select_related("issuer").filter(course=course).first()
    return found or CertificateTerms(course=course)


def get_key_for(viewer: object, number: int) -> SigningKey:
    found = SigningKey.objects.filter(number=number).first() if may_read_all(viewer) else None
    if found is None:
        raise Missing
    return found


# --- The holder, without an account -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Whoever has the personal link of a certificate: may do with it what actions/holding.py allows, and nothing else."""

    certificate: Certificate

    @property
    def actor_code(self) -> str:
        return f"holder:{self.certificate.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Holder of the certificate")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def token_of(certificate: Certificate) -> str:
    return links.sign(PURPOSE, certificate.pk, certificate.link_version)


def certificate_of_link(token: str) -> Certificate:
    """Raises Missing for a link that was not made here, or was ended."""
    try:
        subject, version = links.signed(PURPOSE, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from refusal
    rows = Certificate.objects.select_related(*_WITH).filter(pk=subject, link_version=version, is_erased=False)
    found = rows.first()
    if found is None:
        raise Missing
    return found
