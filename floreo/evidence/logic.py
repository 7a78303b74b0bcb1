"""How long a piece of evidence holds. No Django."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=60)  # a renewal is asked for this long before


class Validity(StrEnum):
    OPEN = "open"  # nobody said when it ends
    VALID = "valid"
    SOON = "soon"
    OUT = "out"
    WITHDRAWN = "withdrawn"


def validity(valid_until: date | None, withdrawn_on: date | None, *, today: date) -> Validity:
    """The state of a piece of evidence on a day. Its last day still counts."""
    if withdrawn_on is not None and withdrawn_on <= today:
        return Validity.WITHDRAWN
    if valid_until is None:
        return Validity.OPEN
    if valid_until < today:
        return Validity.OUT
    return Validity.SOON if valid_until <= today + SOON else Validity.VALID
