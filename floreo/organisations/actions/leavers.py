"""People who leave, as their directory says: signed out at once, switched off for good, and switched on again when it was a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action, note, trail
from floreo.core.errors import Refused
from floreo.core.models import OutboxMail
from floreo.core.outbox import letter, post_all
from floreo.core.routes import path_to
from floreo.core.writing import save
from floreo.organisations.actions.accounts import (
    activate_account,
    administrators,
    deactivate_account,
    sign_out_everywhere,
)
from floreo.organisations.actions.people import update_person
from floreo.organisations.models import DirectoryAccount, Organisation, Person, User

MANAGE = Permission.ACCOUNT_MANAGE


@action("account.signed_out", needs=None)  # the directory, by a signed logout token (organisations/back_channel.py)
def sign_out_by_directory(user: User, *, by: Actor) -> int:
    """Ends every session of the account. Returns how many there were."""
    count = sign_out_everywhere(user)
    trail().subject = user
    note(sessions=count)
    return count


@action("directory_account.noted", needs=MANAGE, quiet=True)
def note_in_directory(
    user: User, *, by: Actor, organisation: Organisation | None, external_id: str | None = None
) -> DirectoryAccount:
    """Notes under which name a directory knows the account."""
    row = DirectoryAccount.objects.filter(user=user).first() or DirectoryAccount(user=user, organisation=organisation)
    row.is_removed = False
    if external_id is not None:
        row.external_id = external_id[:200]
    return save(row)


@action("account.left", needs=MANAGE)
def let_go(user: User, *, by: Actor, organisation: Organisation | None, is_removed: bool = False) -> User:
    """The directory says that the person left. The account is switched off, its sessions and tokens end; the person of the register counts as
    having left, so that links sent to them open nothing and what they answered for is their organisation's. Administrators get one mail."""
    with transaction.atomic():
        if was_active := user.is_active:
            user = deactivate_account(user, by=by, reason=_("The directory says that the person left."))
            if _may_change(user.person, by) and user.person.is_active:
                update_person(user.person, by=by, is_active=False)
            post_all(_letters(user))
        row = DirectoryAccount.objects.filter(user=user).first() or DirectoryAccount(
            user=user, organisation=organisation
        )
        row.is_switched_off, row.is_removed = row.is_switched_off or was_active, row.is_removed or is_removed
        trail().subject = user
        save(row)
    return user


@action("account.taken_back", needs=MANAGE)
def take_back(user: User, *, by: Actor) -> User:
    """The directory takes back that the person left. Refused where a person here switched the account off."""
    row = DirectoryAccount.objects.filter(user=user).first()
    if row is None or not row.is_switched_off:
        raise Refused(
            _("This account was switched off here, not by the directory. Only a person can switch it on again."),
            code="switched_off_here",
        )
    row.is_switched_off = row.is_removed = False
    trail().subject = user
    save(row)
    user = activate_account(user, by=by)
    if _may_change(user.person, by) and not user.person.is_active:
        update_person(user.person, by=by, is_active=True)
    return user


def _may_change(person: Person | None, by: Actor) -> TypeGuard[Person]:
    """A directory of one organisation changes no person of another."""
    return person is not None and can(by, Permission.PEOPLE_EDIT, person)


def _letters(user: User) -> Iterator[OutboxMail]:
    for account in User.objects.filter(pk__in=administrators()).exclude(pk=user.pk).order_by("pk"):
        language = account.language or languages.home()
        with translation.override(language):
            subject = _("%(name)s left, says the directory") % {"name": user.name}
            text = _(
                "The account of %(name)s (%(address)s) was switched off, because the directory says that the person left. Sessions, links and tokens ended. "
                "What the person answered for is now in the tasks of the organisation: name successors there."
            ) % {"name": user.name, "address": user.email}
            address = settings.SITE_ADDRESS + path_to("workspace:account", user.pk)
        yield letter(
            to=account.email,
            subject=subject,
            text=f"{text}\n\n{address}\n",
            kind="account.left",
            about=f"organisations.user:{user.pk}/{account.pk}",
            language=language,
        )
