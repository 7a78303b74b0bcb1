"""Reports written for a test, and the tasks that read them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from floreo.feeds.engine import constituency
from floreo.feeds.engine.constituency import Owned
from floreo.feeds.engine.task import IngestOrder, Source

DAY = date(2026, 11, 20)
OWNERS = [
    Owned("isp", "192.0.2.0/24"),
    Owned("bank", "192.0.2.128/25", service="tills"),
    Owned("port", "2001:db8::/32"),
]
HEADER = '"timestamp","ip","protocol","port","hostname","tag","asn","geo","region","city","banner"'


def row(number: int, address: str | None = None, *, second: int = 0, port: str = "23", time: str = "") -> str:
    at = time or f"{DAY} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
    where = address or f"192.0.2.{number % 256}"
    return f'"{at}","{where}","tcp",{port},"h{number}.example","telnet",64496,"XX","R{number % 5}",,"hello {number}"'


def night(folder: Path, rows: list[str], name: str = f"{DAY}-scan_telnet-test.csv") -> Source:
    data = "\n".join([HEADER, *rows, ""]).encode()
    return kept(folder, data, name)


def kept(folder: Path, data: bytes, name: str) -> Source:
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder / "received" / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Source(str(path), sha256, name)


def task(folder: Path, *sources: Source, **more: Any) -> IngestOrder:
    """All in `folder`: what was received, the constituency, and the store."""
    plain = IngestOrder(
        feed="night",
        day=DAY,
        report_type="scan_telnet",
        files=sources,
        received_at=datetime(2026, 11, 21, 3, tzinfo=UTC),
        root=str(folder / "store"),
        constituency=str(constituency.kept(OWNERS, folder / "owners")),
        format="shadowserver",
    )
    return replace(plain, **more)


def many(folder: Path, count: int, seed: int = 1, name: str = f"{DAY}-scan_telnet-test.csv") -> Source:
    """A large report: about a third of its rows are repeats."""
    draw = random.Random(seed)
    addresses = [f"192.{draw.randrange(4)}.{draw.randrange(256)}.{draw.randrange(256)}" for _ in range(count * 2 // 3)]
    rows = [row(i, addresses[i] if i < len(addresses) else draw.choice(addresses), second=i) for i in range(count)]
    return night(folder, rows, name)
