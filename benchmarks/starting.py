"""How long `floreo up` takes from nothing, and a second time, up to the moment it would serve.

python -m benchmarks.starting
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def start(data: str, pack: str) -> float:
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k != "DATABASE_URL"}
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "floreo.config.cli", "--data", data, "up", "--pack", pack, "--prepare-only"],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    for pack in sorted(p.parent.name for p in (ROOT / "packs").glob("*/pack.toml")):
        with tempfile.TemporaryDirectory() as data:
            first = start(data, pack)
            again = [start(data, pack) for _ in range(3)]
            print(f"{pack:14} from nothing {first:5.1f} s, again {statistics.median(again):5.1f} s (median of 3)")
