"""Reads of the incident work used more than once."""

from __future__ import annotations

from floreo.incidents.models import ReportingPoint
from floreo.organisations.models import Organisation


def open_form_of() -> ReportingPoint | None:
    """Who handles reports, where the public form is open; None where it is closed."""
    rows = ReportingPoint.objects.filter(is_open=True).select_related("organisation").order_by("pk")
    return rows.defer(*_NOT_SHOWN).first()


# Each page of the form asks for it; a hundred reports a second do not read what none of them shows.
_NOT_SHOWN = tuple(
    f"organisation__{field.name}"
    for field in Organisation._meta.concrete_fields
    if field.name not in {"id", "code", "name", "short_name", "translations"}
)
