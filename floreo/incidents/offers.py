"""What the incident desk offers to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import Offers, SearchKind

OFFERS = Offers(
    verbs={
        "incident_report.received": _("took in a report of an incident"),
    },
    search_kinds=(
        SearchKind("incident_report", _("Incident report"), Permission.INCIDENT_HANDLE),
        SearchKind("case", _("Case"), Permission.INCIDENT_HANDLE),
    ),
)
