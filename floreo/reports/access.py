"""Who may see a report, and make one."""

from __future__ import annotations

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.reports.models import Snapshot, WordTemplate
from floreo.strategy.access import get_edition_for


def get_snapshot_for(viewer: object, edition_code: str, code: str) -> Snapshot:
    """Raises Missing for one that is not there, or not public and the viewer may not read the plan."""
    edition = get_edition_for(viewer, edition_code)
    found = Snapshot.objects.visible_to(viewer).filter(edition=edition, code=code)
    snapshot = found.select_related("edition", "review").prefetch_related("corrections", "sign_offs").first()
    if snapshot is None:
        raise Missing
    return snapshot


def get_template_for(viewer: object, code: str) -> WordTemplate:
    template = WordTemplate.objects.filter(code=code).first() if can(viewer, Permission.REPORT_MAKE) else None
    if template is None:
        raise Missing
    return template
