"""benchmarks/kill.py in short: processes of a running installation are killed at random moments, and nothing is lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.installation import ROOT, once, prepared

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.long,
]  # each process that is killed starts again, for seconds of the processor
ALL = "ingest,events,answers,forms,uploads,notices"


def test_nothing_is_lost_or_doubled_by_a_dozen_kills(tmp_path: Path) -> None:
    prepared(tmp_path / "data", "with reports")  # here, where others share it
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.kill",
            "--kills",
            "12",
            "--seed",
            "7",
            "--work",
            ALL,
            "--data",
            str(tmp_path),
        ],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "FLOREO_WARM"} | {"FLOREO_ONCE": str(once())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": 12 kills in " in done.stdout
    assert done.stdout.endswith("\nNothing lost, nothing doubled, nothing by half.\n")
