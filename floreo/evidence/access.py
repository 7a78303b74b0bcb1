"""Who may see and touch which evidence. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.evidence.models import Attachment, Evidence


def get_evidence_for(viewer: object, code: str) -> Evidence:
    """Raises Missing for what the viewer may not know of: a marking is kept by saying nothing."""
    rows = Evidence.objects.visible_to(viewer).select_related("organisation__merged_into", "replaced_by")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_attachment_for(viewer: object, code: str, pk: int) -> Attachment:
    """One attachment that the viewer may take off: of evidence they see, on one of their things."""
    rows = Attachment.objects.filter(evidence=get_evidence_for(viewer, code), pk=pk).select_related("evidence")
    found = rows.first()
    if found is None:
        raise Missing
    must(viewer, Permission.EVIDENCE_KEEP, found)
    return found
