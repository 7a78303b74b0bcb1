"""The inbox: what waits, the first decision beside it, many at once, and a call that is typed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.errors import Missing
from floreo.incidents import moments
from floreo.incidents.actions import triage
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Case, Report
from floreo.organisations.models import User
from tests.incidents.reports import taken_in

pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture
def browser(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    Report.objects.exclude(case=None).update(duplicate_of=None)
    Report.objects.filter(state__in=("new", "asked")).delete()
    return browser_of(user_with("responder", email="one@csirt.example"))


def test_the_oldest_stands_first_beside_the_list_and_keys_lead_on(browser: Client) -> None:
    new, old = (
        taken_in(1, subject="Newer"),
        taken_in(2, subject="Older", received_at=moments.now() - timedelta(hours=5)),
    )
    page = browser.get("/workspace/incidents/")
    assert (page.context["report"], page.context["after"], page.context["before"]) == (old, new.reference, "")
    assert [row.subject for row, _age in page.context["rows"]] == ["Older", "Newer"]
    assert "2 reports wait for a first decision. The oldest has waited for 5 h 0 min." in page.content.decode()
    keys = re.findall(r'href="\?state=new&amp;at=([^"]+)"\s+data-key="([jk])"', page.content.decode())
    assert keys == [(new.reference, "j")]


def test_a_case_is_opened_beside_the_list(browser: Client) -> None:
    report = taken_in()
    facts = {
        "title": "Ransomware at the hospital",
        "rsit": "malicious-code/infected-system",
        "severity": "high",
        "tlp": "RED",
    }
    answer = browser.post(f"/workspace/incidents/reports/{report.reference}/accept/", facts)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Case.objects.get(reports=report)
    assert (answer.status_code, answer["Location"]) == (302, f"/workspace/incidents/cases/{case.reference}/")
    assert (case.title, case.tlp, case.severity) == ("Ransomware at the hospital", "RED", "high")


def test_what_the_reporter_wrote_is_never_markup(browser: Client) -> None:
    report = taken_in(subject="<b>x</b>", text="<script>alert(1)</script>", reporter_name="<img src=x>")
    page = browser.get(f"/workspace/incidents/reports/{report.reference}/").content.decode()
    assert [bad for bad in ("<b>x</b>", "<script>alert", "<img src=x>") if bad in page] == []


@pytest.mark.long
def test_addresses_of_a_report_are_no_links_and_are_written_so_that_nobody_opens_them(browser: Client) -> None:
    report = taken_in(observables=(("url", "http://bad.example/a"),))
    page = browser.get(f"/workspace/incidents/reports/{report.reference}/").content.decode()
    assert "hxxp://bad[.]example/a" in page
    assert "http://bad.example" not in page


def test_a_report_like_another_is_named_with_the_reason(browser: Client) -> None:
    first, second = taken_in(1, subject="One"), taken_in(2, subject="Two")
    page = browser.get(f"/workspace/incidents/reports/{second.reference}/")
    assert [(one.name, one.why) for one in page.context["alike"]] == [(first.reference, "the same reporter")]


def test_ticked_reports_are_rejected_and_taken_back(browser: Client) -> None:
    ticked = [taken_in(n).reference for n in (1, 2)]
    browser.post("/workspace/incidents/reports/bulk/", {"report": ticked, "reason": "Advertisements"})
    assert set(Report.objects.filter(reference__in=ticked).values_list("state", flat=True)) == {"rejected"}
    browser.post("/workspace/incidents/reports/bulk/", {"report": ticked, "do": "reopen"})
    assert set(Report.objects.filter(reference__in=ticked).values_list("state", flat=True)) == {"new"}


@pytest.mark.long
def test_many_at_once_are_all_or_none(browser: Client) -> None:
    bulk, ticked = "/workspace/incidents/reports/bulk/", [taken_in(n).reference for n in (1, 2)]
    for sent in (
        {"report": [*ticked, "REP-2026-NOBODY"], "reason": "Advertisements"},
        {"report": ticked, "do": "joiin", "reason": "Advertisements"},
    ):
        assert "Nothing was changed" in browser.post(bulk, sent, follow=True).content.decode()
    assert set(Report.objects.filter(reference__in=ticked).values_list("state", flat=True)) == {"new"}


def test_ticked_reports_are_taken_into_one_case_and_out_of_it_again(browser: Client) -> None:
    bulk, ticked = "/workspace/incidents/reports/bulk/", [taken_in(n).reference for n in (1, 2)]
    page = browser.post(bulk, {"report": ticked, "do": "join"}, follow=True).content.decode()
    case = Case.objects.get(reports__reference=ticked[0])
    assert f"2 reports are in {case.reference} now." in page
    third = taken_in(3).reference
    page = browser.post(bulk, {"report": [third], "do": "join", "case": "INC-1900-0001"}, follow=True).content.decode()
    assert ("There is no case with this reference." in page, case.reports.count()) == (True, 2)
    browser.post(bulk, {"report": [third], "do": "join", "case": case.reference.lower()})
    assert case.reports.count() == 3
    assert 'value="reopen"' in browser.get("/workspace/incidents/?state=accepted").content.decode()
    browser.post(bulk, {"report": [third], "do": "reopen"})
    assert (case.reports.count(), Report.objects.get(reference=third).state) == (2, "new")


def test_a_call_is_typed_in_with_its_own_time_and_once(browser: Client) -> None:
    facts = {
        "channel": "phone",
        "subject": "Caller lost money to a false bank",
        "kind": "money",
        "received_at": "2026-01-05T08:30",
        "once": "k" * 20,
    }
    for _again in range(2):
        answer = browser.post("/workspace/incidents/reports/new/", facts)
        assert answer.status_code == 302
    report = Report.objects.get(subject="Caller lost money to a false bank")
    assert (report.channel, clock.calendar_day(report.received_at).isoformat()) == ("phone", "2026-01-05")


def test_a_time_to_come_is_refused_and_nothing_typed_is_lost(browser: Client) -> None:
    tomorrow = f"{clock.machine() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    facts = {"channel": "phone", "subject": "A call", "kind": "other", "received_at": tomorrow}
    answer = browser.post("/workspace/incidents/reports/new/", facts)
    assert (answer.status_code, "still to come" in answer.content.decode()) == (422, True)
    assert 'value="A call"' in answer.content.decode()


def test_a_file_leaves_as_a_download_only(browser: Client) -> None:
    report = taken_in(files=(IncomingFile("page.html", b"<html><script>alert(1)</script></html>"),))
    answer = browser.get(f"/workspace/incidents/reports/{report.reference}/files/{report.files.get().pk}/")
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")


@pytest.mark.long
def test_the_inbox_asks_as_often_for_three_reports_as_for_one(browser: Client) -> None:
    counts = []
    for number in (1, 2, 3):
        taken_in(number, subject=f"Report {number}", reporter_mail="")
        browser.get("/workspace/incidents/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/workspace/incidents/")
        counts.append(len(asked))
    assert counts == [10, 10, 10]


def test_a_red_case_is_neither_named_on_its_report_nor_found_by_its_reference(
    browser: Client, user_with: Callable[..., User]
) -> None:
    other = user_with("responder", email="two@csirt.example")
    first, second = taken_in(1), taken_in(2, reporter_mail="")
    case = triage.accept(first, by=other, title="Minister's telephone", tlp="RED")
    assert browser.get(f"/workspace/incidents/reports/{first.reference}/").status_code == 404
    place = f"/workspace/incidents/reports/{second.reference}/do/join/"
    answers = [browser.post(place, {"case": named}) for named in (case.reference, "INC-1999-0001")]
    assert [a.status_code for a in answers] == [422, 422]
    assert all("There is no case with this reference." in a.content.decode() for a in answers)
    with pytest.raises(Missing):
        triage.join(second, by=User.objects.get(email="one@csirt.example"), case=case)


def test_a_report_of_a_red_case_is_at_no_exit_of_who_is_not_named(
    browser: Client, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    ana, other = user_with("responder", email="ana@csirt.example"), taken_in(2, subject="Other")
    report = taken_in(1, subject="Redword at the port", text="Redword in the text", tlp="RED")
    triage.accept(report, by=ana)
    here = f"/workspace/incidents/reports/{report.reference}/"
    assert browser_of(ana).get(here).status_code == 200
    assert browser.get(here).status_code == 404
    for address in (
        "/workspace/incidents/?state=accepted",
        f"/workspace/incidents/?state=accepted&at={report.reference}",
        f"/workspace/incidents/reports/{other.reference}/",  # of the same reporter: it would be named as alike
        "/workspace/search/?q=redword",
        "/search/?q=redword",
    ):
        page = browser.get(address, follow=True).content.decode()
        assert "Redword" not in page.replace("redword", ""), address
        assert f"{report.reference}</span>" not in page, address
        assert f"/{report.reference}/" not in page, address
    answer = browser.post(f"/workspace/incidents/reports/{other.reference}/do/duplicate/", {"of": report.reference})
    assert (answer.status_code, "There is no report with this reference." in answer.content.decode()) == (422, True)
    browser.post("/workspace/incidents/reports/bulk/", {"report": [report.reference], "do": "reopen"})
    report.refresh_from_db()
    assert report.state == "accepted"
