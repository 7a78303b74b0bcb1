"""Checks of mail: what waits, and the keys with which it is signed and encrypted."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Q

from floreo.config.doctor.findings import Check, bad, good, watch
from floreo.core import bounce_mailbox, clock, openpgp, smime
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.organisations.models import Contact, Person

_KEY_ENDS_SOON = timedelta(days=30)


def _mails(n: int) -> str:
    return "1 e-mail" if n == 1 else f"{n} e-mails"


def mail_checks() -> Check:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        yield watch(
            f"No mail server is configured: e-mails are saved as files in {settings.EMAIL_FILE_PATH}.",
            "Set FLOREO_SMTP.",
        )
    else:
        try:
            server = get_connection()
            server.open()
            server.close()
            yield good("The mail server answers.")
        except (OSError, smtplib.SMTPException) as problem:
            yield bad(
                f"The mail server cannot be reached: {str(problem)[:150]}.",
                "Correct FLOREO_SMTP or fix the server. E-mails wait meanwhile.",
            )
    yield from _team_key()
    yield from _team_certificate()
    yield from _keys_of_contacts()
    stuck = OutboxMail.objects.filter(state=MailState.STUCK).count()
    if stuck:
        yield watch(
            f"{_mails(stuck)} could not be sent.", "See the outbox in the workspace: send them again or discard them."
        )
    waiting = OutboxMail.objects.filter(
        state=MailState.WAITING, created_at__lt=clock.now() - timedelta(hours=6)
    ).count()
    if waiting:
        has = "has" if waiting == 1 else "have"
        yield watch(f"{_mails(waiting)} {has} waited for more than six hours.", "See the outbox in the workspace.")
    for mail in bounce_mailbox.bad_addresses()[:20]:
        who = Person.objects.filter(email__iexact=mail.to).first()
        yield watch(
            f"E-mails to {f'{who} ({mail.to})' if who else mail.to} are returned.",
            "Correct the address in the register, or telephone the person.",
        )


def _team_key() -> Check:
    """The key with which mail is signed: while it cannot be used, that mail waits."""
    if not settings.PGP_KEY:
        return
    try:
        key = openpgp.team_key()
    except Refused as refusal:
        yield bad(str(refusal.sentence), "Correct FLOREO_PGP_KEY or its file. What is signed with it waits meanwhile.")
        return
    expires = key.certificate.expires_at if key is not None else None
    if expires is not None and expires < clock.machine() + _KEY_ENDS_SOON:
        yield watch(
            f"The team's OpenPGP key expires on {expires.date().isoformat()}.",
            "Extend it with gpg --quick-set-expire, export it again, and publish the public part.",
        )
    else:
        yield good("The team's OpenPGP key signs.")


def _team_certificate() -> Check:
    """The certificate with which mail is signed: while it cannot be used, that mail waits."""
    if not settings.SMIME_KEY:
        return
    try:
        identity = smime.team_identity()
    except Refused as refusal:
        yield bad(
            str(refusal.sentence), "Correct FLOREO_SMIME_KEY or its file. What is signed with it waits meanwhile."
        )
        return
    assert identity is not None
    found, sender = identity.certificate, parseaddr(settings.MAIL_RETURN or settings.DEFAULT_FROM_EMAIL)[1].lower()
    if sender not in {each.lower() for each in found.addresses}:
        yield watch(
            f"The team's S/MIME certificate is not for {sender}, so mail programs warn of its signature.",
            "Get a certificate for the address that sends, or send from an address that it names.",
        )
    elif found.expires_at < clock.machine() + _KEY_ENDS_SOON:
        yield watch(
            f"The team's S/MIME certificate expires on {found.expires_at.date().isoformat()}.",
            "Get a new one, and put it with its key into the file that FLOREO_SMIME_KEY names.",
        )
    else:
        yield good("The team's S/MIME certificate signs.")


def _keys_of_contacts() -> Check:
    """Contacts with a key with which nothing is encrypted, since the team has none of that kind."""
    usable = Q(pk=None)
    if settings.PGP_KEY:
        usable |= ~Q(openpgp_key="")
    if settings.SMIME_KEY:
        usable |= ~Q(smime_certificate="")
    with_key = Contact.objects.exclude(email="").exclude(openpgp_key="", smime_certificate="")
    if number := with_key.exclude(usable).count():
        yield watch(
            f"Mail to {number} contact{'' if number == 1 else 's'} with a key leaves without encryption: the team has no key of that kind.",
            "Set FLOREO_PGP_KEY for OpenPGP keys and FLOREO_SMIME_KEY for S/MIME certificates.",
        )
