"""Campaigns and whom they reached, materials, quizzes, and exercises in spotting a phish. Of those who take part only counts."""

from floreo.awareness.models.campaigns import Campaign, CampaignChannel, CampaignLink, Reach
from floreo.awareness.models.choices import (
    Audience,
    ChannelType,
    LinkType,
    PaperSize,
    QuestionKind,
    QuizKind,
    ReachUnit,
    SpotPart,
    Subject,
    Verdict,
)
from floreo.awareness.models.exercises import Exercise, ExerciseCount, ExerciseGroup, Message, SimulationResult, Spot
from floreo.awareness.models.materials import Material
from floreo.awareness.models.published import Published, may_read_all
from floreo.awareness.models.quizzes import CountedBatch, Option, Question, Quiz, QuizCount

__all__ = [
    "Audience",
    "Campaign",
    "CampaignChannel",
    "CampaignLink",
    "ChannelType",
    "CountedBatch",
    "Exercise",
    "ExerciseCount",
    "ExerciseGroup",
    "LinkType",
    "Material",
    "Message",
    "Option",
    "PaperSize",
    "Published",
    "Question",
    "QuestionKind",
    "Quiz",
    "QuizCount",
    "QuizKind",
    "Reach",
    "ReachUnit",
    "SimulationResult",
    "Spot",
    "SpotPart",
    "Subject",
    "Verdict",
    "may_read_all",
]
