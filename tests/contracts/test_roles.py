"""Every role against every address of the workspace: what a role does not grant is refused, read or written.

Addresses come from the resolver, and what each needs from the `NEEDS` of its area: a new address fails here until it has a
rule, and until an `addresses.py` beside its tests gives an example of what it names."""

from __future__ import annotations

import os
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, URLResolver, get_resolver, path, resolve, reverse
from django.utils.translation import override

import tests
from floreo.core.access import ROLES, Permission, reach
from floreo.core.errors import Missing, NotAllowed
from floreo.core.models import AuditEntry
from floreo.organisations.models import Country, Organisation, User
from floreo.workspace.areas import Area, areas, guarded

pytestmark = pytest.mark.one_database

# By the name of the address. The page of `floreo doctor` is in config, above all areas.
NEEDED: dict[str, Permission] = {
    "health": Permission.ACCOUNT_MANAGE,
    **{f"workspace:{name}": needs for area in areas() for name, needs in area.needs.items()},
}
NARROWED = {f"workspace:{name}" for area in areas() for name in area.narrowed}
# Whose example holds nothing to show yet, or which show something only to what a form before them sends.
EMPTY = {
    f"workspace:{name}"
    for name in (
        "compare_assessments",
        "publication_download",
        "import_file",
        "apply_workbook",
        "report_rejects",
        "bulk_actions",
        "new_action_of_pillar",  # where a plan has two levels
        "new_action_of_plan",  # where it has one
        "bulk_step",  # only to whoever made it
        "edit_comment",  # only to whoever wrote it
        "mentions",  # only to whom they name
        "edit_view",
        "remove_view",
    )
}

# Of whose example the thing itself has a rule beside the permission, which the administrator meets: a report of an older edition,
# a comment of somebody else on what is internal, a committee of which one is a member, a token and a webhook of one's own.
OF_THE_THING = {
    f"workspace:{name}"
    for name in (
        "discussion",
        "remove_comment",
        "propose_to_committee",
        "report",
        "report_file",
        "token",
        "webhook",
        "edit_webhook",
        "renew_webhook_secret",
    )
}


def _patterns(resolver: URLResolver, space: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """(name with its namespace, route) of every address."""
    for each in resolver.url_patterns:
        there = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each, f"{space}{each.namespace}:" if each.namespace else space, there)
        else:
            yield f"{space}{each.name}", there


@cache
def of_the_workspace() -> dict[str, str]:
    """Every address below /workspace/, whatever app it belongs to: name and route."""
    found = _patterns(get_resolver())
    return {name: route for name, route in found if re.sub(r"^[a-z]{2}/", "", route).startswith("workspace/")}


def test_every_address_of_the_workspace_says_what_it_needs() -> None:
    named, found = set(NEEDED), set(of_the_workspace())
    assert {"without a rule": found - named, "no address": named - found} == {
        "without a rule": set(),
        "no address": set(),
    }


def test_a_narrowed_list_is_an_address_with_a_rule() -> None:
    assert NARROWED - set(NEEDED) == set()


@pytest.fixture
def addresses(isla: Country, secretariat: User) -> dict[str, str]:
    """Each address by its name, filled with one of everything that it may name, internal where that can be."""
    given: dict[str, list[object]] = {}
    for module in pkgutil.walk_packages(tests.__path__, "tests."):
        if module.name.endswith(".addresses"):
            examples: dict[str, list[object]] = import_module(module.name).examples(isla, secretariat)
            given |= {f"workspace:{name}": args for name, args in examples.items()}
    with override("en"):
        return {name: reverse(name, args=given.get(name, [])) for name in NEEDED}


FORM = {"reason": "x", "note": "x", "title": "x", "code": "x"}


def in_a_browser(browser: Client) -> Callable[[str, str], int]:
    return lambda method, address: getattr(browser, method)(address, FORM).status_code


