"""The register: names over time, mergers, roles from a day to a day, people, networks that must not overlap unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine

from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry, SearchEntry
from floreo.organisations.actions import (
    add_contact,
    add_network,
    add_organisation,
    add_person,
    add_role,
    merge_organisation,
    remove_contact,
    remove_network,
    remove_role,
    rename_organisation,
    update_network,
    update_organisation,
    update_person,
    update_role,
)
from floreo.organisations.models import Network, Organisation, User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


def test_a_body_is_added_with_a_code_from_its_name(secretariat: User) -> None:
    first = add_organisation(by=secretariat, name="Central Bank", kind="agency")
    second = add_organisation(by=secretariat, name="Central Bank", kind="agency")
    assert (first.code, second.code) == ("central-bank", "central-bank-2")
    assert SearchEntry.objects.filter(title="Central Bank").count() == 2
    for facts, field in (
        ({"name": " "}, "name"),
        ({"name": "X", "code": "central-bank"}, "code"),
        ({"name": "X", "code": "No Good"}, "code"),
        ({"name": "X", "kind": "circus"}, "kind"),
        ({"name": "X", "website": "not an address"}, "website"),
        ({"name": "X", "starts_on": date(2025, 1, 2), "ends_on": date(2025, 1, 1)}, "ends_on"),
        ({"name": "X", "phone": "call me"}, "phone"),
    ):
        with pytest.raises(Refused) as given:
            add_organisation(by=secretariat, **({"kind": "agency"} | facts))
        assert field in given.value.fields
    assert Organisation.objects.count() == 2


def test_a_renamed_body_keeps_its_old_name_until_its_last_day(secretariat: User) -> None:
    body = make.organisation("cito", "Central Information Technology Office", short_name="CITO")
    with time_machine.travel("2026-03-10"):
        rename_organisation(body, by=secretariat, name="Digital Agency", ends_on=date(2026, 1, 31), short_name="DA")
        body.refresh_from_db()
        assert (body.name, body.short_name, body.code) == ("Digital Agency", "DA", "cito")
        assert body.name_on(date(2026, 1, 31)) == "Central Information Technology Office"
        assert body.name_on(date(2026, 2, 1)) == "Digital Agency"
        for name, ends_on, field in (
            ("Digital Agency", date(2026, 2, 2), "name"),
            ("Third Name", date(2026, 3, 11), "ends_on"),
            ("Third Name", date(2026, 1, 31), "ends_on"),
        ):
            with pytest.raises(Refused) as given:
                rename_organisation(body, by=secretariat, name=name, ends_on=ends_on)
            assert field in given.value.fields
        rename_organisation(body, by=secretariat, name="Third Name", ends_on=date(2026, 2, 28))
    assert [f.name for f in body.former_names.all()] == ["Digital Agency", "Central Information Technology Office"]


def test_a_merged_body_has_an_heir_and_keeps_its_past(secretariat: User) -> None:
    old, new, newest = make.organisation("old"), make.organisation("new"), make.organisation("newest")
    merge_organisation(old, by=secretariat, into=new, on=date(2025, 12, 31))
    new.refresh_from_db()
    merge_organisation(new, by=secretariat, into=newest, on=date(2026, 6, 30))
    old.refresh_from_db()
    assert (old.successor(), old.ends_on, old.name) == (newest, date(2025, 12, 31), "Old")
    with pytest.raises(Refused, match="It has already been merged"):
        merge_organisation(old, by=secretariat, into=newest, on=date(2026, 1, 1))
    with pytest.raises(Refused, match="into itself"):
        merge_organisation(newest, by=secretariat, into=old, on=date(2026, 7, 1))


def test_a_body_cannot_be_part_of_itself(secretariat: User) -> None:
    top = make.organisation("top")
    part = make.organisation("part", parent=top)
    with pytest.raises(Refused) as given:
        update_organisation(top, by=secretariat, parent=part)
    assert "parent" in given.value.fields


def test_roles_and_contacts_come_and_go(secretariat: User) -> None:
    body = make.organisation("csirt")
    role = add_role(body, by=secretariat, title="Leads cybersecurity", starts_on=date(2025, 1, 1))
    update_role(role, by=secretariat, ends_on=date(2026, 1, 1))
    with pytest.raises(Refused):
        update_role(role, by=secretariat, ends_on=date(2024, 1, 1))
    with pytest.raises(Refused):
        add_contact(body, by=secretariat, purpose="abuse")
    contact = add_contact(body, by=secretariat, purpose="abuse", email="abuse@example.org")
    remove_contact(contact, by=secretariat)
    remove_role(role, by=secretariat)
    assert (body.roles.count(), body.contacts.count()) == (0, 0)
    subjects = set(AuditEntry.objects.values_list("subject", flat=True))
    assert subjects == {f"organisations.organisation:{body.pk}"}


def test_two_people_editing_one_body(secretariat: User) -> None:
    body = make.organisation("csirt")
    update_organisation(body, by=secretariat, version=1, short_name="CSIRT")
    with pytest.raises(Changed) as given:
        update_organisation(body, by=secretariat, version=1, short_name="CERT")
    assert given.value.theirs["short_name"] == "CSIRT"


def test_people_are_added_and_switched_off(secretariat: User) -> None:
    body = make.organisation("csirt")
    one = add_person(by=secretariat, name="Tomás Marea", organisation=body, post="Head", phone="+1 202 555 0100")
    assert (one.code, one.phone) == ("tomas-marea", "+1 202-555-0100")
    assert update_person(one, by=secretariat, is_active=False).is_active is False
    with pytest.raises(Refused):
        add_person(by=secretariat, name="")
    with pytest.raises(Refused) as given:
        add_person(by=secretariat, name="X", email="nonsense")
    assert "email" in given.value.fields


def test_prefixes_are_checked_sorted_and_kept_once(secretariat: User) -> None:
    network = add_network(
        by=secretariat,
        asn=64500,
        name="University",
        prefixes=["2001:db8::/32", "198.51.100.0/24", "198.51.100.0/24", ""],
    )
    assert network.prefixes == ["198.51.100.0/24", "2001:db8::/32"]
    for text in ("198.51.100.1/24", "300.1.1.0/24", "words", "10.0.0.0/33"):
        with pytest.raises(Refused, match="is not a prefix") as given:
            update_network(network, by=secretariat, prefixes=[text])
        assert "prefixes" in given.value.fields
    for asn in (0, 4294967295, 64500):
        with pytest.raises(Refused) as given:
            add_network(by=secretariat, asn=asn, name="X")
        assert "asn" in given.value.fields
    assert add_network(by=secretariat, asn=64501, name="Abroad").prefixes == []


def test_overlapping_prefixes_are_told_and_allowed_only_on_purpose(secretariat: User) -> None:
    make.network(64500, "198.51.100.0/24")
    with pytest.raises(Refused, match=r"198\.51\.100\.128/25 shares addresses with 198\.51\.100\.0/24 of AS64500"):
        add_network(by=secretariat, asn=64501, name="Customer", prefixes=["198.51.100.128/25"])
    add_network(by=secretariat, asn=64501, name="Customer", prefixes=["198.51.100.128/25"], accept_overlap=True)
    assert AuditEntry.objects.get(verb="network.added").detail["shared_with"] == ["AS64500"]
    own = Network.objects.get(asn=64500)
    with pytest.raises(Refused, match="AS64501"):
        update_network(own, by=secretariat, prefixes=["198.51.100.0/24"])
    with pytest.raises(Refused):
        remove_network(own, by=secretariat, reason=" ")
    remove_network(own, by=secretariat, reason="never ours")
    assert not Network.objects.filter(asn=64500).exists()


@pytest.mark.parametrize("role", ["lead", "analyst", "operator", "drafter", "coordinator", "observer", "auditor"])
def test_only_those_who_keep_the_register_change_it(role: str, user_with: Callable[..., User]) -> None:
    body = make.organisation("csirt")
    by = user_with(role, organisation=body if role in {"lead", "operator", "coordinator"} else None)
    one, network = make.person("one", body), make.network(64500)
    for do in (
        lambda: add_organisation(by=by, name="X", kind="agency"),
        lambda: update_organisation(body, by=by, short_name="X"),
        lambda: rename_organisation(body, by=by, name="X", ends_on=date(2026, 1, 1)),
        lambda: merge_organisation(body, by=by, into=body, on=date(2026, 1, 1)),
        lambda: add_role(body, by=by, title="X"),
        lambda: add_contact(body, by=by, purpose="X", email="x@example.org"),
        lambda: add_person(by=by, name="X"),
        lambda: update_person(one, by=by, name="X"),
        lambda: add_network(by=by, asn=1, name="X"),
        lambda: update_network(network, by=by, name="X"),
        lambda: remove_network(network, by=by, reason="X"),
    ):
        with pytest.raises(NotAllowed):
            do()
    assert not AuditEntry.objects.exists()
