"""Documents: one list of blocks, three drawings."""
