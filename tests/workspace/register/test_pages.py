"""Pages of the register: who sees what, lists with their downloads, forms that keep what was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import ROLES
from floreo.organisations.models import FormerName, Organisation, Person, User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
LISTS = ["/workspace/organisations/", "/workspace/people/", "/workspace/places/", "/workspace/networks/"]
FORMS = [
    "/workspace/organisations/new/",
    "/workspace/organisations/csirt/edit/",
    "/workspace/organisations/csirt/rename/",
    "/workspace/organisations/csirt/merge/",
    "/workspace/organisations/csirt/roles/new/",
    "/workspace/organisations/csirt/contacts/new/",
    "/workspace/organisations/csirt/holdings/new/",
    "/workspace/people/new/",
    "/workspace/people/ana/edit/",
    "/workspace/networks/new/",
    "/workspace/networks/64500/edit/",
    "/workspace/networks/64500/remove/",
]


@pytest.fixture
def csirt(db: None) -> Organisation:
    body = make.organisation("csirt", "National CSIRT")
    make.organisation("hidden", "Quiet Office", is_public=False)
    make.person("ana", body, email="ana@example.org")
    make.person("ben", make.organisation("police"))
    make.network(64500, "198.51.100.0/24", holder=body)
    return body


def test_every_page_opens_for_the_secretariat(secretariat: User, csirt: Organisation, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    pages = [*LISTS, *FORMS, "/workspace/organisations/csirt/", "/workspace/people/ana/", "/workspace/networks/64500/"]
    assert {page: browser.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_strangers_see_nothing_of_it(stranger: Client, csirt: Organisation) -> None:
    for page in [*LISTS, *FORMS, "/workspace/organisations/csirt/", "/workspace/people/ana/"]:
        assert stranger.get(page).headers["Location"].startswith("/account/login/"), page


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", [r for r in ROLES if r not in {"administrator", "secretariat", "responder"}])
def test_forms_are_closed_to_whoever_only_reads(
    role: str, csirt: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with(role, organisation=csirt))
    assert {browser.get(page).status_code for page in FORMS} == {403}


def test_a_lead_sees_the_people_of_their_own_body_only(
    csirt: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with("lead", organisation=csirt))
    page = browser.get("/workspace/people/").content.decode()
    assert ("Ana" in page, "Ben" in page) == (True, False)
    assert browser.get("/workspace/people/ana/").status_code == 200
    assert browser.get("/workspace/people/ben/").status_code == 404
    csv = b"".join(browser.get("/workspace/people/?download=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("ana@example.org" in csv, "ben" in csv) == (True, False)


def test_people_are_closed_to_observers(observer: User, csirt: Organisation, browser_of: Browser) -> None:
    browser = browser_of(observer)
    assert browser.get("/workspace/people/").status_code == 403
    assert browser.get("/workspace/people/ana/").status_code == 403
    assert "Ana" not in browser.get("/workspace/organisations/csirt/").content.decode()


def test_lists_search_filter_and_download(secretariat: User, csirt: Organisation, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    found = browser.get("/workspace/organisations/?q=csirt").content.decode()
    assert ("National CSIRT" in found, "Quiet Office" in found) == (True, False)
    assert (
        "No results. Try fewer words, or remove a filter."
        in browser.get("/workspace/organisations/?q=nowhere").content.decode()
    )
    for kind in ("csv", "json", "xlsx"):
        assert browser.get(f"/workspace/networks/?download={kind}").status_code == 200


def test_renaming_keeps_what_was_typed_and_the_old_name(
    secretariat: User, csirt: Organisation, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    bad = browser.post("/workspace/organisations/csirt/rename/", {"name": "Cyber Agency", "ends_on": "2999-01-01"})
    assert (bad.status_code, "Cyber Agency" in bad.content.decode()) == (422, True)
    done = browser.post("/workspace/organisations/csirt/rename/", {"name": "Cyber Agency", "ends_on": "2026-01-01"})
    assert done.headers["Location"] == "/workspace/organisations/csirt/"
    assert FormerName.objects.get().name == "National CSIRT"
    page = browser.get("/workspace/organisations/csirt/").content.decode()
    assert "renamed the organisation" in page


def test_a_second_save_says_what_the_first_one_wrote(
    secretariat: User, csirt: Organisation, browser_of: Browser
) -> None:
    browser, address = browser_of(secretariat), "/workspace/people/ana/edit/"
    typed = {"name": "Ana", "version": "1", "is_active": "on"}
    assert browser.post(address, typed | {"post": "Head"}).status_code == 302
    second = browser.post(address, typed | {"post": "Deputy"})
    assert second.status_code == 409
    assert "Head" in second.content.decode()
    assert "Deputy" in second.content.decode()
    assert Person.objects.get(code="ana").post == "Head"


def test_a_network_form_names_the_bad_prefix_and_keeps_it(
    secretariat: User, csirt: Organisation, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    bad = browser.post(
        "/workspace/networks/new/", {"asn": "64501", "name": "New", "prefixes": "198.51.100.0/25\nwords"}
    )
    page = bad.content.decode()
    assert (bad.status_code, "“words” is not a prefix" in page, "198.51.100.0/25" in page) == (422, True, True)
    overlap = browser.post("/workspace/networks/new/", {"asn": "64501", "name": "New", "prefixes": "198.51.100.0/25"})
    assert "shares addresses" in overlap.content.decode()
    done = browser.post(
        "/workspace/networks/new/",
        {"asn": "64501", "name": "New", "prefixes": "198.51.100.0/25", "accept_overlap": "on"},
    )
    assert done.status_code == 302


@pytest.mark.long
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_the_database_the_same_however_long_it_is(
    rows: int, secretariat: User, browser_of: Browser, django_assert_num_queries: Callable[..., object]
) -> None:
    for n in range(rows):
        make.organisation(f"body-{n}", parent=make.organisation(f"parent-{n}"))
    browser = browser_of(secretariat)
    browser.get("/workspace/organisations/")
    with django_assert_num_queries(QUERIES_OF_A_LIST):  # type: ignore[attr-defined]  # a context manager
        browser.get("/workspace/organisations/")


QUERIES_OF_A_LIST = 9  # one of them for the numbers in the menu, one for the views that somebody saved


@pytest.mark.long
def test_a_name_in_another_language_is_kept_beside_the_name(
    isla: object, secretariat: User, browser_of: Browser
) -> None:
    body = Organisation.objects.get(code="national-csirt")
    browser, address = browser_of(secretariat), "/workspace/organisations/national-csirt/edit/"
    page = browser.get(address).content.decode()
    assert "Name, in Spanish" in page
    given = {
        "name_es": "Equipo nacional de respuesta",
        "kind": body.kind,
        "version": body.version,
        "role_text": "Responds.",
        "is_public": "on",
    }
    assert browser.post(address, given).status_code == 302
    body.refresh_from_db()
    assert (body.name, body.in_language("name", "es")) == ("National CSIRT", "Equipo nacional de respuesta")
