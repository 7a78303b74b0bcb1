"""The country's style sheets and mark as the site serves them: each under the hash of the branding, so that browsers keep it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from floreo.core.documents import ink
from floreo.core.errors import Missing
from floreo.organisations.branding import colours, marks
from floreo.organisations.models import Country
from floreo.organisations.queries import the_country

FOREVER = "public, max-age=31536000, immutable"
# A drawing that somebody opens by its address is a document: it may do nothing, whatever is in it.
DRAWING_POLICY = "default-src 'none'; style-src 'none'; script-src 'none'; sandbox"
_KINDS = {"svg": "image/svg+xml", "png": "image/png"}


def hash_of(branding: Mapping[str, Any]) -> str:
    """Of all that the branding says: it is in its addresses."""
    return _hash(json.dumps(branding, sort_keys=True))


@lru_cache(maxsize=4)
def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def addresses(country: Country | None) -> dict[str, str]:
    """Addresses of what there is of it: "light", "dark" and "mark", and the programme's name in the reader's language."""
    branding = country.branding if country is not None else {}
    if country is None or not branding:
        return {}
    digest = hash_of(branding)
    found = {
        theme: reverse("branding", args=[digest, f"{theme}.css"]) for theme in ("light", "dark") if branding.get(theme)
    }
    if mark := branding.get("mark"):
        found |= {"mark": reverse("branding", args=[digest, f"mark.{mark['kind']}"]), "mark_type": _KINDS[mark["kind"]]}
    if programme := country.in_language("programme"):
        found["programme"] = programme
    return found


@login_not_required
@require_safe
def branding(request: HttpRequest, digest: str, name: str) -> HttpResponse:
    """One file of the branding. Raises Missing for another hash than that of today: nothing is served under an address that it does not have."""
    country = the_country()
    known = country.branding if country is not None else {}
    if not known or digest != hash_of(known):
        raise Missing
    theme, _dot, end = name.partition(".")
    if end == "css" and known.get(theme):
        edge = reverse("branding", args=[digest, f"edge-{theme}.svg"]) if "canopy" in known[theme] else ""
        return _answer(colours.sheet(known[theme], edge=edge).encode(), "text/css; charset=utf-8")
    if theme.startswith("edge-") and end == "svg" and "canopy" in known.get(theme.removeprefix("edge-"), {}):
        drawn = ink.edge().replace(ink.colours()["canopy"], known[theme.removeprefix("edge-")]["canopy"])
        return _answer(drawn.encode(), _KINDS["svg"])
    mark = known.get("mark")
    if mark and name == f"mark.{mark['kind']}":
        return _answer(marks.content_of(mark), _KINDS[mark["kind"]])
    raise Missing


def _answer(content: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Cache-Control"] = FOREVER
    answer["X-Content-Type-Options"] = "nosniff"
    if kind == _KINDS["svg"]:
        answer["Content-Security-Policy"] = DRAWING_POLICY
    return answer
