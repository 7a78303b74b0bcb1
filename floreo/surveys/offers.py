"""What surveys offers to the rest of the product: instruments with their versions, waves, answers and weighted results."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
