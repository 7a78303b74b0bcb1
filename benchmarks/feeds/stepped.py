"""How often the band of a stepped start holds what notices are known to add: starts made up with a known truth.

    python -m benchmarks.feeds.stepped

Organisations differ among themselves in how many findings they have and how readily they fix them; what a notice adds is the same for all."""

from __future__ import annotations

import math
import random

from floreo.core.comparison import Cell, Comparison, compare

SEED, STARTS = 20261130, 300
CASES = ((8, 2), (12, 3), (24, 4), (60, 4))
TRUTHS = (0.0, 0.2)


def simulated(rng: random.Random, organisations: int, steps: int, truth: float) -> Comparison:
    """One start; `truth` is added to each organisation's own chance to fix a finding within a step."""
    order, cells = rng.sample(range(organisations), organisations), []
    step_of = {unit: 1 + place * steps // organisations for place, unit in enumerate(order)}
    for unit in range(organisations):
        still, own = rng.randint(1, 20), 0.15 * math.exp(rng.gauss(0, 0.6))
        for step in range(1, steps):
            has_begun = step_of[unit] <= step
            chance = min(0.95, max(0.01, own + truth * has_begun))
            fixed = sum(rng.random() < chance for _each in range(still))
            cells.append(Cell(unit, step, has_begun, still, fixed))
            still += rng.randint(0, 2) - fixed
    return compare(cells)


def main() -> None:
    print("| organisations | steps | truth | mean of the differences | held by the band | width of the band |")
    print("|--:|--:|--:|--:|--:|--:|")
    for organisations, steps in CASES:
        for truth in TRUTHS:
            rng = random.Random(SEED)
            found = [simulated(rng, organisations, steps, truth) for _n in range(STARTS)]
            bands = [each.band for each in found if each.band]
            held = sum(low <= truth <= high for low, high in bands) / len(bands)
            mean = math.fsum(each.difference or 0 for each in found) / STARTS
            width = math.fsum(high - low for low, high in bands) / len(bands)
            print(f"| {organisations} | {steps} | {truth:.0%} | {mean:+.1%} | {held:.0%} | {width:.0%} |")


if __name__ == "__main__":
    main()
