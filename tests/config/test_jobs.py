"""What the night tidies up."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from floreo.config import jobs
from floreo.organisations.models import Country
from floreo.strategy.models import Milestone


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at its tables by itself")
def test_each_night_sqlite_learns_how_large_its_tables_are(isla: Country) -> None:
    with connection.cursor() as cursor:
        jobs.tidy()
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'strategy_milestone'")
        assert cursor.fetchone()[0] > 0
        open_ones = Milestone.objects.filter(reached_on=None, due_on__range=(date(2026, 1, 1), date(2026, 3, 31)))
        assert "milestone_open" in open_ones.explain()
