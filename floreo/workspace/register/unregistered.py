"""What reports saw in networks of the country that belongs to nobody in the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from floreo.core import clock
from floreo.feeds.engine.store import orphans
from floreo.organisations.models import Network
from floreo.workspace.event_store import the_store

DAYS = 30


@dataclass(frozen=True)
class Unregistered:
    """Addresses of one /24 or /48 about which something was reported, and nobody is notified."""

    prefix: str
    network: Network | None  # by the system number that the report says
    asn: int | None
    events: int
    addresses: int
    last: date


def unregistered(limit: int = 50) -> list[Unregistered]:
    """Those in networks of the register first: they are the country's own, so somebody should be notified."""
    today = clock.today()
    rows = orphans(the_store(), today - timedelta(days=DAYS - 1), today, limit)
    known = {n.asn: n for n in Network.objects.filter(asn__in=[r["asn"] for r in rows if r["asn"]])}
    found = [
        Unregistered(r["network"], known.get(r["asn"]), r["asn"], r["events"], r["addresses"], r["last"]) for r in rows
    ]
    return sorted(found, key=lambda row: (row.network is None, -row.events))
