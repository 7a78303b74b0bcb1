"""Which apps owe something: a literal list, so that nothing is owed behind anybody's back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from floreo.core.tasks import Recipient, Task
from floreo.evidence.tasks import waiting_tasks as evidence_tasks
from floreo.feeds.tasks import waiting_tasks as feeds_tasks
from floreo.frameworks.tasks import waiting_tasks as frameworks_tasks
from floreo.indicators.tasks import waiting_tasks as readings_tasks
from floreo.meetings.tasks import waiting_tasks as meetings_tasks
from floreo.publications.tasks import waiting_tasks as publications_tasks
from floreo.reports.tasks import waiting_tasks as reports_tasks
from floreo.reviews.tasks import waiting_tasks as reviews_tasks
from floreo.strategy.tasks import waiting_tasks as plan_tasks


class Source(Protocol):
    """One app's `owing.owed`."""

    def __call__(self, recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]: ...


SOURCES: tuple[Source, ...] = (
    plan_tasks,
    readings_tasks,
    reviews_tasks,
    meetings_tasks,
    evidence_tasks,
    frameworks_tasks,
    publications_tasks,
    reports_tasks,
    feeds_tasks,
)
