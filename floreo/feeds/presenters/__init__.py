"""Sentences about feeds, computed from data: page, letter and command line say the same."""
