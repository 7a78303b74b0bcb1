"""A written procedure before it opens: its question, options and period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save
from floreo.meetings.actions.procedures.rules import RUN, ask_members, check_period, must_be_changeable
from floreo.meetings.logic import next_number
from floreo.meetings.models import (
    Committee,
    ProcedureOption,
    Proposal,
    ProposalState,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    MOST_OPTIONS,
    ProcedureKind,
    ProcedureState,
)
from floreo.organisations.models import Organisation
from floreo.strategy.models import Edition
from floreo.strategy.queries import current_edition


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
    """Changes a draft, or one that is open and that nobody has answered: then all members are asked again, in the new words."""
    procedure = lock_latest(procedure, version)
    must_be_changeable(procedure)
    _write(procedure, options, facts)
    if procedure.state == ProcedureState.OPEN:
        check_period(procedure)
        ask_members(procedure, list(procedure.members.all()))
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
