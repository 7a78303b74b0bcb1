"""Who sees which saved view."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.saved_views.models import SavedView


def get_view_for(viewer: object, pk: int) -> SavedView:
    found = SavedView.objects.visible_to(viewer).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def views_of(viewer: object, page: str) -> list[SavedView]:
    """Those of one list, one's own first."""
    rows = SavedView.objects.visible_to(viewer).filter(page=page).select_related("organisation", "owner")
    return sorted(rows, key=lambda view: not view.is_own(viewer))
