"""Who sits on a committee: what is kept, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.meetings.actions.committees import add_seat, end_seat, remove_seat, update_committee, update_seat
from floreo.meetings.models import Committee, Seat
from floreo.organisations.models import Organisation, Person, User
from tests.factories.strategy import make_organisation, make_person


def test_a_person_of_another_organisation_gets_no_seat(committee: Committee) -> None:
    bank, ruben = make_organisation("bank", "Bank"), Person.objects.get(code="ruben")
    with pytest.raises(Refused, match="lists Ruben under Police, not under Bank") as refused:
        add_seat(committee, by=SYSTEM, organisation=bank, person=ruben)
    assert (refused.value.code, list(refused.value.fields)) == ("other_body", ["person"])
    assert committee.seats.count() == 3


def test_a_person_of_a_body_that_was_merged_sits_for_its_heir(committee: Committee) -> None:
    csirt = Organisation.objects.get(code="csirt")
    old = make_organisation("office", "Computer office", merged_into=csirt)
    seat = add_seat(committee, by=SYSTEM, organisation=csirt, person=make_person("ada", old))
    assert str(seat) == "CSIRT (Member)"
    assert AuditEntry.objects.latest("number").subject == f"meetings.committee:{committee.pk}"


def test_whoever_left_gets_no_seat(committee: Committee) -> None:
    police = Organisation.objects.get(code="police")
    with pytest.raises(Refused, match="is no longer responsible for anything"):
        add_seat(committee, by=SYSTEM, organisation=police, person=make_person("gone", police, is_active=False))


def test_a_body_does_not_sit_on_one_chair_twice_at_a_time(committee: Committee) -> None:
    justice = Organisation.objects.get(code="justice")
    with pytest.raises(Refused, match="Justice already has that seat") as refused:
        add_seat(committee, by=SYSTEM, organisation=justice, starts_on=date(2026, 1, 1))
    assert refused.value.code == "seat_taken"
    end_seat(Seat.objects.get(organisation=justice), by=SYSTEM, ends_on=date(2025, 12, 31))
    add_seat(committee, by=SYSTEM, organisation=justice, starts_on=date(2026, 1, 1))
    assert [(s.starts_on, s.ends_on) for s in Seat.objects.filter(organisation=justice)] == [
        (None, date(2025, 12, 31)),
        (date(2026, 1, 1), None),
    ]
    assert Seat.objects.on(date(2025, 6, 1)).count() == Seat.objects.on(date(2026, 6, 1)).count() == 3


def test_a_seat_does_not_end_before_it_begins(committee: Committee) -> None:
    seat = committee.seats.first()
    assert seat is not None
    with pytest.raises(Refused, match="is after"):
        update_seat(seat, by=SYSTEM, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))


def test_a_seat_is_removed_for_a_reason(committee: Committee) -> None:
    seat = committee.seats.first()
    assert seat is not None
    with pytest.raises(Refused, match="Give the reason"):
        remove_seat(seat, by=SYSTEM, reason=" ")
    remove_seat(seat, by=SYSTEM, reason="Entered twice")
    assert AuditEntry.objects.latest("number").detail["reason"] == "Entered twice"
    assert committee.seats.count() == 2


def test_two_who_change_a_committee_at_once_see_each_other(committee: Committee) -> None:
    opened = committee.version
    update_committee(committee, by=SYSTEM, purpose="To steer", version=opened)
    with pytest.raises(Changed) as changed:
        update_committee(committee, by=SYSTEM, purpose="To row", version=opened)
    assert changed.value.theirs["purpose"] == "To steer"


def test_a_lead_runs_no_committee(committee: Committee, user_with: object) -> None:
    lead: User = user_with("lead", organisation=Organisation.objects.get(code="police"))  # type: ignore[operator]
    with pytest.raises(NotAllowed):
        update_committee(committee, by=lead, purpose="Mine")
