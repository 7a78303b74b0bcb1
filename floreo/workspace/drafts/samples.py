"""Texts that the country pack ships to try the import with."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from floreo.core.errors import Missing
from floreo.organisations.queries import the_country

_ENDINGS = {".txt", ".md", ".html", ".docx", ".pdf"}


def sample_documents() -> list[Path]:
    """The documents of the pack that is loaded, by name."""
    country = the_country()
    if country is None:
        return []
    for root in settings.PACK_DIRS:
        folder = Path(root) / country.pack / "documents"
        if folder.is_dir():
            return sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in _ENDINGS)
    return []


def sample_document(name: str) -> Path:
    """The one of that name. Raises Missing: a name is compared, never made into a path."""
    found = next((p for p in sample_documents() if p.name == name), None)
    if found is None:
        raise Missing
    return found
