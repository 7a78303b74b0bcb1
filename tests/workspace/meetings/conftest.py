"""The small country of the meetings' own tests, at the desk."""

from tests.meetings.conftest import committee, edition, today

__all__ = ["committee", "edition", "today"]
