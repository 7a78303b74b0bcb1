"""How an account comes to be: the first administrator by a link from the server, everybody else by invitation."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from floreo.core import clock, links
from floreo.core.access import ROLES, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused, Taken
from floreo.core.keys import key
from floreo.core.outbox import letter, post, withdraw_mail
from floreo.core.writing import lock_latest, refuse, save
from floreo.organisations.access import Guest
from floreo.organisations.actions.accounts import ADMINISTRATOR, administrators, forget_factors, held, must_outrank
from floreo.organisations.actions.checking import email_address, known_role
from floreo.organisations.models import Invitation, Membership, Organisation, Person, User

FIRST_ADMIN = "first_admin"
INVITATION = "invitation"
LOCKED_OUT = "locked-out"
ADMIN_HOURS = 24
INVITATION_HOURS = 72


@action("administrator.link_made", needs=Permission.ACCOUNT_MANAGE, quiet=True)
def first_admin_link(*, by: Actor) -> str | None:
    """The address by which the first administrator signs in, once, within a day. None while an administrator exists."""
    if administrators():
        return None
    note(hours=ADMIN_HOURS)
    return reverse("welcome", args=[links.make(FIRST_ADMIN, hours=ADMIN_HOURS)])


@action("administrator.rescue_link_made", needs=Permission.ACCOUNT_MANAGE)
def locked_out_link(*, by: Actor) -> str:
    """The same for whoever runs the server and is locked out: works although there is an administrator."""
    note(hours=ADMIN_HOURS)
    return reverse("welcome", args=[links.make(FIRST_ADMIN, subject=LOCKED_OUT, hours=ADMIN_HOURS)])


def sound_password(password: str, user: User) -> None:
    """Raises Refused with every reason for which the password will not do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise refuse("password", " ".join(error.messages), code="weak_password") from error


def _account(email: str, name: str, password: str, *, may_exist: bool = False) -> User:
    """A new account of that address; with `may_exist` the one that is there, switched on again. Without a password only
    a passkey opens it."""
    if not name.strip():
        raise refuse("name", _("Enter your name."), code="missing")
    there = User.objects.filter(email__iexact=email).first()
    if there is not None and not may_exist:
        raise refuse("email", _("An account already uses this address. Sign in with it."), code="has_account")
    user = held(there) if there is not None else User(email=email)
    user.name, user.is_active = name.strip()[:200], True
    if password:
        sound_password(password, user)
        user.set_password(password)
    elif user._state.adding:
        user.set_unusable_password()
    user.person = user.person or _person_of(email)
    save(user, full_clean=False)
    # The invitation, or the console, has proved the address; allauth must know so, or a reset would not reach it.
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _person_of(email: str) -> Person | None:
    """Who in the register has that address, where just one does and has no account yet: the address is proved."""
    found = list(Person.objects.filter(email__iexact=email, user=None, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


@action("administrator.made", needs=None)  # whoever holds the link that the server printed, once
def make_first_administrator(token: str, *, by: Guest, email: str, password: str = "") -> User:
    """Spends the link and makes the administrator. Everything or nothing: a refusal leaves the link good."""
    link = links.use(FIRST_ADMIN, token)
    if administrators() and link.subject != LOCKED_OUT:
        raise Refused(_("An administrator already exists. Ask for an invitation."), code="administrator_exists")
    user = _account(email_address(email), by.actor_name, password, may_exist=True)
    forget_factors(user)  # whoever was locked out may have lost the device
    if not user.memberships.filter(role=ADMINISTRATOR, organisation=None).exists():
        save(Membership(user=user, role=ADMINISTRATOR))
    return user


@action("invitation.sent", needs=Permission.ACCOUNT_MANAGE)
def invite(*, by: Actor, email: str, role: str, name: str = "", organisation: Organisation | None = None) -> Invitation:
    """Asks a person to join, by a mail with a link that works once within three days."""
    address = email_address(email)
    must_outrank(by, known_role(role, organisation))
    if User.objects.filter(email__iexact=address).exists():
        raise refuse(
            "email", _("An account already uses this address. Give that account the role."), code="has_account"
        )
    already = refuse(
        "email", _("This address already has an invitation. Send it again, or withdraw it."), code="already_invited"
    )
    if _open().filter(email=address).exists():
        raise already
    invitation = Invitation(
        email=address,
        name=name.strip()[:200],
        role=role,
        organisation=organisation,
        invited_by=by.actor_name[:200],
        expires_at=clock.now() + timedelta(hours=INVITATION_HOURS),
    )
    try:
        save(invitation)
    except Taken:  # by one that was sent at the same moment
        raise already from None
    _send(invitation)
    return invitation


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None)


@action("invitation.sent_again", needs=Permission.ACCOUNT_MANAGE)
def resend_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """A new link; the one sent before stops working."""
    fresh = lock_latest(invitation)
    must_outrank(by, fresh.role)
    _must_be_open(fresh)
    fresh.expires_at = clock.now() + timedelta(hours=INVITATION_HOURS)
    save(fresh)
    _send(fresh)
    return fresh


@action("invitation.withdrawn", needs=Permission.ACCOUNT_MANAGE)
def withdraw_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """The link stops working at once."""
    fresh = lock_latest(invitation)
    _must_be_open(fresh)
    fresh.withdrawn_at = clock.now()
    links.make(INVITATION, subject=str(fresh.pk), hours=0)  # replaces the link that was sent by one that nobody holds
    withdraw_mail("invitation", key(fresh))
    return save(fresh)


def _must_be_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise Refused(_("This invitation has been accepted."), code="accepted")
    if invitation.withdrawn_at is not None:
        raise Refused(_("This invitation was withdrawn. Invite the person again."), code="withdrawn")


def _send(invitation: Invitation) -> None:
    token = links.make(INVITATION, subject=str(invitation.pk), hours=INVITATION_HOURS)
    address = settings.SITE_ADDRESS + reverse("organisations:invitation", args=[token])
    words = {
        "invitation": invitation,
        "address": address,
        "role": ROLES[invitation.role].title,
        "days": INVITATION_HOURS // 24,
    }
    subject = _("%(who)s invites you to the strategy workspace") % {"who": invitation.invited_by}
    body = render_to_string("account/email/invitation.txt", words)
    # Kept in the same transaction, so that nobody gets a link to an invitation that was rolled back.
    post(
        letter(
            to=invitation.email,
            subject=subject,
            text=body,
            kind="invitation",
            about=key(invitation),
            language=get_language() or "",
            not_after=invitation.expires_at,
            is_secret=True,
        )
    )


def invitation_of(token: str) -> Invitation:
    """The invitation that a link belongs to. Raises Refused when link or invitation are no longer good."""
    link = links.peek(INVITATION, token)
    found = Invitation.objects.filter(pk=int(link.subject)).first()
    if found is None:
        raise Refused(
            _("We do not recognise this link. Copy the whole link, or ask for a new one."), code="link_unknown"
        )
    _must_be_open(found)
    return found


@action("invitation.accepted", needs=None)  # whoever holds the link from the mail, once
def accept_invitation(token: str, *, by: Guest, password: str = "") -> User:
    """Makes the account with the role it was invited for."""
    invitation = lock_latest(invitation_of(token))
    links.use(INVITATION, token)
    user = _account(invitation.email, by.actor_name, password)
    save(Membership(user=user, role=invitation.role, organisation=invitation.organisation))
    invitation.accepted_at = clock.now()
    save(invitation)
    return user
