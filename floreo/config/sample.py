"""A sample country's story, played by the worker once after the country is there: its nights of reports, notices and answers."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from floreo.core.access import SYSTEM
from floreo.feeds.actions.replay import replay, untold
from floreo.feeds.pack import REPORTS
from floreo.indicators.actions import take_due_readings
from floreo.organisations.queries import the_country

SLICE = 3.0  # seconds a turn, so that other jobs get theirs


def replay_sample() -> int:
    """Plays a few more nights of the story and returns how many are left; the figures follow when all are played. Nothing for a real
    country."""
    folder = _folder()
    if folder is None or not untold(folder):
        return 0
    left = replay(folder, by=SYSTEM, seconds=SLICE)
    if not left:
        take_due_readings(by=SYSTEM)
    return left


def is_replaying() -> bool:
    """Whether nights of the story are left: notices of today would come between those of the story."""
    folder = _folder()
    return folder is not None and bool(untold(folder))


def _folder() -> Path | None:
    """Of the country that is loaded, when it is a sample that has a story."""
    country = the_country()
    if country is None or not country.is_sample:
        return None
    there = [Path(settings.PACK), *(Path(root) / country.pack for root in settings.PACK_DIRS)]
    homes = (home for home in there if home.name == country.pack and (home / REPORTS / "answers.toml").is_file())
    return next(homes, None)
