"""What leaves of meetings: committees' seats, meetings, decisions. Names of people never leave to the public."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, day, titles
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words
from floreo.meetings.logic import OPEN_STATES, DecisionState, hours
from floreo.meetings.models import (
    Committee,
    Decision,
    DecisionStateChoice,
    Meeting,
    MeetingStateChoice,
    Seat,
    SeatPartChoice,
)
from floreo.organisations.models import Organisation
from floreo.strategy.tables.of_edition import edition_filter

READ = Permission.MEETING_READ
PEOPLE = Permission.PEOPLE_READ


def _code(name: str) -> Callable[[Any], Cell]:
    def value(row: Any) -> Cell:
        other = getattr(row, name)
        return other.code if other else None

    return value


def _committees() -> Iterable[tuple[str, Words]]:
    return [(c.code, c.in_language("name")) for c in Committee.objects.filter(is_public=True)]


def _committee_filter(path: str) -> Filter:
    return Filter("committee", _("Committee"), _committees, lambda rows, v: rows.filter(**{path: v}))


COMMITTEE = Column.of(Seat, "committee", _("Its code"), value=_code("committee"))


def _public_committee(row: Any) -> Cell:
    return row.committee.code if row.committee is not None and row.committee.is_public else None


SEATS = Table(
    "seats",
    _("Seats"),
    _("Which organisation has a seat on which committee, from which day to which day."),
    rows=lambda viewer: Seat.objects.visible_to(viewer).select_related("committee", "organisation", "person"),
    columns=(
        ID,
        COMMITTEE,
        Column("committee_name", _("Name"), _("Of the committee"), lambda s: s.committee.name),
        Column.of(Seat, "organisation", _("Its code in the register"), value=lambda s: s.organisation.code),
        Column("organisation_name", _("Organisation"), _("Its current name"), lambda s: s.organisation.name),
        Column(
            "person",
            _("Person"),
            _("Who holds the seat for the organisation"),
            lambda s: s.person.name if s.person else None,
            needs=PEOPLE,
        ),
        Column.of(Seat, "part", _("chair, secretary, member or observer")),
        Column.of(Seat, "starts_on", _("First day; empty when not known"), CellKind.DATE),
        Column.of(Seat, "ends_on", _("Last day; empty if the seat has not ended"), CellKind.DATE),
        *SOURCED,
        CHANGED,
    ),
    key="id",
    search=("organisation__name", "committee__name"),
    filters=(
        _committee_filter("committee__code"),
        Filter("part", _("Part"), lambda: SeatPartChoice.choices, lambda rows, v: rows.filter(part=v)),
    ),
    lookup=by_id,
)


def _by_place(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    committee, _colon, code = key.partition(":")
    return rows.filter(committee__code=committee, code=code)


MEETINGS = Table(
    "meetings",
    _("Meetings"),
    _("Past and future meetings of each committee. Notes are in the minutes, which are not published as data."),
    rows=lambda viewer: Meeting.objects.visible_to(viewer).select_related("committee"),
    columns=(
        Column(
            "key",
            _("Key"),
            _("Committee and code, joined by a colon: unique in this table"),
            lambda m: f"{m.committee.code}:{m.code}",
        ),
        COMMITTEE,
        Column.of(Meeting, "code", _("Unique in its committee: the day for which it was first scheduled")),
        Column.of(Meeting, "number", _("Meeting number"), CellKind.WHOLE),
        Column.of(Meeting, "on", _("In the country's time zone"), CellKind.DATE),
        Column("hours", _("Hours"), _("In the country's time zone"), lambda m: hours(m.starts_at, m.ends_at)),
        Column.of(Meeting, "place", _("Where")),
        Column.of(Meeting, "state", _("planned, held or cancelled")),
        Column.of(Meeting, "minutes_state", _("draft, circulated or approved")),
        Column.of(Meeting, "agenda_sent_on", _("Empty if it has not been sent"), CellKind.DATE),
        Column.of(Meeting, "circulated_on", _("Empty if they have not been sent"), CellKind.DATE),
        Column.of(Meeting, "approved_on", _("Cannot change after this date"), CellKind.DATE),
        CHANGED,
    ),
    order=("-on", "-pk"),
    key="key",
    search=("committee__name", "place", "code"),
    filters=(
        _committee_filter("committee__code"),
        Filter("state", _("State"), lambda: MeetingStateChoice.choices, lambda rows, v: rows.filter(state=v)),
    ),
    lookup=_by_place,
)


def _owner(decision: Decision) -> Organisation | None:
    body = decision.organisation
    return body if body and body.is_public else None


def _narrow(rows: QuerySet[Any], chosen: str) -> QuerySet[Any]:
    """Its status, as people ask: open, late, done."""
    today = clock.today()
    asked = {
        "open": Q(state__in=OPEN_STATES),
        "late": Q(state__in=OPEN_STATES, due_on__lt=today),
        "asked": Q(state=DecisionState.ASKED),
        "done": Q(state=DecisionState.CARRIED_OUT),
        "closed": Q(state__in=(DecisionState.REFUSED, DecisionState.DROPPED)),
    }
    return rows.filter(asked[chosen])


def _status_choices() -> list[tuple[str, Words]]:
    return [
        ("open", _("Open")),
        ("late", _("Late")),
        ("asked", _("Requested, no answer yet")),
        ("done", DecisionStateChoice.CARRIED_OUT.label),
        ("closed", _("Refused or discarded")),
    ]


def _meeting_of(row: Model) -> Cell:
    meeting = row.meeting  # type: ignore[attr-defined]  # a Decision
    return meeting.code if meeting else None


DECISIONS = Table(
    "decisions",
    _("Decisions"),
    _(
        "What committees decided or requested, who carries it out and by when. Only decisions marked "
        "public are published."
    ),
    rows=lambda viewer: Decision.objects.visible_to(viewer).select_related(
        "edition", "committee", "meeting", "organisation"
    ),
    columns=(
        Column.of(Decision, "number", _("Unique: year and number")),
        Column.of(Decision, "edition", _("Code of the edition it belongs to"), value=lambda d: d.edition.code),
        Column.of(Decision, "committee", _("Its code"), value=_public_committee),
        Column.of(Decision, "meeting", _("Code of the meeting, in its committee"), value=_meeting_of),
        *titles(_("What was decided, in a few words")),
        Column.of(Decision, "text", _("The decision in full")),
        column("addressed_to", _("Requested from"), _("A post outside the committee; empty for its own decisions")),
        Column.of(Decision, "state", _("asked, taken, refused, carried_out or dropped")),
        Column(
            "organisation",
            _("Carried out by"),
            _("Code of the organisation"),
            lambda d: o.code if (o := _owner(d)) else None,
        ),
        day("due_on", _("Due"), _("Due date")),
        Column.of(Decision, "asked_on", _("When it was requested"), CellKind.DATE),
        Column.of(Decision, "taken_on", _("When it was taken or refused"), CellKind.DATE),
        Column.of(Decision, "done_on", _("When it was carried out or discarded"), CellKind.DATE),
        Column.of(Decision, "answer", _("The answer, or the reason for discarding it")),
        Column.of(Decision, "is_public", _("Whether it is public"), CellKind.FLAG, needs=READ),
        CHANGED,
    ),
    order=("-pk",),
    key="number",
    search=("number", "title", "text", "addressed_to"),
    filters=(
        edition_filter(),
        _committee_filter("committee__code"),
        Filter("status", _("Status"), _status_choices, _narrow),
    ),
    lookup=lambda rows, key: rows.filter(number=key),
)

TABLES: dict[str, Table] = {table.name: table for table in (MEETINGS, DECISIONS, SEATS)}
