"""What each test takes of the processor, noted for the gate, which names the dearest (tools/gate.py)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def seconds_spent() -> float:
    """Of the processor, by this process and the children of it that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    before = seconds_spent()
    try:
        return (yield)
    finally:
        folder = Path(os.environ["FLOREO_COSTS"])
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as notes:
            notes.write(json.dumps([item.nodeid.partition("@")[0], round(seconds_spent() - before, 3)]) + "\n")
