"""Examples for the addresses of the plan, its texts and its figures."""

from __future__ import annotations

from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action, DraftRow, ImportDraft


def examples(country: Country, user: User) -> dict[str, list[object]]:
    act = Action.objects.select_related("objective__pillar", "edition").exclude(milestones=None).order_by("pk")[0]
    edition, objective = act.edition.code, act.objective
    draft = ImportDraft.objects.create(
        code="text", file_name="t.txt", sha256="x", state="ready", text="x", started_by="X"
    )
    draft.blocks = [{"kind": "paragraph", "level": 0, "number": "", "start": 0, "end": 1}]
    draft.marks = [{"meaning": "pillar", "reach": "alike", "key": ["label", "goal"]}]
    draft.save()
    row = DraftRow.objects.create(draft=draft, number=1, kind="pillar", title="X", start=0, end=1, passage="x")
    reading = Reading.objects.select_related("indicator").order_by("pk")[0]
    entered = Indicator.objects.filter(measure="").order_by("pk")[0]
    computed = Indicator.objects.exclude(measure="").order_by("pk")[0]
    groups: list[tuple[str, list[object]]] = [
        ("plan edit_edition publish_edition unpublish_edition end_edition next_edition bulk_actions", [edition]),
        ("plan_workbook import_workbook apply_workbook new_pillar new_action_of_plan actions", [edition]),
        ("edit_pillar move_pillar remove_pillar new_objective new_action_of_pillar", [edition, objective.pillar.code]),
        ("edit_objective move_objective remove_objective new_action new_sub_objective", [edition, objective.code]),
        ("action move_action", [edition, act.code]),
        ("action_command", [edition, act.code, "update"]),
        ("child_command", [edition, act.code, "milestones", act.milestones.order_by("pk")[0].code, "edit"]),
        ("import import_file import_read import_discard import_accept import_take import_finish", [draft.code]),
        ("import_outline import_mark import_terms import_mark_undo import_marks_use import_marks", [draft.code]),
        ("import_split", [draft.code, 0]),
        ("import_row", [draft.code, row.number]),
        ("indicator edit_indicator edit_target new_chart_note", [reading.indicator.code]),
        ("new_reading", [entered.code]),
        ("compute_reading", [computed.code]),
        ("reading freeze_reading correct_reading reading_groups", [reading.indicator.code, reading.pk]),
    ]
    return {name: given for names, given in groups for name in names.split()}
