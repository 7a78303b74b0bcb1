"""A quarter walked through, from opening the review to the signed report, with real mail; and its pages without script,
without a mouse."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from tests.core.mail_server import MailServer, listening
from tests.e2e import quarter
from tests.e2e.conftest import axe, running, sideways
from tests.e2e.quarter import Office, assert_accessible, link_in, reader_of, tab_to, words_of

pytestmark = pytest.mark.long  # minutes of a journey

REVIEW = "/workspace/reviews/2025-2028/2026-11-23/"
REPORT = "/workspace/reports/2025-2028/2026-11-23/"
PUBLIC = "/reports/2025-2028/2026-11-23/"
DONE = "Tres cursos en el hospital; terminaron 26 personas."
DONE_BETTER = "Tres cursos en el hospital; terminaron 26 personas, 288 en total."
ROOT = Path(__file__).resolve().parents[2]
QUESTIONNAIRE = ROOT / "packs" / "isla-prueba" / "frameworks" / "aci-2.toml"
PDF = next((ROOT / "packs" / "isla-prueba" / "evidence").glob("*.pdf"))


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    mail = MailServer()
    with (
        listening(mail) as port,
        running(tmp_path_factory.mktemp("quarter"), FLOREO_SMTP=f"smtp://127.0.0.1:{port}") as site,
    ):
        yield Office(site, mail, browser)


def open_the_review(page: Page) -> None:
    page.goto("/workspace/reviews/")
    page.get_by_role("link", name="Open a review by hand").click()
    page.locator("[name=ends_on]").fill("2026-11-23")
    page.get_by_role("button", name="Open and request updates").click()
    see_before_it_leaves(page)
    page.get_by_text("The review is open. All leads have been sent a request for updates.").wait_for()


def see_before_it_leaves(page: Page) -> None:
    """The third press of three: who gets it, in which words."""
    page.get_by_text("Nothing has been sent or saved yet.").wait_for()
    main = page.locator("main").inner_text()
    assert "ines.farol" in main
    assert "/answer/[•••]/" in main
    assert "- 3.1.1 Capacitar a 400 funcionarios" in page.locator("main").text_content()  # type: ignore[operator]
    assert (axe(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name=re.compile(r"Send \d+ e-mails")).click()


def answer_on_a_phone(page: Page, link: str) -> None:
    """Says work done, ticks a milestone, gives a figure, hands in a file, and sends."""
    page.goto(link)
    assert (axe(page), sideways(page)) == ([], 0)
    page.locator("[name$=-done]").fill(DONE)
    page.locator("[name$=-next]").fill("Cuatro cursos antes de Navidad.")
    page.locator("[name$=-risks]").fill("Las listas en papel tardan semanas.")
    page.locator("[name*=-reached-]").first.check()
    page.locator("[name*=-value-]").fill("288")
    page.locator("[name*=-source-]").fill("Listas de asistencia")
    page.locator("summary", has_text="3.1.1").click()
    page.locator("[name$=-file]").set_input_files(PDF)
    page.locator("button[value=send]").click()
    page.locator(".fl-why--success[role=status]").wait_for()
    assert (axe(page), sideways(page), page.locator("[name$=-done]").is_visible()) == ([], 0, False)
    assert page.context.cookies() == []


def return_it(page: Page, note: str) -> None:
    page.goto(REVIEW)
    one = page.locator("article.fl-decide", has_text="3.1.1")
    assert one.locator("dd", has_text=DONE).count() == 1
    assert "288" in one.inner_text()
    one.get_by_role("link", name="Return with a note").click()
    page.locator("[name=note]").fill(note)
    page.get_by_role("button", name="Return with this note").click()
    assert note in page.locator("main").inner_text()
    page.get_by_role("button", name="Send 1 e-mail").click()
    page.get_by_text("Returned. The sender receives the note by e-mail.").wait_for()


def correct_it(page: Page, link: str, note: str) -> None:
    """The lead finds the note and all that they wrote, and sends it again."""
    page.goto(link)
    assert page.locator(".fl-why--risk", has_text=note).count() == 1
    box = page.locator("[name$=-done]")
    assert box.input_value() == DONE
    box.fill(DONE_BETTER)
    page.locator("button[value=send]").click()
    page.locator(".fl-why--success[role=status]").wait_for()


def approve_all(page: Page, number: int) -> None:
    page.goto(REVIEW)
    approve = page.locator("article.fl-decide").get_by_role("button", name="Approve")
    assert approve.count() == number
    for _one in range(number):
        approve.first.click()
        page.get_by_text("Approved and added to the plan.").wait_for()
    page.goto("/es/strategy/2025-2028/actions/3.1.1/")
    assert page.get_by_text(DONE_BETTER).count() >= 1


def close_it(page: Page) -> None:
    page.goto(REVIEW)
    page.get_by_role("link", name="Close the review").click()
    main = page.locator("main").inner_text()
    assert "2 of 12 have given an update." in main
    assert "Closing does not publish" in main
    page.get_by_role("button", name="Close permanently").click()
    page.get_by_text("Review closed. Its report is frozen and not published yet.").wait_for()
    assert page.url.endswith(REPORT)


def show_the_minister(page: Page, office: Office) -> str:
    """A link by e-mail, seen before it leaves; the minister reads it without an account. The address that the e-mail holds."""
    page.get_by_role("link", name="Link to read it before").click()
    page.locator("[name=name]").fill("Minister Norte")
    page.locator("[name=to]").fill("minister@example.org")
    page.get_by_role("button", name="Make the link").click()
    assert "/reports/preview/[•••]/" in page.locator("main").inner_text()
    page.get_by_role("button", name="Send 1 e-mail").click()
    page.get_by_text("The link is on this page.").wait_for()
    mail = office.letter("minister@example.org", "Before publication")
    found = re.findall(r"http\S+/reports/preview/\S+", mail.get_content())
    assert len(found) == 1
    return str(found[0])


def read_as_the_minister(office: Office, link: str) -> str:
    """On a telephone, without an account: the page, the A4. The heading that was read."""
    phone = office.context(width=360).new_page()
    phone.goto(link)
    assert "Not published yet." in phone.locator("main").inner_text()
    assert (axe(phone), sideways(phone)) == ([], 0)
    heading = phone.locator("h1").inner_text()
    phone.get_by_role("link", name="The minister’s page").click()
    assert "/reports/preview/" in phone.url
    assert len(reader_of(phone, "PDF").pages) == 1
    assert phone.request.get(PUBLIC).status == 404
    phone.context.close()
    return heading


def set_an_embargo_and_publish(page: Page, office: Office, link: str, heading: str) -> None:
    """A time is set and taken back; then it is published, and the minister's link leads there."""
    page.goto(REPORT)
    page.get_by_role("link", name="Publish at a set time").click()
    page.locator("[name=day]").fill("2020-01-01")
    page.locator("[name=time]").fill("09:00")
    page.get_by_role("button", name="Set the time").click()
    page.get_by_text("This time is in the past.").first.wait_for()
    page.locator("[name=day]").fill("2035-01-01")
    page.get_by_role("button", name="Set the time").click()
    page.get_by_text("Publication is scheduled.").wait_for()
    assert page.request.get(PUBLIC).status == 404
    page.get_by_role("link", name="Cancel the scheduled publication").click()
    page.get_by_role("button", name="Cancel the publication").click()
    page.get_by_text("Cancelled. The report is not published.").wait_for()
    page.get_by_role("link", name="Publish now").click()
    assert "Anyone can then read" in page.locator("main").inner_text()
    page.get_by_role("button", name="Publish now").click()
    page.get_by_text("Published. Anyone can read the report now.").wait_for()
    reader = office.context().new_page()
    reader.goto(link)
    assert reader.url.endswith(PUBLIC)
    assert reader.locator("h1").inner_text() == heading
    reader.context.close()


