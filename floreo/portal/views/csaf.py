"""Files under /.well-known/csaf/: what programs read. Open to every origin, as section 7 of CSAF 2.0 asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from floreo.advisories import provider
from floreo.core.errors import Missing
from floreo.portal.views.page import public_page

_TYPES = {"json": "application/json", "txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8"}
_PLAIN = "text/plain; charset=utf-8"


def _file(text: str, media_type: str, *, changed: datetime | None = None) -> HttpResponse:
    response = HttpResponse(text, content_type=media_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    if changed is not None:
        response.headers["Last-Modified"] = format_datetime(changed, usegmt=True)
    return response


@login_not_required
@public_page
def file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A list, metadata of the provider, or its key."""
    if path == provider.KEY:
        return _key()
    make: Callable[[], str] | None = provider.FILES.get(path)
    if make is None:
        raise Missing
    return _file(make(), _TYPES[path.rsplit(".", 1)[-1]])


def _key() -> HttpResponse:
    key = provider.newest_key()
    if key is None:
        raise Missing
    return _file(key[1], "application/pgp-keys")


@login_not_required
@public_page
def folder(request: HttpRequest, year: str = "") -> HttpResponseBase:
    """The listing of a folder (7.1.14)."""
    rows = provider.listed()
    years = sorted({each.year for each in rows})
    if year and year not in years:
        raise Missing
    names = [f"{each}/" for each in years] + ["index.txt", "changes.csv"]
    if year:
        documents = sorted(each.path.partition("/")[2] for each in rows if each.year == year)
        names = [name + ending for name in documents for ending in ("", ".sha256", ".sha512")]
    html = render_to_string(
        "portal/csaf_folder.html", {"path": f"{provider.ROOT}{provider.FOLDER}{year}", "names": names}
    )
    return _file(html, "text/html; charset=utf-8")


@login_not_required
@public_page
def document(request: HttpRequest, year: str, name: str) -> HttpResponseBase:
    """A document, its hashes, or its signature."""
    base, _dot, ending = name.rpartition(".json")
    found = provider.document_at(year, f"{base}.json") if base else None
    if found is None:
        raise Missing
    match ending:
        case "":
            return _file(found.text, "application/json", changed=found.released_at)
        case ".sha256":
            return _file(f"{found.sha256}  {base}.json\n", _PLAIN, changed=found.released_at)
        case ".sha512":
            return _file(f"{found.sha512}  {base}.json\n", _PLAIN, changed=found.released_at)
        case ".asc" if found.signature:
            return _file(found.signature, "application/pgp-signature", changed=found.released_at)
    raise Missing
