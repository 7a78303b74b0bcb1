"""`/metrics`: figures that Prometheus can read, from the records alone, and of nobody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.config import jobs, metrics
from floreo.config.backup import floreo_version, record_backup
from floreo.config.metrics import Family, Sample, as_text
from floreo.core import audit, heartbeat
from floreo.core.access import SYSTEM
from floreo.core.models import MailState, OutboxMail, Schedule
from floreo.core.outbox import letter
from floreo.feeds.models import FeedFile, Finding, HeldFile
from floreo.organisations.models import Country, Organisation, Person, User
from tests.core.test_outbox import put

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
FAMILIES = [
    "floreo_build_info",
    "floreo_data_free_bytes",
    "floreo_data_used_bytes",
    "floreo_database_bytes",
    "floreo_audit_head_number",
    "floreo_audit_head_timestamp_seconds",
    "floreo_backup_age_seconds",
    "floreo_outbox_emails",
    "floreo_outbox_oldest_waiting_seconds",
    "floreo_job_seconds_since_success",
    "floreo_job_failing_since_timestamp_seconds",
    "floreo_job_running",
    "floreo_worker_heartbeat_age_seconds",
    "floreo_sessions_open",
    "floreo_feed_files",
    "floreo_findings",
]
# The format's own grammar: https://prometheus.io/docs/instrumenting/exposition_formats/
LABELS = r'\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"\}'
LINE = re.compile(rf"# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ gauge|[a-z_]+(?:{LABELS})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?")


def families() -> list[Family]:
    return [family for step in metrics.STEPS.values() for family in step()]


def values() -> dict[str, float]:
    """Each number, by its family and label."""
    return {
        f"{family.name} {' '.join(text for _name, text in sample.labels)}".strip(): sample.value
        for family in families()
        for sample in family.samples
    }


@pytest.mark.django_db
def test_every_family_is_there_before_anything_happened() -> None:
    found = families()
    assert [family.name for family in found] == FAMILIES
    assert {family.name for family in found if not family.samples} == {
        "floreo_audit_head_timestamp_seconds",
        "floreo_backup_age_seconds",
        "floreo_job_seconds_since_success",
        "floreo_job_failing_since_timestamp_seconds",
        "floreo_job_running",
        "floreo_worker_heartbeat_age_seconds",
    }
    assert all(family.help.endswith(".") for family in found)


@pytest.mark.django_db
def test_they_say_what_the_records_say() -> None:
    with time_machine.travel(NOW - timedelta(hours=3), tick=False):
        record_backup(by=SYSTEM, name="a.tar.gz", sha256="0" * 64, rows=1, head={})
    with time_machine.travel(NOW - timedelta(minutes=5), tick=False):
        for state in (MailState.SENT, MailState.SENT, MailState.STUCK, MailState.WAITING):
            put([letter(to="lead@example.org", subject="s", text="t", kind="k")], by=SYSTEM)
            OutboxMail.objects.filter(pk=OutboxMail.objects.latest("pk").pk).update(state=state)
    with time_machine.travel(NOW - timedelta(seconds=7), tick=False):
        heartbeat.beat()
    minute = timedelta(minutes=1)
    Schedule.objects.create(name="tidy", due_at=NOW, last_run_at=NOW - minute)
    failing = {"last_run_at": NOW - minute, "last_error": "KeyError", "failing_since": NOW - 9 * minute}
    Schedule.objects.create(name="mail", due_at=NOW, **failing)
    running = {"running_since": NOW - minute, "running_until": NOW + minute}
    Schedule.objects.create(name="backup", due_at=NOW, **running)
    Schedule.objects.create(name="sample", due_at=NOW, running_since=NOW - minute, running_until=NOW - minute)
    Schedule.objects.create(name="a job of an older version", due_at=NOW, last_run_at=NOW)
    for key, ends in (("a", minute), ("b", minute), ("c", -minute)):
        Session.objects.create(session_key=key, session_data="x", expire_date=NOW + ends)
    with time_machine.travel(NOW, tick=False):
        found = values()
    assert {name: value for name, value in found.items() if not name.endswith("_bytes")} == {
        f"floreo_build_info {floreo_version()}": 1,
        "floreo_audit_head_number": audit.head().number,
        "floreo_audit_head_timestamp_seconds": (NOW - 5 * minute).timestamp(),
        "floreo_backup_age_seconds": 3 * 3600,
        "floreo_outbox_emails waiting": 1,
        "floreo_outbox_emails sent": 2,
        "floreo_outbox_emails stuck": 1,
        "floreo_outbox_emails dropped": 0,
        "floreo_outbox_emails bounced": 0,
        "floreo_outbox_emails held": 0,
        "floreo_outbox_oldest_waiting_seconds": 300,
        "floreo_job_seconds_since_success mail": 540,
        "floreo_job_seconds_since_success tidy": 60,
        "floreo_job_failing_since_timestamp_seconds backup": 0,
        "floreo_job_failing_since_timestamp_seconds mail": (NOW - 9 * minute).timestamp(),
        "floreo_job_failing_since_timestamp_seconds sample": 0,
        "floreo_job_failing_since_timestamp_seconds tidy": 0,
        "floreo_job_running backup": 1,
        "floreo_job_running mail": 0,
        "floreo_job_running sample": 0,
        "floreo_job_running tidy": 0,
        "floreo_worker_heartbeat_age_seconds": 7,
        "floreo_sessions_open": 2,
        "floreo_feed_files waiting": 0,
        "floreo_feed_files held": 0,
        "floreo_findings new": 0,
        "floreo_findings persisting": 0,
        "floreo_findings fixed": 0,
        "floreo_findings reopened": 0,
        "floreo_findings not_seen": 0,
        "floreo_findings false_alarm": 0,
        "floreo_findings accepted": 0,
        "floreo_findings outside": 0,
        "floreo_findings withdrawn": 0,
        "floreo_findings dropped": 0,
    }
    assert found["floreo_database_bytes"] > 100_000
    assert found["floreo_data_free_bytes"] > 0
    assert found["floreo_data_used_bytes"] > 0


@pytest.mark.usefixtures("isla_feeds")
def test_findings_and_files_are_counted() -> None:
    file, feed = FeedFile.objects.all()[0], FeedFile.objects.all()[0].feed
    FeedFile.objects.filter(pk=file.pk).update(state="waiting")
    facts = {"size": 1, "sender": "a@example.org", "reason": "unsigned", "received_at": NOW}
    for name, state in (("a", "held"), ("b", "held"), ("c", "released")):
        HeldFile.objects.create(feed=feed, sha256="0" * 64, name=name, state=state, **facts)
    found = values()
    assert {name: value for name, value in found.items() if name.startswith("floreo_feed_files")} == {
        "floreo_feed_files waiting": 1,
        "floreo_feed_files held": 2,
    }
    by_state = {f"floreo_findings {state}": Finding.objects.filter(state=state).count() for state in ("new", "fixed")}
    assert by_state.items() <= found.items()
    assert sum(by_state.values()) > 0


@pytest.mark.long
@pytest.mark.usefixtures("isla_feeds")
def test_no_label_names_a_person_an_organisation_or_an_address(secretariat: User) -> None:
    put([letter(to=secretariat.email, subject="s", text="t", kind="k")], by=SYSTEM)
    for name in jobs.JOBS:
        Schedule.objects.get_or_create(name=name, defaults={"due_at": NOW, "last_run_at": NOW})
    labels = {label for family in families() for sample in family.samples for label in sample.labels}
    states = {"waiting", "sent", "stuck", "dropped", "bounced", "held", "new", "persisting", "fixed", "reopened"}
    states |= {"not_seen", "false_alarm", "accepted", "outside", "withdrawn"}
    assert labels == {
        ("version", floreo_version()),
        *(("state", state) for state in states),
        *(("name", name) for name in jobs.JOBS),
    }
    text = as_text(families())
    words = {*Organisation.objects.values_list("name", flat=True), *Person.objects.values_list("name", flat=True)}
    assert [word for word in (*words, secretariat.email, str(settings.DATA), "@", "/") if word in text] == []


@pytest.mark.django_db
def test_it_asks_the_database_few_questions(isla: Country) -> None:
    families()
    with CaptureQueriesContext(connection) as asked:
        families()
    own = [query for query in asked if "statement_timeout" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert len(own) == {"sqlite": 9, "postgresql": 10}[connection.vendor]


def test_what_cannot_be_read_is_missing_and_the_first_figure_says_so() -> None:
    """None of our tests reaches a database that it did not ask for."""
    found = metrics.look()
    assert [family.name for family in found] == ["floreo_up", *FAMILIES[: 4 if connection.vendor == "sqlite" else 3]]
    assert found[0].samples == (Sample(0),)


# How it is written


def test_a_family_is_written_with_its_help_its_type_and_what_would_break_the_line_escaped() -> None:
    odd = Sample(1.5, (("name", 'a "b"\\c\nd'), ("state", "é")))
    assert as_text([Family("a_b", "Back\\slash\nand “line”.", (odd, Sample(2**63), Sample(-1e-7)))]) == (
        "# HELP a_b Back\\\\slash\\nand “line”.\n"
        "# TYPE a_b gauge\n"
        'a_b{name="a \\"b\\"\\\\c\\nd",state="é"} 1.5\n'
        "a_b 9223372036854775808\n"
        "a_b -1e-07\n"
    )
    assert as_text([Family("a", "None.", ())]) == "# HELP a None.\n# TYPE a gauge\n"


@pytest.mark.long
@pytest.mark.usefixtures("isla_feeds")
def test_every_line_is_of_the_format_and_no_number_is_given_twice() -> None:
    heartbeat.beat()
    for name in jobs.JOBS:
        Schedule.objects.get_or_create(name=name, defaults={"due_at": NOW, "last_run_at": NOW})
    text = as_text(families())
    lines = text.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    keys = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert len(keys) == len(set(keys)) > 25
    assert text.endswith("\n")


@pytest.mark.usefixtures("isla_feeds")
def test_prometheus_own_parser_reads_the_same() -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    heartbeat.beat()
    with time_machine.travel(NOW, tick=False):
        ours = families()
        read = list(parser.text_string_to_metric_families(as_text(ours)))
    assert [(family.name, family.documentation, family.type) for family in read] == [
        (family.name, family.help, "gauge") for family in ours
    ]
    assert [[(s.name, s.labels, s.value) for s in family.samples] for family in read] == [
        [(family.name, dict(sample.labels), sample.value) for sample in family.samples] for family in ours
    ]


def test_the_guide_names_every_family() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "run-on-a-server.md").read_text()
    assert set(re.findall(r"`(floreo_[a-z_]+)`", guide)) == {"floreo_up", *FAMILIES}