def tally_of(page: Page) -> list[tuple[str, str]]:
    """How many actions have which status: the number and its word, as the page says it."""
    items = page.locator(".fl-tally").first.locator("li").all()
    return [(i.locator("b").inner_text(), i.locator(".fl-status").inner_text().strip()) for i in items]


def read_the_report(page: Page) -> None:
    """The page, and the PDF with the same numbers; the minister's page on one A4."""
    page.goto(PUBLIC)
    heading, tally = page.locator("h1").inner_text().replace("\n", " "), tally_of(page)
    assert sum(int(number) for number, _word in tally) == 24
    assert heading.startswith(re.match(r"\S+", heading)[0] + " of 24 actions are on schedule.")  # type: ignore[index]
    assert page.get_by_text(DONE_BETTER).count() >= 1
    report = reader_of(page, "PDF")
    assert_accessible(report)
    words = words_of(report)
    for text in (heading, DONE_BETTER, *(f"{number} {word}" for number, word in tally)):
        assert text in words, text
    page.get_by_role("link", name="The minister’s page").click()
    assert tally_of(page) == tally
    sheet = reader_of(page, "PDF")
    assert_accessible(sheet)
    box = sheet.pages[0].mediabox
    assert (len(sheet.pages), round(box.width), round(box.height)) == (1, 595, 842)
    assert page.locator("h1").inner_text().replace("\n", " ") in words_of(sheet)


