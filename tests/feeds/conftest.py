"""A register, and a folder of its own for what feeds keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import override_settings

from floreo.core import clock
from floreo.feeds.models import Feed
from tests.feeds.making import make_register, shadow_feed

TODAY = date(2026, 11, 24)


@pytest.fixture
def feeds_folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA=tmp_path, EVENTS_ROOT=str(tmp_path / "events")), clock.pinned_day(day=TODAY):
        yield tmp_path


@pytest.fixture
def feed(db: None, feeds_folder: Path) -> Feed:
    make_register()
    return shadow_feed()
