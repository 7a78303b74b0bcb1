"""Every write of figures: what is measured (defining), readings that are computed (taking) and entered (entering)."""

from floreo.indicators.actions.computing import recompute_all, take_due_readings, take_reading
from floreo.indicators.actions.defining import add_chart_note, define_indicator, set_target, update_indicator
from floreo.indicators.actions.entering import (
    close_period,
    correct_reading,
    freeze_reading,
    record_reading,
)
from floreo.indicators.actions.freezing import must_be_complete, must_be_freezable
from floreo.indicators.actions.grouping import GroupFacts, LeftOutFacts, must_be_entered, set_groups

__all__ = [
    "GroupFacts",
    "LeftOutFacts",
    "add_chart_note",
    "close_period",
    "correct_reading",
    "define_indicator",
    "freeze_reading",
    "must_be_complete",
    "must_be_entered",
    "must_be_freezable",
    "recompute_all",
    "record_reading",
    "set_groups",
    "set_target",
    "take_due_readings",
    "take_reading",
    "update_indicator",
]
