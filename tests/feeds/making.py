"""A small register and reports made in words, for tests of feeds."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date

from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.actions.ingesting import Ingested, ingest_waiting
from floreo.feeds.actions.receiving import Received, receive
from floreo.feeds.engine import ingest
from floreo.feeds.models import Feed
from floreo.organisations.models import Holding, Network, Organisation
from tests.factories.strategy import make_organisation

HEADER = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,sector"


def make_register() -> Organisation:
    """A provider with a network, and a bank with a prefix within it."""
    provider = make_organisation("provider")
    bank = make_organisation("bank")
    Network.objects.create(asn=64496, name="Provider", holder=provider, prefixes=["192.0.2.0/24", "2001:db8::/32"])
    Holding.objects.create(
        state="approved", organisation=bank, kind="prefix", value="192.0.2.16/28", service="online banking"
    )
    Holding.objects.create(state="approved", organisation=bank, kind="domain", value="bank.example")
    return bank


def row(ip: str, day: date, *, port: int | str = 3389, hour: int = 3, asn: int = 64496) -> str:
    return f"{day} {hour:02}:00:00,medium,{ip},tcp,{port},,rdp,{asn},XX,,,0,,"


def report(day: date, ips: Iterable[str], *, extra: Iterable[str] = ()) -> bytes:
    return "\n".join([HEADER, *(row(ip, day) for ip in ips), *extra, ""]).encode()


def name_of(day: date, kind: str = "scan_rdp") -> str:
    return f"{day}-{kind}-isla.csv"


def shadow_feed(**facts: object) -> Feed:
    """A feed that sends files without a row when there is nothing."""
    given = {"collector": "upload", "format": "shadowserver", "absent_runs": 2, "sends_empty": True} | facts
    return make_feed("Shadow", by=SYSTEM, **given)  # type: ignore[arg-type]  # facts of a test


def hand_in(feed: Feed, data: bytes, name: str, day: date | None = None) -> Received:
    return receive(feed, opened=io.BytesIO(data), name=name, day=day, by=SYSTEM)


def night(feed: Feed, day: date, ips: Iterable[str], kind: str = "scan_rdp") -> Ingested:
    """One report handed in and read, by this process: the cage takes longer than the few rows, and what it does is shown where
    reports are read without this function (test_bad_input.py, test_aggregate.py)."""
    hand_in(feed, report(day, ips), name_of(day, kind))
    return ingest_waiting(by=SYSTEM, run=ingest.run)
