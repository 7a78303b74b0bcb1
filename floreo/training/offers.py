"""What training offers to the rest of the product: programmes, courses, cohorts, who signed up and who came."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
