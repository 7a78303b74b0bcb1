"""Organisations, people, places and networks."""
