"""Who has what of all that waits for a team, and steps over many things at once that can be undone."""
