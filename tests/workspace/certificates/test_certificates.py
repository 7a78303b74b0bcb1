"""The area of certificates: what waits, the preview before a press, what can be done to one, and who may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.certificates.actions.signing import add_key
from floreo.certificates.models import Certificate, SigningKey
from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from tests.certificates.making import cohort, enrol, one

pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture
def coordinator(user_with: Callable[..., User]) -> User:
    return user_with("coordinator")


def test_the_page_of_a_cohort_says_who_gets_one_and_who_not_and_why(
    coordinator: User, browser_of: Callable[[User], Client]
) -> None:
    made = cohort(people=2)
    enrol(made, 3, name="Eva Sola", completed_on=None)
    browser = browser_of(coordinator)
    page = browser.get(f"/workspace/certificate-cohorts/{made.code}/")
    words = page.content.decode()
    assert "2 certificates to issue" in " ".join(words.split())
    assert ("Did not complete the course" in words, 'value="2026-11-24"' in words, 'value="2028-11-23"' in words) == (
        True,
        True,
        True,
    )
    shown = words.split('name="shown" value="')[1].split('"')[0]
    answer = browser.post(
        f"/workspace/certificate-cohorts/{made.code}/",
        {"issued_on": "2026-11-24", "expires_on": "2028-11-23", "shown": shown, "once": "k" * 20},
    )
    assert (answer.status_code, Certificate.objects.filter(cohort=made).count()) == (302, 2)


def test_a_press_on_what_was_changed_meanwhile_is_refused_with_its_sentence(
    coordinator: User, browser_of: Callable[[User], Client]
) -> None:
    made = cohort(people=1)
    facts = {"issued_on": "2026-11-24", "shown": "1-0000000000000000"}
    answer = browser_of(coordinator).post(f"/workspace/certificate-cohorts/{made.code}/", facts)
    assert (answer.status_code, "This page does not say what you read." in answer.content.decode()) == (422, True)
    assert not Certificate.objects.filter(cohort=made).exists()


def test_one_is_revoked_from_its_page(coordinator: User, browser_of: Callable[[User], Client]) -> None:
    made, browser = one(), browser_of(coordinator)
    page = browser.get(f"/workspace/certificates/{made.number}/").content.decode()
    address = page.split(f'href="/workspace/certificates/{made.number}/do/revoke/')[1].split('"')[0]
    form = browser.get(f"/workspace/certificates/{made.number}/do/revoke/{address}".replace("&amp;", "&"))
    shown = form.content.decode().split('name="shown" value="')[1].split('"')[0]
    answer = browser.post(f"/workspace/certificates/{made.number}/do/revoke/", {"reason": "Mistake.", "shown": shown})
    made.refresh_from_db()
    assert (answer.status_code, made.revoked_reason) == (302, "Mistake.")


def test_who_may_not_read_training_finds_no_certificate(observer: User, browser_of: Callable[[User], Client]) -> None:
    made, browser = one(), browser_of(observer)
    for address in ("certificates/", f"certificates/{made.number}/", f"certificates/{made.number}/certificate.pdf"):
        assert browser.get(f"/workspace/{address}").status_code == 403, address


def test_the_list_finds_by_state_and_name(coordinator: User, browser_of: Callable[[User], Client]) -> None:
    made, browser = one(), browser_of(coordinator)
    found = browser.get("/workspace/certificates/", {"q": "Ana Marea"}).context["rows"]
    assert [row[0] for row in found] == [made]
    revoked = browser.get("/workspace/certificates/", {"state": "revoked"}).context["rows"]
    assert {row[1] for row in revoked} == {"revoked"}


@pytest.mark.long
def test_the_list_costs_the_same_however_long_it_is(coordinator: User, browser_of: Callable[[User], Client]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = browser_of(coordinator)

    def cost(text: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/workspace/certificates/", {"q": text})
        return len(asked)

    one(cohort(people=1))
    cost("Ana Marea")
    first = cost("Ana Marea")
    one(cohort(code="other-2026", people=1))
    one(cohort(code="third-2026", people=1))
    assert cost("Ana Marea") == first


def test_a_key_is_withdrawn_from_its_page(coordinator: User, browser_of: Callable[[User], Client]) -> None:
    add_key(by=SYSTEM, public="A" * 43 + "=")
    browser = browser_of(coordinator)
    page = browser.get("/workspace/certificate-keys/").content.decode()
    link = page.split('href="/workspace/certificate-keys/1/withdraw/')[1].split('"')[0].replace("&amp;", "&")
    form = browser.get(f"/workspace/certificate-keys/1/withdraw/{link}").content.decode()
    shown = form.split('name="shown" value="')[1].split('"')[0]
    answer = browser.post("/workspace/certificate-keys/1/withdraw/", {"reason": "Stolen.", "shown": shown})
    assert (answer.status_code, SigningKey.objects.get().counts) == (302, False)


def test_terms_and_earlier_certificates_are_entered(coordinator: User, browser_of: Callable[[User], Client]) -> None:
    made, browser = cohort(people=1), browser_of(coordinator)
    answer = browser.post(
        f"/workspace/certificate-courses/{made.course.code}/terms/",
        {"months": "12", "criteria": "It holds.", "version": made.course.certificate_terms.version},
    )
    assert answer.status_code == 302
    facts = {
        "name": "Juan Mar",
        "title": "Old",
        "issuer_name": "College",
        "issued_on": "2023-05-01",
        "language": "en",
        "source": "Paper",
    }
    answer = browser.post("/workspace/certificate-of-earlier-course/", facts)
    assert (answer.status_code, Certificate.objects.get(name="Juan Mar").origin) == (302, "entered")
    answer = browser.post("/workspace/certificate-of-earlier-course/", facts | {"issued_on": "2030-05-01"})
    assert (answer.status_code, "That day is still to come." in answer.content.decode()) == (422, True)
