"""A key of the team that cannot sign: what is signed with it waits, and whoever can correct that, and the team, learn of it at once and once, by
mail that does not wait for the same key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysequoia
import pytest
import time_machine
from django.test import Client, override_settings

from floreo.config import readiness
from floreo.config.jobs import JOBS, run_due
from floreo.config.readiness import Check
from floreo.core import clock, delivery, team_keys
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed
from floreo.core.models import AuditEntry, MailState, OutboxMail, Schedule
from floreo.core.tasks import Recipient
from floreo.feeds.actions.duty import alert_key_fails, alert_of_key
from floreo.feeds.actions.notices import write_to
from floreo.feeds.models import NoticeRule
from floreo.organisations.models import Contact, ContactRole, User
from floreo.organisations.tasks import waiting_tasks
from floreo.tasks import notifications
from floreo.tasks.notifications import send_notifications
from tests.core.mail_server import mail_server
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, make_bank, make_finding

pytestmark = pytest.mark.django_db
UserWith = Callable[..., User]
WAITS, CORRECT = (
    "E-mail of the team waits: its key cannot sign",
    "Correct the key with which e-mail of the team is signed",
)


@pytest.fixture
def key_file(tmp_path: Path) -> Iterator[Path]:
    """The team has a key, a duty contact, and a notice to send. Before the morning, when nothing daily leaves."""
    place = tmp_path / "key.asc"
    place.write_text(sound_key())
    at = time_machine.travel(datetime(2026, 11, 24, 3, tzinfo=UTC), tick=False)
    with override_settings(PGP_KEY=str(place)), clock.pinned_day(day=TODAY), at:
        make.make_country()
        csirt = make.make_organisation("csirt", "National CSIRT", kind="csirt")
        facts = {"purpose": "Duty", "role": ContactRole.DUTY, "email": "duty@csirt.example.org", "language": "en"}
        Contact.objects.create(organisation=csirt, **facts)
        NoticeRule.objects.create(every="day")
        yield place


def sound_key() -> str:
    return str(pysequoia.Tsk.generate("CSIRT <csirt@floreo.example>"))


def delivered() -> list[tuple[str, str]]:
    """To whom what left."""
    with mail_server() as server:
        delivery.deliver_due()
    return sorted((str(mail["To"]), str(mail["Subject"])) for mail in server.got)


def notified() -> int:
    notifications._looked_at = ("", None, False)
    return send_notifications(by=SYSTEM)


def verbs() -> list[str]:
    rows = AuditEntry.objects.filter(verb__startswith="signing.").order_by("number")
    return list(rows.values_list("verb", flat=True))


def test_that_a_key_cannot_sign_is_noted_once_and_that_it_can_again(key_file: Path) -> None:
    assert [team_keys.watch(by=SYSTEM), team_keys.stopped()] == [False, None]
    key_file.write_text("nothing")
    assert [team_keys.watch(by=SYSTEM) for _look in range(3)] == [True, False, False]
    entry = team_keys.stopped()
    assert entry is not None
    assert entry.detail["why"] == "no_team_key"  # no path, which the sentence has
    key_file.write_text(sound_key())
    assert [team_keys.watch(by=SYSTEM) for _look in range(2)] == [True, False]
    key_file.unlink()
    assert team_keys.watch(by=SYSTEM)
    assert verbs() == ["signing.stopped", "signing.resumed", "signing.stopped"]


def test_a_certificate_that_cannot_sign_is_noted_too_and_no_key_is_no_fault(key_file: Path, tmp_path: Path) -> None:
    with override_settings(SMIME_KEY=str(tmp_path / "none.pem")):
        assert team_keys.watch(by=SYSTEM)
        entry = team_keys.stopped()
        assert entry is not None
        assert entry.detail["why"] == "no_team_certificate"
    with override_settings(PGP_KEY="", SMIME_KEY=""):
        assert team_keys.watch(by=SYSTEM)
        assert team_keys.stopped() is None
    assert verbs() == ["signing.stopped", "signing.resumed"]


def test_the_worker_looks_every_minute() -> None:
    assert JOBS["signing keys"].every.total_seconds() == 60
    with override_settings(PGP_KEY="/none"):
        run_due(["signing keys"])
    assert team_keys.stopped() is not None  # also for a web server whose settings name no key
    assert Schedule.objects.get(name="signing keys").last_error == ""


def test_readiness_says_at_once_that_mail_waits_for_a_key(key_file: Path) -> None:
    assert readiness.CHECKS["signing"]() == Check(ok=True, text="No e-mail waits for a key of the team.")
    key_file.write_text("nothing")
    team_keys.watch(by=SYSTEM)
    assert readiness.CHECKS["signing"]() == Check(ok=False, text="E-mail waits for a key of the team that cannot sign.")
    assert readiness.mail().ok  # it is tried again and again, so it never looks late


@pytest.mark.long
def test_a_notice_waits_and_who_can_mend_it_and_the_team_are_told_at_once_and_once(
    key_file: Path, user_with: UserWith
) -> None:
    administrator, responder = user_with("administrator"), user_with("responder")
    user_with("secretariat")
    notified()  # what was there before is no news
    key_file.write_text("nothing")
    bank = make_bank()
    make_finding(bank)
    write_to(bank, by=SYSTEM, today=TODAY)
    team_keys.watch(by=SYSTEM)
    assert (alert_of_key(by=SYSTEM), alert_of_key(by=SYSTEM)) == (1, 0)
    assert send_notifications(by=SYSTEM) == 3  # the act is enough to look
    left = delivered()
    assert ("duty@csirt.example.org", "On duty: e-mail of the team waits") in left
    assert (responder.email, WAITS) in left
    assert [to for to, _subject in left].count(administrator.email) == 1
    assert "abuse@bank.example.org" not in [to for to, _subject in left]
    notice = OutboxMail.objects.get(kind="feeds.notice")
    assert (notice.state, notice.is_signed) == (MailState.WAITING, False)
    assert (notified(), alert_of_key(by=SYSTEM), delivered()) == (0, 0, [])
    of_administrator = OutboxMail.objects.get(to=administrator.email)
    assert CORRECT in of_administrator.text + of_administrator.subject
    assert "/workspace/health/" in of_administrator.text
    told = OutboxMail.objects.get(to="duty@csirt.example.org")
    assert "Since 24 November 2026 the key with which e-mail of the team is signed cannot be used." in told.text
    assert "Banco del Faro" not in told.text
    assert AuditEntry.objects.get(verb="duty.alerted_of_key").detail["mails"] == 1


def test_what_waited_is_tried_at_once_when_the_key_signs_again(key_file: Path) -> None:
    key_file.write_text("nothing")
    team_keys.watch(by=SYSTEM)
    bank = make_bank()
    make_finding(bank)
    write_to(bank, by=SYSTEM, today=TODAY)
    assert delivered() == []
    OutboxMail.objects.update(next_try_at=clock.now() + timedelta(hours=8))  # after many tries
    key_file.write_text(sound_key())
    assert delivered() == []
    team_keys.watch(by=SYSTEM)
    assert [to for to, _subject in delivered()] == ["abuse@bank.example.org"]
    assert OutboxMail.objects.get().is_signed
    assert AuditEntry.objects.get(verb="signing.resumed").detail["mails"] == 1


def test_once_the_key_signs_again_all_leaves_and_the_next_fault_is_told_anew(
    key_file: Path, user_with: UserWith
) -> None:
    user_with("responder")
    notified()
    for turn in (1, 2):
        key_file.write_text("nothing")
        team_keys.watch(by=SYSTEM)
        assert (alert_of_key(by=SYSTEM), notified()) == (1, 1), turn
        key_file.write_text(sound_key())
        team_keys.watch(by=SYSTEM)
        assert (alert_of_key(by=SYSTEM), notified()) == (0, 0), turn
    assert list(waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=TODAY)) == []


@pytest.mark.long
def test_each_sees_the_task_of_their_own_and_its_page_opens(
    key_file: Path, user_with: UserWith, browser_of: Callable[[User], Client]
) -> None:
    responder, administrator, analyst = user_with("responder"), user_with("administrator"), user_with("analyst")
    key_file.write_text("nothing")
    team_keys.watch(by=SYSTEM)
    page = browser_of(responder).get("/workspace/").content.decode()
    assert (WAITS in page, CORRECT in page) == (True, False)
    assert CORRECT in browser_of(administrator).get("/workspace/").content.decode()
    others = browser_of(analyst).get("/workspace/").content.decode()
    assert (WAITS in others, CORRECT in others) == (False, False)
    assert browser_of(responder).get("/workspace/mail/").status_code == 200
    assert browser_of(administrator).get("/workspace/health/").status_code == 200


def test_without_a_duty_contact_it_is_mailed_once_there_is_one(key_file: Path) -> None:
    Contact.objects.filter(role=ContactRole.DUTY).update(email="")
    key_file.write_text("nothing")
    team_keys.watch(by=SYSTEM)
    assert alert_of_key(by=SYSTEM) == 0
    Contact.objects.filter(role=ContactRole.DUTY).update(email="duty@csirt.example.org", language="es")
    assert alert_of_key(by=SYSTEM) == 1
    assert OutboxMail.objects.get().subject == "Turno: el correo del equipo espera"


def test_only_who_may_notes_it_and_alerts(key_file: Path, user_with: UserWith) -> None:
    observer = user_with("observer")
    for press in (
        lambda: team_keys.stop_signing(by=observer, why="x"),
        lambda: team_keys.resume_signing(by=observer),
        lambda: alert_key_fails(AuditEntry(), by=observer),
    ):
        with pytest.raises(NotAllowed):
            press()
