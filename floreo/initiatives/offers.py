"""What initiatives offers to the rest of the product: what others do for awareness, and competitions for youth."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
