"""What of feeds leaves: findings, and the reports that they come from."""

from floreo.feeds.tables.findings import FINDINGS, findings_for
from floreo.feeds.tables.reports import REPORTS

__all__ = ["FINDINGS", "REPORTS", "findings_for"]
