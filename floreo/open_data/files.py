"""What the public downloads: whole tables as files that were made once, a narrowed list as long as it is short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _

from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing, file_response
from floreo.core.tables import FILES, Table, write_files
from floreo.core.throttle import address_of, charge
from floreo.offers import tables
from floreo.open_data.made import Batch, ready
from floreo.strategy.iati import write_iati
from floreo.strategy.models import BudgetLine

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
}
BURST, PER_HOUR = 120, 1200  # of narrowed lists by one visitor, each thousand rows counted as one


def is_short(rows: QuerySet[Any]) -> bool:
    """Whether a request may make a file of these rows."""
    most: int = settings.FILE_ROWS
    return rows.order_by()[: most + 1].count() <= most


def batch_of_table(table: Table) -> Batch:
    """All files of a public table."""

    def write(folder: Path) -> None:
        write_files(table, table.ordered(None), None, folder)

    return Batch(table.name, write, lambda: is_short(table.rows(None)))


def _write_iati(folder: Path) -> None:
    with (folder / "iati.xml").open("wb") as file:
        write_iati(file)


IATI = Batch("iati", _write_iati, lambda: is_short(BudgetLine.objects.all()))


def batch_named(name: str) -> Batch:
    """For the process that makes one. Raises Missing when the public may have none by that name."""
    if name == IATI.name:
        return IATI
    table = tables().get(name)
    if table is None or table.needs is not None:
        raise Missing
    return batch_of_table(table)


def made_file(request: HttpRequest, batch: Batch, kind: str, *, attached: bool = True) -> HttpResponseBase:
    """One file of `batch`, with the head and the moment that it shows. Nobody's thread waits until it was read."""
    made = ready(batch)
    plain = made.folder / f"{batch.name}.{kind}"
    packed = Path(f"{plain}.gz")
    takes = "gzip" in request.headers.get("Accept-Encoding", "") and packed.exists()
    etag = f'"{made.folder.name}-{kind}{"-gz" if takes else ""}"'

    def whole() -> HttpResponseBase:
        path = packed if takes else plain
        response = FileResponse(path.open("rb"), content_type=MEDIA[kind])
        response.headers["Content-Length"] = str(path.stat().st_size)
        if takes:
            response.headers["Content-Encoding"] = "gzip"
        if attached:
            response.headers["Content-Disposition"] = f'attachment; filename="{batch.name}.{kind}"'
        return response

    response = _unless_known(request, etag, int(made.at), whole)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(int(made.at))
    response.headers["Floreo-Head"] = made.head
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _unless_known(request: HttpRequest, etag: str, at: int, whole: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    known = get_conditional_response(request, etag=etag, last_modified=at)
    return whole() if known is None else known


def table_file(request: HttpRequest, table: Table, kind: str) -> HttpResponseBase:
    """A public table as a file, whoever asks."""
    if kind not in FILES:
        raise Missing
    return made_file(request, batch_of_table(table), kind)


def part_of_table(request: HttpRequest, table: Table, rows: QuerySet[Any], kind: str) -> HttpResponseBase:
    """Some public rows of a table as a file, made now: only as many as a request may make."""
    if kind not in FILES:
        raise Missing
    most: int = settings.FILE_ROWS
    number = rows.order_by()[: most + 1].count()
    if number > most:
        raise Refused(
            _("That is too much for one file made for you alone. Narrow the list, or take the whole table: %(address)s")
            % {"address": settings.SITE_ADDRESS + reverse("portal:table", args=[table.name])},
            code="too_many_rows",
        )
    if not request.user.is_authenticated:
        charge("list-file", address_of(request), capacity=BURST, per_hour=PER_HOUR, cost=1 + number / 1000)
    made = file_response(table, rows, kind, None)
    if not made.streaming:
        return made
    body = b"".join(made)  # short, as was asked above; a stream would hold a thread for as long as it is read
    response = HttpResponse(body, content_type=MEDIA[kind])
    response.headers["Content-Disposition"] = made.headers["Content-Disposition"]
    return response


def list_file(listing: Listing, *, whole: bool) -> HttpResponseBase | None:
    """What `?download=` of a public list asks for, or None. `whole` says that the list without a filter is the table."""
    kind = listing.request.GET.get("download", "")
    if not kind:
        return None
    if whole and not listing.is_narrowed:
        return table_file(listing.request, listing.table, kind)
    return part_of_table(listing.request, listing.table, listing.all_rows, kind)
