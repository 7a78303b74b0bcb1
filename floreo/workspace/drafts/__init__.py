"""Importing a text and reviewing its draft."""
