"""By the secret link of a report its reporter follows it, adds to it and withdraws it, and nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client

from floreo.core.models import AuditEntry
from floreo.incidents import spooled
from floreo.incidents.models import Report, ReportingPoint, ReportState
from floreo.incidents.presenters import plain_state
from tests.portal import reporting
from tests.portal.reporting import HAPPENED, Page, last_page, spool_root  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("spool_root")]


@pytest.fixture
def link() -> str:
    reporting.open_form()
    found = last_page(Client()).send(go="send").link
    assert "Your report has arrived" in Client().get(found).content.decode()
    spooled.take_in()
    return found


def look(link: str) -> Page:
    return Page(Client(), Client().get(link))


@pytest.mark.long
def test_text_and_files_are_added(link: str) -> None:
    given = {"do": "add", "text": "They called again.", "files": [reporting.a_file("call.txt", b"log")]}
    assert Client().post(link, given)["Location"].endswith("?done=added")
    page, report = look(link), Report.objects.get()
    assert ("They called again." in page.text, "call.txt" in page.text, HAPPENED in page.text) == (True, True, True)
    assert [(each["text"], each["files"]) for each in report.additions] == [("They called again.", "call.txt")]
    assert report.files.get().sha256


@pytest.mark.long
def test_a_reply_gives_the_report_back_to_the_team(link: str) -> None:
    Report.objects.update(state=ReportState.ASKED)
    Client().post(link, {"do": "add", "text": "Yes, it is my bank."})
    assert Report.objects.get().state == ReportState.NEW


def test_it_is_withdrawn_on_a_press_and_not_twice(link: str) -> None:
    assert Client().post(link, {"do": "withdraw"}).status_code == 302
    assert (Report.objects.get().state, look(link).text.count("You withdrew this report.")) == (
        ReportState.WITHDRAWN,
        1,
    )
    assert [Client().post(link, given).status_code for given in ({"do": "withdraw"}, {"do": "add", "text": "x"})] == [
        422,
        422,
    ]


@pytest.mark.long
@pytest.mark.parametrize("text", ["", "á" * 8001])
def test_what_cannot_be_added_is_said_at_its_field_and_stays(link: str, text: str) -> None:
    page = Page(Client(), Client().post(link, {"do": "add", "text": text}))
    assert (page.status, len(page.errors), page.tree.xpath("string(//textarea)").strip()) == (422, 1, text)


@pytest.mark.long
def test_the_link_of_another_report_or_of_none_opens_nothing(link: str) -> None:
    for other in (f"{link[:-2]}x/", "/report/follow/x/", f"{link[:-33]}{'0' * 32}/"):
        assert Client().get(other).status_code == 404
        assert Client().post(other, {"do": "withdraw"}).status_code == 404
    assert Report.objects.get().state == ReportState.NEW


@pytest.mark.long
def test_only_its_hash_is_saved_and_the_trail_holds_neither_it_nor_the_words(link: str) -> None:
    Client().post(link, {"do": "add", "text": "They called again."})
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    trail = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert [word in trail for word in (secret, HAPPENED, "They called again.", "ana@example.org")] == [False] * 4
    assert secret not in str(Report.objects.values().get())


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("state", [each for each in ReportState if each != ReportState.ACCEPTED])
def test_the_reporter_reads_the_state_in_plain_words_and_never_the_reason(link: str, state: str) -> None:
    Report.objects.update(state=state, reason="The reporter seems confused.")
    page = look(link)
    assert plain_state(Report.objects.get()) in page.text
    assert "confused" not in page.text
    assert str(ReportState(state).label) not in page.text


@pytest.mark.long
def test_an_open_form_stands_in_frames_of_listed_sites_only_and_its_other_pages_in_none(link: str) -> None:
    open_policy = Client().get("/report/").headers
    assert ("frame-ancestors 'none'" in open_policy["Content-Security-Policy"], open_policy["X-Frame-Options"]) == (
        True,
        "DENY",
    )
    ReportingPoint.objects.update(frames=["https://police.example"])
    answer = Client().post("/report/", {"step": "danger", "danger": "no"}).headers
    assert "frame-ancestors 'self' https://police.example;" in answer["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in answer
    for address in ("/", link, "/report/paper/", "/account/login/"):
        headers = Client().get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert headers["X-Frame-Options"] == "DENY", address


@pytest.mark.long
def test_the_form_installs_as_a_page_and_prints_on_paper(link: str) -> None:
    facts = Client().get("/es/report/manifest.webmanifest").json()
    assert (facts["start_url"], facts["display"], facts["short_name"]) == ("/es/report/", "standalone", "Reportar")
    paper = Page(Client(), Client().get("/report/paper/"))
    assert all(
        words in paper.text for words in ("Is anybody in danger right now?", "For the office", "☐ I do not know")
    )


@pytest.mark.long
def test_where_the_form_is_closed_nothing_is_received_and_every_word_comes_back() -> None:
    team = reporting.open_form()
    page = last_page(Client())
    team.is_open = False
    team.save()
    closed = page.send(go="send")
    assert (closed.status, closed.title, spooled.spool().waiting()) == (409, "The form is closed", [])
    assert HAPPENED in [
        each.get("value") or each.text for each in closed.tree.xpath("//main//input | //main//textarea")
    ]
    assert "This site itself receives no reports of incidents." in Client().get("/report/").content.decode()
    assert [Client().get(f"/report/{name}").status_code for name in ("", "paper/", "manifest.webmanifest")] == [
        200,
        404,
        404,
    ]
