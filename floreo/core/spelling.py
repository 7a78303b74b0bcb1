"""Texts that mean the same however they are spelled. No Django."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Without accents, case and spare spaces: how names of columns and choices are compared."""
    bare = text  # most texts have no accents, and large files have many texts
    if not text.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("_", " ").split())
