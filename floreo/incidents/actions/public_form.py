"""Who handles reports and at which hours, and whether the public form is open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, refuse, save
from floreo.incidents.models import ReportingPoint

MOST_SITES = 20


@action("incident_form.set_up", needs=Permission.INCIDENT_SETUP)
def set_up(
    team: ReportingPoint, *, by: Actor, version: int | None = None, frames: Iterable[str] = (), **facts: Any
) -> ReportingPoint:
    """Writes who handles reports, when, and which sites may show the form. A new one is closed. Refuses an address that is not
    the beginning of one (https://police.example)."""
    fresh = team if team.pk is None else lock_latest(team, version)
    assign(fresh, facts)
    fresh.frames = _origins(frames)
    return save(fresh)


@action("incident_form.opened", needs=Permission.INCIDENT_SETUP)
def open_form(team: ReportingPoint, *, by: Actor) -> ReportingPoint:
    """From now on anybody may report here. Refuses while it is not known who handles reports and at which hours."""
    fresh = lock_latest(team)
    if not fresh.hours.strip():
        raise Refused(_("Enter first who handles reports and at which hours."), code="no_hours")
    fresh.is_open = True
    return save(fresh)


@action("incident_form.closed", needs=Permission.INCIDENT_SETUP)
def close_form(team: ReportingPoint, *, by: Actor) -> ReportingPoint:
    """Nothing is received by the form any more. What was sent stays, and its secret links work."""
    fresh = lock_latest(team)
    fresh.is_open = False
    return save(fresh)


def _origins(given: Iterable[str]) -> list[str]:
    """Beginnings of addresses as `frame-ancestors` takes them: scheme, host and port, without a path."""
    found = []
    for line in given:
        text = line.strip().rstrip("/")
        if not text:
            continue
        try:
            parts = urlsplit(text)
            _port = parts.port
        except ValueError:
            parts = urlsplit("")
        is_host = parts.hostname and all(c.isascii() and (c.isalnum() or c in ".-") for c in parts.hostname)
        if parts.scheme != "https" or not is_host or parts.path or parts.query or parts.fragment or "@" in text:
            sentence = _(
                "“%(address)s” is not the beginning of an address. Enter one a line, like https://police.example."
            )
            raise refuse("frames", sentence % {"address": text[:100]})
        found.append(f"https://{parts.netloc.lower()}")
    if len(found) > MOST_SITES:
        raise refuse("frames", _("Enter at most %(n)d addresses.") % {"n": MOST_SITES})
    return list(dict.fromkeys(found))
