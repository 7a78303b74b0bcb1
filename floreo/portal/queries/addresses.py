"""Every public address of the site, for programs that read it whole: pages that always are, reports, and all that everybody can find."""

from __future__ import annotations

from django.urls import reverse

from floreo.core import languages
from floreo.core.models import SearchEntry
from floreo.core.policy import things_seen
from floreo.core.ui.locale import address_in
from floreo.portal.queries.districts import has_work_by_district
from floreo.reports.queries import listed

ALWAYS = (
    "home",
    "strategy",
    "indicators",
    "laws",
    "capacity",
    "reports",
    "organisations",
    "data",
    "about",
    "status_rules",
    "roles",
    "unconfirmed",
    "audit",
    "accessibility",
    "privacy",
    "publications",
    "consultations",
    "infrastructure",
    "advisories",
    "observatory",
    "help",
    "frameworks",
    "outreach",
    "training",
    "courses",
    "workforce",
    "obligations",
    "initiatives",
    "competitions",
    "surveys",
    "learn",
    "campaigns",
    "exercises",
    "tabletops",
    "self_check",
    "team",
    "notices",
    "certificates",
)
AT_ONCE = 5_000  # rows of one file


def files() -> int:
    """How many files it takes: the first for what always is, one for each stretch of rows."""
    return 1 + -(-SearchEntry.objects.filter(is_public=True).count() // AT_ONCE)


def addresses_of(number: int) -> list[str]:
    """The addresses of one file, from 0, without their language, each once. Of a thing that is not public any more there is none, whatever
    the index still says."""
    always = dict.fromkeys(bare(address) for address in _always())
    if number == 0:
        return list(always)
    found = dict.fromkeys(bare(address) for address in _found(number - 1))
    return [address for address in found if address not in always]


def _always() -> list[str]:
    names = [*ALWAYS, *(["districts"] if has_work_by_district() else [])]
    return [*(reverse(f"portal:{name}") for name in names), *(row.snapshot.get_absolute_url() for row in listed(None))]


def _found(stretch: int) -> list[str]:
    rows = SearchEntry.objects.filter(is_public=True).order_by("pk").values_list("key", "address")
    pairs = list(rows[stretch * AT_ONCE : (stretch + 1) * AT_ONCE])
    seen = things_seen([key for key, _address in pairs], None)
    return [address for key, address in pairs if key in seen and address.startswith("/")]


def bare(address: str) -> str:
    """An address without its language, and without what leads to a part of its page."""
    address = address.partition("#")[0].partition("?")[0]
    return address_in(languages.home(), address)
