"""What waits for whom: organisations that have not answered, courses that nobody looked at, institutions whose entries are old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.workforce.models import RUN, Institution, NeedsRequest
from floreo.workforce.queries import stale_institutions


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Three queries, whatever waits."""
    if not recipient.everybody and RUN not in recipient.permissions:
        return
    if viewer is not None and not can(viewer, RUN):
        return
    unread = Count("courses", filter=Q(courses__needs_look=True, courses__removed_on=None))
    for body in Institution.objects.annotate(unread=unread).filter(unread__gt=0).select_related("organisation"):
        number = body.unread
        why = ngettext(
            "%(n)d course, new or changed, to be looked at.", "%(n)d courses, new or changed, to be looked at.", number
        )
        yield _task(f"{key(body)}/look", body.named(), why % {"n": number}, body.workspace_url())
    oldest = Min("courses__checked_on")
    for old in stale_institutions(today).annotate(oldest=oldest).select_related("organisation"):
        why = _("Its courses were not confirmed for a year. Send it its link, or call it.")
        yield _task(f"{key(old)}/stale", old.named(), why, old.workspace_url(), since=old.oldest)
    late = NeedsRequest.objects.filter(answered_on=None, due_on__lt=today).exclude(link_hash="")
    for asked in late.select_related("organisation"):
        why = _("Has not answered how many people it needs.")
        here = reverse("workspace:needs_requests")
        yield _task(key(asked), asked.organisation.in_language("name"), why, here, due=asked.due_on)


def _task(name: str, title: str, why: str, href: str, *, due: date | None = None, since: date | None = None) -> Task:
    return Task(key=name, kind="workforce", title=title, why=why, href=href, due=due, since=since, needs=RUN)
