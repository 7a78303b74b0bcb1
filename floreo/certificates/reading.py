"""Reads a badge that somebody outside brings, in a cage (core/cage.py): a file or a text with a credential as JSON or JWT, or a picture that
carries one. Checks its signature with the key that it names itself, and fetches nothing: no context, no key, no status list.

What comes back says what the badge states about itself, and whether it was changed since it was signed. Whose key it is, and whether the
certificate was revoked, is for checking.py."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

LOADS = ("floreo.certificates.credentials", "pyld.jsonld", "lxml.etree")
LARGEST = 2_000_000  # bytes of a picture; a credential has a few thousand
LONGEST = 400  # characters of anything that a badge states about itself


def caged(path: Path) -> dict[str, Any]:
    """Runs inside."""
    # late: its libraries are large, and only the cage loads them (LOADS)
    from floreo.certificates.credentials import read

    found = read(path.read_bytes())
    return found.__dict__ | {"status_lists": list(found.status_lists), "hosts": list(found.hosts)}


def words(value: Any) -> str:
    """A text that a badge says; nothing where it says no text. No character that a page would obey; one that nobody sees goes without
    a trace, since two names that look the same are the same."""
    if not isinstance(value, str):
        return ""
    seen = (c for c in value if c.isprintable() or unicodedata.category(c) != "Cf")
    kept = "".join(c if c.isprintable() else " " for c in seen)
    return " ".join(kept.encode("utf-8", "replace").decode().split())[:LONGEST]
