"""Whole numbers as addresses, forms and files write them."""

from __future__ import annotations

MOST_DIGITS = 18  # any number of so many digits fits a column of 64 bits


def whole(text: object) -> int | None:
    """The number that `text` writes with the digits 0 to 9. None for anything else: a sign, ² or ٣ (which Python takes for
    digits), and more digits than a column of a database holds."""
    if not isinstance(text, str) or len(text) > MOST_DIGITS:
        return None
    return int(text) if text.isascii() and text.isdigit() else None
