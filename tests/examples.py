"""How many examples of a property are drawn where it needs more than the others."""

import os

IN_THE_GATE = 100


def drawn(number: int) -> int:
    """`number` with LONG=1, at night and before a release; in the gate at most a hundred, others each time."""
    return number if os.environ.get("LONG") else min(number, IN_THE_GATE)
