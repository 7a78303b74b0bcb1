"""The same tasks give the same store, wherever they run; also when a machine of the cluster dies in the middle."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from floreo.core.executors import NotProtected
from floreo.feeds.engine import ingest, store
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import IngestOrder
from floreo.feeds.executors import executor
from tests.conftest import ROOT
from tests.feeds.engine.nights import DAY, many, night, row, task

pytestmark = [pytest.mark.one_database, pytest.mark.long]  # a cluster of two nodes


def test_a_pool_of_processes_gives_what_one_gives(tmp_path: Path) -> None:
    files = [night(tmp_path, [row(i, second=n) for i in range(n, n + 9)], f"{n}.csv") for n in range(4)]
    hashes = []
    for kind in ("inline", "pool"):
        works = [task(tmp_path, f, day=DAY + timedelta(days=n), root=str(tmp_path / kind)) for n, f in enumerate(files)]
        with executor(kind, workers=2) as runner:
            running = [runner.submit(ingest.run, work) for work in works]
            assert [s.rows for r in running for s in r.result()] == [9, 9, 9, 9]
        hashes.append(store.digest_hash(Store(tmp_path / kind)))
    assert hashes[0] == hashes[1]


def test_what_goes_wrong_in_a_task_is_told_to_whoever_waits_for_it(tmp_path: Path) -> None:
    with executor("inline") as runner, pytest.raises(ValueError, match="no_condition"):
        runner.submit(ingest.run, task(tmp_path, rules=({"does": "drop"},))).result()
    with pytest.raises(ValueError, match="abacus"):
        executor("abacus")


def test_a_cluster_that_asks_for_no_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    with pytest.raises(NotProtected, match="RAY_AUTH_MODE"):
        executor("ray", "127.0.0.1:6399")
    with pytest.raises(ValueError, match="host:port"):
        executor("ray")


# A network with loopback alone, and processes that all end with the first: nothing of the cluster meets anything else.
ALONE = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def may_be_alone() -> bool:
    return (
        bool(shutil.which("unshare"))
        and not subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(not may_be_alone(), reason="no namespaces may be made here")
def test_two_nodes_of_which_one_is_killed_give_what_one_process_gives(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    works: list[IngestOrder] = [
        task(tmp_path, many(tmp_path, 6_000, seed=n, name=f"{n}.csv"), day=DAY + timedelta(days=n)) for n in range(6)
    ]
    for work in works:
        ingest.run(replace(work, root=str(tmp_path / "here")))
    tasks = tmp_path / "tasks.json"
    tasks.write_text(json.dumps([[w.day.isoformat(), w.files[0].path, w.files[0].sha256] for w in works]))
    with_token = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_DISABLE_USAGE_STATS": "1",
    }
    script = Path(__file__).with_name("two_nodes.py")
    short = Path("/tmp") / f"nodes-{secrets.token_hex(4)}"  # names of sockets are short
    try:
        done = subprocess.run(
            [*ALONE, sys.executable, str(script), str(tmp_path), str(short)],
            env=with_token,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
    finally:
        shutil.rmtree(short, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-3000:]
    expected = json.loads(done.stdout.splitlines()[-1])
    assert expected == {"stranger": "refused", "killed": True, "rows": [6_000] * 6, "cascades": "the same"}
    assert store.digest_hash(Store(tmp_path / "store")) == store.digest_hash(Store(tmp_path / "here"))
