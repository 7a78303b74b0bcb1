"""SCIM: a directory finds accounts and switches them off; it opens none, changes nothing else, and learns nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from floreo.api.scim.resources import PATCH, USER
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.models import AuditEntry
from floreo.organisations.actions.accounts import activate_account, deactivate_account
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import ApiToken, Membership, Organisation, Person, User
from tests.factories.organisations import organisation, person

pytestmark = pytest.mark.django_db
JSON = "application/scim+json"


@pytest.fixture
def word(administrator: User) -> str:
    return make_token(administrator, by=SYSTEM, name="Entra", scopes=["people"])[1]


@pytest.fixture
def ana(user_with: Callable[..., User]) -> User:
    body = organisation("ministry")
    made = user_with("lead", organisation=body, email="ana@example.org")
    made.person = person("ana", body)
    made.save()
    return made


def ask(word: str, path: str, body: Any = None, *, method: str = "get", kind: str = JSON) -> Any:
    headers = {"Authorization": f"Bearer {word}"} if word else {}
    text = body if isinstance(body, str) else json.dumps(body)
    given = {} if body is None else {"data": text, "content_type": kind}
    answer = getattr(Client(), method)(f"/scim/v2/{path}", headers=headers, **given)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == 204 or answer.headers["Content-Type"] == JSON
    return answer


def patch(word: str, user: User, *operations: Any) -> Any:
    return ask(word, f"Users/{user.pk}", {"schemas": [PATCH], "Operations": list(operations)}, method="patch")


def off(path: str | None = "active", value: Any = False, op: str = "replace") -> dict[str, Any]:
    return {"op": op, **({"path": path} if path else {}), "value": value}


def said(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(answer.status_code)
    return answer.status_code, body.get("scimType", ""), body["detail"]


def found(word: str, query: str) -> list[str]:
    return [row["userName"] for row in ask(word, f"Users?filter={query}").json()["Resources"]]


# --- What it shows ------------------------------------------------------------------------------------------------


def test_a_client_learns_what_this_service_can_do(word: str) -> None:
    config = ask(word, "ServiceProviderConfig").json()
    assert {name: config[name]["supported"] for name in ("patch", "bulk", "filter", "sort", "changePassword")} == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "sort": False,
        "changePassword": False,
    }
    assert [r["endpoint"] for r in ask(word, "ResourceTypes").json()["Resources"]] == ["/Users"]
    assert ask(word, "ResourceTypes/User").json()["schema"] == USER
    assert [a["name"] for a in ask(word, f"Schemas/{USER}").json()["attributes"]] == [
        "userName",
        "displayName",
        "active",
        "emails",
    ]
    assert said(ask(word, "Groups"))[0] == said(ask(word, "Schemas/x"))[0] == 404


def test_an_account_is_shown_without_its_roles(word: str, ana: User) -> None:
    assert ask(word, f"Users/{ana.pk}").json() == {
        "schemas": [USER],
        "id": str(ana.pk),
        "userName": "ana@example.org",
        "displayName": "Test lead",
        "active": True,
        "emails": [{"value": "ana@example.org", "type": "work", "primary": True}],
        "meta": {
            "resourceType": "User",
            "created": ana.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "location": f"http://localhost:8000/scim/v2/Users/{ana.pk}",
        },
    }


def test_accounts_are_found_by_one_comparison(word: str, ana: User) -> None:
    for query in (
        'userName eq "ana@example.org"',
        'USERNAME EQ "ANA@example.org"',
        f'{USER}:userName eq "ana@example.org"',
        'emails[type eq "work"].value eq "ana@example.org"',
        f'id eq "{ana.pk}"',
    ):
        assert found(word, query) == ["ana@example.org"]
    assert found(word, 'userName eq "nobody@example.org"') == []
    page = ask(word, "Users?startIndex=2&count=1").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (2, 2, 1)
    assert ask(word, "Users?count=0").json()["Resources"] == []


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "query",
    [
        'userName eq "x" or userName pr',
        'userName eq "x" and active eq true',
        "userName pr",
        'userName sw "a"',
        'password eq "x"',
        'memberships.role eq "administrator"',
        'user__email eq "x"',
        'userName eq "x" or "1" eq "1',
        "userName eq 'x'",
        'userName eq "x"; drop table',
        'userName eq "\\u0000"',
        'userName eq ""x""',
        "(" * 400,
        'userName eq "' + "x" * 600 + '"',
    ],
)
def test_no_other_filter_is_answered(query: str, word: str, ana: User) -> None:
    status, kind, _words = said(
        Client().get("/scim/v2/Users", {"filter": query}, headers={"Authorization": f"Bearer {word}"})
    )
    assert (status, kind) == (400, "invalidFilter")


def test_odd_pages_are_refused(word: str) -> None:
    assert said(ask(word, "Users?count=x"))[:2] == (400, "invalidValue")
    assert said(ask(word, "Users?startIndex=" + "9" * 40))[:2] == (400, "invalidValue")
    assert ask(word, "Users?startIndex=-5&count=999999").json()["startIndex"] == 1


# --- Who leaves ---------------------------------------------------------------------------------------------------


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "operation",
    [
        off(),
        off("active", "False"),
        {"op": "Replace", "path": "active", "value": False},
        off(None, {"active": False}),
        off(f"{USER}:active"),
    ],
)
def test_who_leaves_is_switched_off_signed_out_and_handed_over(
    operation: dict[str, Any], word: str, ana: User, administrator: User
) -> None:
    browser = Client()
    browser.force_login(ana)
    browser.get("/about/")
    own = make_token(ana, by=SYSTEM, name="Own", scopes=["updates"])[0]
    answer = patch(word, ana, operation)
    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert browser.get("/workspace/").status_code == 302
    assert (User.objects.get(pk=ana.pk).is_active, Person.objects.get().is_active) == (False, False)
    assert ApiToken.objects.get(pk=own.pk).ended_at is not None
    verbs = list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))
    assert {"account.deactivated", "person.updated", "account.left"} <= set(verbs)
    assert AuditEntry.objects.get(verb="account.left").actor_code == administrator.actor_code
    deliver_due()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([administrator.email], "Test lead left, says the directory")


def test_deleted_is_gone_for_the_directory_and_kept_here(word: str, ana: User) -> None:
    assert ask(word, f"Users/{ana.pk}", method="delete").status_code == 204
    assert said(ask(word, f"Users/{ana.pk}"))[0] == 404
    assert said(ask(word, f"Users/{ana.pk}", method="delete"))[0] == 404
    assert found(word, 'userName eq "ana@example.org"') == []
    kept = User.objects.get(pk=ana.pk)
    assert (kept.is_active, Membership.objects.filter(user=kept).count()) == (False, 1)
    activate_account(kept, by=SYSTEM)
    assert found(word, 'userName eq "ana@example.org"') == ["ana@example.org"]


def test_the_directory_takes_back_what_it_did_and_nothing_else(word: str, ana: User) -> None:
    patch(word, ana, off())
    assert patch(word, ana, off(value=True)).json()["active"] is True
    assert (User.objects.get(pk=ana.pk).is_active, Person.objects.get().is_active) == (True, True)
    deactivate_account(User.objects.get(pk=ana.pk), by=SYSTEM, reason="Under investigation")
    status, _kind, words = said(patch(word, ana, off(value=True)))
    assert status == 409
    assert words.startswith("This account was switched off here")
    assert not User.objects.get(pk=ana.pk).is_active


def test_the_last_administrator_stays(word: str, administrator: User) -> None:
    for answer in (patch(word, administrator, off()), ask(word, f"Users/{administrator.pk}", method="delete")):
        assert said(answer) == (
            409,
            "",
            "This is the last administrator. Make somebody else administrator first.",
        )
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_token_of_the_secretariat_switches_off_no_administrator(secretariat: User, administrator: User) -> None:
    word = make_token(secretariat, by=SYSTEM, name="Keycloak", scopes=["people"])[1]
    assert said(patch(word, administrator, off()))[0] == 403
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_person_of_another_directory_is_unknown(
    administrator: User, ana: User, user_with: Callable[..., User]
) -> None:
    """A token for one organisation knows who acts for that one and for no other."""
    other = organisation("other")
    theirs = user_with("operator", organisation=other, email="bo@example.org")
    both = user_with("lead", organisation=other, email="both@example.org")
    Membership.objects.create(user=both, role="operator", organisation=Organisation.objects.get(code="ministry"))
    ministry = Organisation.objects.get(code="ministry")
    word = make_token(administrator, by=SYSTEM, name="Ministry", scopes=["people"], organisation=ministry)[1]
    assert [row["userName"] for row in ask(word, "Users").json()["Resources"]] == ["ana@example.org"]
    for user in (theirs, both, administrator):
        assert said(patch(word, user, off()))[0] == 404
        assert found(word, f'userName eq "{user.email}"') == []
    assert patch(word, ana, off()).status_code == 200


# --- What it cannot do --------------------------------------------------------------------------------------------


def test_no_account_is_opened(word: str, ana: User) -> None:
    new = {"schemas": [USER], "userName": "new@example.org", "active": True}
    assert said(ask(word, "Users", new, method="post"))[0] == 403
    assert said(ask(word, "Users", new | {"userName": "ana@example.org"}, method="post"))[:2] == (409, "uniqueness")
    assert User.objects.filter(email="new@example.org").count() == 0


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (off("title", "King"), "invalidPath"),
        (off("roles", [{"value": "administrator"}]), "invalidPath"),
        (off("password", "x"), "invalidPath"),
        (off("memberships", []), "invalidPath"),
        (off(None, {"active": True, "is_staff": True}), "invalidPath"),
        (off("userName", "other@example.org"), "mutability"),
        (off("displayName", "Other"), "mutability"),
        (off('emails[type eq "work"].value', "other@example.org"), "mutability"),
        (off("active", None), "invalidValue"),
        (off("active", "perhaps"), "invalidValue"),
        (off("active", 0), "invalidValue"),
        (off("externalId", "x" * 300), "invalidValue"),
        (off("externalId", {"a": 1}), "invalidValue"),
        ({"op": "remove", "path": "active"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "move", "path": "active"}, "invalidSyntax"),
        ("active", "invalidSyntax"),
        (off(None, [1]), "invalidValue"),
        ({"op": "replace", "path": 3, "value": 1}, "invalidPath"),
    ],
)
def test_a_change_of_anything_else_is_refused_as_a_whole(operation: Any, kind: str, word: str, ana: User) -> None:
    before = AuditEntry.objects.count()
    assert said(patch(word, ana, off("externalId", "e-1"), operation))[:2] == (400, kind)
    assert ask(word, f"Users/{ana.pk}").json().get("externalId") is None
    assert AuditEntry.objects.count() == before


def test_what_says_the_same_is_no_change(word: str, ana: User) -> None:
    answer = patch(word, ana, off("userName", "ANA@example.org"), off("displayName", "Test lead"), off(value=True))
    assert answer.status_code == 200


def test_a_whole_resource_may_be_sent(word: str, ana: User) -> None:
    sent = {"schemas": [USER], "userName": "ana@example.org", "externalId": "e-1", "title": "King", "active": True}
    answer = ask(word, f"Users/{ana.pk}", sent, method="put")
    assert (answer.status_code, answer.json()["externalId"]) == (200, "e-1")
    assert found(word, 'externalId eq "e-1"') == ["ana@example.org"]
    assert ask(word, f"Users/{ana.pk}", sent | {"active": False}, method="put").json()["active"] is False
    assert said(ask(word, f"Users/{ana.pk}", sent | {"userName": "x@example.org"}, method="put"))[1] == "mutability"


@pytest.mark.parametrize("body", ["{", "[]", "3", "null", "[" * 50_000, '{"Operations": 3}', '{"schemas": []}'])
def test_odd_bodies_are_refused(body: str, word: str, ana: User) -> None:
    assert said(ask(word, f"Users/{ana.pk}", body, method="patch"))[:2] == (400, "invalidSyntax")


@pytest.mark.parametrize("pk", ["0", "-1", "x", "1" * 40, "²"])
def test_odd_ids_are_unknown(pk: str, word: str) -> None:
    assert said(ask(word, f"Users/{pk}"))[0] == 404


def test_only_json_of_a_size(word: str, ana: User) -> None:
    assert said(ask(word, f"Users/{ana.pk}", "a=b", method="patch", kind="text/plain"))[0] == 415
    assert said(ask(word, f"Users/{ana.pk}", "x" * 300_000, method="patch"))[0] == 413
    assert said(ask(word, "Users", method="delete"))[0] == 405


def test_without_a_token_for_it_there_is_nothing(administrator: User, secretariat: User, ana: User) -> None:
    wrong = make_token(administrator, by=SYSTEM, name="x", scopes=["readings"])[1]
    assert said(ask("", "Users"))[0] == 401
    assert said(ask("floreo_" + "x" * 43, "ServiceProviderConfig"))[0] == 401
    assert said(ask(wrong, "Users"))[0] == 403
    browser = Client()
    browser.force_login(administrator)
    assert browser.get("/scim/v2/Users").status_code == 401


def test_the_name_of_an_account_in_the_directory_is_in_the_trail(word: str, ana: User) -> None:
    assert patch(word, ana, off("externalId", "e-17")).status_code == 200
    assert ask(word, f"Users/{ana.pk}").json()["externalId"] == "e-17"
    assert AuditEntry.objects.filter(verb="directory_account.noted").count() == 1
