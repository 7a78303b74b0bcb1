"""A small country on its own day, with a disk of its own for files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floreo.core import clock
from tests.factories.strategy import make_country
from tests.frameworks.making import TODAY


@pytest.fixture
def own_disk(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def today(db: None, own_disk: Path) -> Iterator[None]:
    make_country()
    with clock.pinned_day(day=TODAY):
        yield
