"""Reads a country pack, shows the difference, loads it."""
