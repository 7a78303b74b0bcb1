"""How a view gets a campaign, an organisation in it or a standard; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from floreo.assessments.models import (
    AssessmentCampaign,
    CampaignState,
    Participant,
    PlanLine,
    Respondent,
    Standard,
    StandardItem,
    StandardVersion,
    TargetLevel,
)
from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.core.links import hash_of
from floreo.core.wording import NAME_BY_LINK


def get_campaign_for(viewer: object, code: str) -> AssessmentCampaign:
    rows = AssessmentCampaign.objects.visible_to(viewer).select_related("in_version__framework", "reviewer")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def _whole(rows: QuerySet[Participant]) -> QuerySet[Participant]:
    return rows.select_related(
        "campaign__in_version__framework",
        "campaign__reviewer",
        "organisation",
        "assessment__in_version__framework",
        "assessment__before__in_version__framework",
        "assessment__organisation",
    )


def get_participant_for(viewer: object, assessment: str) -> Participant:
    """By the code of its assessment."""
    found = _whole(Participant.objects.visible_to(viewer)).filter(assessment__code=assessment).first()
    if found is None:
        raise Missing
    return found


def get_asked_for(viewer: object, campaign: str, pk: int) -> Participant:
    """One organisation of a campaign, also of a draft."""
    found = _whole(Participant.objects.visible_to(viewer)).filter(campaign__code=campaign, pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_respondent_for(viewer: object, campaign: str, pk: int) -> Respondent:
    seen = Participant.objects.visible_to(viewer).filter(campaign__code=campaign).values("pk")
    rows = Respondent.objects.filter(participant__in=seen)
    found = rows.select_related("participant__campaign__in_version__framework", "participant__organisation")
    one = found.filter(pk=pk).first()
    if one is None:
        raise Missing
    return one


def get_line_for(participant: Participant, pk: int) -> PlanLine:
    found = participant.plan_lines.select_related("item__in_version", "action__edition").filter(pk=pk).first()
    if found is None:
        raise Missing
    found.participant = participant
    return found


def get_target_for(campaign: AssessmentCampaign, pk: int) -> TargetLevel:
    found = campaign.targets.select_related("item__in_version", "participant__organisation").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_standard_for(viewer: object, code: str) -> Standard:
    found = Standard.objects.visible_to(viewer).filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_standard_version_for(viewer: object, code: str, number: int) -> StandardVersion:
    rows = StandardVersion.objects.filter(standard=get_standard_for(viewer, code), number=number)
    found = rows.select_related("standard", "became__framework").first()
    if found is None:
        raise Missing
    return found


def get_standard_item_for(viewer: object, code: str, number: int, pk: int) -> StandardItem:
    rows = StandardItem.objects.filter(in_standard=get_standard_version_for(viewer, code, number), pk=pk)
    found = rows.select_related("in_standard__standard", "comes_from__in_version").first()
    if found is None:
        raise Missing
    return found


def may_review(viewer: object, participant: Participant) -> bool:
    """Who reviews for the campaign, and not for the organisation itself: nobody accepts their own answers."""
    if not can(viewer, Permission.ASSESSMENT_REVIEW, participant.campaign):
        return False
    grants: Iterable[tuple[str, int | None]] = getattr(viewer, "grants", tuple)()
    return participant.organisation_id not in {body for _role, body in grants}


@dataclass(frozen=True)
class ForReview:
    """An organisation's assessment as who reviews has it: a permission over it is one over its campaign."""

    participant: Participant

    def __str__(self) -> str:
        return self.participant.named()

    def owner_ids(self) -> set[int]:
        return self.participant.campaign.owner_ids()

    def workspace_url(self) -> str:
        return self.participant.workspace_url()


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByLink:
    """Whoever has the link of a respondent: may answer for that organisation in that campaign, and only that. Every page of the link
    finds its organisation by the link, and none by a code."""

    respondent: Respondent

    @property
    def actor_code(self) -> str:
        return f"respondent:{self.respondent.pk}"

    @property
    def actor_name(self) -> str:
        return NAME_BY_LINK % {"name": self.respondent.name}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("operator", self.respondent.participant.organisation_id),)


def respondent_of_link(secret: str) -> Respondent:
    """Raises Missing for a link that is none, that was ended, and of a campaign that is not open any more."""
    rows = Respondent.objects.exclude(link_hash="").select_related(
        "participant__campaign__in_version__framework",
        "participant__campaign__reviewer",
        "participant__organisation",
        "participant__assessment__in_version__framework",
        "participant__assessment__before__in_version__framework",
        "participant__assessment__organisation",
    )
    found = rows.filter(link_hash=hash_of(secret)).first() if secret else None
    if found is None or found.participant.campaign.state != CampaignState.OPEN:
        raise Missing
    return found
