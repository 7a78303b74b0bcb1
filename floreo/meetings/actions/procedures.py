"""Writing written procedures: prepared, opened, answered by the link of each member, closed by their rule."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.ui import locale
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save, save_many
from floreo.meetings import between_mails
from floreo.meetings.access import Answering
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.decisions import take_decision
from floreo.meetings.letters import address_of
from floreo.meetings.logic import ItemKind, MeetingState, next_number
from floreo.meetings.models import (
    Ballot,
    Committee,
    Decision,
    Meeting,
    ProcedureMember,
    ProcedureOption,
    Proposal,
    ProposalState,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    LEAST_VOTERS,
    MOST_OPTIONS,
    NEEDS_REASON,
    OPTION,
    SHORTEST,
    Outcome,
    ProcedureKind,
    ProcedureState,
    Result,
    choices_of,
    outcome,
    remind_at,
)
from floreo.organisations.models import Organisation
from floreo.strategy.models import Edition
from floreo.strategy.queries import current_edition

RUN = Permission.MEETING_RUN


class ProcedureFacts(TypedDict, total=False):
    kind: str
    title: str
    text: str
    closes_at: datetime
    about: str
    organisation: Organisation | None
    due_on: date | None
    is_public: bool
    proposal: Proposal | None
    translations: dict[str, dict[str, str]]


# --- Preparing ----------------------------------------------------------------------------------------------------


def must_be_draft(procedure: WrittenProcedure) -> None:
    if procedure.state != ProcedureState.DRAFT:
        raise Refused(_("This procedure has been opened already."), code="opened")


def must_be_changeable(procedure: WrittenProcedure) -> None:
    """While nobody has answered: an answer is an answer to these words."""
    _must_be_open_or_draft(procedure)
    if procedure.members.exclude(answered_at=None).exists():
        raise Refused(
            _(
                "A member has answered already, so question, options and closing date cannot change. Withdraw this procedure, and open"
                " another one."
            ),
            code="answered",
        )


def _must_be_open_or_draft(procedure: WrittenProcedure) -> None:
    if procedure.state == ProcedureState.WITHDRAWN:
        raise Refused(_("This procedure was withdrawn."), code="withdrawn")
    if procedure.state == ProcedureState.CLOSED:
        raise Refused(_("This procedure is closed. Its result stays."), code="closed")


def _edition_of(committee: Committee) -> Edition:
    edition = committee.edition or current_edition(SYSTEM)
    if edition is None:
        raise Refused(_("No strategy exists yet for this decision to belong to."), code="no_edition")
    return edition


@action("procedure.prepared", needs=RUN)
def prepare_procedure(
    committee: Committee, *, by: Actor, options: Sequence[str] = (), **facts: Unpack[ProcedureFacts]
) -> WrittenProcedure:
    """A draft that nobody was asked yet. `options`: the answers to choose from; without any it is for or against."""
    committee = lock_latest(committee)
    if committee.ends_on is not None and committee.ends_on < clock.today():
        raise Refused(_("This committee is dissolved."), code="dissolved")
    lock_latest(_edition_of(committee))  # numbers are given one after another
    number = next_number(WrittenProcedure.objects.values_list("number", flat=True), clock.today().year, "W")
    procedure = WrittenProcedure(number=number, committee=committee, edition=_edition_of(committee))
    proposal = facts.get("proposal")
    if proposal is not None:
        _take_up(proposal, committee)
        procedure.about = proposal.about
    _write(procedure, options, facts)
    return procedure


def _take_up(proposal: Proposal, committee: Committee) -> None:
    proposal = lock_latest(proposal)
    if proposal.committee_id != committee.pk or proposal.state != ProposalState.NEW:
        raise Refused(_("This proposal has been dealt with already."), code="dealt_with")
    proposal.state = ProposalState.PROCEDURE
    save(proposal)


@action("procedure.updated", needs=RUN)
def update_procedure(
    procedure: WrittenProcedure,
    *,
    by: Actor,
    version: int | None = None,
    options: Sequence[str] | None = None,
    **facts: Unpack[ProcedureFacts],
) -> WrittenProcedure:
    """Changes a draft, or one that is open and that nobody has answered: then all members are asked anew, in the new words."""
    procedure = lock_latest(procedure, version)
    must_be_changeable(procedure)
    _write(procedure, options, facts)
    if procedure.state == ProcedureState.OPEN:
        _check_period(procedure)
        _ask(procedure, list(procedure.members.all()))
    return procedure


def _write(procedure: WrittenProcedure, options: Sequence[str] | None, facts: ProcedureFacts) -> None:
    assign(procedure, facts)
    procedure.title = require_text(
        procedure.title, field="title", sentence=_("Enter the proposed decision in a few words.")
    )
    save(procedure)
    if options is not None:
        _write_options(procedure, options)


def _write_options(procedure: WrittenProcedure, options: Sequence[str]) -> None:
    texts = [text.strip() for text in options if text.strip()]
    if texts and procedure.kind == ProcedureKind.SILENCE:
        raise refuse("options", _("A procedure by silence has no options: remove them, or choose a vote."))
    if len(texts) == 1 or len(texts) > MOST_OPTIONS:
        sentence = _("Enter from 2 to %(most)d options, one to a line, or none.") % {"most": MOST_OPTIONS}
        raise refuse("options", sentence)
    if len({text.casefold() for text in texts}) < len(texts):
        raise refuse("options", _("Two options are the same. Change one of them."))
    if too_long := next((text for text in texts if len(text) > 300), ""):
        raise refuse("options", _("This option is longer than 300 characters: %(text)s") % {"text": too_long[:60]})
    there = list(procedure.options.all())
    if [option.text for option in there] == texts:
        return
    for option in there:
        delete(option)
    for position, text in enumerate(texts, start=1):
        save(ProcedureOption(procedure=procedure, position=position, text=text))


# --- Opening and asking -------------------------------------------------------------------------------------------


def _check_period(procedure: WrittenProcedure) -> None:
    if procedure.closes_at < clock.now() + SHORTEST:
        raise refuse("closes_at", _("Leave the members at least 24 hours: choose a later closing date."), code="short")


@action("procedure.opened", needs=RUN)
def open_procedure(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Every voting seat is asked by e-mail. Refuses a committee of one, and one with a member who has no address: who cannot be asked
    cannot agree."""
    procedure = lock_latest(procedure)
    must_be_draft(procedure)
    _check_period(procedure)
    committee = lock_latest(procedure.committee)
    procedure.state, procedure.opened_at = ProcedureState.OPEN, clock.now()
    procedure.ballot, procedure.quorum = committee.ballot, committee.quorum
    save(procedure)
    members = _seat_members(procedure, committee)
    _make_ballots(procedure, members)
    _ask(procedure, members)
    note(asked=len(members))
    return procedure


