"""Every table that leaves, by its name, in the order in which pages list them: page, file and API all read this."""

from __future__ import annotations

from floreo.core.tables import Table
from floreo.evidence.tables import TABLES as EVIDENCE
from floreo.frameworks.tables import TABLES as FRAMEWORKS
from floreo.indicators.tables import TABLES as INDICATORS
from floreo.meetings.tables import TABLES as MEETINGS
from floreo.organisations.tables import TABLES as ORGANISATIONS
from floreo.publications.tables import TABLES as PUBLICATIONS
from floreo.reports.tables import TABLES as REPORTS
from floreo.reviews.tables import TABLES as REVIEWS
from floreo.strategy.tables import TABLES as STRATEGY

TABLES: dict[str, Table] = {
    **STRATEGY,
    **REVIEWS,
    **REPORTS,
    **INDICATORS,
    **EVIDENCE,
    **ORGANISATIONS,
    **MEETINGS,
    **PUBLICATIONS,
    **FRAMEWORKS,
}


def public_tables() -> list[Table]:
    """Those that a stranger may have."""
    return [table for table in TABLES.values() if table.needs is None]
