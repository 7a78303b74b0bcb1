"""The roster: who is an ambassador, their links, leave and end, reminders and calls; and what lapses by itself."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.links import hash_of
from floreo.core.writing import assign, lock_latest, refuse, require_past, require_text, save
from floreo.organisations.models import Place
from floreo.outreach import mails
from floreo.outreach.logic import next_code
from floreo.outreach.models import Ambassador, AmbassadorLink, AmbassadorState, Scheme

_RUN = Permission.OUTREACH_RUN


def _require_sound(ambassador: Ambassador) -> None:
    if not ambassador.name.strip():
        raise refuse("name", _("Enter a name."), code="missing")
    first, last = ambassador.certified_on, ambassador.certificate_expires_on
    if last is not None and first is None:
        raise refuse("certified_on", _("Enter the day of the certificate as well."), code="missing")
    if first and last and last < first:
        raise refuse(
            "certificate_expires_on", _("The certificate would expire before it was issued."), code="dates_in_order"
        )
    if ambassador.named_on and not ambassador.listed_on:
        raise refuse("listed_on", _("Whoever is named on the public list is listed there. Enter that day too."))
    if ambassador.meets_minors and ambassador.state == AmbassadorState.ACTIVE and ambassador.checked_on is None:
        raise refuse("checked_on", _("Whoever meets minors needs a safeguarding check first. Enter its day."))


@action("ambassador.added", needs=_RUN)
def add_ambassador(*, by: Actor, scheme: Scheme, district: Place, **facts: Any) -> Ambassador:
    """A new one: active where a certificate is given, else a candidate. The code follows from the district."""
    Place.objects.select_for_update().get(pk=district.pk)  # so that two at once get two codes
    taken = Ambassador.objects.values_list("code", flat=True)
    ambassador = Ambassador(code=next_code(district.code, taken), scheme=scheme, district=district)
    assign(ambassador, facts)
    follow_certificate(ambassador)
    is_current = ambassador.certified_on is not None and not _is_expired(ambassador, clock.today())
    ambassador.state = AmbassadorState.ACTIVE if is_current else AmbassadorState.CANDIDATE
    _require_sound(ambassador)
    return save(ambassador)


@action("ambassador.updated", needs=_RUN)
def update_ambassador(ambassador: Ambassador, *, by: Actor, version: int | None = None, **facts: Any) -> Ambassador:
    """Facts of the roster. A new certificate makes active again who had lapsed, or was a candidate."""
    fresh = lock_latest(ambassador, version)
    assign(fresh, facts)
    follow_certificate(fresh)
    waited = fresh.state in (AmbassadorState.CANDIDATE, AmbassadorState.LAPSED)
    if waited and fresh.certified_on is not None and not _is_expired(fresh, clock.today()):
        fresh.state = AmbassadorState.ACTIVE
    _require_sound(fresh)
    return save(fresh)


def follow_certificate(ambassador: Ambassador) -> bool:
    """Writes what the certificate says now onto the roster: the newest renewal that holds takes its place, and one that was revoked ended
    on the day before. Says whether anything changed."""
    certificate = ambassador.certificate
    if certificate is None:
        return False
    renewal = certificate.renewals.valid_on(clock.today()).order_by("-issued_on", "-serial").first()
    certificate = renewal or certificate
    last = certificate.expires_on
    if certificate.revoked_on is not None:
        day_before = max(certificate.issued_on, certificate.revoked_on - timedelta(days=1))
        last = min(last, day_before) if last is not None else day_before
    written = (certificate, certificate.number, certificate.issued_on, last)
    held = (
        ambassador.certificate,
        ambassador.certificate_number,
        ambassador.certified_on,
        ambassador.certificate_expires_on,
    )
    (
        ambassador.certificate,
        ambassador.certificate_number,
        ambassador.certified_on,
        ambassador.certificate_expires_on,
    ) = written
    return written != held


def _is_expired(ambassador: Ambassador, today: date) -> bool:
    return ambassador.certificate_expires_on is not None and ambassador.certificate_expires_on < today


def must_be_active(ambassador: Ambassador) -> None:
    if ambassador.state != AmbassadorState.ACTIVE:
        raise Refused(_("Only an active ambassador can do this."), code="not_active")


def must_be_on_leave(ambassador: Ambassador) -> None:
    if ambassador.state != AmbassadorState.ON_LEAVE:
        raise Refused(_("This ambassador is not on leave."), code="not_on_leave")


def must_not_have_left(ambassador: Ambassador) -> None:
    if ambassador.state == AmbassadorState.LEFT:
        raise Refused(_("This ambassador has left."), code="left")


@action("ambassador.on_leave", needs=_RUN)
def begin_leave(ambassador: Ambassador, *, by: Actor, leave_until: date) -> Ambassador:
    """No reminder is sent meanwhile."""
    fresh = lock_latest(ambassador)
    must_be_active(fresh)
    if leave_until < clock.today():
        raise refuse("leave_until", _("That day has passed. Enter a later one."))
    fresh.state, fresh.leave_until = AmbassadorState.ON_LEAVE, leave_until
    return save(fresh)


@action("ambassador.returned", needs=_RUN)
def end_leave(ambassador: Ambassador, *, by: Actor) -> Ambassador:
    fresh = lock_latest(ambassador)
    must_be_on_leave(fresh)
    fresh.state, fresh.leave_until = AmbassadorState.ACTIVE, None
    return save(fresh)


@action("ambassador.left", needs=_RUN)
def leave(ambassador: Ambassador, *, by: Actor, left_on: date, reason: str = "") -> Ambassador:
    """For good. The link ends, the public list forgets them, and telephone and e-mail go; their sessions stay."""
    fresh = lock_latest(ambassador)
    must_not_have_left(fresh)
    require_past(left_on, field="left_on")
    note(reason=reason)
    fresh.state, fresh.left_on, fresh.leave_until = AmbassadorState.LEFT, left_on, None
    fresh.listed_on = fresh.named_on = None
    fresh.phone = fresh.mail = ""
    for link in fresh.links.filter(ended_at=None):
        _end(link, _("Left the scheme"))
    outbox.forget_mail([key(fresh)])
    return save(fresh)


# --- Links --------------------------------------------------------------------------------------------------------


def _end(link: AmbassadorLink, why: str) -> AmbassadorLink:
    link.ended_at, link.ended_why = clock.now(), why[:300]
    return save(link)


def must_have_a_link(ambassador: Ambassador) -> None:
    if not ambassador.links.filter(ended_at=None).exists():
        raise Refused(_("This ambassador has no link now."), code="no_link")


def must_be_able_to_log(ambassador: Ambassador) -> None:
    if ambassador.state not in (AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE):
        raise Refused(_("Only an active ambassador gets a link. Enter the certificate first."), code="not_active")


@action("ambassador.link_issued", needs=_RUN)
def issue_link(ambassador: Ambassador, *, by: Actor, secret: str = "", by_mail: bool = False) -> str:
    """A new personal link, which ends the one before. Returns its secret, of which only a hash is stored: it is shown once."""
    fresh = lock_latest(ambassador)
    must_be_able_to_log(fresh)
    if by_mail and not fresh.mail:
        raise refuse("by_mail", _("There is no e-mail address of this ambassador. Show the link instead."))
    for link in fresh.links.filter(ended_at=None):
        _end(link, _("Replaced by a new link"))
    given = secret or secrets.token_urlsafe(24)
    save(AmbassadorLink(ambassador=fresh, link_hash=hash_of(given), issued_at=clock.now()))
    if by_mail:
        outbox.post(mails.link_mail(fresh, given))
    return given


@action("ambassador.link_ended", needs=_RUN)
def end_link(ambassador: Ambassador, *, by: Actor, reason: str) -> Ambassador:
    """A lost phone, or one that somebody else has now. What waits on it arrives as from an ended link."""
    fresh = lock_latest(ambassador)
    must_have_a_link(fresh)
    why = require_text(reason, field="reason", sentence=_("Say why, for example: the telephone was lost."))
    for link in fresh.links.filter(ended_at=None):
        _end(link, why)
    return fresh


# --- Silence ------------------------------------------------------------------------------------------------------


def must_be_reachable_by_mail(ambassador: Ambassador) -> None:
    must_be_active(ambassador)
    if not ambassador.mail:
        raise Refused(_("There is no e-mail address of this ambassador. Call instead."), code="no_mail")


@action("ambassador.reminded", needs=_RUN)
def send_reminder(ambassador: Ambassador, *, by: Actor) -> Ambassador:
    """An e-mail that asks for the sessions held. Not more than one a week."""
    fresh = lock_latest(ambassador)
    must_be_reachable_by_mail(fresh)
    today = clock.today()
    if fresh.reminded_on is not None and today - fresh.reminded_on < timedelta(days=7):
        raise Refused(_("A reminder was sent less than a week ago. Call instead."), code="too_soon")
    fresh.reminded_on = today
    outbox.post(mails.reminder_mail(fresh))
    return save(fresh)


@action("ambassador.called", needs=_RUN)
def record_call(ambassador: Ambassador, *, by: Actor, called_on: date, call_note: str = "") -> Ambassador:
    fresh = lock_latest(ambassador)
    must_not_have_left(fresh)
    require_past(called_on, field="called_on")
    fresh.called_on, fresh.call_note = called_on, call_note.strip()
    return save(fresh)


def _follow_certificates(today: date) -> None:
    rows = Ambassador.objects.exclude(certificate=None).exclude(state=AmbassadorState.LEFT)
    for each in rows.select_related("certificate").select_for_update(of=("self",)):
        if not follow_certificate(each):
            continue
        if each.state == AmbassadorState.LAPSED and not _is_expired(each, today):
            each.state = AmbassadorState.ACTIVE
        save(each)


@action("ambassadors.lapsed", needs=None, quiet=True)
def lapse_expired(*, by: Actor) -> int:
    """Whose certificate has expired or was revoked is no longer active, who renewed it is active again, and whose leave is over is back: every
    day, by itself. Returns how many changed."""
    today = clock.today()
    _follow_certificates(today)
    gone = Ambassador.objects.select_for_update().filter(
        state__in=(AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE), certificate_expires_on__lt=today
    )
    changed = 0
    for each in gone:
        each.state, each.leave_until = AmbassadorState.LAPSED, None
        save(each)
        changed += 1
    for each in Ambassador.objects.select_for_update().filter(state=AmbassadorState.ON_LEAVE, leave_until__lt=today):
        each.state, each.leave_until = AmbassadorState.ACTIVE, None
        save(each)
        changed += 1
    return changed
