"""Every table that leaves, by its name, as the apps offer them: page, file and API all read this."""

from __future__ import annotations

from floreo.core.tables import Table
from floreo.offers import tables


def public_tables() -> list[Table]:
    """Those that the public may have."""
    return [table for table in tables().values() if table.needs is None]
