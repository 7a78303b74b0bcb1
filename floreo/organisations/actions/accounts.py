"""Accounts: their roles, whether they may sign in, and what a person says of themselves."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note, trail
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import OutboxMail
from floreo.core.outbox import letter, post
from floreo.core.writing import delete, refuse, save
from floreo.organisations.actions.checking import known_role
from floreo.organisations.actions.tokens import end_tokens_of
from floreo.organisations.models import DirectoryAccount, Membership, Organisation, Person, User

ADMINISTRATOR = "administrator"


def administrators() -> list[int]:
    """Ids of the accounts that can manage accounts today."""
    rows = Membership.objects.filter(role=ADMINISTRATOR, organisation=None, user__is_active=True)
    return list(rows.values_list("user_id", flat=True).distinct())


def _must_leave_one(user: User) -> None:
    # Held until the end, so that two administrators cannot remove each other at the same moment.
    list(Membership.objects.select_for_update().filter(role=ADMINISTRATOR).order_by("pk").values_list("pk"))
    if administrators() == [user.pk]:
        raise Refused(
            _("This is the last administrator. Make somebody else administrator first."), code="last_administrator"
        )


def held(user: User) -> User:
    """The account as it is now, locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=user.pk)


def sign_out_everywhere(user: User) -> int:
    """Ends every session of the account. Returns how many there were."""
    sessions = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    return int(sessions.delete()[0])


def must_outrank(by: Actor, role: str) -> None:
    """Only an administrator makes, changes or stops an administrator: nobody gives more than they have."""
    if role == ADMINISTRATOR and ADMINISTRATOR not in {name for name, _org in by.grants()}:
        raise NotAllowed(_("Only an administrator can do this to an administrator's role or account."))


def _must_outrank_account(by: Actor, user: User) -> None:
    if user.memberships.filter(role=ADMINISTRATOR).exists():
        must_outrank(by, ADMINISTRATOR)


@action("account.role_given", needs=Permission.ACCOUNT_MANAGE)
def give_role(user: User, *, by: Actor, role: str, organisation: Organisation | None = None) -> Membership:
    known_role(role, organisation)
    must_outrank(by, role)
    if Membership.objects.filter(user=user, role=role, organisation=organisation).exists():
        raise refuse("role", _("This account already has that role."), code="has_role")
    trail().subject = user  # it shows in the account's history
    return save(Membership(user=user, role=role, organisation=organisation))


@action("account.role_taken", needs=Permission.ACCOUNT_MANAGE)
def take_role(membership: Membership, *, by: Actor) -> None:
    must_outrank(by, membership.role)
    if membership.role == ADMINISTRATOR and membership.organisation is None:
        _must_leave_one(membership.user)
    trail().subject = membership.user
    note(account=membership.user.actor_code)
    delete(membership)


@action("account.deactivated", needs=Permission.ACCOUNT_MANAGE)
def deactivate_account(user: User, *, by: Actor, reason: str = "") -> User:
    """The account can no longer sign in, is signed out everywhere, and its tokens are revoked. What it did stays in the trail under its name."""
    user = held(user)
    _must_outrank_account(by, user)
    _must_leave_one(user)
    if not user.is_active:
        raise Refused(_("This account is already switched off."), code="inactive")
    user.is_active = False
    if reason:
        note(reason=reason[:500])
    save(user, full_clean=False)
    trail().subject = user
    _forget_what_the_directory_did(user)
    if ended := end_tokens_of(user):
        note(tokens_revoked=ended)
    sign_out_everywhere(user)
    return user


@action("account.factors_removed", needs=Permission.ACCOUNT_MANAGE)
def remove_second_factors(user: User, *, by: Actor, reason: str = "") -> User:
    """For who lost the device: passkeys, authenticator app and recovery codes are gone, and the account is signed out everywhere. The
    password stays; what was removed has to be set up again. Nobody does it to their own account, where it needs the device."""
    user = held(user)
    _must_outrank_account(by, user)
    if by.actor_code == user.actor_code:
        raise NotAllowed(_("Remove your own sign-in methods under My account."))
    if not forget_factors(user):
        raise Refused(_("This account has no passkey and no authenticator app."), code="no_factor")
    if reason:
        note(reason=reason[:500])
    trail().subject = user
    sign_out_everywhere(user)
    post(_lost_device(user, by))
    return user


def forget_factors(user: User) -> int:
    factors = Authenticator.objects.filter(user=user)
    note(removed=sorted(factors.values_list("type", flat=True)))
    count: int = factors.delete()[0]
    return count


def _lost_device(user: User, by: Actor) -> OutboxMail:
    with translation.override(user.language or languages.home()):
        text = _(
            "%(name)s removed the passkeys, the authenticator app and the recovery codes of your account, because the device was reported lost. "
            "If you did not ask for this, notify the secretariat at once."
        ) % {"name": by.actor_name}
        subject = _("Your second factor was removed")
    return letter(
        to=user.email, subject=subject, text=f"{text}\n", kind="account.factors_removed", language=user.language
    )


@action("account.activated", needs=Permission.ACCOUNT_MANAGE)
def activate_account(user: User, *, by: Actor) -> User:
    user = held(user)
    _must_outrank_account(by, user)
    user.is_active = True
    save(user, full_clean=False)
    _forget_what_the_directory_did(user)
    return user


def _forget_what_the_directory_did(user: User) -> None:
    """From here on the account is as a person left it, and the directory takes nothing back."""
    if (row := DirectoryAccount.objects.filter(user=user).first()) is not None:
        row.is_switched_off = row.is_removed = False
        save(row)


@action("account.person_set", needs=Permission.ACCOUNT_MANAGE)
def set_person(user: User, *, by: Actor, person: Person | None) -> User:
    """Who in the register this account belongs to: their actions are in its workspace."""
    user = held(user)
    _must_outrank_account(by, user)
    if person is not None and User.objects.filter(person=person).exclude(pk=user.pk).exists():
        raise refuse("person", _("This person has another account. Remove it there first."), code="has_account")
    user.person = person
    return save(user, full_clean=False)


@action("account.updated", needs=Permission.WORKSPACE_OPEN)
def update_own_account(user: User, *, by: Actor, name: str, language: str) -> User:
    """A person's own name and language; nobody else's."""
    if by.actor_code != user.actor_code:
        raise NotAllowed
    if not name.strip():
        raise refuse("name", _("Enter your name."), code="missing")
    if language and language not in languages.site():
        raise refuse("language", _("Choose a language."))
    user = held(user)
    user.name, user.language = name.strip()[:200], language
    return save(user, full_clean=False)


@action("account.sign_in_changed", needs=None)  # whoever signed in, or came with a reset link, to this very account
def note_sign_in_change(user: User, *, by: Actor, what: str) -> None:
    """A password was set or reset, a passkey or an app added or removed: only that is noted, never the secret."""
    note(what=what)
