"""What the holder of a certificate does by the personal link; and what is done for somebody who asks without it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.certificates.actions.issuing import must_be_renewable
from floreo.certificates.models import Certificate
from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.writing import lock_latest, require_text, save


@action("certificate.name_hidden", needs=None)
def hide_name(certificate: Certificate, *, by: Actor) -> Certificate:
    """Whoever checks it reads that the holder withheld the name; all else stays."""
    fresh = lock_latest(certificate)
    fresh.is_name_hidden = True
    return save(fresh)


@action("certificate.name_shown", needs=None)
def show_name(certificate: Certificate, *, by: Actor) -> Certificate:
    fresh = lock_latest(certificate)
    fresh.is_name_hidden = False
    return save(fresh)


@action("certificate.renewal_asked", needs=None)
def ask_renewal(certificate: Certificate, *, by: Actor) -> Certificate:
    """The holder wants to renew it: it waits for those who issue."""
    fresh = lock_latest(certificate)
    must_be_renewable(fresh)
    fresh.wants_renewal_on = fresh.wants_renewal_on or clock.today()
    return save(fresh)


def must_not_be_erased(certificate: Certificate) -> None:
    if certificate.is_erased:
        raise Refused(_("The name is erased already."), code="erased")


@action("certificate.erased", needs=None)
def erase(certificate: Certificate, *, by: Actor) -> Certificate:
    """Name, address and the signed badge are deleted here. Number, course and dates stay, so that the counts stay true."""
    return _erased(certificate)


@action("certificate.erased_on_request", needs=Permission.CERTIFICATE_ISSUE)
def erase_on_request(certificate: Certificate, *, by: Actor, reason: str) -> Certificate:
    """The same, for a holder who asked by another way. `reason`: how they asked."""
    note(reason=require_text(reason, field="reason", sentence=_("Say how the holder asked for it.")))
    return _erased(certificate)


def _erased(certificate: Certificate) -> Certificate:
    fresh = lock_latest(certificate)
    must_not_be_erased(fresh)
    fresh.name = fresh.mail = fresh.credential = fresh.token = ""
    fresh.person, fresh.wants_renewal_on = None, None
    fresh.is_erased = fresh.is_name_hidden = True
    fresh.link_version += 1
    outbox.forget_mail([key(fresh)])
    return save(fresh)
