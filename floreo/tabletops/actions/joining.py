"""Who takes part: invited by who runs the exercise, accepted by the press of the invited person alone. Only here an address becomes one
to which mails of the exercise go, and only by the press of whoever has it."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.organisations.models import Organisation
from floreo.tabletops import recipients
from floreo.tabletops.access import AddressHolder, Guest
from floreo.tabletops.actions.planning import must_be_open
from floreo.tabletops.logic import FORGET_AFTER, IS_OPEN, ParticipantKind, ParticipantState
from floreo.tabletops.mails import confirm_mail, invitation_mail, own_mail, spoken
from floreo.tabletops.models import RUN, Participant, Tabletop

_IN = (ParticipantState.INVITED, ParticipantState.ACCEPTED)
_MOST = 200  # participants of one exercise


# --- By who runs it -----------------------------------------------------------------------------------------------


@action("tabletop_participant.invited", needs=RUN)
def invite(
    tabletop: Tabletop,
    *,
    by: Actor,
    organisation: Organisation | None = None,
    organisation_name: str = "",
    name: str = "",
    invited_mail: str = "",
    part: str = ParticipantKind.PLAYER,
    language: str = "",
) -> Participant:
    """Invites one person. The invitation is the only mail before they accept, and says nothing of what is exercised."""
    fresh = lock_latest(tabletop)
    must_be_open(fresh)
    if organisation is None and not organisation_name.strip():
        raise refuse("organisation", _("Choose an organisation, or enter its name."), code="missing")
    address = invited_mail.strip()
    if address:
        _must_be_free(fresh, address)
    number = int(fresh.participants.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > _MOST:
        raise Refused(_("At most %(most)d people can be invited.") % {"most": _MOST}, code="too_many")
    made = save(
        Participant(
            tabletop=fresh,
            number=number,
            organisation=organisation,
            organisation_name=" ".join(organisation_name.split())[:200],
            name=" ".join(name.split())[:200],
            invited_mail=address,
            part=part,
            language=spoken(language),
        )
    )
    if address:
        outbox.post(invitation_mail(made))
    return made


def _must_be_free(tabletop: Tabletop, address: str) -> None:
    same = tabletop.participants.filter(invited_mail__iexact=address)
    if same.filter(state__in=_IN).exists():
        sentence = _("Somebody was invited at %(mail)s already.") % {"mail": address}
        raise refuse("invited_mail", sentence, code="invited")
    if same.filter(state__in=[ParticipantState.DECLINED, ParticipantState.LEFT]).exists():
        sentence = _("Whoever has the address %(mail)s declined. They cannot be invited to this exercise again.")
        raise refuse("invited_mail", sentence % {"mail": address}, code="declined")


def must_be_in(participant: Participant) -> None:
    if participant.state not in _IN:
        raise Refused(_("This person does not take part."), code="not_in")


@action("tabletop_participant.link_renewed", needs=RUN)
def renew_link(participant: Participant, *, by: Actor) -> Participant:
    """A new link, since the old one got into other hands or was lost: the old one stops working at once. It goes to the address that
    was confirmed, or to which the invitation went; without one it is handed over."""
    fresh = lock_latest(participant)
    must_be_open(fresh.tabletop)
    must_be_in(fresh)
    return _renew(fresh)


def _renew(fresh: Participant) -> Participant:
    _take_back(fresh)
    fresh.link_version += 1
    fresh.pending_mail = ""  # its link named the old version
    saved = save(fresh)
    if recipients.is_recipient(saved):
        outbox.post(own_mail(saved))
    elif saved.state == ParticipantState.INVITED and saved.invited_mail:
        outbox.post(invitation_mail(saved))
    return saved


@action("tabletop_participant.removed", needs=RUN)
def remove_participant(participant: Participant, *, by: Actor, reason: str = "") -> Participant:
    """They take part no more: the link closes, and what still waits in the outbox is not sent. What they wrote stays."""
    fresh = lock_latest(participant)
    must_be_in(fresh)
    if reason.strip():
        note(reason=reason.strip())
    return _end(fresh, ParticipantState.REMOVED)


def _end(fresh: Participant, state: ParticipantState) -> Participant:
    _take_back(fresh)
    fresh.state = state
    fresh.mail = fresh.pending_mail = fresh.consent = ""
    fresh.link_version += 1
    return save(fresh)


def _take_back(participant: Participant) -> None:
    """What still waits in the outbox for this participant is not sent."""
    names = [key(participant), *(key(each) for each in participant.deliveries.all())]
    waiting = OutboxMail.objects.filter(about__in=names, kind__startswith=recipients.KINDS)
    outbox.discard(
        waiting.filter(state__in=[MailState.WAITING, MailState.STUCK]), why="The participant does not get it any more."
    )


# --- By the own link ----------------------------------------------------------------------------------------------


def must_be_own(by: Actor, participant: Participant) -> None:
    """By a link one acts for oneself alone."""
    if not isinstance(by, Guest) or by.participant.pk != participant.pk:
        raise NotAllowed


def _must_be_open(tabletop: Tabletop) -> None:
    if not tabletop.is_open:
        raise Refused(_("The exercise is over."), code="over")


@action("tabletop_participant.accepted", needs=None)
def accept(participant: Participant, *, by: Actor, name: str, post: str = "", mail: str = "") -> Participant:
    """The invited person presses the button and gives their name, and an address if they want e-mails. The address to which their link
    was sent is theirs: they had the link. Any other gets one mail that asks whoever has it. Without one they take part on screen."""
    must_be_own(by, participant)
    tabletop = lock_latest(participant.tabletop)
    _must_be_open(tabletop)
    fresh = lock_latest(participant)
    fresh.tabletop = tabletop
    if fresh.state == ParticipantState.ACCEPTED:
        return fresh  # pressed twice
    if fresh.state != ParticipantState.INVITED:
        raise Refused(_("This invitation was declined. Ask who runs the exercise for another."), code="declined")
    fresh.name = require_text(" ".join(name.split())[:200], field="name", sentence=_("Enter your name."))
    fresh.post = " ".join(post.split())[:200]
    fresh.state, fresh.accepted_at = ParticipantState.ACCEPTED, clock.now()
    return _with_address(fresh, mail)


def _with_address(fresh: Participant, mail: str) -> Participant:
    address = mail.strip()
    if address and fresh.invited_mail and address.casefold() == fresh.invited_mail.casefold():
        fresh.mail, fresh.pending_mail = fresh.invited_mail, ""
        fresh.consent = recipients.seal(fresh)
    elif address:
        fresh.pending_mail = address
    saved = save(fresh)
    if recipients.is_recipient(saved):
        outbox.post(own_mail(saved))
    elif saved.pending_mail:
        outbox.post(confirm_mail(saved))
    return saved


@action("tabletop_participant.address_given", needs=None)
def give_address(participant: Participant, *, by: Actor, mail: str) -> Participant:
    """Somebody who takes part on screen wants e-mails too, or gave an address with a mistake. One that is confirmed does not change: for
    another they are invited again."""
    must_be_own(by, participant)
    _must_be_open(participant.tabletop)
    fresh = lock_latest(participant)
    if not fresh.is_in:
        raise Refused(_("Accept first."), code="not_accepted")
    if fresh.mail:
        raise Refused(
            _(
                "Your address is confirmed. To get the e-mails at another, ask who runs the exercise to invite you there."
            ),
            code="confirmed",
        )
    require_text(mail, field="mail", sentence=_("Enter an e-mail address."))
    return _with_address(fresh, mail)


@action("tabletop_participant.address_confirmed", needs=None, quiet=True)
def confirm_address(participant: Participant, *, by: Actor) -> Participant:
    """Whoever has the address presses the button of the mail that was sent there. From now on mails of the exercise go there."""
    if not isinstance(by, AddressHolder) or by.participant.pk != participant.pk:
        raise NotAllowed
    fresh = lock_latest(participant)
    if fresh.mail == by.address and recipients.is_recipient(fresh):
        return fresh  # pressed twice
    if not fresh.is_in or fresh.pending_mail != by.address:
        raise Refused(_("Another address was given meanwhile."), code="other_address")
    fresh.mail, fresh.pending_mail = by.address, ""
    fresh.consent = recipients.seal(fresh)
    saved = save(fresh)
    if saved.tabletop.is_open:
        outbox.post(own_mail(saved))
    return saved


@action("tabletop_participant.declined", needs=None)
def decline(participant: Participant, *, by: Actor) -> Participant:
    """They do not take part, and get no e-mail of this exercise any more."""
    must_be_own(by, participant)
    fresh = lock_latest(participant)
    if fresh.state == ParticipantState.DECLINED:
        return fresh
    if fresh.state != ParticipantState.INVITED:
        raise Refused(_("You have accepted. To stop, press “I take part no more”."), code="accepted")
    _take_back(fresh)
    fresh.state = ParticipantState.DECLINED
    return save(fresh)


@action("tabletop_participant.left", needs=None)
def leave(participant: Participant, *, by: Actor) -> Participant:
    """They take part no more: their address is deleted and their link closes. What they wrote stays."""
    must_be_own(by, participant)
    fresh = lock_latest(participant)
    if not fresh.is_in:
        raise Refused(_("You do not take part."), code="not_in")
    return _end(fresh, ParticipantState.LEFT)


@action("tabletop_participant.link_reported", needs=None)
def report_link(participant: Participant, *, by: Actor) -> Participant:
    """Their link is known to others: it stops working at once, and a new one goes to their own address. Without an address they ask who
    runs the exercise for a new one."""
    must_be_own(by, participant)
    fresh = lock_latest(participant)
    return _renew(fresh)


# --- By itself ----------------------------------------------------------------------------------------------------


@action("tabletop_participants.forgotten", needs=RUN, quiet=True)
def forget_addresses(*, by: Actor) -> int:
    """Addresses of exercises that ended a month ago, or were cancelled: nothing is sent there any more."""
    over = Tabletop.objects.exclude(state__in=IS_OPEN).filter(changed_at__lt=clock.now() - FORGET_AFTER)
    known = Participant.objects.filter(tabletop__in=over).exclude(mail="", pending_mail="", invited_mail="")
    rows = list(known.order_by("pk")[:500])
    for each in rows:
        _take_back(each)
        each.mail = each.pending_mail = each.invited_mail = each.consent = ""
        save(each)
    return len(rows)
