"""What evidence offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.evidence import pack
from floreo.evidence.actions import check_links, read_files
from floreo.evidence.tables import TABLES
from floreo.evidence.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={"evidence": "evidence.toml"},
    tasks=waiting_tasks,
    task_kinds={"renew": _("Renewals")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("evidence", _("Evidence"), Permission.EVIDENCE_READ),),
    jobs=(
        Job("evidence", partial(check_links, by=SYSTEM), timedelta(minutes=15), lane="outside"),
        Job("words of evidence", read_files, timedelta(minutes=2), lane="texts"),
    ),
    verbs={
        "evidence.attached": _("attached evidence"),
        "evidence.detached": _("detached evidence"),
        "evidence.added": _("saved evidence"),
        "evidence.links_checked": _("checked a link"),
        "evidence.replaced": _("replaced evidence"),
        "evidence.updated": _("changed evidence"),
        "evidence.withdrawn": _("withdrew evidence"),
        "holding.document_sent": _("sent a signed letter for a claim"),
    },
    menu=(MenuItem(STRATEGY, _("Evidence"), "workspace:evidence", Permission.EVIDENCE_READ, 70, "evidence"),),
)