def _seat_members(procedure: WrittenProcedure, committee: Committee) -> list[ProcedureMember]:
    rows = committee.seats.on(clock.today()).voting().select_related("organisation__merged_into", "person")
    seats = list(rows)
    if len(seats) < LEAST_VOTERS:
        raise Refused(
            _(
                "This committee has fewer than two voting seats today, so it cannot decide in writing. Add its seats first."
            ),
            code="too_few",
        )
    found, without = [], []
    for seat in seats:
        address, language = address_of(seat)
        if not address:
            without.append(seat.organisation.label)
        member = ProcedureMember(
            procedure=procedure,
            seat=seat,
            organisation=seat.organisation,
            person=seat.person,
            address=address,
            language=language,
        )
        found.append(member)
    if without:
        sentence = _("These members have no e-mail address in the register, so they cannot be asked: %(names)s.")
        raise Refused(sentence % {"names": ", ".join(without)}, code="no_address")
    return [save(member) for member in found]


def ballot_key(member: ProcedureMember) -> str:
    """By which a member's own ballot is found. Nobody makes it without the installation's secret."""
    text = f"floreo.ballot|{member.procedure_id}|{member.pk}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _make_ballots(procedure: WrittenProcedure, members: Sequence[ProcedureMember]) -> None:
    """All at once and in the order of their keys, so that their numbers say nothing."""
    named = {ballot_key(member): member for member in members}
    rows = [
        Ballot(procedure=procedure, key=name, member=None if procedure.is_secret else named[name])
        for name in sorted(named)
    ]
    save_many(rows, model=Ballot)


def _ask(
    procedure: WrittenProcedure, members: Sequence[ProcedureMember], *, asked: int = 0, is_reminder: bool = False
) -> None:
    number = asked or len(members)
    for member in members:
        member.procedure = procedure
    outbox.post_all(between_mails.asked(m, members=number, is_reminder=is_reminder) for m in members)


def must_be_open(procedure: WrittenProcedure) -> None:
    if not procedure.is_open:
        raise Refused(_("This procedure is not open."), code="not_open")


