"""Frameworks as trees of items, self-assessments against them, and published scores."""
