"""Frameworks and their items, self-assessments against them, what serves an item, and scores that others published."""

from floreo.frameworks.models.assessments import Answer, Assessment, AssessmentState, PublishedScore, Rating
from floreo.frameworks.models.catalogue import (
    Contribution,
    Framework,
    Item,
    Mapping,
    PublisherFile,
    Relation,
    RuleChoice,
    Version,
    Wording,
)

__all__ = [
    "Answer",
    "Assessment",
    "AssessmentState",
    "Contribution",
    "Framework",
    "Item",
    "Mapping",
    "PublishedScore",
    "PublisherFile",
    "Rating",
    "Relation",
    "RuleChoice",
    "Version",
    "Wording",
]
