"""What of the plan leaves: every table by its name."""

from floreo.core.tables import Table
from floreo.strategy.tables.columns import LEAD_FILTER, PILLAR_FILTER, STATUS_FILTER, led_by
from floreo.strategy.tables.money import GRANTS, PAYMENTS
from floreo.strategy.tables.plan import ACTIONS, EDITIONS, OBJECTIVES, PILLARS
from floreo.strategy.tables.work import (
    BUDGET_LINES,
    EVENTS,
    MILESTONES,
    PARTICIPATIONS,
    RISKS,
    STATED_TARGETS,
    UPDATES,
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        EDITIONS,
        PILLARS,
        OBJECTIVES,
        ACTIONS,
        MILESTONES,
        PARTICIPATIONS,
        UPDATES,
        BUDGET_LINES,
        GRANTS,
        PAYMENTS,
        RISKS,
        EVENTS,
        STATED_TARGETS,
    )
}

__all__ = [
    "ACTIONS",
    "BUDGET_LINES",
    "EDITIONS",
    "EVENTS",
    "GRANTS",
    "LEAD_FILTER",
    "MILESTONES",
    "OBJECTIVES",
    "PARTICIPATIONS",
    "PAYMENTS",
    "PILLARS",
    "PILLAR_FILTER",
    "RISKS",
    "STATED_TARGETS",
    "STATUS_FILTER",
    "TABLES",
    "UPDATES",
    "led_by",
]
