"""Names that our OSCAL has beside those of the schema. Imports no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMESPACE = "urn:uuid:9056ff01-c952-4f6b-9a7c-f7af37ed224c"  # of our properties, the same in every installation
LEVEL = "level"  # the level that counts
SELF_LEVEL = "self-level"  # what the organisation said, where the reviewer says otherwise
TARGET_LEVEL = "target-level"
APPLIES = "applies"  # "no": the item does not apply, and the observation says why
ITEM = "item"  # the code of the item as the framework has it
BY = "by"  # "reviewer": an observation that is not the organisation's own
FRAMEWORK = "framework"  # the code of the version
SCALE = "scale"  # its levels, lowest first, with a space between
STATE = "state"
NOTHING = "–"  # in the place of words that OSCAL wants and nobody wrote
NO, REVIEWER = "no", "reviewer"
SATISFIED, NOT_SATISFIED = "satisfied", "not-satisfied"

# What the schema takes for the name of a control: letters, digits, "-", "." and "_", no digit, "-" or "." first.
_OUTSIDE = re.compile(r"[^\w.\-]", re.ASCII)
_START = re.compile(r"[A-Za-z_]")


def token_of(code: str) -> str:
    """A code as OSCAL takes it for the name of a control: "GV.OC-01" as it is, "1.2 (a)" as "_1.2__a_"."""
    plain = _OUTSIDE.sub("_", code)
    return plain if _START.match(plain) else f"_{plain}"


def tokens_of(codes: Iterable[str]) -> dict[str, str]:
    """The name of each code; codes that would share one are numbered, in their order."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        token, number = token_of(code), 1
        while token in taken:
            number += 1
            token = f"{token_of(code)}_{number}"
        taken.add(token)
        found[code] = token
    return found
