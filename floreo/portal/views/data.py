"""Open data: every public table with its dictionary and its files, the catalogue for machines, and search."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import languages
from floreo.core.errors import Missing
from floreo.core.models import SearchEntry
from floreo.core.passages import Piece, passage, terms_of
from floreo.core.policy import things_seen
from floreo.core.search import find, in_readers_text
from floreo.core.tables import FILES, Column, Table, Words, flat
from floreo.core.throttle import address_of, charge
from floreo.core.ui.locale import address_in, language
from floreo.offers import search_kinds, tables
from floreo.open_data import dcat, files
from floreo.portal.views.page import Crumb, edition_of, page, public_page
from floreo.strategy.models import Edition

EDITION = re.compile(r"/strategy/[^/]+/")  # how the address of what is in one begins
FOUND = 50
LOOKED_AT = 200  # of what matches, before the strategy in force is put first
LONGEST = 200  # signs of what is sought
BURST, PER_HOUR = 60, 600  # of searches by one visitor


def _public_tables() -> list[Table]:
    return [t for t in tables().values() if t.needs is None]


def _get_table(name: str) -> Table:
    table = tables().get(name)
    if table is None or table.needs is not None:
        raise Missing
    return table


@login_not_required
@public_page
def data(request: HttpRequest) -> HttpResponseBase:
    """Every public table with its files."""
    title = _("All data of this site, as files")
    return page(request, "portal/data.html", section="data", title=title, tables=_public_tables(), files=FILES)


@dataclass(frozen=True)
class _ColumnLine:
    """One column of a table, with a cell of one of its first rows."""

    name: str
    title: Words
    help: Words
    kind: str
    example: str

    @classmethod
    def of(cls, column: Column, rows: list[Model]) -> _ColumnLine:
        cells = (flat(column.value(row)) for row in rows)
        example = next((str(cell) for cell in cells if cell != ""), "")
        return cls(column.name, column.title, column.help, str(column.kind), example)


@login_not_required
@public_page
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """What a table holds, column by column, with its first rows and its files."""
    found = _get_table(name)
    rows = found.ordered(None)
    columns, examples = found.columns_for(None), list(rows[:3])
    return page(
        request,
        "portal/table.html",
        section="data",
        title=str(found.title),
        description=str(found.help),
        crumbs=(Crumb(_("Open data"), reverse("portal:data")),),
        table=found,
        total=rows.count(),
        lines=[_ColumnLine.of(column, examples) for column in columns],
        files=FILES,
    )


@login_not_required
@public_page
def table_file(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    return files.table_file(request, _get_table(name), kind)


@login_not_required
@public_page
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """The catalogue as DCAT in JSON-LD, for portals that harvest."""
    return JsonResponse(dcat.catalogue(request), content_type="application/ld+json")


@login_not_required
@public_page
def search(request: HttpRequest) -> HttpResponseBase:
    """What the public pages say of a few words. Visitors may ask often, but not without end."""
    given = request.GET.get("q", "").strip()
    q = given[:LONGEST]
    found: list[SearchEntry] = []
    if terms_of(q):
        if not request.user.is_authenticated:
            charge("search", address_of(request), capacity=BURST, per_hour=PER_HOUR)
        found = _in_force_first(_public(find(q, public_only=True, most=LOOKED_AT)), edition_of(request))
    title = _("Search: %(q)s") % {"q": q} if q else _("Search")
    return page(
        request,
        "portal/search.html",
        section="search",
        title=title,
        q=q,
        heading=_heading(q, len(found)),
        found=_found(found, q),
        is_all=len(found) < FOUND,
        has_words=bool(terms_of(q)),
        is_cut=len(given) > LONGEST,
        longest=LONGEST,
    )


def _heading(q: str, number: int) -> str:
    if not q:
        return _("Search")
    words = {"number": f"{FOUND}+" if number == FOUND else str(number), "q": q}
    return ngettext("%(number)s page for “%(q)s”", "%(number)s pages for “%(q)s”", number) % words


@dataclass(frozen=True)
class _Found:
    title: str
    address: str
    word: str
    passage: list[Piece]


def _public(entries: list[SearchEntry]) -> list[SearchEntry]:
    """Those that the rule of their own kind shows to everybody: the index says how a row was when it was saved, not how the rows
    above it are now."""
    seen = things_seen([entry.key for entry in entries], None)
    return [entry for entry in entries if entry.key in seen]


def _found(entries: list[SearchEntry], words: str) -> list[_Found]:
    kinds = search_kinds()
    return [
        _Found(
            e.title,
            _in_reading_language(e.address),
            str(kinds[e.kind].words) if e.kind in kinds else "",
            passage(e.body, words),
        )
        for e in in_readers_text(entries)
    ]


def _in_force_first(entries: list[SearchEntry], in_force: Edition | None) -> list[SearchEntry]:
    """The best of these: the strategy in force before all, however it was ranked, what is in earlier ones after all."""
    if in_force is None:
        return entries[:FOUND]
    own = _bare(in_force.get_absolute_url())

    def place(entry: SearchEntry) -> int:
        address = _bare(entry.address)
        if address == own:
            return 0
        return 2 if EDITION.match(address) and not address.startswith(own) else 1

    first = [entry for entry in entries if place(entry) == 0]
    others = [entry for entry in entries if place(entry)]
    return [*first, *sorted(others[: FOUND - len(first)], key=place)]


def _bare(address: str) -> str:
    """Without its language: the index keeps addresses as they were when a row was saved."""
    return address_in(languages.home(), address)


def _in_reading_language(address: str) -> str:
    """The same page in the reader's language."""
    return address_in(language(), address)
