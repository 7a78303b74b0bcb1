"""How a view gets an import."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.imports.models import SheetImport


def get_import_for(viewer: object, pk: int) -> SheetImport:
    found: SheetImport | None = SheetImport.objects.visible_to(viewer).filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
