"""The small reviewed plan of tests/reviews, in the workspace."""

from tests.reviews.conftest import act, csirt, edition, ines, marlo, review, today, tomas, update_request

__all__ = ["act", "csirt", "edition", "ines", "marlo", "review", "today", "tomas", "update_request"]
