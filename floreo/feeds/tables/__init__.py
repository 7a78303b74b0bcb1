"""What of feeds leaves: findings, and the reports that they come from."""

from floreo.feeds.tables.files import REPORTS
from floreo.feeds.tables.findings import FINDINGS, at_address, findings_for

__all__ = ["FINDINGS", "REPORTS", "at_address", "findings_for"]
