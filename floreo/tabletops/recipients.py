"""To whom a mail of an exercise may go: to who accepted by their own link of this very exercise, at the address they gave, and to nobody
else. Asked when a mail is written, and again for each mail right before it leaves (`may_leave`), whatever put it into the outbox.

The address is sealed when its owner presses the button: the seal names the exercise, the participant and the address, and is made
with the installation's secret. A row that somebody wrote otherwise has none, and is no recipient."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from floreo.core.keys import thing_of
from floreo.core.models import OutboxMail
from floreo.tabletops.logic import IS_OPEN, ParticipantState
from floreo.tabletops.models import Delivery, Participant, Tabletop

MARK = "EXERCISE / EJERCICIO"
HEADER = "X-Exercise"
HEADERS = {HEADER: MARK, "Importance": "low"}

KINDS = "tabletop."
INVITATION, CONFIRM = "tabletop.invitation", "tabletop.confirm"  # hold nothing of what is exercised
OWN, INJECT, CHANGE = "tabletop.own", "tabletop.inject", "tabletop.change"

_signer = Signer(salt="floreo.tabletops.consent", sep="~", algorithm="sha256")


def _sealed(participant: Participant) -> str:
    return f"{participant.tabletop_id}:{participant.pk}:{participant.mail}"


def seal(participant: Participant) -> str:
    """Said once, by the action in which the owner of the address presses the button."""
    return _signer.signature(_sealed(participant))


def is_recipient(participant: Participant) -> bool:
    """Whether this participant may get mails of the exercise, at `participant.mail`."""
    if participant.state != ParticipantState.ACCEPTED or not participant.mail or not participant.consent:
        return False
    try:
        _signer.unsign(f"{_sealed(participant)}~{participant.consent}")
    except BadSignature:
        return False
    return True


def recipients(tabletop: Tabletop) -> list[Participant]:
    rows = tabletop.participants.filter(state=ParticipantState.ACCEPTED).exclude(mail="")
    return [each for each in rows if is_recipient(each)]


def is_marked(mail: OutboxMail) -> bool:
    """Whether subject, body and header say in both languages that it is an exercise."""
    return mail.subject.startswith(MARK) and mail.text.startswith(MARK) and mail.headers.get(HEADER) == MARK


def may_leave(mail: OutboxMail) -> bool:
    """Whether a mail of the outbox may leave now. Of other apps: always."""
    about = mail.about.partition(":")[0]
    if not mail.kind.startswith(KINDS) and about not in _OWN_MODELS:
        return True
    thing = thing_of(mail.about)
    participant = thing.participant if isinstance(thing, Delivery) else thing
    if not isinstance(participant, Participant) or not is_marked(mail):
        return False
    if mail.kind == INVITATION:
        is_waiting = participant.state == ParticipantState.INVITED and participant.tabletop.state in IS_OPEN
        return is_waiting and mail.to == participant.invited_mail
    if mail.kind == CONFIRM:
        return participant.state == ParticipantState.ACCEPTED and mail.to == participant.pending_mail
    if mail.kind == INJECT and (not isinstance(thing, Delivery) or not thing.inject.is_sent):
        return False
    return mail.kind in {OWN, INJECT, CHANGE} and is_recipient(participant) and mail.to == participant.mail


_OWN_MODELS = frozenset({Participant._meta.label_lower, Delivery._meta.label_lower})
