"""What the audit chain says of the last act."""

from __future__ import annotations

from typing import Any

from floreo.core.models import AuditEntry


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("number")


def recorded(verb: str, actor: str = "") -> dict[str, Any]:
    """Fields of the one thing that the last act, which must be `verb`, changed: before and after."""
    entry = last_entry()
    assert entry.verb == verb
    if actor:
        assert entry.actor_name == actor
    (change,) = entry.detail["changes"]
    fields: dict[str, Any] = change["fields"]
    return fields
