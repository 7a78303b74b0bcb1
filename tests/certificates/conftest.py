"""A key and an address for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floreo.certificates.models import Certificate
from floreo.core import clock
from floreo.core.routes import _address
from tests.certificates.making import keys_in


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, settings: Any) -> None:
    keys_in(tmp_path, settings)
    _address.cache_clear()


@pytest.fixture(autouse=True)
def signed_sample(request: pytest.FixtureRequest) -> None:
    """What the sample country holds counts as signed: the worker of a test signs what the test issues."""
    if "isla" in request.fixturenames:
        request.getfixturevalue("isla")
        Certificate.objects.filter(signed_at=None).update(signed_at=clock.machine())
