"""The small country of the meetings' own tests, in the workspace."""

from tests.meetings.conftest import committee, edition, today

__all__ = ["committee", "edition", "today"]
