"""A lease ends with its holder."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import time_machine

from floreo.core import clock, heartbeat, leases
from floreo.core.models import Schedule

pytestmark = pytest.mark.two_databases


def test_a_lease_is_renewed_for_as_long_as_the_work_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_RENEW_EVERY", 0.01)
    ends: list[datetime] = []
    thrice = threading.Event()

    def renew(end: datetime) -> None:
        ends.append(end)
        if len(ends) == 1:
            raise RuntimeError("the database is away for a moment")
        if len(ends) >= 3:
            thrice.set()

    before = clock.now()
    with leases.renewed(renew):
        assert thrice.wait(60)
    assert all(end >= before + leases.LEASE for end in ends)
    threads = [t for t in threading.enumerate() if t.name == "lease"]
    for each in threads:
        each.join(60)
    assert not any(t.is_alive() for t in threads)


@pytest.mark.django_db
def test_a_moment_that_passed_or_lies_further_ahead_than_any_is_over() -> None:
    now = clock.now()
    for name, seconds in (("past", -1), ("held", 50), ("by a wrong clock", 365 * 86_400)):
        Schedule.objects.create(name=name, due_at=now, running_until=now + timedelta(seconds=seconds))
    Schedule.objects.create(name="free", due_at=now)
    over = Schedule.objects.filter(leases.is_over("running_until")).order_by("name")
    assert list(over.values_list("name", flat=True)) == ["by a wrong clock", "past"]


@pytest.mark.django_db
def test_a_heartbeat_that_is_old_or_still_to_come_says_nothing() -> None:
    assert not heartbeat.is_at_work()
    heartbeat.beat()
    assert heartbeat.is_at_work()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert not heartbeat.is_at_work()
    with time_machine.travel(clock.now() - timedelta(days=365)):
        assert not heartbeat.is_at_work()
