"""Reads of the register used more than once."""

import copy
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import override

from floreo.core import clock, languages
from floreo.core.composed import composed, row_of
from floreo.core.documents import ink
from floreo.core.models import AuditEntry
from floreo.core.once import is_reading, once
from floreo.core.protection import Keys
from floreo.organisations.branding.paper import paper_of
from floreo.organisations.models import Contact, Country, Kind, NationalSector, Organisation


@row_of
def _head() -> QuerySet[AuditEntry, tuple[str]]:
    return AuditEntry.objects.order_by("-number").values_list("hash")


_known: tuple[str, float, Country | None] = (
    "",
    0.0,
    None,
)  # the head it was read under, and until when it may be given


@once
def the_country() -> Country | None:
    """The one country, or None before a pack is loaded. Where nothing is written it is read once for a head of the chain, and again
    after KEEP_PAGES_SECONDS: each request begins with it."""
    global _known  # noqa: PLW0603 -- one tuple, replaced whole
    if settings.KEEP_PAGES_SECONDS <= 0 or not is_reading():
        return _the_country.first()
    found, now = _head(), time.monotonic()
    head, until, country = _known
    if found is None or found[0] != head or now >= until:
        country = _the_country.first()
        _known = (found[0] if found else "", now + settings.KEEP_PAGES_SECONDS, country)
    return copy.deepcopy(country)


@composed
def _the_country() -> QuerySet[Country]:
    return Country.objects.order_by("pk")[:1]


@contextmanager
def in_the_country() -> Iterator[Country | None]:
    """Within it, days are the country's days, and languages are its languages. For commands and background work; requests have the middleware."""
    country = the_country()
    if country is None:
        with languages.of_site(()):
            yield None
        return
    site = languages.of_site(country.languages)
    with site, clock.pinned_day(zone=country.zone, day=country.calendar_day), ink.wearing(paper_of(country)):
        yield country


@contextmanager
def at_home() -> Iterator[Country | None]:
    """The same in the site's own language: for work that nobody asked for in another one, as that of commands and of the worker."""
    with in_the_country() as country, override(languages.home()):
        yield country


def public_page(country: Country, name: str, language: str) -> str:
    """Markdown of a page of the pack ("about", "privacy", "accessibility") in `language`, or in the pack's own."""
    texts = country.pages.get(name, {})
    return str(texts.get(language) or next(iter(texts.values()), ""))


@once
def successors() -> dict[int, int]:
    """Who acts today for each body that was merged, however many times, by id. Bodies that were not merged are not in it."""
    into = dict(Organisation.objects.exclude(merged_into=None).order_by().values_list("pk", "merged_into_id"))
    return {old: successor for old in into if (successor := _last_successor(old, into)) != old}


def _last_successor(body: int, into: Mapping[int, int | None]) -> int:
    seen = {body}
    while (successor := into.get(body)) is not None and successor not in seen:
        seen.add(successor)
        body = successor
    return body


def bodies_of(organisation_ids: Iterable[int]) -> set[int]:
    """The organisations and all that were merged into them, whose work they carry on."""
    found = set(organisation_ids)
    return found | {old for old, successor in successors().items() if successor in found} if found else found


def with_parts(sectors: Iterable[int]) -> set[int]:
    """Those sectors and all their parts, however deep."""
    found, edge = set[int](), set(sectors)
    while edge:
        found |= edge
        edge = set(NationalSector.objects.filter(parent__in=edge).values_list("pk", flat=True)) - found
    return found


__all__ = [
    "at_home",
    "bodies_of",
    "in_the_country",
    "openpgp_key_of",
    "public_page",
    "successors",
    "the_country",
    "with_parts",
]


def keys_of(address: str) -> Keys:
    """The keys that the register has for an address of mail, of each kind the newest where several contacts have one."""
    rows = Contact.objects.filter(email__iexact=address).order_by("-pk").values_list("openpgp_key", "smime_certificate")
    found = list(rows)
    return Keys(next((a for a, _b in found if a), ""), next((b for _a, b in found if b), ""))


def openpgp_key_of(address: str) -> str:
    """The armoured OpenPGP key that the register has for an address of mail; "" where it has none."""
    return keys_of(address).openpgp


def operators_on(day: date) -> list[Organisation]:
    """The operators of services that exist on that day, by name. A body that was merged counts as its successor."""
    exists = Q(ends_on=None) | Q(ends_on__gte=day)
    began = Q(starts_on=None) | Q(starts_on__lte=day)
    rows = Organisation.objects.filter(exists & began, kind=Kind.OPERATOR, merged_into=None)
    return list(rows.order_by("name", "pk"))
