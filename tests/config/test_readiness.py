"""What `/ready/` looks at: one sentence for each thing that the site needs, which names nothing and nobody."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from floreo.config import readiness
from floreo.config.jobs import run_due
from floreo.config.looks import Looks
from floreo.config.readiness import Check
from floreo.core import clock, delivery, heartbeat, team_keys
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.models import OutboxMail
from floreo.core.outbox import letter
from tests.core.mail_server import mail_server, no_mail_server
from tests.core.test_outbox import put

PATIENCE = 120.0  # seconds; the machine may be busy


@contextmanager
def later(**much: float) -> Iterator[None]:
    with time_machine.travel(clock.now() + timedelta(**much)):
        yield


def post(to: str = "lead@example.org") -> None:
    put([letter(to=to, subject="A review is open", text="Please answer.", kind="k")], by=SYSTEM)


# What is looked at


@pytest.mark.long
@pytest.mark.django_db
def test_a_database_answers_and_fits_or_is_older_than_the_program() -> None:
    assert readiness.database() == Check(ok=True, text="The database answers and fits the program.")
    MigrationRecorder(connection).record_unapplied(
        "feeds", MigrationRecorder.Migration.objects.filter(app="feeds")[0].name
    )
    assert readiness.database() == Check(ok=False, text="The database is older than the program.")


@pytest.mark.django_db
def test_a_worker_is_at_work_while_its_heartbeat_is_young() -> None:
    assert readiness.worker() == Check(ok=False, text="The worker is not at work.")
    heartbeat.beat()
    assert readiness.worker() == Check(ok=True, text="The worker is at work.")
    with later(seconds=90):
        assert not readiness.worker().ok


def test_a_full_disk_is_seen(settings: Any) -> None:
    assert readiness.disk() == Check(ok=True, text="There is room for the data.")
    settings.DATA = Path("/proc")  # a file system with no room at all
    assert readiness.disk() == Check(ok=False, text="Less than 300 MB are free for the data.")


@pytest.mark.django_db
def test_email_that_is_due_and_does_not_leave_is_seen_after_an_hour() -> None:
    post()
    assert readiness.mail() == Check(ok=True, text="No e-mail waits longer than it should.")
    with later(minutes=61):
        assert readiness.mail() == Check(ok=False, text="E-mail has been due for more than an hour.")
        with mail_server():
            deliver_due()
        assert readiness.mail().ok


@pytest.mark.django_db
def test_email_that_its_own_address_puts_off_is_not_late() -> None:
    post("greylisted@example.org")
    with later(minutes=59), mail_server():
        deliver_due()
    assert OutboxMail.objects.get().last_error.startswith("451")
    with later(minutes=63):
        assert readiness.mail().ok


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_seen_after_an_hour() -> None:
    post()
    with no_mail_server():
        run_due([delivery.JOB])
    assert readiness.mail().ok
    OutboxMail.objects.all().delete()
    with later(minutes=61):
        assert readiness.mail() == Check(ok=False, text="Sending e-mail has failed for more than an hour.")


@pytest.mark.usefixtures("isla")
def test_no_sentence_names_a_path_an_address_a_person_or_an_error(settings: Any) -> None:
    good = [check().text for check in readiness.CHECKS.values()]
    settings.DATA = Path("/proc")
    settings.CLAMD = "/no/such/socket"
    settings.PGP_KEY = "/no/such/key"
    team_keys.watch(by=SYSTEM)
    post("nobody@example.org")
    with later(hours=2):
        bad = [check().text for check in readiness.CHECKS.values()]
        with no_mail_server():
            run_due([delivery.JOB])
    with later(hours=4):
        bad.append(readiness.mail().text)
    assert len({*good, *bad}) == 11
    assert [text for text in (*good, *bad) if not re.fullmatch(r"[A-Z][A-Za-z0-9 -]+\.", text)] == []


@pytest.mark.django_db
def test_what_could_not_be_looked_at_is_not_there() -> None:
    found = {name: check() for name, check in readiness.CHECKS.items()} | {"worker": Check(ok=True, text="Yes.")}
    assert readiness.is_ready(found)
    assert not readiness.is_ready(found | {"disk": Check(ok=False, text="No.")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readiness, "_looks", Looks[Check]({"disk": readiness.disk}, seconds=PATIENCE))
        unseen = {name: check for name, check in readiness.look().items() if name != "disk"}
    assert list(unseen) == ["database", "worker", "mail", "signing", "virus scanner"]
    assert set(unseen.values()) == {Check(ok=False, text="This could not be looked at in time.")}


# How it is looked at


def test_a_step_that_hangs_hides_only_those_behind_it_and_has_one_thread_however_many_ask() -> None:
    let_go, runs = threading.Event(), list[int]()

    def hang() -> int:
        runs.append(1)
        let_go.wait(PATIENCE)
        return 2

    looks = Looks[int]({"quick": lambda: 1, "hanging": hang, "last": lambda: 3}, seconds=0.2)
    assert [looks.take() for _each in range(3)] == [{"quick": 1}] * 3
    assert len(runs) == 1
    let_go.set()
    looks.seconds = PATIENCE
    assert looks.take() == {"quick": 1, "hanging": 2, "last": 3}


@pytest.mark.usefixtures("db")
def test_a_step_that_fails_hides_no_other_and_is_written_down_where_nobody_foresaw_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def ask_for_nothing() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        return 0

    def divide() -> int:
        return 1 // 0

    def gone() -> int:
        raise FileNotFoundError

    steps = {"table": ask_for_nothing, "sum": divide, "file": gone, "last": lambda: 3}
    assert Looks[int](steps, seconds=PATIENCE).take() == {"last": 3}
    assert [record.getMessage() for record in caplog.records] == ["sum could not be looked at"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_table_that_somebody_holds_is_not_waited_for() -> None:
    from django.db import transaction

    heartbeat.beat()
    looks = Looks[Check](readiness.CHECKS, seconds=PATIENCE)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_outboxmail IN ACCESS EXCLUSIVE MODE")
        assert {name: check.ok for name, check in looks.take().items()} == {
            "signing": True,
            "disk": True,
            "database": True,
            "virus scanner": True,
            "worker": True,
        }
    assert looks.take()["mail"].ok
