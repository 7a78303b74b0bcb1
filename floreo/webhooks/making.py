"""What a message says: a kind, a moment, and the record that it is about by code and address. Words of a record only where everybody may
read them: a message lies with others, and cannot be taken back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation

from floreo.core import languages
from floreo.core.keys import key
from floreo.core.models import named
from floreo.core.policy import things_seen

CODES = ("code", "number", "reference")


def body_of(kind: str, *, at: datetime, data: dict[str, Any]) -> str:
    """The message as JSON: type, timestamp, data."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": moment, "data": data}, ensure_ascii=False, separators=(",", ":"))


def facts_of(thing: models.Model) -> dict[str, Any]:
    """What is said of a record: its name in the trail, its code and its address; its title where the public may read it."""
    name = key(thing)
    is_public = name in things_seen([name], None)
    code = next((str(getattr(thing, each)) for each in CODES if getattr(thing, each, "")), "")
    with translation.override(languages.home()):
        facts: dict[str, Any] = {
            "kind": thing._meta.model_name,
            "id": name,
            "code": code,
            "href": _address(thing, is_public=is_public),
        }
        if is_public:
            facts["title"] = named(thing)[:300]
    return facts


def _address(thing: models.Model, *, is_public: bool) -> str:
    """On the public site where it is public, else in the workspace, where it opens to who may read it."""
    order = ("get_absolute_url", "workspace_url") if is_public else ("workspace_url", "get_absolute_url")
    for name in order:
        if (method := getattr(thing, name, None)) is not None:
            path = str(method())
            return path if path.startswith("http") else f"{settings.SITE_ADDRESS}{path}"
    return ""
