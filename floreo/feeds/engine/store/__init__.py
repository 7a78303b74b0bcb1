"""Events, rejects and findings in Parquet files, by day; in a folder or in a bucket.

    landing/<day>/<feed>/<type>/<sha256>.parquet   events of one report, as it was read; its Summary is in the footer
    repeats/...  rejects/...  findings/...         beside it, under the same name; read only through their report
    days/day=<day>/events.parquet                  all reports of a day, sorted by organisation and time (compacting.py)
    summaries/<day>/<feed>/<type>/<sha256>.json    of reports whose landing file has gone into the day's

A report is there once its landing file is, and that appears by one rename. A day's file names the reports in it, so a
landing file that a killed compaction left behind is not read twice."""

from floreo.feeds.engine.store.compacting import compact, retain
from floreo.feeds.engine.store.duck import keys_of
from floreo.feeds.engine.store.files import Place, Store, Window
from floreo.feeds.engine.store.questions import (
    Filter,
    Spot,
    Wanted,
    counts,
    digest_hash,
    events,
    health,
    history,
    latest,
    lines,
    orphans,
    shared_addresses,
    spot_of,
)

__all__ = [
    "Filter",
    "Place",
    "Spot",
    "Store",
    "Wanted",
    "Window",
    "compact",
    "counts",
    "digest_hash",
    "events",
    "health",
    "history",
    "keys_of",
    "latest",
    "lines",
    "orphans",
    "retain",
    "shared_addresses",
    "spot_of",
]
