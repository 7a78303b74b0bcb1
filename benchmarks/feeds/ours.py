"""The product's side of every comparison: its own constituency, rules and tasks, as `floreo feed ingest` makes them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.feeds import addresses
from floreo.feeds.engine import constituency, formats
from floreo.feeds.engine.task import IngestOrder, Source

TYPE = "event4_sinkhole"
# The same filter and rewriting as intelmq_chain.py.
RULES: tuple[Mapping[str, object], ...] = (
    {
        "when": [{"field": "malware.name", "is": "=", "value": "test-sinkhole"}],
        "does": "drop",
        "field": "",
        "value": "",
    },
    *(
        {
            "when": [{"field": "malware.name", "is": "=", "value": f"family{number}"}],
            "does": "rewrite",
            "field": "classification.identifier",
            "value": f"fam-{number}",
        }
        for number in range(5)
    ),
)


def owners(data: Path, size: int) -> Path:
    """The saved constituency of a prefix table, made once."""
    path = data / f"constituency-{size}"
    if not path.exists():
        lines = addresses.table(data, size).read_text().splitlines()
        rows = [
            constituency.Owned(organisation=owner, network=network)
            for network, owner in (line.split("\t") for line in lines)
        ]
        constituency.build(rows).save(path)
    return path


def task(data: Path, file: Path, *, size: int = 5000, with_rules: bool = True) -> IngestOrder:
    """One file as one task, into a store that is empty."""
    day, kind = formats.named(file.name)
    assert day is not None
    return IngestOrder(
        feed="bench",
        day=day,
        report_type=kind,
        files=(Source(path=str(file), sha256=notice(file), name=file.name),),
        received_at=datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC),
        root=str(data / "store"),
        constituency=str(owners(data, size)),
        format="shadowserver",
        rules=RULES if with_rules else (),
    )


def at(work: IngestOrder, root: Path) -> IngestOrder:
    """The same task into another store."""
    return replace(work, root=str(root))


def notice(file: Path) -> str:
    """FileIdentity before the clock starts: receiving a file is what makes it."""
    with file.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").hexdigest()


def emptied(data: Path) -> Path:
    """The store, with nothing in it."""
    shutil.rmtree(data / "store", ignore_errors=True)
    return data / "store"
