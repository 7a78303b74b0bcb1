"""Reports in the workspace: who may, what each press does, what was typed is kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import clock
from floreo.core.tasks import Recipient
from floreo.organisations.models import Country, User
from floreo.organisations.queries import in_the_country
from floreo.reports.models import Correction, Lesson, SignOff, Snapshot, WordTemplate
from floreo.reports.queries import signed_pdf
from floreo.reports.tasks import waiting_tasks
from floreo.reports.word.filling import default_template
from floreo.reviews.models import Review
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.models import Action
from tests.factories.strategy import make_action, make_country, make_edition
from tests.pages import decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    make_country()
    with in_the_country() as found:
        assert found is not None
        yield found


@pytest.fixture
def review(country: Country, secretariat: User) -> Review:
    edition = publish_edition(make_edition(), by=secretariat)
    make_action(edition, "1.1.1", starts_on=date(2026, 1, 1), due_on=date(2026, 8, 31))
    secret = make_action(edition, "1.1.2", starts_on=date(2026, 1, 1), due_on=date(2026, 8, 31))
    Action.objects.filter(pk=secret.pk).update(is_public=False, title="Secret stakeout")
    return Review.objects.create(
        edition=edition,
        code="2026-q3",
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
        opened_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        closes_on=date(2026, 10, 31),
    )


@pytest.fixture
def browser(secretariat: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(secretariat)


@pytest.fixture
def snapshot(review: Review, browser: Client) -> Snapshot:
    decide(browser, "/workspace/reports/2025-2028/2026-q3/close/", {"reason": ""})
    return Snapshot.objects.get()


@pytest.mark.long
def test_the_list_shows_what_can_be_closed_and_closing_freezes_its_report(review: Review, browser: Client) -> None:
    page = browser.get("/workspace/reports/").content.decode()
    assert "has ended and can be closed" in page
    done = decide(browser, "/workspace/reports/2025-2028/2026-q3/close/", {"reason": ""}, follow=True)
    assert "Period closed. The report is frozen and not published yet." in done.content.decode()
    assert Snapshot.objects.get().frozen_by == "Test secretariat"
    again = decide(browser, "/workspace/reports/2025-2028/2026-q3/close/", {"reason": "x"})
    assert (again.status_code, "This review is already closed." in again.content.decode()) == (422, True)


@pytest.mark.long
def test_the_preview_shows_the_running_period_to_staff_with_what_is_internal(review: Review, browser: Client) -> None:
    staff = browser.get("/workspace/reports/2025-2028/preview/").content.decode()
    public = browser.get("/workspace/reports/2025-2028/preview/?as=public").content.decode()
    assert ("Secret stakeout" in staff, "Secret stakeout" in public) == (True, False)
    assert "Progress report, Q3 2026" in staff
    for kind in ("pdf", "docx"):
        assert browser.get(f"/workspace/reports/2025-2028/preview.{kind}?part=minister").status_code == 200
    assert browser.get("/workspace/reports/2025-2028/preview.exe").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("role", ["lead", "observer", "operator"])
def test_who_makes_no_reports_sees_no_preview_and_no_template(
    review: Review, role: str, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    client = browser_of(user_with(role))
    for address in (
        "2025-2028/preview/",
        "2025-2028/preview.pdf",
        "templates/",
        "templates/new/",
        "2025-2028/lessons/",
        "2025-2028/new/",
        "2025-2028/2026-q3/close/",
    ):
        assert client.get(f"/workspace/reports/{address}").status_code == 403, address
    assert client.post("/workspace/reports/2025-2028/2026-q3/close/", {"reason": ""}).status_code == 403
    assert not Snapshot.objects.exists()


def test_a_correction_is_shown_beside_and_what_was_typed_is_kept(snapshot: Snapshot, browser: Client) -> None:
    address = "/workspace/reports/2025-2028/2026-q3/correct/"
    refused = browser.post(address, {"where": "Money", "instead": ""})
    assert (refused.status_code, 'value="Money"' in refused.content.decode()) == (422, True)
    browser.post(address, {"where": "Money", "text": "10", "instead": "It is 12.", "is_public": "on"})
    assert list(Correction.objects.values_list("where", "text", "instead", "is_public")) == [
        ("Money", "10", "It is 12.", True)
    ]
    assert "Corrected after it was frozen" in browser.get(snapshot.workspace_url()).content.decode()


@pytest.mark.long
def test_a_signature_keeps_the_fingerprint_of_the_very_pdf(snapshot: Snapshot, browser: Client) -> None:
    import hashlib

    address = "/workspace/reports/2025-2028/2026-q3/sign/"
    facts = {"signed_name": "E. Baptiste", "signed_post": "Minister", "signed_on": "2026-11-20", "language": "en"}
    early = decide(browser, address, facts | {"signed_on": "2026-09-01"})
    assert (
        "The report&#x27;s period had not ended on that day. Enter the day on which it was signed."
        in early.content.decode()
    )
    assert decide(browser, address, facts | {"signed_on": "2027-01-01"}).status_code == 422
    decide(browser, address, facts)
    assert SignOff.objects.get().pdf_sha256 == hashlib.sha256(signed_pdf(snapshot)).hexdigest()
    decide(browser, "/workspace/reports/2025-2028/2026-q3/publish/", {})
    assert "E. Baptiste" in browser.get("/reports/2025-2028/2026-q3/").content.decode()


def test_a_template_is_uploaded_previewed_and_discarded(review: Review, browser: Client) -> None:
    bad = browser.post(
        "/workspace/reports/templates/new/", {"name": "Paper", "file": SimpleUploadedFile("a.docx", b"no")}
    )
    assert (
        bad.status_code,
        "This Word file is damaged or incomplete. Open it in Word, save it as .docx and send the new file."
        in bad.content.decode(),
    ) == (422, True)
    assert 'value="Paper"' in bad.content.decode()
    none = browser.post("/workspace/reports/templates/new/", {"name": "Paper"})
    assert "Choose a file first." in none.content.decode()
    browser.post(
        "/workspace/reports/templates/new/", {"name": "Paper", "file": SimpleUploadedFile("a.docx", default_template())}
    )
    assert WordTemplate.objects.get().code == "paper"
    filled = browser.get("/workspace/reports/2025-2028/preview.docx?template=paper")
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(filled.content)).paragraphs)
    assert "Progress report, Q3 2026" in text
    browser.post("/workspace/reports/templates/paper/retire/")
    assert "template discarded" in browser.get("/workspace/reports/templates/").content.decode()


@pytest.mark.long
def test_our_own_template_can_be_taken_and_sent_back(review: Review, browser: Client) -> None:
    own = browser.get("/workspace/reports/templates/default.docx").content
    sent = browser.post(
        "/workspace/reports/templates/new/", {"name": "Ours", "file": SimpleUploadedFile("o.docx", own)}
    )
    assert sent.status_code == 302


def test_lessons_are_noted_and_removed(review: Review, browser: Client) -> None:
    browser.post(
        "/workspace/reports/2025-2028/lessons/", {"title": "Ask for money first", "text": "", "is_public": "on"}
    )
    lesson = Lesson.objects.get()
    assert "Ask for money first" in browser.get("/workspace/reports/2025-2028/lessons/").content.decode()
    browser.post(f"/workspace/reports/2025-2028/lessons/{lesson.pk}/remove/")
    assert not Lesson.objects.exists()


def test_a_report_of_a_year_is_frozen_by_hand(review: Review, browser: Client) -> None:
    address = "/workspace/reports/2025-2028/new/"
    assert decide(browser, address, {"starts_on": "2025-12-31", "ends_on": "2025-01-01"}).status_code == 422
    running = decide(browser, address, {"starts_on": "2026-01-01", "ends_on": "2026-12-31"})
    assert ". Close the review after that." in running.content.decode()
    decide(browser, address, {"starts_on": "2025-01-01", "ends_on": "2025-12-31"})
    assert Snapshot.objects.get().code == "2025"


def test_a_signature_is_a_task_once_the_period_is_closed(review: Review, browser: Client, secretariat: User) -> None:
    def titles() -> list[str]:
        return [o.title for o in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=clock.today())]

    assert titles() == []
    decide(browser, "/workspace/reports/2025-2028/2026-q3/close/", {"reason": ""})
    assert titles() == ["Get the report of Q3 2026 signed", "Decide on publishing the report of Q3 2026"]
    facts = {"signed_name": "E. Baptiste", "signed_post": "Minister", "signed_on": "2026-11-20", "language": "en"}
    decide(browser, "/workspace/reports/2025-2028/2026-q3/sign/", facts)
    assert titles() == ["Decide on publishing the report of Q3 2026"]
    decide(browser, "/workspace/reports/2025-2028/2026-q3/publish/", {})
    assert titles() == []
