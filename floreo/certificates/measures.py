"""The values that certificates offer: (period, filters) -> Reading. As they were known at the end of the period: what was revoked
later held then."""

from __future__ import annotations

from decimal import Decimal

from floreo.certificates.logic import is_valid_on
from floreo.certificates.models import Certificate
from floreo.core import clock
from floreo.core.figures import Filters, Period, Reading, RecordRef, share


def _ref(certificate: Certificate, *, counted: bool) -> RecordRef:
    return RecordRef(certificate.number, f"/workspace/certificates/{certificate.number}/", counted)


def certificates_issued(period: Period, filters: Filters) -> Reading:
    """Certificates issued in the period, those that were revoked later among them, renewals not."""
    rows = Certificate.objects.filter(issued_on__gte=period.start, issued_on__lte=period.end, renews=None)
    records = tuple(_ref(each, counted=True) for each in rows.order_by("issued_on", "pk"))
    number = Decimal(len(records))
    return Reading(number, number, number, records)


def share_certificates_current(period: Period, filters: Filters) -> Reading:
    """Per cent of the certificates issued until the end of the period that hold on that day. One that was renewed counts once, as
    its renewal."""
    day = min(period.end, clock.today())
    renewed = Certificate.objects.filter(renews__isnull=False, issued_on__lte=day).values("renews")
    rows = Certificate.objects.filter(issued_on__lte=day).exclude(pk__in=renewed).order_by("issued_on", "pk")
    found = [(each, is_valid_on(each, day)) for each in rows]
    valid = sum(holds for _each, holds in found)
    records = tuple(_ref(each, counted=holds) for each, holds in found)
    return Reading(share(valid, len(found)), Decimal(valid), Decimal(len(found)), records)


def people_certified(period: Period, filters: Filters) -> Reading:
    """People who hold a valid certificate at the end of the period, each counted once for each course."""
    day = min(period.end, clock.today())
    rows = Certificate.objects.valid_on(day).order_by("-issued_on", "-pk")
    first: dict[tuple[object, ...], Certificate] = {}
    for each in rows:
        first.setdefault((*_who(each), each.course_id or each.title), each)
    number = Decimal(len(first))
    return Reading(number, number, number, tuple(_ref(each, counted=True) for each in first.values()))


def _who(certificate: Certificate) -> tuple[object, ...]:
    """Who holds it, as well as it is known; of whom nothing is left, each is somebody."""
    if certificate.person_id is not None:
        return ("person", certificate.person_id)
    if certificate.mail:
        return ("mail", certificate.mail.casefold())
    if certificate.name and not certificate.is_erased:
        return ("name", " ".join(certificate.name.casefold().split()))
    return ("certificate", certificate.renews_id or certificate.pk)
