"""What publications offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.publications import pack
from floreo.publications.actions.copies import draw_stale
from floreo.publications.actions.publishing import release_due
from floreo.publications.actions.texts import read_files
from floreo.publications.tables import TABLES
from floreo.publications.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={
        "publications": "publications.toml",
        "channels": "publications.toml",
        "postings": "publications.toml",
    },
    tasks=waiting_tasks,
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("publication", _("Publication"), Permission.PUBLICATION_WRITE),),
    jobs=(
        Job("copies", partial(draw_stale, by=SYSTEM), timedelta(minutes=10), lane="texts"),
        Job("words of files", read_files, timedelta(minutes=2), lane="texts"),
        Job("publications", partial(release_due, by=SYSTEM), timedelta(seconds=30), lane="embargo"),
    ),
    verbs={
        "channel.added": _("added the channel"),
        "channel.updated": _("changed the channel"),
        "copy.drawn": _("produced a file of the strategy"),
        "posting.recorded": _("recorded where it was posted"),
        "posting.removed": _("removed a record of a posting"),
        "posting.skipped": _("recorded that a channel is not used"),
        "publication.corrected": _("corrected the publication"),
        "publication.file_put": _("added the file of the publication"),
        "publication.file_taken": _("removed the file from the publication"),
        "publication.handed_over": _("handed over the publication for publishing"),
        "publication.published": _("published it"),
        "publication.released": _("published it at its scheduled time"),
        "publication.removed": _("removed the draft"),
        "publication.rewritten": _("changed the publication"),
        "publication.scheduled": _("scheduled the publication"),
        "publication.taken_back": _("returned the publication to draft"),
        "publication.withdrawn": _("withdrew the publication"),
        "publication.written": _("started the publication"),
    },
    menu=(
        MenuItem(
            STRATEGY, _("Publications"), "workspace:publications", Permission.PUBLICATION_WRITE, 90, "publications"
        ),
    ),
)
