"""What reports offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import STRATEGY, MenuItem, Offers
from floreo.reports.tables import TABLES
from floreo.reports.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={"reports": "editions/*/plan.toml"},  # worked out from the plan
    tasks=waiting_tasks,
    task_kinds={"report": _("Reports and publications")},
    verbs={
        "lesson.noted": _("recorded a lesson learned"),
        "lesson.removed": _("removed a lesson learned"),
        "report.closed": _("closed a period and froze its report"),
        "report.corrected": _("added a correction to a report"),
        "report.edition_closed": _("froze the closing evaluation"),
        "report.frozen": _("froze a report"),
        "report.past_frozen": _("froze the reports of past periods"),
        "report.signed": _("recorded a signature on a report"),
        "report.template_added": _("saved a Word template"),
        "report.template_retired": _("discarded a Word template"),
    },
    menu=(MenuItem(STRATEGY, _("Reports"), "workspace:reports", Permission.PLAN_READ, 40, "reports"),),
)
