"""The trail is an exit like any other: what an entry is about says who reads it; everybody else sees that something
happened, and can check its hash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.evidence.actions import store_link
from floreo.organisations.actions import add_person
from floreo.organisations.models import User
from floreo.workspace.accounts.audit_views import in_groups

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
FORBIDDEN = ("Informant file", "met behind the harbour", "informant.example", "Test secretariat")


@pytest.fixture
def red(secretariat: User) -> AuditEntry:
    store_link(
        by=secretariat,
        url="https://informant.example/",
        title="Informant file",
        note="met behind the harbour",
        tlp="RED",
    )
    return AuditEntry.objects.get()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_may_not_know_of_red_evidence_sees_that_something_happened(
    role: str, red: AuditEntry, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with(role))
    everything = browser.get("/workspace/audit/").content.decode() + browser.get("/workspace/audit/1/").content.decode()
    assert [words for words in FORBIDDEN if words in everything] == []
    assert "saved evidence" in everything
    assert [part for part in in_groups(red.hash) if part not in everything] == []
    assert "the same: the entry has not been changed" in everything


def test_the_search_of_the_trail_is_no_oracle(
    red: AuditEntry, user_with: Callable[..., User], browser_of: Browser
) -> None:
    browser = browser_of(user_with("auditor"))
    for asked in ("subject=Informant", f"subject={red.subject}", "actor=secretariat"):
        assert "No entries match." in browser.get(f"/workspace/audit/?{asked}").content.decode(), asked
    assert "/workspace/audit/1/" in browser.get("/workspace/audit/?verb=evidence.added").content.decode()


def test_who_may_know_of_it_reads_all(red: AuditEntry, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    everything = browser.get("/workspace/audit/?subject=Informant").content.decode()
    everything += browser.get("/workspace/audit/1/").content.decode()
    assert [words for words in FORBIDDEN if words not in everything] == []


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_what_is_gone_is_closed_to_who_does_not_see_its_whole_kind(
    red: AuditEntry, user_with: Callable[..., User], secretariat: User, browser_of: Browser
) -> None:
    AuditEntry.objects.filter(number=1).update(subject="evidence.evidence:999999")
    assert "Informant" not in browser_of(user_with("auditor")).get("/workspace/audit/1/").content.decode()
    assert "Informant" in browser_of(secretariat).get("/workspace/audit/").content.decode()


@pytest.mark.usefixtures("whoever_holds_the_database")
def test_a_kind_without_a_rule_is_closed_to_everybody(secretariat: User, browser_of: Browser) -> None:
    add_person(by=SYSTEM, name="Somebody")
    AuditEntry.objects.update(subject="drills.drill:1", subject_name="Secret drill")
    browser = browser_of(secretariat)
    assert "Secret drill" not in browser.get("/workspace/audit/").content.decode()
    assert "Secret drill" not in browser.get("/workspace/audit/1/").content.decode()


def test_an_auditor_reads_what_is_about_what_they_may_know_of(
    secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    store_link(by=secretariat, url="https://example.org/", title="Open minutes", tlp="GREEN")
    browser = browser_of(user_with("auditor"))
    assert "Open minutes" in browser.get("/workspace/audit/").content.decode()
    assert "https://example.org/" in browser.get("/workspace/audit/1/").content.decode()
