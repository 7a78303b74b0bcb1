"""What the vault hands out, through a view that asks who you are. Files are never shown in the page, always a download."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from floreo.core.errors import Missing
from floreo.core.policy import things_seen
from floreo.evidence.access import get_evidence_for
from floreo.evidence.downloads import download_of
from floreo.evidence.models import Evidence, EvidenceKind
from floreo.evidence.queries import page_of, successor_of


@login_not_required
@require_safe
def evidence_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The evidence itself, for who may have it: anybody where it is public and TLP:CLEAR. A file is handed out, a link
    and a record are led to, and what was replaced leads to what replaced it."""
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
