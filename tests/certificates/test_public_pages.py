"""The public pages of certificates: the issuer first and every field, each state in words, nothing to harvest, the holder's own page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.certificates import papers
from floreo.certificates.access import token_of
from floreo.certificates.actions import holding, issuing
from floreo.certificates.models import Certificate
from floreo.core.access import SYSTEM
from floreo.core.documents.pdf import pages_of
from tests.certificates.making import cohort, one, signed

pytestmark = pytest.mark.usefixtures("isla")


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def read(certificate: Certificate, browser: Client | None = None) -> str:
    answer = (browser or Client()).get(f"/certificates/{certificate.code}/")
    assert answer.status_code == 200
    return text_of(answer)


def test_the_page_says_the_issuer_first_and_every_field() -> None:
    made = signed(one())
    words = read(made)
    for each in (
        made.name,
        "Safe harbours",
        "Harbour, October 2026",
        "24",
        "3 Nov 2026",
        "2 Nov 2028",
        made.number,
        made.spoken_code,
    ):
        assert each in words, each
    body = words[words.index("This certificate is valid", 200) :]
    assert body.index(made.issuer_name) < body.index(made.name)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("facts", "reason", "sentence"),
    [
        ({}, "", "This certificate is valid"),
        ({"expires_on": date(2026, 12, 1)}, "", "It expires soon. Its last day is"),
        ({"expires_on": date(2026, 11, 20)}, "", "This certificate has expired"),
        ({}, "The holder did not sit the test.", "Reason: The holder did not sit the test."),
    ],
)
def test_each_state_is_said_in_words(facts: dict[str, Any], reason: str, sentence: str) -> None:
    made = one(**facts)
    if reason:
        issuing.revoke(made, by=SYSTEM, reason=reason)
    assert sentence in read(made)


def test_a_code_that_is_none_gets_its_sentence_and_is_counted() -> None:
    browser = Client()
    answer = browser.get("/certificates/2222-3333-4444/")
    assert (answer.status_code, "No certificate with this code was issued here." in text_of(answer)) == (404, True)
    for _n in range(40):
        answer = browser.get("/certificates/222233334444/")
    assert answer.status_code == 429


def test_an_expired_one_names_its_renewal() -> None:
    made = one(expires_on=date(2026, 11, 20))
    new = issuing.renew(made, by=SYSTEM, issued_on=date(2026, 11, 21))
    assert f"It was renewed: {new.number}" in read(made)
    assert f"It renews {made.number}" in read(new)


def test_one_of_an_earlier_course_says_its_source() -> None:
    facts = {"name": "Juan Mar", "title": "Old course", "issuer_name": "Harbour College", "source": "Seen on paper"}
    made = issuing.enter_certificate(by=SYSTEM, issued_on=date(2023, 5, 1), **facts)  # type: ignore[arg-type]
    words = read(made)
    assert "Issued outside this site, and entered here from: Seen on paper" in words
    assert Client().get(f"/certificates/{made.code}/badge.json").status_code == 404


@pytest.mark.long
def test_a_withheld_name_is_nowhere_on_the_page_nor_in_the_badge() -> None:
    made = signed(one())
    holding.hide_name(made, by=SYSTEM)
    assert "The holder withheld the name" in read(made)
    assert made.name not in read(made)
    assert Client().get(f"/certificates/{made.code}/badge.json").status_code == 404
    holding.erase(made, by=SYSTEM)
    assert "The holder withheld the name" in read(made)


def post(**facts: Any) -> Any:
    return Client().post("/certificates/", {"what": "number"} | facts)


def test_a_number_opens_only_with_the_name() -> None:
    made = one()
    alone, wrong, none = (
        post(number=made.number),
        post(number=made.number, name="Eva"),
        post(number="2026-99999", name="Eva"),
    )
    assert [alone.status_code, wrong.status_code, none.status_code] == [422, 422, 422]
    assert "Enter the name as well" in text_of(alone)
    said = [text_of(each) for each in (wrong, none)]
    assert all("There is no such certificate with that name on record here." in each for each in said)
    right = post(number=f" {made.number} ", name="MAREA 1, ana")
    assert (right.status_code, right["Location"]) == (302, f"/certificates/{made.code}/")


def test_the_code_needs_no_name_and_a_hidden_name_opens_by_code_alone() -> None:
    made = one()
    holding.hide_name(made, by=SYSTEM)
    assert post(number=made.spoken_code.lower())["Location"] == f"/certificates/{made.code}/"
    assert post(number=made.number, name=made.name).status_code == 422


@pytest.mark.long
def test_numbers_cannot_be_tried_one_after_another() -> None:
    browser = Client()
    answers = [
        browser.post("/certificates/", {"what": "number", "number": f"2026-{n:05d}", "name": "Ana"}) for n in range(40)
    ]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]


def test_what_was_typed_is_kept_with_its_mistake() -> None:
    answer = post(number="", name="Ana Marea")
    page = answer.content.decode()
    assert (answer.status_code, "Enter the number or the code on the certificate." in page, "Ana Marea" in page) == (
        422,
        True,
        True,
    )


@pytest.mark.long
def test_a_badge_is_checked_as_file_and_as_text() -> None:
    made = signed(one())
    content = papers.file_of(made, "png")
    answers = [
        Client().post("/certificates/", {"what": "badge", "file": SimpleUploadedFile("b.png", content)}),
        Client().post("/certificates/", {"what": "badge", "text": made.credential}),
        Client().post(
            "/certificates/", {"what": "badge", "text": made.credential.replace("Ana Marea 1", "<b>Eva</b>")}
        ),
        Client().post("/certificates/", {"what": "badge", "text": "hello"}),
    ]
    assert [text_of(each).count("This certificate is genuine and valid") > 0 for each in answers] == [
        True,
        True,
        False,
        False,
    ]
    assert "The signature of this badge does not fit it" in text_of(answers[2])
    assert "the name of the holder" in text_of(answers[2])
    assert "<b>Eva</b>" not in answers[2].content.decode()
    assert "There is no Open Badge in this" in text_of(answers[3])


def test_nothing_brought_and_too_much_brought_get_their_sentences() -> None:
    empty = Client().post("/certificates/", {"what": "badge"})
    large = Client().post("/certificates/", {"what": "badge", "file": SimpleUploadedFile("b.png", b"x" * 3_000_000)})
    assert "Choose the file of the badge, or paste its text." in text_of(empty)
    assert (empty.status_code, large.status_code) == (422, 422)
    assert "Send a smaller one." in text_of(large)


def test_badges_are_throttled() -> None:
    browser = Client()
    answers = [browser.post("/certificates/", {"what": "badge", "text": ""}) for _n in range(25)]
    assert answers[-1].status_code == 429


def test_the_page_costs_the_same_for_every_certificate() -> None:
    made = signed(one())
    read(made)
    with CaptureQueriesContext(connection) as asked:
        Client().get(f"/certificates/{made.code}/")
    assert len([each for each in asked if "certificates_" in each["sql"]]) == 2


# --- The holder ---------------------------------------------------------------------------------------------------


def test_the_holders_page_gives_every_file() -> None:
    made = signed(one())
    address = f"/certificates/own/{token_of(made)}/"
    page = Client().get(address)
    assert (page.status_code, page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    files = {kind: Client().get(f"{address}certificate.{kind}") for kind in papers.KINDS}
    assert {kind: answer.status_code for kind, answer in files.items()} == dict.fromkeys(papers.KINDS, 200)
    assert pages_of(files["pdf"].content) == 1
    assert Client().get(f"{address}certificate.exe").status_code == 404
    assert Client().get("/certificates/own/17-1~forged/").status_code == 404


@pytest.mark.long
def test_the_holder_hides_shows_and_erases_the_name_by_a_press() -> None:
    made = signed(one())
    address, browser = f"/certificates/own/{token_of(made)}/", Client()
    browser.get(f"{address}?do=erase")
    for do, public in (("hide", ""), ("show", "Ana Marea 1")):
        answer = browser.post(address, {"do": do}, follow=True)
        made.refresh_from_db()
        assert (answer.status_code, made.public_name) == (200, public)
    assert "Your name was erased" in text_of(browser.post(address, {"do": "erase"}))
    made.refresh_from_db()
    assert (made.is_erased, browser.get(address).status_code) == (True, 404)


def test_the_holder_asks_for_a_renewal_only_near_the_end() -> None:
    early, late = one(), one(cohort(code="late-2026", people=1), expires_on=date(2026, 12, 20))
    answers = [
        Client().post(f"/certificates/own/{token_of(each)}/", {"do": "renew"}, follow=True) for each in (early, late)
    ]
    late.refresh_from_db()
    assert "sixty days before its last day" in text_of(answers[0])
    assert (late.wants_renewal_on, "You asked for a renewal." in text_of(answers[1])) == (date(2026, 11, 24), True)


@pytest.mark.long
def test_a_paper_says_what_the_page_says() -> None:
    import io

    from pypdf import PdfReader

    made = signed(one())
    words = " ".join(PdfReader(io.BytesIO(papers.pdf_of(made))).pages[0].extract_text().split())
    for each in (
        made.issuer_name,
        made.name,
        "Safe harbours",
        "Harbour, October 2026",
        made.number,
        made.spoken_code,
        "24",
    ):
        assert each in words, each


def test_a_paper_with_a_long_name_stays_one_page() -> None:
    made = one()
    made.name = "María de los Ángeles Guadalupe Concepción de la Cruz y Fernández de Córdoba de Marea " * 2
    made.title = "Handling of electronic evidence from the first report to the hearing before a court of appeal " * 2
    made.criteria = (
        "The holder can secure, document and present electronic evidence, and passed the practical test. " * 5
    )
    assert pages_of(papers.pdf_of(made)) == 1
