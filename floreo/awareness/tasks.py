"""What waits for whom: campaigns that begin, channels that are due, campaigns without reach, materials to be read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from floreo.awareness.models import Campaign, CampaignChannel, Material
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.core.wording import colon

BEGINS_WITHIN = timedelta(days=14)
REACH_WITHIN = timedelta(days=14)  # after the last day
NOT_LONGER = timedelta(days=365)  # what ended before that has no reach to come
REVIEW_WITHIN = timedelta(days=30)
RUN = Permission.AWARENESS_RUN


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Three queries, whatever waits."""
    if not recipient.everybody and RUN not in recipient.permissions:
        return
    yield from _campaigns(viewer, today)
    yield from _channels(viewer, today)
    yield from _materials(viewer, today)


def _campaigns(viewer: object, today: date) -> Iterator[Task]:
    rows = Campaign.objects.visible_to(viewer).annotate(entered=Count("reach"))
    begins = Q(starts_on__gt=today, starts_on__lte=today + BEGINS_WITHIN)
    ended = Q(ends_on__lt=today, ends_on__gt=today - NOT_LONGER, entered=0)
    hidden = Q(starts_on__lte=today, ends_on__gte=today, is_public=False)
    for each in rows.filter(begins | ended | hidden).order_by("starts_on", "pk"):
        if each.ends_on < today:
            why = _("The campaign has ended, and no reach was entered.")
            yield _task(each, "reach", why, due=each.ends_on + REACH_WITHIN, since=each.ends_on)
        elif each.starts_on > today:
            yield _task(each, "begins", _("The campaign begins."), due=each.starts_on)
        else:
            yield _task(each, "public", _("The campaign runs and is not public."), due=each.starts_on)


def _channels(viewer: object, today: date) -> Iterator[Task]:
    rows = CampaignChannel.objects.visible_to(viewer).filter(placed_on=None, planned_on__lte=today)
    rows = rows.filter(planned_on__gt=today - NOT_LONGER).select_related("campaign")
    for each in rows.order_by("planned_on", "pk"):
        yield Task(
            key=f"{key(each)}/placed",
            kind="campaign",
            title=f"{each.campaign.in_language('title')}{colon()} {each.in_language('title')}",
            why=_("It was to be placed: enter the day, or change the plan."),
            href=each.campaign.workspace_url(),
            due=each.planned_on,
            needs=RUN,
        )


def _materials(viewer: object, today: date) -> Iterator[Task]:
    rows = Material.objects.visible_to(viewer).filter(is_public=True)
    old = Q(review_on__lte=today + REVIEW_WITHIN)
    undated = Q(review_on=None, is_generic=False)
    for each in rows.filter(old | undated).order_by("review_on", "pk"):
        why = (
            _("The material is to be read again: is it still right?") if each.review_on else _("It has no review date.")
        )
        yield Task(
            key=f"{key(each)}/review",
            kind="material",
            title=each.in_language("title"),
            why=why,
            href=each.workspace_url(),
            due=each.review_on,
            needs=RUN,
        )


def _task(campaign: Campaign, part: str, why: str, *, due: date, since: date | None = None) -> Task:
    return Task(
        key=f"{key(campaign)}/{part}",
        kind="campaign",
        title=campaign.in_language("title"),
        why=why,
        href=campaign.workspace_url(),
        due=due,
        since=since,
        needs=RUN,
    )
