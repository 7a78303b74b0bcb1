"""Pages of accounts and of the audit chain: closed to all but a few, and honest to those."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from floreo.core import clock
from floreo.core.delivery import deliver_due
from floreo.core.models import AuditEntry
from floreo.organisations.models import Invitation, User
from floreo.workspace.verbs import verb_text
from tests.conftest import A_LONG_LOOK
from tests.contracts.test_actions import every_action
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["lead", "analyst", "operator", "drafter", "coordinator", "observer", "auditor"])
def test_accounts_are_for_those_who_manage_them(
    role: str, observer: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with(role, email="me@example.org"))
    assert browser.get("/workspace/accounts/").status_code == 403
    assert browser.get("/workspace/accounts/invite/").status_code == 403
    assert browser.get(f"/workspace/accounts/{observer.pk}/").status_code == 403
    for act in ("on", "off", "roles"):
        assert browser.post(f"/workspace/accounts/{observer.pk}/{act}/").status_code == 403
    assert browser.get("/workspace/audit/").status_code == (200 if role == "auditor" else 403)


def test_an_invitation_is_sent_shown_sent_again_and_withdrawn(
    secretariat: User, browser_of: Browser, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    browser = browser_of(secretariat)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        browser.post("/workspace/accounts/invite/", {"email": "new@example.org", "role": "drafter"})
    with clock.as_of(clock.now() + A_LONG_LOOK):
        assert deliver_due() == len(mail.outbox) == 1
    pk = Invitation.objects.get().pk
    assert "new@example.org" in browser.get("/workspace/accounts/").content.decode()
    browser.post(f"/workspace/accounts/invitations/{pk}/resend/")
    browser.post(f"/workspace/accounts/invitations/{pk}/withdraw/")
    assert "new@example.org" not in browser.get("/workspace/accounts/").content.decode()
    given = browser.post(f"/workspace/accounts/invitations/{pk}/resend/", follow=True)
    assert "was withdrawn" in given.content.decode()


def test_a_bad_invitation_keeps_what_was_typed(secretariat: User, observer: User, browser_of: Browser) -> None:
    page = browser_of(secretariat).post(
        "/workspace/accounts/invite/", {"email": observer.email, "name": "Somebody", "role": "observer"}
    )
    assert page.status_code == 422
    for words in ("An account already uses this address", "Somebody", observer.email):
        assert words in page.content.decode()


def test_an_account_page_gives_takes_and_switches_off(administrator: User, observer: User, browser_of: Browser) -> None:
    browser, one = browser_of(administrator), f"/workspace/accounts/{observer.pk}/"
    body = make.organisation("csirt")
    browser.post(f"{one}roles/", {"role": "lead", "organisation": str(body.pk)})
    assert {role for role, _org in User.objects.get(pk=observer.pk).grants()} == {"observer", "lead"}
    held = observer.memberships.get(role="lead")
    browser.post(f"{one}roles/{held.pk}/take/")
    browser.post(f"{one}off/", {"reason": "has left"})
    page = browser.get(one).content.decode()
    for words in ("Switched off", "gave a role", "removed a role", "has left"):
        assert words in page
    browser.post(f"{one}on/")
    assert User.objects.get(pk=observer.pk).is_active


def test_the_last_administrator_is_told_so(administrator: User, browser_of: Browser) -> None:
    browser, one = browser_of(administrator), f"/workspace/accounts/{administrator.pk}/"
    held = administrator.memberships.get()
    given = browser.post(f"{one}roles/{held.pk}/take/", follow=True)
    assert "This is the last administrator" in given.content.decode()
    assert browser.post(f"{one}off/", {"reason": ""}).status_code == 422


def test_my_account_is_mine(observer: User, browser_of: Browser) -> None:
    browser = browser_of(observer)
    assert "password" in browser.get("/workspace/me/").content.decode()
    assert browser.post("/workspace/me/", {"name": "", "language": ""}).status_code == 422
    assert browser.post("/workspace/me/", {"name": "Greta Norte", "language": "es"}).status_code == 302
    observer.refresh_from_db()
    assert (observer.name, observer.language) == ("Greta Norte", "es")


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_the_chain_is_shown_filtered_and_opened(
    secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    workspace = browser_of(secretariat)
    for n in range(55):
        workspace.post("/workspace/people/new/", {"name": f"Person {n}", "is_active": "on"})
    browser = browser_of(user_with("auditor"))
    page = browser.get("/workspace/audit/")
    assert ("added the person" in page.content.decode(), "Older entries" in page.content.decode()) == (True, True)
    older = browser.get("/workspace/audit/?before=6").content.decode()
    assert ("Person 4" in older, "Person 5" in older) == (True, False)
    assert "No entries match." in browser.get("/workspace/audit/?actor=nobody").content.decode()
    assert "Person 54" in browser.get("/workspace/audit/?verb=person.added&subject=Person+54").content.decode()
    number = AuditEntry.objects.latest("number").number
    one = browser.get(f"/workspace/audit/{number}/").content.decode()
    assert "the same: the entry has not been changed" in one
    AuditEntry.objects.filter(number=number).update(actor_name="Eve")
    assert "the entry was changed" in browser.get(f"/workspace/audit/{number}/").content.decode()
    assert browser.get("/workspace/audit/9999/").status_code == 404
    assert browser.get("/workspace/audit/?since=nonsense").status_code == 200


SIGN_IN_PAGES = [
    "/account/login/",
    "/account/logout/",
    "/account/password/change/",
    "/account/password/reset/",
    "/account/reauthenticate/",
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/sessions/",
]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("page", SIGN_IN_PAGES)
def test_every_sign_in_page_wears_our_look(page: str, language: str, observer: User, browser_of: Browser) -> None:
    browser = Client() if page in {"/account/login/", "/account/password/reset/"} else browser_of(observer)
    answer = browser.get(language + page)
    assert (answer.status_code, "/css/floreo" in answer.content.decode()) == (200, True)
    assert "Menu:" not in answer.content.decode()


def test_every_act_has_words_for_an_auditor() -> None:
    silent = [verb for verb in every_action() if verb_text(verb) == verb]
    assert silent == []


@pytest.mark.long
def test_no_role_is_given_by_leaving_the_list_alone(secretariat: User, browser_of: Browser) -> None:
    page = browser_of(secretariat).post("/workspace/accounts/invite/", {"email": "new@example.org", "role": ""})
    assert (page.status_code, Invitation.objects.count()) == (422, 0)
