"""The comparison of the trail with the tables, on an installation at which people are at work."""

from __future__ import annotations

import threading
from itertools import count

import pytest
from django.db import connection

from floreo.core import state
from floreo.core.access import SYSTEM
from tests.core.test_state import behind, make, rename


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_no_difference_and_what_is_behind_its_back_is_one() -> None:
    done, wrote = threading.Event(), threading.Event()

    def write() -> None:
        for number in count():
            if done.is_set():
                break
            rename(make(by=SYSTEM, code=f"body-{number}"), by=SYSTEM, name="Renamed")
            wrote.set()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wrote.wait(60)
        found = [state.differences() for _each in range(12)]
    finally:
        done.set()
        writer.join()
    assert found == [[]] * 12
    behind("UPDATE organisations_organisation SET name = 'Somebody' WHERE code = 'body-0'")
    assert len(state.differences()) == 1
