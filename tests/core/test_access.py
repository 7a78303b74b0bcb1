"""Roles: what each may, on its own things and on others'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from floreo.core.access import PERMISSION_WORDS, ROLES, SYSTEM, Permission, Scope, can, must
from floreo.core.errors import NotAllowed


@dataclass(frozen=True)
class Somebody:
    roles: tuple[tuple[str, int | None], ...]
    actor_code: str = "user:1"
    actor_name: str = "Somebody"

    def grants(self) -> tuple[tuple[str, int | None], ...]:
        return self.roles


@dataclass(frozen=True)
class Thing:
    owners: frozenset[int]

    def owner_ids(self) -> set[int]:
        return set(self.owners)


def test_every_permission_has_text() -> None:
    assert set(PERMISSION_WORDS) == set(Permission)


def test_the_ten_roles_are_those_of_the_design() -> None:
    assert set(ROLES) == {
        "administrator",
        "secretariat",
        "lead",
        "analyst",
        "responder",
        "operator",
        "drafter",
        "coordinator",
        "observer",
        "auditor",
    }


@pytest.mark.parametrize("nobody", [None, object(), Somebody(()), Somebody((("no such role", None),))])
def test_nobody_may_nothing(nobody: object) -> None:
    assert [permission for permission in Permission if can(nobody, permission)] == []


FOR_FEW = {
    Permission.EVIDENCE_STRICT,
    Permission.EVIDENCE_RED,
    Permission.INCIDENT_HANDLE,  # who reported what is for those who handle it
    Permission.INCIDENT_READ,
    Permission.ADVISORY_RED,
    Permission.DEPENDENCY_READ,  # who depends on whom is for those who work with it
    Permission.DEPENDENCY_EDIT,
    Permission.CASCADE_RUN,
    Permission.TABLETOP_READ,  # what participants of an exercise wrote is for those who run it
    Permission.TABLETOP_RUN,
    Permission.TABLETOP_FINDING,
    Permission.NOTIFICATION_READ,  # as confidential as cases
    Permission.NOTIFICATION_WRITE,
    Permission.NOTIFICATION_HANDLE,
}


def test_the_system_may_all_and_administrators_all_but_what_is_for_few() -> None:
    administrator = Somebody((("administrator", None),))
    assert {permission for permission in Permission if can(SYSTEM, permission)} == set(Permission)
    assert {permission for permission in Permission if not can(administrator, permission)} == FOR_FEW


# Who needs what is internal for their work; everybody else reads it of their own organisation at most.
PURPOSES = {
    Permission.PLAN_INTERNAL: {"administrator", "secretariat", "analyst"},
    Permission.MONEY_INTERNAL: {"administrator", "secretariat", "analyst"},
    Permission.REGISTER_INTERNAL: {"administrator", "secretariat", "analyst", "responder"},
    Permission.ASSET_READ: {"administrator", "secretariat", "responder"},
    Permission.CONTACT_READ: {"administrator", "secretariat", "responder"},
    Permission.EVIDENCE_AMBER: {"administrator", "secretariat", "analyst", "auditor"},
    Permission.EVIDENCE_RED: {"secretariat"},
}


@pytest.mark.parametrize("permission", PURPOSES)
def test_what_is_internal_is_granted_to_whose_work_needs_it(permission: Permission) -> None:
    assert {name for name, role in ROLES.items() if role.grants.get(permission) is Scope.ALL} == PURPOSES[permission]


def test_own_means_the_things_of_ones_organisation() -> None:
    lead = Somebody((("lead", 7),))
    assert can(lead, Permission.PLAN_UPDATE, Thing(frozenset({7, 8})))
    assert not can(lead, Permission.PLAN_UPDATE, Thing(frozenset({8})))
    assert not can(lead, Permission.PLAN_EDIT, Thing(frozenset({7})))


def test_own_without_an_organisation_is_nothing() -> None:
    assert not can(Somebody((("lead", None),)), Permission.PLAN_UPDATE, Thing(frozenset({7})))


@pytest.mark.parametrize("role", ["observer", "auditor"])
def test_who_only_reads_changes_nothing(role: str) -> None:
    reads = {p for p in Permission if p.value.endswith((".read", ".open", ".amber"))}
    assert set(ROLES[role].grants) <= reads


def test_must_raises() -> None:
    with pytest.raises(NotAllowed):
        must(None, Permission.PLAN_EDIT)


def test_scopes_are_used_where_they_mean_something() -> None:
    owned: Callable[[Permission], bool] = lambda p: any(r.grants.get(p) is Scope.OWN for r in ROLES.values())  # noqa: E731
    assert {p for p in Permission if owned(p)} == {
        Permission.PLAN_UPDATE,
        Permission.READING_ENTER,
        Permission.INCIDENT_READ,
        Permission.PEOPLE_READ,
        Permission.REGISTER_READ,
        Permission.REGISTER_INTERNAL,
        Permission.ASSET_READ,
        Permission.CONTACT_READ,
        Permission.PLAN_INTERNAL,
        Permission.MONEY_INTERNAL,
        Permission.EVIDENCE_KEEP,
        Permission.FEED_READ,
        Permission.FINDING_ANSWER,
        Permission.REGISTER_PROPOSE,
        Permission.SERVICE_READ,
        Permission.DEPENDENCY_READ,
        Permission.ASSESSMENT_READ,
        Permission.ASSESSMENT_ANSWER,
        Permission.ASSESSMENT_REVIEW,
        Permission.OBLIGATION_READ,
        Permission.OBLIGATION_ANSWER,
        Permission.NOTIFICATION_READ,
        Permission.NOTIFICATION_WRITE,
        Permission.TABLETOP_FINDING,
    }
