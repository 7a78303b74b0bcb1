"""What contact drills offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.contact_drills import measures, pack
from floreo.contact_drills.actions.confirming import ask_stale_contacts
from floreo.contact_drills.actions.drills import end_due
from floreo.contact_drills.models import RUN
from floreo.contact_drills.papers import write_call_sheets
from floreo.contact_drills.tasks import waiting_tasks
from floreo.core.access import SYSTEM
from floreo.core.figures import Direction, Measure
from floreo.core.offers import INFRASTRUCTURE, Job, MenuItem, Offers, PackFile, SearchKind

OFFERS = Offers(
    measures={
        "share_operators_verified_duty_contact": Measure(
            measures.share_operators_verified_duty_contact,
            _("Share of operators with a verified duty contact"),
            "%",
            _("operators of which a duty contact answered"),
            _("operators of a service"),
            knows_past=False,
            records_need=RUN.value,
        ),
        "median_minutes_to_answer_drill": Measure(
            measures.median_minutes_to_answer_drill,
            _("Minutes to answer a contact drill"),
            "minutes",
            _("contacts that answered in time"),
            _("contacts that were asked"),
            direction=Direction.DOWN,
            records_need=RUN.value,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"contact": _("Contacts")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(
        PackFile(name, shapes, only_sample=pack.ONLY_SAMPLE.get(name, "")) for name, shapes in pack.FILES.items()
    ),
    search_kinds=(SearchKind("contact_drill", _("Contact drill"), RUN),),
    jobs=(
        Job("contact_confirmations", partial(ask_stale_contacts, by=SYSTEM, only_if_on=True), timedelta(days=1)),
        Job("contact_drill_ends", partial(end_due, by=SYSTEM), timedelta(minutes=5)),
        Job("call_sheet", write_call_sheets, timedelta(days=1)),
    ),
    verbs={
        "contact.asked": _("asked a contact whether it is still right"),
        "contact.confirmed": _("confirmed a contact by its link"),
        "contact.confirmation_closed": _("saw to a contact"),
        "contact.said_to_be_wrong": _("said by the link that a contact is not right"),
        "contact_drill.added": _("prepared a contact drill"),
        "contact_drill.answered": _("answered a contact drill"),
        "contact_drill.called": _("entered a call of a contact drill"),
        "contact_drill.cancelled": _("cancelled a contact drill"),
        "contact_drill.link_ended": _("ended a link of a contact drill"),
        "contact_drill.removed": _("removed a contact drill"),
        "contact_drill.sent": _("sent a contact drill"),
        "contact_drill.updated": _("changed a contact drill"),
        "contact_drills.ended": _("ended contact drills"),
        "contact_policy.set": _("set when contacts are asked"),
        "contacts.asked": _("asked contacts whether they are still right"),
    },
    menu=(
        MenuItem(INFRASTRUCTURE, _("Contacts"), "workspace:contacts", RUN, 70, "contacts"),
        MenuItem(INFRASTRUCTURE, _("Contact drills"), "workspace:contact_drills", RUN, 75, "contact_drills"),
    ),
)
