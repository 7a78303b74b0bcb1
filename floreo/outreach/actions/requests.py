"""Requests for an ambassador: sent by the public form, given to somebody, held, or declined with a reason."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.writing import assign, lock_latest, refuse, require_text, save
from floreo.outreach import mails
from floreo.outreach.models import Ambassador, AmbassadorRequest, AmbassadorState, OutreachSession, RequestState

_RUN = Permission.OUTREACH_RUN
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another
FORGET_AFTER = timedelta(days=90)  # whom to call, once it is closed


@action("ambassador_request.sent", needs=None, quiet=True)
def ask_for_ambassador(*, by: Actor, source_key: str = "", **facts: Any) -> AmbassadorRequest:
    """By the public form. The same form sent again is one request."""
    before = AmbassadorRequest.objects.filter(source_key=source_key).first() if source_key else None
    if before is not None:
        return before
    today = clock.today()
    found = AmbassadorRequest(source_key=source_key, received_on=today)
    found.reference = f"REQ-{today.year}-" + "".join(secrets.choice(_LETTERS) for _n in range(6))
    assign(found, facts)
    require_text(found.requester, field="requester", sentence=_("Enter the name of the school, firm or group."))
    if not (found.contact_phone or found.contact_mail):
        raise refuse("contact_phone", _("Enter a telephone number or an e-mail address, so that we can answer."))
    if found.people < 1:
        raise refuse("people", _("Enter about how many people will come."))
    return save(found)


def must_be_open(found: AmbassadorRequest) -> None:
    if not found.is_open:
        raise Refused(_("This request is closed already."), code="closed")


def must_be_assigned(found: AmbassadorRequest) -> None:
    must_be_open(found)
    if found.state != RequestState.ASSIGNED:
        raise Refused(_("No ambassador is assigned to this request yet."), code="not_assigned")


@action("ambassador_request.assigned", needs=_RUN)
def assign_ambassador(found: AmbassadorRequest, *, by: Actor, ambassador: Ambassador) -> AmbassadorRequest:
    """Who will go. Both are informed by e-mail, where there is an address."""
    fresh = lock_latest(found)
    must_be_open(fresh)
    if ambassador.state != AmbassadorState.ACTIVE:
        raise refuse("ambassador", _("%(code)s is not active now. Choose another.") % {"code": ambassador.code})
    if fresh.audience == "pupils" and not has_current_check(ambassador):
        sentence = _("%(code)s has no safeguarding check that is current, and pupils will be there. Choose another.")
        raise refuse("ambassador", sentence % {"code": ambassador.code}, code="no_check")
    if fresh.ambassador_id != ambassador.pk:
        fresh.planned_on = None  # it was agreed with another
    fresh.ambassador, fresh.state, fresh.assigned_on = ambassador, RequestState.ASSIGNED, clock.today()
    outbox.post_all(mails.assignment_mails(fresh))
    return save(fresh)


def has_current_check(ambassador: Ambassador) -> bool:
    """Whether the safeguarding check holds today: nobody meets pupils without one."""
    if ambassador.checked_on is None:
        return False
    return ambassador.check_expires_on is None or ambassador.check_expires_on >= clock.today()


@action("ambassador_request.planned", needs=_RUN)
def plan_session(found: AmbassadorRequest, *, by: Actor, planned_on: date | None) -> AmbassadorRequest:
    """The day that both agreed on, or none any more. It is among the tasks, in calendars and, with an entry for a calendar, in a mail to the
    ambassador, where there is an address."""
    fresh = lock_latest(found)
    must_be_assigned(fresh)
    if planned_on is not None and planned_on != fresh.planned_on and planned_on < clock.today():
        raise refuse("planned_on", _("This day has passed. If the session was held, record that."), code="past")
    is_new = planned_on is not None and planned_on != fresh.planned_on
    fresh.planned_on = planned_on
    saved = save(fresh)
    if is_new and saved.ambassador is not None and saved.ambassador.mail:
        outbox.post(mails.planned_mail(saved))
    return saved


@action("ambassador_request.done", needs=_RUN)
def finish_request(found: AmbassadorRequest, *, by: Actor, session: OutreachSession | None = None) -> AmbassadorRequest:
    """It was held; with the session, where it was logged already."""
    fresh = lock_latest(found)
    must_be_assigned(fresh)
    if session is not None and session.ambassador_id != fresh.ambassador_id:
        raise refuse("session", _("This session is of another ambassador."))
    fresh.state, fresh.session, fresh.closed_on = RequestState.DONE, session, clock.today()
    return save(fresh)


@action("ambassador_request.declined", needs=_RUN)
def decline_request(found: AmbassadorRequest, *, by: Actor, reason: str) -> AmbassadorRequest:
    """With the reason, which is sent where there is an address."""
    fresh = lock_latest(found)
    must_be_open(fresh)
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why. It is sent to who asked."))
    fresh.state, fresh.closed_on = RequestState.DECLINED, clock.today()
    if fresh.contact_mail:
        outbox.post(mails.declined_mail(fresh))
    return save(fresh)


@action("ambassador_requests.forgotten", needs=None, quiet=True)
def forget_contacts(*, by: Actor) -> int:
    """Whom to call is deleted 90 days after a request was closed: every day, by itself. Returns of how many."""
    oldest = clock.today() - FORGET_AFTER
    rows = AmbassadorRequest.objects.select_for_update().filter(closed_on__lt=oldest, is_erased=False)
    count = 0
    for each in rows:
        each.contact_name = each.contact_phone = each.contact_mail = ""
        each.is_erased = True
        save(each)
        outbox.forget_mail([key(each)])  # the e-mails name whom to call
        count += 1
    return count
