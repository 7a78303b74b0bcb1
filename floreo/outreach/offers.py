"""What outreach offers to the rest of the product: ambassadors, the sessions they hold in their communities, requests, kit, initiatives and competitions."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
