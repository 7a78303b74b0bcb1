"""Every write of yardsticks."""

from floreo.yardsticks.actions.assessing import (
    close_assessment,
    complete_assessments,
    open_assessment,
    publish_assessment,
    reopen_assessment,
    unpublish_assessment,
)
from floreo.yardsticks.actions.knowing import check_item, record_score, remove_score, say_serves, take_serving_back
from floreo.yardsticks.actions.rating import rate, review_answer, take_back_review

__all__ = [
    "check_item",
    "close_assessment",
    "complete_assessments",
    "open_assessment",
    "publish_assessment",
    "rate",
    "record_score",
    "remove_score",
    "reopen_assessment",
    "review_answer",
    "say_serves",
    "take_back_review",
    "take_serving_back",
    "unpublish_assessment",
]