def sign_it(page: Page) -> None:
    page.goto("/workspace/reports/2025-2028/2026-11-23/")
    page.get_by_role("link", name="Record a signature").click()
    page.locator("[name=signed_name]").fill("Delia Norte")
    page.locator("[name=signed_post]").fill("Minister of Digital Affairs")
    page.locator("[name=signed_on]").fill("2026-11-24")
    page.locator("[name=scan]").set_input_files(PDF)
    page.get_by_role("button", name="Record the signature").click()
    page.get_by_text("Signature recorded.").wait_for()
    assert re.search(
        r"Delia Norte\s+Minister of Digital Affairs, 24 Nov 2026. PDF [0-9a-f]{12}",
        page.locator("main aside").inner_text(),
    )


def test_the_quarter_walked_through(office: Office) -> None:
    workspace, watch = office.secretariat()
    open_the_review(workspace)
    asked = office.letter("ines.farol", "23")
    assert (asked.get_content_type(), asked["Auto-Submitted"], asked["Content-Language"]) == (
        "text/plain",
        "auto-generated",
        "es",
    )
    assert "- 3.1.1 Capacitar a 400 funcionarios" in asked.get_content()

    phone = office.context(width=360).new_page()
    answer_on_a_phone(phone, link_in(asked))
    phone.goto(link_in(office.letter("pablo.estrado", "23 Nov 2026")))
    phone.get_by_role("button", name="Nothing changed").click()
    phone.get_by_text("All updates are sent.").wait_for()

    return_it(workspace, "¿Cuántas son en total?")
    again = office.letter("ines.farol", "3.1.1")
    assert "¿Cuántas son en total?" in again.get_content()
    assert link_in(again) == link_in(asked)
    correct_it(phone, link_in(again), "¿Cuántas son en total?")
    approve_all(workspace, 2)
    close_it(workspace)
    link = show_the_minister(workspace, office)
    heading = read_as_the_minister(office, link)
    set_an_embargo_and_publish(workspace, office, link, heading)
    read_the_report(workspace)
    sign_it(workspace)

    phone.goto(link_in(asked).replace("/es/", "/"))
    assert "This review is closed. Nothing can be changed." in phone.locator("main").inner_text()
    assert (phone.locator("form").count(), axe(phone), sideways(phone)) == (0, [], 0)
    assert [each for each in watch.problems if "422" not in each] == []  # the embargo in the past was refused
    workspace.context.close()
    phone.context.close()


