"""Coverage with its outlines, for maps of others."""

from __future__ import annotations

from typing import Any

from floreo.outreach.queries import CoverageOfAll


def features(found: CoverageOfAll) -> dict[str, Any]:
    """A GeoJSON FeatureCollection (RFC 7946): districts with the same values as the table, nothing internal."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row.district.code,
                "geometry": row.district.shape or None,
                "properties": {
                    "code": row.district.code,
                    "name": row.district.name,
                    "inhabitants": row.inhabitants,
                    "inhabitants_year": row.district.population_year,
                    "ambassadors": row.ambassadors,
                    "ambassadors_per_10000": float(row.rate) if row.rate is not None else None,
                    "sessions": row.sessions,
                    "people": row.people,
                    "from": found.first.isoformat(),
                    "until": found.today.isoformat(),
                },
            }
            for row in found.rows
            if row.district is not None
        ],
    }
