"""The calendar of a sample country is moved on, and each day brings what it brings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from floreo.config import sample_calendar
from floreo.config.sample_calendar import move_on
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.organisations.actions import move_calendar
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action

pytestmark = pytest.mark.one_database


@pytest.mark.long
def test_a_week_passes_and_what_is_due_is_late(isla: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_calendar, "is_replaying", lambda: False)
    act = Action.objects.filter(edition__code="2025-2028", status="on_track", closed_on=None)[0]
    day = isla.calendar_day
    assert day is not None
    Action.objects.filter(pk=act.pk).update(due_on=day + timedelta(days=2))
    assert move_on(days=3) == day + timedelta(days=3)
    act.refresh_from_db()
    assert (act.status, act.status_since) == ("late", day + timedelta(days=2))
    assert AuditEntry.objects.filter(verb="country.calendar_moved").count() == 3


@pytest.mark.long
def test_only_a_sample_is_moved_and_only_forward(real_country: Country, administrator: User) -> None:
    for attempt in (
        lambda: move_on(days=1),
        lambda: move_calendar(real_country, by=administrator, day=date(2030, 1, 1)),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "real"


def test_bad_numbers_and_a_story_that_is_not_over_are_refused(isla: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_calendar, "is_replaying", lambda: True)
    with pytest.raises(Refused, match="replayed"):
        move_on(days=1)
    monkeypatch.setattr(sample_calendar, "is_replaying", lambda: False)
    for days in (0, -1, 367):
        with pytest.raises(Refused, match="number of days"):
            move_on(days=days)
    with pytest.raises(Refused, match="forward"):
        move_calendar(isla, by=SYSTEM, day=isla.calendar_day or date.min)
