"""What assignments offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.assignments.actions import hand_back_what_may_not_be_kept
from floreo.core.access import SYSTEM
from floreo.core.offers import Job, Offers

OFFERS = Offers(
    jobs=(Job("hand_back", partial(hand_back_what_may_not_be_kept, by=SYSTEM), timedelta(hours=1)),),
    verbs={
        "bulk.applied": _("applied a command to many"),
        "bulk.undone": _("undid a step over many"),
        "item.assigned": _("assigned it"),
        "item.handed_back": _("handed it back to the team"),
        "item.restored": _("undid an assignment"),
        "items.handed_back": _("handed back what accounts may no longer have"),
    },
)
