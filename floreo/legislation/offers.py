"""What legislation offers to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import Offers, SearchKind

OFFERS = Offers(
    search_kinds=(SearchKind("law", _("Law"), Permission.LAW_READ),),
)
