"""What pages, e-mails and documents say of what is decided between meetings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission, can, reach
from floreo.core.ui import locale
from floreo.core.wording import day_text, sentences
from floreo.meetings.logic import hours
from floreo.meetings.models import (
    BallotChoice,
    DateSlot,
    ProcedureOption,
    WrittenProcedure,
)
from floreo.meetings.models.between import AskedMember
from floreo.meetings.voting import OPTION, ProcedureKind, ProcedureState, Result, choices_of, needed_for
from floreo.organisations.models import Organisation


@dataclass(frozen=True)
class Answer:
    """One answer that members may give, in words, and how many gave it."""

    choice: str
    words: str
    votes: int = 0


def options_of(procedure: WrittenProcedure) -> list[ProcedureOption]:
    return list(procedure.options.all())


def choice_words(procedure: WrittenProcedure) -> Mapping[str, str]:
    """What each answer is called, in the order of the page."""
    options = options_of(procedure)
    own = {f"{OPTION}{number}": option.in_language("text") for number, option in enumerate(options, start=1)}
    return {
        choice: own.get(choice) or str(BallotChoice(choice).label)
        for choice in choices_of(procedure.kind, len(options))
    }


def counted(procedure: WrittenProcedure) -> list[Answer]:
    """The answers with their votes, once it is closed."""
    votes = procedure.counts.get("votes", {})
    return [Answer(choice, words, votes.get(choice, 0)) for choice, words in choice_words(procedure).items()]


def title(procedure: WrittenProcedure) -> str:
    """ "Steering committee: W-2026-03"."""
    words = {"committee": procedure.committee.in_language("name"), "number": procedure.number}
    return _("%(committee)s: written procedure %(number)s") % words


def closes_text(procedure: WrittenProcedure) -> str:
    return _("Answers until %(moment)s.") % {"moment": locale.moment(procedure.closes_at)}


def rule_text(procedure: WrittenProcedure, members: int) -> str:
    """By which rule the result follows from the answers."""
    if procedure.kind == ProcedureKind.SILENCE:
        return _(
            "It is adopted if no member objects by then. Who does not answer agrees. One objection stops it, and so does a member whose"
            " e-mail could not be delivered."
        )
    needed = needed_for(procedure.quorum, members)
    quorum = ngettext(
        "At least %(needed)d of %(members)d voting member must vote (%(quorum)d %%).",
        "At least %(needed)d of %(members)d voting members must vote (%(quorum)d %%).",
        members,
    ) % {"needed": needed, "members": members, "quorum": procedure.quorum}
    majority = _("Adopted is the answer that more than half of the votes have; abstentions count for the quorum only.")
    return sentences(quorum, majority)


def ballot_text(procedure: WrittenProcedure) -> str:
    if procedure.is_secret:
        return _("The ballot is secret: the record says who voted, and not how.")
    return _("The ballot is named: once it is closed, the record says who voted how.")


def stage_text(procedure: WrittenProcedure, answered: int, members: int) -> str:
    """Its status, in a sentence."""
    if procedure.state == ProcedureState.DRAFT:
        return _("Draft. No member has been asked yet.")
    if procedure.state == ProcedureState.WITHDRAWN:
        return _("Withdrawn: %(reason)s") % {"reason": procedure.withdrawn_reason}
    if procedure.state == ProcedureState.CLOSED:
        return result_text(procedure)
    text = _("%(answered)d of %(members)d members have answered.") % {"answered": answered, "members": members}
    return sentences(closes_text(procedure), text)


def result_text(procedure: WrittenProcedure) -> str:
    """The result with what it follows from."""
    counts: Mapping[str, Any] = procedure.counts
    words = {
        "answered": counts.get("answered", 0),
        "members": counts.get("members", 0),
        "needed": counts.get("needed", 0),
    }
    moment = locale.moment(procedure.closed_at) if procedure.closed_at else ""
    closed = _("Closed on %(moment)s.") % {"moment": moment}
    return sentences(closed, f"{procedure.get_result_display()}.", _why(procedure) % words)


def _why(procedure: WrittenProcedure) -> str:
    if procedure.result == Result.OBJECTED:
        return _("One objection is enough. It belongs on the agenda of a meeting.")
    if procedure.result == Result.NOT_REACHED:
        return _(
            "The e-mail to a member who did not answer could not be delivered, and silence of that member is no consent."
        )
    if procedure.kind == ProcedureKind.SILENCE:
        return _("No member objected; %(answered)d of %(members)d answered.")
    if procedure.result == Result.NO_QUORUM:
        return _("%(answered)d of %(members)d members voted; %(needed)d were needed.")
    return _("%(answered)d of %(members)d members voted; the quorum of %(needed)d was reached.")


def slot_text(slot: DateSlot) -> str:
    """ "Thursday 3 December 2026, 14:00–16:00"."""
    day = f"{locale.date_text(slot.on, 'EEEE')} {day_text(slot.on)}"
    return f"{day}, {hours(slot.starts_at, slot.ends_at)}" if isinstance(slot.starts_at, time) else day


def body_name(organisation: Organisation, viewer: object) -> str:
    """The organisation, to who may know of it; to others that it is a member."""
    own = reach(viewer, Permission.REGISTER_INTERNAL)
    if organisation.is_public or own is None or organisation.pk in own:
        return organisation.in_language("name")
    return _("A member")


def asked_name(member: AskedMember, viewer: object) -> str:
    """The organisation, and where people may be named who sits there for it."""
    body = body_name(member.organisation, viewer)
    if member.person is None or not can(viewer, Permission.PEOPLE_READ):
        return body
    own = reach(viewer, Permission.REGISTER_INTERNAL)
    is_known = member.organisation.is_public or own is None or member.organisation_id in own
    return f"{body}, {member.person.name}" if is_known else body
