"""Whose a task is, among those for whom it waits. Plain Python."""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """Where a task is on one person's page."""

    MINE = "mine"
    TEAM = "team"  # nobody has it yet, and this person may take it
    COLLEAGUE = "colleague"  # somebody else has it


def place_of(viewer: int, *, owner: int | None, team: frozenset[int]) -> Place:
    """Of a task that waits for `team`, ids of accounts; `owner` is who has it. What waits for one person alone is theirs."""
    if owner is not None:
        return Place.MINE if owner == viewer else Place.COLLEAGUE
    if len(team) == 1:
        return Place.MINE if viewer in team else Place.COLLEAGUE
    return Place.TEAM
