"""The country's branding on paper."""

from __future__ import annotations

from floreo.core.documents import ink
from floreo.organisations.branding import marks
from floreo.organisations.models import Country


def paper_of(country: Country) -> ink.Branding:
    """Its mark and colours for paper, which is always light."""
    branding = country.branding
    mark = marks.as_svg(branding["mark"]) if branding.get("mark") else ""
    return ink.Branding(mark=mark, colours=branding.get("light", {}), programme=country.in_language("programme"))
