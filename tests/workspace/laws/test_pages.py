"""Laws at the workspace: who opens what, a bill from its file to publication in a browser, two drafters, ratings and reviews."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.legislation.actions import instruments, versions
from floreo.legislation.models import Commencement, Instrument, LawVersion, Stage, TreatyStatus, TreatyVerdict
from floreo.organisations.models import User
from tests.conftest import make_user
from tests.factories.strategy import make_country
from tests.legislation.laws import ACT_LINES, BILL_LINES, make_law, make_treaty, make_version
from tests.legislation.making import ACT, FILES
from tests.pages import decide

Browser = Callable[[User], Client]
LAW = "/workspace/laws/boats-act/"
VERSION = f"{LAW}versions/v1/"
BILL = "/workspace/laws/boats-bill/"


@pytest.fixture(autouse=True)
def desk(db: None) -> Iterator[None]:
    """A hidden Act with a text, a bill that amends it, and a treaty."""
    make_country()
    with clock.pinned_day(day=date(2026, 11, 24)):
        act = make_law()
        make_version(act)
        make_version(make_law("boats-bill", kind="bill", amends=act), "v1", *BILL_LINES, dated=date(2026, 1, 1))
        instruments.add_stage(act, by=SYSTEM, code="first", title="First reading", state="next")
        instruments.add_citation(act, by=SYSTEM, words="No. 9 of 2014")
        instruments.add_commencement(act, by=SYSTEM, sections="1, 2")
        make_treaty()
        yield


@pytest.fixture
def drafter() -> User:
    return make_user("drafter")


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def status(browser: Client, address: str, facts: dict[str, Any] | None = None) -> int:
    response = browser.get(address) if facts is None else browser.post(address, facts)
    return int(response.status_code)


# --- Who opens what ---------------------------------------------------------------------------------------------------

READ = (
    "/workspace/laws/",
    "/workspace/treaties/",
    LAW,
    f"{LAW}treaties/",
    f"{LAW}treaties/budapest/",
    f"{LAW}treaties/budapest/export.docx",
    f"{LAW}treaties/budapest/export.pdf",
    VERSION,
    f"{VERSION}text.xml",
    f"{VERSION}text.docx",
    f"{BILL}versions/v1/",
)
EDIT = (
    "/workspace/new-law/",
    "/workspace/treaties/budapest/",
    f"{LAW}do/edit/",
    f"{LAW}do/new-stage/",
    f"{LAW}do/cite/",
    f"{LAW}do/commence/",
    f"{LAW}import/",
    f"{LAW}stages/first/",
    f"{LAW}stages/first/remove/",
    f"{LAW}treaties/budapest/1/",
    f"{VERSION}do/copy/",
    f"{BILL}versions/v1/do/apply/",
    f"{VERSION}clauses/new/",
    f"{VERSION}clauses/3/",
    f"{VERSION}clauses/3/remove/",
)
PUBLISH = (f"{LAW}do/publish/", f"{VERSION}do/publish/")


@pytest.mark.long
@pytest.mark.parametrize(
    ("role", "reads", "edits", "publishes"),
    [
        ("drafter", True, True, False),
        ("auditor", True, False, False),
        ("secretariat", True, True, True),
        ("observer", False, False, False),
        ("lead", False, False, False),
        ("operator", False, False, False),
    ],
)
def test_each_role_opens_what_it_may(browser_of: Browser, role: str, reads: bool, edits: bool, publishes: bool) -> None:
    browser = browser_of(make_user(role))
    for addresses, may in ((READ, reads), (EDIT, edits), (PUBLISH, publishes)):
        opened = {address for address in addresses if status(browser, address) == 200}
        assert opened == (set(addresses) if may else set()), role


def test_what_a_role_may_not_it_cannot_send_either(browser_of: Browser) -> None:
    auditor, before = browser_of(make_user("auditor")), LawVersion.objects.get(instrument__code="boats-act").sha256
    assert status(auditor, f"{VERSION}clauses/3/", {"heading": "X", "words": "X."}) in {403, 404}
    assert status(auditor, f"{VERSION}clauses/3/remove/", {}) in {403, 404}
    assert status(auditor, f"{LAW}do/publish/", {}) in {403, 404}
    assert status(browser_of(make_user("drafter")), f"{VERSION}do/publish/", {}) in {403, 404}
    version = LawVersion.objects.get(instrument__code="boats-act")
    assert (version.sha256, version.is_public, version.instrument.is_public) == (before, False, False)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "/workspace/laws/nope/",
        f"{LAW}versions/nope/",
        f"{LAW}do/nope/",
        f"{LAW}stages/nope/",
        f"{LAW}citations/999999/remove/",
        f"{LAW}commencements/999999/remove/",
        f"{BILL}stages/first/",
        f"{LAW}treaties/nope/",
        f"{LAW}treaties/budapest/99/",
        f"{LAW}treaties/budapest/export.exe",
        f"{VERSION}clauses/99/",
        f"{VERSION}text.exe",
        f"{VERSION}since/nope/",
        "/workspace/treaties/nope/",
    ],
)
def test_what_is_not_there_is_not_found(browser_of: Browser, drafter: User, address: str) -> None:
    assert status(browser_of(drafter), address) == 404


def test_a_button_is_no_address_to_open(browser_of: Browser) -> None:
    browser = browser_of(make_user("secretariat"))
    assert status(browser, f"{LAW}verdicts/999999/review/") == 405
    assert status(browser, f"{LAW}verdicts/999999/review/", {}) == 404


# --- From the file to the site ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_law_is_entered_imported_and_published_in_a_browser(browser_of: Browser, drafter: User) -> None:
    browser = browser_of(drafter)
    response = browser.post(
        "/workspace/new-law/",
        {"code": "cybercrime-act-2014", "kind": "act", "title": "Cybercrime Act", "language": "en"},
    )
    assert response.status_code == 302, text_of(response)
    law = "/workspace/laws/cybercrime-act-2014/"
    upload = SimpleUploadedFile("act.txt", (FILES / f"{ACT}.txt").read_bytes(), "text/plain")
    facts = {"file": upload, "code": "v1", "title": "As enacted", "dated": "2014-06-24", "language": "en"}
    response = browser.post(f"{law}import/", facts)
    assert (response.status_code, response.headers.get("Location")) == (302, f"{law}versions/v1/")
    page = text_of(browser.get(f"{law}versions/v1/"))
    assert "Interference with a computer system" in page
    secretariat = browser_of(make_user("secretariat"))
    assert decide(secretariat, f"{law}versions/v1/do/publish/").status_code == 302
    assert "Interference with a computer system" in text_of(Client().get("/laws/cybercrime-act-2014/"))
    assert status(browser, f"{law}versions/v1/clauses/1/", {"heading": "X", "words": "X."}) == 422


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"Dear Sir,\n\nthank you.\n", "has no numbered section"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".doc"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_the_form(
    browser_of: Browser, drafter: User, content: bytes, sentence: str
) -> None:
    upload = SimpleUploadedFile("letter.doc", content)
    facts = {"file": upload, "code": "v7", "title": "My title", "dated": "2014-06-24", "language": "en"}
    response = browser_of(drafter).post(f"{LAW}import/", facts)
    assert response.status_code == 422
    page = text_of(response)
    assert sentence in page
    assert "My title" in page
    assert not LawVersion.objects.filter(code="v7").exists()


def test_a_form_without_a_file_says_so(browser_of: Browser, drafter: User) -> None:
    assert (
        status(
            browser_of(drafter), f"{LAW}import/", {"code": "v7", "title": "X", "dated": "2014-06-24", "language": "en"}
        )
        == 422
    )


# --- Clauses ----------------------------------------------------------------------------------------------------------


def fields_of(response: Any) -> dict[str, str]:
    """The fields of a clause's form, as a browser would send them."""
    text = response.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(seen|once)" value="([^"]*)"', text))
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="seen"', text)
    heading = re.search(r'name="heading"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="heading"', text)
    words = re.search(r'<textarea[^>]*name="words"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert seen is not None
    assert words is not None
    first = (heading[1] or heading[2]) if heading else ""
    return {
        "once": hidden.get("once", ""),
        "seen": seen[1] or seen[2],
        "heading": html.unescape(first or ""),
        "words": html.unescape(words[1]).strip("\r\n"),
    }


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [f"{VERSION}clauses/{n}/" for n in ("1", "2", "3", "12")] + [f"{BILL}versions/v1/clauses/{n}/" for n in ("1", "2")],
)
def test_a_clause_that_is_opened_and_saved_stays_as_it_is(browser_of: Browser, drafter: User, address: str) -> None:
    before = set(LawVersion.objects.values_list("sha256", flat=True))
    browser = browser_of(drafter)
    assert status(browser, address, fields_of(browser.get(address))) == 302
    assert set(LawVersion.objects.values_list("sha256", flat=True)) == before


def test_the_second_of_two_drafters_sees_both_texts_keeps_theirs_and_can_save(
    browser_of: Browser, drafter: User
) -> None:
    one, two = browser_of(drafter), browser_of(make_user("drafter", email="two@example.org"))
    address = f"{VERSION}clauses/12/"
    mine, theirs = fields_of(one.get(address)), fields_of(two.get(address))
    assert status(one, address, mine | {"words": "The Office keeps it."}) == 302
    response = two.post(address, theirs | {"words": "The Harbour keeps it."})
    assert response.status_code == 409
    page = text_of(response)
    assert "Somebody else changed this clause meanwhile." in page
    assert "The Office keeps it." in page
    again = fields_of(response)
    assert again["words"] == "The Harbour keeps it."
    assert status(two, address, again) == 302
    assert (
        LawVersion.objects.get(instrument__code="boats-act").provisions.get(label="12").words == "The Harbour keeps it."
    )


def test_clauses_are_added_and_removed_in_a_browser(browser_of: Browser, drafter: User) -> None:
    browser = browser_of(drafter)
    assert (
        status(
            browser, f"{VERSION}clauses/new/", {"after": "3", "number": "3A", "heading": "Smoke", "words": "No smoke."}
        )
        == 302
    )
    assert (
        status(
            browser, f"{VERSION}clauses/new/", {"after": "3", "number": "3A", "heading": "Smoke", "words": "No smoke."}
        )
        == 422
    )
    assert status(browser, f"{VERSION}clauses/1/remove/", {}) == 302
    found = LawVersion.objects.get(instrument__code="boats-act").provisions.filter(kind="section")
    assert [each.label for each in found] == ["2", "3", "3A", "12"]


# --- Versions, stages, treaties ---------------------------------------------------------------------------------------


def test_a_bill_is_applied_in_a_browser_and_what_does_not_fit_is_listed(browser_of: Browser, drafter: User) -> None:
    browser = browser_of(drafter)
    facts = {"principal": "v1", "code": "v2", "title": "As amended", "dated": "2026-02-01"}
    response = browser.post(f"{BILL}versions/v1/do/apply/", facts)
    assert response.status_code == 302, text_of(response)
    page = text_of(browser.get(f"{LAW}versions/v2/"))
    assert "pays a dollar." in page
    assert "An instruction of the bill does not fit the Act: the Act has no section of that number." in page
    assert "the Act has no section of that number" in text_of(browser.get(f"{BILL}versions/v1/"))
    assert "1 of 5 clauses changed, 1 is new" in text_of(browser.get(f"{LAW}versions/v2/since/v1/"))
    assert browser.get(f"{LAW}versions/v2/since/v1.docx").status_code == 200
    assert browser.get(f"{LAW}versions/v2/since/v1.pdf").status_code == 200


@pytest.mark.long
def test_stages_citations_commencement_and_treaties_are_recorded_in_a_browser(
    browser_of: Browser, drafter: User
) -> None:
    browser = browser_of(drafter)
    law = Instrument.objects.get(code="boats-act")
    for address, facts in (
        (f"{LAW}do/new-stage/", {"code": "assent", "title": "Assent", "state": "next"}),
        (
            f"{LAW}stages/first/",
            {
                "title": "First reading",
                "state": "done",
                "starts_on": "2026-01-01",
                "ends_on": "2026-01-02",
                "version": str(law.stages.get().version),
            },
        ),
        (f"{LAW}do/cite/", {"words": "Chapter 9"}),
        (f"{LAW}citations/{law.citations.get().pk}/remove/", {}),
        (f"{LAW}do/commence/", {"sections": "3", "on": "2026-01-01"}),
        (f"{LAW}commencements/{law.commencements.get().pk}/remove/", {}),
        ("/workspace/treaties/budapest/", {"state": "Signed", "signed_on": "2024-01-01"}),
    ):
        response = browser.post(address, facts)
        assert response.status_code == 302, (address, text_of(response)[-3000:])
    assert [(s.code, s.state) for s in law.stages.all()] == [("first", "done"), ("assent", "next")]
    assert [c.words for c in law.citations.all()] == ["Chapter 9"]
    assert [c.sections for c in Commencement.objects.all()] == ["3"]
    assert str(TreatyStatus.objects.get().signed_on) == "2024-01-01"
    assert status(browser, f"{LAW}stages/first/remove/", {}) == 302
    assert [s.code for s in Stage.objects.all()] == ["assent"]


def test_one_rates_and_another_reviews_in_a_browser(browser_of: Browser, drafter: User) -> None:
    browser, reviewer = browser_of(drafter), browser_of(make_user("secretariat"))
    rate = f"{LAW}treaties/budapest/1/"
    assert status(browser, rate, {"verdict": "full", "provisions": "3(1), 99", "reason": "X"}) == 422
    assert status(browser, rate, {"verdict": "full", "provisions": "3(1), 3(2)(a)", "reason": "It says so."}) == 302
    row = TreatyVerdict.objects.get()
    assert (row.provisions, row.on_version.code if row.on_version else "") == (["3(1)", "3(2)(a)"], "v1")
    page = text_of(reviewer.get(f"{LAW}treaties/budapest/"))
    address = f"{LAW}verdicts/{row.pk}/review/"
    assert address in page
    assert address not in text_of(browser.get(f"{LAW}treaties/budapest/"))
    shown = re.search(r'name="shown" value="([0-9a-f-]+)"', page)
    assert shown is not None
    # what is rated again after the page was opened is not reviewed by it
    assert status(browser, rate, {"verdict": "gap", "provisions": "", "reason": "It does not."}) == 302
    reviewer.post(address, {"shown": shown[1]})
    assert not TreatyVerdict.objects.get().is_reviewed
    shown = re.search(r'name="shown" value="([0-9a-f-]+)"', text_of(reviewer.get(f"{LAW}treaties/budapest/")))
    assert shown is not None
    reviewer.post(address, {"shown": shown[1]})
    assert TreatyVerdict.objects.get().reviewed_by == "Test secretariat"
    assert "Of 3 articles, 1 are reviewed and apply: 0 met, 0 partly met, 1 not met." in text_of(
        browser.get(f"{LAW}treaties/budapest/")
    )


# --- Cost -------------------------------------------------------------------------------------------------------------


def queries_of(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/workspace/laws/", 9),
        ("/workspace/treaties/", 9),
        (LAW, 28),
        (VERSION, 12),
        (f"{LAW}treaties/budapest/", 13),
    ],
)
def test_a_page_takes_as_many_queries_for_many_rows_as_for_one(browser_of: Browser, address: str, queries: int) -> None:
    """The stages are not in the trail here: what an entry says of rows that hang on another costs one query a row."""
    browser = browser_of(make_user("secretariat"))
    act = Instrument.objects.get(code="boats-act")
    make_version(act, "w", *ACT_LINES, dated=date(2012, 1, 1))
    few = queries_of(browser, address)
    for n in range(10):
        make_law(f"law-{n}", kind="bill", amends=act)
        make_version(act, f"w{n}", *ACT_LINES, dated=date(2013, 1, n + 1))
        Stage.objects.create(instrument=act, code=f"s{n}", title="Stage", state="next")
    assert (few, queries_of(browser, address)) == (queries, queries)


def test_a_published_version_offers_no_editing(browser_of: Browser, drafter: User) -> None:
    versions.publish_version(LawVersion.objects.get(instrument__code="boats-act"), by=SYSTEM)
    page = text_of(browser_of(drafter).get(VERSION))
    assert "Add a clause" not in page
    assert "Edit a clause" not in page
    assert "Start a new version from this one" in page


def test_a_law_may_have_any_code_and_is_reached(secretariat: User, browser_of: Callable[[User], Client]) -> None:
    make_law("new")
    assert "New" in text_of(browser_of(secretariat).get("/workspace/laws/new/"))
