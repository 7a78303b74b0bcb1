"""Committees, meetings, minutes and decisions."""