def test_the_pack_of_evidence_opens_in_a_spreadsheet_in_the_order_of_the_questionnaire(office: Office) -> None:
    workspace, _watch = office.secretariat()
    workspace.goto("/workspace/assessments/aci-2026/")
    files = {
        k: str(workspace.get_by_role("link", name=k, exact=True).first.get_attribute("href")) for k in ("XLSX", "ZIP")
    }
    book = load_workbook(io.BytesIO(workspace.request.get(files["XLSX"]).body()))
    archive = zipfile.ZipFile(io.BytesIO(workspace.request.get(files["ZIP"]).body()))
    workspace.context.close()
    codes = [str(c.value) for c in book.worksheets[0]["A"][1:]]
    asked = [item["code"] for item in tomllib.loads(QUESTIONNAIRE.read_text(encoding="utf-8"))["item"]]
    assert codes == asked
    assert archive.testzip() is None
    assert {"index.html", "index.csv", "answers.xlsx", "SHA256SUMS.txt"} <= set(archive.namelist())
    index = archive.read("index.html").decode()
    headings = re.sub(r">\s+", ">", index)
    places = [headings.index(f">{code} ") for code in asked]
    assert places == sorted(places)
    inside = load_workbook(io.BytesIO(archive.read("answers.xlsx")))
    assert [str(c.value) for c in inside.worksheets[0]["A"][1:]] == asked
    folders = {name.split("/")[0] for name in archive.namelist() if "/" in name}
    assert folders
    assert folders <= set(asked)


def test_a_lead_answers_without_script(office: Office) -> None:
    workspace, _watch = office.secretariat()
    link = office.new_link(workspace, "Celia Sello", "celia.sello")
    phone = office.context(width=360, script=False).new_page()
    phone.goto(link)
    assert phone.locator("[name$=-done]").count() == 1, phone.locator("main").inner_text()
    phone.locator("[name$=-done]").fill("Two guides are with the printer.")
    phone.locator("[name*=-reached-]").first.check()
    phone.locator("summary", has_text="Add evidence").click()
    phone.locator("[name$=-file]").set_input_files(PDF)
    phone.locator("button[value=save]:visible").last.click()
    assert "Draft saved, not sent yet." in phone.locator("main").inner_text()
    phone.locator("button[value=send]").click()
    assert "Thank you. All updates are sent." in phone.locator("main").inner_text()
    workspace.goto(quarter.RUNNING)
    assert workspace.get_by_text("Two guides are with the printer.").count() == 1
    workspace.context.close()
    phone.context.close()


def test_a_lead_answers_by_keyboard(office: Office) -> None:
    workspace, _watch = office.secretariat()
    page = office.context().new_page()
    page.goto(office.new_link(workspace, "Nora Alerta", "nora.alerta"))
    workspace.context.close()
    order = [re.sub(r"^a\d+-", "", each) for each in tab_to(page, words="Send")]
    assert order == [
        "Skip to main content",
        "Isla Prueba National Cybersecurity Strategy 2025–2028",
        "Español",
        "reported_by",
        "Last update, 12 Oct 2026",
        "done",
        "next",
        "risks",
        "expected",
        "reached-2027",
        "day-2027",
        "expected-2027",
        "reached-2028",
        "day-2028",
        "expected-2028",
        "internal_note",
        "Nothing changed",
        "Add evidence for 2.2.3",
        "Send",
    ]
    page.reload()
    tab_to(page, name="-done")
    page.keyboard.type(" Also the hospitals.")
    tab_to(page, name="-reached-2027")
    page.keyboard.press("Space")
    tab_to(page, words="Send")
    page.keyboard.press("Enter")
    page.locator(".fl-why--success[role=status]").wait_for()
    assert "Also the hospitals." in page.locator("main").inner_text()
    page.context.close()


def test_the_secretariat_decides_by_keyboard(office: Office) -> None:
    page, _watch = office.secretariat()
    page.goto(quarter.RUNNING)
    waiting = page.locator("article.fl-decide").count()
    tab_to(page, words="Approve")
    page.keyboard.press("Enter")
    page.get_by_text("Approved and added to the plan.").wait_for()
    tab_to(page, words="Return with a note")
    page.keyboard.press("Enter")
    page.wait_for_url("**/return/?shown=*")
    tab_to(page, name="note")
    page.keyboard.type("How many in all?")
    tab_to(page, words="Return with this note", most=1)
    page.keyboard.press("Space")
    page.get_by_text("Nothing has been sent or saved yet.").wait_for()
    tab_to(page, words="Send 1 e-mail")
    page.keyboard.press("Enter")
    page.get_by_text("Returned. The sender receives the note by e-mail.").wait_for()
    assert page.locator("article.fl-decide").count() == waiting - 2
    page.context.close()
