"""Rows of spreadsheets that become rows of the plan: actions with their branch, parts and updates; milestones; budget lines."""
