"""Saved views: kept, shared with a team, and never more than the list itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.organisations.models import Organisation, User
from floreo.saved_views.access import views_of
from floreo.saved_views.actions import remove_view, save_view, teams_of, update_view
from floreo.saved_views.logic import is_page, kept_query
from floreo.saved_views.models import SavedView
from tests.factories.strategy import make_organisation

PAGE = "/workspace/decisions/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def port() -> Organisation:
    return make_organisation("port", "Port")


def names(viewer: User) -> list[str]:
    return [view.name for view in views_of(viewer, PAGE)]


def test_a_private_view_is_ones_own(secretariat: User, user_with: Callable[..., User]) -> None:
    view = save_view(by=secretariat, page=PAGE, query="?state=open&q=port&after=abc&download=csv", name="Open")
    assert (view.query, view.team) == ("q=port&state=open", "")
    assert (names(secretariat), names(user_with("secretariat", email="b@example.org"))) == (["Open"], [])
    assert views_of(secretariat, "/workspace/meetings/") == []


def test_a_view_is_shared_with_the_role_or_with_the_organisation_and_with_nobody_else(
    port: Organisation, secretariat: User, user_with: Callable[..., User]
) -> None:
    colleague = user_with("secretariat", email="b@example.org")
    operator = user_with("operator", organisation=port, email="c@example.org")
    of_port = user_with("lead", organisation=port, email="d@example.org")
    elsewhere = user_with("operator", organisation=make_organisation("bank"), email="e@example.org")
    save_view(by=secretariat, page=PAGE, query="q=a", name="Ours", team="role:secretariat")
    save_view(by=operator, page=PAGE, query="q=b", name="Port's", team=f"organisation:{port.pk}")
    seen = {user.email: names(user) for user in (secretariat, colleague, operator, of_port, elsewhere)}
    assert seen == {
        secretariat.email: ["Ours"],
        colleague.email: ["Ours"],
        operator.email: ["Port's"],
        of_port.email: ["Port's"],
        elsewhere.email: [],
    }


def test_a_role_for_one_organisation_is_no_team_across_organisations(
    port: Organisation, user_with: Callable[..., User]
) -> None:
    operator = user_with("operator", organisation=port)
    assert [key for key, _words in teams_of(operator)] == ["private", f"organisation:{port.pk}"]
    for team in ("role:operator", "role:secretariat", "organisation:999", "everybody", ""):
        with pytest.raises(Refused) as refusal:
            save_view(by=operator, page=PAGE, query="q=a", name="All", team=team)
        assert refusal.value.code == "other_team"


def test_only_its_owner_renames_shares_and_removes(secretariat: User, user_with: Callable[..., User]) -> None:
    colleague = user_with("secretariat", email="b@example.org")
    view = save_view(by=secretariat, page=PAGE, query="q=a", name="Ours", team="role:secretariat")
    with pytest.raises(NotAllowed):
        update_view(view, by=colleague, name="Mine", team="private")
    with pytest.raises(NotAllowed):
        remove_view(view, by=colleague)
    changed = update_view(view, by=secretariat, name="Late ones", team="private", version=view.version)
    assert (changed.name, names(colleague)) == ("Late ones", [])
    with pytest.raises(Changed):
        update_view(view, by=secretariat, name="Again", team="private", version=view.version)
    remove_view(changed, by=secretariat)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": " "}, "missing"),
        ({"name": "Twice"}, "taken"),
        ({"page": "https://example.org/workspace/"}, "bad_page"),
        ({"page": "//example.org/workspace/"}, "bad_page"),
        ({"page": "/strategy/"}, "bad_page"),
        ({"query": "q=" + "x" * 2_000}, "bad_query"),
        ({"query": "q=a%00b"}, "bad_query"),
    ],
)
def test_what_cannot_be_saved(facts: dict[str, str], code: str, secretariat: User) -> None:
    save_view(by=secretariat, page=PAGE, query="q=b", name="Twice")
    given = {"page": PAGE, "query": "q=a", "name": "New"} | facts
    with pytest.raises(Refused) as refusal:
        save_view(by=secretariat, **given)
    assert (refusal.value.code, SavedView.objects.count()) == (code, 1)


@pytest.mark.long
def test_one_account_keeps_fifty(secretariat: User) -> None:
    for number in range(50):
        save_view(by=secretariat, page=PAGE, query=f"q={number}", name=str(number))
    with pytest.raises(Refused) as refusal:
        save_view(by=secretariat, page=PAGE, query="q=more", name="More")
    assert str(refusal.value.sentence) == "You have 50 saved views. Remove one first."


def test_the_query_is_kept_in_one_order() -> None:
    assert kept_query("?b=2&a=1&after=x") == kept_query("a=1&b=2") == "a=1&b=2"
    assert [is_page(path) for path in ("/workspace/", "/workspace//evil", "/workspace\\evil", "workspace/")] == [
        True,
        False,
        False,
        False,
    ]
