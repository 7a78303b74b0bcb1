"""Every write of reports: closing a period (closing), what stands beside a snapshot (beside), Word templates (templates)."""

from floreo.reports.actions.closing import close_edition, close_review, freeze_past, freeze_report
from floreo.reports.actions.corrections import correct_snapshot, note_lesson, remove_lesson, sign_off
from floreo.reports.actions.templates import retire_template, save_template

__all__ = [
    "close_edition",
    "close_review",
    "correct_snapshot",
    "freeze_past",
    "freeze_report",
    "note_lesson",
    "remove_lesson",
    "retire_template",
    "save_template",
    "sign_off",
]
