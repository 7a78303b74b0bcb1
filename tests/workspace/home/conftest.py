"""The small plan of tests/strategy, and the people who work on it in a browser."""

from tests.strategy.conftest import act, country, csirt, edition, lead, other_lead, police

__all__ = ["act", "country", "csirt", "edition", "lead", "other_lead", "police"]
