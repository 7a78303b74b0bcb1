"""IntelMQ's environment and folder: installed from the package registry into the data folder, never among our dependencies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.feeds import addresses
from floreo.feeds.engine import formats

CHAIN = Path(__file__).with_name("intelmq_chain.py")
PACKAGES = ["intelmq==3.5.0", "pyasn", "redis"]
REDIS_PORT = 6390


def python(data: Path) -> Path:
    """The interpreter that has IntelMQ."""
    home = data / "intelmq-environment"
    found = home / "bin" / "python"
    if not (home / "installed").exists():
        print("installing", *PACKAGES, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        older = ["setuptools<81"] if sys.version_info >= (3, 12) else []  # it still imports pkg_resources
        subprocess.run([str(found), "-m", "pip", "install", "--quiet", *PACKAGES, *older], check=True)
        (home / "installed").touch()
    return found


def keys(kind: str) -> str:
    """What makes a repeat, as our format says it; of the subjects IntelMQ needs only the address."""
    of = formats.load("shadowserver").type_of(kind)
    assert of is not None
    return ",".join(key for key in of.key_fields if key not in formats.SUBJECTS[1:])


def root(data: Path, name: str, *, kind: str, into: Path, schema: Path | None = None) -> Path:
    """A folder for IntelMQ with what intelmq_chain.py reads."""
    folder = data / f"intelmq-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    output: dict[str, Any] = {
        "prefixes": str(networks(data)),
        "into": str(into),
        "port": REDIS_PORT,
        "keys": keys(kind),
    }
    if schema:
        output["schema"] = str(schema)
    (folder / "benchmark.json").write_text(json.dumps(output))
    return folder


def networks(data: Path) -> Path:
    """The prefix table as pyasn reads it: the line's number for the system's."""
    path = data / "prefixes.pyasn"
    if not path.exists():
        lines = addresses.table(data, addresses.BASE).read_text().splitlines()
        path.write_text("".join(f"{line.split(chr(9))[0]}\t{number}\n" for number, line in enumerate(lines, 1)))
    return path


def command(data: Path, folder: Path, *words: str, **how: Any) -> subprocess.Popen[str]:
    """Starts intelmq_chain.py; `-P`, because an intelmq.py is beside it."""
    return subprocess.Popen(
        [str(python(data)), "-P", str(CHAIN), *words],
        env=os.environ | {"INTELMQ_ROOT_DIR": f"{folder}/"},
        text=True,
        **how,
    )
