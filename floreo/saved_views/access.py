"""Who sees which saved view."""

from __future__ import annotations

from django.db.models import QuerySet

from floreo.core.composed import composed
from floreo.core.errors import Missing
from floreo.organisations.models import User
from floreo.saved_views.models import SavedView, teams_of


def get_view_for(viewer: object, pk: int) -> SavedView:
    found = SavedView.objects.visible_to(viewer).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def views_of(viewer: object, page: str) -> list[SavedView]:
    """Those of one list, one's own first."""
    if not isinstance(viewer, User):
        return []
    return sorted(_of_page(page, viewer.pk, *teams_of(viewer)), key=lambda view: not view.is_own(viewer))


@composed
def _of_page(page: str, account: int, roles: list[str], organisations: list[int]) -> QuerySet[SavedView]:
    """Every list of the workspace asks for its own."""
    seen = SavedView.objects.shared_with(account, roles, organisations)
    return seen.filter(page=page).select_related("organisation", "owner")
