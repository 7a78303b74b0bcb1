"""What initiatives offers to the rest of the product: what others do, and competitions for youth."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure
from floreo.core.offers import CAPACITY, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.initiatives import measures, pack
from floreo.initiatives.actions.running import erase_due
from floreo.initiatives.tables import TABLES
from floreo.initiatives.tasks import waiting_tasks

_RUN = Permission.INITIATIVE_RUN

OFFERS = Offers(
    tables=TABLES,
    licences={
        "initiatives": "initiatives.toml",
        "competitions": "competitions.toml",
        "competition_results": "competitions.toml",
    },
    measures={
        "initiatives_running": Measure(
            measures.initiatives_running,
            _("Initiatives of others"),
            "initiatives",
            _("initiatives that went on in the period"),
            _("initiatives that went on in the period"),
        ),
        "competition_entries": Measure(
            measures.competition_entries,
            _("Entries in competitions for youth"),
            "entries",
            _("entries that counted"),
            _("entries that counted"),
            about_people=True,
            records_need=_RUN.value,
            knows_past=False,  # what was withdrawn since is gone
        ),
    },
    tasks=waiting_tasks,
    task_kinds={"initiative": _("Initiatives"), "competition": _("Competitions")},
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(
        SearchKind("initiative", _("Initiative"), _RUN),
        SearchKind("competition", _("Competition"), _RUN),
    ),
    jobs=(Job("competition_names", partial(erase_due, by=SYSTEM), timedelta(hours=6)),),
    verbs={
        "initiative.sent": _("sent an initiative by the public form"),
        "initiative.entered": _("entered an initiative"),
        "initiative.updated": _("changed an initiative"),
        "initiative.published": _("published an initiative"),
        "initiative.declined": _("decided not to publish an initiative"),
        "initiative.removed": _("removed an initiative"),
        "initiative.ended": _("recorded when an initiative ends"),
        "competition.prepared": _("prepared a competition"),
        "competition.updated": _("changed a competition"),
        "competition.announced": _("announced a competition"),
        "competition.removed": _("removed the draft of a competition"),
        "competition.result_published": _("published the result of a competition"),
        "competition.names_erased": _("erased names of competitions"),
        "criterion.added": _("added a criterion"),
        "criterion.updated": _("changed a criterion"),
        "criterion.removed": _("removed a criterion"),
        "jury.invited": _("invited a member of the jury"),
        "jury.ended": _("ended the link of a member of the jury"),
        "jury.scored": _("gave points to an entry"),
        "jury.conflict": _("declared a conflict of interest"),
        "jury.conflict_withdrawn": _("withdrew a conflict of interest"),
        "entry.sent": _("entered a competition"),
        "entry.retitled": _("changed the title of an entry"),
        "entry.excluded": _("excluded an entry"),
        "entry.withdrawn": _("withdrew an entry by its link"),
        "guardian.agreed": _("agreed as the guardian"),
        "guardian.reminded": _("reminded the guardian of an entry"),
        "guardian.name_withdrawn": _("withdrew the consent to the name"),
    },
    menu=(
        MenuItem(CAPACITY, _("Initiatives of others"), "workspace:initiatives", _RUN, 50, "initiatives"),
        MenuItem(CAPACITY, _("Competitions"), "workspace:competitions", _RUN, 55, "competitions"),
    ),
)
