"""What tests of obligations may ask for."""

from __future__ import annotations

import pytest

from tests.obligations.desk import Desk, a_desk


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()
