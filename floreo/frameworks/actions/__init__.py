"""Every write of frameworks."""

from floreo.frameworks.actions.assessing import (
    close_assessment,
    complete_assessments,
    must_be_closed,
    must_be_held,
    must_not_be_closed,
    must_not_be_public,
    open_assessment,
    publish_assessment,
    reopen_assessment,
    unpublish_assessment,
)
from floreo.frameworks.actions.loading import load_wording
from floreo.frameworks.actions.rating import rate, review_answer, take_back_review
from floreo.frameworks.actions.scores import (
    add_contribution,
    check_item,
    record_score,
    remove_contribution,
    remove_score,
)

__all__ = [
    "add_contribution",
    "check_item",
    "close_assessment",
    "complete_assessments",
    "load_wording",
    "must_be_closed",
    "must_be_held",
    "must_not_be_closed",
    "must_not_be_public",
    "open_assessment",
    "publish_assessment",
    "rate",
    "record_score",
    "remove_contribution",
    "remove_score",
    "reopen_assessment",
    "review_answer",
    "take_back_review",
    "unpublish_assessment",
]
