"""Examples for the addresses of obligations and notifications."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from floreo.core.access import SYSTEM
from floreo.obligations.actions import dues
from floreo.obligations.actions.attaching import attach_file
from floreo.obligations.actions.form_editing import begin_version
from floreo.obligations.models import Notification, NotificationForm, ObligationDue, StageFile
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
    upload = SimpleUploadedFile("log.txt", b"what was seen")
    other = Notification.objects.get(reference="NTF-2026-7PM3XA")
    file = attach_file(other.stages.get(state="returned"), by=SYSTEM, upload=upload)
    StageFile.objects.filter(pk=file.pk).update(stage=stage, version_number=1)
    form = NotificationForm.objects.get(is_draft=False)
    draft = begin_version(form, by=SYSTEM)
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
        ("notification_stage_files", [reference, stage.pk]),
        ("notification_file", [reference, file.pk]),
        ("notification_form new_form_item new_form_rule", [draft.pk]),
        ("new_notification_form_version", [form.pk]),
        ("notification_form_command", [draft.pk, "edit"]),
        ("form_item", [draft.pk, "summary"]),
        ("form_item_press", [draft.pk, "lessons", "up"]),
        ("form_rule remove_form_rule", [draft.pk, "harm"]),
    ]
    return {name: args for names, args in groups for name in names.split()}
