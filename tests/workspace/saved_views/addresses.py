"""Examples for the addresses of saved views."""

from __future__ import annotations

from floreo.organisations.models import Country, User
from floreo.saved_views.actions import save_view


def examples(country: Country, user: User) -> dict[str, list[object]]:
    view = save_view(by=user, page="/workspace/decisions/", query="q=report", name="A trial")
    return {"edit_view": [view.pk], "remove_view": [view.pk]}
