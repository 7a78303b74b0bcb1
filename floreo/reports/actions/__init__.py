"""Every write of reports: closing a period (closing), publishing its report (publishing), what is beside a snapshot (beside), Word templates (templates)."""

from floreo.reports.actions.closing import close_edition, close_review, freeze_past, freeze_report
from floreo.reports.actions.corrections import correct_snapshot, note_lesson, remove_lesson, sign_off
from floreo.reports.actions.publishing import (
    make_preview,
    publish_report,
    release_due,
    schedule_report,
    withdraw_embargo,
    withdraw_preview,
)
from floreo.reports.actions.templates import retire_template, save_template

__all__ = [
    "close_edition",
    "close_review",
    "correct_snapshot",
    "freeze_past",
    "freeze_report",
    "make_preview",
    "note_lesson",
    "publish_report",
    "release_due",
    "remove_lesson",
    "retire_template",
    "save_template",
    "schedule_report",
    "sign_off",
    "withdraw_embargo",
    "withdraw_preview",
]
