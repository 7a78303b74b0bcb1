"""How a file of the vault is handed out: always as a download, never shown in the browser."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse

from floreo.evidence.files import opened_file
from floreo.evidence.models import Evidence


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
    """The name twice: in ASCII for old programs, and as it is."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
