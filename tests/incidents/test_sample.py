"""The sample country's cases: every published share is computed again from its reports, and every state and channel is there."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from floreo.core import clock
from floreo.incidents.models import Case, CaseState, Channel, Clock, Report, ReportState
from floreo.indicators.measuring import take
from floreo.indicators.models import Indicator, Reading
from tools import sample_incidents

HOME = Path(__file__).resolve().parents[2] / "packs" / "isla-prueba"


def test_the_tool_writes_the_files_of_the_pack() -> None:
    assert {name: (HOME / name).read_text("utf-8") for name in sample_incidents.drawn()} == sample_incidents.drawn()


@pytest.mark.usefixtures("isla")
def test_published_shares_are_what_the_reports_give() -> None:
    indicator = Indicator.objects.get(code="reports-within-24h")
    held = list(Reading.objects.current().filter(indicator=indicator).order_by("starts_on"))
    given = [take(indicator, reading.period, clock.today()).fields for reading in held]
    names = ("value", "numerator", "denominator")
    assert [tuple(fields[name] for name in names) for fields in given] == [
        tuple(getattr(reading, name) for name in names) for reading in held
    ]
    third = next(reading for reading in held if reading.period.label == "Q3 2026")
    working = given[held.index(third)]["working"]
    assert (len(held), [working["groups"], working["left_out"]]) == (
        9,
        [third.working["groups"], third.working["left_out"]],
    )


@pytest.mark.usefixtures("isla")
def test_the_quarter_that_runs_is_the_same_at_every_hour_of_the_sample_s_day() -> None:
    """Reports of the night wait for a decision: were one of the day before, its 24 hours would end within the day."""
    indicator = Indicator.objects.get(code="reports-within-24h")
    period = Reading.objects.current().filter(indicator=indicator).latest("starts_on").period
    midnight = datetime.combine(clock.today(), time(), tzinfo=clock.zone())
    seen = []
    for minutes in (1, 12 * 60, 23 * 60 + 50, 24 * 60 - 1):
        with clock.as_of(midnight + timedelta(minutes=minutes)):
            fields = take(indicator, period, clock.today()).fields
        seen.append((fields["numerator"], fields["denominator"], dict(fields["working"]["left_out"])))
    assert [one[:2] for one in seen] == [(31, 38)] * 4
    assert {one[2].get("reports_still_in_time") for one in seen} == {3}


@pytest.mark.usefixtures("isla")
def test_the_sample_has_every_state_and_channel() -> None:
    cases, reports = Case.objects.all(), Report.objects.all()
    assert set(cases.values_list("state", flat=True)) == set(CaseState.values)
    assert set(reports.values_list("state", flat=True)) == set(ReportState.values)
    assert set(reports.values_list("channel", flat=True)) == set(Channel.values)
    assert (cases.count(), cases.filter(is_exercise=True).count(), cases.filter(tlp="RED").count()) == (60, 2, 1)
    overdue = Clock.objects.filter(state="overdue", case__reference="INC-2026-0030")
    assert list(overdue.values_list("rule", flat=True)) == ["notification"]
