"""What frameworks offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import STRATEGY, MenuItem, Offers, PackFile, SearchKind
from floreo.frameworks import measures, pack
from floreo.frameworks.tables import TABLES
from floreo.frameworks.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={
        "frameworks": "frameworks.toml",
        "framework_items": "frameworks.toml",
        "published_scores": "frameworks.toml",
        "framework_ratings": "frameworks.toml",
    },
    measures={
        "framework_items_reviewed": Measure(
            measures.share_items_reviewed,
            _("Share of framework items with a reviewed level"),
            "%",
            _("items with a reviewed level"),
            _("items of the newest published self-assessments"),
            knows_past=False,
        ),
        "framework_items_with_evidence": Measure(
            measures.share_items_with_evidence,
            _("Share of framework items with public evidence"),
            "%",
            _("items with public evidence"),
            _("items of the newest published self-assessments"),
            knows_past=False,
        ),
    },
    tasks=waiting_tasks,
    pack_shapes=pack.SHAPES,
    pack_files=tuple(PackFile(name, shapes) for name, shapes in pack.FILES.items()),
    search_kinds=(SearchKind("framework", _("Framework"), Permission.WORKSPACE_OPEN),),
    verbs={
        "assessment.closed": _("closed the assessment"),
        "assessment.opened": _("started an assessment"),
        "assessment.published": _("published the assessment"),
        "assessment.reopened": _("reopened the assessment"),
        "assessment.unpublished": _("removed the assessment from the public site"),
        "assessments.completed": _("added the new items of a framework"),
        "framework.loaded": _("loaded the publisher's wording of a framework"),
        "item.checked": _("checked an item's title"),
        "item.rated": _("rated an item"),
        "item.review_taken_back": _("undid a review of an item"),
        "item.reviewed": _("reviewed an item"),
        "score.recorded": _("entered a published score"),
        "score.removed": _("removed a published score"),
        "contribution.added": _("linked it to a framework item"),
        "contribution.removed": _("removed its link to a framework item"),
    },
    menu=(
        MenuItem(
            STRATEGY, _("Frameworks and indexes"), "workspace:frameworks", Permission.FRAMEWORK_ASSESS, 80, "frameworks"
        ),
    ),
)
