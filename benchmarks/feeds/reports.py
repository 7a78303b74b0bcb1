"""Reports as Shadowserver writes `event4_sinkhole`: its column names, its quoting, and the rows that come broken."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.feeds import addresses

FIRST_DAY = date(2026, 11, 1)
COLUMNS = [
    "timestamp",
    "protocol",
    "src_ip",
    "src_port",
    "src_asn",
    "src_geo",
    "src_region",
    "src_city",
    "src_hostname",
    "src_naics",
    "src_sector",
    "device_vendor",
    "device_type",
    "device_model",
    "severity",
    "dst_ip",
    "dst_port",
    "dst_asn",
    "dst_geo",
    "dst_region",
    "dst_city",
    "dst_hostname",
    "dst_naics",
    "dst_sector",
    "public_source",
    "infection",
    "family",
    "tag",
    "application",
    "version",
    "event_id",
    "ssl_cipher",
    "ssl_servername",
]
NUMBERS = {"src_port", "src_asn", "src_naics", "dst_port", "dst_asn", "dst_naics"}  # the only ones without quotes
BAD_ADDRESSES = ("not-an-ip", "0.0.0.0", "10.1.2.0/24", "300.1.2.3", "fe80::1%eth0")
CHUNK = 1_000_000
SECTOR = "Communications, Service Provider, and Hosting Service"
QUERY = f"""
COPY (SELECT
  CASE WHEN bad BETWEEN .0030 AND .0036 THEN '2026-13-45 99:00:00' WHEN bad BETWEEN .0036 AND .0038 THEN NULL
       WHEN bad BETWEEN .0038 AND .0040 THEN '2099-01-01 00:00:00'
       ELSE strftime(TIMESTAMP '{{day}}' + to_seconds(second), '%Y-%m-%d %H:%M:%S') END AS "timestamp",
  CASE WHEN target = 53 THEN 'udp' ELSE 'tcp' END AS protocol, address AS src_ip,
  CASE WHEN bad BETWEEN .0040 AND .0044 THEN 'abc' WHEN bad BETWEEN .0044 AND .0048 THEN '99999'
       ELSE (1024 + a % 64000)::VARCHAR END AS src_port,
  CASE WHEN a % 50 = 0 THEN 0 ELSE 1000 + (org * 37) % 60000 END AS src_asn, 'XN' AS src_geo,
  'REGION ' || (org % 17) AS src_region, 'CITY ' || (org % 211) AS src_city,
  CASE WHEN a % 3 > 0 THEN 'host-' || (a % 65536) || '.pool' || (b % 97) || '.isp' || org || '.example.net' END AS src_hostname,
  CASE WHEN b % 4 > 0 THEN 517311 END AS src_naics, CASE WHEN b % 4 > 0 THEN '{SECTOR}' END AS src_sector,
  CASE WHEN a % 9 = 0 THEN 'MikroTik' END AS device_vendor, CASE WHEN a % 9 = 0 THEN 'router' END AS device_type,
  CASE WHEN a % 18 = 0 THEN 'RB' || (b % 9000) END AS device_model, 'critical' AS severity,
  '198.18.' || (b % 256) || '.' || (a % 250 + 1) AS dst_ip, target AS dst_port, 64501 AS dst_asn, 'DE' AS dst_geo,
  'HESSEN' AS dst_region, 'FRANKFURT AM MAIN' AS dst_city, NULL AS dst_hostname, 518210 AS dst_naics, '{SECTOR}' AS dst_sector,
  CASE b % 3 WHEN 0 THEN 'partner-a' WHEN 1 THEN 'partner-b' END AS public_source,
  CASE WHEN family = 7 THEN 'test-sinkhole' ELSE 'family' || family END AS infection,
  CASE WHEN family = 7 THEN 'test-sinkhole' ELSE 'family' || family END AS family,
  CASE WHEN a % 7 = 0 THEN 'botnet;' || (b % 30) END AS tag, CASE WHEN b % 2 = 0 THEN 'http' END AS application, NULL AS version,
  CASE WHEN a % 2 = 0 THEN md5(number::VARCHAR) END AS event_id, NULL AS ssl_cipher, NULL AS ssl_servername
FROM rows ORDER BY number)
TO '{{path}}' (FORMAT csv, HEADER false, FORCE_QUOTE ({", ".join(f'"{c}"' for c in COLUMNS if c not in NUMBERS)}), NULLSTR '')
"""


def report(data: Path, rows: int, number: int = 0) -> Path:
    """One night's file, made once; the number gives the day and the seed."""
    day = FIRST_DAY + timedelta(days=number)
    path = data / f"reports-{rows}" / f"{day}-event4_sinkhole-bench.csv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as whole:
            whole.write(",".join(f'"{name}"' for name in COLUMNS).encode() + b"\n")
            for at in range(0, rows, CHUNK):
                whole.write(chunk(path.parent, min(CHUNK, rows - at), seed=1000 * number + at // CHUNK, day=day))
        part.rename(path)
    return path


def chunk(folder: Path, rows: int, *, seed: int, day: date) -> bytes:
    """At most a million rows as bytes."""
    lots = np.random.default_rng([seed, rows])
    beside = folder / f"chunk-{seed}.csv"
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("rows", drawn(rows, lots))
        con.execute(QUERY.format(day=day, path=beside))
    made = broken(beside.read_bytes(), lots)
    beside.unlink()
    return made


def drawn(rows: int, lots: np.random.Generator) -> pa.Table:
    """What varies from row to row: of ten rows three are seen before (same address, family, target and transport)."""
    first = int(rows * 0.7)
    weight = 1 / np.arange(1, 41) ** 1.1
    address = addresses.sampled(addresses.draw(addresses.BASE, 1), first, lots).to_numpy(zero_copy_only=False)
    family = lots.choice(40, first, p=weight / weight.sum())
    target = lots.choice([80, 443, 25, 22, 4455, 8080, 445, 3389, 6667, 53, 1433, 5900], first)
    chosen = np.concatenate([np.arange(first), lots.integers(0, max(first, 1), rows - first)])[lots.permutation(rows)]
    bad = lots.random(rows)
    text = address[chosen]
    for number, wrong in enumerate(BAD_ADDRESSES):
        text[(bad >= number * 0.0005) & (bad < (number + 1) * 0.0005)] = wrong
    return pa.table(
        {
            "number": np.arange(rows),
            "second": np.sort(lots.integers(0, 86400, rows)),
            "address": pa.array(text, pa.string()),
            "family": family[chosen],
            "target": target[chosen],
            "bad": bad,
            "a": lots.integers(0, 1 << 31, rows),
            "b": lots.integers(0, 1 << 31, rows),
            "org": lots.integers(0, 300, rows),
        }
    )


def broken(made: bytes, lots: np.random.Generator) -> bytes:
    """One line in 2,000 is cut off or has columns too many."""
    lines = made.splitlines(keepends=True)
    for at in lots.choice(len(lines), len(lines) // 2000, replace=False).tolist():
        line = lines[at].rstrip(b"\n")
        lines[at] = (b",".join(line.split(b",")[:9]) if at % 2 else line + b',"extra","columns"') + b"\n"
    return b"".join(lines)
