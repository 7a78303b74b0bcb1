"""What the incident desk offers to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import INCIDENTS, MenuItem, Offers, SearchKind
from floreo.incidents import pack

OFFERS = Offers(
    pack_shapes=pack.SHAPES,
    pack_files=pack.FILES,
    verbs={
        "incident_report.accepted": _("opened a case for a report"),
        "incident_report.acknowledged": _("recorded that the reporter was answered"),
        "incident_report.corrected": _("corrected how a report is filed"),
        "incident_report.joined": _("added a report to a case"),
        "incident_report.marked_duplicate": _("marked a report as reported before"),
        "incident_report.passed": _("passed a report on"),
        "incident_report.received": _("took in a report of an incident"),
        "incident_report.rejected": _("rejected a report"),
        "incident_report.reopened": _("took back a decision on a report"),
        "incident_report.reporter_asked": _("asked the reporter"),
    },
    search_kinds=(
        SearchKind("incident_report", _("Incident report"), Permission.INCIDENT_HANDLE),
        SearchKind("case", _("Case"), Permission.INCIDENT_HANDLE),
    ),
    menu=(
        MenuItem(
            INCIDENTS,
            _("Reports of incidents"),
            "workspace:incident_reports",
            Permission.INCIDENT_HANDLE,
            10,
            "incident_reports",
        ),
    ),
)
