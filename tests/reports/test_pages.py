"""Reports as the public gets them: every address, every form, and nothing that is internal."""

from __future__ import annotations

import io
import json

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import html
from pypdf import PdfReader

from floreo.organisations.models import Country, Organisation, User
from floreo.portal.views.reports import BURST
from floreo.reports.actions import close_review, correct_snapshot, publish_report
from floreo.reports.models import Snapshot
from floreo.reviews.models import Review
from floreo.strategy.models import Action, BudgetLine, Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(review: Review, acts: list[Action], secretariat: User) -> Snapshot:
    fund = Organisation.objects.create(code="fund", name="Regional Fund", kind="donor")
    BudgetLine.objects.create(action=acts[1], amount=1000, spent=400, currency="PRD", fiscal_year=2026, funder=fund)
    Action.objects.filter(code="1.1.4").update(title="Secret stakeout")
    made = close_review(review, by=secretariat)
    publish_report(made, by=secretariat)
    return Snapshot.objects.select_related("edition").get(pk=made.pk)


def words(content: bytes) -> str:
    return " ".join(str(html.fromstring(content).xpath("string()")).split())


@pytest.mark.long
def test_the_list_answers_with_the_newest_report(snapshot: Snapshot, stranger: Client) -> None:
    page = stranger.get("/reports/")
    assert page.status_code == 200
    assert "<h1>Q3 2026: Two of 3 actions are on schedule. One is late.</h1>" in page.content.decode()
    assert "/reports/2025-2028/2026-q3/" in page.content.decode()


def test_without_a_report_the_list_says_what_comes_first(country: Country, stranger: Client) -> None:
    assert "Reports appear here when the secretariat publishes them." in words(stranger.get("/reports/").content)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/reports/2025-2028/2026-q3/", "Two of 3 actions are on schedule. One is late."),
        ("/reports/2025-2028/2026-q3/minister/", "Two of 3 actions are on schedule. One is late."),
        (
            "/reports/2025-2028/2026-q3/funders/fund/",
            "Regional Fund: the action it funds is not on schedule",
        ),
        ("/es/reports/2025-2028/2026-q3/", "Dos de las 3 acciones van según lo previsto. Una está atrasada."),
    ],
)
def test_each_page_has_the_answer_as_its_heading(
    snapshot: Snapshot, stranger: Client, address: str, heading: str
) -> None:
    page = stranger.get(address)
    assert (page.status_code, html.fromstring(page.content).findtext(".//h1")) == (200, heading)
    assert "Secret stakeout" not in page.content.decode()


@pytest.mark.long
@pytest.mark.parametrize("name", ["2026-q3", "2026-q3/minister", "2026-q3/funders/fund"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_is_a_pdf_and_a_word_file_too(snapshot: Snapshot, stranger: Client, name: str, language: str) -> None:
    prefix = "" if language == "en" else "/es"
    pdf = stranger.get(f"{prefix}/reports/2025-2028/{name}.pdf")
    reader = PdfReader(io.BytesIO(pdf.content))
    text = " ".join(" ".join(p.extract_text() for p in reader.pages).split())
    assert (pdf.status_code, pdf["Content-Type"], reader.root_object["/Lang"]) == (
        200,
        "application/pdf",
        language,
    )
    assert snapshot.digest[:12] in text
    assert str(snapshot.audit_number) in text
    assert "Secret stakeout" not in text
    word = stranger.get(f"{prefix}/reports/2025-2028/{name}.docx")
    assert docx.Document(io.BytesIO(word.content)).core_properties.language == language


@pytest.mark.long
def test_the_data_is_the_public_form_and_stays_the_same(snapshot: Snapshot, stranger: Client) -> None:
    first, second = (stranger.get("/reports/2025-2028/2026-q3.json").content for _ in range(2))
    data = json.loads(first)
    assert first == second
    assert (data["is_public"], [a["code"] for a in data["actions"]]) == (True, ["1.1.1", "1.1.2", "1.1.3"])
    assert b"stakeout" not in first


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "/reports/2025-2028/2026-q4/",
        "/reports/none/2026-q3/",
        "/reports/2025-2028/2026-q3.exe",
        "/reports/2025-2028/2026-q3/minister.json",
        "/reports/2025-2028/2026-q3/funders/nobody/",
        "/reports/2025-2028/closing/",
        "/reports/2025-2028/funders/nobody/",
    ],
)
def test_what_is_not_there_is_not_found(snapshot: Snapshot, stranger: Client, address: str) -> None:
    assert stranger.get(address, follow=True).status_code == 404


