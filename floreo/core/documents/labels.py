"""The few words that the drawing itself adds. Plain Python: whoever asks for a file hands them over in its language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Labels:
    page: str = "Page {page} of {pages}"
    internal: str = "Internal, not for the public"
    nothing: str = "Nothing to show."
    contents: str = "Contents"


WRITTEN = {
    "en": Labels(),
    "es": Labels(
        page="Página {page} de {pages}",
        internal="Interno, no para el público",
        nothing="Nada que mostrar.",
        contents="Contenido",
    ),
    "fr": Labels(
        page="Page {page} sur {pages}",
        internal="Interne, non destiné au public",
        nothing="Rien à afficher.",
        contents="Sommaire",
    ),
}


def labels_in(language: str) -> Labels:
    """The words in a document's own language; English where there are none."""
    return WRITTEN.get(language.split("-", maxsplit=1)[0], WRITTEN["en"])
