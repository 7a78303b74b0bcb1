"""Mentions that nobody has seen yet: tasks of whom they name, and of nobody else. A comment that was written on many records at once is
one task. The words of a comment are in none of them: the list is also a mail and a calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from django.db.models import Min, Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core import clock
from floreo.core.keys import things_of
from floreo.core.models import named
from floreo.core.policy import Tlp
from floreo.core.tasks import ActionLink, News, Recipient, Task
from floreo.core.wording import listed
from floreo.discussion.models import Comment, Mention
from floreo.organisations.models import User

MOST = 200  # tasks
MOST_READ = 5_000  # mentions
NAMED = 2  # records that a task of several names


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    if not isinstance(viewer, User):
        return
    mine = Q(user=viewer) | Q(user=None, person__isnull=False, person=viewer.person_id)
    rows = Mention.objects.filter(mine, seen_at=None, comment__in=Comment.objects.visible_to(viewer))
    mentions = list(rows.select_related("comment").defer("comment__text").order_by("pk")[:MOST_READ])
    things = things_of({each.comment.thing for each in mentions})
    groups: dict[object, list[tuple[Mention, Model]]] = defaultdict(list)
    for each in mentions:
        thing = things.get(each.comment.thing)
        if thing is not None and not getattr(thing, "is_exercise", False):  # nothing of an exercise leaves
            groups[each.comment.batch or each.pk].append((each, thing))
    lasting = _first_of(mine, {name for name in groups if isinstance(name, str)})
    for name, group in islice(groups.items(), MOST):
        yield _task(lasting.get(name, group[0][0].pk), group, viewer)


def _first_of(mine: Q, batches: set[str]) -> dict[object, int]:
    """The first mention of each comment on many records, seen or not: it names the task for as long as one of them waits."""
    rows = Mention.objects.filter(mine, comment__batch__in=batches).order_by()
    found = rows.values_list("comment__batch").annotate(Min("pk")) if batches else ()
    return dict[object, int](found)


def _task(number: int, group: Sequence[tuple[Mention, Model]], viewer: User) -> Task:
    """`group`: the mentions in one comment that nobody has seen, each with its record. `number` is of the mention that names the task."""
    mention, thing = group[0]
    comment = mention.comment
    if len(group) == 1:
        why = name_of(thing)
        href = f"{reverse('workspace:discussion', args=[comment.thing])}#comment-{comment.pk}"
    else:
        why = _names([name_of(each) for _mention, each in group])
        href = reverse("workspace:mentions", args=[mention.pk])
    return Task(
        key=f"{Mention._meta.label_lower}:{number}",
        kind="mention",
        title=title_of(comment, len(group)),
        why=why,
        href=href,
        since=clock.day_of(comment.written_at),
        user=viewer.pk,
        news=News.MENTION,
        links=(ActionLink(pgettext("button", "Read"), href),),
        size=len(group),
    )


def title_of(comment: Comment, number: int) -> str:
    """`number`: of the records on which it mentions the reader."""
    one = _("%(who)s mentions you")
    many = ngettext("%(who)s mentions you on %(n)d record", "%(who)s mentions you on %(n)d records", number)
    return (one if number == 1 else many) % {"who": comment.author_name, "n": number}


def _names(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    if more <= 0:
        return listed(names)
    rest = ngettext("%(n)d more", "%(n)d more", more) % {"n": more}
    return listed([*names[:NAMED], rest])


def name_of(thing: Model) -> str:
    """What it is called where it may be read by others on its way: of a TLP:RED case its reference alone."""
    if getattr(thing, "tlp", "") == Tlp.RED:
        return str(getattr(thing, "reference", "")) or str(thing._meta.verbose_name)
    return named(thing)
