"""Examples for the addresses of advisories."""

from __future__ import annotations

from floreo.advisories.models import Team
from floreo.infrastructure.models import Asset
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    own = Team.objects.get(is_own=True)
    return {
        "advisory": ["adv-2026-004"],
        "advisory_command": ["adv-2026-004", "publish"],
        "advisory_reply": ["adv-2026-001", Asset.objects.get(code="government-hall").pk],
        "edit_response_team": [own.code],
    }
