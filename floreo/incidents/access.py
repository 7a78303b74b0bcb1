"""How a view gets a report or a case."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.incidents.models import Case, Report


def get_report_for(viewer: object, reference: str) -> Report:
    """Raises Missing when there is none, or the viewer does not handle incidents."""
    rows = Report.objects.visible_to(viewer).select_related("case", "organisation", "place", "duplicate_of")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found


def get_case_for(viewer: object, reference: str) -> Case:
    """Raises Missing when there is none, or its marking or its organisations leave the viewer out."""
    rows = Case.objects.visible_to(viewer).select_related("lead", "place", "merged_into")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise Missing
    return found
