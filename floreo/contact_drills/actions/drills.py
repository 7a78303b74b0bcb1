"""Contact drills: preparing, sending, answering by the link, calls that are entered by hand, ending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.contact_drills.access import Answering
from floreo.contact_drills.actions.confirming import note_reply
from floreo.contact_drills.logic import LONGEST, SHORTEST
from floreo.contact_drills.mails import KIND_DRILL
from floreo.contact_drills.mails import drill as drill_mail
from floreo.contact_drills.models import RUN, CallOutcome, ContactDrill, DrillRecipient, DrillState
from floreo.contact_drills.queries import chosen_contacts
from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_name, save, touch
from floreo.organisations.models import ContactRole, NationalSector, Organisation

MOST = 1000  # contacts of one drill


def must_be_draft(drill: ContactDrill) -> None:
    if drill.state != DrillState.DRAFT:
        raise Refused(_("This drill was sent or cancelled already. Prepare another one."), code="not_draft")


def must_run(drill: ContactDrill) -> None:
    if drill.state != DrillState.RUNNING:
        raise Refused(_("This drill is not running."), code="not_running")


def must_be_sent(drill: ContactDrill) -> None:
    if drill.state not in (DrillState.RUNNING, DrillState.ENDED):
        raise Refused(_("This drill was not sent."), code="not_sent")


def _check(drill: ContactDrill) -> None:
    require_name(drill, "title")
    if not drill.message.strip():
        raise refuse("message", _("Write what the contacts should read."), code="missing")
    if not drill.roles or set(drill.roles) - set(ContactRole.values):
        raise refuse("roles", _("Choose at least one role."), code="missing")
    length = timedelta(minutes=min(drill.lasts_minutes, 10_000_000))
    if not SHORTEST <= length <= LONGEST:
        sentence = _("A drill lasts from 15 minutes to 30 days (43,200 minutes).")
        raise refuse("lasts_minutes", sentence, code="bad_length")


def _write(drill: ContactDrill, facts: dict[str, Any]) -> ContactDrill:
    organisations: Iterable[Organisation] | None = facts.pop("organisations", None)
    sectors: Iterable[NationalSector] | None = facts.pop("sectors", None)
    assign(drill, facts)
    _check(drill)
    if not drill.code:
        drill.code = free_code(ContactDrill, drill.title)
    saved = save(drill)
    if organisations is not None:
        chosen = list(organisations)
        saved.organisations.set(chosen)
        touch([saved])
        note(organisations=sorted(body.code for body in chosen))
    if sectors is not None:
        parts = list(sectors)
        saved.sectors.set(parts)
        touch([saved])
        note(sectors=sorted(each.code for each in parts))
    return saved


@action("contact_drill.added", needs=RUN)
def add_drill(*, by: Actor, **facts: Any) -> ContactDrill:
    """A drill that is prepared. Nothing is sent."""
    return _write(ContactDrill(), facts)


@action("contact_drill.updated", needs=RUN)
def update_drill(drill: ContactDrill, *, by: Actor, version: int | None = None, **facts: Any) -> ContactDrill:
    fresh = lock_latest(drill, version)
    must_be_draft(fresh)
    return _write(fresh, facts)


@action("contact_drill.removed", needs=RUN)
def remove_drill(drill: ContactDrill, *, by: Actor) -> None:
    """One that was never sent."""
    fresh = lock_latest(drill)
    must_be_draft(fresh)
    delete(fresh)


@action("contact_drill.sent", needs=RUN, decides=lambda drill: [drill])
def send_drill(drill: ContactDrill, *, by: Actor, shown: str | None = None) -> ContactDrill:
    """Writes to every chosen contact with an address, now. Those without one are in the drill too, to be called."""
    fresh = lock_latest(drill)
    must_be_draft(fresh)
    contacts = list(chosen_contacts(fresh)[: MOST + 1])
    if not contacts:
        raise Refused(_("No contact has one of the chosen roles. Choose others, or enter contacts first."), code="none")
    if len(contacts) > MOST:
        raise Refused(_("A drill of more than %(n)d contacts does not fit.") % {"n": MOST}, code="many")
    at = clock.now()
    fresh.sent_at, fresh.ends_at = at, at + timedelta(minutes=fresh.lasts_minutes)
    fresh.state, fresh.sent_by = DrillState.RUNNING, by.actor_name[:200]
    saved = save(fresh)
    made = []
    for contact in contacts:
        row = DrillRecipient(
            drill=saved,
            organisation=contact.organisation,
            contact=contact,
            role=contact.role,
            purpose=contact.purpose,
            address=contact.email,
            phone=contact.phone,
            sent_at=at,
        )
        made.append(save(row))
    outbox.post_all(drill_mail(row) for row in made if row.address)
    note(contacts=len(made), without_address=sum(not row.address for row in made))
    return saved


@action("contact_drill.cancelled", needs=RUN)
def cancel_drill(drill: ContactDrill, *, by: Actor, reason: str) -> ContactDrill:
    """What waits in the outbox is not sent, and it counts for nobody."""
    fresh = lock_latest(drill)
    must_run(fresh)
    if not reason.strip():
        raise refuse("reason", _("Say why it is cancelled."), code="missing")
    note(reason=reason.strip()[:500])
    for row in fresh.recipients.all():
        outbox.withdraw_mail(KIND_DRILL, key(row))
    fresh.state = DrillState.CANCELLED
    return save(fresh)


@action("contact_drills.ended", needs=None, quiet=True)  # the worker's: the end was set when the drill was sent
def end_due(*, by: Actor) -> int:
    """Drills whose time is over. What was not answered stays open for good. Returns how many ended."""
    due = list(ContactDrill.objects.select_for_update().filter(state=DrillState.RUNNING, ends_at__lte=clock.now()))
    for drill in due:
        drill.state = DrillState.ENDED
        save(drill)
    return len(due)


@action("contact_drill.answered", needs=None)
def answer_drill(recipient: DrillRecipient, *, by: Actor) -> DrillRecipient:
    """By the link. The first press counts; another changes nothing. After the end it is noted, and does not count; of a drill that was
    cancelled nothing is expected any more."""
    fresh = lock_latest(recipient)
    if not isinstance(by, Answering) or by.key != key(fresh):
        raise NotAllowed
    if fresh.drill.state == DrillState.CANCELLED:
        raise Refused(_("This drill was cancelled. Nothing is expected of you."), code="cancelled")
    if fresh.pressed_at is not None:
        return fresh
    fresh.pressed_at = clock.now()
    if fresh.contact is not None:
        note_reply(fresh.contact)
    return save(fresh)


@action("contact_drill.called", needs=RUN)
def record_call(
    recipient: DrillRecipient, *, by: Actor, called_at: datetime, call_outcome: str, call_note: str = ""
) -> DrillRecipient:
    """The second channel: somebody called. Whoever was reached before they pressed has answered by telephone."""
    fresh = lock_latest(recipient)
    must_be_sent(fresh.drill)
    if call_outcome not in CallOutcome.values:
        raise refuse("call_outcome", _("Choose what came of the call."), code="missing")
    if called_at > clock.now():
        raise refuse("called_at", _("This moment is still to come."), code="moment_to_come")
    if called_at < fresh.sent_at:
        raise refuse("called_at", _("The drill was not sent yet at that moment."), code="too_early")
    fresh.called_at, fresh.called_by = called_at, by.actor_name[:200]
    fresh.call_outcome, fresh.call_note = call_outcome, call_note.strip()[:300]
    if call_outcome == CallOutcome.REACHED and fresh.contact is not None:
        note_reply(fresh.contact)
    return save(fresh)


@action("contact_drill.link_ended", needs=RUN)
def end_link(recipient: DrillRecipient, *, by: Actor) -> DrillRecipient:
    """The link of one contact works no more: it went to somebody else."""
    fresh = lock_latest(recipient)
    fresh.link_version += 1
    return save(fresh)
