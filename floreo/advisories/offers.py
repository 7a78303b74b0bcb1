"""What advisories offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.advisories import pack
from floreo.advisories.actions.catalogues import load_due
from floreo.advisories.actions.publishing import draw_and_sign, mail_due
from floreo.advisories.actions.subscribing import forget_all_returned, forget_unconfirmed
from floreo.advisories.measures import MEASURES
from floreo.advisories.tables import TABLES
from floreo.advisories.tasks import waiting_tasks
from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import THREATS, Job, MenuItem, Offers, PackFile, SearchKind

OFFERS = Offers(
    tables=TABLES,
    licences={"advisories": "advisories.toml", "teams": "advisories.toml"},
    measures=MEASURES,
    tasks=waiting_tasks,
    task_kinds={"advisory": _("Advisories")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("advisory", _("Advisory"), Permission.ADVISORY_READ),),
    jobs=(
        Job("advisory e-mails", partial(mail_due, by=SYSTEM), timedelta(minutes=1)),
        Job("advisory documents", partial(draw_and_sign, by=SYSTEM), timedelta(minutes=1), lane="texts"),
        Job("unconfirmed subscribers", partial(forget_unconfirmed, by=SYSTEM), timedelta(hours=6)),
        Job("subscribers whose mail comes back", partial(forget_all_returned, by=SYSTEM), timedelta(hours=6)),
        Job("vulnerability catalogues", partial(load_due, by=SYSTEM), timedelta(hours=12), lane="outside"),
    ),
    verbs={
        "advisory.addressed": _("sent the advisory to organisations that run it"),
        "advisory.answered": _("replied to the advisory"),
        "advisory.corrected": _("published a new version of the advisory"),
        "advisory.documented": _("drew the CSAF document of the advisory"),
        "advisory.mailed": _("sent the advisory to subscribers"),
        "advisory.published": _("published the advisory"),
        "advisory.read_from_csaf": _("started the advisory from a CSAF document"),
        "advisory.removed": _("removed the draft of the advisory"),
        "advisory.returned": _("returned the advisory to who wrote it"),
        "advisory.rewritten": _("changed the advisory"),
        "advisory.sent_to_review": _("sent the advisory to review"),
        "advisory.signed": _("signed the CSAF document of the advisory"),
        "advisory.withdrawn": _("withdrew the advisory"),
        "advisory.written": _("started the advisory"),
        "epss.loaded": _("loaded EPSS scores"),
        "kev.loaded": _("loaded the catalogue of known exploited vulnerabilities"),
        "subscription.asked": _("asked for advisories by e-mail"),
        "subscription.confirmed": _("confirmed a subscription to advisories"),
        "subscription.ended": _("ended a subscription to advisories"),
        "subscription.expired": _("deleted a subscription that nobody confirmed"),
        "subscription.bounced": _("deleted a subscription whose mail came back"),
        "team.added": _("added the response team"),
        "team.updated": _("changed the profile of the response team"),
    },
    menu=(
        MenuItem(THREATS, _("Advisories"), "workspace:advisories", Permission.ADVISORY_READ, 70, "advisories"),
        MenuItem(THREATS, _("Known exploited"), "workspace:known_exploited", Permission.ADVISORY_WRITE, 71, "kev"),
    ),
)
