"""What rules about our own code have in common."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def uncollected() -> Iterator[None]:
    """A tree of our code holds no garbage while it is made: to look it over for some again and again takes longer than to make it."""
    was_on = gc.isenabled()
    gc.disable()
    yield
    if was_on:
        gc.enable()
