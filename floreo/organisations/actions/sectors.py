"""Writing sectors: the country's own tree."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import (
    assign,
    delete_unless_used,
    free_code,
    last_position,
    lock_latest,
    refuse,
    require_name,
    save,
)
from floreo.organisations.models import NationalSector


def _write(sector: NationalSector, facts: dict[str, Any]) -> NationalSector:
    assign(sector, facts)
    require_name(sector)
    _require_a_tree(sector)
    if not sector.code:
        sector.code = free_code(NationalSector, sector.name)
    return save(sector)


def _require_a_tree(sector: NationalSector) -> None:
    """Refuses a sector that would be part of itself, by however many steps."""
    above = sector.parent
    while above is not None:
        if above.pk == sector.pk:
            raise refuse("parent", _("A sector cannot be part of itself."), code="circle")
        above = above.parent


@action("sector.added", needs=Permission.SERVICE_EDIT)
def add_sector(*, by: Actor, **facts: Any) -> NationalSector:
    return _write(NationalSector(position=last_position(NationalSector.objects.all()) + 1), facts)


@action("sector.updated", needs=Permission.SERVICE_EDIT)
def update_sector(sector: NationalSector, *, by: Actor, version: int | None = None, **facts: Any) -> NationalSector:
    return _write(lock_latest(sector, version), facts)


@action("sector.removed", needs=Permission.SERVICE_EDIT)
def remove_sector(sector: NationalSector, *, by: Actor) -> None:
    delete_unless_used(sector, _("Organisations or services belong to this sector."))
