"""A key and an address for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floreo.core.routes import _address
from tests.certificates.making import keys_in


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, settings: Any) -> None:
    keys_in(tmp_path, settings)
    _address.cache_clear()
