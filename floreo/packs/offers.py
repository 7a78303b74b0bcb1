"""What country packs offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.offers import Offers

OFFERS = Offers(
    verbs={
        "pack.accounts_made": _("created the sample accounts"),
        "pack.loaded": _("loaded the country pack"),
    },
)
