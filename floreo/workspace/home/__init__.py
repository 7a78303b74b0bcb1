"""The first pages: my tasks, what waits for others, my calendar and weekly mail, search."""
