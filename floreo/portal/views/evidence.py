"""What the vault hands out, through a door that asks who you are. Files are never shown in the page, always a download."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from floreo.core.errors import Missing
from floreo.core.policy import things_seen
from floreo.evidence.access import get_evidence_for
from floreo.evidence.files import opened_file
from floreo.evidence.models import Evidence, EvidenceKind
from floreo.evidence.queries import page_of, successor_of


@login_not_required
@require_safe
def evidence_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The evidence itself, for who may have it: anybody where it is public and TLP:CLEAR. A file is handed out, a link
    and a record are led to, and what was replaced leads to what stands."""
    try:
        evidence = get_evidence_for(request.user, code)
    except Missing:
        newer = successor_of(code, request.user)
        if newer is None:
            raise
        return HttpResponseRedirect(newer.portal_url())
    if evidence.kind == EvidenceKind.FILE:
        response: HttpResponseBase = download_of(evidence)
    else:
        response = HttpResponseRedirect(evidence.url or _record_page(evidence, request.user))
    if not evidence.is_open_to_all():
        patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie"])
    return response


def _record_page(evidence: Evidence, viewer: object) -> str:
    """The page of the record: the public one where there is one, else in the workspace."""
    record = things_seen([evidence.record], viewer).get(evidence.record)
    if record is None:
        raise Missing
    public = getattr(record, "get_absolute_url", None)
    address = str(public()) if public is not None else page_of(record)
    if not address:
        raise Missing
    return address


def download_of(evidence: Evidence) -> FileResponse:
    """As an attachment under a safe name. A browser neither guesses another type nor runs anything in it."""
    response = FileResponse(opened_file(evidence), as_attachment=True, filename=evidence.file_name)
    active = evidence.media_type in {"text/html", "image/svg+xml", "application/xml"}
    response["Content-Type"] = "application/octet-stream" if active else evidence.media_type
    response["Content-Disposition"] = _disposition(evidence.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Robots-Tag"] = "noindex"
    return response


def _disposition(name: str) -> str:
    """The name twice: in plain letters for old programs, and as it is."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
