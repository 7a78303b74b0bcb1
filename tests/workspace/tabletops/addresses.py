"""One example of each address of this area, for tests that open them all."""

from __future__ import annotations

from floreo.organisations.models import Country, User
from floreo.tabletops.models import ExpectedAction, Tabletop


def examples(country: Country, user: User) -> dict[str, list[object]]:
    held = Tabletop.objects.get(code="ex-2026-01")
    planned = Tabletop.objects.get(code="ex-2026-03")
    expected = ExpectedAction.objects.filter(inject__tabletop=planned).first()
    objective, point = planned.objectives.first(), planned.evaluation_points.first()
    assert expected is not None
    assert objective is not None
    assert point is not None
    one: list[object] = [held.code]
    return {
        "tabletop": one,
        "tabletop_command": [planned.code, "edit"],
        "tabletop_observe": one,
        "tabletop_report": one,
        "tabletop_report_file": [held.code, "docx"],
        "tabletop_scenario": ["submarine-cable-cut"],
        "inject_command": [planned.code, 1, "edit"],
        "expected_command": [planned.code, expected.pk, "edit"],
        "tabletop_objective_command": [planned.code, objective.pk, "edit"],
        "evaluation_point_command": [held.code, held.evaluation_points.all()[0].pk, "answer"],
        "tabletop_participant_command": [planned.code, 2, "renew"],
        "tabletop_participant_link": [planned.code, 2],
        "tabletop_finding": [held.code, 1],
        "tabletop_finding_command": [held.code, 1, "close"],
    }
