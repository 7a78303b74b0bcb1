"""What waits for who coordinates outreach: sessions to be reviewed, requests, ambassadors who have been silent, checks that expire, kit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.outreach.models import (
    Ambassador,
    AmbassadorRequest,
    AmbassadorState,
    OutreachSession,
    RequestState,
    SessionState,
)
from floreo.outreach.queries import silent_ambassadors, stock

REVIEW_WITHIN = timedelta(days=7)
RECORD_WITHIN = timedelta(days=7)  # whether a planned session was held
CHECK_AHEAD = timedelta(days=30)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Nine queries, whatever waits."""
    if not recipient.everybody and Permission.OUTREACH_RUN not in recipient.permissions:
        return
    yield from _sessions(today)
    yield from _requests()
    yield from _planned(today)
    yield from _silent(today)
    yield from _checks(today)
    yield from _kit(today)


def _sessions(today: date) -> Iterator[Task]:
    care = ~Q(clock_doubt="") & Q(date_checked=False) | Q(is_late_link=True, is_in_use=False)
    found = OutreachSession.objects.filter(state=SessionState.RECEIVED).aggregate(
        n=Count("pk"), care=Count("pk", filter=care), oldest=Min("received_at")
    )
    if not found["n"]:
        return
    why = ngettext("%(n)d session to be reviewed.", "%(n)d sessions to be reviewed.", found["n"]) % {"n": found["n"]}
    if found["care"]:
        more = ngettext("%(n)d needs a closer look.", "%(n)d need a closer look.", found["care"])
        why = f"{why} {more % {'n': found['care']}}"
    since = clock.calendar_day(found["oldest"])
    yield Task(
        key="outreach.sessions",
        kind="outreach",
        title=_("Outreach sessions"),
        why=why,
        href=f"{reverse('workspace:outreach_sessions')}?state=received",
        due=since + REVIEW_WITHIN,
        since=since,
        needs=Permission.OUTREACH_RUN,
    )


def _requests() -> Iterator[Task]:
    for found in AmbassadorRequest.objects.filter(state=RequestState.WAITING).select_related("district"):
        yield Task(
            key=key(found),
            kind="outreach",
            title=found.requester,
            why=_("Asks for an ambassador in %(district)s.") % {"district": found.district.in_language("name")},
            href=found.workspace_url(),
            due=found.due_on,
            since=found.received_on,
            needs=Permission.OUTREACH_RUN,
        )


def _planned(today: date) -> Iterator[Task]:
    """Sessions that were agreed for a day: before it the day itself, afterwards that somebody records it."""
    rows = AmbassadorRequest.objects.filter(state=RequestState.ASSIGNED).exclude(planned_on=None)
    for found in rows.select_related("ambassador"):
        assert found.planned_on is not None, "those without a day were left out"
        is_over = found.planned_on < today
        words = {"code": found.ambassador.code if found.ambassador is not None else ""}
        after = _("The session of ambassador %(code)s was planned: record whether it was held, or another day.")
        yield Task(
            key=f"{key(found)}/{'held' if is_over else 'session'}",
            kind="outreach",
            title=found.requester,
            why=(after if is_over else _("A session of ambassador %(code)s is planned.")) % words,
            href=found.workspace_url(),
            due=found.planned_on + RECORD_WITHIN if is_over else found.planned_on,
            since=found.planned_on if is_over else found.assigned_on,
            needs=Permission.OUTREACH_RUN,
        )


def _silent(today: date) -> Iterator[Task]:
    rows = [
        a for a, _days in silent_ambassadors(today) if a.state == AmbassadorState.ACTIVE and not _was_asked(a, today)
    ]
    if rows:
        why = ngettext(
            "%(n)d ambassador has been silent for 60 days or more.",
            "%(n)d ambassadors have been silent for 60 days or more.",
            len(rows),
        )
        yield Task(
            key="outreach.silent",
            kind="outreach",
            title=_("Silent ambassadors"),
            why=why % {"n": len(rows)},
            href=f"{reverse('workspace:outreach')}#silent",
            needs=Permission.OUTREACH_RUN,
        )


def _was_asked(ambassador: Ambassador, today: date) -> bool:
    """Whether somebody wrote or called within two weeks."""
    asked = [day for day in (ambassador.reminded_on, ambassador.called_on) if day is not None]
    return any(today - day < timedelta(days=14) for day in asked)


def _checks(today: date) -> Iterator[Task]:
    rows = Ambassador.objects.filter(
        state__in=(AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE),
        meets_minors=True,
        check_expires_on__lte=today + CHECK_AHEAD,
    )
    for each in rows:
        yield Task(
            key=f"{key(each)}/check",
            kind="outreach",
            title=_("Safeguarding check of %(code)s") % {"code": each.code},
            why=_("Nobody meets minors without one that is current."),
            href=each.workspace_url(),
            due=each.check_expires_on,
            needs=Permission.OUTREACH_RUN,
        )


def _kit(today: date) -> Iterator[Task]:
    for row in stock(today):
        if row.is_low:
            yield Task(
                key=f"{key(row.item)}/stock",
                kind="outreach",
                title=row.item.in_language("title"),
                why=_("%(n)d left in the store. Order again below %(minimum)d.")
                % {"n": row.store, "minimum": row.item.minimum},
                href=reverse("workspace:outreach_kit"),
                needs=Permission.OUTREACH_RUN,
            )
