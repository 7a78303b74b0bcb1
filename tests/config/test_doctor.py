"""`floreo doctor`: one sentence for each thing that is wrong, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings

from floreo.config import doctor
from floreo.config.backup import record_backup
from floreo.config.doctor import machine
from floreo.core import clock, heads, heartbeat
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.models import AuditEntry, MailState, OutboxMail, Schedule
from floreo.core.outbox import letter
from floreo.organisations.models import Contact, Country, User
from tests.config.installation import Installation
from tests.core.mail_server import mail_server, no_mail_server
from tests.core.test_outbox import put
from tests.factories.strategy import make_organisation

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def findings(check: str, *, deep: bool = False) -> list[tuple[str, str]]:
    return [(f.state, f.text) for f in doctor.examine(deep=deep) if f.check == check]


def test_before_the_first_start_it_says_so_and_how(tmp_path: Path) -> None:
    done = Installation(tmp_path).run("doctor", "--json")
    output = json.loads(done.stdout)
    assert (done.returncode, output["sound"]) == (1, False)
    assert [(f["text"], f["do"]) for f in output["findings"] if f["state"] == "bad"] == [
        ("There is no database yet.", "Run: floreo up")
    ]
    assert not (tmp_path / "floreo.sqlite3").exists()


@pytest.mark.postgresql
@pytest.mark.django_db
def test_too_few_locks_for_a_restore_of_another_version_are_said_with_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = len(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_locks_per_transaction")
        has = int(cursor.fetchone()[0]) * 100
    monkeypatch.setattr(machine, "_LOCKS_A_TABLE", has // tables + 1)
    assert [do for f in doctor.examine() if "locks" in f.text for do in [f.do]] == [
        "Set max_locks_per_transaction = 512 in its settings and start it again."
    ]
    monkeypatch.setattr(machine, "_LOCKS_A_TABLE", has // tables - 1)
    assert [f.text for f in doctor.examine() if "locks" in f.text] == []


@pytest.mark.long
@pytest.mark.django_db
def test_every_finding_that_is_not_good_says_what_to_do() -> None:
    found = doctor.examine(deep=True)
    assert {f.check for f in found} >= {
        *doctor.MACHINE,
        "worker",
        "mail",
        "backups",
        "audit chain",
        "evidence files",
        "time",
    }
    assert [f for f in found if f.state != doctor.GOOD and not f.do] == []
    assert all(f.text.endswith((".", "…")) for f in found), found


@pytest.mark.long
@pytest.mark.django_db
def test_a_worker_that_never_ran_or_stopped_and_a_job_that_fails_are_named() -> None:
    assert findings("worker") == [("bad", "The worker has never run: nothing is sent and nothing comes round.")]
    heartbeat.beat()
    row = Schedule.objects.create(name="statuses", due_at=clock.now(), last_run_at=clock.now())
    assert findings("worker") == [("good", "The worker is at work.")]
    Schedule.objects.filter(pk=row.pk).update(last_error="KeyError", failing_since="2026-11-01T10:00:00Z")
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert findings("worker") == [
            ("bad", "The worker is not at work: it last said so 3 days ago."),
            ("bad", "The job “statuses” has failed since 2026-11-01 10:00 UTC: KeyError."),
        ]


@pytest.mark.django_db
def test_a_worker_whose_last_word_is_still_to_come_is_not_at_work() -> None:
    with time_machine.travel("2036-01-01 10:00"):
        heartbeat.beat()
    text = "The worker is not at work, and last said so at 2036-01-01 10:00 UTC, which is still to come: the clock was wrong."
    assert findings("worker") == [("bad", text)]


@pytest.mark.django_db
def test_a_job_that_does_not_end_is_named() -> None:
    heartbeat.beat()
    now = clock.now()
    since = now - timedelta(hours=7)
    Schedule.objects.create(name="backup", due_at=now, running_since=since, running_until=now + timedelta(minutes=1))
    assert findings("worker")[1] == (
        "watch",
        f"The job “backup” has been running since {since:%Y-%m-%d %H:%M} UTC.",
    )


@pytest.mark.usefixtures("isla")
def test_mail_that_cannot_leave_or_comes_back_is_named() -> None:
    put([letter(to="nobody@example.org", subject="s", text="t", kind="k")], by=SYSTEM)
    with mail_server():
        deliver_due()
        assert findings("mail") == [
            ("good", "The mail server answers."),
            ("watch", "E-mails to nobody@example.org are returned."),
        ]
    OutboxMail.objects.update(state=MailState.STUCK)
    with no_mail_server():
        silent, stuck = findings("mail")
    assert silent[0] == "bad"
    assert silent[1].startswith("The mail server cannot be reached: ")
    assert stuck == ("watch", "1 e-mail could not be sent.")
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend"):
        assert findings("mail")[0][1].startswith("No mail server is configured: e-mails are saved as files in ")


@pytest.mark.django_db
def test_contacts_whose_key_encrypts_nothing_are_counted(settings: Any) -> None:
    water = make_organisation("water")
    for number, keys in enumerate(
        ({}, {"openpgp_key": "x"}, {"smime_certificate": "x"}, {"openpgp_key": "x", "smime_certificate": "x"})
    ):
        Contact.objects.create(organisation=water, purpose=f"Desk {number}", email=f"{number}@water.example", **keys)

    def said() -> list[str]:
        return [text for _state, text in findings("mail") if "without encryption" in text]

    words = "Mail to {} with a key leaves without encryption: the team has no key of that kind."
    assert said() == [words.format("3 contacts")]
    settings.SMIME_KEY = "/nowhere"
    assert said() == [words.format("1 contact")]
    settings.PGP_KEY = "/nowhere"
    assert said() == []


@pytest.mark.long
@pytest.mark.django_db
def test_a_backup_that_was_never_made_or_is_old_is_named() -> None:
    assert findings("backups") == [("bad", "There has never been a backup.")]
    record_backup(by=SYSTEM, name="a.tar.gz", sha256="0" * 64, rows=1, head={})
    assert findings("backups") == [
        ("good", "The last backup, restored and checked, was made within the last two hours (a.tar.gz).")
    ]
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert findings("backups")[0][0] == "bad"


@pytest.mark.django_db
@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_chain_that_was_changed_is_found_near_its_end_and_with_deep_anywhere() -> None:
    for _n in range(3):
        record_backup(by=SYSTEM, name="a", sha256="", rows=1, head={})
    AuditEntry.objects.filter(number=2).update(actor_name="Somebody else")
    assert findings("audit chain")[0][1].startswith("The audit chain is broken at entry 2")
    assert findings("audit chain", deep=True)[0][1] == (
        "The audit chain is broken at entry 2: its content does not match its hash."
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_clock_that_goes_wrong_and_an_unknown_zone_are_named(isla: Country) -> None:
    AuditEntry.objects.filter(number=AuditEntry.objects.order_by("-number")[0].number).update(
        at=clock.now() + timedelta(days=2)
    )
    Country.objects.update(zone="Nowhere/Atlantis")
    zone, wrong = findings("time")
    assert zone[1].startswith("The time zone is not known here")
    assert wrong[1].startswith("The clock goes wrong")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "state", "text"),
    [
        ({"SITE_ADDRESS": "http://strategy.example.org", "SECURE": False}, "bad", "passwords can be read on the way"),
        ({"SITE_ADDRESS": "http://localhost:8000", "SECURE": False}, "watch", "only this machine can open it"),
        (
            {"SITE_ADDRESS": "https://strategy.example.org", "SECURE": True, "BEHIND_PROXY": False},
            "watch",
            "no proxy is trusted",
        ),
        (
            {"SITE_ADDRESS": "https://strategy.example.org", "SECURE": True, "BEHIND_PROXY": True},
            "good",
            "strategy.example.org",
        ),
    ],
)
def test_an_address_that_strangers_can_listen_to_is_named(facts: dict[str, object], state: str, text: str) -> None:
    with override_settings(DEBUG=False, **facts):
        (found,) = findings("address")
    assert found[0] == state
    assert text in found[1]


@pytest.mark.django_db
def test_a_check_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> doctor.Check:
        raise KeyError("inside")

    monkeypatch.setitem(doctor.RECORDS, "worker", broken)
    assert findings("worker")[0][1].startswith("This could not be looked at (KeyError")
    assert findings("backups") != []


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_the_page_is_for_administrators_and_says_the_same(
    administrator: User, observer: User, browser_of: Callable[[User], Client], stranger: Client
) -> None:
    page = browser_of(administrator).get("/workspace/health/").content.decode()
    assert "There has never been a backup." in page
    assert "problems found." in page
    assert "There has never been a backup." in browser_of(administrator).get("/es/workspace/health/").content.decode()
    assert browser_of(observer).get("/workspace/health/").status_code == 403
    assert stranger.get("/workspace/health/").status_code == 302


@pytest.mark.django_db
def test_a_head_that_was_not_signed_for_a_day_is_named(tmp_path: Path, settings: Any) -> None:
    settings.HEAD_KEY_FILE = str(tmp_path / "key.pem")
    never = "No head of the audit chain has been signed yet; the worker does it each hour."
    assert findings("signed heads")[-1] == ("good", never)
    record_backup(by=SYSTEM, name="a", sha256="", rows=1, head={})
    heads.sign_newest(heads.private_key(tmp_path / "key.pem"))
    assert findings("signed heads")[-1] == ("good", "Entry 1 of the audit chain was signed within the last two hours.")
    record_backup(by=SYSTEM, name="b", sha256="", rows=1, head={})
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert findings("signed heads")[-1][0] == "watch"


@pytest.mark.long
@pytest.mark.django_db
def test_a_key_that_the_web_server_can_read_is_named_on_a_site_with_tls(tmp_path: Path, settings: Any) -> None:
    settings.SECURE, settings.HEAD_KEY_FILE = True, str(settings.DATA / "head-key.pem")
    assert any("lies in the data folder" in text for _state, text in findings("signed heads"))
    settings.HEAD_KEY_FILE = str(tmp_path / "elsewhere.pem")
    assert not any("lies in the data folder" in text for _state, text in findings("signed heads"))


def test_a_list_of_breached_passwords_that_is_away_is_named(tmp_path: Path, settings: Any) -> None:
    settings.BREACHED_PASSWORDS = str(tmp_path / "away")
    assert findings("passwords") == [
        ("bad", "The list of breached passwords cannot be read (No such file or directory).")
    ]
    (tmp_path / "away").write_text("")
    assert findings("passwords")[0][0] == "good"
    settings.BREACHED_PASSWORDS, settings.SECURE = "", True
    assert findings("passwords")[0][0] == "watch"
