"""The first pages: what I owe, what others owe us, my calendar and weekly mail, search."""
