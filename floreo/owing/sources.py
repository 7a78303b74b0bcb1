"""Which apps owe something: a literal list, so that nothing is owed behind anybody's back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from floreo.core.owing import Owed, Whose
from floreo.evidence.owing import owed as evidence
from floreo.feeds.owing import owed as feeds
from floreo.indicators.owing import owed as readings
from floreo.meetings.owing import owed as meetings
from floreo.publications.owing import owed as publications
from floreo.reports.owing import owed as reports
from floreo.reviews.owing import owed as reviews
from floreo.strategy.owing import owed as plan
from floreo.yardsticks.owing import owed as yardsticks


class Source(Protocol):
    """One app's `owing.owed`."""

    def __call__(self, whose: Whose, *, viewer: object, today: date) -> Iterable[Owed]: ...


SOURCES: tuple[Source, ...] = (plan, readings, reviews, meetings, evidence, yardsticks, publications, reports, feeds)
