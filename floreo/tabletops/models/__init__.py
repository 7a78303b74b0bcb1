"""Scenarios of the library; exercises with their objectives, injects and expected actions; who takes part, what they write, what was
observed; and what follows from it."""

from floreo.tabletops.models.choices import (
    FINDING,
    READ,
    RUN,
    InjectStateChoice,
    PartChoice,
    StateChoice,
    VerdictChoice,
)
from floreo.tabletops.models.evaluation import EvaluationPoint, Observation, TabletopFinding
from floreo.tabletops.models.exercises import Scenario, Tabletop, TabletopObjective, part_text
from floreo.tabletops.models.injects import Delivery, ExpectedAction, Inject, Response
from floreo.tabletops.models.participants import Participant

__all__ = [
    "FINDING",
    "READ",
    "RUN",
    "Delivery",
    "EvaluationPoint",
    "ExpectedAction",
    "Inject",
    "InjectStateChoice",
    "Observation",
    "PartChoice",
    "Participant",
    "Response",
    "Scenario",
    "StateChoice",
    "Tabletop",
    "TabletopFinding",
    "TabletopObjective",
    "VerdictChoice",
    "part_text",
]
