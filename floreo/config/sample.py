"""A sample country's story, played by the worker once after the country is there: its nights of reports, notices and answers."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.feeds.actions.replay import replay
from floreo.feeds.story import story_folder, untold
from floreo.indicators.actions import take_due_readings

SLICE = 3.0  # seconds a turn, so that other jobs get theirs


def replay_sample() -> int:
    """Plays a few more nights of the story and returns how many are left; the figures follow when all are played. Nothing for a real
    country."""
    folder = story_folder()
    if folder is None or not untold(folder):
        return 0
    left = replay(folder, by=SYSTEM, seconds=SLICE)
    if not left:
        take_due_readings(by=SYSTEM)
    return left


def is_replaying() -> bool:
    """Whether nights of the story are left: notices of today would come between those of the story."""
    folder = story_folder()
    return folder is not None and bool(untold(folder))
