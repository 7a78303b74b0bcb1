"""Mentions that nobody has seen yet: tasks of whom they name, and of nobody else. The words of a comment stand in none of them: the list
is also a mail and a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from floreo.core import clock
from floreo.core.keys import key, things_of
from floreo.core.models import named
from floreo.core.policy import Tlp
from floreo.core.tasks import ActionLink, News, Recipient, Task
from floreo.discussion.models import Comment, Mention
from floreo.organisations.models import User

MOST = 200


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    if not isinstance(viewer, User):
        return
    mine = Q(user=viewer) | Q(user=None, person__isnull=False, person=viewer.person_id)
    rows = Mention.objects.filter(mine, seen_at=None, comment__in=Comment.objects.visible_to(viewer))
    mentions = list(rows.select_related("comment").order_by("pk")[:MOST])
    things = things_of({each.comment.thing for each in mentions})
    for each in mentions:
        thing = things.get(each.comment.thing)
        if thing is None or getattr(thing, "is_exercise", False):  # nothing of an exercise leaves
            continue
        href = reverse("workspace:discussion", args=[each.comment.thing])
        yield Task(
            key=key(each),
            kind="mention",
            title=_("%(who)s mentions you") % {"who": each.comment.author_name},
            why=name_of(thing),
            href=f"{href}#comment-{each.comment_id}",
            since=clock.day_of(each.comment.written_at),
            user=viewer.pk,
            news=News.MENTION,
            links=(ActionLink(pgettext("button", "Read"), f"{href}#comment-{each.comment_id}"),),
        )


def name_of(thing: Model) -> str:
    """What it is called where it may be read by others on its way: of a TLP:RED case its reference alone."""
    if getattr(thing, "tlp", "") == Tlp.RED:
        return str(getattr(thing, "reference", "")) or str(thing._meta.verbose_name)
    return named(thing)
