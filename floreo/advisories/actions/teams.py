"""The profile of the team that runs the installation, and the list of other teams of the country."""

from __future__ import annotations

from typing import Any

from floreo.advisories.models import Team
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import assign, free_code, last_position, lock_latest, require_name, save


@action("team.added", needs=Permission.ADVISORY_PUBLISH)
def add_team(*, by: Actor, is_own: bool = False, **facts: Any) -> Team:
    """A team of the country. The one that runs the installation is there once."""
    team = Team(is_own=is_own, position=last_position(Team.objects.all()))
    assign(team, facts)
    require_name(team)
    team.code = free_code(Team, team.name, wanted=team.code)
    if is_own:
        team.updated_on = clock.today()
    return save(team)


@action("team.updated", needs=Permission.ADVISORY_PUBLISH)
def update_team(team: Team, *, by: Actor, version: int | None = None, **facts: Any) -> Team:
    """What the profile says. The day of its last update is written by itself, as RFC 2350 asks for it."""
    team = lock_latest(team, version)
    assign(team, facts)
    require_name(team)
    if team.is_own:
        team.updated_on = clock.today()
    return save(team)
