"""Examples for the addresses of obligations and notifications."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.obligations.actions import dues
from floreo.obligations.models import Notification, ObligationDue
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    made = dues.add_obligation(
        by=SYSTEM,
        title="Example",
        law="Act",
        section="1",
        rhythm="event",
        within_days=10,
        reminders=[],
        is_public=False,
    )
    due = ObligationDue.objects.filter(state="submitted").order_by("pk")[0]
    found = Notification.objects.get(reference="NTF-2026-4KD7WQ")
    stage = found.stages.get()
    reference = found.reference
    groups: list[tuple[str, list[object]]] = [
        ("obligation", [made.code]),
        ("obligation_command", [made.code, "edit"]),
        ("obligation_due", [due.pk]),
        ("obligation_due_command", [due.pk, "accept"]),
        ("notification forward_notification", [reference]),
        ("notification_command", [reference, "correct"]),
        ("notification_own_command", [reference, "withdraw"]),
        ("begin_notification_stage", [reference, "notification"]),
        ("notification_stage notification_receipt", [reference, stage.pk]),
        ("notification_stage_command", [reference, stage.pk, "accept"]),
    ]
    return {name: args for names, args in groups for name in names.split()}
