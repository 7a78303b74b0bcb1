"""Indicators, targets and readings."""
