"""What workforce offers to the rest of the product: roles needed and people trained, and the public catalogue of courses."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
