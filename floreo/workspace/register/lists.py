"""The lists of the register: one page for all, each with its columns in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.access import Permission, can, reach
from floreo.core.lists import Listing
from floreo.core.tables import Table
from floreo.core.ui import locale


@dataclass(frozen=True)
class ListPage:
    """What a list shows: its title, the columns after the name, where a row leads, and what an empty one says."""

    title: Promise
    help: Promise
    hint: Promise
    columns: tuple[tuple[Promise, Callable[[Any], Any]], ...]
    name: Callable[[Any], str]
    href: Callable[[Any], str]
    section: str
    empty: Promise
    add: str = ""  # name of the address that adds one
    add_text: Promise | str = ""
    add_needs: Permission = Permission.REGISTER_EDIT
    second: str = ""  # name of a page that says more of the same, for who reads the whole register
    second_text: Promise | str = ""


@dataclass(frozen=True)
class Cells:
    """One row as shown."""

    row: Any
    name: str
    href: str
    cells: tuple[tuple[Promise, Any], ...]  # each with the title of its column, under which a telephone shows it


def list_page(request: HttpRequest, table: Table, page: ListPage, *, rows: Any = None) -> HttpResponseBase:
    listing = Listing(table, request, rows=rows)
    if file := listing.download():
        return file
    shown = [
        Cells(row, page.name(row), page.href(row), tuple((title, value(row)) for title, value in page.columns))
        for row in listing.rows
    ]
    count = ngettext("%(n)s row.", "%(n)s rows.", listing.total) % {"n": locale.number(listing.total)}
    sees_all = reach(request.user, Permission.ASSET_READ) is None
    context = {
        "listing": listing,
        "page": page,
        "shown": shown,
        "workspace_section": page.section,
        "count": count,
        "titles": [title for title, _value in page.columns],
        "add_href": reverse(page.add) if page.add and can(request.user, page.add_needs) else "",
        "second_href": reverse(page.second) if page.second and sees_all else "",
    }
    return render(request, "workspace/register/list.html", context)


def _label(thing: Any) -> str:
    return thing.label if thing is not None else ""


def _today(organisation: Any) -> Any:
    if organisation.merged_into_id:
        return _l("merged")
    return _l("ended") if organisation.ends_on else _l("exists")


ORGANISATIONS = ListPage(
    title=_l("Organisations"),
    help=_l("Every organisation once, under its current name."),
    hint=_l("Name or code"),
    columns=(
        (_l("Kind"), lambda o: o.get_kind_display()),
        (_l("Short name"), lambda o: o.short_name),
        (_l("Part of"), lambda o: _label(o.parent) if o.parent_code else ""),
        (_l("Today"), _today),
        (_l("Public"), lambda o: _l("Yes") if o.is_public else _l("No")),
    ),
    name=lambda o: o.in_language("name"),
    href=lambda o: reverse("workspace:organisation", args=[o.code]),
    section="organisations",
    empty=_l("No organisation yet. Add the first, or load a country pack."),
    add="workspace:new_organisation",
    add_text=_l("Add an organisation"),
)
PEOPLE = ListPage(
    title=_l("People"),
    help=_l("People and their responsibilities. The public sees the post, never the name or the number."),
    hint=_l("Name, post or organisation"),
    columns=(
        (_l("Organisation"), lambda p: _label(p.organisation)),
        (_l("Post"), lambda p: p.in_language("post")),
        (_l("E-mail"), lambda p: p.email),
        (_l("Telephone"), lambda p: p.phone),
        (_l("Today"), lambda p: _l("in post") if p.is_active else _l("has left")),
    ),
    name=lambda p: p.name,
    href=lambda p: reverse("workspace:person", args=[p.code]),
    section="people",
    empty=_l(
        "No people yet. Add the people responsible for actions, so that the workspace can show who each "
        "task is waiting for."
    ),
    add="workspace:new_person",
    add_text=_l("Add a person"),
    add_needs=Permission.PEOPLE_EDIT,
)
PLACES = ListPage(
    title=_l("Places"),
    help=_l("Districts and towns from the country pack. Values by place are matched by code."),
    hint=_l("Name or code"),
    columns=(
        (_l("Code"), lambda p: p.code),
        (_l("Kind"), lambda p: p.get_kind_display()),
        (_l("Capital"), lambda p: p.in_language("capital")),
        (_l("People"), lambda p: locale.number(p.population) if p.population is not None else ""),
        (_l("Year of the count"), lambda p: p.population_year or ""),
    ),
    name=lambda p: p.in_language("name"),
    href=lambda p: reverse("portal:district", args=[p.code]) if p.kind == "district" else "",
    section="places",
    empty=_l("No places yet. The country pack contains them."),
)
NETWORKS = ListPage(
    title=_l("Networks"),
    help=_l("The country's own networks and their holders, who are notified of findings there."),
    hint=_l("Name or holder"),
    columns=(
        (_l("Number"), lambda n: n.code),
        (_l("Holder"), lambda n: _label(n.holder) if n.holder_code else ""),
        (_l("Prefixes"), lambda n: ", ".join(n.prefixes[:3]) + (" …" if len(n.prefixes) > 3 else "")),
        (_l("Public"), lambda n: _l("Yes") if n.is_public else _l("No")),
    ),
    name=lambda n: n.name,
    href=lambda n: reverse("workspace:network", args=[n.asn]),
    section="networks",
    empty=_l("No networks yet. Add one by its autonomous system number."),
    add="workspace:new_network",
    add_text=_l("Add a network"),
    second="workspace:network_gaps",
    second_text=_l("Gaps in the register"),
)
