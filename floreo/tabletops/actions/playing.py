"""What participants and observers do by their own link while the exercise is on, and what participants write after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.tabletops.access import Guest
from floreo.tabletops.actions.joining import must_be_own
from floreo.tabletops.logic import State, Verdict
from floreo.tabletops.models import ExpectedAction, Inject, Observation, Participant, Response, VerdictChoice

MOST_RESPONSES = 500  # of one participant


def must_take_part(participant: Participant) -> None:
    if not participant.is_in:
        raise Refused(_("Accept first."), code="not_accepted")


def must_take_responses(participant: Participant) -> None:
    """While the exercise runs; and, about what was learnt, from its end until it is evaluated."""
    must_take_part(participant)
    match participant.tabletop.state:
        case State.PLANNED:
            raise Refused(_("The exercise has not begun."), code="not_begun")
        case State.PAUSED:
            raise Refused(_("The exercise is paused. What you write counts when it goes on."), code="paused")
        case State.EVALUATED | State.CANCELLED:
            raise Refused(_("The exercise is over."), code="over")


@action("tabletop_response.written", needs=None)
def respond(participant: Participant, *, by: Actor, text: str, inject: Inject | None = None) -> Response:
    """What somebody does upon an inject, or what they learnt once it has ended. It is not changed: they write another."""
    must_be_own(by, participant)
    fresh = lock_latest(participant)
    must_take_responses(fresh)
    if inject is not None and not (inject.is_sent and inject.tabletop_id == fresh.tabletop_id):
        raise refuse("inject", _("This inject was not sent to you."), code="other_inject")
    if fresh.responses.count() >= MOST_RESPONSES:
        raise Refused(_("You have written as much as fits."), code="too_many")
    words = require_text(text, field="text", sentence=_("Write what you do."))
    tabletop = fresh.tabletop
    return save(
        Response(
            participant=fresh,
            inject=inject,
            minute=tabletop.minute,
            text=words,
            is_afterwards=tabletop.state == State.ENDED,
            written_at=clock.now(),
        ),
    )


def must_be_observable(expected: ExpectedAction) -> None:
    if not expected.inject.is_sent:
        raise Refused(_("The inject was not sent: nothing was expected yet."), code="not_sent")
    if expected.inject.tabletop.state == State.EVALUATED:
        raise Refused(_("The exercise is evaluated. Open the evaluation again to change it."), code="evaluated")


def note_observation(
    expected: ExpectedAction, *, code: str, name: str, verdict: str, minute: int | None, note: str
) -> Observation:
    """Part of an action: what one observer says of one expected action. Noted again, it replaces what they said before."""
    must_be_observable(expected)
    if verdict not in VerdictChoice.values:
        raise refuse("verdict", _("Choose met, partly met or not met."), code="bad_value")
    if minute is not None and minute > expected.inject.tabletop.minute:
        words = {"minute": minute, "now": expected.inject.tabletop.minute}
        sentence = _("The exercise is at minute %(now)d: minute %(minute)d is still to come.")
        raise refuse("minute", sentence % words, code="minute_to_come")
    found = expected.observations.filter(by_code=code).first()
    row = lock_latest(found) if found is not None else Observation(expected=expected, by_code=code)
    row.by, row.verdict, row.note = name[:200], Verdict(verdict), note.strip()
    row.minute = minute
    return save(row)


@action("tabletop_observation.noted_by_link", needs=None)
def observe_by_link(
    expected: ExpectedAction,
    *,
    by: Actor,
    participant: Participant,
    verdict: str,
    minute: int | None = None,
    note: str = "",
) -> Observation:
    """By the own link of an observer."""
    must_be_own(by, participant)
    if not (isinstance(by, Guest) and participant.is_observer and participant.is_in):
        raise NotAllowed
    if expected.inject.tabletop_id != participant.tabletop_id:
        raise NotAllowed
    tabletop = lock_latest(participant.tabletop)
    expected.inject.tabletop = tabletop
    return note_observation(
        expected, code=by.actor_code, name=participant.name, verdict=verdict, minute=minute, note=note
    )
