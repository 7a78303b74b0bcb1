"""Jobs that come round: each in its lane, on a lease that ends with its worker, on time whatever the clock once said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from floreo.config import doctor, jobs
from floreo.config.jobs import Job, Lane
from floreo.config.worker import Worker
from floreo.core import clock
from floreo.core.leases import LEASE, lease_end
from floreo.core.models import Schedule
from floreo.organisations.models import Country
from floreo.strategy.models import Milestone

DAY = timedelta(days=1)


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a job of the test's own into the table."""

    def put(name: str, run: Callable[[], object], *, every: timedelta = DAY, lane: Lane = Lane.NIGHT) -> None:
        monkeypatch.setitem(jobs.JOBS, name, Job(run, every, lane))

    return put


@pytest.mark.django_db
def test_a_job_whose_worker_was_killed_runs_again_within_about_a_minute(job: Callable[..., None]) -> None:
    ran: list[int] = []
    job("long", lambda: ran.append(1))
    now = clock.now()
    Schedule.objects.create(name="long", due_at=now + DAY, running_since=now, running_until=lease_end())
    assert jobs.run_due(["long"]) == 0
    with time_machine.travel(now + LEASE + timedelta(seconds=5)):
        assert jobs.run_due(["long"]) == 1
        assert jobs.run_due(["long"]) == 0
    row = Schedule.objects.get()
    assert (ran, row.running_since, row.running_until, row.deaths) == ([1], None, None, 0)


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up_until_its_next_time_and_doctor_says_so(
    job: Callable[..., None],
) -> None:
    job("deadly", lambda: pytest.fail("it ran"))
    at = clock.now() - timedelta(minutes=5)
    Schedule.objects.create(name="deadly", due_at=at, running_since=at, running_until=at, deaths=2)
    assert jobs.run_due(["deadly"]) == 0
    row = Schedule.objects.get()
    assert (row.running_until, row.deaths, row.due_at > clock.now()) == (None, 0, True)
    output = [f.text for f in doctor.examine() if f.check == "worker"]
    assert any("“deadly” has failed" in each and "The worker died while it ran" in each for each in output)


@pytest.mark.django_db
def test_a_job_never_runs_twice_at_once_however_long_it_takes(job: Callable[..., None]) -> None:
    inner: list[int] = []
    job("slow", lambda: inner.append(jobs.run_due(["slow"])), every=timedelta(0))
    assert jobs.run_due(["slow"]) == 1
    assert inner == [0]


@pytest.mark.django_db
def test_a_clock_that_once_stood_a_year_ahead_stops_nothing(job: Callable[..., None]) -> None:
    ran: list[int] = []
    job("daily", lambda: ran.append(1))
    with time_machine.travel(clock.now() + timedelta(days=365)):
        jobs.run_due(["daily"])
    text = [f.text for f in doctor.examine() if f.check == "worker"]
    assert any("“daily” is due only at" in each and "the clock was wrong" in each for each in text)
    assert jobs.run_due(["daily"]) == 1
    assert jobs.run_due(["daily"]) == 0
    assert len(ran) == 2
    assert [f for f in doctor.examine() if "is due only at" in f.text] == []


def test_no_job_comes_round_more_rarely_than_doctor_thinks() -> None:
    assert max(job.every for job in jobs.JOBS.values()) <= DAY


def _in_lanes(worker: Worker, *lanes: Lane) -> list[threading.Thread]:
    def run(lane: Lane) -> None:
        worker._lane(lane)
        connection.close()

    threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes]
    for each in threads:
        each.start()
    return threads


def _stop(worker: Worker, threads: list[threading.Thread]) -> None:
    worker.stopping.set()
    for each in threads:
        each.join(120)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_lanes_never_wait_for_one_another(job: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOBS", {})
    let_go, ran = threading.Event(), threading.Event()
    job("backup", lambda: let_go.wait(300), lane=Lane.NIGHT)
    job("release", ran.set, lane=Lane.EMBARGO)
    worker = Worker()
    threads = _in_lanes(worker, Lane.NIGHT, Lane.EMBARGO)
    try:
        assert ran.wait(120)
        assert not let_go.is_set()
    finally:
        let_go.set()
        _stop(worker, threads)


@pytest.mark.django_db(transaction=True)
def test_the_worker_waits_for_a_database_that_is_away_and_goes_on(
    job: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOBS", {})
    ran = threading.Event()
    job("release", ran.set, lane=Lane.EMBARGO)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_schedule RENAME TO core_schedule_away")
    worker = Worker()
    threads = _in_lanes(worker, Lane.EMBARGO)
    try:
        assert not ran.wait(1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_schedule_away RENAME TO core_schedule")
        assert ran.wait(120)
    finally:
        _stop(worker, threads)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at its tables by itself")
def test_each_night_sqlite_learns_how_large_its_tables_are(isla: Country) -> None:
    with connection.cursor() as cursor:
        jobs.tidy()
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'strategy_milestone'")
        assert cursor.fetchone()[0] > 0
        open_ones = Milestone.objects.filter(reached_on=None, due_on__range=(date(2026, 1, 1), date(2026, 3, 31)))
        assert "milestone_open" in open_ones.explain()
