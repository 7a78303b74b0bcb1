"""Committees, their meetings, decisions and minutes."""
