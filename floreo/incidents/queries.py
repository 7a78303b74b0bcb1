"""Reads of the incident work used more than once."""

from __future__ import annotations

from floreo.incidents.models import ReportingDesk


def open_form_of() -> ReportingDesk | None:
    """Who handles reports, where the public form is open; None where it is closed."""
    return ReportingDesk.objects.filter(is_open=True).select_related("organisation").order_by("pk").first()
