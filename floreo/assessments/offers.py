"""What assessments offer to the rest of the product."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
