"""What certificates offers to the rest of the product: certificates as open badges, their check, expiry and revocation."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
