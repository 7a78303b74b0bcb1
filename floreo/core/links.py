"""Links that open something without an account.

One-time links: a random token in the address, its hash in the database, an end date, one use.
Signed links: the address names its subject and is signed with the installation's secret; nothing is kept, the same link
is made again for a reminder, and raising the subject's link version makes all older ones invalid. When it ends is the
subject's to say (a review closes)."""

import hashlib
import secrets
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.models import OneTimeLink

_SAME_FORM = timedelta(minutes=10)  # within which the same form, sent again, is the same act


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make(purpose: str, *, subject: str = "", hours: int = 72) -> str:
    """A new token for `purpose`; older unused ones for the same subject stop working."""
    OneTimeLink.objects.filter(purpose=purpose, subject=subject, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        purpose=purpose, subject=subject, token_hash=hash_of(token), expires_at=clock.now() + timedelta(hours=hours)
    )
    return token


def peek(purpose: str, token: str) -> OneTimeLink:
    """The link, unspent. Raises Refused with a sentence when it is unknown, used or expired."""
    link = OneTimeLink.objects.filter(purpose=purpose, token_hash=hash_of(token)).first()
    if link is None:
        raise Refused(
            _("We do not recognise this link. Copy the whole link, or ask for a new one."), code="link_unknown"
        )
    if link.used_at is not None:
        raise Refused(_("This link has already been used. Each link works once. Ask for a new one."), code="link_used")
    if link.expires_at <= clock.now():
        raise Refused(_("This link has expired. Ask for a new one."), code="link_expired")
    return link


def use(purpose: str, token: str) -> OneTimeLink:
    """Spends the link. Two at once: one wins, the other is refused."""
    link = peek(purpose, token)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=clock.now()):
        raise Refused(_("This link has already been used. Each link works once. Ask for a new one."), code="link_used")
    return link


def form_key() -> str:
    """A key that a form carries, so that sending it twice counts once."""
    return secrets.token_urlsafe(16)


def spend_form(key: str, *, subject: str, content: str) -> bool:
    """Notes that `subject` sent the form with that key and content; False when the same came within the last minutes. Must
    run in the transaction of what the form does: of two at once, the second waits for the first, and where that fails the
    key is free again. The same form with other content counts, and one without a key is not held back."""
    if not key:
        return True
    now, token_hash = clock.now(), hash_of("\n".join((subject, key, content)))
    forms = OneTimeLink.objects.filter(token_hash=token_hash)
    try:
        with transaction.atomic():
            OneTimeLink.objects.create(purpose="form", token_hash=token_hash, expires_at=now, used_at=now)
    except IntegrityError:
        return bool(forms.filter(used_at__lt=now - _SAME_FORM).update(used_at=now))
    return True


def use_number(purpose: str, number: str, *, hours: int = 24) -> bool:
    """Notes a number that somebody else gave to a message, so that the same message counts once; False when it came before. Must run in
    the transaction of what the message does: where that fails, the number is free again."""
    try:
        with transaction.atomic():
            OneTimeLink.objects.create(
                purpose=purpose,
                token_hash=hash_of(f"{purpose}\n{number}"),
                expires_at=clock.now() + timedelta(hours=hours),
                used_at=clock.now(),
            )
    except IntegrityError:
        return False
    return True


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"floreo.links.{purpose}", sep="~", algorithm="sha256")


def sign(purpose: str, subject: int, version: int) -> str:
    """A token for an address: "17-1~signature"."""
    return _signer(purpose).sign(f"{subject}-{version}")


def signed(purpose: str, token: str) -> tuple[int, int]:
    """(subject, version) of a token. Raises Refused when it was not made here for this purpose."""
    try:
        subject, _dash, version = _signer(purpose).unsign(token).partition("-")
        return int(subject), int(version)
    except (BadSignature, ValueError):
        raise Refused(
            _("We do not recognise this link. Copy the whole link, or ask for a new one."), code="link_unknown"
        ) from None
