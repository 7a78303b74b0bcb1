"""Figures: measures, definitions, readings, targets."""