def test_a_funder_has_an_address_that_leads_to_the_newest(snapshot: Snapshot, stranger: Client) -> None:
    page = stranger.get("/reports/2025-2028/funders/fund/")
    assert (page.status_code, page["Location"]) == (302, "/reports/2025-2028/2026-q3/funders/fund/")


@pytest.mark.long
def test_reports_of_an_edition_that_is_not_public_are_hidden(snapshot: Snapshot, stranger: Client) -> None:
    Edition.objects.update(is_public=False)
    assert stranger.get("/reports/2025-2028/2026-q3/").status_code == 404
    assert stranger.get("/reports/2025-2028/2026-q3.pdf").status_code == 404
    assert "2026-q3" not in stranger.get("/reports/").content.decode()


@pytest.mark.long
def test_a_public_correction_comes_first_on_page_and_paper(
    snapshot: Snapshot, stranger: Client, secretariat: User
) -> None:
    address = reverse("portal:report_file", args=["2025-2028", "2026-q3", "pdf"])
    before = stranger.get(address).content
    correct_snapshot(snapshot, by=secretariat, where="Money, 2026", instead="It was 2,000.")
    correct_snapshot(snapshot, by=secretariat, where="Inner matter", instead="Hush.", is_public=False)
    content = stranger.get("/reports/2025-2028/2026-q3/").content
    page = words(content[content.index(b'class="fl-document"') :])  # after its contents, which name every heading
    assert page.index("Corrected after it was frozen") < page.index("1 Progress")
    assert "Inner matter" not in page
    after = PdfReader(io.BytesIO(stranger.get(address).content))
    assert "It was 2,000." in " ".join(p.extract_text() for p in after.pages)
    assert before != stranger.get(address).content


def test_an_edition_without_anything_says_that_nothing_is_known(
    edition: Edition, secretariat: User, stranger: Client
) -> None:
    from datetime import date

    from floreo.core.figures import Period
    from floreo.reports.actions import freeze_report

    made = freeze_report(edition, by=secretariat, period=Period(date(2025, 1, 1), date(2025, 12, 31)))
    publish_report(made, by=secretariat)
    page = words(stranger.get("/reports/2025-2028/2025/").content)
    for text in (
        "No actions are recorded for this strategy.",
        "No actions are recorded.",
        "No budget lines are recorded",
        "No indicator is defined",
        "No lead gave an update in this period.",
        "No dates are recorded for the following months.",
    ):
        assert text in page, text
    assert stranger.get("/reports/2025-2028/2025/minister.pdf").status_code == 200


@pytest.mark.long
def test_the_first_real_edition_reads_honestly(real_country: Country, stranger: Client) -> None:
    edition = Edition.objects.visible_to(None).first()
    assert edition is not None
    address = reverse("portal:closing", args=[edition.code])
    page = words(stranger.get(address).content)
    for text in (
        "No closing report by the government has been found. This report is calculated from the records in this system.",
        "No lessons learned have been recorded.",
        "Not frozen",
        "No budget lines are recorded",
    ):
        assert text in page, text
    with override("es"):
        assert stranger.get(reverse("portal:closing_file", args=[edition.code, "pdf"])).status_code == 200


@pytest.mark.long
def test_closed_periods_are_open_data(snapshot: Snapshot, stranger: Client) -> None:
    rows = json.loads(b"".join(stranger.get("/data/reports.json").streaming_content))  # type: ignore[attr-defined]
    row = (rows if isinstance(rows, list) else rows["rows"])[0]
    assert (row["key"], row["actions_late"], row["digest"]) == ("2025-2028:2026-q3", 1, snapshot.digest)
    one = stranger.get("/api/v1/reports/2025-2028:2026-q3")
    assert (one.status_code, one.json()["actions_late"]) == (200, 1)


@pytest.mark.long
def test_files_are_drawn_often_and_not_without_end(snapshot: Snapshot, stranger: Client) -> None:
    address = "/reports/2025-2028/2026-q3.json"
    assert {stranger.get(address).status_code for _time in range(BURST)} == {200}
    assert stranger.get(address).status_code == 429
    assert stranger.get("/reports/2025-2028/2026-q3/").status_code == 200
