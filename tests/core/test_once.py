"""What a page asks again and again is read once: while it looks, and never across what is written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core import audit, once
from floreo.core.access import SYSTEM
from floreo.core.action import action


@action("test.noted", needs=None)
def note(*, by: object) -> None:
    """Writes an entry and nothing else."""


def asked() -> int:
    with CaptureQueriesContext(connection) as seen:
        audit.head()
        audit.head()
    return len(seen)


@pytest.mark.django_db
def test_it_is_read_once_while_a_page_is_looked_at_and_each_time_elsewhere() -> None:
    with once.reading():
        inside = asked(), asked()
    assert (inside, asked()) == ((1, 0), 2)


@pytest.mark.django_db
def test_what_an_action_wrote_is_read_anew() -> None:
    with once.reading():
        before = audit.head().number
        note(by=SYSTEM)
        note(by=SYSTEM)
        assert audit.head().number == before + 2
    assert list(audit.walk()) == []


def test_what_has_arguments_is_read_once_for_each() -> None:
    calls: list[tuple[str, int]] = []

    @once.once_for
    def read(name: str, *, number: int = 0) -> int:
        calls.append((name, number))
        return len(calls)

    with once.reading():
        answers = [read("a"), read("a"), read("b"), read("a", number=1), read("a", number=1)]
    assert answers == [1, 1, 2, 3, 3]
    assert (read("a"), read("a")) == (4, 5)
