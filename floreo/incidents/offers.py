"""What the incident desk offers to the rest of the product."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.figures import Measure
from floreo.core.offers import INCIDENTS, Job, MenuItem, Offers, SearchKind
from floreo.incidents import measures, pack, spooled

OFFERS = Offers(
    measures={
        "share_reports_decided_within_24h": Measure(
            measures.share_reports_decided_within_24h,
            _("Reports triaged within 24 hours"),
            "%",
            _("reports triaged within 24 hours"),
            _("reports received"),
        ),
    },
    pack_shapes=pack.SHAPES,
    pack_files=pack.FILES,
    verbs={
        "incident_form.closed": _("closed the public form for reports"),
        "incident_form.opened": _("opened the public form for reports"),
        "incident_form.set_up": _("set up the public form for reports"),
        "incident_report.accepted": _("opened a case for a report"),
        "incident_report.acknowledged": _("recorded that the reporter was answered"),
        "incident_report.added_to": _("added to their report"),
        "incident_report.corrected": _("corrected how a report is filed"),
        "incident_report.joined": _("added a report to a case"),
        "incident_report.marked_duplicate": _("marked a report as reported before"),
        "incident_report.passed": _("passed a report on"),
        "incident_report.received": _("took in a report of an incident"),
        "incident_report.rejected": _("rejected a report"),
        "incident_report.reopened": _("took back a decision on a report"),
        "incident_report.reporter_asked": _("asked the reporter"),
        "incident_report.sent_again": _("took in a report that was sent again with other answers"),
        "incident_report.withdrawn": _("withdrew their report"),
    },
    search_kinds=(
        SearchKind("incident_report", _("Incident report"), Permission.INCIDENT_HANDLE),
        SearchKind("case", _("Case"), Permission.INCIDENT_HANDLE),
    ),
    jobs=(Job("reports of the public form", spooled.take_in, timedelta(seconds=2), "reports"),),
    menu=(
        MenuItem(
            INCIDENTS,
            _("Reports of incidents"),
            "workspace:incident_reports",
            Permission.INCIDENT_HANDLE,
            10,
            "incident_reports",
        ),
        MenuItem(
            INCIDENTS, _("Public report form"), "workspace:report_form", Permission.INCIDENT_SETUP, 90, "report_form"
        ),
    ),
)
