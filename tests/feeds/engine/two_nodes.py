"""Run in a network and among processes of its own: two nodes on loopback, tasks on both, one node killed while they run. Before that,
cascades are calculated there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from floreo.feeds.engine import ingest
from floreo.feeds.engine.task import Source
from floreo.feeds.executors import executor
from floreo.infrastructure.cascade import Dependency, Graph, Service, single_points
from tests.feeds.engine.nights import task

ADDRESS = "127.0.0.1:6399"


RAY = (sys.executable, "-m", "ray.scripts.scripts")


def node(*given: str) -> None:
    """Ray gives a node 30 s to start. On a machine that is busy the first is begun again: nothing depends on it yet."""
    plain = ["start", "--node-ip-address=127.0.0.1", "--num-cpus=1", "--object-store-memory=100000000"]
    for tries_left in (2, 1, 0):
        started = subprocess.run([*RAY, *plain, *given], capture_output=True, text=True, check=False)
        if not started.returncode:
            return
        if not tries_left or "--head" not in given or "timed out during startup" not in started.stderr:
            raise SystemExit(started.stdout + started.stderr)
        subprocess.run([*RAY, "stop", "--force"], capture_output=True, check=False)


def raylets(session: str) -> dict[int, list[int]]:
    """Of each node its process, the newest last, and the processes under it."""
    parents, names = {}, {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                names[int(process.name)] = (process / "cmdline").read_bytes().decode(errors="replace")
                parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [pid for pid, name in names.items() if "raylet/raylet" in name.split("\0")[0] and session in name]
    return {pid: [child for child, parent in parents.items() if parent == pid] for pid in sorted(found)}


def slowly(work: Any) -> Any:
    """Long enough to be killed in the middle."""
    time.sleep(0.5)
    return ingest.run(work)


def chain(n: int) -> Graph:
    services = [Service(f"s{i:03}", {"here": i}) for i in range(n)]
    return Graph(services, [Dependency(f"{i}", f"s{i:03}", f"s{i - 1:03}", hours=1) for i in range(1, n)])


def main(folder: Path, session: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    node("--head", "--port=6399", "--include-dashboard=false", f"--temp-dir={session}")
    node(f"--address={ADDRESS}")
    stranger = "import ray; ray.init(address='127.0.0.1:6399')"
    turned_away = subprocess.run(
        [sys.executable, "-c", stranger],
        env={**os.environ, "RAY_AUTH_TOKEN": "0" * 64},
        capture_output=True,
        check=False,
    )
    works = []
    for day, path, sha256 in json.loads((folder / "tasks.json").read_text()):
        name = Path(path).name
        works.append(task(folder, Source(path, sha256, name), day=date.fromisoformat(day)))
    with executor("ray", ADDRESS) as runner:
        cascades = single_points(chain(600), executor=runner, folder=folder) == single_points(chain(600))
        running = [runner.submit(slowly, work) for work in works]
        while not any(r.done() for r in running):
            time.sleep(0.1)
        pid, under = list(raylets(session).items())[-1]
        for each in (pid, *under):
            os.kill(each, signal.SIGKILL)
        unfinished = sum(not r.done() for r in running)
        rows = [summary.rows for r in running for summary in r.result(timeout=60)]
    text = {"stranger": "refused" if turned_away.returncode else "let in", "killed": unfinished > 1, "rows": rows}
    text["cascades"] = "the same" if cascades else "others"
    print(json.dumps(text))


if __name__ == "__main__":  # all that is left running goes with the namespace of processes
    main(Path(sys.argv[1]), sys.argv[2])
