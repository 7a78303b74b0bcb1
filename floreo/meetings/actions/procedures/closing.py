"""Closing a written procedure, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import lock_latest, save
from floreo.meetings import between_mails
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.decisions import take_decision
from floreo.meetings.actions.procedures.opening import remind_members
from floreo.meetings.actions.procedures.rules import RUN, ballot_key, discard_requests, must_be_open
from floreo.meetings.logic import ItemKind, MeetingState
from floreo.meetings.models import (
    Ballot,
    Decision,
    Meeting,
    ProcedureMember,
    ProcedureOption,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    OPTION,
    Outcome,
    ProcedureState,
    Result,
    outcome,
    remind_at,
)


def must_be_due(procedure: WrittenProcedure) -> None:
    if procedure.state != ProcedureState.OPEN or clock.now() < procedure.closes_at:
        raise Refused(_("This procedure does not close yet."), code="not_due")


def must_be_answered_by_all(procedure: WrittenProcedure) -> None:
    """Before its day a procedure closes only when nobody is left to answer."""
    must_be_open(procedure)
    waiting = procedure.members.filter(answered_at=None).select_related("seat")
    if any(member.holds_on(clock.today()) for member in waiting):
        raise Refused(_("Not every member has answered yet. It closes by itself on its day."), code="not_all")


@action("procedure.closed", needs=RUN)
def close_procedure(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Its day has come: counts, and records the decision if it is adopted. The worker does it."""
    procedure = lock_latest(procedure)
    must_be_due(procedure)
    return _close(procedure, by=by, at=procedure.closes_at)


@action("procedure.closed_early", needs=RUN)
def close_early(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Before its day, since every member has answered."""
    procedure = lock_latest(procedure)
    must_be_answered_by_all(procedure)
    return _close(procedure, by=by, at=clock.now())


def _close(procedure: WrittenProcedure, *, by: Actor, at: datetime) -> WrittenProcedure:
    """The procedure is held: no answer comes in between."""
    members = list(procedure.members.select_related("organisation", "person", "seat"))
    day = min(clock.today(), clock.day_of(at))
    staying = [member for member in members if member.holds_on(day)]
    for member in members:
        if member not in staying:
            member.counted = False
            save(member)
    ballots = _ballots_of(procedure, staying)
    options = list(procedure.options.all())
    found = outcome(
        procedure.kind,
        [ballot.choice for ballot in ballots.values()],
        members=len(staying),
        quorum=procedure.quorum,
        options=len(options),
        unreached=len(_unreached(staying)),
    )
    procedure.state, procedure.closed_at, procedure.result = ProcedureState.CLOSED, at, found.result
    procedure.counts = found.as_counts()
    if procedure.is_secret:  # the ballots go, and the reasons of objections stay without a name
        procedure.counts["reasons"] = sorted(ballot.reason for ballot in ballots.values() if ballot.reason)
    if found.result == Result.ADOPTED:
        procedure.decision = _decide(procedure, options, found, by=by, on=day)
    save(procedure)
    _put_away(procedure, ballots)
    discard_requests(members)
    for member in members:
        member.procedure = procedure
    outbox.post_all(between_mails.closed(members))
    return procedure


def _ballots_of(procedure: WrittenProcedure, members: Sequence[ProcedureMember]) -> dict[str, Ballot]:
    keys = [ballot_key(member) for member in members]
    return {ballot.key: ballot for ballot in procedure.ballots.filter(key__in=keys).exclude(choice="")}


def _unreached(members: Sequence[ProcedureMember]) -> list[ProcedureMember]:
    """Who did not answer, and has no e-mail from here that arrived. An e-mail that time has removed was sent."""
    silent = {key(member): member for member in members if member.answered_at is None}
    mails = OutboxMail.objects.filter(kind=between_mails.ASKED, about__in=silent)
    states: dict[str, set[str]] = {}
    for about, state in mails.values_list("about", "state"):
        states.setdefault(about, set()).add(state)
    return [silent[name] for name, found in states.items() if MailState.SENT not in found]


def _decide(
    procedure: WrittenProcedure, options: Sequence[ProcedureOption], found: Outcome, *, by: Actor, on: date
) -> Decision:
    """Recorded as if it had been taken in the room."""
    title, translations = procedure.title, {code: dict(texts) for code, texts in procedure.translations.items()}
    if found.won:
        option = options[int(found.won.removeprefix(OPTION)) - 1]
        title = f"{procedure.title}: {option.text}"[:300]
        for language, texts in translations.items():
            if texts.get("title"):
                texts["title"] = f"{texts['title']}: {option.in_language('text', language)}"[:300]
    return take_decision(
        procedure.edition,
        by=by,
        committee=procedure.committee,
        on=on,
        title=title,
        text=procedure.text,
        about=procedure.about,
        organisation=procedure.organisation,
        due_on=procedure.due_on,
        is_public=procedure.is_public,
        translations=translations,
    )


def _put_away(procedure: WrittenProcedure, ballots: dict[str, Ballot]) -> None:
    """Of a secret ballot nothing is left that leads from a member to a vote. Of a named one the trail has each vote."""
    if procedure.is_secret:
        procedure.ballots.all().delete()
    else:
        note(votes={str(ballot.member): ballot.choice for ballot in ballots.values()})


def must_have_failed(procedure: WrittenProcedure) -> None:
    if procedure.state != ProcedureState.CLOSED or procedure.result == Result.ADOPTED:
        raise Refused(_("Only what was not adopted in writing is taken to a meeting."), code="not_failed")


@action("procedure.put_on_agenda", needs=RUN)
def discuss_procedure(procedure: WrittenProcedure, *, by: Actor, meeting: Meeting) -> WrittenProcedure:
    """What was not adopted in writing goes on the agenda of a meeting to come."""
    procedure = lock_latest(procedure)
    must_have_failed(procedure)
    if meeting.committee_id != procedure.committee_id or meeting.state != MeetingState.PLANNED:
        sentence = _("Choose a planned meeting of the same committee.")
        raise Refused(sentence, code="other_meeting", fields={"meeting": sentence})
    facts = {"title": procedure.title, "text": procedure.text, "translations": procedure.translations}
    add_item(meeting, by=by, kind=ItemKind.DECISION, thing=procedure.about, **facts)
    return procedure


def run_procedures(*, by: Actor) -> int:
    """Reminds once, and closes what is due, each in a transaction of its own. Returns how many closed."""
    now, closed = clock.now(), 0
    for procedure in WrittenProcedure.objects.filter(state=ProcedureState.OPEN):
        if procedure.closes_at <= now:
            closed += _closed_by_now(procedure, by=by)
        elif _reminds(procedure, now):
            remind_members(procedure, by=by)
    return closed


def _reminds(procedure: WrittenProcedure, now: datetime) -> bool:
    opened = procedure.opened_at
    if opened is None or procedure.reminded_at is not None or now < remind_at(opened, procedure.closes_at):
        return False
    waiting = procedure.members.filter(answered_at=None).select_related("seat")
    return any(member.holds_on(clock.today()) for member in waiting)


def _closed_by_now(procedure: WrittenProcedure, *, by: Actor) -> int:
    try:
        close_procedure(procedure, by=by)
    except Refused:  # another worker was first, or it was withdrawn
        return 0
    return 1
