"""No list asks the database once for each of its rows: what it asks at one row it asks at three. test_every_page.py holds pages
to the like."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core.tables import Table, records
from floreo.offers import tables
from floreo.organisations.models import Country, User

BESIDES = {
    "actions": 3,
    "events": 2,
    "courses": 3,
    "training_courses": 2,
    "initiatives": 2,
    "obligations": 2,
    "exercises_held": 2,
}  # their rows, and one more for what is in another table

pytestmark = pytest.mark.two_databases


def asked_by(table: Table, viewer: User, rows: int) -> int:
    """How many questions the table asks to say that many of its rows. The first time is not counted: it fills caches."""
    wanted = table.ordered(viewer)[:rows]
    list(records(table, wanted.all(), viewer))
    with CaptureQueriesContext(connection) as asked:
        text = list(records(table, wanted.all(), viewer))
    assert len(text) <= rows
    return len(asked)


@pytest.mark.guards("no table asks a question for each row")
def test_every_table_asks_as_much_for_one_row_as_for_three(isla_feeds: Country, administrator: User) -> None:
    asked = {name: (asked_by(t, administrator, 1), asked_by(t, administrator, 3)) for name, t in tables().items()}
    assert asked == {name: (BESIDES.get(name, 1), BESIDES.get(name, 1)) for name in tables()}
    assert {name for name, t in tables().items() if t.rows(administrator).count() < 3} <= {
        "editions",
        "ambassador_schemes",
        "exercises",
        "exercises_held",
        "surveys",
    }
