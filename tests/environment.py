"""Loaded before Django reads its settings: tests never touch a developer's data, and end without leaving a folder behind."""

import atexit
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest import runner
from hypothesis import HealthCheck, settings

from floreo.core.one_piece import in_one_piece

# Some million things are imported and collected, and stay for good: to look over them again and again for garbage takes a
# fifth of the tests' time.
gc.disable()

# As the server calls: where a test is in the memory of frames is chance, and its pages took up to twice as long by it.
runner.runtestprotocol = in_one_piece(runner.runtestprotocol)

if "FLOREO_TESTS" not in os.environ:  # worker processes inherit what the first one made
    folder = tempfile.mkdtemp(prefix="floreo-tests-")
    os.environ["FLOREO_TESTS"] = os.environ["FLOREO_DATA"] = folder
    (Path(folder) / "static").mkdir()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["FLOREO_SECRET_KEY"] = "a key for tests only"

# How long an example takes says nothing on a busy machine; speed is measured in benchmarks/. The gate draws few examples of each
# property, others each time; before a release LONG=1 draws many.
EXAMPLES = 200 if os.environ.get("LONG") else 40
settings.register_profile("floreo", deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("floreo")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """In an empty clone the first worker compiles all tests and reads their constants, and leaves both on the disk; the others
    wait for that rather than do the same beside it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    home = Path(os.environ.get("FLOREO_ONCE") or os.environ["FLOREO_TESTS"])
    home.mkdir(parents=True, exist_ok=True)
    done = home / "collected"
    with (home / "collected.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            found = yield
            done.touch()
            return found
    return (yield)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 10, 10)
