"""Writing committees and who sits on them."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    last_position,
    lock_latest,
    require_free_code,
    require_order,
    require_text,
    save,
)
from floreo.meetings.logic import overlap
from floreo.meetings.models import Committee, Seat
from floreo.organisations.models import Organisation, Person
from floreo.strategy.models import Edition


class CommitteeFacts(TypedDict, total=False):
    name: str
    purpose: str
    organisation: Organisation | None
    edition: Edition | None
    is_public: bool
    ends_on: date | None
    ballot: str
    quorum: int
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


class SeatFacts(TypedDict, total=False):
    organisation: Organisation
    person: Person | None
    part: str
    starts_on: date | None
    ends_on: date | None
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def _check(committee: Committee) -> None:
    committee.name = require_text(committee.name, field="name", sentence=_("Enter the name of the committee."))


@action("committee.added", needs=Permission.MEETING_RUN)
def add_committee(code: str, *, by: Actor, **facts: Unpack[CommitteeFacts]) -> Committee:
    committee = Committee(code=require_free_code(Committee.objects.all(), code))
    assign(committee, facts)
    _check(committee)
    return save(committee)


@action("committee.updated", needs=Permission.MEETING_RUN)
def update_committee(
    committee: Committee, *, by: Actor, version: int | None = None, **facts: Unpack[CommitteeFacts]
) -> Committee:
    """Raises Changed when somebody saved since the form was opened at `version`."""
    committee = lock_latest(committee, version)
    assign(committee, facts)
    _check(committee)
    return save(committee)


def _of_body(person: Person, body: Organisation) -> bool:
    """Whether the person works for the body, or for one that was merged with it."""
    return person.organisation is not None and person.organisation.successor().pk == body.successor().pk


def _check_seat(seat: Seat) -> None:
    """Raises Refused unless its person is of its body and still there, its days run forwards and nobody has it already."""
    body, person = seat.organisation, seat.person
    if person is not None and not _of_body(person, body):
        home = person.organisation.in_language("name") if person.organisation else _("no organisation")
        sentence = _(
            "The register lists %(name)s under %(home)s, not under %(body)s. Choose somebody of that "
            "organisation, or change the register first."
        ) % {"name": person.name, "home": home, "body": body.in_language("name")}
        raise Refused(sentence, code="other_body", fields={"person": sentence})
    if person is not None and not person.is_active and seat.ends_on is None:
        sentence = _("%(name)s is no longer responsible for anything. Choose somebody else.") % {"name": person.name}
        raise Refused(sentence, code="person_gone", fields={"person": sentence})
    require_order(seat.starts_on, seat.ends_on, field="ends_on", named=(_("The first day"), _("the last day")))
    for other in Seat.objects.filter(committee=seat.committee, organisation=body, person=person).exclude(pk=seat.pk):
        if overlap((seat.starts_on, seat.ends_on), (other.starts_on, other.ends_on)):
            sentence = _(
                "%(body)s already has that seat. End it first, or name another person for the second seat."
            ) % {"body": body.in_language("name")}
            raise Refused(sentence, code="seat_taken", fields={"organisation": sentence})


@action("seat.added", needs=Permission.MEETING_RUN)
def add_seat(committee: Committee, *, by: Actor, **facts: Unpack[SeatFacts]) -> Seat:
    """A body takes a seat, from a day on."""
    lock_latest(committee)  # held, so that two at once do not give the same seat twice
    seat = Seat(committee=committee, position=last_position(Seat.objects.filter(committee=committee)))
    assign(seat, facts)
    _check_seat(seat)
    return save(seat)


@action("seat.updated", needs=Permission.MEETING_RUN)
def update_seat(seat: Seat, *, by: Actor, version: int | None = None, **facts: Unpack[SeatFacts]) -> Seat:
    """Corrects a seat. When somebody new sits on it, end it and add the new one: then both stay in the record."""
    seat = lock_latest(seat, version)
    assign(seat, facts)
    _check_seat(seat)
    return save(seat)


@action("seat.ended", needs=Permission.MEETING_RUN)
def end_seat(seat: Seat, *, by: Actor, ends_on: date | None = None) -> Seat:
    """The seat's last day."""
    seat = lock_latest(seat)
    seat.ends_on = ends_on or clock.today()
    require_order(seat.starts_on, seat.ends_on, field="ends_on", named=(_("The first day"), _("the last day")))
    return save(seat)


@action("seat.removed", needs=Permission.MEETING_RUN)
def remove_seat(seat: Seat, *, by: Actor, reason: str) -> None:
    """Takes out a seat that was entered by mistake. One that came to its end is ended instead."""
    seat = lock_latest(seat)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing it.")))
    delete(seat)
