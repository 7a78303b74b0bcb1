"""Certificates as lists: for those who issue them all, for the public counts alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.certificates.logic import SMALLEST_GROUP, SOON, state_on
from floreo.certificates.models import Certificate, Origin, StateChoice
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, column
from floreo.core.tables import Cell, CellKind, Column, Filter, Table
from floreo.training.models import Course

_READ = Permission.TRAINING_READ


def _rows(viewer: object) -> QuerySet[Certificate]:
    return Certificate.objects.visible_to(viewer).select_related("course", "cohort", "issuer", "renews", "person")


def _state(certificate: Certificate) -> str:
    return str(state_on(certificate, clock.today()) or "")


def _narrow_state(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    today = clock.today()
    return rows.filter(pk__in=Certificate.objects.in_state(value, today).values("pk"))


def _special(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    match value:
        case "asked":
            return rows.filter(wants_renewal_on__isnull=False, revoked_on=None)
        case "unsigned":
            return rows.filter(signed_at=None, is_erased=False).exclude(origin=Origin.ENTERED)
        case "withheld":
            return rows.filter(Q(is_name_hidden=True) | Q(is_erased=True))
    return rows.none()


CERTIFICATES = Table(
    "certificates",
    _("Certificates"),
    _("Certificates with their holders, dates and states. Only for those who run courses."),
    rows=_rows,
    columns=(
        Column.of(Certificate, "number", _("As it is printed")),
        Column("name", _("Holder"), _("Empty where it was erased"), lambda c: c.name),
        Column("title", _("Course"), _("As it is on the certificate"), lambda c: c.title),
        Column(
            "course", _("Code of the course"), _("Where it is on record"), lambda c: c.course.code if c.course else None
        ),
        Column.of(Certificate, "cohort", _("Its code"), value=lambda c: c.cohort.code if c.cohort else None),
        Column.of(Certificate, "hours", _("Hours of the course"), CellKind.DECIMAL),
        column("issuer_name", _("Issuer"), _("As it is on the certificate")),
        Column.of(Certificate, "issued_on", _("Day of issue"), CellKind.DATE),
        Column.of(Certificate, "expires_on", _("Last day; empty: it does not expire"), CellKind.DATE),
        Column("state", _("State"), _("Today: current, expires_soon, expired or revoked"), _state),
        Column.of(Certificate, "revoked_on", _("Day on which it was revoked"), CellKind.DATE),
        Column.of(Certificate, "revoked_reason", _("Why it was revoked")),
        Column.of(
            Certificate,
            "renews",
            _("Number of the certificate before it"),
            value=lambda c: c.renews.number if c.renews else None,
        ),
        Column.of(Certificate, "origin", _("cohort, renewal or entered")),
        Column.of(Certificate, "source", _("Of one that was entered")),
        CHANGED,
    ),
    order=("-issued_on", "-pk"),
    key="number",
    needs=_READ,
    search=("number", "name", "title", "cohort_title"),
    filters=(
        Filter("state", _("State"), lambda: StateChoice.choices, _narrow_state),
        Filter(
            "course",
            _("Course"),
            lambda: [
                (c.code, c.in_language("title")) for c in Course.objects.filter(certificates__isnull=False).distinct()
            ],
            lambda rows, v: rows.filter(course__code=v),
        ),
        Filter("origin", _("Origin"), lambda: Origin.choices, lambda rows, v: rows.filter(origin=v)),
        Filter(
            "special",
            _("More"),
            lambda: [
                ("asked", _("Renewal asked for")),
                ("unsigned", _("Not signed yet")),
                ("withheld", _("Name withheld")),
            ],
            _special,
        ),
    ),
    lookup=lambda rows, key: rows.filter(number=key),
)


def _by_course(viewer: object) -> QuerySet[Course]:
    """Public courses of which certificates exist, with how many are in which state today: logic.state_on, counted in the database."""
    today = clock.today()
    soon = today + SOON
    issued = Q(certificates__issued_on__lte=today)
    revoked = issued & Q(certificates__revoked_on__isnull=False, certificates__revoked_on__lte=today)
    open_ended = Q(certificates__revoked_on=None) | Q(certificates__revoked_on__gt=today)
    held = issued & open_ended
    lasting = Q(certificates__expires_on=None) | Q(certificates__expires_on__gte=today)
    rows = Course.objects.visible_to(viewer).filter(certificates__issued_on__lte=today)
    return rows.annotate(
        issued=Count("certificates", filter=issued),
        valid=Count("certificates", filter=held & lasting),
        soon=Count(
            "certificates", filter=held & Q(certificates__expires_on__gte=today, certificates__expires_on__lte=soon)
        ),
        expired=Count("certificates", filter=held & Q(certificates__expires_on__lt=today)),
        revoked=Count("certificates", filter=revoked),
    ).select_related("programme")


def _shown(row: Any) -> bool:
    return bool(row.issued >= SMALLEST_GROUP)


def _count(name: str) -> Any:
    """A number of the course, where it is of so many people that it names nobody: a part of few is withheld with the others."""

    def value(row: Any) -> Cell:
        parts = (row.valid, row.expired, row.revoked)
        whole = _shown(row) and all(part == 0 or part >= SMALLEST_GROUP for part in parts)
        return int(getattr(row, name)) if whole else None

    return value


CERTIFICATE_COUNTS = Table(
    "certificate_counts",
    _("Certificates by course"),
    _(
        "How many certificates were issued, hold, have expired or were revoked. Numbers of fewer than five people are withheld."
    ),
    rows=_by_course,
    columns=(
        Column("course", _("Course"), _("Its code"), lambda c: c.code),
        Column.of(Course, "title", _("Of the course")),
        Column(
            "issued", _("Issued"), _("Ever, until today"), lambda c: c.issued if _shown(c) else None, CellKind.WHOLE
        ),
        Column("valid", _("Valid"), _("On the day of the download"), _count("valid"), CellKind.WHOLE),
        Column("expired", _("Expired"), _("On the day of the download"), _count("expired"), CellKind.WHOLE),
        Column("revoked", _("Revoked"), _("On the day of the download"), _count("revoked"), CellKind.WHOLE),
    ),
    order=("code", "pk"),
    key="course",
    search=("title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)

TABLES: dict[str, Table] = {t.name: t for t in (CERTIFICATES, CERTIFICATE_COUNTS)}
