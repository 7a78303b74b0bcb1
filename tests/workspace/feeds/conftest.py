"""Two organisations with a finding each, notified by a notice each, from one report whose events are in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from floreo.core import clock
from floreo.feeds.engine.addresses import words_of
from floreo.feeds.engine.events import REJECT_SCHEMA, event_schema
from floreo.feeds.engine.store import Place, Store, Window
from floreo.feeds.models import Feed, FeedFile, FileState, Finding, Notice, NoticeLine, OpenPeriod, Run
from floreo.organisations.models import Organisation
from tests.factories import organisations as make
from tests.factories.strategy import TODAY, make_country

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
EVIL = "=cmd|'/c calc'!A0"


@dataclass(frozen=True)
class Night:
    """What came in one night."""

    bank: Organisation
    shop: Organisation
    feed: Feed
    report: FeedFile
    of_bank: Finding
    of_shop: Finding
    letter_bank: Notice
    letter_shop: Notice


def event(subject: str, code: str | None, kind: str, day: date, line: int) -> dict[str, object]:
    hi, lo = words_of(subject) or (0, 0)
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    return {
        "time.source": at,
        "source.ip": subject,
        "ip_hi": hi,
        "ip_lo": lo,
        "source.port": 3389,
        "organisation": code,
        "classification.identifier": kind,
        "classification.taxonomy": "vulnerable",
        "severity": "high",
        "key": line,
        "feed.code": "shadowserver",
        "feed.name": "scan_rdp",
        "count": 1,
        "line": line,
        "report": "d" * 64,
        "product.name": "<b>product</b>",
        "finding_port": 3389,
        "source.asn": 64500,
    }


def stored(root: str, events: list[dict[str, object]], rejects: list[dict[str, object]]) -> str:
    """Written as a run writes it; returns where the rejects are."""
    store = Store(root)
    place = Place(Window("shadowserver", "scan_rdp", TODAY), "d" * 64)
    # `extra` is a structure until the day is compacted.
    schema = event_schema(pa.struct([("banner", pa.string())]))
    for path, table in (
        (place.events, pa.Table.from_pylist(events, schema=schema)),
        (place.rejects, pa.Table.from_pylist(rejects, schema=REJECT_SCHEMA)),
    ):
        target = Path(store.path(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, target)
    return place.rejects


@pytest.fixture
def night(db: None, tmp_path: Path) -> Iterator[Night]:
    before, settings.EVENTS_ROOT = settings.EVENTS_ROOT, str(tmp_path / "events")
    make_country()
    with clock.pinned_day(zone="UTC", day=TODAY):
        yield _night(settings.EVENTS_ROOT)
    settings.EVENTS_ROOT = before


def _night(root: str) -> Night:
    bank, shop = (
        make.organisation("bank", "A bank", kind="operator"),
        make.organisation("shop", "A shop", kind="company"),
    )
    events = [event("192.0.2.7", "bank", "open-rdp", TODAY, 2), event("198.51.100.9", "shop", "open-rdp", TODAY, 3)]
    events.append(event("203.0.113.5", None, "open-telnet", TODAY, 4))
    rejects = [
        {"line": 5, "text": EVIL, "reason": "bad_address"},
        {"line": 6, "text": "<script>x\x00", "reason": "bad_time"},
    ]
    path = stored(root, events, rejects)
    feed = Feed.objects.create(code="shadowserver", name="Nightly scans", collector="folder", place="scans")
    report = FeedFile.objects.create(
        feed=feed,
        sha256="d" * 64,
        name="2026-11-24-scan_rdp.csv",
        day=TODAY,
        report_type="scan_rdp",
        size=900,
        received_at=NOW,
        received_by="Folder",
        state=FileState.DONE,
        rows=7,
        kept=3,
        duplicates=1,
        dropped=1,
        outside=1,
        rejected=2,
        reasons={"bad_address": 1, "bad_time": 1},
        organisations={"bank": 1, "shop": 1, "gone": 4},
        unknown_columns=["colour"],
        missing_columns=["naics"],
        read_at=NOW,
        rejects_path=path,
    )
    Run.objects.create(feed=feed, report_type="scan_rdp", day=TODAY)
    of_bank, of_shop = (_finding(feed, body, ip) for body, ip in ((bank, "192.0.2.7"), (shop, "198.51.100.9")))
    return Night(bank, shop, feed, report, of_bank, of_shop, _letter(of_bank), _letter(of_shop))


def _finding(feed: Feed, body: Organisation, ip: str) -> Finding:
    first = TODAY - timedelta(days=2)
    found = Finding.objects.create(
        organisation=body,
        subject=ip,
        ip=ip,
        kind="open-rdp",
        port=3389,
        protocol="tcp",
        taxonomy="vulnerable",
        type="vulnerable-system",
        severity="high",
        severity_rank=1,
        network=f"{ip}/32",
        reason="prefix",
        feed=feed,
        report_type="scan_rdp",
        first_seen=NOW - timedelta(days=2),
        last_seen=NOW,
        first_day=first,
        last_day=TODAY,
        times_seen=3,
        days_seen=3,
        state="persisting",
        opened_on=first,
    )
    OpenPeriod.objects.create(finding=found, opened_on=first, starts_on=first)
    return found


def _letter(finding: Finding) -> Notice:
    letter = Notice.objects.create(
        organisation=finding.organisation,
        contact_role="abuse",
        on=TODAY,
        start=TODAY,
        end=TODAY,
        posted_at=NOW,
        to=[f"abuse@{finding.organisation.code}.example"],
        link_until=NOW + timedelta(days=45),
    )
    NoticeLine.objects.create(
        notice=letter, finding=finding, state="new", rule="Abuse, once a week", why="It is yours."
    )
    return letter