@action("procedure.reminded", needs=RUN)
def remind_members(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Asks those again who have not answered."""
    procedure = lock_latest(procedure)
    must_be_open(procedure)
    everybody = list(procedure.members.select_related("organisation", "person", "seat"))
    waiting = [m for m in everybody if m.answered_at is None and m.holds_on(clock.today())]
    if not waiting:
        raise Refused(_("Every member has answered."), code="all_answered")
    procedure.reminded_at = clock.now()
    save(procedure)
    _ask(procedure, waiting, asked=len(everybody), is_reminder=True)
    note(reminded=len(waiting))
    return procedure


@action("procedure.link_sent", needs=RUN)
def send_new_link(member: ProcedureMember, *, by: Actor) -> ProcedureMember:
    """A new link to the address that the register has now; the old one opens nothing any more."""
    must_be_open(lock_latest(member.procedure))
    member = lock_latest(member)
    if member.seat is None or not member.holds_on(clock.today()):
        raise Refused(_left(), code="left")
    address, language = address_of(member.seat)
    if not address:
        raise Refused(_("This member has no e-mail address in the register. Add one first."), code="no_address")
    member.address, member.language, member.link_version = address, language, member.link_version + 1
    save(member)
    _ask(member.procedure, [member], asked=member.procedure.members.count())
    return member


def must_be_withdrawable(procedure: WrittenProcedure) -> None:
    _must_be_open_or_draft(procedure)


@action("procedure.withdrawn", needs=RUN)
def withdraw_procedure(procedure: WrittenProcedure, *, by: Actor, reason: str) -> WrittenProcedure:
    """Nothing is decided. Whoever was asked reads why; votes that were given are discarded."""
    procedure = lock_latest(procedure)
    must_be_withdrawable(procedure)
    was_open = procedure.state == ProcedureState.OPEN
    procedure.withdrawn_reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    procedure.state = ProcedureState.WITHDRAWN
    save(procedure, at={"withdrawn_reason": "reason"})
    if was_open:
        members = list(procedure.members.select_related("organisation", "person"))
        _discard_requests(members)
        for member in members:
            member.procedure = procedure
        outbox.post_all(between_mails.withdrawn(members))
        procedure.ballots.all().delete()
    if procedure.proposal is not None:  # it waits again for what becomes of it
        proposal = lock_latest(procedure.proposal)
        proposal.state = ProposalState.NEW
        save(proposal)
    return procedure


def _discard_requests(members: Iterable[ProcedureMember]) -> None:
    names = [key(member) for member in members]
    waiting = OutboxMail.objects.filter(state=MailState.WAITING, kind=between_mails.ASKED, about__in=names)
    outbox.discard(waiting, why="The written procedure is over.")


# --- Answering by the link ----------------------------------------------------------------------------------------


def _left() -> str:
    return _("This link was sent to a member who has left the committee. It votes no more.")


def _closed_text(procedure: WrittenProcedure) -> str:
    if procedure.state == ProcedureState.WITHDRAWN:
        return _("This written procedure was withdrawn: %(reason)s") % {"reason": procedure.withdrawn_reason}
    words = {"moment": locale.moment(procedure.closed_at or procedure.closes_at)}
    return _("This written procedure closed on %(moment)s. Your answer was not recorded.") % words


@action("procedure.answered", needs=None, quiet=True)
def vote(member: ProcedureMember, *, by: Actor, choice: str, reason: str = "") -> ProcedureMember:
    """Whoever holds the link of the member answers, or answers otherwise until it closes. The procedure is held until the end: it
    closes before this answer or after it, never between. The trail says that they answered, and not how."""
    procedure = lock_latest(member.procedure)
    member = lock_latest(member)
    if not isinstance(by, Answering) or by.key != key(member):
        raise NotAllowed
    if not procedure.is_open:
        raise Refused(_closed_text(procedure), code="closed")
    if not member.holds_on(clock.today()):
        raise Refused(_left(), code="left")
    if choice not in choices_of(procedure.kind, procedure.options.count()):
        raise refuse("choice", _("Choose one of the answers."), code="no_choice")
    reason = _reason(procedure, choice, reason)
    mine = Ballot.objects.filter(key=ballot_key(member), procedure__state=ProcedureState.OPEN)
    if mine.filter(choice=choice, reason=reason).exists():  # pressed twice: the same answer
        return member
    if not mine.update(choice=choice, reason=reason):
        raise Refused(_closed_text(procedure), code="closed")
    member.answered_at = clock.now()
    return save(member)


def own_ballot(member: ProcedureMember) -> dict[str, str]:
    """What a member answered so far, for their own page; nothing of a secret ballot, since whoever gets the link would read it."""
    if member.procedure.is_secret:
        return {}
    ballot = Ballot.objects.filter(key=ballot_key(member)).exclude(choice="").first()
    return {"choice": ballot.choice, "reason": ballot.reason} if ballot else {}


def _reason(procedure: WrittenProcedure, choice: str, reason: str) -> str:
    """Only an objection has one: in a secret vote it would say whose it is."""
    if choice not in NEEDS_REASON:
        return ""
    reason = require_text(
        reason, field="reason", sentence=_("Say what you object to, so that the committee can discuss it.")
    )
    if len(reason) > 2_000:
        raise refuse("reason", _("Shorten it to at most 2,000 characters."), code="too_long")
    return reason.replace("\x00", "")


# --- Closing ------------------------------------------------------------------------------------------------------


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
    _discard_requests(members)
    for member in members:
        member.procedure = procedure
    outbox.post_all(between_mails.closed(members))
    return procedure


def _ballots_of(procedure: WrittenProcedure, members: Sequence[ProcedureMember]) -> dict[str, Ballot]:
    keys = [ballot_key(member) for member in members]
    return {ballot.key: ballot for ballot in procedure.ballots.filter(key__in=keys).exclude(choice="")}


def _unreached(members: Sequence[ProcedureMember]) -> list[ProcedureMember]:
    """Who did not answer, and has no e-mail of ours that arrived. An e-mail that time has removed was sent."""
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


# --- By the worker ------------------------------------------------------------------------------------------------


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
