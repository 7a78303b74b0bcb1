"""What saved views offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.offers import Offers

OFFERS = Offers(
    verbs={
        "saved_view.removed": _("removed a saved view"),
        "saved_view.saved": _("saved a view of a list"),
        "saved_view.updated": _("changed a saved view"),
    },
)
