"""Rows of a table as the API gives them: always as the public sees them, whoever asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.api.schemas import USUAL
from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing
from floreo.core.tables import Table, plain, records


def row(table: Table, found: Any) -> dict[str, Any]:
    """One row as plain JSON."""
    return {name: plain(cell) for name, cell in next(records(table, [found], None)).items()}


def page(table: Table, request: HttpRequest, *, limit: int, rows: QuerySet[Any] | None = None) -> dict[str, Any]:
    """A page of rows that fit the address, and where the next one is."""
    rows = table.rows(None) if rows is None else rows
    for each in table.filters:
        asked = request.GET.get(each.name, "")
        if asked and asked not in {value for value, _title in each.choices()}:
            rows = rows.none()  # a value that no row has; a page's list would show everything instead
    listing = Listing(table, request, rows=rows, page=limit)
    try:
        items = [row(table, found) for found in listing.rows]
    except (OverflowError, ValueError, RecursionError, DataError) as error:
        raise Refused(_("The value of “after” is not valid. Start again without it."), code="bad_cursor") from error
    return {"items": items, "next": _next(listing, request, limit), "total": listing.total}


def _next(listing: Listing, request: HttpRequest, limit: int) -> str | None:
    if not listing.next_href:
        return None
    more = "" if limit == USUAL else "&" + urlencode({"limit": limit})
    return request.build_absolute_uri(request.path + listing.next_href + more)


def address_after(request: HttpRequest, place: str, limit: int) -> str:
    """The address of the page after a place, of a list that is no table."""
    asked = {"after": place} | ({} if limit == USUAL else {"limit": limit})
    return request.build_absolute_uri(f"{request.path}?{urlencode(asked)}")


def one(table: Table, key: str, rows: QuerySet[Any] | None = None) -> dict[str, Any]:
    """The row with that key. Raises Missing when there is none, or it is not public."""
    rows = table.rows(None) if rows is None else rows
    found = (table.lookup(rows, key) if table.lookup else rows.filter(**{table.key: key})).first()
    if found is None:
        raise Missing
    return row(table, found)
