"""Tasks of publications: drafts that wait to be published, moments that come soon, channels without a posting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.models import AuditEntry
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.core.ui.locale import moment
from floreo.core.wording import listed
from floreo.organisations.queries import the_country
from floreo.publications.logic import SOON
from floreo.publications.models import Publication, PublicationState
from floreo.publications.queries import not_posted

POST_WITHIN = timedelta(days=2)  # a channel should follow within two days
LOOK_BACK = timedelta(days=60)  # what went out longer ago is no longer chased


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Only whoever may publish has any of it."""
    if not recipient.everybody and Permission.PUBLICATION_PUBLISH not in recipient.permissions:
        return
    yield from _waiting()
    yield from _soon()
    yield from _channels()


def _item(publication: Publication, part: str, why: str, **more: object) -> Task:
    return Task(
        key=f"{key(publication)}/{part}",
        kind="report",
        title=publication.in_language("title"),
        why=why,
        href=publication.workspace_url(),
        needs=Permission.PUBLICATION_PUBLISH,
        **more,  # type: ignore[arg-type]  # as Task
    )


def _waiting() -> Iterator[Task]:
    """Handed over by who wrote it, and nobody has said when it goes out."""
    rows = Publication.objects.filter(state=PublicationState.READY, embargo_until=None).order_by("changed_at")
    for each in rows:
        press = ActionLink(_("Publish or schedule"), each.workspace_url())
        yield _item(each, "publish", _("Ready to be published"), since=clock.day_of(each.changed_at), links=(press,))


def _soon() -> Iterator[Task]:
    """What goes out by itself within a week: time for a last look."""
    now = clock.now()
    rows = Publication.objects.filter(
        state=PublicationState.READY, embargo_until__gt=now, embargo_until__lte=now + SOON
    ).order_by("embargo_until")
    for each in rows:
        if each.embargo_until is not None:
            why = _("Scheduled for %(when)s") % {"when": moment(each.embargo_until)}
            yield _item(each, "look", why, due=clock.calendar_day(each.embargo_until))


def _newer(than: datetime) -> Q:
    return Q(published_at__gte=than) | Q(published_at=None, embargo_until__gte=than)


def _begun() -> datetime | None:
    """When this installation wrote its first entry. A sample country is shown as if it had always been at work."""
    country = the_country()
    if country is None or country.is_sample:
        return None
    return AuditEntry.objects.order_by("number").values_list("at", flat=True).first()


def _channels() -> Iterator[Task]:
    """What is out and not yet on every channel that should carry it. What came with the pack of a real country went out before
    this installation began: nobody here posts it."""
    now = clock.now()
    since = max(now - LOOK_BACK, _begun() or now - LOOK_BACK)
    rows = list(Publication.objects.out(now).filter(_newer(since)).order_by("pk"))
    waiting = not_posted(rows)
    for each in rows:
        channels, out_at = waiting[each.pk], each.went_out_at
        if channels and out_at is not None:
            why = _("Not posted yet: %(channels)s") % {"channels": listed([c.in_language("name") for c in channels])}
            press = ActionLink(_("Record a posting"), reverse("workspace:new_posting", args=[each.code]))
            yield _item(
                each,
                "channels",
                why,
                due=clock.calendar_day(out_at + POST_WITHIN),
                since=clock.day_of(out_at),
                links=(press,),
            )
