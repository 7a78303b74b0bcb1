"""How many examples of a property are drawn where it needs more than the others."""

import os

IN_THE_GATE = 100


def drawn(number: int, *, in_the_gate: int = IN_THE_GATE) -> int:
    """`number` with LONG=1, at night and before a release; in the gate at most a hundred, or fewer where each is costly, others each time."""
    return number if os.environ.get("LONG") else min(number, in_the_gate)
