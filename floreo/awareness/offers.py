"""What awareness offers to the rest of the product: campaigns, materials, the learn section, quizzes and exercises."""

from __future__ import annotations

from floreo.core.offers import Offers

OFFERS = Offers()
