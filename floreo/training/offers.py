"""What training offers to the rest of the product: programmes, courses, cohorts, who came, certificates, the catalogue of courses and the workforce."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
