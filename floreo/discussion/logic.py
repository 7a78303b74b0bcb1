"""Comments in plain Python: how long they are, until when they are edited, and whom they mention."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

MOST_CHARACTERS = 5_000
EDITED_WITHIN = timedelta(minutes=15)
MOST_MENTIONS = 20

_SPACES = re.compile(r"\s+")
_AT = re.compile(r"(?<![\w@.])@")


def may_edit(written_at: datetime, now: datetime) -> bool:
    return now < written_at + EDITED_WITHIN


def sound(text: str) -> str:
    """As it is kept: one kind of line end, no space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def mentioned(text: str, names: Mapping[str, int]) -> set[int]:
    """Whom a text mentions: after each @ the longest of the names that is there. An address of e-mail mentions nobody."""
    known = {_SPACES.sub(" ", name).casefold(): who for name, who in names.items() if name.strip()}
    found = set()
    for at in _AT.finditer(text):
        rest = _SPACES.sub(" ", text[at.end() : at.end() + 250]).casefold()
        fits = [name for name in known if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()]
        if fits:
            found.add(known[max(fits, key=len)])
    return found
