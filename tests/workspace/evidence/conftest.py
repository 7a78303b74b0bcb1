"""The same small country and vault as the tests of the app itself."""

from tests.evidence.conftest import act, csirt, edition, lead, other_lead, own_disk, police, today

__all__ = ["act", "csirt", "edition", "lead", "other_lead", "own_disk", "police", "today"]
