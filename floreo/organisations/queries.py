"""Reads of the register used more than once."""

from collections.abc import Iterator
from contextlib import contextmanager

from floreo.core import clock
from floreo.organisations.models import Country


def the_country() -> Country | None:
    """The one country, or None before a pack is loaded."""
    return Country.objects.order_by("pk").first()


@contextmanager
def in_the_country() -> Iterator[Country | None]:
    """Within it, days are the country's days. For commands and background work; requests have the middleware."""
    country = the_country()
    if country is None:
        yield None
        return
    with clock.standing(zone=country.zone, day=country.calendar_day):
        yield country


def public_page(country: Country, name: str, language: str) -> str:
    """Markdown of a page of the pack ("about", "privacy", "accessibility") in `language`, or in the pack's own."""
    texts = country.pages.get(name, {})
    return str(texts.get(language) or next(iter(texts.values()), ""))


__all__ = ["in_the_country", "public_page", "the_country"]
