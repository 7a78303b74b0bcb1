"""The receipt of a submitted stage: reference and times, what was submitted, and its status against its deadline. For the screen and for
paper."""

from __future__ import annotations

from typing import Any

from floreo.core.deadline_text import sentence
from floreo.core.ui import locale as ui
from floreo.obligations.logic import Stage, asked_in
from floreo.obligations.models import Notification, NotificationStage
from floreo.obligations.presenters import shown_answers, stage_title
from floreo.organisations.sender import sender


def receipt_of(notification: Notification, stage: NotificationStage) -> dict[str, Any]:
    """The context of its page."""
    versions = list(stage.versions.order_by("number"))
    newest = versions[-1]
    asked = asked_in(notification.form.all_items(), Stage(stage.kind))
    met = [
        clock
        for clock in notification.clocks.all()
        if clock.met_at is not None and clock.met_at == stage.first_at and not clock.is_ours
    ]
    return {
        "notification": notification,
        "stage": stage,
        "title": stage_title(stage),
        "first": ui.moment(stage.first_at) if stage.first_at else "",
        "versions": [{"number": each.number, "moment": ui.moment(each.at)} for each in versions],
        "by": newest.by,
        "team": sender().name,
        "sentences": [sentence(clock.explained) for clock in met],
        "files": list(stage.files.submitted().order_by("pk")),
        "answers": shown_answers(asked, newest.answers),
    }
