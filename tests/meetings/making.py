"""Committees and meetings for tests, made through the same actions people use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from floreo.core.access import SYSTEM
from floreo.meetings.actions.calling import call_meeting
from floreo.meetings.actions.committees import add_committee, add_seat
from floreo.meetings.actions.recording import ItemMinutes, Recorded, SeatTaken, record_meeting
from floreo.meetings.models import Committee, Meeting
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_organisation, make_person


def make_committee(edition: Edition | None = None) -> Committee:
    found = add_committee("steering", by=SYSTEM, name="Steering committee", edition=edition, is_public=True)
    police = make_organisation("police", "Police")
    justice = make_organisation("justice", "Justice", email="justice@example.org")
    csirt = make_organisation("csirt", "CSIRT")
    add_seat(
        found,
        by=SYSTEM,
        organisation=police,
        person=make_person("ruben", police, email="ruben@example.org"),
        part="chair",
    )
    add_seat(found, by=SYSTEM, organisation=justice)
    add_seat(
        found,
        by=SYSTEM,
        organisation=csirt,
        person=make_person("tomas", csirt, email="tomas@example.org", language="es"),
    )
    return found


def to_come(committee: Committee, *, days: int = 9, **facts: object) -> Meeting:
    return call_meeting(
        committee,
        by=SYSTEM,
        on=TODAY + timedelta(days=days),
        starts_at=time(14),
        ends_at=time(16),
        **facts,  # type: ignore[arg-type]
    )


def held(committee: Committee, on: date = TODAY) -> Meeting:
    return call_meeting(committee, by=SYSTEM, on=on, was_held=on < TODAY)


def record_attendance(meeting: Meeting, *, seats: Sequence[SeatTaken], guests: Sequence[str] | None = None) -> Meeting:
    """Who came, seat by seat; `guests` are names without a seat."""
    return record_meeting(meeting, by=SYSTEM, recorded=Recorded(seats=seats, guests=guests))


def record_minutes(meeting: Meeting, *items: ItemMinutes) -> Meeting:
    """What was said, point by point."""
    return record_meeting(meeting, by=SYSTEM, recorded=Recorded(items=items))
