"""The evidence vault."""
