"""Surveys: the questions and their versions, the waves in which they are asked, who may ask, and the answers."""

from floreo.surveys.models.answers import Interviewer, PublishedResult, Response, SampleLink
from floreo.surveys.models.choices import (
    VARIABLES,
    QuestionKind,
    ResponseMode,
    Topic,
    Variable,
    WaveMode,
    WaveState,
    WeightMethod,
)
from floreo.surveys.models.surveys import Survey, may_read_all
from floreo.surveys.models.waves import InstrumentVersion, Question, Wave

__all__ = [
    "VARIABLES",
    "InstrumentVersion",
    "Interviewer",
    "PublishedResult",
    "Question",
    "QuestionKind",
    "Response",
    "ResponseMode",
    "SampleLink",
    "Survey",
    "Topic",
    "Variable",
    "Wave",
    "WaveMode",
    "WaveState",
    "WeightMethod",
    "may_read_all",
]
