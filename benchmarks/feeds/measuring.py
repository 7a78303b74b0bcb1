"""How all commands here measure and say it: the machine, pairs that take turns, the peak of a process's memory."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa


def asked(what: str | None, **numbers: int) -> argparse.Namespace:
    """The command line: --data, and whole numbers with what they are unless said."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path("var/bench"), help="a folder for what is generated and written"
    )
    for name, usual in numbers.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=usual)
    given = parser.parse_args()
    given.data = given.data.absolute()
    given.data.mkdir(parents=True, exist_ok=True)
    return given


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {name}, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"PyArrow {pa.__version__}, DuckDB {version('duckdb')}"
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def pairs(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of both, taking turns, so that a busy moment meets both."""
    mine: list[float] = []
    other: list[float] = []
    for number in range(rounds):
        for work, into in ((ours, mine), (theirs, other))[:: 1 if number % 2 else -1]:
            into.append(seconds(work))
    return mine, other


def say(claim: str, bar: float, found: float, *, at_least: bool = False, **facts: object) -> bool:
    """One line for people, one of JSON; whether it holds."""
    holds = found >= bar if at_least else found <= bar
    print(f"{'holds' if holds else 'FAILS'}: {claim}: {found:.3g} ({'at least' if at_least else 'at most'} {bar:g})")
    print(
        json.dumps(
            {"claim": claim, "bar": bar, "found": round(found, 4), "holds": holds, "machine": machine(), **facts}
        )
    )
    return holds


def ratios(upper: list[float], lower: list[float]) -> float:
    """The median of each pair's ratio."""
    return statistics.median(a / b for a, b in zip(upper, lower, strict=True))


def peak() -> float:
    """The most memory this program has held, in MiB. The kernel's `ru_maxrss` would count what its parent held before."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rounded(values: list[float]) -> list[float]:
    return [round(value, 3) for value in values]
