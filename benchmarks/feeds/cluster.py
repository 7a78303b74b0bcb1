"""What a cluster costs on top: two nodes of Ray with one core each against a pool of two processes, the same files, and the
same hash of what is stored. The cluster is in a network of its own with nothing but loopback, and asks for a token.

    python -m benchmarks.feeds.cluster [--data var/bench] [--rows 1000000] [--files 6] [--rounds 3]

Needs the right to make namespaces (root, or `unshare` allowed). What Ray takes to start is not counted; connecting is.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile

from benchmarks.feeds import measuring, ours, reports
from floreo.feeds.caged import run_in_a_cage
from floreo.feeds.engine import store
from floreo.feeds.engine.task import IngestOrder
from floreo.feeds.executors import executor

BAR = 1.25
ADDRESS = "127.0.0.1:6399"
ALONE = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
INSIDE = "FLOREO_BENCH_ALONE"


def again_alone() -> int:
    """This very command in namespaces of its own: whatever it starts ends with it."""
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp") as short:  # names of sockets are short
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_DISABLE_USAGE_STATS": "1"}
        command = [*ALONE, sys.executable, "-m", "benchmarks.feeds.cluster", *sys.argv[1:]]
        return subprocess.run(
            command, env=os.environ | token | {INSIDE: short, "PYTHONPATH": "."}, check=False
        ).returncode


def node(*output: str) -> None:
    plain = ["start", "--node-ip-address=127.0.0.1", "--num-cpus=1", "--object-store-memory=200000000"]
    made = subprocess.run(
        [sys.executable, "-m", "ray.scripts.scripts", *plain, *output], capture_output=True, text=True, check=False
    )
    if made.returncode:
        sys.exit(made.stdout + made.stderr)


def all_of(kind: str, works: list[IngestOrder], given: argparse.Namespace, hashes: dict[str, str]) -> None:
    """Every task to its end; connecting and warm workers included on both sides."""
    ours.emptied(given.data)
    with executor(kind, ADDRESS, workers=2) as runner:
        rows = [
            summary.rows
            for running in [runner.submit(run_in_a_cage, work) for work in works]
            for summary in running.result()
        ]
    assert rows == [given.rows] * given.files, rows
    if kind not in hashes:
        hashes[kind] = store.digest_hash(store.Store(given.data / "store"))


if __name__ == "__main__":
    if INSIDE not in os.environ:
        sys.exit(again_alone())
    given = measuring.asked(__doc__, rows=1_000_000, files=6, rounds=3)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    works = [ours.task(given.data, reports.report(given.data, given.rows, number)) for number in range(given.files)]
    node("--head", "--port=6399", "--include-dashboard=false", f"--temp-dir={os.environ[INSIDE]}")
    node(f"--address={ADDRESS}")
    hashes: dict[str, str] = {}
    for kind in ("ray", "pool"):
        all_of(kind, works, given, hashes)  # the first round starts the workers, and is compared
    assert hashes["ray"] == hashes["pool"], hashes
    print("the same hash of what is stored:", hashes["ray"])
    cluster, pool = measuring.pairs(
        lambda: all_of("ray", works, given, hashes), lambda: all_of("pool", works, given, hashes), given.rounds
    )
    holds = measuring.say(
        "times the pool of processes, on two nodes of Ray",
        BAR,
        measuring.ratios(cluster, pool),
        rows=given.rows * given.files,
        ray_seconds=measuring.rounded(cluster),
        pool_seconds=measuring.rounded(pool),
    )
    sys.exit(not holds)
