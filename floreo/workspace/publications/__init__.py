"""The workspace of publications: writing, publishing at a moment, correcting, withdrawing, and where else it was posted."""
