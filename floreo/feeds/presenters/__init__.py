"""Sentences about feeds, computed from data: page, notice and command line say the same."""
