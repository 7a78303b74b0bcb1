"""Saved views on list pages: kept from a list, listed under its filters, shared, renamed, removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.organisations.models import User
from floreo.saved_views.actions import save_view
from floreo.saved_views.models import SavedView

Browser = Callable[[User], Client]
LIST = "/workspace/decisions/"
pytestmark = pytest.mark.usefixtures("isla")


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "/es"])
def test_a_list_is_saved_under_a_name_and_opens_as_it_was(
    language: str, secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    narrowed = browser.get(f"{language}{LIST}?q=report&state=open").content.decode()
    assert "/workspace/views/new/?page=%2Fworkspace%2Fdecisions%2F&amp;query=q%3Dreport%26state%3Dopen" in narrowed
    form = browser.get(f"{language}/workspace/views/new/", {"page": LIST, "query": "q=report&state=open"})
    assert form.status_code == 200
    answer = browser.post(
        f"{language}/workspace/views/new/",
        {"page": LIST, "query": "q=report&state=open", "name": "Late at the port", "team": "private"},
    )
    assert (answer.status_code, answer["Location"]) == (302, f"{language}{LIST}?q=report&state=open")
    listed = browser.get(f"{language}{LIST}").content.decode()
    assert (f'href="{language}{LIST}?q=report&amp;state=open"' in listed, "Late at the port" in listed) == (True, True)
    assert "Late at the port" not in browser.get("/workspace/meetings/").content.decode()


def test_a_list_that_nobody_narrowed_offers_nothing_to_save(secretariat: User, browser_of: Browser) -> None:
    assert "/workspace/views/new/" not in browser_of(secretariat).get(LIST).content.decode()


def test_an_address_of_another_site_leads_nowhere(secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    for page in ("https://example.org/", "//example.org/workspace/", "/workspace/../../evil"):
        answer = browser.post("/workspace/views/new/", {"page": page, "query": "", "name": "X", "team": "private"})
        assert answer.status_code in {302, 422}
        assert "example.org" not in answer.get("Location", "")
    assert not SavedView.objects.filter(page__contains="example.org").exists()


def test_a_shared_view_opens_to_each_what_the_list_opens_to_them(
    secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    save_view(by=secretariat, page=LIST, query="q=report", name="Ours", team="role:secretariat")
    colleague, auditor = user_with("secretariat", email="b@example.org"), user_with("auditor")
    assert "Ours" in browser_of(colleague).get(LIST).content.decode()
    assert "Ours" not in browser_of(auditor).get(LIST).content.decode()


def test_it_is_renamed_and_removed_by_its_owner_alone(
    secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    view = save_view(by=secretariat, page=LIST, query="q=report", name="Ours", team="role:secretariat")
    colleague, observer = browser_of(user_with("secretariat", email="b@example.org")), browser_of(user_with("observer"))
    edit, remove = f"/workspace/views/{view.pk}/edit/", f"/workspace/views/{view.pk}/remove/"
    assert (observer.get(edit).status_code, observer.post(remove).status_code) == (404, 404)
    assert (
        colleague.post(edit, {"name": "Mine", "team": "private"}).status_code,
        colleague.post(remove).status_code,
    ) == (403, 403)
    own = browser_of(secretariat)
    assert own.post(edit, {"name": "Late ones", "team": "private", "version": "1"})["Location"] == f"{LIST}?q=report"
    assert own.post(remove)["Location"] == LIST
    assert not SavedView.objects.exists()
