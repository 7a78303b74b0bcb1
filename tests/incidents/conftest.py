"""What tests of the incidents app may ask for."""

from __future__ import annotations

import pytest

from tests.incidents.desk import Desk, a_desk


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()
