"""What waits for whom: initiatives to be read, and competitions that need their jury or their result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.initiatives.models import RUN, Competition, CompetitionState, EntryState, Initiative, InitiativeState

READ_WITHIN = timedelta(days=7)
RESULT_WITHIN = timedelta(days=42)  # after the last day


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Two queries, whatever waits."""
    if not recipient.everybody and RUN not in recipient.permissions:
        return
    if viewer is not None and not can(viewer, RUN):
        return
    for each in Initiative.objects.filter(state=InitiativeState.WAITING):
        due = each.received_on + READ_WITHIN if each.received_on else None
        yield Task(
            key=key(each),
            kind="initiative",
            title=each.title,
            why=_("Sent by the public form: to be read, and published or not."),
            href=each.workspace_url(),
            due=due,
            since=each.received_on,
            needs=RUN,
        )
    rows = Competition.objects.filter(state=CompetitionState.PUBLISHED).annotate(
        members=Count("jury", filter=~Q(jury__link_hash=""), distinct=True),
        entered=Count("entries", filter=Q(entries__state=EntryState.ENTERED), distinct=True),
    )
    for competition in rows:
        yield from _of(competition, today)


def _of(competition: Competition, today: date) -> Iterator[Task]:
    last = competition.closes_on
    if last is None or today <= last - timedelta(days=14):
        return
    if not competition.members:  # type: ignore[attr-defined]  # annotated
        yield _task(competition, "jury", _("It has no jury yet."), due=last)
    if today > last:
        number = competition.entered  # type: ignore[attr-defined]  # annotated
        why = ngettext(
            "%(n)d entry to be judged, and the result.", "%(n)d entries to be judged, and the result.", number
        )
        yield _task(competition, "result", why % {"n": number}, due=last + RESULT_WITHIN, since=last)


def _task(competition: Competition, part: str, why: str, *, due: date, since: date | None = None) -> Task:
    return Task(
        key=f"{key(competition)}/{part}",
        kind="competition",
        title=competition.in_language("title"),
        why=why,
        href=competition.workspace_url(),
        due=due,
        since=since,
        needs=RUN,
    )
