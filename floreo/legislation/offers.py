"""What legislation offers to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import LAW, MenuItem, Offers, PackFile, SearchKind
from floreo.legislation import measures, pack
from floreo.legislation.tables import TABLES
from floreo.legislation.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences=dict.fromkeys(TABLES, "laws.toml"),
    measures={
        "share_treaty_items_full": Measure(
            measures.share_treaty_items_full,
            _("Share of treaty articles that are met"),
            "%",
            _("articles met, reviewed by a second person"),
            _("articles of treaties that were reviewed and apply"),
            knows_past=False,
        ),
        "share_treaty_items_partial": Measure(
            measures.share_treaty_items_partial,
            _("Share of treaty articles that are partly met"),
            "%",
            _("articles partly met, reviewed by a second person"),
            _("articles of treaties that were reviewed and apply"),
            knows_past=False,
        ),
        "share_treaty_items_gap": Measure(
            measures.share_treaty_items_gap,
            _("Share of treaty articles that are not met"),
            "%",
            _("articles not met, reviewed by a second person"),
            _("articles of treaties that were reviewed and apply"),
            knows_past=False,
        ),
        "median_days_bill_in_stage": Measure(
            measures.median_days_bill_in_stage,
            _("Median days that a bill spends in a stage"),
            "days",
            _("days"),
            _("stages of public bills, those that are not over included"),
        ),
    },
    tasks=waiting_tasks,
    task_kinds={
        "pen": _("Bills"),
        "verdict": _("Articles of treaties to be reviewed"),
        "treaty": _("Treaties to be signed"),
    },
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("law", _("Law"), Permission.LAW_READ),),
    verbs={
        "law.amended": _("applied a bill to the Act that it amends"),
        "law.cited": _("added a citation"),
        "law.citation_removed": _("removed a citation"),
        "law.commencement_recorded": _("recorded when it comes into force"),
        "law.commencement_removed": _("removed a date of commencement"),
        "law.entered": _("entered the law"),
        "law.hidden": _("removed the law from the public site"),
        "law.published": _("published the law"),
        "law.updated": _("changed the law"),
        "law_version.clause_added": _("added a clause"),
        "law_version.clause_edited": _("changed a clause"),
        "law_version.clause_removed": _("removed a clause"),
        "law_version.copied": _("started a version from another"),
        "law_version.hidden": _("removed a version from the public site"),
        "law_version.imported": _("imported a version"),
        "law_version.published": _("published a version"),
        "stage.added": _("added a stage"),
        "stage.recorded": _("recorded a stage"),
        "stage.removed": _("removed a stage"),
        "treaty.recorded": _("recorded the state of a treaty"),
        "verdict.rated": _("rated the law against an article"),
        "verdict.reviewed": _("reviewed a rating against an article"),
    },
    menu=(
        MenuItem(LAW, _("Laws"), "workspace:laws", Permission.LAW_READ, 10, "laws"),
        MenuItem(LAW, _("Treaties"), "workspace:treaties", Permission.LAW_READ, 20, "treaties"),
    ),
)
