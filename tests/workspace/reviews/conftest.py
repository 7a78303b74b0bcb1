"""The small reviewed plan of tests/reviews, at the desk."""

from tests.reviews.conftest import act, ask, csirt, edition, ines, marlo, review, today, tomas

__all__ = ["act", "ask", "csirt", "edition", "ines", "marlo", "review", "today", "tomas"]
