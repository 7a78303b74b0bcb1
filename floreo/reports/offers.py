"""What reports offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.offers import STRATEGY, Job, MenuItem, Offers
from floreo.reports.actions import release_due
from floreo.reports.tables import TABLES
from floreo.reports.tasks import waiting_tasks

OFFERS = Offers(
    tables=TABLES,
    licences={"reports": "editions/*/plan.toml"},  # worked out from the plan
    tasks=waiting_tasks,
    jobs=(Job("reports", partial(release_due, by=SYSTEM), timedelta(seconds=30), lane="embargo"),),
    task_kinds={"report": _("Reports and publications")},
    verbs={
        "lesson.noted": _("recorded a lesson learned"),
        "lesson.removed": _("removed a lesson learned"),
        "report.closed": _("closed a period and froze its report"),
        "report.corrected": _("added a correction to a report"),
        "report.edition_closed": _("froze the closing evaluation"),
        "report.frozen": _("froze a report"),
        "report.past_frozen": _("froze the reports of past periods"),
        "report.published": _("published a report"),
        "report.scheduled": _("scheduled the publication of a report"),
        "report.embargo_withdrawn": _("cancelled the scheduled publication of a report"),
        "report.released": _("recorded that a scheduled report was published"),
        "report.preview_made": _("made a link to read a report before publication"),
        "report.preview_withdrawn": _("withdrew a link to read a report before publication"),
        "report.signed": _("recorded a signature on a report"),
        "report.template_added": _("saved a Word template"),
        "report.template_retired": _("discarded a Word template"),
    },
    menu=(MenuItem(STRATEGY, _("Reports"), "workspace:reports", Permission.PLAN_READ, 40, "reports"),),
)
