"""What stops and starts the clocks of a case, who is on duty, and filters that the team shares."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import delete, lock_latest, refuse, require_sound_time, require_text, save
from floreo.incidents import clocks, moments
from floreo.incidents.actions.cases import locked, require_handler
from floreo.incidents.actions.making import log
from floreo.incidents.models import Case, ClockPause, DutyShift, SavedFilter, Submission
from floreo.organisations.models import Organisation, User

HANDLE = Permission.INCIDENT_HANDLE
FILTERS = ("q", "state", "severity", "class", "lead", "waiting", "sector", "exercise", "untouched")


@action("case.submission_recorded", needs=HANDLE)
def record_submission(
    case: Case,
    *,
    by: Actor,
    kind: str,
    organisation: Organisation | None = None,
    at: datetime | None = None,
    text: str = "",
) -> Submission:
    """What an organisation under a law sent: the clock of that kind stops at the time at which it was received."""
    fresh = locked(case)
    when = at or moments.now()
    if when > max(moments.now(), clock.machine()):
        raise refuse("at", _("That time is still to come. Enter when it happened."), code="future")
    made = save(Submission(case=fresh, organisation=organisation, kind=kind, at=when, text=text.strip()))
    facts = {"kind": kind, "name": organisation.name if organisation else "", "at": when.isoformat()}
    log(fresh, what="submission", facts=facts)
    clocks.refresh(fresh)
    return made


@action("case.clocks_paused", needs=HANDLE)
def pause_clocks(case: Case, *, by: Actor, reason: str, at: datetime | None = None) -> ClockPause:
    """Clocks whose rule allows it do not run until they are resumed."""
    fresh = locked(case)
    reason = require_text(reason, field="reason", sentence=_("Say in a few words why they are paused."))
    if fresh.pauses.filter(ends_at=None).exists():
        raise Refused(_("The clocks of this case are paused already."), code="paused")
    when = at or moments.now()
    if when > max(moments.now(), clock.machine()):
        raise refuse("at", _("That time is still to come. Enter when it happened."), code="future")
    made = save(ClockPause(case=fresh, starts_at=when, reason=reason[:300]))
    log(fresh, reason, what="paused", is_written=True)
    clocks.refresh(fresh)
    return made


@action("case.clocks_resumed", needs=HANDLE)
def resume_clocks(case: Case, *, by: Actor) -> Case:
    fresh = locked(case)
    pause = fresh.pauses.filter(ends_at=None).first()
    if pause is None:
        raise Refused(_("The clocks of this case are not paused."), code="not_paused")
    pause.ends_at = max(moments.now(), pause.starts_at)
    save(pause)
    log(fresh, what="resumed")
    clocks.refresh(fresh)
    return fresh


@action("duty.planned", needs=HANDLE)
def plan_duty(*, by: Actor, user: User, starts_at: datetime, ends_at: datetime) -> DutyShift:
    """Who is on duty from when to when. Two may be on duty together; one person is not planned twice at once."""
    require_handler(user, "user")
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        require_sound_time(moment, field=name)
    if ends_at <= starts_at:
        raise refuse("ends_at", _("The end is before the start. Change one of them."), code="dates_in_order")
    if DutyShift.objects.filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise refuse("user", _("%(name)s is on duty in that time already.") % {"name": str(user)}, code="twice")
    return save(DutyShift(user=user, starts_at=starts_at, ends_at=ends_at))


@action("duty.removed", needs=HANDLE)
def remove_duty(shift: DutyShift, *, by: Actor) -> None:
    delete(lock_latest(shift))


@action("case_filter.saved", needs=HANDLE)
def save_filter(*, by: Actor, name: str, query: str) -> SavedFilter:
    """A filter of the list of cases under a name, for the whole team. Only what the list knows is kept of `query`."""
    name = require_text(name, field="name", sentence=_("Enter a name."))
    kept = urlencode([(key, value) for key, value in parse_qsl(query)[:20] if key in FILTERS])
    if not kept:
        raise refuse("name", _("Choose a filter of the list first, then save it."), code="no_filter")
    if SavedFilter.objects.filter(name=name[:80]).exists():
        raise refuse("name", _("There is a filter of this name already. Choose another name."), code="taken")
    return save(SavedFilter(name=name[:80], query=kept[:500], made_by=by.actor_name[:200]))


@action("case_filter.removed", needs=HANDLE)
def remove_filter(saved: SavedFilter, *, by: Actor) -> None:
    delete(lock_latest(saved))
