"""Examples for the addresses of sharing."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.incidents.actions.cases import open_case
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    case = open_case(by=SYSTEM, title="A case to share")
    return {name: [case.reference] for name in ("share_case", "take_in_case")}