@cache
def found_at(address: str) -> ResolverMatch:
    """What is there is the same for every role, and to look through all patterns takes longer than to be refused."""
    return resolve(address)


def at_the_view(user: User, rf: RequestFactory) -> Callable[[str, str], int]:
    """The same without what is before every view, whoever asks: it takes a fifth of the time."""

    def status(method: str, address: str) -> int:
        request = getattr(rf, method)(address, FORM)
        request.user = user
        view, args, kwargs = found_at(address)
        try:
            return int(view(request, *args, **kwargs).status_code)
        except (NotAllowed, PermissionDenied):
            return 403
        except (Missing, Http404):
            return 404

    return status


def refused(name: str, address: str, status_of: Callable[[str, str], int]) -> Iterator[str]:
    """What went wrong: an answer that is no refusal."""
    for method in ("get", "post"):
        status = status_of(method, address)
        if status not in {403, 404} and (method, status) != ("get", 405):
            yield f"{method} {name} {address}: {status}"


IN_A_BROWSER = {"observer", "operator"} if os.environ.get("LONG") else {""}
TIED = {"lead", "operator", "coordinator"}
# Whom the gate asks: who sees least, who is tied to a body, and who has no role. LONG=1 asks all.
ASKED = [*ROLES, ""] if os.environ.get("LONG") else ["observer", "operator", ""]


@pytest.mark.guards("no address opens to a role without its permission")
def test_what_a_role_does_not_grant_is_refused(
    addresses: dict[str, str],
    user_with: Callable[..., User],
    browser_of: Callable[[User], Client],
    rf: RequestFactory,
) -> None:
    """Nor what it grants only for one's own body, where the thing is another's. All roles in one, since the examples take longer
    to make than a role to ask for them."""
    elsewhere = Organisation.objects.create(code="elsewhere", name="Elsewhere", kind="agency")
    asked: dict[str, int] = {}
    for role in ASKED:
        user = user_with(role, organisation=elsewhere if role in TIED else None, email=f"r{role}@example.org")
        status_of = in_a_browser(browser_of(user)) if role in IN_A_BROWSER else at_the_view(user, rf)
        before = AuditEntry.objects.count()
        wrong: list[str] = []
        for name, address in addresses.items():
            far = reach(user, NEEDED[name])
            if far is not None and not (far and name in NARROWED):
                asked[role] = asked.get(role, 0) + 1
                wrong += refused(name, address, status_of)
        assert (role, wrong) == (role, [])
        assert (role, AuditEntry.objects.count()) == (role, before)
    assert set(ASKED) - set(asked) == set()
    assert asked[""] == len(addresses)


@pytest.mark.guards("a refusal proves something, since others come in")
@pytest.mark.parametrize(
    "role",
    ["auditor", *(pytest.param(role, marks=pytest.mark.long) for role in ("administrator", "analyst"))],
)
def test_what_a_role_grants_everywhere_opens(
    role: str, addresses: dict[str, str], user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    """Else the test above would prove nothing."""
    user = user_with(role, email="r@example.org")
    browser, answers = browser_of(user), {}
    for name, address in addresses.items():
        kept = EMPTY if role == "administrator" else EMPTY | OF_THE_THING
        if reach(user, NEEDED[name]) is None and name not in kept:
            answers[name, address] = browser.get(address).status_code
    assert {k: status for k, status in answers.items() if status not in {200, 302, 405}} == {}


def test_an_address_without_a_rule_opens_to_nobody(administrator: User, rf: RequestFactory) -> None:
    area = Area("new", (path("new/", lambda _request: HttpResponse("open"), name="new"),), {})
    (address,) = guarded(area)
    request = rf.get("/workspace/new/")
    request.user = administrator
    with pytest.raises(NotAllowed):
        address.callback(request)
    (address,) = guarded(replace(area, needs={"new": Permission.WORKSPACE_OPEN}))
    assert address.callback(request).content == b"open"
