"""Editions, pillars, objectives, actions, milestones, updates, money, and the import of a strategy text."""
