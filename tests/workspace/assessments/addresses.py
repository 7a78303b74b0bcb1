"""Examples for the addresses of assessments of organisations and of the minimum standard."""

from __future__ import annotations

from floreo.assessments.models import Participant, PlanLine, StandardItem, TargetLevel
from floreo.organisations.models import Country, User

CAMPAIGN, WORKS = "operators-2026", "operators-2026-light-and-power"


def examples(country: Country, user: User) -> dict[str, list[object]]:
    row = Participant.objects.get(assessment__code=WORKS)
    line = PlanLine.objects.filter(participant=row).order_by("pk")[0]
    target = TargetLevel.objects.filter(campaign__code=CAMPAIGN).order_by("pk")[0]
    item = StandardItem.objects.get(in_standard__number=3, code="IM-21")
    return {
        "assessment_campaign": [CAMPAIGN],
        "assessment_campaign_command": [CAMPAIGN, "edit"],
        "assessment_campaign_words": [CAMPAIGN],
        "assessment_heat": [CAMPAIGN],
        "assessment_targets": [CAMPAIGN],
        "remove_target": [CAMPAIGN, target.pk],
        "asked_organisation": [CAMPAIGN, row.pk],
        "asked_command": [CAMPAIGN, row.pk, "invite"],
        "take_out_organisation": [CAMPAIGN, row.pk],
        "respondent_command": [CAMPAIGN, row.respondents.order_by("pk")[0].pk, "end"],
        "campaign_assessment": [WORKS],
        "campaign_assessment_command": [WORKS, "line"],
        "review_command": [WORKS, "accept"],
        "campaign_section": [WORKS, "part-1"],
        "campaign_item": [WORKS, "part-1", "IM-01"],
        "review_answer_of_organisation": [WORKS, "part-1", "IM-01"],
        "plan_line_command": [WORKS, line.pk, "done"],
        "plan_line_action": [WORKS, line.pk, "give"],
        "assessment_report": [WORKS, "pdf"],
        "assessment_oscal": [WORKS, "results"],
        "assessment_from_oscal": [WORKS],
        "campaign_oscal": [CAMPAIGN],
        "standard": ["isla-minimum"],
        "standard_command": ["isla-minimum", "edit"],
        "standard_version": ["isla-minimum", 3],
        "standard_version_command": ["isla-minimum", 3, "item"],
        "standard_item_command": ["isla-minimum", 3, item.pk, "edit"],
    }
