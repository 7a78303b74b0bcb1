"""How a view gets what belongs to awareness. On the public site the same for everybody, so that a draft shows by no difference."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Prefetch, QuerySet

from floreo.awareness.models import (
    Campaign,
    CampaignChannel,
    CampaignLink,
    Exercise,
    ExerciseGroup,
    Material,
    Message,
    Option,
    Question,
    Quiz,
    QuizKind,
    Reach,
    SimulationResult,
    Spot,
    may_read_all,
)
from floreo.core.errors import Missing

Found = TypeVar("Found", bound=Model)


def _one(rows: QuerySet[Found], **wanted: Any) -> Found:
    found = rows.filter(**wanted).first()
    if found is None:
        raise Missing
    return found


def _staff(viewer: object) -> None:
    if not may_read_all(viewer):
        raise Missing


def get_campaign_for(viewer: object, code: str) -> Campaign:
    rows: QuerySet[Campaign] = Campaign.objects.visible_to(viewer).select_related("lead", "objective__pillar__edition")
    return _one(rows, code=code)


def get_channel_for(viewer: object, code: str, pk: int) -> CampaignChannel:
    _staff(viewer)
    rows: QuerySet[CampaignChannel] = CampaignChannel.objects.select_related("campaign")
    return _one(rows, campaign__code=code, pk=pk)


def get_link_for(viewer: object, code: str, pk: int) -> CampaignLink:
    _staff(viewer)
    rows: QuerySet[CampaignLink] = CampaignLink.objects.select_related("campaign")
    return _one(rows, campaign__code=code, pk=pk)


def get_reach_for(viewer: object, code: str, pk: int) -> Reach:
    _staff(viewer)
    rows: QuerySet[Reach] = Reach.objects.select_related("campaign", "channel")
    return _one(rows, campaign__code=code, pk=pk)


def get_material_for(viewer: object, code: str) -> Material:
    rows: QuerySet[Material] = Material.objects.visible_to(viewer)
    return _one(rows, code=code)


def get_quiz_for(viewer: object, code: str, kind: QuizKind | None = None) -> Quiz:
    rows: QuerySet[Quiz] = Quiz.objects.visible_to(viewer)
    return _one(rows.filter(kind=kind) if kind else rows, code=code)


def get_question_for(viewer: object, code: str, number: int) -> Question:
    _staff(viewer)
    return _one(Question.objects.select_related("quiz"), quiz__code=code, number=number)


def get_option_for(viewer: object, code: str, number: int, option: int) -> Option:
    _staff(viewer)
    rows = Option.objects.select_related("question__quiz")
    return _one(rows, question__quiz__code=code, question__number=number, number=option)


def get_exercise_for(viewer: object, code: str) -> Exercise:
    rows: QuerySet[Exercise] = Exercise.objects.visible_to(viewer)
    return _one(rows, code=code)


def get_message_for(viewer: object, code: str, number: int) -> Message:
    _staff(viewer)
    rows = Message.objects.select_related("exercise").prefetch_related(
        Prefetch("spots", Spot.objects.order_by("number"))
    )
    return _one(rows, exercise__code=code, number=number)


def get_spot_for(viewer: object, code: str, number: int, spot: int) -> Spot:
    _staff(viewer)
    rows = Spot.objects.select_related("message__exercise")
    return _one(rows, message__exercise__code=code, message__number=number, number=spot)


def get_group_for(viewer: object, code: str, group: str) -> ExerciseGroup:
    _staff(viewer)
    return _one(ExerciseGroup.objects.select_related("exercise", "parent"), exercise__code=code, code=group)


def get_result_for(viewer: object, code: str, pk: int) -> SimulationResult:
    _staff(viewer)
    rows: QuerySet[SimulationResult] = SimulationResult.objects.select_related("group__exercise")
    return _one(rows, group__exercise__code=code, pk=pk)
