"""What waits for whoever runs surveys: waves to be opened and open ones with their last day, results to be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.core.wording import day_text
from floreo.surveys.models import Wave, WaveState
from floreo.surveys.questions import Phase

OPENS_WITHIN = timedelta(days=60)  # the first day of a wave is among the tasks and in the calendar so long before
RESULTS_WITHIN = timedelta(days=60)  # where a wave names no day


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """One query, whatever waits."""
    if not recipient.everybody and Permission.SURVEY_RUN not in recipient.permissions:
        return
    rows = Wave.objects.visible_to(viewer).exclude(state=WaveState.PUBLISHED).defer("targets", "results")
    counted = rows.select_related("survey").annotate(number=Count("responses"))
    for wave in counted.order_by("ends_on", "pk"):
        for task in _of(wave, today):
            if recipient.holds(task):
                yield task


def _of(wave: Wave, today: date) -> Iterator[Task]:
    if wave.phase is Phase.DRAFT and wave.starts_on <= today + OPENS_WITHIN:
        yield _task(wave, "open", _("The wave is to be opened."), due=wave.starts_on)
    elif wave.phase is Phase.OPEN:
        yield _task(wave, "ends", _answers_text(wave), due=wave.ends_on, since=wave.starts_on)
    elif wave.phase is Phase.CLOSED:
        due = wave.results_due_on or wave.ends_on + RESULTS_WITHIN
        yield _task(wave, "results", _("The results are to be published."), due=due, since=wave.ends_on)


def _answers_text(wave: Wave) -> str:
    number = wave.number  # type: ignore[attr-defined]  # annotated
    if wave.planned:
        words = {"n": number, "planned": wave.planned, "day": day_text(wave.ends_on)}
        return _("%(n)d of %(planned)d answers so far. The wave ends on %(day)s.") % words
    text = ngettext("%(n)d answer so far.", "%(n)d answers so far.", number)
    return text % {"n": number}


def _task(wave: Wave, part: str, why: str, *, due: date, since: date | None = None) -> Task:
    return Task(
        key=f"{key(wave)}/{part}",
        kind="survey",
        title=wave.named(),
        why=why,
        href=wave.workspace_url(),
        due=due,
        since=since,
        needs=Permission.SURVEY_RUN,
    )
